//! The open conversation: its history as loaded, what was sent from here, and where it is looked at.

pub(super) mod aside;
pub(super) mod attach;
pub(super) mod composer;
pub(super) mod entry;
pub(super) mod find;
pub(super) mod history;
pub(super) mod pace;
pub(super) mod queue;
pub(super) mod read_marker;
pub(super) mod scroll;
pub(super) mod selection;
pub(super) mod source_view;

pub use entry::{
    ConversationRef, DETAILS, Greeting, HistoryEntry, Measured, PendingTurn, Refresh, TranscriptItem, words,
};
use find::Find;
use history::History;
use read_marker::ReadMarker;
use scroll::{Anchor, Scroll};
use selection::{Marked, Picked};
use source_view::SourceView;

use crate::domain::{MessageId, Timestamp};

/// The open conversation.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about what is loaded and under way")]
pub struct Chat {
    /// Which one.
    pub place: ConversationRef,
    /// The loaded end of its history, oldest first.
    pub history: History,
    /// The bot's first words, until the history holds them.
    pub greeting: Option<Greeting>,
    /// Whether the store holds older messages than those loaded.
    pub older: bool,
    /// Whether older messages are being loaded.
    pub loading_older: bool,
    /// Whether the store has answered.
    pub loaded: bool,
    /// Whether the platform has told of messages that the store has not given out yet.
    pub owed: bool,
    /// Until when it is only looked at, as the selection in the list moves over it; none once it is meant.
    pub rests_at: Option<Timestamp>,
    /// Whether it was meant: read, and asked for.
    pub settled: bool,
    /// Whether the store was asked for what it keeps for a new conversation.
    pub loads_new: bool,
    /// Whether what the store kept of a text for it is known. Until then nothing is written over that.
    pub draft_known: bool,
    /// Whether the conversation is being opened on the platform.
    pub starting: bool,
    /// How the platform's history is being read.
    pub refresh: Refresh,
    /// Late answers for another ticket are dropped.
    pub ticket: u64,
    /// The last asked for of the store's answers that were taken: one asked for before it knows less.
    pub taken: u64,
    /// Where it is looked at.
    pub scroll: Scroll,
    /// What the last drawing measured.
    pub measured: Measured,
    /// What stands in the transcript, in order.
    pub items: Vec<TranscriptItem>,
    /// Goes up when the parts were worked out anew.
    pub revision: u64,
    /// Until when it can be answered directly, where its platform has that.
    pub reply_until: Option<Timestamp>,
    /// The message whose offered answers the user doesn't want to see.
    pub dismissed: Option<MessageId>,
    /// Whether all that the platform tells of the conversation is shown, and not only its beginning.
    pub whole_details: bool,
    /// The messages that are picked.
    pub picked: Option<Picked>,
    /// What was marked with the mouse.
    pub marked: Option<Marked>,
    /// What is being searched for in it.
    pub find: Option<Find>,
    /// What of it was seen.
    pub read_marker: ReadMarker,
    /// Which messages are shown as they were written.
    pub source_view: SourceView,
}

impl Chat {
    /// A conversation of which nothing is loaded yet.
    pub fn new(place: ConversationRef) -> Self {
        Self {
            place,
            history: History::default(),
            greeting: None,
            older: false,
            loading_older: false,
            loaded: false,
            owed: false,
            rests_at: None,
            settled: false,
            loads_new: false,
            draft_known: false,
            starting: false,
            refresh: Refresh::Idle,
            ticket: 0,
            taken: 0,
            scroll: Scroll::Follow,
            measured: Measured::default(),
            items: Vec::new(),
            revision: 0,
            reply_until: None,
            dismissed: None,
            whole_details: false,
            picked: None,
            marked: None,
            find: None,
            read_marker: ReadMarker::default(),
            source_view: SourceView::default(),
        }
    }

    /// Moves the view by rows; to the end and beyond means to follow it.
    pub fn scroll_by(&mut self, rows: i64) {
        let from = match self.scroll {
            Scroll::At(anchor) => Some(anchor),
            Scroll::Follow if rows >= 0 => None,
            Scroll::Follow | Scroll::Show(_) | Scroll::To(_) => self.measured.top,
        };
        if let Some(anchor) = from {
            self.scroll = Scroll::At(Anchor { row: anchor.row.saturating_add(rows), ..anchor });
        }
    }

    /// Takes what a drawing measured: positions become real ones, and the end is followed once it is reached.
    pub fn measure(&mut self, measured: Measured) {
        let before = std::mem::replace(&mut self.measured, measured);
        if self.scroll != Scroll::Follow {
            // What is picked stays in sight, whatever comes behind it; and where nobody moved, what is read, also when
            // a larger screen shows all that is behind that.
            let moved = !before.top.is_some_and(|top| self.scroll == Scroll::At(top));
            let held = self.picked.is_some() || self.marked.is_some() || !moved;
            self.scroll = match measured.top {
                Some(top) if held || !measured.at_bottom => Scroll::At(top),
                _ => Scroll::Follow,
            };
        }
    }

    /// Whether something of it is meant by its place: searched for, picked or marked.
    pub(super) fn is_held(&self) -> bool {
        self.find.is_some() || self.picked.is_some() || self.marked.is_some()
    }

    /// How many rows a page is: a screen less two, so that the eye keeps its place.
    pub fn page(&self) -> i64 {
        i64::from(self.measured.rows.saturating_sub(2).max(1))
    }

    /// The key of the greeting or of a history entry at a part.
    pub fn past(&self, index: usize) -> Option<&HistoryEntry> {
        self.history.get(index)
    }
}
