//! What a format of an export has to bring: how each piece of it is written.

use super::transcript::{ConversationPlace, Layout, MessagePlace, Outline};
use crate::domain::Message;

/// How a format writes, piece by piece: a conversation of any length takes no more memory than a message. What stands
/// above messages may say how many there are, so it is asked for last.
pub(super) struct Writer {
    /// So many messages of a conversation stand before its head.
    pub(super) before_head: usize,
    /// What stands above all conversations.
    pub(super) begin: fn(&mut String, &[Outline], Layout),
    /// What is said of a conversation.
    pub(super) head: fn(&mut String, &Outline, ConversationPlace),
    pub(super) message: fn(&mut String, &Message, MessagePlace<'_>),
    /// What stands below a conversation's messages.
    pub(super) foot: fn(&mut String, &Outline, ConversationPlace),
    /// What stands between two conversations.
    pub(super) between: &'static str,
    /// What stands below all conversations.
    pub(super) end: fn(&mut String, &[Outline], Layout),
}
