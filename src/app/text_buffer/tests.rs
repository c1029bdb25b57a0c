//! The text that is being written, to the byte.

use proptest::prelude::*;

use super::*;

fn with(text: &str) -> TextBuffer {
    TextBuffer::new(1, text.to_owned())
}

#[test]
fn a_word_is_one_step() {
    let mut buffer = with("");
    for c in ["o", "n", "e", " ", "t", "w", "o"] {
        buffer.insert(c);
    }
    assert!(buffer.undo());
    assert_eq!(buffer.as_str(), "one ");
    assert!(buffer.undo() && !buffer.undo());
    assert_eq!(buffer.as_str(), "");
    assert!(buffer.redo() && buffer.redo() && !buffer.redo());
    assert_eq!((buffer.as_str(), buffer.at()), ("one two", 7));
}

#[test]
fn line_ends_of_two_bytes_are_one_step_and_are_kept() {
    let mut buffer = with("a\r\nb");
    buffer.go(1);
    assert_eq!(buffer.line_ending(), "\r\n");
    assert_eq!(buffer.behind(1), 3);
    assert_eq!(buffer.before(3), 1);
    buffer.go(4);
    assert_eq!(buffer.line_ending(), "\r\n");
    assert_eq!(with("a\n").line_ending(), "\n");
}

#[test]
fn what_was_taken_back_for_good_takes_no_room() {
    let mut buffer = with("");
    let large = "x".repeat(KEPT_BYTES / 8);
    for _ in 0..20 {
        buffer.replace(0..0, &large, false);
        assert!(buffer.undo());
    }
    for word in ["one", "two", "three"] {
        buffer.go(buffer.as_str().len());
        buffer.insert(word);
    }
    assert!(buffer.undo() && buffer.undo() && buffer.undo());
    assert_eq!(buffer.as_str(), "");
}

#[test]
fn a_thousand_steps_can_be_taken_back() {
    let mut buffer = with("");
    for _ in 0..1_200 {
        buffer.insert("w");
        buffer.insert(" ");
    }
    for step in 0..1_200 {
        assert!(buffer.undo(), "{step}");
    }
    assert!(buffer.is_empty() && !buffer.undo());
}

#[test]
fn another_text_is_one_step() {
    let mut buffer = with("one\ntwo\nthree");
    buffer.become_text("one\n2\nthree");
    assert_eq!((buffer.as_str(), buffer.at()), ("one\n2\nthree", 5));
    assert!(buffer.undo() && !buffer.undo());
    assert_eq!(buffer.as_str(), "one\ntwo\nthree");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn all_that_was_done_can_be_taken_back_to_the_byte(
        text in "([ab日é\u{301}]|👨‍👩‍👧|\r\n|\n|\r|\t| ){0,40}",
        steps in prop::collection::vec((0_u8..7, 0_usize..200, "([xy é\t]|\n|\r\n){0,4}"), 0..40),
    ) {
        let mut buffer = with(&text);
        for (what, at, with) in steps {
            let here = buffer.at();
            match what {
                0 => buffer.go(at % (buffer.as_str().len() + 1)),
                1 => buffer.insert(&with),
                2 => { let from = buffer.before(here); buffer.erase(from..here); }
                3 => { let to = buffer.behind(here); buffer.erase(here..to); }
                4 => { let to = buffer.word_before(here); buffer.go(to); }
                5 => { let to = buffer.word_behind(here); buffer.erase(here..to); }
                _ => buffer.become_text(&with),
            }
        }
        let last = buffer.as_str().to_owned();
        while buffer.undo() {}
        prop_assert_eq!(buffer.as_str(), &text);
        while buffer.redo() {}
        prop_assert_eq!(buffer.as_str(), &last);
    }
}
