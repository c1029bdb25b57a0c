//! One turn in a conversation, as a platform's history tells it.

mod document;

use serde::{Deserialize, Serialize};

use super::{MessageId, Moment, OutState};

pub use document::{MessageDocument, MessageDocumentError};

/// Who wrote a message. An unknown word of the platform's is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// The person who talks to the bot.
    User,
    /// The bot.
    Assistant,
    /// A person on the platform's side.
    Admin,
    /// The platform's own word. Untrusted text.
    Other(String),
}

impl Role {
    /// The word for JSON and for the store.
    pub fn as_str(&self) -> &str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Admin => "admin",
            Self::Other(word) => word,
        }
    }

    /// Whether a person wrote it: then a line that was ended is ended, which markdown alone would not say.
    pub fn is_person(&self) -> bool {
        match self {
            Self::User | Self::Admin => true,
            Self::Assistant => false,
            Self::Other(word) => !["bot", "model", "system", "tool", "function"].contains(&word.as_str()),
        }
    }

    /// The role that a platform's word names.
    pub fn from_word(word: &str) -> Self {
        match word {
            "user" => Self::User,
            "assistant" => Self::Assistant,
            "admin" => Self::Admin,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// One message of a conversation's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The platform's id.
    pub id: MessageId,
    /// Who wrote it.
    pub role: Role,
    /// What was written: markdown, untrusted, never drawn as it is.
    pub text: String,
    /// When.
    pub created_at: Moment,
    /// What else came with it.
    pub extras: Extras,
}

/// What else comes with a message, where its platform has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extras {
    /// What the bot offers as answers: sent as messages. Untrusted.
    pub quick_replies: Vec<String>,
    /// Pictures and files.
    pub attachments: Vec<Attachment>,
    /// The person on the platform's side who wrote it; `KLaunch`'s `adminID`.
    pub admin_id: Option<String>,
    /// The author's name, where the platform tells one. Untrusted.
    pub author: Option<String>,
    /// How a message of ours went out, where there is a choice: "reply" or "push".
    pub via: Option<String>,
    /// What is known of a message of ours of which it is not known that it arrived. The outbox knows it; it is stored
    /// with a message only where that was imported.
    pub state: Option<OutState>,
    /// JSON: what the platform's history told of it, also what nobody here knows the meaning of. Untrusted. The store
    /// keeps it beside the message and hands it out with a [`Record`](super::Record) alone.
    pub raw: Option<String>,
}

impl Extras {
    /// Whether there is nothing; what the platform's own words were does not count.
    pub fn is_empty(&self) -> bool {
        let Self { quick_replies, attachments, admin_id, author, via, state, raw: _ } = self;
        let listed = quick_replies.is_empty() && attachments.is_empty();
        listed && admin_id.is_none() && author.is_none() && via.is_none() && state.is_none()
    }
}

/// A picture or a file that came with a message. Never fetched by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Attachment {
    /// Where it is. Untrusted: it is shown, and never fetched unasked.
    pub url: String,
    /// The place in the message's text before which it stands, in characters; none puts it at the end.
    pub offset: Option<u64>,
    /// Its name or the platform's word for its kind. Untrusted.
    pub name: Option<String>,
}
