//! The Search view: what was said anywhere, found by words and attributes.

use std::collections::HashMap;
use std::ops::Range;

use super::chat::HistoryEntry;
use super::keymap::Context;
use super::line_input::LineInput;
use super::list_view::{ListView, Menu};
use super::view::ViewKind;
use crate::domain::{
    ChannelName, ConversationId, Failure, Found, Hit, HitCursor, HitPlace, Query, QueryError, SavedSearch, Searched,
    Timestamp, TitleHit,
};

/// So many of the titles that are found stand above the messages, and where there are no messages.
const TITLES: (usize, usize) = (3, 50);
/// So many found messages are asked for at once.
pub(super) const FOUND: usize = 100;

/// The Search view.
#[derive(Debug, Default)]
pub struct SearchView {
    /// Whether the list has the keys; otherwise the line.
    pub listing: bool,
    /// What is searched for, as it is written.
    pub text: LineInput,
    /// What it means; none while nothing is written, or where it can't be understood.
    pub query: Option<Query>,
    /// What is wrong with it.
    pub problem: Option<QueryError>,
    /// What was searched for when that was found which is shown.
    pub found_by: Option<Query>,
    /// Conversations whose title was found.
    pub titles: Vec<TitleHit>,
    /// Messages that were found, the newest first.
    pub hits: Vec<Hit>,
    /// How many there are.
    pub total: Option<u64>,
    /// Whether there may be more than these.
    pub at_least: bool,
    /// Where the next ones begin.
    pub more: Option<HitCursor>,
    /// How far the search could look.
    pub searched: Searched,
    /// The ticket of what is being looked for, and whether it takes the place of what was found.
    pub asking: Option<(u64, bool)>,
    /// Why it could not be looked for.
    pub failure: Option<Failure>,
    /// When it is looked for again, while not all of the store can be searched yet.
    pub again: Option<Timestamp>,
    /// Which entry is selected.
    pub selected: usize,
    /// The part of the entries that is on screen.
    pub view: ListView,
    /// What stands around the selected message.
    pub preview: Option<Preview>,
    /// The searches that are kept, once they were read.
    pub saved: Vec<SavedSearch>,
    /// The view that was open before.
    pub from: ViewKind,
}

/// One entry of what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundEntry<'a> {
    /// A conversation by its title.
    Title(&'a TitleHit),
    /// A message.
    Hit(&'a Hit),
}

/// What stands around the selected message.
#[derive(Debug, Default)]
pub struct Preview {
    /// Late answers for another ticket are dropped.
    pub ticket: u64,
    /// Where the message stands.
    pub place: Option<HitPlace>,
    /// Messages, the selected one among them, oldest first.
    pub history: Vec<HistoryEntry>,
    /// The key of the selected one.
    pub key: u64,
    /// Where they have what was searched for.
    pub places: HashMap<u64, Vec<Range<usize>>>,
}

impl SearchView {
    /// Who has the keys, the innermost first.
    pub fn contexts(&self) -> Vec<Context> {
        vec![if self.listing { Context::Found } else { Context::SearchLine }]
    }

    /// How many of the titles are listed: a few above the messages.
    pub fn titled(&self) -> usize {
        self.titles.len().min(if self.hits.is_empty() { TITLES.1 } else { TITLES.0 })
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.titled() + self.hits.len()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One of the entries.
    pub fn entry(&self, at: usize) -> Option<FoundEntry<'_>> {
        match at.checked_sub(self.titled()) {
            None => self.titles.get(at).map(FoundEntry::Title),
            Some(at) => self.hits.get(at).map(FoundEntry::Hit),
        }
    }

    /// The selected entry.
    pub fn entry_selected(&self) -> Option<FoundEntry<'_>> {
        self.entry(self.selected)
    }

    /// Selects an entry, or the nearest that there is, and brings it into sight.
    pub fn select(&mut self, at: usize) {
        self.selected = at.min(self.len().saturating_sub(1));
        self.reveal();
    }

    /// Brings the selected entry into sight.
    pub fn reveal(&mut self) {
        let len = self.len();
        self.view.reveal(Some(self.selected.min(len.saturating_sub(1))), len);
    }

    /// Whether the next found messages are wanted: the selection is near the end of those that are here.
    pub fn wants_more(&self) -> bool {
        self.more.is_some() && self.asking.is_none() && self.selected + self.view.height.max(10) >= self.len()
    }
}

/// The list of searches that are kept.
#[derive(Debug, Default)]
pub struct SavedSearches {
    /// Which is selected.
    pub menu: Menu,
}

/// The name under which a search is to be kept.
#[derive(Debug, Default)]
pub struct SearchNaming {
    /// The name, as it is written.
    pub name: LineInput,
}

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
    /// Count the messages of a conversation of the channel that it is asked for.
    Count(ConversationId),
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
    /// So many messages of that conversation are in the store.
    Counted(ConversationId, u64),
    /// The list was drawn with room for so many entries.
    Measured(usize),
    /// The searches that are kept, by name. Also told after one was kept or forgotten.
    Saved(Vec<SavedSearch>),
}

/// What stands around a place of a history.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// Messages, oldest first, that of the place among them if it is still there.
    pub history: Vec<HistoryEntry>,
    /// Whether there are older ones before these.
    pub older: bool,
    /// Whether there are newer ones after these.
    pub newer: bool,
}
