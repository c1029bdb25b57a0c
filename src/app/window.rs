//! What belongs to the screen as a whole, whichever channel is on it: the view, who has the keys, what lies over it,
//! and the line that is said.

use std::sync::Arc;

use super::action::Action;
use super::key::Key;
use super::keymap::{Context, Keymap};
use super::line_input::LineHistory;
use super::notice::Notice;
use super::notify::Notify;
use super::overlay::help::HelpSheet;
use super::overlay::key_test::KeyTest;
use super::overlay::palette::Palette;
use super::overlay::switcher::Switcher;
use super::overlay::themes::{ThemePicker, Themes};
use super::overlay::{Layer, Overlay};
use super::resume::ResumeKeeper;
use super::split::{Slot, Split};
use super::view::{Focus, ViewKind};
use crate::domain::{ChannelName, Failure, MouseUse, SafeText, ScreenSettings, Timestamp};

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
    /// The conversation that stands beside the open one.
    pub split: Option<Split>,
    /// The themes, and which is shown.
    pub themes: Themes,
    /// What the program does with the mouse while it takes it.
    pub mouse_use: MouseUse,
    /// Which key means what.
    pub keys: Arc<Keymap>,
    /// The keys that were pressed so far of several that mean something together. Nothing but another key ends it.
    pub pressed: Vec<Key>,
    /// What the config file said of the screen when it was read last.
    configured: ScreenSettings,
    /// Whether the program takes the mouse; otherwise the terminal selects text with it.
    pub mouse: bool,
    /// Set once the user quits.
    pub leaving: bool,
    /// Whether the user looks, and what is told while not.
    pub notify: Notify,
    /// What of where the user is was kept for the next start.
    pub resume: ResumeKeeper,
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
            split: None,
            themes: Themes::default(),
            mouse_use: MouseUse::ALL,
            keys: Keymap::standard(),
            pressed: Vec::new(),
            configured: ScreenSettings::default(),
            mouse: true,
            leaving: false,
            notify: Notify::default(),
            resume: ResumeKeeper::default(),
        }
    }

    /// The window of what isn't on the screen: what is said there names keys all the same.
    pub(super) fn unseen(keys: Arc<Keymap>) -> Self {
        Self { keys, ..Self::new(Focus::Transcript) }
    }

    /// Takes what the config file says of the screen: whether it was otherwise before. What the user chose meanwhile stays
    /// where the file says of it what it said.
    pub fn configure(&mut self, settings: &ScreenSettings) -> bool {
        if self.configured.mouse != settings.mouse {
            self.mouse = settings.mouse != MouseUse::NONE;
            // Who takes the mouse all the same takes all of it.
            self.mouse_use = if self.mouse { settings.mouse } else { MouseUse::ALL };
        }
        let changed = self.configured != *settings;
        self.configured.clone_from(settings);
        changed
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

    /// The list of themes, while it is open.
    pub fn theme_picker(&self) -> Option<&ThemePicker> {
        self.overlays.iter().find_map(|open| if let Overlay::Themes(picker) = open { Some(picker) } else { None })
    }

    /// The same, to be changed.
    pub(super) fn theme_picker_mut(&mut self) -> Option<&mut ThemePicker> {
        self.overlays.iter_mut().find_map(|open| if let Overlay::Themes(picker) = open { Some(picker) } else { None })
    }

    /// The first row of the help, while it is open.
    pub fn help(&self) -> Option<u16> {
        self.overlays.iter().find_map(|open| if let Overlay::Help(sheet) = open { Some(sheet.top) } else { None })
    }

    /// How many changes are staged, while it is asked whether to leave all the same.
    pub fn leave_asked(&self) -> Option<usize> {
        self.overlays.iter().find_map(|open| if let Overlay::Leave(staged) = open { Some(*staged) } else { None })
    }

    /// The help, while it is open.
    pub fn help_sheet(&self) -> Option<&HelpSheet> {
        self.overlays.iter().find_map(|open| if let Overlay::Help(sheet) = open { Some(sheet) } else { None })
    }

    /// The same, to be changed.
    pub(super) fn help_mut(&mut self) -> Option<&mut HelpSheet> {
        self.overlays.iter_mut().find_map(|open| if let Overlay::Help(sheet) = open { Some(sheet) } else { None })
    }

    /// The palette, while it is open.
    pub fn palette(&self) -> Option<&Palette> {
        self.overlays.iter().find_map(|open| if let Overlay::Palette(palette) = open { Some(palette) } else { None })
    }

    /// The same, to be changed.
    pub(super) fn palette_mut(&mut self) -> Option<&mut Palette> {
        let mut overlays = self.overlays.iter_mut();
        overlays.find_map(|open| if let Overlay::Palette(palette) = open { Some(palette) } else { None })
    }

    /// The test of a key, while it has the keys.
    pub fn key_test(&self) -> Option<&KeyTest> {
        if let Some(Overlay::KeyTest(test)) = self.top() { Some(test) } else { None }
    }

    /// The same, to be changed.
    pub(super) fn key_test_mut(&mut self) -> Option<&mut KeyTest> {
        self.overlays.iter_mut().find_map(|open| if let Overlay::KeyTest(test) = open { Some(test) } else { None })
    }

    /// Whether something lies over the view that was open last, or over every view.
    pub fn is_covered(&self) -> bool {
        !self.overlays.is_empty()
    }

    /// Whether something lies over every view, before what belongs to one.
    pub fn is_asked(&self) -> bool {
        self.overlays.iter().any(|open| open.layer() != Layer::View)
    }

    /// The key that hints name for an action, where these contexts have the keys; empty where it has none.
    pub fn key(&self, contexts: &[Context], action: Action) -> String {
        self.keys.key_for(contexts, action).map(ToString::to_string).unwrap_or_default()
    }

    /// The keys before those of the transcript, in words: none where it has the keys.
    pub fn way_to_transcript(&self) -> String {
        let (context, action) = match self.focus {
            Focus::Transcript => return String::new(),
            Focus::Composer => (Context::Composer, Action::PreviousPane),
            Focus::Queue => (Context::Queue, Action::PreviousPane),
            Focus::Roster => (Context::Roster, Action::NextPane),
        };
        match self.key(&[context], action) {
            key if key.is_empty() => String::new(),
            key => format!("{key}, then "),
        }
    }

    /// Whether what is copied here is copied of the transcript.
    pub(super) fn copies_here(&self) -> bool {
        self.view == ViewKind::Chat && self.focus == Focus::Transcript
    }

    /// Whether the conversation in that slot of a channel is on the screen beside the open one.
    pub(super) fn shows_beside(&self, channel: &ChannelName, slot: Slot) -> bool {
        let there = |split: &Split| split.drawn && split.slot == slot && split.channel == *channel;
        self.view == ViewKind::Chat && self.split.as_ref().is_some_and(there)
    }
}
