//! A text that is being written, with its cursor and what was done to it: the one truth of every editor on screen.
//!
//! Owns the text to the byte: what is not edited is never touched, so line ends, tabs and a missing last newline stay as
//! they came. Pure. Where a row breaks on the screen is the floor above's; moves by rows come from there as places.

mod input;
mod keys;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::ops::{Deref, Range};

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

pub use input::{Caret, TextInput};

/// So many steps can be taken back.
const STEPS: usize = 10_000;
/// What is kept for that takes about this much at most; the newest step is always kept.
const KEPT_BYTES: usize = 32 * 1024 * 1024;
/// So many of the last changes are told to whoever lays the text out.
const SPLICES: usize = 64;

/// A text and a cursor in it. It reads as the text; two are equal where text and cursor are.
#[derive(Debug, Clone, Default)]
pub struct TextBuffer {
    text: String,
    /// The cursor, by bytes; never inside a line end.
    at: usize,
    /// The column that moves up and down keep to.
    goal: Option<usize>,
    done: Vec<Step>,
    undone: Vec<Step>,
    kept: usize,
    /// Whether the newest step may grow: nothing but typing happened since.
    open: bool,
    /// Tells texts apart that took each other's place; 0 for one that was always empty.
    id: u64,
    /// Goes up with each change.
    revision: u64,
    /// The last changes, oldest first; the last one made the text this revision.
    splices: VecDeque<Splice>,
}

/// Where a text changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Splice {
    /// The first byte that changed.
    pub at: usize,
    /// How many bytes were taken out there.
    pub removed: usize,
    /// How many took their place.
    pub inserted: usize,
}

/// One step: what stood there, and what took its place.
#[derive(Debug, Clone)]
struct Step {
    at: usize,
    removed: String,
    inserted: String,
    /// Where the cursor was before.
    cursor: usize,
}

impl PartialEq for TextBuffer {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at && self.text == other.text
    }
}

impl Eq for TextBuffer {}

impl Deref for TextBuffer {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl TextBuffer {
    /// A text that was just opened, with the cursor at its beginning. `id` is one that no other text has.
    pub fn new(id: u64, text: String) -> Self {
        Self { text, id, ..Self::default() }
    }

    /// The same with the cursor at its end.
    #[must_use]
    pub(super) fn at_end(mut self) -> Self {
        self.at = self.text.len();
        self
    }

    /// Gives it another id, where one of another kind may have had the same.
    pub(super) fn renumber(&mut self, id: u64) {
        self.id = id;
        self.splices.clear();
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where the cursor is, by bytes.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The column that moves up and down keep to, while they follow each other.
    pub fn goal(&self) -> Option<usize> {
        self.goal
    }

    /// Which text it is, and which version of it: never the same for two texts that differ.
    pub fn stamp(&self) -> (u64, u64) {
        (self.id, self.revision)
    }

    /// What changed since that stamp, oldest first; none where that isn't known any more or was another text.
    pub fn splices_since(&self, (id, revision): (u64, u64)) -> Option<impl Iterator<Item = &Splice>> {
        let missed = usize::try_from(self.revision.checked_sub(revision)?).ok()?;
        let from = self.splices.len().checked_sub(missed)?;
        (id == self.id).then(|| self.splices.range(from..))
    }

    /// Moves the cursor. What is typed next is a step of its own.
    pub(super) fn go(&mut self, at: usize) {
        self.at = self.text.floor_char_boundary(at);
        self.goal = None;
        self.open = false;
    }

    /// Puts a text in front of what stands there, as one step; the cursor stays where it is in that.
    pub(super) fn prepend(&mut self, text: &str) {
        let at = self.at;
        self.replace(0..0, text, false);
        self.at = at + text.len();
    }

    fn changed(&mut self, at: usize, removed: usize, inserted: usize) {
        self.goal = None;
        self.revision += 1;
        if self.splices.len() == SPLICES {
            self.splices.pop_front();
        }
        self.splices.push_back(Splice { at, removed, inserted });
    }

    /// Puts typed or pasted text in at the cursor. Words that are typed in one go are one step.
    fn insert(&mut self, text: &str) {
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
        self.changed(self.at, 0, text.len());
        self.at += text.len();
        self.kept += text.len();
        if let Some(last) = self.done.last_mut() {
            last.inserted.push_str(text);
        }
        self.drop_undone();
    }

    /// Takes a range out.
    fn erase(&mut self, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
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
        self.changed(range.start, removed.len(), 0);
        self.drop_undone();
    }

    /// Replaces a range as one step; `open` where typing may go on with it.
    fn replace(&mut self, range: Range<usize>, with: &str, open: bool) {
        let removed = self.text.get(range.clone()).unwrap_or_default().to_owned();
        if removed.is_empty() && with.is_empty() {
            return;
        }
        let step = Step { at: range.start, removed, inserted: with.to_owned(), cursor: self.at };
        self.text.replace_range(range, with);
        self.at = step.at + with.len();
        self.kept += step.removed.len() + with.len();
        self.changed(step.at, step.removed.len(), with.len());
        self.done.push(step);
        while self.done.len() > STEPS || (self.kept > KEPT_BYTES && self.done.len() > 1) {
            let gone = self.done.remove(0);
            self.kept = self.kept.saturating_sub(gone.removed.len() + gone.inserted.len());
        }
        self.drop_undone();
        self.open = open;
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
    fn undo(&mut self) -> bool {
        let Some(step) = self.done.pop() else { return false };
        self.text.replace_range(step.at..step.at + step.inserted.len(), &step.removed);
        self.at = step.cursor;
        self.changed(step.at, step.inserted.len(), step.removed.len());
        self.undone.push(step);
        self.open = false;
        true
    }

    /// Takes the last undo back. Says whether there was one.
    fn redo(&mut self) -> bool {
        let Some(step) = self.undone.pop() else { return false };
        self.text.replace_range(step.at..step.at + step.removed.len(), &step.inserted);
        self.at = step.at + step.inserted.len();
        self.changed(step.at, step.removed.len(), step.inserted.len());
        self.done.push(step);
        self.open = false;
        true
    }

    /// Where the line of a place begins.
    pub fn line_start(&self, at: usize) -> usize {
        self.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |n| n + 1)
    }

    /// Where what stands before a place ends, a line end right before it not counted.
    pub fn line_end_before(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or_default();
        let line = before.strip_suffix('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
        line.unwrap_or(before).len()
    }

    /// Where the line that begins there ends, its line end not counted.
    pub fn line_end(&self, start: usize) -> usize {
        let rest = self.text.get(start..).unwrap_or_default();
        match rest.find('\n') {
            Some(n) if rest.get(..n).is_some_and(|line| line.ends_with('\r')) => start + n - 1,
            Some(n) => start + n,
            None => self.text.len(),
        }
    }

    /// Where the line behind the one that begins there begins; none for the last.
    pub fn next_line(&self, start: usize) -> Option<usize> {
        self.text.get(start..)?.find('\n').map(|n| start + n + 1)
    }

    /// The place one cluster before.
    pub fn before(&self, at: usize) -> usize {
        let start = self.line_start(at);
        if start == at {
            // A line end is one cluster, also where it has two bytes.
            let line = self.text.get(..at.saturating_sub(1)).unwrap_or_default();
            return if line.ends_with('\r') { line.len() - 1 } else { line.len() };
        }
        // From its end alone, however long the line is.
        let line = self.text.get(start..at).unwrap_or_default();
        let before = GraphemeCursor::new(line.len(), line.len(), true).prev_boundary(line, 0);
        before.ok().flatten().map_or(start, |boundary| start + boundary)
    }

    /// The place one cluster behind.
    pub fn behind(&self, at: usize) -> usize {
        at + self.text.get(at..).and_then(|rest| rest.graphemes(true).next()).map_or(0, str::len)
    }

    /// The beginning of the word at or before a place.
    fn word_before(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or_default();
        let words = before.trim_end_matches(|c: char| !is_word(c));
        let end = words.len();
        end - words.chars().rev().take_while(|c| is_word(*c)).map(char::len_utf8).sum::<usize>()
    }

    /// The end of the word at or behind a place.
    fn word_behind(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        let words = rest.trim_start_matches(|c: char| !is_word(c));
        let start = self.text.len() - words.len();
        start + words.chars().take_while(|c| is_word(*c)).map(char::len_utf8).sum::<usize>()
    }

    /// The line end that a new line at the cursor gets: the one that its neighbours have.
    fn line_ending(&self) -> &'static str {
        let start = self.line_start(self.at);
        let end = self.line_end(start);
        let near =
            if end < self.text.len() { self.text.get(end..) } else { self.text.get(start.saturating_sub(2)..) };
        if near.is_some_and(|near| near.starts_with("\r\n")) { "\r\n" } else { "\n" }
    }

    /// The number of the line at the cursor, and how many there are; both count from 1.
    pub fn line_numbers(&self) -> (usize, usize) {
        let ends = |text: &str| text.bytes().filter(|b| *b == b'\n').count();
        let before = self.text.get(..self.at).map_or(0, ends);
        (before + 1, ends(&self.text) + 1)
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
