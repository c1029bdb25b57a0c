//! What is copied: into the desktop's clipboard where there is one, else by the terminal. Which of them it was, the core
//! is told.

use std::io;

use super::Screen;
use crate::app::{Clip, Copied, Event};
use crate::runtime::{CLIPBOARD_BYTES, TooLong};

impl Screen {
    /// Puts a text into the desktop's clipboard, where there is one, or hands it to the terminal for its own.
    pub(super) fn copy(&mut self, clip: Clip) -> io::Result<()> {
        if !self.clipboard.has_desktop() {
            return self.copy_by_terminal(clip, None);
        }
        let asked = self.clipboard.desktop(clip.text.clone());
        self.copies.spawn(async move { (clip, asked.await.map_err(|why| why.to_string())) });
        Ok(())
    }

    /// Takes what the desktop's clipboard answered.
    pub(super) fn asked_desktop(&mut self, clip: Clip, answer: Result<(), String>) -> io::Result<()> {
        match answer {
            Ok(()) => self.handle_event(Event::Copied(clip, Copied::Desktop)),
            Err(why) => self.copy_by_terminal(clip, Some(why)),
        }
    }

    fn copy_by_terminal(&mut self, clip: Clip, instead: Option<String>) -> io::Result<()> {
        let copied = match self.clipboard.sequence(&clip.text) {
            Ok(sequence) => {
                self.terminal.send(&sequence)?;
                Copied::Terminal { through: self.clipboard.through(), instead }
            }
            Err(TooLong { bytes }) => Copied::TooLong(bytes, CLIPBOARD_BYTES),
        };
        self.handle_event(Event::Copied(clip, copied))
    }
}
