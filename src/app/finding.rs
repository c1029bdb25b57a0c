//! A search in the open conversation.

/// A search in the open conversation, while its places are marked.
#[derive(Debug, Default)]
pub struct Finding {
    /// What is searched for, as it is written.
    pub text: String,
    /// Whether the line has the keys.
    pub writing: bool,
}
