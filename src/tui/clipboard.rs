//! What is copied: into the desktop's clipboard where there is one, else by the terminal. Which of them it was, the core
//! is told.

use std::io;

use super::Screen;
use crate::app::{Clip, Copied, Event};
use crate::runtime::{CLIPBOARD_BYTES, TooLong};

/// How far a copy has come.
pub(super) enum CopyStep {
    /// The desktop's clipboard was asked to take it, and answered.
    Desktop(Clip, Result<(), String>),
    /// It was handed to the terminal.
    Sent(Clip, Copied),
}

impl Screen {
    /// Puts a text into the desktop's clipboard, where there is one, or hands it to the terminal for its own.
    pub(super) fn copy(&mut self, clip: Clip) -> io::Result<()> {
        if !self.clipboard.has_desktop() {
            return self.copy_by_terminal(clip, None);
        }
        let asked = self.clipboard.desktop(clip.text.clone());
        self.copies.spawn(async move { CopyStep::Desktop(clip, asked.await.map_err(|why| why.to_string())) });
        Ok(())
    }

    /// Takes what came of a copy.
    pub(super) fn copied(&mut self, step: CopyStep) -> io::Result<()> {
        match step {
            CopyStep::Desktop(clip, Ok(())) => self.handle_event(Event::Copied(clip, Copied::Desktop)),
            CopyStep::Desktop(clip, Err(why)) => self.copy_by_terminal(clip, Some(why)),
            CopyStep::Sent(clip, copied) => self.handle_event(Event::Copied(clip, copied)),
        }
    }

    fn copy_by_terminal(&mut self, clip: Clip, instead: Option<String>) -> io::Result<()> {
        match self.clipboard.sequence(&clip.text) {
            Ok(sequence) => {
                self.terminal.send(&sequence)?;
                let (through, asked) = (self.clipboard.through(), self.clipboard.tmux_lets_through());
                // How it went is said once tmux has told whether it passes it on, where there is one.
                self.copies.spawn(async move {
                    let stopped = asked.await == Some(false);
                    CopyStep::Sent(clip, Copied::Terminal { through, instead, stopped })
                });
                Ok(())
            }
            Err(TooLong { bytes }) => self.handle_event(Event::Copied(clip, Copied::TooLong(bytes, CLIPBOARD_BYTES))),
        }
    }
}
