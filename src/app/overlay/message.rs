//! What is known of one message: the sheet on which it is shown, what it says, and the same as JSON.
//!
//! Owns which message is meant and what of its [`Record`] is told in which words. It reads nothing: the record comes
//! from the floors above.

mod facts;
mod value;

use crate::app::webhooks::{DRAWN_BYTES, pretty};
use crate::domain::{ChannelName, ConversationId, Failure, MessageRef, Record, SafeText, Turn, TurnId};

pub use facts::{Section, sections};
pub use value::value;

/// What is known of one message, while it is shown.
#[derive(Debug)]
pub struct MessageSheet {
    /// The key of the message.
    pub key: u64,
    /// The first row on screen.
    pub top: usize,
    /// How many rows there are on screen, and which can stand first at the most: as last drawn.
    pub measured: MessageMeasured,
    /// Late answers for another ticket are dropped.
    pub ticket: u64,
    /// What of it is here.
    pub told: LoadState,
}

/// What a drawing of the sheet measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MessageMeasured {
    /// How many rows are on screen.
    pub rows: usize,
    /// Which row can stand first at the most.
    pub last: usize,
}

/// How much of what is known of a message is here.
#[derive(Debug)]
pub enum LoadState {
    /// It is being read.
    Reading,
    /// The store does not know the message.
    Unknown,
    /// It could not be read.
    Failed(Failure),
    /// All of it, and the same as it is shown.
    Here(Box<Record>, Vec<Section>),
}

impl LoadState {
    /// All of it, made fit to be shown.
    pub fn here(record: Record, channel: &ChannelName) -> Self {
        let sections = sections(&record, channel);
        Self::Here(Box::new(record), sections)
    }
}

impl MessageSheet {
    /// The record, once it is here.
    pub fn record(&self) -> Option<&Record> {
        match &self.told {
            LoadState::Here(record, _) => Some(record),
            LoadState::Reading | LoadState::Unknown | LoadState::Failed(_) => None,
        }
    }
}

/// Something to do for what is known of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageEffect {
    /// Read all that is known of a message.
    Read {
        /// Tells late answers.
        ticket: u64,
        /// Its conversation; none until that has been started.
        conversation: Option<ConversationId>,
        /// Which.
        which: MessageRef,
    },
    /// Keep what was seen last of a conversation.
    MarkRead {
        /// Which conversation.
        conversation: ConversationId,
        /// What.
        last: MessageRef,
    },
    /// Keep in whose place the text is being written that is kept for a conversation, or is about to be.
    Bind {
        /// Which conversation; none for a new one.
        conversation: Option<ConversationId>,
        /// That message.
        of: TurnId,
    },
    /// Put a turn into the outbox in the place of one that did not go through, or of which nobody knows.
    SendInstead {
        /// The new one.
        turn: Box<Turn>,
        /// The one that is given up.
        of: TurnId,
    },
}

/// Something that happened to a message.
#[derive(Debug, Clone)]
pub enum MessageEvent {
    /// What is known of one; none where the store does not know it.
    Read(u64, Result<Option<Box<Record>>, Failure>),
    /// The sheet was drawn.
    Measured(MessageMeasured),
    /// A turn could not be put into the outbox in the place of this one, which is there as it was.
    NotInstead(TurnId),
}

/// What a platform told of a message, laid out where it is JSON, and how many bytes of it are left out.
fn laid_out(text: &str) -> (SafeText, usize) {
    if let Some((text, left)) = pretty(text, DRAWN_BYTES) {
        return (SafeText::new(&text), left);
    }
    let mut end = text.len().min(DRAWN_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    (SafeText::new(text.get(..end).unwrap_or_default()), text.len() - end)
}
