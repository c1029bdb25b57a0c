//! The views, and which pane of one has the keys.

/// Which view is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ViewKind {
    /// Conversations, messages, the message that is being written.
    #[default]
    Chat,
    /// What the bot learns from: data sources and their rows.
    Sources,
    /// What platforms posted, and the data requests.
    Webhooks,
    /// The calls that were made.
    Log,
    /// Suites, and what came of them.
    Tests,
    /// What was said, anywhere.
    Search,
    /// The conversations of all channels.
    Inbox,
}

/// Which side of a list with details beside it has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Side {
    /// The list.
    #[default]
    List,
    /// What is selected, whole.
    Detail,
}

/// Which pane has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// The conversations.
    Roster,
    /// The messages.
    Transcript,
    /// The message that is being written.
    Composer,
    /// What waits behind a reply.
    Queue,
}
