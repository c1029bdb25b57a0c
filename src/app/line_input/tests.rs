//! A line, against a model that knows a text and a place in it.

use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use super::*;

fn press(line: &mut LineInput, key: Key) -> bool {
    line.take(TextInput::Key(key))
}

#[test]
fn what_is_pasted_stays_one_line() {
    for (pasted, stands) in [
        ("one\ntwo", "one two"),
        ("one\r\ntwo\r\n", "one two"),
        ("one\rtwo", "one two"),
        ("\n\none  \n\n  two\n", "one   two"),
        ("one\u{2028}two\u{2029}three\u{85}four", "one two three four"),
        ("a\u{1b}[2Jb\u{7}\tc", "a[2Jbc"),
        (" kept ", " kept "),
        ("\n", ""),
    ] {
        let mut line = LineInput::default();
        line.take(TextInput::Paste(pasted.to_owned()));
        assert_eq!(line, stands, "{pasted:?}");
        assert_eq!(LineInput::from(pasted), stands, "{pasted:?}");
        line.set(pasted);
        assert_eq!(line, stands, "{pasted:?}");
    }
}

#[test]
fn what_breaks_a_line_is_no_part_of_it() {
    let mut line = LineInput::from("one");
    let control = Key::plain(Code::Char('\u{7}'));
    for key in [Key::plain(Code::Enter), Key::alt(Code::Enter), Key::plain(Code::Tab), Key::ctrl('m'), control] {
        assert!(!press(&mut line, key), "{key}");
    }
    assert!(!line.take(TextInput::Newline) && !line.take(TextInput::Rows { up: true, to: None }));
    assert_eq!((line.as_str(), line.at()), ("one", 3));
}

#[test]
fn another_text_can_be_taken_back() {
    let mut line = LineInput::from("one");
    line.set("another one");
    assert_eq!(line.at(), 11);
    assert!(press(&mut line, Key::ctrl('_')));
    assert_eq!(line, "one");
}

#[test]
fn a_full_line_takes_no_more_and_still_gives() {
    let mut line = LineInput::from("日本").at_most(4);
    assert!(line.take(TextInput::Paste("abcdef".to_owned())));
    assert_eq!(line, "日本ab");
    assert!(!press(&mut line, Key::plain(Code::Char('x'))) && !line.take(TextInput::Paste("x".to_owned())));
    assert!(press(&mut line, Key::plain(Code::Backspace)) && press(&mut line, Key::plain(Code::Char('x'))));
    assert_eq!(line, "日本ax");
    line.refresh();
    assert!(press(&mut line, Key::plain(Code::Char('y'))), "all of it gives way");
    assert_eq!(line, "y");
}

#[test]
fn what_was_written_before_comes_back_and_so_does_what_was_being_written() {
    let mut history = LineHistory::default();
    for text in ["one", "two", " ", "one ", "three"] {
        history.keep(text);
    }
    let mut line = LineInput::from("mine");
    let go = |line: &mut LineInput, code| line.take_or_recall(TextInput::Key(Key::alt(code)), &history);
    for (code, stands, changed) in [
        (Code::Down, "mine", false),
        (Code::Up, "three", true),
        (Code::Up, "one", true),
        (Code::Up, "two", true),
        (Code::Up, "two", false),
        (Code::Down, "one", true),
        (Code::Down, "three", true),
        (Code::Down, "mine", true),
        (Code::Down, "mine", false),
    ] {
        assert_eq!((go(&mut line, code), line.as_str()), (changed, stands), "{code:?}");
    }
    line.set("three");
    assert!(go(&mut line, Code::Up));
    assert_eq!(line, "one", "what stands there already is passed over");
    assert!(line.take_or_recall(TextInput::Paste("!".to_owned()), &history));
    assert_eq!(line, "one!");
    assert!(line.take_or_recall(TextInput::Key(Key::alt(Code::Up)), &history));
    assert_eq!(line, "three", "from the newest again");
}

#[derive(Debug, Clone)]
enum Turn {
    Letter(char),
    Paste(String),
    Key(Key),
}

/// A text and a place in it, by bytes.
struct Model(String, usize);

impl Model {
    fn before(&self) -> usize {
        self.1 - self.0[..self.1].graphemes(true).next_back().map_or(0, str::len)
    }

    fn behind(&self) -> usize {
        self.1 + self.0[self.1..].graphemes(true).next().map_or(0, str::len)
    }

    fn insert(&mut self, text: &str) {
        self.0.insert_str(self.1, text);
        self.1 += text.len();
    }

    fn erase(&mut self, from: usize, to: usize) {
        self.0.replace_range(from..to, "");
        self.1 = from;
    }

    fn take(&mut self, turn: &Turn) {
        match turn {
            Turn::Letter(c) => self.insert(c.encode_utf8(&mut [0; 4])),
            Turn::Paste(text) => {
                let lines = text.split('\n').map(str::trim_end).filter(|line| !line.is_empty());
                let joined = lines.collect::<Vec<_>>().join(" ");
                self.insert(if text.contains('\n') { &joined } else { text });
            }
            Turn::Key(key) => match (key.code, key.ctrl) {
                (Code::Left, _) => self.1 = self.before(),
                (Code::Right, _) => self.1 = self.behind(),
                (Code::Home, _) | (Code::Char('a'), true) => self.1 = 0,
                (Code::End, _) | (Code::Char('e'), true) => self.1 = self.0.len(),
                (Code::Backspace, _) => self.erase(self.before(), self.1),
                (Code::Delete, _) => self.erase(self.1, self.behind()),
                (Code::Char('u'), true) => self.erase(0, self.1),
                (Code::Char('k'), true) => self.erase(self.1, self.0.len()),
                _ => {}
            },
        }
    }
}

fn turn() -> impl Strategy<Value = Turn> {
    let keys = [
        Key::plain(Code::Left),
        Key::plain(Code::Right),
        Key::plain(Code::Home),
        Key::plain(Code::End),
        Key::plain(Code::Backspace),
        Key::plain(Code::Delete),
        Key::plain(Code::Enter),
        Key::plain(Code::Up),
        Key::ctrl('a'),
        Key::ctrl('e'),
        Key::ctrl('u'),
        Key::ctrl('k'),
    ];
    prop_oneof![
        3 => prop::sample::select(vec!['a', 'é', '日', '\u{301}', '👍', '\u{1f3fd}', ' ', 'ש']).prop_map(Turn::Letter),
        1 => "([a-c ]|é|👨‍👩‍👧|\n){0,6}".prop_map(Turn::Paste),
        5 => prop::sample::select(keys.to_vec()).prop_map(Turn::Key),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_line_is_a_text_and_a_place_in_it(turns in prop::collection::vec(turn(), 0..60)) {
        let mut line = LineInput::default();
        let mut model = Model(String::new(), 0);
        for turn in turns {
            let before = line.as_str().to_owned();
            let changed = match &turn {
                Turn::Letter(c) => press(&mut line, Key::plain(Code::Char(*c))),
                Turn::Paste(text) => line.take(TextInput::Paste(text.clone())),
                Turn::Key(key) => press(&mut line, *key),
            };
            model.take(&turn);
            prop_assert_eq!((line.as_str(), line.at()), (model.0.as_str(), model.1), "{:?}", &turn);
            prop_assert!(changed || line == *before, "a change is told");
            let (one, two) = line.halves();
            prop_assert_eq!(one.len() + two.len(), line.len());
        }
    }
}
