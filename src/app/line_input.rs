//! A text of one line that is being written: a filter, what is searched for, a path, a name, a URL.
//!
//! Owns what one line is: no line break and no control character gets in, whatever is pasted. How a cursor moves and what
//! is erased is [`TextBuffer`]'s. Pure.

mod history;
#[cfg(test)]
mod tests;

use std::ops::Deref;

use super::key::{Code, Key};
use super::text_buffer::{TextBuffer, TextInput};

pub use history::LineHistory;

/// A line and the cursor in it. It reads as its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineInput {
    text: TextBuffer,
    /// Whether the next character takes the place of all that stands there.
    fresh: bool,
    /// The most letters it takes; none for any number.
    most: Option<usize>,
    /// How many lines back the one is that was called back, and what was being written.
    recalled: Option<(usize, String)>,
}

impl Deref for LineInput {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl From<&str> for LineInput {
    fn from(text: &str) -> Self {
        Self { text: TextBuffer::new(0, one_line(text)).at_end(), ..Self::default() }
    }
}

impl From<String> for LineInput {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl PartialEq<str> for LineInput {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for LineInput {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl LineInput {
    /// The same line, which takes so many letters at the most.
    #[must_use]
    pub(super) fn at_most(mut self, letters: usize) -> Self {
        self.most = Some(letters);
        self
    }

    /// What stands on it.
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// Where the cursor is, by bytes.
    pub fn at(&self) -> usize {
        self.text.at()
    }

    /// What stands before the cursor, and what stands behind it.
    pub fn halves(&self) -> (&str, &str) {
        self.as_str().split_at(self.at())
    }

    /// Whether the next character takes the place of all that stands there.
    pub fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// Lets the next character take the place of all that stands there, if anything does.
    pub(super) fn refresh(&mut self) {
        self.fresh = !self.is_empty();
    }

    /// What is typed next goes where the cursor is.
    pub(super) fn settle(&mut self) {
        self.fresh = false;
    }

    /// Another text in its place, the cursor behind it. One undo brings back what stood there.
    pub(super) fn set(&mut self, text: &str) {
        self.text.become_text(&one_line(text));
        self.text.go(usize::MAX);
        self.fresh = false;
    }

    /// Takes all of it away.
    pub(super) fn clear(&mut self) {
        self.set("");
    }

    /// Takes what came. Says whether the text is another one now.
    pub(super) fn take(&mut self, input: TextInput) -> bool {
        let fresh = std::mem::take(&mut self.fresh);
        let (input, writes) = match input {
            TextInput::Paste(text) => (TextInput::Paste(one_line(&text)), true),
            TextInput::Key(key) if is_letter(key) => (TextInput::Key(key), true),
            TextInput::Key(key) if is_elsewhere(key) => return false,
            TextInput::Key(key) => (TextInput::Key(key), false),
            // A line has no rows.
            TextInput::Newline | TextInput::Rows { .. } => return false,
            TextInput::Click(caret) => (TextInput::Click(caret), false),
        };
        let cleared = writes && fresh && !self.is_empty();
        if cleared {
            self.clear();
        }
        let input = if writes { self.fitting(input) } else { Some(input) };
        input.is_some_and(|input| self.text.take(input)) || cleared
    }

    /// As much of what is typed as there is room for; none where there is none.
    fn fitting(&self, input: TextInput) -> Option<TextInput> {
        let Some(most) = self.most else { return Some(input) };
        let room = most.saturating_sub(self.chars().count());
        match input {
            _ if room == 0 => None,
            TextInput::Paste(text) => Some(TextInput::Paste(text.chars().take(room).collect())),
            input => Some(input),
        }
    }
}

/// Whether a key is a letter that can stand on a line.
fn is_letter(key: Key) -> bool {
    matches!(key.code, Code::Char(c) if !key.ctrl && !key.alt && !c.is_control())
}

/// Whether a key means something in a text of several lines alone: it breaks a line, or is a control character.
fn is_elsewhere(key: Key) -> bool {
    match key.code {
        Code::Enter | Code::Tab => true,
        Code::Char('m') => key.ctrl,
        Code::Char(c) => c.is_control(),
        _ => false,
    }
}

/// A text as one line: its lines side by side, empty ones left out. Control characters are no part of any line.
fn one_line(text: &str) -> String {
    let breaks = |c| matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let printable = |text: &str| text.chars().filter(|c| !c.is_control()).collect::<String>();
    if !text.contains(breaks) {
        return printable(text);
    }
    let lines = text.split(breaks).map(|line| printable(line.trim_end())).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ")
}
