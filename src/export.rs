//! Conversations as a file: markdown, HTML, one JSON document, or one JSON object a line; and back from the latter.
//! Floor 2.
//!
//! Owns the shape of an exported conversation and of a message in JSON, which parts of a message are of use alone, and
//! what a conversation's own file is called.
//! Pure: it opens nothing and writes nowhere. Markdown and JSON are exact: what is untrusted in them is made safe where
//! it is shown. An HTML page is shown by whoever opens it, so there it is safe already.

mod blanks;
mod html;
mod json;
mod markdown;
mod name;
mod paste;
mod pieces;
mod read;

use crate::domain::{ChannelName, ConversationId, Message, Moment};

pub use blanks::blank_lines_above;
pub use json::{message_value, put_moment, whole_message};
pub use name::{file_names, stem};
pub use paste::{pasted_json, quoted, sanitised};
pub use pieces::{Piece, is_numbered, pieces, tabbed};
pub use read::{Unreadable, read};

/// What stands above the messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
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

impl Head {
    /// The title on one line; a word for it where there is none.
    fn heading(&self) -> String {
        let title = one_line(&self.title);
        if title.is_empty() { "Conversation".to_owned() } else { title }
    }
}

/// A whole conversation: every message there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transcript {
    /// What stands above the messages.
    pub head: Head,
    /// The messages, oldest first.
    pub messages: Vec<Message>,
}

/// How conversations are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For reading as text, and for programs that show markdown.
    Markdown,
    /// One document.
    Json,
    /// One object a line, one line a message. Can be read back.
    Jsonl,
    /// One page that needs nothing else, for reading and printing.
    Html,
}

impl Format {
    /// What the name of such a file ends with, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Html => "html",
        }
    }
}

/// One conversation as the text of a file.
pub fn one(format: Format, transcript: &Transcript) -> String {
    match format {
        Format::Markdown => markdown::one(transcript),
        Format::Json => json::one(transcript),
        Format::Jsonl => json::lines(std::slice::from_ref(transcript)),
        Format::Html => html::one(transcript),
    }
}

/// Any number of conversations as the text of one file.
pub fn many(format: Format, transcripts: &[Transcript]) -> String {
    match format {
        Format::Markdown => markdown::many(transcripts),
        Format::Json => json::many(transcripts),
        Format::Jsonl => json::lines(transcripts),
        Format::Html => html::many(transcripts),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
