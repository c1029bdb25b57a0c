//! What is told, appended to standard output: whole lines under their labels, and a reply as it comes. No escape sequence
//! leaves it.

use std::io::{self, Write as _};

use crate::domain::SafeText;

/// The terminal, or a pipe.
pub(super) struct Out {
    /// Whether somebody writes at a prompt.
    prompts: bool,
    /// Whether the last line has no end yet: a reply that comes, or a prompt.
    open: Open,
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Open {
    No,
    Prompt,
    /// The reply with that key.
    Reply(u64),
}

impl Out {
    pub(super) fn new(prompts: bool) -> Self {
        Self { prompts, open: Open::No }
    }

    /// Whether somebody writes at a terminal, rather than a script into a pipe.
    pub(super) fn is_interactive(&self) -> bool {
        self.prompts
    }

    /// Whether a reply is being told that goes on.
    pub(super) fn is_amid_reply(&self) -> bool {
        matches!(self.open, Open::Reply(_))
    }

    /// Ends the line that is open.
    pub(super) fn end(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.open, Open::No) == Open::No { Ok(()) } else { write("\n") }
    }

    /// A text of ours or anybody's under its label, on a line of its own or several.
    pub(super) fn say(&mut self, label: &str, text: &str) -> io::Result<()> {
        self.end()?;
        let text = SafeText::new(text.trim_end());
        let label = SafeText::one_line(label);
        write(&format!("{}: {}\n", label.as_str(), text.as_str()))
    }

    /// A line without a label.
    pub(super) fn line(&mut self, text: &str) -> io::Result<()> {
        self.end()?;
        let text = SafeText::one_line(text);
        write(&format!("{}\n", text.as_str()))
    }

    /// More of a reply, behind what came of it, where nothing was said since.
    pub(super) fn more(&mut self, key: u64, label: &str, first: bool, text: &str) -> io::Result<()> {
        if self.open != Open::Reply(key) {
            self.end()?;
            let label = SafeText::one_line(label);
            write(&format!("{}{}: ", label.as_str(), if first { "" } else { ", going on" }))?;
            self.open = Open::Reply(key);
        }
        let text = SafeText::new(text);
        write(text.as_str())
    }

    /// The user has ended the line with Enter.
    pub(super) fn entered(&mut self) {
        if self.open == Open::Prompt {
            self.open = Open::No;
        }
    }

    /// Says that a line can be written, where somebody is there to write one and nothing is being told.
    pub(super) fn prompt(&mut self) -> io::Result<()> {
        if self.prompts && self.open == Open::No {
            write("> ")?;
            self.open = Open::Prompt;
        }
        Ok(())
    }
}

fn write(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}
