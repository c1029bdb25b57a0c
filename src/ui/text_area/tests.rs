//! The text that is being written, on the screen: in rows, with the cursor in sight, and laid out anew only where it
//! changed.

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Layout, TextArea, lines};
use crate::app::testing::retype;
use crate::app::{ChannelInfo, Code, Event, Key, State, TextBuffer, TextInput, update};
use crate::domain::{Capabilities, ChannelName, Platform, SafeText, Timestamp};

const CLUSTERS: [&str; 6] = ["👨‍👩‍👧‍👦", "e\u{301}", "🇩🇪", "日", "a", "ü"];

/// A person who writes a message, and where it is seen.
struct Writer {
    state: State,
    area: TextArea,
}

impl Writer {
    fn new(text: &str) -> Self {
        let channel = ChannelInfo {
            name: ChannelName::new("docs"),
            label: SafeText::one_line("docs"),
            platform: Platform::new("chat-thing"),
            sandbox: false,
            read_only: false,
        };
        let can = Capabilities { send: true, ..Capabilities::NONE };
        let mut state = State::new(vec![(channel, can)], 0, 7);
        retype(&mut state, text, Timestamp::from_millis(0));
        Self { state, area: TextArea::default() }
    }

    fn text(&self) -> &TextBuffer {
        &self.state.channel().composer.text
    }

    fn take(&mut self, input: TextInput) {
        update(&mut self.state, Event::Text(input), Timestamp::from_millis(0));
    }

    /// Presses a key as the terminal's door does: moves by rows are places.
    fn press(&mut self, key: Key) {
        let page = self.area.page();
        let by = match key.code {
            Code::Up => Some(-1),
            Code::Down => Some(1),
            Code::PageUp => Some(-page),
            Code::PageDown => Some(page),
            _ => None,
        };
        let input = match by {
            Some(by) => {
                TextInput::Rows { up: by < 0, to: self.area.rows_from(&self.state.channel().composer.text, by) }
            }
            None => TextInput::Key(key),
        };
        self.take(input);
    }

    fn press_all(&mut self, codes: &[Code]) {
        for code in codes {
            self.press(Key::plain(*code));
        }
    }

    fn draw(&mut self, width: u16, height: u16) -> (Vec<String>, Option<(u16, u16)>) {
        let area = Rect::new(0, 0, width, height);
        let mut buf = Buffer::empty(area);
        let cursor = self.area.draw(&self.state.channel().composer.text, area, &mut buf, &[], false);
        let row = |y: u16| (0..width).map(|x| buf[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
        ((0..height).map(row).collect(), cursor.map(|at| (at.x, at.y)))
    }
}

#[test]
fn a_cluster_is_erased_whole_and_comes_back_whole() {
    for cluster in CLUSTERS {
        let mut writer = Writer::new(&format!("x{cluster}"));
        writer.press(Key::plain(Code::Backspace));
        assert_eq!(writer.text().as_str(), "x", "{cluster}");
        writer.press(Key::ctrl('_'));
        assert_eq!(writer.text().as_str(), format!("x{cluster}"));
        let mut writer = Writer::new(&format!("{cluster}b"));
        writer.press_all(&[Code::Home, Code::Delete]);
        assert_eq!(writer.text().as_str(), "b", "{cluster}");
    }
}

#[test]
fn the_cursor_goes_by_rows_and_keeps_its_column() {
    let mut writer = Writer::new("one two three four\nx\nlonger line");
    writer.press(Key::ctrl_key(Code::Home));
    let (rows, cursor) = writer.draw(9, 5);
    assert_eq!(rows, ["one two", "three", "four", "x", "longer"]);
    assert_eq!(cursor, Some((0, 0)));
    writer.press_all(&[Code::Right, Code::Right, Code::Right, Code::Down, Code::Down]);
    assert_eq!(writer.draw(9, 5).1, Some((3, 2)));
    writer.press_all(&[Code::Down]);
    assert_eq!(writer.draw(9, 5).1, Some((1, 3)));
    writer.press_all(&[Code::Down, Code::Down]);
    let (rows, cursor) = writer.draw(9, 5);
    assert_eq!((rows[4].as_str(), cursor), ("line", Some((3, 4))));
    let text = writer.text().clone();
    let caret = writer.area.caret_at(&text, 1, 0).unwrap();
    assert!(writer.area.caret_at(&text, 20, 0).is_none());
    writer.take(TextInput::Click(caret));
    assert_eq!(writer.draw(9, 5).1, Some((1, 0)));
}

#[test]
fn on_a_wider_screen_all_of_the_text_is_seen_again() {
    let words: Vec<String> = (10..30).map(|n| format!("w{n}")).collect();
    let mut writer = Writer::new(&words.join(" "));
    for (width, whole) in [(20, false), (60, true), (90, true)] {
        let (rows, _) = writer.draw(width, 3);
        assert!(rows.concat().contains("w29"), "{rows:?}");
        assert_eq!(rows.concat().contains("w10"), whole, "{rows:?}");
        assert_eq!(writer.area.above() == 0, whole);
        let text = writer.text().clone();
        assert_eq!(writer.area.is_whole(&text), whole);
    }
}

#[test]
fn more_rows_than_a_small_number_counts_are_all_there() {
    let text = (0..70_000).fold(String::new(), |text, n: u32| text + &n.to_string() + "\n");
    let mut writer = Writer::new(&format!("{text}the end"));
    let (rows, cursor) = writer.draw(30, 4);
    assert_eq!(
        (rows.as_slice(), cursor),
        (["69997", "69998", "69999", "the end"].map(str::to_owned).as_slice(), Some((7, 3)))
    );
    assert_eq!(writer.area.above(), 69_997);
    writer.press_all(&[Code::Up, Code::Char('x')]);
    assert!(writer.text().ends_with("69999x\nthe end"));
}

#[test]
fn the_cursor_stands_where_the_next_letter_goes() {
    for cluster in CLUSTERS {
        let mut writer = Writer::new(&format!("{cluster}{cluster}"));
        let (_, cursor) = writer.draw(40, 2);
        let columns = lines::columns_of(writer.text());
        assert_eq!(cursor, Some((u16::try_from(columns).unwrap(), 0)), "{cluster}");
        writer.press_all(&[Code::Left]);
        let (_, cursor) = writer.draw(40, 2);
        assert_eq!(cursor, Some((u16::try_from(columns / 2).unwrap(), 0)), "{cluster}");
        writer.press_all(&[Code::Char('|')]);
        assert_eq!(writer.text().as_str(), format!("{cluster}|{cluster}"));
    }
}

#[test]
fn a_key_at_one_end_of_a_long_text_lays_out_no_more_than_a_part_of_it() {
    let mut writer = Writer::new(&"x".repeat(400_000));
    writer.draw(81, 4);
    writer.press(Key::ctrl_key(Code::Home));
    writer.draw(81, 4);
    writer.press_all(&[Code::Char('y')]);
    writer.press(Key::ctrl_key(Code::End));
    let (rows, cursor) = writer.draw(81, 4);
    assert!(cursor.is_some() && rows[3].starts_with('x'), "{rows:?}");
    // All of it is there, in rows that follow each other, and one of them alone ends early.
    let text = writer.text().clone();
    let rows: Vec<_> = (0..).map_while(|row| writer.area.layout.row(&text, row)).collect();
    assert!(rows.windows(2).all(|pair| pair[0].end == pair[1].start));
    assert_eq!((rows[0].start, rows[rows.len() - 1].end), (0, text.len()));
    let short: Vec<_> = rows.iter().filter(|row| row.len() != 80).collect();
    assert_eq!(short.len(), 1, "{short:?}");
}

/// All rows of a text, by another way than the program's.
fn rows_of(text: &str, width: u16) -> Vec<std::ops::Range<usize>> {
    let mut layout = Layout::default();
    let buffer = TextBuffer::new(9, text.to_owned());
    layout.follow(&buffer, width);
    (0..).map_while(|row| layout.row(&buffer, row)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn keys_keep_the_cursor_in_sight_and_undo_gives_the_text_back(
        text in "([ab日é\u{301}]|👨‍👩‍👧|\n|\t| ){0,60}",
        keys in prop::collection::vec(0_usize..24, 0..40),
        width in 1_u16..30,
    ) {
        use Code::{Backspace, Char, Delete, Down, End, Enter, Home, Left, PageDown, PageUp, Right, Tab, Up};
        let plain = [Up, Down, Left, Right, Home, End, PageUp, PageDown, Backspace, Delete, Enter, Tab, Char('x'), Char('日')];
        let mut writer = Writer::new(&text);
        for n in keys {
            let key = match plain.get(n) {
                Some(code) => Key::plain(*code),
                None => Key::ctrl(['w', 'k', 'u', 'd', 'h', 'a', 'e', 'b', 'f', 'v'][n - plain.len()]),
            };
            writer.press(key);
            prop_assert!(writer.draw(width, 4).1.is_some(), "the cursor is in sight");
        }
        let last = writer.text().as_str().to_owned();
        for _ in 0..200 {
            writer.press(Key::ctrl('_'));
        }
        prop_assert!(writer.text().is_empty(), "what was written from nothing goes back to nothing");
        for _ in 0..200 {
            writer.press(Key::ctrl('y'));
        }
        prop_assert_eq!(writer.text().as_str(), last);
    }

    #[test]
    fn rows_that_are_kept_are_those_of_the_whole_text(
        text in "([ab日é\u{301}]|👨‍👩‍👧|\n|\t| |long word ){0,80}",
        edits in prop::collection::vec((0_usize..400, 0_usize..3, "([xy é]|\n|wide ){0,4}", 0_usize..30), 1..20),
        width in 2_u16..20,
    ) {
        let mut writer = Writer::new(&text);
        let mut layout = Layout::default();
        for (at, erased, with, looked) in edits {
            let at = writer.text().floor_char_boundary(at % (writer.text().len() + 1));
            writer.take(TextInput::Click(crate::app::Caret { at, goal: None }));
            for _ in 0..erased {
                writer.press(Key::plain(Code::Backspace));
            }
            writer.take(TextInput::Paste(with));
            let text = writer.text();
            layout.follow(text, width);
            // Not all rows are looked at each time.
            let whole = rows_of(text, width);
            for row in 0..looked {
                prop_assert_eq!(layout.row(text, row), whole.get(row).cloned(), "row {}", row);
            }
            let here = layout.row_of(text, text.at());
            prop_assert!(whole[here].start <= text.at() && text.at() <= whole[here].end.max(whole[here].start) + 2);
        }
        let text = writer.text();
        let whole = rows_of(text, width);
        let kept: Vec<_> = (0..).map_while(|row| layout.row(text, row)).collect();
        prop_assert_eq!(kept, whole);
    }
}

#[test]
fn a_row_breaks_by_what_stands_two_rows_below() {
    // In rows of three columns `d x` has room; where a wide letter follows, the row ends at its space and `x` stands alone.
    let mut writer = Writer::new("d x👩\u{200d}wide");
    let mut layout = Layout::default();
    layout.follow(writer.text(), 4);
    layout.row_of(writer.text(), writer.text().len());
    writer.take(TextInput::Click(crate::app::Caret { at: 3, goal: None }));
    writer.take(TextInput::Paste("\n".to_owned()));
    let text = writer.text();
    layout.follow(text, 4);
    let kept: Vec<_> = (0..).map_while(|row| layout.row(text, row)).collect();
    assert_eq!(kept, rows_of(text, 4));
    assert_eq!(kept.first(), Some(&(0..3)));
}
