//! The state: sources and rows in memory, as the journal's events made them, and what syncing makes of them.
//!
//! A sync's end is a function of time: [`SourceStoreState::settle`] brings about what is over, and it makes no difference
//! whether that happens before or after later changes. So every process that reads the journal comes to the same.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use crate::domain::Timestamp;

use super::super::journal::JournalState;
use super::super::paging::{ListPage, PageQuery};
use super::error::SourceStoreError;
use super::event::SourceEvent;
use super::model::{SourceDetails, SyncedDocuments};
use super::source::{StoredSource, place_behind};

/// All sources, in the order in which they were made.
#[derive(Default)]
pub(in crate::sandbox) struct SourceStoreState {
    /// Whether anything ever happened.
    pub(super) begun: bool,
    sources: BTreeMap<u64, StoredSource>,
    places: HashMap<String, u64>,
    next: u64,
}

impl JournalState for SourceStoreState {
    type JournalEvent = SourceEvent;

    fn encode(event: &SourceEvent) -> String {
        // Nothing in an event can fail to be written; an empty line is read as none.
        serde_json::to_string(event).unwrap_or_default() + "\n"
    }

    fn decode(line: &[u8]) -> Option<SourceEvent> {
        serde_json::from_slice(line).ok()
    }

    /// Takes an event in. What is about a source or a row that is not there changes nothing.
    fn apply(&mut self, event: SourceEvent) {
        self.begun = true;
        match event {
            SourceEvent::Seeded { at } => self.make(StoredSource::seeded(at)),
            SourceEvent::Made { source, at } => self.make(StoredSource::new(source, at)),
            SourceEvent::Interval { source, interval } => {
                if let Some(source) = self.source_mut(&source) {
                    source.interval = interval;
                }
            }
            SourceEvent::Removed { source } => {
                if let Some(place) = self.places.remove(&source) {
                    self.sources.remove(&place);
                }
            }
            SourceEvent::Added { source, at, rows } => {
                if let Some(source) = self.source_mut(&source) {
                    source.add_all(rows, &at);
                }
            }
            SourceEvent::Changed { source, rows } => {
                if let Some(source) = self.source_mut(&source) {
                    source.change_all(rows);
                }
            }
            SourceEvent::Deleted { source, rows } => {
                if let Some(source) = self.source_mut(&source) {
                    source.delete_all(&rows);
                }
            }
            SourceEvent::Sync { source, began, ends } => {
                if let Some(source) = self.source_mut(&source) {
                    source.begin(Timestamp::from_millis(began), Timestamp::from_millis(ends));
                }
            }
        }
    }
}

impl SourceStoreState {
    /// The source of a new journal.
    pub(super) fn seed(now: Timestamp) -> SourceEvent {
        SourceEvent::Seeded { at: now.to_rfc3339() }
    }

    /// Brings about the ends of all syncs that are over.
    pub(super) fn settle(&mut self, now: Timestamp) {
        for source in self.sources.values_mut() {
            source.settle(now);
        }
    }

    /// What the bot knows: the documents of each source, in their order.
    pub(super) fn synced_documents(&self) -> Vec<SyncedDocuments> {
        self.sources.values().map(|source| source.documents.clone()).collect()
    }

    pub(super) fn source(&self, id: &str) -> Result<&StoredSource, SourceStoreError> {
        self.places.get(id).and_then(|place| self.sources.get(place)).ok_or(SourceStoreError::NoSource)
    }

    /// A page of the sources, in the order in which they were made, and how many there are in all.
    pub(super) fn page(&self, query: &PageQuery) -> Result<ListPage<SourceDetails>, SourceStoreError> {
        let behind = place_behind(&self.places, query.cursor.as_deref())?;
        let sources = self.sources.range((behind, Bound::Unbounded)).take(query.limit);
        let items = sources.map(|(_, source)| source.view()).collect();
        Ok(ListPage { items, total: self.sources.len() })
    }

    fn source_mut(&mut self, id: &str) -> Option<&mut StoredSource> {
        self.places.get(id).and_then(|place| self.sources.get_mut(place))
    }

    fn make(&mut self, source: StoredSource) {
        if !self.places.contains_key(&source.id) {
            self.places.insert(source.id.clone(), self.next);
            self.sources.insert(self.next, source);
            self.next += 1;
        }
    }
}
