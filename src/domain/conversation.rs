//! Conversations, and pages of anything that a platform lists.

use super::{ConversationId, Damage, Moment};

/// Messages exchanged with one bot by one user, as a list shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// The platform's id, or one that the program made.
    pub id: ConversationId,
    /// What a list shows: Chat Thing's `initialMessage`. Untrusted text.
    pub title: String,
    /// When it began.
    pub created_at: Moment,
    /// What else the platform tells of it, each with its name: Operator's status, direction, sentiment. Untrusted.
    pub details: Vec<(String, String)>,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// In the platform's order.
    pub items: Vec<T>,
    /// How many there are in all, where the platform says.
    pub total: Option<u64>,
    /// What to ask the next page with; none at the end.
    pub next: Option<String>,
    /// What of it could not be read as sent; items of which nothing could be shown are left out.
    pub damage: Damage,
}

impl<T> Default for Page<T> {
    /// An empty list.
    fn default() -> Self {
        Self { items: Vec::new(), total: None, next: None, damage: Damage::default() }
    }
}

/// Which page is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// How many at most.
    pub limit: u32,
    /// Where the page before ended.
    pub cursor: Option<String>,
}
