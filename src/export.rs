//! Conversations as a file: markdown, HTML, one JSON document, or one JSON object a line; and back from the latter.
//! Floor 2.
//!
//! Owns the shape of an exported conversation and of a message in JSON, which parts of a message are of use alone, and
//! what a conversation's own file is called.
//! Pure: it opens nothing and writes nowhere. Markdown and JSON are exact: what is untrusted in them is made safe where
//! it is shown. An HTML page is shown by whoever opens it, so there it is safe already.

#![warn(clippy::missing_errors_doc)]

mod blanks;
mod format;
mod html;
mod json;
mod markdown;
mod name;
mod paste;
mod read;
mod snippets;
mod transcript;
mod writer;

pub use blanks::blank_lines_above;
pub use format::Format;
pub use json::put_moment;
pub use name::{file_names, stem};
pub use paste::{pasted_json, quoted, sanitised};
pub use read::{Line, ReadError, Unreadable, read};
pub use snippets::{Snippet, is_numbered, snippets, tabbed};
pub use transcript::{ConversationPlace, Layout, MessagePlace, Outline, TranscriptHead};

#[cfg(test)]
mod tests;
