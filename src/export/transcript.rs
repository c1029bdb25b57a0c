//! What is exported: conversations, each with what stands above its messages, and where they stand.

use crate::domain::{ChannelName, ConversationId, Moment};

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

/// All that is known of a conversation but its messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// What stands above the messages.
    pub head: TranscriptHead,
    /// How many messages there are.
    pub messages: usize,
}

/// Whether a text has one conversation alone, or any number of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// One, which is all there is.
    Alone,
    /// Any number, be it none.
    Several,
}

/// Where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConversationPlace {
    /// In what kind of text.
    pub layout: Layout,
    /// Its number there, from 0 on.
    pub number: usize,
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessagePlace<'a> {
    /// In which conversation.
    pub of: &'a ConversationId,
    /// Where that stands.
    pub conversation: ConversationPlace,
    /// Its number there, from 0 on.
    pub number: usize,
}

/// A text with one space in place of each run of blanks and line ends.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
