//! One turn in a conversation, as a platform's history tells it.

use super::{MessageId, Moment};

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
}
