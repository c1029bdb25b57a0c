//! Typed ahead: what comes in one read is taken one by one, and goes where it was meant.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::support::chat_thing::{ChatThing, id};
use crate::support::home::Home;
use crate::support::pty::{Key, Pty};
use crate::support::wait::wait;
use crate::{SIZE, desk, left_as_found, quit};

const DOWN: &str = "\x1b[B";
/// Ten messages, for four conversations.
const GROUPS: [&[&str]; 4] = [
    &["ahead 1", "ahead 2", "ahead 3"],
    &["ahead 4", "ahead 5"],
    &["ahead 6", "ahead 7", "ahead 8"],
    &["ahead 9", "ahead 10"],
];
/// How a screen that is drawn anew begins.
const ERASED: &[u8] = b"\x1b[2J";

/// What the user said in those conversations that have it, as the server keeps it.
fn said(server: &ChatThing) -> BTreeMap<String, Vec<String>> {
    let by_user = |(role, text): (String, String)| (role == "user" && text.starts_with("ahead")).then_some(text);
    let of = |at| {
        let said: Vec<String> = server.kept(&id(at)).into_iter().filter_map(by_user).collect();
        (!said.is_empty()).then(|| (id(at), said))
    };
    (0..30).filter_map(of).collect()
}

/// Ten messages, and three other conversations in between, each with a text that isn't sent: all in one read.
fn typed_ahead(groups: &[&[&str]], draft: &str) -> String {
    let mut keys = String::new();
    for (nth, group) in groups.iter().enumerate() {
        for message in *group {
            keys.push_str(message);
            keys.push('\r');
        }
        keys.push_str(draft);
        // To the roster, and past those that were written to, which stand first now, to the next one.
        keys.push('\t');
        keys.push_str(&DOWN.repeat(nth + 1));
        // Enter goes to what was said there, and Tab from that to the message.
        keys.push_str("\r\t");
    }
    keys
}

/// The program with the first conversation of the server's open.
fn in_a_conversation(home: &Home, server: &ChatThing) -> Pty {
    let pty = Pty::patchcord(home, &[], SIZE);
    pty.wait_for("Question number 0?");
    pty.send(format!("\t{DOWN}\r\t").as_bytes());
    wait("its messages", || server.count("messages") > 0);
    pty
}

#[test]
fn ten_messages_and_three_conversations_in_one_read() {
    let (home, server) = desk();
    let mut pty = in_a_conversation(&home, &server);
    let groups = GROUPS;
    pty.type_text(&typed_ahead(&groups, "not sent"));
    wait("ten messages", || said(&server).values().map(Vec::len).sum::<usize>() >= 10);
    let mut said: Vec<Vec<String>> = said(&server).into_values().collect();
    said.sort_by_key(|group| group[0].len() * 100 + usize::from(group[0].as_bytes()[6]));
    assert_eq!(said, groups, "each in its conversation, each once, in order");
    assert_eq!(server.complaints(), Vec::<String>::new());
    quit(&mut pty);
    left_as_found(&pty);
}

#[test]
fn the_same_over_a_link_that_is_slow_splits_and_stalls() {
    let (home, server) = desk();
    let mut pty = in_a_conversation(&home, &server);
    pty.slow(Duration::from_millis(300));
    pty.pieces(16);
    let groups = GROUPS;
    for (nth, group) in groups.iter().enumerate() {
        // What is typed meanwhile comes at once, behind what came before.
        pty.stall(Duration::from_secs(2));
        pty.type_text(&typed_ahead(&[group], "not sent").replace(DOWN, &DOWN.repeat(nth + 1)));
    }
    wait("ten messages", || said(&server).values().map(Vec::len).sum::<usize>() >= 10);
    let mut said: Vec<Vec<String>> = said(&server).into_values().collect();
    said.sort_by_key(|group| group[0].len() * 100 + usize::from(group[0].as_bytes()[6]));
    assert_eq!(said, groups, "each in its conversation, each once, in order");
    pty.typed();
    quit(&mut pty);
    left_as_found(&pty);
}

#[test]
fn a_paste_behind_enter_is_a_text_of_its_own() {
    let (home, server) = desk();
    let mut pty = in_a_conversation(&home, &server);
    pty.send(b"ahead one\r\x1b[200~pasted\nlines\x1b[201~");
    wait("the message", || said(&server).values().flatten().count() == 1);
    pty.wait_for("lines");
    assert_eq!(said(&server).into_values().flatten().collect::<Vec<_>>(), ["ahead one"]);
    // Written again, changed, and sent: neither is a part of the other.
    pty.send(b"\x15\x7f\x15");
    pty.wait_gone("pasted");
    pty.send(b"\x1b[A");
    pty.key(Key::Enter);
    wait("it once more", || said(&server).values().flatten().count() == 2);
    assert_eq!(said(&server).into_values().flatten().collect::<Vec<_>>(), ["ahead one", "ahead one"]);
    quit(&mut pty);
}

/// Numbers by chance, the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        // Marsaglia's xorshift.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(most).expect("a small number")).expect("a smaller one")
    }

    fn event(&mut self) -> &'static str {
        const OFTEN: [&str; 16] = [
            "a",
            "e",
            "n",
            "t",
            " ",
            "日",
            "é",
            "👩‍🚀",
            "🇩🇪",
            "x",
            "\x7f",
            "\x1b[D",
            "\x1b[C",
            "\x1b[A",
            "\x1b[B",
            ".",
        ];
        const SELDOM: [&str; 43] = [
            "\t",
            "\x1b[Z",
            "\x1b[H",
            "\x1b[F",
            "\x1b[5~",
            "\x1b[6~",
            "\x1b[3~",
            "\n",
            "\x1b\r",
            "\x06",
            "\x14",
            "\x0e",
            "\x1b1",
            "\x1b2",
            "\x1b3",
            "\x1b5",
            "\x1b[5;5~",
            "\x1b[6;5~",
            "\x1b[1;5D",
            "\x1b[1;3C",
            "\x1b]",
            "\x1bP",
            "\x1b[",
            "\x1bO",
            "\x1bX",
            "\x1b_",
            "\x1b^",
            "\x1b[200~a\npaste\x1b[201~",
            "\x1b[<0;20;9M",
            "\x1b[<0;60;9M",
            "\x1b[<64;60;9M",
            "\x1b[<65;60;20M",
            "\x1b[<0;60;20M",
            "\x1b[<0;60;20m",
            "\x1b[?1;2c",
            "\x1b]11;rgb:1/2/3\x1b\\",
            "\x17",
            "\x15",
            "\x1f",
            "\x19",
            "?",
            "/",
            "\x1b",
        ];
        match self.below(100) {
            0..94 => OFTEN[self.below(OFTEN.len())],
            94..99 => SELDOM[self.below(SELDOM.len())],
            _ => {
                if self.below(8) == 0 {
                    "\r"
                } else {
                    "j"
                }
            }
        }
    }
}

#[test]
fn a_hundred_thousand_keys_in_batches_leave_it_awake() {
    let home = Home::new();
    // What opens an editor comes back at once.
    let mut pty = Pty::patchcord_with(&home, &[], (40, 12), &[("EDITOR", "true"), ("VISUAL", "true")]);
    pty.wait_for("message");
    let mut chance = Chance(0x5eed_cafe_f00d);
    let redrawn = |raw: &[u8]| raw.windows(ERASED.len()).filter(|bytes| *bytes == ERASED).count();
    for _ in 0..50 {
        let mut left = 2_000_usize;
        while left > 0 {
            let batch = (1 + chance.below(600)).min(left);
            let bytes: String = (0..batch).map(|_| chance.event()).collect();
            pty.send(bytes.as_bytes());
            left -= batch;
        }
        // Ctrl+L is done in every place, behind all that was typed before it.
        let before = redrawn(&pty.raw());
        pty.send(b"a\x0c");
        pty.wait_raw("a screen that was drawn anew", |raw| redrawn(raw) > before);
    }
    // Whatever is open by then, it is let go of, and the program still does what it is told.
    quit(&mut pty);
    left_as_found(&pty);
}
