//! All that is known of one message: the message, how it came or went, and what its platform told of it.

use super::{
    ConversationId, Delivery, DeliveryRow, Failure, Finish, Message, MessageId, OutState, Timestamp, Turn, TurnId,
};

/// Which message of a conversation is meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum MessageRef {
    /// One of the history.
    Filed(MessageId),
    /// The user's message of a turn.
    Ask(TurnId),
    /// The reply of a turn.
    Reply(TurnId),
}

/// Something that a turn became, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnStep {
    /// When.
    pub at: Timestamp,
    /// What it became.
    pub state: OutState,
    /// Why. Of one that is being sent: why the attempt before did not go through.
    pub failure: Option<Failure>,
}

/// The turn that a message belongs to, and what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    /// The turn.
    pub turn: Turn,
    /// What it was, oldest first; empty for one that is older than this is written down.
    pub steps: Vec<TurnStep>,
    /// Whether the message is the turn's reply, and not what the user wrote.
    pub is_reply: bool,
}

impl Sending {
    /// How often it was handed to the platform; none where that was not written down.
    pub fn attempts(&self) -> Option<usize> {
        (!self.steps.is_empty()).then(|| self.steps.iter().filter(|step| step.state == OutState::Sending).count())
    }
}

/// All that is known of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its conversation; none until that has been started on the platform.
    pub conversation: Option<ConversationId>,
    /// The message, with what its platform told of it among its extras.
    pub message: Message,
    /// Whether it is in the history, and not only in the outbox.
    pub filed: bool,
    /// When it came by webhook, or when one of ours left.
    pub received: Option<Timestamp>,
    /// How the program's own copy ended, where that says more than what the platform kept.
    pub finish: Option<Finish>,
    /// Milliseconds from sending to the first text, where it was received here.
    pub first_word_ms: Option<u64>,
    /// Milliseconds from sending to the end, where it was received here.
    pub took_ms: Option<u64>,
    /// What was sent, where that was done here.
    pub sending: Option<Box<Sending>>,
    /// The webhook that brought it.
    pub delivery: Option<Box<(DeliveryRow, Delivery)>>,
}
