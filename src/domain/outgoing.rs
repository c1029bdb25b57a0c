//! The outbox's noun: a turn is one message that the user sent, what became of it, and the reply to it.

use super::{ChannelName, ConversationId, Failure, Finish, MessageId, Timestamp, TurnId};

/// What became of a message that the user sent. Committed before its first byte leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutState {
    /// Committed; nothing has left.
    Queued,
    /// Claimed by a process; bytes may be leaving.
    Sending,
    /// The platform took it.
    Sent,
    /// The platform said no, so it certainly was not processed.
    Rejected,
    /// It may or may not have arrived. Never sent again by the program.
    Unknown,
    /// The user took it back before it left.
    Cancelled,
}

impl OutState {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Queued, Self::Sending, Self::Sent, Self::Rejected, Self::Unknown, Self::Cancelled];

    /// The word for the screen and for the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state that a stored word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }
}

/// A reply to a sent message, whole or as far as it came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reply {
    /// What came: markdown, untrusted.
    pub text: String,
    /// How it ended; none while it is being written.
    pub finish: Option<Finish>,
    /// Milliseconds from sending to the first text.
    pub first_word_ms: Option<u64>,
    /// Milliseconds from sending to the end.
    pub took_ms: Option<u64>,
    /// Its id in the platform's history, once that has been read.
    pub message_id: Option<MessageId>,
}

/// Something that goes out with a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Attach {
    /// A file of this machine, read when it is sent.
    Path(std::path::PathBuf),
    /// Something that the platform fetches.
    Url(String),
    /// An answer that the receiver is offered to choose: a quick reply of a bot's.
    Offer(String),
}

/// One message that the user sent, and the reply to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The outbox's own id.
    pub id: TurnId,
    /// The channel it goes to.
    pub channel: ChannelName,
    /// The conversation; none until a new one has been started on the platform.
    pub conversation: Option<ConversationId>,
    /// What the user wrote.
    pub text: String,
    /// What goes out with it.
    pub attach: Vec<Attach>,
    /// What became of it.
    pub state: OutState,
    /// When it was committed.
    pub created: Timestamp,
    /// Its id in the platform's history, once that has been read.
    pub message_id: Option<MessageId>,
    /// Why it was rejected, or why it is unknown.
    pub failure: Option<Failure>,
    /// The reply, once its first text came.
    pub reply: Option<Reply>,
    /// Its place in the outbox.
    pub queue: QueueEntry,
}

/// What is known of a turn's place in the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueEntry {
    /// Whether it is not to leave until the user says so: they said that, or whoever had it in hand has ended.
    pub held: bool,
    /// Whether another program has it in hand, and that one still runs.
    pub elsewhere: bool,
    /// Its place among the turns of its conversation, the smaller first; none where it is the one in which it came,
    /// behind all that have one.
    pub rank: Option<i64>,
}

impl Turn {
    /// Whether it has got further than what was read of it at some time: it has ended, or its reply has, and there it had
    /// not. None goes back from there.
    pub fn is_ahead_of(&self, read: &Self) -> bool {
        let under_way = |turn: &Self| matches!(turn.state, OutState::Queued | OutState::Sending);
        let ended = |turn: &Self| turn.reply.as_ref().is_some_and(|reply| reply.finish.is_some());
        (ended(self) && !ended(read)) || (!under_way(self) && under_way(read))
    }
}
