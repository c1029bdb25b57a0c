//! The Search view: what was said anywhere, found by words and attributes.

use super::chat::Past;
use super::keymap::Context;
use crate::domain::{ChannelName, ConversationId, Failure, Found, HitCursor, Query, SavedSearch};

/// The Search view.
#[derive(Debug, Default)]
pub struct SearchView {
    /// Whether the list has the keys; otherwise the line.
    pub listing: bool,
}

impl SearchView {
    /// Who has the keys, the innermost first.
    pub fn contexts(&self) -> Vec<Context> {
        vec![if self.listing { Context::Found } else { Context::SearchLine }]
    }
}

/// The list of searches that are kept.
#[derive(Debug, Default)]
pub struct Kept {}

/// The name under which a search is to be kept.
#[derive(Debug, Default)]
pub struct Naming {}

/// Something to do for searches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchEffect {
    /// Look for messages in all that the store has seen. One that is still being made when another is asked for is given
    /// up, and not answered.
    Find {
        /// Tells late answers.
        ticket: u64,
        /// What is searched for.
        query: Query,
        /// In that conversation alone.
        within: Option<(ChannelName, ConversationId)>,
        /// What comes after this place; none for the newest.
        after: Option<HitCursor>,
        /// How many at most.
        limit: usize,
    },
    /// Read what stands around a place of a conversation's history.
    Around {
        /// Tells late answers.
        ticket: u64,
        /// The conversation's channel.
        channel: ChannelName,
        /// Which.
        conversation: ConversationId,
        /// The place in the store's order.
        seq: i64,
        /// How many messages before it.
        before: usize,
        /// How many after it.
        after: usize,
    },
    /// Read the searches that are kept.
    Saved,
    /// Keep a search, in the place of one of its name.
    Save(SavedSearch),
    /// Forget the search of that name.
    Forget(String),
}

/// Something that happened to searches.
#[derive(Debug, Clone)]
pub enum SearchEvent {
    /// What was searched for was found.
    Found(u64, Result<Box<Found>, Failure>),
    /// What stands around a place.
    Around(u64, Around),
    /// The searches that are kept, by name. Also told after one was kept or forgotten.
    Saved(Vec<SavedSearch>),
}

/// What stands around a place of a history.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// Messages, oldest first, that of the place among them if it is still there.
    pub history: Vec<Past>,
    /// Whether there are older ones before these.
    pub older: bool,
    /// Whether there are newer ones after these.
    pub newer: bool,
}
