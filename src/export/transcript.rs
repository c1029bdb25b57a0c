//! What is exported: whole conversations, each with what stands above its messages.

use crate::domain::{ChannelName, ConversationId, Message, Moment};

/// What stands above the messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscriptHead {
    /// What a list calls the conversation.
    pub title: String,
    /// The channel that it is of.
    pub channel: ChannelName,
    /// Its id.
    pub id: ConversationId,
    /// When it began; its default where that is not known.
    pub created_at: Moment,
    /// What else the platform tells of it, each with its name.
    pub details: Vec<(String, String)>,
}

impl TranscriptHead {
    /// The title on one line; a word for it where there is none.
    pub(super) fn heading(&self) -> String {
        let title = one_line(&self.title);
        if title.is_empty() { "Conversation".to_owned() } else { title }
    }
}

/// A whole conversation: every message there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transcript {
    /// What stands above the messages.
    pub head: TranscriptHead,
    /// The messages, oldest first.
    pub messages: Vec<Message>,
}

/// A text with one space in place of each run of blanks and line ends.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
