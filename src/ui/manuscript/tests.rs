//! The text that is being written: to the byte, by clusters, in rows, and fast.

use std::time::Instant;

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Manuscript;
use crate::app::sources::{RowEditor, Search};
use crate::app::{Code, Composer, Key};
use crate::domain::ChangeId;

fn editor(text: &str) -> RowEditor {
    RowEditor {
        change: ChangeId::new("c"),
        row: None,
        base: None,
        name: "n".into(),
        text: Composer { text: text.to_owned(), version: 1, ..Composer::default() },
        preview: false,
        search: None,
        outside: false,
    }
}

fn with(text: &str) -> Manuscript {
    let mut manuscript = Manuscript::default();
    manuscript.follow(&editor(text));
    manuscript
}

fn press(manuscript: &mut Manuscript, codes: &[Code]) {
    for code in codes {
        manuscript.input(Key::plain(*code));
    }
}

fn draw(manuscript: &mut Manuscript, width: u16, height: u16) -> (Vec<String>, Option<(u16, u16)>) {
    let area = Rect::new(0, 0, width, height);
    let mut buf = Buffer::empty(area);
    let cursor = manuscript.draw(area, &mut buf, false);
    let row = |y: u16| (0..width).map(|x| buf[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
    ((0..height).map(row).collect(), cursor.map(|at| (at.x, at.y)))
}

#[test]
fn a_cluster_is_erased_whole() {
    for cluster in ["👨‍👩‍👧‍👦", "e\u{301}", "🇩🇪", "日", "\r\n"] {
        let mut manuscript = with(&format!("a{cluster}"));
        manuscript.input(Key::ctrl_key(Code::End));
        assert!(manuscript.input(Key::plain(Code::Backspace)));
        assert_eq!(manuscript.text(), "a", "{cluster}");
        let mut manuscript = with(&format!("{cluster}b"));
        assert!(manuscript.input(Key::plain(Code::Delete)));
        assert_eq!(manuscript.text(), "b", "{cluster}");
    }
}

#[test]
fn a_new_line_ends_as_its_neighbours_do() {
    let mut manuscript = with("one\r\ntwo\r\n");
    press(&mut manuscript, &[Code::End, Code::Enter, Code::Char('x')]);
    assert_eq!(manuscript.text(), "one\r\nx\r\ntwo\r\n");
    manuscript.input(Key::ctrl_key(Code::End));
    manuscript.insert("a\nb");
    assert_eq!(manuscript.text(), "one\r\nx\r\ntwo\r\na\r\nb");
}

#[test]
fn the_cursor_goes_by_rows_and_keeps_its_column() {
    let mut manuscript = with("one two three four\nx\nlonger line");
    let (rows, cursor) = draw(&mut manuscript, 9, 5);
    assert_eq!(rows, ["one two", "three", "four", "x", "longer"]);
    assert_eq!(cursor, Some((0, 0)));
    press(&mut manuscript, &[Code::Right, Code::Right, Code::Right, Code::Down, Code::Down]);
    assert_eq!(draw(&mut manuscript, 9, 5).1, Some((3, 2)));
    press(&mut manuscript, &[Code::Down]);
    assert_eq!(draw(&mut manuscript, 9, 5).1, Some((1, 3)));
    press(&mut manuscript, &[Code::Down, Code::Down]);
    let (rows, cursor) = draw(&mut manuscript, 9, 5);
    assert_eq!((rows[4].as_str(), cursor), ("line", Some((3, 4))));
    assert!(manuscript.click(1, 0) && !manuscript.click(20, 0));
    assert_eq!(draw(&mut manuscript, 9, 5).1, Some((1, 0)));
}

#[test]
fn on_a_wider_screen_all_of_the_text_is_seen_again() {
    let words: Vec<String> = (10..30).map(|n| format!("w{n}")).collect();
    let mut manuscript = with(&words.join(" "));
    manuscript.input(Key::ctrl_key(Code::End));
    for (width, whole) in [(20, false), (60, true), (90, true)] {
        let (rows, _) = draw(&mut manuscript, width, 3);
        assert!(rows.concat().contains("w29"), "{rows:?}");
        assert_eq!(rows.concat().contains("w10"), whole, "{rows:?}");
    }
}

#[test]
fn a_search_goes_from_match_to_match_and_round() {
    let mut state = editor("one Two\ntwo\n\u{1b}two");
    let mut manuscript = Manuscript::default();
    manuscript.follow(&state);
    state.search = Some(Search { text: "two".into(), typing: true, ..Search::default() });
    manuscript.follow(&state);
    assert_eq!((manuscript.at(), manuscript.matches()), (4, (1, 3)));
    for (jump, backwards, at) in [(1, false, 8), (2, false, 13), (3, false, 4), (4, true, 13), (5, true, 8)] {
        state.search = Some(Search { text: "two".into(), typing: false, jump, backwards });
        manuscript.follow(&state);
        assert_eq!(manuscript.at(), at, "{jump}");
        manuscript.follow(&state);
        assert_eq!(manuscript.at(), at, "{jump} is one jump");
    }
}

#[test]
fn a_text_from_elsewhere_can_be_taken_back() {
    let mut state = editor("a\r\nb");
    let mut manuscript = Manuscript::default();
    manuscript.follow(&state);
    state.text = Composer { text: "other\n".into(), version: 2, ..Composer::default() };
    manuscript.follow(&state);
    assert_eq!(manuscript.text(), "other\n");
    manuscript.input(Key::ctrl('_'));
    assert_eq!(manuscript.text(), "a\r\nb");
    manuscript.input(Key::ctrl('y'));
    assert_eq!(manuscript.text(), "other\n");
    // While another process applies it, the same text goes on under another id.
    state.change = ChangeId::new("d");
    manuscript.follow(&state);
    assert!(manuscript.input(Key::ctrl('_')));
    state.change = ChangeId::new("e");
    state.text.version = 3;
    manuscript.follow(&state);
    assert!(!manuscript.input(Key::ctrl('_')), "another row has no steps yet");
}

#[test]
fn a_row_of_200_kilobytes_stays_quick() {
    for line in ["All work and no play makes Jack a dull boy. ", "All work and no play.\n", "日本語のテキスト "]
    {
        let mut manuscript = with(&line.repeat(200 * 1024 / line.len()));
        draw(&mut manuscript, 80, 40);
        let keys =
            [Key::ctrl_key(Code::End), Key::plain(Code::Char('x')), Key::plain(Code::Up), Key::plain(Code::PageUp)];
        for key in keys {
            let begun = Instant::now();
            manuscript.input(key);
            draw(&mut manuscript, 80, 40);
            println!("{key}: {:?}", begun.elapsed());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_not_edited_comes_back_to_the_byte(text in any::<String>(), tail in "(\r\n|\n|\r|\t|\u{0}){0,3}") {
        let text = format!("{text}{tail}");
        let mut manuscript = with(&text);
        draw(&mut manuscript, 30, 6);
        prop_assert_eq!(manuscript.text(), text);
    }

    #[test]
    fn keys_keep_the_cursor_in_the_text_and_undo_gives_it_back(
        text in "([ab日é\u{301}]|👨‍👩‍👧|\r\n|\n|\r|\t| ){0,60}",
        keys in prop::collection::vec(0_usize..24, 0..40),
        width in 1_u16..30,
    ) {
        use Code::{Backspace, Char, Delete, Down, End, Enter, Home, Left, PageDown, PageUp, Right, Tab, Up};
        let plain = [Up, Down, Left, Right, Home, End, PageUp, PageDown, Backspace, Delete, Enter, Tab, Char('x'), Char('日')];
        let mut manuscript = with(&text);
        for n in keys {
            let key = match plain.get(n) {
                Some(code) => Key::plain(*code),
                None => Key::ctrl(['w', 'k', 'u', 'd', 'h', 'a', 'e', 'b', 'f', 'v'][n - plain.len()]),
            };
            manuscript.input(key);
            prop_assert!(draw(&mut manuscript, width, 4).1.is_some(), "the cursor is in sight");
            let at = manuscript.at();
            let inside = manuscript.text().get(..at).is_some_and(|t| t.ends_with('\r'))
                && manuscript.text().get(at..).is_some_and(|t| t.starts_with('\n'));
            let came = text.contains('\r');
            prop_assert!(!inside || came);
        }
        while manuscript.input(Key::ctrl('_')) {}
        prop_assert_eq!(manuscript.text(), text);
    }
}
