//! What comes of bytes, however they are split and however long the pauses are.

use proptest::prelude::*;

use super::*;

const SHORT: Duration = Duration::from_millis(40);
const LONG: Duration = Duration::from_secs(2);
const CTRL_C: KeyEvent = KeyEvent::new(KeyCode::Char('c'), Modifiers::CONTROL);

/// A terminal and a person at it, with a clock of their own.
struct Line {
    sequencer: Sequencer,
    now: Instant,
    /// Whether the terminal answers, and has not yet been heard.
    owes: bool,
    answers: bool,
}

impl Line {
    /// One that never answers.
    fn silent_terminal() -> Self {
        let now = Instant::now();
        let mut sequencer = Sequencer::new(Some(0x7f), now);
        sequencer.asking(now);
        Self { sequencer, now, owes: false, answers: false }
    }

    /// One that answers, in the order in which it sends keys.
    fn answering() -> Self {
        let mut line = Self::silent_terminal();
        line.sequencer.feed(b"\x1b[?62;22c", line.now);
        Self { answers: true, ..line }
    }

    /// One with kitty's protocol.
    fn kitty() -> Self {
        let mut line = Self::answering();
        line.sequencer.feed(b"\x1b[?5u", line.now);
        line
    }

    /// These come in one read.
    fn read(&mut self, bytes: &[u8]) -> &mut Self {
        self.sequencer.feed(bytes, self.now);
        self
    }

    /// Nothing comes for that long.
    fn silent(&mut self, time: Duration) -> &mut Self {
        let until = self.now + time;
        while let Some(due) = self.sequencer.due().filter(|due| *due <= until) {
            self.now = self.now.max(due);
            self.sequencer.pause(self.now);
            self.owes |= self.sequencer.question() && self.answers;
        }
        self.now = until;
        self
    }

    /// The answers that the terminal owes come.
    fn answer(&mut self) -> &mut Self {
        if std::mem::take(&mut self.owes) {
            self.sequencer.feed(b"\x1b[?62;22c", self.now);
        }
        self
    }

    fn events(&mut self) -> Vec<Event> {
        self.sequencer.taken()
    }

    /// All that comes of it when nothing follows.
    fn end(&mut self) -> Vec<Event> {
        for _ in 0..3 {
            self.silent(STALL).answer();
        }
        self.silent(STALL).events()
    }
}

fn key(code: KeyCode) -> Event {
    Event::Key(code.into())
}

#[test]
fn backspace_is_the_byte_that_the_terminals_settings_have_for_it() {
    let came = |erase, bytes: &[u8]| {
        let now = Instant::now();
        Line { sequencer: Sequencer::new(erase, now), now, owes: false, answers: false }.read(bytes).end()
    };
    let with = |modifiers| vec![Event::Key(KeyEvent::new(KeyCode::Backspace, modifiers))];
    let plain = with(Modifiers::NONE);
    let ctrl_h = vec![Event::Key(KeyEvent::new(KeyCode::Char('h'), Modifiers::CONTROL))];
    for (erase, low, high) in [
        (Some(0x7f), with(Modifiers::CONTROL), plain.clone()),
        (Some(0x08), plain.clone(), plain.clone()),
        (Some(0x15), ctrl_h.clone(), plain.clone()),
        (None, ctrl_h, plain.clone()),
    ] {
        assert_eq!(came(erase, b"\x08"), low, "{erase:?}");
        assert_eq!(came(erase, b"\x7f"), high, "{erase:?}");
    }
    assert_eq!(came(Some(0x08), b"\x1b\x08"), with(Modifiers::ALT));
}

fn alt(code: KeyCode) -> Event {
    Event::Key(KeyEvent::new(code, Modifiers::ALT))
}

fn typed(text: &str) -> Vec<Event> {
    text.chars().filter_map(decode::letter).map(Event::Key).collect()
}

/// Sequences that terminals send, and a name for what they are is what they are in one piece.
const SEQUENCES: &[&[u8]] = &[
    b"\x1b[D",
    b"\x1b[1;5C",
    b"\x1b[1;3D",
    b"\x1bOP",
    b"\x1bOA",
    b"\x1b[5~",
    b"\x1b[13;2u",
    b"\x1b[27;2;13~",
    b"\x1b[1089:1057:99;5u",
    b"\x1b[<0;12;7M",
    b"\x1b[Z",
    b"\x1b[?62;22c",
    b"\x1b]11;rgb:1e1e/1e1e/1e1e\x07",
    b"\x1b]10;rgb:ffff/ffff/ffff\x1b\\",
    b"\x1bP>|XTerm(370)\x1b\\",
    b"\x1bP1$r0m\x1b\\",
    b"\x1b[200~one\rtwo\x1b[201~",
];

fn whole(bytes: &[u8]) -> Vec<Event> {
    Line::silent_terminal().read(bytes).end()
}

#[test]
fn a_sequence_in_parts_is_one_wherever_it_is_split() {
    for bytes in SEQUENCES.iter().chain(&[&b"\x1b\r"[..], b"\x1b\x1b[A", b"\x1b\x7f"]) {
        for at in 1..bytes.len() {
            let (one, other) = bytes.split_at(at);
            let expected = whole(bytes);
            let kitty = Line::kitty().read(one).silent(LONG).read(other).end();
            let short = Line::silent_terminal().read(one).silent(SHORT).read(other).end();
            assert_eq!((&kitty, &short), (&expected, &expected), "{bytes:?} split at {at}");
            // The terminal's answer to the question stands behind the rest.
            if !(at == 1 && matches!(other, b"\x7f" | b"\x1b[A")) {
                let asked = Line::answering().read(one).silent(LONG).read(other).answer().end();
                assert_eq!(asked, expected, "{bytes:?} split at {at}, asked");
            }
        }
    }
}

#[test]
fn what_came_late_types_nothing_and_sends_nothing() {
    for mut line in [Line::silent_terminal(), Line::answering()] {
        for bytes in SEQUENCES.iter().chain(&[&b"\x1b\r"[..], b"\x1b\x1b[A"]) {
            for at in 1..bytes.len() {
                let (one, other) = bytes.split_at(at);
                // An answer that stands before the rest: somebody between here and the keyboard gave it.
                line.read(one)
                    .silent(Duration::from_millis(400))
                    .answer()
                    .silent(Duration::from_millis(1_200))
                    .read(other);
                let came = line.end();
                let whole = whole(bytes);
                assert!(came.ends_with(&whole), "{bytes:?} split at {at}: {came:?}");
                let before = &came[..came.len() - whole.len()];
                assert!(
                    before.iter().all(|event| {
                        matches!(event, Event::Key(KeyEvent { code: KeyCode::Escape, .. }))
                            || matches!(event, Event::Key(KeyEvent { modifiers: Modifiers::ALT, .. }))
                    }),
                    "{bytes:?} split at {at}: {came:?}"
                );
            }
        }
    }
}

/// Somebody on the way answers at once, in the middle of what is on its way.
#[test]
fn an_answer_within_a_sequence_ends_none() {
    for (one, other) in
        [(&b"\x1b[1;"[..], &b"5D"[..]), (b"\x1b[20", b"0~one\x1b[201~"), (b"\x1b]11;rgb:12", b"34/12\x07")]
    {
        let came = Line::answering().read(one).read(b"\x1b[?62;22c").silent(LONG).read(other).end();
        assert_eq!(came, whole(&[one, other].concat()), "{one:?}");
    }
}

#[test]
fn esc_is_a_key_soon() {
    assert_eq!(Line::silent_terminal().read(b"\x1b").silent(WAIT).events(), [key(KeyCode::Escape)]);
    assert_eq!(
        Line::answering().read(b"\x1b").silent(WAIT).answer().silent(WAIT * 2).events(),
        [key(KeyCode::Escape)]
    );
    // An answer that never comes is not waited for for long, and nor is the next.
    let mut line = Line::answering();
    assert_eq!(line.read(b"\x1b").silent(WAIT + STALL).events(), [key(KeyCode::Escape)]);
    assert_eq!(line.silent(STALL * 2).read(b"\x1b").silent(WAIT).events(), [key(KeyCode::Escape)]);
    // Pressed together with others, it is itself.
    assert_eq!(whole(b"\x1b\x1b"), [key(KeyCode::Escape), key(KeyCode::Escape)]);
    assert_eq!(whole(b"\x1b\t"), [key(KeyCode::Escape), key(KeyCode::Tab)]);
    assert_eq!(whole(b"\x1b\x1b\x1b[A"), [key(KeyCode::Escape), alt(KeyCode::Up)]);
    assert_eq!(whole(b"\x1b\x1b\r"), [key(KeyCode::Escape), alt(KeyCode::Enter)]);
    assert_eq!(Line::kitty().read(b"\x1b[27u\x1b[A").events(), [key(KeyCode::Escape), key(KeyCode::Up)]);
}

/// In one read, both can be meant. A word to the side is the lesser evil: Esc would stop a reply.
#[test]
fn two_escapes_before_an_arrow_are_alt_and_the_arrow() {
    let bytes = b"\x1b\x1b[A\x1b\x1bOB";
    assert_eq!(whole(bytes), [alt(KeyCode::Up), alt(KeyCode::Down)]);
    // With a pause between them they are two keys.
    let apart = Line::silent_terminal().read(b"\x1b").silent(WAIT).read(b"\x1b[A").end();
    assert_eq!(apart, [key(KeyCode::Escape), key(KeyCode::Up)]);
}

#[test]
fn behind_an_esc_stands_text() {
    for mut line in [Line::silent_terminal(), Line::answering()] {
        for text in ["hello", "Oh no", "OK", "[x] done", "[draft]", "]", "Please", "1", "11", "G"] {
            line.read(b"\x1b").silent(WAIT * 2).answer();
            for letter in text.bytes() {
                line.read(&[letter]).silent(WAIT * 2);
            }
            let came = line.end();
            assert_eq!(came, [vec![key(KeyCode::Escape)], typed(text)].concat(), "{text}");
        }
    }
}

#[test]
fn keys_that_begin_like_sequences_are_keys() {
    for begin in ["[", "O", "]", "P", "X", "^", "_"] {
        for (text, pause) in [("hello", WAIT), ("hello", STALL), ("x", SHORT), ("", WAIT), ("é", WAIT), ("5", STALL)]
        {
            for mut line in [Line::silent_terminal(), Line::answering()] {
                let wanted = [vec![alt(KeyCode::Char(begin.chars().next().unwrap()))], typed(text)].concat();
                line.read(&[b"\x1b", begin.as_bytes()].concat()).silent(pause).answer();
                for letter in text.chars() {
                    line.read(letter.to_string().as_bytes()).silent(WAIT * 2).answer();
                }
                let came = line.silent(SHORT).read(b"\x03").end();
                let without_shift = |events: Vec<Event>| {
                    let plain = |event| match event {
                        Event::Key(key) => {
                            Event::Key(KeyEvent { modifiers: key.modifiers - Modifiers::SHIFT, ..key })
                        }
                        other => other,
                    };
                    events.into_iter().map(plain).collect::<Vec<_>>()
                };
                let wanted = [wanted, vec![Event::Key(CTRL_C)]].concat();
                assert_eq!(without_shift(came), without_shift(wanted), "Alt+{begin} and {text:?} after {pause:?}");
            }
        }
    }
}

#[test]
fn ctrl_c_ends_whatever_is_open() {
    for open in [
        "\x1b",
        "\x1b[",
        "\x1b[1;",
        "\x1bO",
        "\x1b]",
        "\x1b]11;rgb:",
        "\x1bP",
        "\x1bP>|x",
        "\x1b_G",
        "\x1b^",
        "\x1bX",
        "\x1b[M",
        "\x1b[<0;1",
        "\x1b\x1b",
        "\x1b\x1b[",
        "\x1b[[",
        "\x1b]11;x\x1b",
    ] {
        for pause in [Duration::ZERO, SHORT, WAIT, LONG] {
            for mut line in [Line::silent_terminal(), Line::answering(), Line::kitty()] {
                let came = line.read(open.as_bytes()).silent(pause).read(b"\x03").events();
                assert_eq!(came.last(), Some(&Event::Key(CTRL_C)), "{open:?} and {pause:?}");
                assert_eq!(line.read(b"x").end(), typed("x"), "{open:?} and {pause:?}");
            }
        }
    }
    assert_eq!(whole(b"\xc3\x03"), [Event::Key(CTRL_C)]);
    assert_eq!(whole(b"\xf0\x9f\x98a"), typed("a"));
}

#[test]
fn what_has_no_end_ends_by_time_and_by_length() {
    let mut line = Line::silent_terminal();
    for (open, length) in [("\x1b[", CONTROL_BYTES), ("\x1b]52;c;", STRING_BYTES)] {
        let digits = vec![b'1'; length];
        line.read(open.as_bytes()).read(&digits);
        line.events();
        assert_eq!(line.read(b"hello").end().len(), 5, "{open:?}");
    }
    // By time: a person goes on typing, and is heard.
    line.read(b"\x1b]52;c;");
    let mut heard = false;
    for _ in 0..30 {
        line.silent(Duration::from_millis(200)).read(b"a");
        heard |= !line.events().is_empty();
    }
    assert!(heard);
    line.end();
    assert_eq!(line.read(b"\x1b]11;rgb:12").silent(STALL).read(b"hello").end(), typed("hello"));
    assert_eq!(line.read(b"\x1b[1;").silent(STALL).read(b"hello").end(), typed("hello"));
}

#[test]
fn a_paste_is_text_whatever_is_in_it() {
    let text = "a\x1b\x1b\x1b[Ab\x1b[200~c\x1b[201\x03é\x1b[20";
    let bytes = [b"\x1b[200~", text.as_bytes(), b"\x1b[201~x"].concat();
    let expected = [vec![Event::Paste(text.to_owned())], typed("x")].concat();
    for at in 1..bytes.len() {
        for pause in [Duration::ZERO, LONG] {
            for mut line in [Line::kitty(), Line::answering()] {
                let came = line.read(&bytes[..at]).silent(pause).read(&bytes[at..]).answer().end();
                assert_eq!(came, expected, "split at {at}");
            }
        }
    }
    let mut line = Line::silent_terminal();
    line.read(b"\x1b[200~");
    for byte in &bytes[6..] {
        line.silent(LONG).read(&[*byte]);
    }
    assert_eq!(line.end(), expected);
}

#[test]
fn a_paste_without_an_end_is_taken_and_its_rest_sends_nothing() {
    let pasted = |text: &str| Event::Paste(text.to_owned());
    let open = || {
        let mut line = Line::silent_terminal();
        assert_eq!(line.read(b"\x1b[200~one\rtwo\xc3").silent(LONG).events(), []);
        assert_eq!(line.silent(STALL).events(), [pasted("one\rtwo")]);
        line
    };
    // Its rest, and then its end in parts.
    let mut line = open();
    assert_eq!(line.read(b"\xa9 three\r").events(), [pasted("é three\r")]);
    assert_eq!(line.silent(LONG).read(b"\r").events(), [pasted("\r")]);
    assert_eq!(line.silent(LONG).read(b"\x1b[20").events(), []);
    line.silent(LONG).read(b"1~");
    assert_eq!(line.read(b"\r").events(), [key(KeyCode::Enter)]);
    // A key that no text has.
    for (bytes, key) in [(&b"\x03"[..], Event::Key(CTRL_C)), (b"\x1b[A", key(KeyCode::Up))] {
        let mut line = open();
        assert_eq!(line.read(bytes).events().last(), Some(&key));
        assert_eq!(line.read(b"x").events(), typed("x"));
    }
    // Whoever presses Ctrl+C until something happens is heard.
    let mut line = Line::silent_terminal();
    line.read(b"\x1b[200~one");
    for _ in 0..20 {
        line.silent(Duration::from_millis(200)).read(b"\x03");
    }
    assert!(line.events().contains(&Event::Key(CTRL_C)));
}

#[test]
fn a_link_that_splits_sequences_is_waited_for_longer() {
    let mut line = Line::silent_terminal();
    line.read(b"\x1b").silent(Duration::from_millis(300)).read(b"[D");
    assert_eq!(line.events(), [key(KeyCode::Escape), key(KeyCode::Left)]);
    line.read(b"\x1b").silent(Duration::from_millis(300)).read(b"[D");
    assert_eq!(line.events(), [key(KeyCode::Left)]);
    for _ in 0..5 {
        line.read(b"\x1b").silent(STALL).read(b"x").silent(STALL);
    }
    line.events();
    assert_eq!(line.read(b"\x1b").silent(WAIT).events(), [key(KeyCode::Escape)]);
}

/// How bytes come: in which reads, and what silence stands before each.
fn reads() -> impl Strategy<Value = Vec<(Vec<u8>, u64)>> {
    let byte = prop_oneof![
        4 => Just(ESC),
        4 => prop::sample::select(b"[O]PX^_\\\x07\x9c~;:0129?<>$Mu ".to_vec()),
        2 => any::<u8>(),
    ];
    let random = prop::collection::vec(byte, 0..12);
    let known = prop::sample::select(SEQUENCES).prop_map(<[u8]>::to_vec);
    prop::collection::vec((prop_oneof![random, known], prop_oneof![Just(0_u64), 1..100_u64, 100..4_000_u64]), 0..12)
}

proptest! {
    #[test]
    fn a_later_ctrl_c_is_heard(reads in reads(), which in 0..3) {
        let mut line = match which {
            0 => Line::silent_terminal(),
            1 => Line::answering(),
            _ => Line::kitty(),
        };
        for (bytes, pause) in &reads {
            line.silent(Duration::from_millis(*pause)).answer().read(bytes);
        }
        line.silent(STALL);
        line.events();
        let heard = line.read(b"\x03").events();
        prop_assert_eq!(heard.last(), Some(&Event::Key(CTRL_C)));
        prop_assert_eq!(line.read(b"x").events(), typed("x"));
    }

    #[test]
    fn text_between_sequences_arrives_once_and_in_order(
        parts in prop::collection::vec(("[a-zé日]{0,6}", prop::sample::select(SEQUENCES)), 0..8),
        cuts in prop::collection::vec((1..9_usize, 0..50_u64), 1..20),
    ) {
        let mut expected = Vec::new();
        let mut bytes = Vec::new();
        for (text, sequence) in &parts {
            bytes.extend_from_slice(text.as_bytes());
            bytes.extend_from_slice(sequence);
            expected.extend(typed(text));
            expected.extend(whole(sequence));
        }
        for mut line in [Line::silent_terminal(), Line::answering(), Line::kitty()] {
            let mut rest = &bytes[..];
            for (length, pause) in cuts.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (now, later) = rest.split_at((*length).min(rest.len()));
                line.read(now).silent(Duration::from_millis(*pause));
                rest = later;
            }
            prop_assert_eq!(&line.end(), &expected);
        }
    }
}
