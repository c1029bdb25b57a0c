//! What is picked of a conversation, and what can be copied of it.

/// The messages that are picked: one, or a range of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picked {
    /// The key of the message that moves.
    pub key: u64,
    /// Where the range began, while there is one.
    pub from: Option<u64>,
}

/// What can be copied of what is picked.
#[derive(Debug, Default)]
pub struct CopyMenu {
    /// Which of it is selected.
    pub selected: usize,
}
