//! What the config file says of the screen, as far as the terminal and the loop go by it: at the start, and when it was
//! read again.

use std::io;
use std::time::Duration;

use super::Screen;
use crate::domain::{NotifyRules, ScreenSettings};
use crate::runtime::Notifier;
use crate::ui::View;

/// The least time between two frames that only what streams asks for.
const FRAME: Duration = Duration::from_millis(16);
/// The same where nothing is to move.
const STILL: Duration = Duration::from_secs(1);

/// The least time between two frames that only what streams asks for.
pub(super) const fn rest(settings: &ScreenSettings) -> Duration {
    if settings.motion { FRAME } else { STILL }
}

impl Screen {
    /// Looks, moves and tells as the file says now.
    pub(super) fn configure(&mut self, settings: &ScreenSettings, rules: &NotifyRules) -> io::Result<()> {
        self.notifier = Notifier::new(rules, |name| std::env::var(name).ok());
        self.rest = rest(settings);
        self.terminal.title(rules.title)?;
        if self.terminal.ascii(settings.ascii) {
            self.view = std::mem::replace(&mut self.view, View::new(false)).in_charset(self.terminal.charset());
        }
        Ok(())
    }
}
