//! What belongs to the screen as a whole, whichever channel is on it: the view, who has the keys, what lies over it,
//! and the line that is said.

use super::line_input::LineHistory;
use super::notice::Notice;
use super::overlay::switcher::Switcher;
use super::overlay::{Layer, Overlay};
use super::view::{Focus, ViewKind};
use crate::domain::{Failure, SafeText, Timestamp};

/// The screen's own state.
#[derive(Debug)]
pub struct Window {
    /// Which view is open.
    pub view: ViewKind,
    /// Which pane has the keys.
    pub focus: Focus,
    /// What lies over the view, the topmost last: that one has the keys. At most one of them lies over the Chat view or
    /// the Search view alone; it stands first.
    overlays: Vec<Overlay>,
    /// One line about what just happened.
    pub notice: Option<Notice>,
    /// What was searched for in this run, in a conversation or everywhere.
    pub searched: LineHistory,
    /// Until when a second Ctrl+C quits.
    pub quit_armed: Option<Timestamp>,
    /// Whether the messages stand beside the list of conversations, as last drawn.
    pub beside: bool,
    /// Whether the program takes the mouse; otherwise the terminal selects text with it.
    pub mouse: bool,
    /// Set once the user quits.
    pub leaving: bool,
}

impl Window {
    /// The Chat view, with nothing over it.
    pub fn new(focus: Focus) -> Self {
        Self {
            view: ViewKind::Chat,
            focus,
            overlays: Vec::new(),
            notice: None,
            searched: LineHistory::default(),
            quit_armed: None,
            beside: false,
            mouse: true,
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

    /// What has the keys before the view that is open; none where nothing lies over it.
    pub fn top(&self) -> Option<&Overlay> {
        let view = self.view;
        self.overlays.iter().rfind(|overlay| overlay.lies_over(view))
    }

    /// What lies over the view, from the undermost on.
    pub fn overlays(&self) -> impl Iterator<Item = &Overlay> {
        let view = self.view;
        self.overlays.iter().filter(move |overlay| overlay.lies_over(view))
    }

    /// Lays something over the view, in the place of another of its kind. What belongs to a view lies under what lies
    /// over every view.
    pub fn open(&mut self, overlay: Overlay) {
        let layer = overlay.layer();
        self.overlays.retain(|open| open.layer() != layer);
        let at = if layer == Layer::View { 0 } else { self.overlays.len() };
        self.overlays.insert(at, overlay);
    }

    /// Takes away what lies there, if something does.
    pub(super) fn close(&mut self, layer: Layer) -> Option<Overlay> {
        let at = self.overlays.iter().position(|open| open.layer() == layer)?;
        Some(self.overlays.remove(at))
    }

    /// Takes away what belongs to the Chat view or the Search view.
    pub(super) fn take_overlay(&mut self) -> Option<Overlay> {
        self.close(Layer::View)
    }

    /// What belongs to the Chat view or the Search view, whatever lies over it and whichever view is open.
    pub fn overlay(&self) -> Option<&Overlay> {
        self.overlays.first().filter(|open| open.layer() == Layer::View)
    }

    /// The same, to be changed.
    pub(super) fn overlay_mut(&mut self) -> Option<&mut Overlay> {
        self.overlays.first_mut().filter(|open| open.layer() == Layer::View)
    }

    /// The list of channels, while it is open.
    pub fn switcher(&self) -> Option<&Switcher> {
        self.overlays
            .iter()
            .find_map(|open| if let Overlay::Channels(switcher) = open { Some(switcher) } else { None })
    }

    /// The same, to be changed.
    pub(super) fn switcher_mut(&mut self) -> Option<&mut Switcher> {
        self.overlays
            .iter_mut()
            .find_map(|open| if let Overlay::Channels(switcher) = open { Some(switcher) } else { None })
    }

    /// The first row of the help, while it is open.
    pub fn help(&self) -> Option<u16> {
        self.overlays.iter().find_map(|open| if let Overlay::Help(top) = open { Some(*top) } else { None })
    }

    /// How many changes are staged, while it is asked whether to leave all the same.
    pub fn leave_asked(&self) -> Option<usize> {
        self.overlays.iter().find_map(|open| if let Overlay::Leave(staged) = open { Some(*staged) } else { None })
    }

    /// The first row of the help, to be changed.
    pub(super) fn help_mut(&mut self) -> Option<&mut u16> {
        self.overlays.iter_mut().find_map(|open| if let Overlay::Help(top) = open { Some(top) } else { None })
    }

    /// Whether something lies over the view that was open last, or over every view.
    pub fn is_covered(&self) -> bool {
        !self.overlays.is_empty()
    }

    /// Whether something lies over every view, before what belongs to one.
    pub fn is_asked(&self) -> bool {
        self.overlays.iter().any(|open| open.layer() != Layer::View)
    }

    /// The keys before those of the transcript, in words: none where it has the keys.
    pub fn way_to_transcript(&self) -> &'static str {
        match self.focus {
            Focus::Transcript => "",
            Focus::Composer | Focus::Queue => "Shift+Tab, then ",
            Focus::Roster => "Tab, then ",
        }
    }

    /// Whether what is copied here is copied of the transcript.
    pub(super) fn copies_here(&self) -> bool {
        self.view == ViewKind::Chat && self.focus == Focus::Transcript
    }
}
