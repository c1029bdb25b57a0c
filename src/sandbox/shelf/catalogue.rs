//! The catalogue: sources and rows in memory, as the journal's events made them, and what syncing makes of them.
//!
//! A sync's end is a function of time: [`Catalogue::settle`] brings about what is over, and it makes no difference
//! whether that happens before or after later changes. So every process that reads the journal comes to the same.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use crate::domain::Timestamp;

use super::super::history::Listed;
use super::super::journal::Tale;
use super::super::records::Wanted;
use super::event::Event;
use super::source::{Source, place_behind};
use super::{Lesson, ShelfError, SourceView};

/// All sources, in the order in which they were made.
#[derive(Default)]
pub(in crate::sandbox) struct Catalogue {
    /// Whether anything ever happened.
    pub(super) begun: bool,
    sources: BTreeMap<u64, Source>,
    places: HashMap<String, u64>,
    next: u64,
}

impl Tale for Catalogue {
    type Event = Event;

    fn line(event: &Event) -> String {
        // Nothing in an event can fail to be written; an empty line is read as none.
        serde_json::to_string(event).unwrap_or_default() + "\n"
    }

    fn event(line: &[u8]) -> Option<Event> {
        serde_json::from_slice(line).ok()
    }

    /// Takes an event in. What is about a source or a row that is not there changes nothing.
    fn apply(&mut self, event: Event) {
        self.begun = true;
        match event {
            Event::Seeded { at } => self.make(Source::seeded(at)),
            Event::Made { source, at } => self.make(Source::new(source, at)),
            Event::Interval { source, interval } => {
                if let Some(source) = self.source_mut(&source) {
                    source.interval = interval;
                }
            }
            Event::Removed { source } => {
                if let Some(place) = self.places.remove(&source) {
                    self.sources.remove(&place);
                }
            }
            Event::Added { source, at, rows } => {
                if let Some(source) = self.source_mut(&source) {
                    source.add_all(rows, &at);
                }
            }
            Event::Changed { source, rows } => {
                if let Some(source) = self.source_mut(&source) {
                    source.change_all(rows);
                }
            }
            Event::Deleted { source, rows } => {
                if let Some(source) = self.source_mut(&source) {
                    source.delete_all(&rows);
                }
            }
            Event::Sync { source, began, ends } => {
                if let Some(source) = self.source_mut(&source) {
                    source.begin(Timestamp::from_millis(began), Timestamp::from_millis(ends));
                }
            }
        }
    }
}

impl Catalogue {
    /// The source of a new journal.
    pub(super) fn seed(now: Timestamp) -> Event {
        Event::Seeded { at: now.to_rfc3339() }
    }

    /// Brings about the ends of all syncs that are over.
    pub(super) fn settle(&mut self, now: Timestamp) {
        for source in self.sources.values_mut() {
            source.settle(now);
        }
    }

    /// What the bot knows: a lesson a source, in their order.
    pub(super) fn lessons(&self) -> Vec<Lesson> {
        self.sources.values().map(|source| source.lesson.clone()).collect()
    }

    pub(super) fn source(&self, id: &str) -> Result<&Source, ShelfError> {
        self.places.get(id).and_then(|place| self.sources.get(place)).ok_or(ShelfError::NoSource)
    }

    /// A page of the sources, in the order in which they were made, and how many there are in all.
    pub(super) fn page(&self, wanted: &Wanted) -> Result<Listed<SourceView>, ShelfError> {
        let behind = place_behind(&self.places, wanted.cursor.as_deref())?;
        let sources = self.sources.range((behind, Bound::Unbounded)).take(wanted.limit);
        let items = sources.map(|(_, source)| source.view()).collect();
        Ok(Listed { items, total: self.sources.len() })
    }

    fn source_mut(&mut self, id: &str) -> Option<&mut Source> {
        self.places.get(id).and_then(|place| self.sources.get_mut(place))
    }

    fn make(&mut self, source: Source) {
        if !self.places.contains_key(&source.id) {
            self.places.insert(source.id.clone(), self.next);
            self.sources.insert(self.next, source);
            self.next += 1;
        }
    }
}
