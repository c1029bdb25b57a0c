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
    /// It posts webhooks to the listener.
    pub webhook: bool,
    /// What is said comes by webhook or goes out from here, and the platform keeps no list of it: the store's copy is the history.
    pub local: bool,
    /// The program is the bot: people write first, and what is sent is the bot's answer.
    pub is_bot: bool,
    /// It asks for data and waits for the answer.
    pub requests: bool,
    /// Files and pictures can go out with a message.
    pub attach: bool,
    /// The bot may offer answers to choose from.
    pub quick_replies: bool,
    /// People can be looked up, and groups and topics be created.
    pub people: bool,
    /// It has data sources: what the bot knows can be read and changed.
    pub sources: bool,
}

impl Capabilities {
    /// Whether it is an archive: a history to be read from the store, to which nothing comes and from which nothing goes.
    pub const fn is_archive(&self) -> bool {
        self.local && !self.send && !self.webhook
    }

    /// What a platform can do of which nothing is known.
    pub const NONE: Self = Self {
        start: false,
        send: false,
        stream: false,
        list: false,
        history: false,
        webhook: false,
        local: false,
        is_bot: false,
        requests: false,
        attach: false,
        quick_replies: false,
        people: false,
        sources: false,
    };
}
