//! What of a conversation was seen, and where begins what is new since the user left it.

use crate::domain::MessageRef;

/// What of the open conversation was seen.
#[derive(Debug, Default)]
pub struct ReadMarker {
    /// What was seen last, as the store keeps it.
    pub kept: Option<MessageRef>,
    /// The key on screen of what was seen last, once that is loaded.
    pub last: Option<u64>,
    /// The key of the first message that is new since then: a line stands above it until the conversation is left.
    pub new_from: Option<u64>,
    /// Whether all that came while the user was away has been read: what comes from now on is seen as it comes.
    pub back: bool,
}
