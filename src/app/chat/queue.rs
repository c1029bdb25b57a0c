//! What waits behind a reply: which of it is selected, what was dropped of it, and what is asked of the outbox for it.

use crate::domain::{ConversationId, OutState, Turn, TurnId};

/// So many dropped messages can be brought back.
const DROPPED: usize = 50;

/// The user's hand on what waits in a channel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Queue {
    /// Which message the keys are on.
    pub selected: Option<TurnId>,
    /// What was dropped in this run and not brought back, the last one last.
    pub dropped: Vec<Turn>,
}

impl Queue {
    /// Keeps a dropped message.
    pub(in crate::app) fn keep(&mut self, turn: Turn) {
        if self.dropped.len() == DROPPED {
            self.dropped.remove(0);
        }
        self.dropped.push(turn);
    }
}

/// What is asked of the outbox for messages that have not left. It answers; nothing of it is taken for done before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueueEffect {
    /// Hold these: none of them leaves before it is let go of.
    Hold(Vec<TurnId>),
    /// Let go of what is held in a conversation; none: in the new one.
    Release(Option<ConversationId>),
    /// Take one back: its words are the conversation's draft then.
    TakeBack(TurnId),
    /// Drop one.
    Drop(TurnId),
    /// Let one and its neighbour change places.
    Move {
        /// Which.
        turn: TurnId,
        /// Whether it is to leave sooner.
        up: bool,
    },
}

/// What the outbox answered.
#[derive(Debug, Clone)]
pub enum QueueEvent {
    /// These are let go of, in this order, and this program is to send them.
    Released(Vec<Turn>),
    /// This one is taken back; its words are kept as a draft.
    TakenBack(Box<Turn>),
    /// This one is dropped.
    Dropped(Box<Turn>),
    /// These are held.
    Held(Vec<TurnId>),
    /// The places of a conversation's messages.
    Ranked(Vec<(TurnId, i64)>),
    /// That one could not be taken back, dropped or moved: it has left, or is gone. That is what became of it.
    Gone(TurnId, Option<OutState>),
}
