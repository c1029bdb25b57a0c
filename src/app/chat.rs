//! The open conversation: its history as loaded, what was sent from here, and where it is looked at.

use super::attach::mixed;
use super::copy::{Marked, Picked};
use super::finding::Finding;
use super::history::History;
use super::raw::Raw;
use super::scroll::{Anchor, Passage, Scroll};
use super::seen::Seen;
use crate::domain::{ConversationId, Failure, Finish, Message, MessageId, OutState, Timestamp, Turn, TurnId};

/// The key on screen of the facts about a conversation: none that is numbered.
pub const DETAILS: u64 = u64::MAX;

/// Which conversation: one that the platform knows, or a new one that it does not know yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Not started on the platform; the number tells new ones apart.
    New(u64),
    /// The platform's.
    Known(ConversationId),
}

impl Place {
    /// The platform's id, once there is one.
    pub fn id(&self) -> Option<&ConversationId> {
        match self {
            Self::New(_) => None,
            Self::Known(id) => Some(id),
        }
    }
}

/// The open conversation.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about what is loaded and under way")]
pub struct Chat {
    /// Which one.
    pub place: Place,
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
    pub parts: Vec<Part>,
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
    pub finding: Option<Finding>,
    /// What of it was seen.
    pub seen: Seen,
    /// Which messages are shown as they were written.
    pub raw: Raw,
}

/// A message of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The item's key on screen.
    pub key: u64,
    /// Its place in the store's order.
    pub seq: i64,
    /// Goes up when what is drawn under its key was replaced by another text.
    pub version: u64,
    /// The message.
    pub message: Message,
    /// Whether this program is where it comes from: what was sent from here, or a reply that no platform keeps.
    pub ours: bool,
    /// Its text with what came along at its place; none where nothing did.
    pub mixed: Option<String>,
    /// Milliseconds to its first word, where it was seen arriving.
    pub first_word_ms: Option<u64>,
    /// Milliseconds to its end, where it was seen arriving.
    pub took_ms: Option<u64>,
    /// How many words it has.
    pub words: u64,
    /// How it ended, where that is to be told: what is whole needs no word.
    pub finish: Option<Finish>,
}

impl Past {
    /// A message as the store has it.
    pub fn new(seq: i64, message: Message, ours: bool, first_word_ms: Option<u64>, took_ms: Option<u64>) -> Self {
        // Only a pace needs the number of words.
        let words = if took_ms.is_some() { words(&message.text) } else { 0 };
        let mixed = mixed(&message.text, &message.extras.attachments);
        let (key, version, finish) = (0, 0, None);
        Self { key, seq, version, message, ours, mixed, first_word_ms, took_ms, words, finish }
    }

    /// What is drawn: markdown, untrusted.
    pub fn text(&self) -> &str {
        self.mixed.as_deref().unwrap_or(&self.message.text)
    }
}

/// The bot's first words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Greeting {
    /// The item's key on screen.
    pub key: u64,
    /// What it said.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// How the platform's history is being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refresh {
    /// It is not.
    Idle,
    /// It is; so many messages of so many are here.
    Reading {
        /// How many messages came so far.
        got: u64,
        /// How many there are, by the platform.
        total: Option<u64>,
    },
    /// It was read, and something is missing in it or damaged.
    NotWhole(Failure),
    /// It could not be read.
    Failed(Failure),
}

/// A message sent from here, and what is under way with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalTurn {
    /// What the outbox knows.
    pub turn: Turn,
    /// Its conversation.
    pub place: Place,
    /// Whether this process is busy with it.
    pub live: bool,
    /// When it was handed to the platform.
    pub sent_at: Option<Timestamp>,
    /// Until when, and why, the program waits before it tries again.
    pub waiting: Option<(Timestamp, String)>,
    /// Why its reply is not whole.
    pub reply_failure: Option<Failure>,
    /// The keys on screen of the message and of its reply.
    pub keys: (u64, u64),
    /// Goes up when the reply's text was replaced rather than grown.
    pub version: u64,
    /// How many words its reply has so far.
    pub words: u64,
    /// How often its fate was asked for.
    pub checks: u32,
}

impl LocalTurn {
    /// Whether the user decides what becomes of it.
    pub fn needs_word(&self) -> bool {
        !self.live && matches!(self.turn.state, OutState::Unknown | OutState::Rejected | OutState::Queued)
    }

    /// Whether its reply has come to its end.
    pub fn is_whole(&self) -> bool {
        self.turn.reply.as_ref().is_some_and(|reply| reply.finish.is_some())
    }
}

/// How many words a text has.
pub fn words(text: &str) -> u64 {
    text.split_whitespace().count() as u64
}

/// What stands in the transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// What the platform tells of the conversation.
    Details,
    /// The bot's first words.
    Greeting,
    /// That entry of the history.
    Past(usize),
    /// The user's message of a turn.
    Ask(TurnId),
    /// The reply of a turn.
    Answer(TurnId),
}

/// What a drawing measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Measured {
    /// The first row shown.
    pub top: Option<Anchor>,
    /// Whether the first row of all is on screen.
    pub at_top: bool,
    /// Whether the last row of all is on screen.
    pub at_bottom: bool,
    /// The item that the last row on screen is of.
    pub bottom: Option<u64>,
    /// How many rows the transcript has on screen.
    pub rows: u16,
    /// The first and the last place of the text on screen, about.
    pub seen: Option<(Passage, Passage)>,
}

impl Chat {
    /// A conversation of which nothing is loaded yet.
    pub fn new(place: Place) -> Self {
        Self {
            place,
            history: History::default(),
            greeting: None,
            older: false,
            loading_older: false,
            loaded: false,
            loads_new: false,
            draft_known: false,
            starting: false,
            refresh: Refresh::Idle,
            ticket: 0,
            taken: 0,
            scroll: Scroll::Follow,
            measured: Measured::default(),
            parts: Vec::new(),
            revision: 0,
            reply_until: None,
            dismissed: None,
            whole_details: false,
            picked: None,
            marked: None,
            finding: None,
            seen: Seen::default(),
            raw: Raw::default(),
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
        self.finding.is_some() || self.picked.is_some() || self.marked.is_some()
    }

    /// How many rows a page is: a screen less two, so that the eye keeps its place.
    pub fn page(&self) -> i64 {
        i64::from(self.measured.rows.saturating_sub(2).max(1))
    }

    /// The key of the greeting or of a history entry at a part.
    pub fn past(&self, index: usize) -> Option<&Past> {
        self.history.get(index)
    }
}
