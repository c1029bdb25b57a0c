//! Telling the user something who looks elsewhere: to the terminal what is the terminal's, to the desktop the rest.

use std::io;

use super::Screen;
use crate::app::Notification;

impl Screen {
    /// Tells it, by whatever was chosen for it.
    pub(super) fn notify(&mut self, told: &Notification) -> io::Result<()> {
        if let Some(asked) = self.notifier.desktop(told) {
            tokio::spawn(asked);
        }
        // While the editor has the terminal, only the bell disturbs nothing there.
        match self.away {
            None => self.terminal.send(&self.notifier.sequence(told)),
            Some(_) => self.terminal.send(self.notifier.bell(told)),
        }
    }
}
