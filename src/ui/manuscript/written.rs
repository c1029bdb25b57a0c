//! The text that is being written, with its cursor, and what was done to it: pure, and to the byte.
//!
//! What is not edited is never touched: line ends, tabs and a missing last newline stay as they came.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// So many steps can be taken back.
const STEPS: usize = 10_000;
/// What is kept for that takes about this much at most; the newest step is always kept.
const KEPT_BYTES: usize = 32 * 1024 * 1024;

/// A text and a cursor in it.
#[derive(Debug, Default)]
pub(super) struct Written {
    text: String,
    /// The cursor, by bytes; never inside a line end.
    at: usize,
    done: Vec<Edit>,
    undone: Vec<Edit>,
    kept: usize,
    /// Whether the newest step may grow: nothing but typing happened since.
    open: bool,
    /// Goes up with each change.
    version: u64,
}

/// One step: what stood there, and what took its place.
#[derive(Debug)]
struct Edit {
    at: usize,
    removed: String,
    inserted: String,
    /// Where the cursor was before.
    cursor: usize,
}

impl Written {
    /// A text that was just opened, with the cursor at its beginning.
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn version(&self) -> u64 {
        self.version
    }

    /// Moves the cursor. What is typed next is a step of its own.
    pub(super) fn go(&mut self, at: usize) {
        self.at = self.text.floor_char_boundary(at);
        self.open = false;
    }

    /// Puts typed or pasted text in at the cursor. Words that are typed in one go are one step.
    pub(super) fn insert(&mut self, text: &str) {
        let joins = self.open
            && self.done.last().is_some_and(|last| {
                let new_word = last.inserted.ends_with(char::is_whitespace) && !text.starts_with(char::is_whitespace);
                let follows = last.removed.is_empty() && last.at + last.inserted.len() == self.at;
                follows && !new_word && !last.inserted.ends_with('\n')
            });
        if !joins {
            return self.replace(self.at..self.at, text, true);
        }
        self.text.insert_str(self.at, text);
        self.at += text.len();
        self.kept += text.len();
        if let Some(last) = self.done.last_mut() {
            last.inserted.push_str(text);
        }
        self.drop_undone();
        self.version += 1;
    }

    /// Takes a range out.
    pub(super) fn erase(&mut self, range: Range<usize>) {
        let joins = self.open && self.done.last().is_some_and(|l| l.inserted.is_empty() && l.at == range.end);
        if !joins {
            return self.replace(range, "", true);
        }
        let removed: String = self.text.drain(range.clone()).collect();
        self.kept += removed.len();
        if let Some(last) = self.done.last_mut() {
            last.removed.insert_str(0, &removed);
            last.at = range.start;
        }
        self.at = range.start;
        self.drop_undone();
        self.version += 1;
    }

    /// Replaces a range as one step; `open` where typing may go on with it.
    pub(super) fn replace(&mut self, range: Range<usize>, with: &str, open: bool) {
        let removed = self.text.get(range.clone()).unwrap_or_default().to_owned();
        if removed.is_empty() && with.is_empty() {
            return;
        }
        let edit = Edit { at: range.start, removed, inserted: with.to_owned(), cursor: self.at };
        self.text.replace_range(range, with);
        self.at = edit.at + with.len();
        self.kept += edit.removed.len() + with.len();
        self.done.push(edit);
        while self.done.len() > STEPS || (self.kept > KEPT_BYTES && self.done.len() > 1) {
            let gone = self.done.remove(0);
            self.kept = self.kept.saturating_sub(gone.removed.len() + gone.inserted.len());
        }
        self.drop_undone();
        self.open = open;
        self.version += 1;
    }

    /// What was taken back can't be had again, and takes no room any more.
    fn drop_undone(&mut self) {
        for gone in self.undone.drain(..) {
            self.kept = self.kept.saturating_sub(gone.removed.len() + gone.inserted.len());
        }
    }

    /// Another text in its place, as one step: what both begin and end with stays.
    pub(super) fn become_text(&mut self, text: &str) {
        let same = |(a, b): &(char, char)| a == b;
        let front: usize = self.text.chars().zip(text.chars()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
        let (old, new) = (self.text.get(front..).unwrap_or_default(), text.get(front..).unwrap_or_default());
        let ends = old.chars().rev().zip(new.chars().rev()).take_while(same).map(|(c, _)| c.len_utf8());
        let back: usize = ends.sum();
        let with = text.get(front..text.len() - back).unwrap_or_default().to_owned();
        self.replace(front..self.text.len() - back, &with, false);
    }

    /// Takes the newest step back. Says whether there was one.
    pub(super) fn undo(&mut self) -> bool {
        let Some(edit) = self.done.pop() else { return false };
        self.text.replace_range(edit.at..edit.at + edit.inserted.len(), &edit.removed);
        self.at = edit.cursor;
        self.undone.push(edit);
        self.open = false;
        self.version += 1;
        true
    }

    /// Takes the last undo back. Says whether there was one.
    pub(super) fn redo(&mut self) -> bool {
        let Some(edit) = self.undone.pop() else { return false };
        self.text.replace_range(edit.at..edit.at + edit.removed.len(), &edit.inserted);
        self.at = edit.at + edit.inserted.len();
        self.done.push(edit);
        self.open = false;
        self.version += 1;
        true
    }

    /// Where the line of a place begins.
    pub(super) fn line_start(&self, at: usize) -> usize {
        self.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |n| n + 1)
    }

    /// Where the line that begins there ends, its line end not counted.
    pub(super) fn line_end(&self, start: usize) -> usize {
        let rest = self.text.get(start..).unwrap_or_default();
        match rest.find('\n') {
            Some(n) if rest.get(..n).is_some_and(|line| line.ends_with('\r')) => start + n - 1,
            Some(n) => start + n,
            None => self.text.len(),
        }
    }

    /// Where the line behind the one that begins there begins; none for the last.
    pub(super) fn next_line(&self, start: usize) -> Option<usize> {
        self.text.get(start..)?.find('\n').map(|n| start + n + 1)
    }

    /// The place one cluster before.
    pub(super) fn before(&self, at: usize) -> usize {
        let start = self.line_start(at);
        if start == at {
            // A line end is one cluster, also where it has two bytes.
            let line = self.text.get(..at.saturating_sub(1)).unwrap_or_default();
            return if line.ends_with('\r') { line.len() - 1 } else { line.len() };
        }
        let line = self.text.get(start..at).unwrap_or_default();
        at - line.graphemes(true).next_back().map_or(0, str::len)
    }

    /// The place one cluster behind.
    pub(super) fn behind(&self, at: usize) -> usize {
        at + self.text.get(at..).and_then(|rest| rest.graphemes(true).next()).map_or(0, str::len)
    }

    /// The beginning of the word at or before a place.
    pub(super) fn word_before(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or_default();
        let words = before.trim_end_matches(|c: char| !is_word(c));
        let end = words.len();
        end - words.chars().rev().take_while(|c| is_word(*c)).map(char::len_utf8).sum::<usize>()
    }

    /// The end of the word at or behind a place.
    pub(super) fn word_behind(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        let words = rest.trim_start_matches(|c: char| !is_word(c));
        let start = self.text.len() - words.len();
        start + words.chars().take_while(|c| is_word(*c)).map(char::len_utf8).sum::<usize>()
    }

    /// The line end that a new line at the cursor gets: the one that its neighbours have.
    pub(super) fn line_ending(&self) -> &'static str {
        let start = self.line_start(self.at);
        let end = self.line_end(start);
        let near =
            if end < self.text.len() { self.text.get(end..) } else { self.text.get(start.saturating_sub(2)..) };
        if near.is_some_and(|near| near.starts_with("\r\n")) { "\r\n" } else { "\n" }
    }

    /// The number of the line at the cursor, and how many there are; both count from 1.
    pub(super) fn line_numbers(&self) -> (usize, usize) {
        let ends = |text: &str| text.bytes().filter(|b| *b == b'\n').count();
        let before = self.text.get(..self.at).map_or(0, ends);
        (before + 1, ends(&self.text) + 1)
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_word_is_one_step() {
        let mut written = Written::new("");
        for c in ["o", "n", "e", " ", "t", "w", "o"] {
            written.insert(c);
        }
        assert!(written.undo());
        assert_eq!(written.text(), "one ");
        assert!(written.undo() && !written.undo());
        assert_eq!(written.text(), "");
        assert!(written.redo() && written.redo() && !written.redo());
        assert_eq!((written.text(), written.at()), ("one two", 7));
    }

    #[test]
    fn line_ends_of_two_bytes_are_one_step_and_are_kept() {
        let mut written = Written::new("a\r\nb");
        written.go(1);
        assert_eq!(written.line_ending(), "\r\n");
        assert_eq!(written.behind(1), 3);
        assert_eq!(written.before(3), 1);
        written.go(4);
        assert_eq!(written.line_ending(), "\r\n");
        assert_eq!(Written::new("a\n").line_ending(), "\n");
    }

    #[test]
    fn what_was_taken_back_for_good_takes_no_room() {
        let mut written = Written::new("");
        let large = "x".repeat(KEPT_BYTES / 8);
        for _ in 0..20 {
            written.replace(0..0, &large, false);
            assert!(written.undo());
        }
        for word in ["one", "two", "three"] {
            written.go(written.text().len());
            written.insert(word);
        }
        assert!(written.undo() && written.undo() && written.undo());
        assert_eq!(written.text(), "");
    }

    #[test]
    fn another_text_is_one_step() {
        let mut written = Written::new("one\ntwo\nthree");
        written.become_text("one\n2\nthree");
        assert_eq!((written.text(), written.at()), ("one\n2\nthree", 5));
        assert!(written.undo() && !written.undo());
        assert_eq!(written.text(), "one\ntwo\nthree");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn all_that_was_done_can_be_taken_back_to_the_byte(
            text in "([ab日é\u{301}]|👨‍👩‍👧|\r\n|\n|\r|\t| ){0,40}",
            steps in prop::collection::vec((0_u8..7, 0_usize..200, "([xy é\t]|\n|\r\n){0,4}"), 0..40),
        ) {
            let mut written = Written::new(&text);
            for (what, at, with) in steps {
                let here = written.at();
                match what {
                    0 => written.go(at % (written.text().len() + 1)),
                    1 => written.insert(&with),
                    2 => { let from = written.before(here); written.erase(from..here); }
                    3 => { let to = written.behind(here); written.erase(here..to); }
                    4 => { let to = written.word_before(here); written.go(to); }
                    5 => { let to = written.word_behind(here); written.erase(here..to); }
                    _ => written.become_text(&with),
                }
            }
            let last = written.text().to_owned();
            while written.undo() {}
            prop_assert_eq!(written.text(), &text);
            while written.redo() {}
            prop_assert_eq!(written.text(), &last);
        }
    }
}
