//! What is known of one message.

/// What is known of one message, while it is shown.
#[derive(Debug, Default)]
pub struct MessageSheet {
    /// The key of the message.
    pub key: u64,
    /// The first row on screen.
    pub top: usize,
}

/// Something to do for what is known of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageEffect {}

/// Something that happened to a message.
#[derive(Debug, Clone)]
pub enum MessageEvent {}
