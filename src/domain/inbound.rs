//! What a delivery means, once its adapter has read it.

use super::{ConversationId, Message, Moment, Timestamp};

/// One thing that a delivery says. A delivery of Eko's can say several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbound {
    /// Two things of one channel with the same key are the same thing, however often it is delivered. Begins with the
    /// platform's time where there is one, so that keys grow with time.
    pub key: String,
    /// What it says.
    pub meaning: Meaning,
}

/// What one thing is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "most of what comes is a message")]
pub enum Meaning {
    /// Somebody wrote.
    Message {
        /// Where. The platform's id, or one that the adapter makes of its ids.
        conversation: ConversationId,
        /// What a list can call the conversation, if it has no name yet. Untrusted.
        title: String,
        /// What was written; its id is unlike any other in the conversation.
        message: Message,
        /// How it can be answered directly, for a while.
        reply: Option<ReplyHandle>,
    },
    /// Somebody opened a conversation and wrote nothing yet.
    Joined {
        /// Which.
        conversation: ConversationId,
        /// What a list can call it. Untrusted.
        title: String,
        /// When.
        at: Moment,
        /// How it can be answered directly, for a while.
        reply: Option<ReplyHandle>,
    },
    /// A platform asks for data and waits.
    Request(Asked),
    /// Something happened to a conversation that is no message, such as its end.
    Event {
        /// Which.
        conversation: Option<ConversationId>,
        /// The platform's word for it. Untrusted.
        kind: String,
        /// What of it a list shows as the conversation's facts. Untrusted.
        details: Vec<(String, String)>,
    },
    /// A probe or a test: it is answered, shown, and has no effect.
    Probe {
        /// What kind of one, in our words.
        what: &'static str,
    },
}

/// A one-time way to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyHandle {
    /// Eko's reply token.
    pub token: String,
    /// It is never used after this.
    pub expires: Timestamp,
}

/// What a data request asks, before it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Which tool is asked; `OpTech`'s `key`. Untrusted.
    pub key: String,
    /// JSON of what it is asked with. Untrusted.
    pub inputs: String,
    /// Where an answer may be posted: rebuilt under the channel's `base_url`, never the received text. None where the
    /// request brought no link, so that it can only be answered at once.
    pub link: Option<String>,
    /// The platform takes no answer after this.
    pub deadline: Timestamp,
}
