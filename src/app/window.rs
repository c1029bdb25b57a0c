//! What belongs to the screen as a whole, whichever channel is on it: the view, who has the keys, what lies over it,
//! and the line that is said.

use super::line_input::LineHistory;
use super::notice::Notice;
use super::overlay::Overlay;
use super::overlay::switcher::Switcher;
use super::view::{Focus, ViewKind};
use crate::domain::{Failure, SafeText, Timestamp};

/// The screen's own state.
#[derive(Debug)]
pub struct Window {
    /// Which view is open.
    pub view: ViewKind,
    /// Which pane has the keys.
    pub focus: Focus,
    /// What lies over the Chat view or the Search view and has the keys.
    pub overlay: Option<Overlay>,
    /// The help overlay's first row, while it is open.
    pub help: Option<u16>,
    /// The list of channels, while it is open.
    pub switcher: Option<Switcher>,
    /// One line about what just happened.
    pub notice: Option<Notice>,
    /// What was searched for in this run, in a conversation or everywhere.
    pub searched: LineHistory,
    /// Until when a second Ctrl+C quits.
    pub quit_armed: Option<Timestamp>,
    /// Whether the program takes the mouse; otherwise the terminal selects text with it.
    pub mouse: bool,
    /// How many changes of rows are staged, while it is asked whether to leave all the same.
    pub leave_asked: Option<usize>,
    /// Set once the user quits.
    pub leaving: bool,
}

impl Window {
    /// The Chat view, with nothing over it.
    pub fn new(focus: Focus) -> Self {
        Self {
            view: ViewKind::Chat,
            focus,
            overlay: None,
            help: None,
            switcher: None,
            notice: None,
            searched: LineHistory::default(),
            quit_armed: None,
            mouse: true,
            leave_asked: None,
            leaving: false,
        }
    }

    /// The window of what isn't on the screen.
    pub(super) fn unseen() -> Self {
        Self::new(Focus::Transcript)
    }

    /// Shows one line for a while.
    pub fn say(&mut self, text: &str, now: Timestamp) {
        self.notice = Some(Notice { text: SafeText::one_line(text), bad: false, until: now.plus_millis(4_000) });
    }

    /// Shows a failure in one line, for long enough to read it.
    pub fn complain(&mut self, what: &str, failure: &Failure, now: Timestamp) {
        let hint = failure.hint.as_deref().map(|h| format!(" {h}")).unwrap_or_default();
        let text = SafeText::one_line(&format!("{what}{}{hint}", failure.sentence()));
        self.notice = Some(Notice { text, bad: true, until: now.plus_millis(12_000) });
    }

    /// The next moment at which something here changes by itself.
    pub(super) fn next_change(&self) -> Option<Timestamp> {
        let notice = self.notice.as_ref().map(|notice| notice.until);
        notice.into_iter().chain(self.quit_armed).min()
    }

    /// Whether an overlay has the keys.
    pub fn is_covered(&self) -> bool {
        self.is_asked() || self.overlay.is_some()
    }

    /// Whether something is asked that has the keys before what lies over the view.
    pub fn is_asked(&self) -> bool {
        self.help.is_some() || self.switcher.is_some() || self.leave_asked.is_some()
    }

    /// The keys before those of the transcript, in words: none where it has the keys.
    pub fn way_to_transcript(&self) -> &'static str {
        match self.focus {
            Focus::Transcript => "",
            Focus::Composer => "Shift+Tab, then ",
            Focus::Roster => "Tab, then ",
        }
    }

    /// Whether what is copied here is copied of the transcript.
    pub(super) fn copies_here(&self) -> bool {
        self.view == ViewKind::Chat && self.focus == Focus::Transcript
    }
}
