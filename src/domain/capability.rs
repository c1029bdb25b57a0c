//! What a platform can do. The core asks this, never a platform's name.

/// What the adapter of a channel offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "a table of independent yes-or-no facts")]
pub struct Capabilities {
    /// A conversation can be opened before its first message, and the bot may greet.
    pub start: bool,
    /// Messages can be sent.
    pub send: bool,
    /// A reply can arrive piece by piece.
    pub stream: bool,
    /// The platform lists its conversations.
    pub list: bool,
    /// The platform lists a conversation's messages, oldest first.
    pub history: bool,
}
