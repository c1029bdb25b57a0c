//! What is picked or marked of a conversation.

/// The messages that are picked: one, or a range of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picked {
    /// The key of the message that moves.
    pub key: u64,
    /// Where the range began, while there is one.
    pub from: Option<u64>,
}

/// What the mouse marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Marked {
    /// It still moves.
    Moving,
    /// It was let go on this text.
    Text(String),
}
