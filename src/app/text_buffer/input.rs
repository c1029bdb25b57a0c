//! What can come to a text that is being written.

use super::TextBuffer;
use crate::app::key::Key;

/// Something for the text that is being written, whichever that is by then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextInput {
    /// A key that is text, or moves or erases in a line.
    Key(Key),
    /// A new line at the cursor.
    Newline,
    /// A paste: text, and nothing but text.
    Paste(String),
    /// Up or down by rows.
    Rows {
        /// Whether up.
        up: bool,
        /// Where that leads on the screen; none where there is no row.
        to: Option<Caret>,
    },
    /// A click.
    Click(Caret),
}

/// A place for the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caret {
    /// The byte of the text.
    pub at: usize,
    /// The column that the next moves up and down keep to; none where they begin anew.
    pub goal: Option<usize>,
}

impl TextBuffer {
    /// Takes what came. Says whether the text is another one now.
    pub(in crate::app) fn take(&mut self, input: TextInput) -> bool {
        let before = self.stamp();
        match input {
            TextInput::Key(key) => self.press(key),
            TextInput::Newline => self.newline(),
            TextInput::Paste(text) => self.paste(&text),
            TextInput::Rows { to: Some(caret), .. } | TextInput::Click(caret) => self.place(caret),
            // Above the first row is its beginning, below the last its end.
            TextInput::Rows { up: true, to: None } => self.go(0),
            TextInput::Rows { up: false, to: None } => self.go(usize::MAX),
        }
        self.stamp() != before
    }

    fn place(&mut self, caret: Caret) {
        self.go(caret.at);
        self.goal = caret.goal;
    }

    /// Begins a new line at the cursor, with the line end that the text has there.
    pub(super) fn newline(&mut self) {
        self.insert(self.line_ending());
    }

    /// Puts text in at the cursor, as one step, with the line ends that the text has there. Other control characters
    /// are left out.
    fn paste(&mut self, text: &str) {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let clean: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
        let ending = self.line_ending();
        let clean = if ending == "\n" { clean } else { clean.replace('\n', ending) };
        self.replace(self.at..self.at, &clean, false);
    }
}
