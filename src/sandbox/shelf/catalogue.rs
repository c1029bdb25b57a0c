//! The catalogue: sources and rows in memory, as the journal's events made them, and what syncing makes of them.
//!
//! A sync's end is a function of time: [`Catalogue::settle`] brings about what is over, and it makes no difference
//! whether that happens before or after later changes. So every process that reads the journal comes to the same.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::Arc;

use uuid::Builder;

use crate::domain::Timestamp;

use super::super::documents::DOCUMENTS;
use super::super::journal::Tale;
use super::event::{Event, Interval, Text};
use super::orders::fails;
use super::{Document, Lesson, RowView, ShelfError, SourceView, State};

/// All sources, in the order in which they were made.
#[derive(Default)]
pub(in crate::sandbox) struct Catalogue {
    /// Whether anything ever happened.
    pub(super) begun: bool,
    sources: BTreeMap<u64, Source>,
    places: HashMap<String, u64>,
    next: u64,
}

/// One source. Its version counts the changes of its rows.
pub(super) struct Source {
    id: String,
    created_at: String,
    interval: Option<Interval>,
    last_sync: Option<String>,
    version: u64,
    synced: Option<u64>,
    failed: Option<u64>,
    sync: Option<Sync>,
    lesson: Lesson,
    rows: BTreeMap<u64, Row>,
    places: HashMap<String, u64>,
    next: u64,
}

/// One row. Its version is the source's of when it was last changed.
pub(super) struct Row {
    id: String,
    name: Arc<str>,
    pub(super) content: Arc<str>,
    created_at: String,
    last_sync: Option<String>,
    version: u64,
    synced: Option<u64>,
    failed: Option<u64>,
}

/// A sync that runs: which rows it takes in, in which versions, and what the bot will know.
struct Sync {
    began: Timestamp,
    ends: Timestamp,
    version: u64,
    rows: Vec<(u64, u64)>,
    lesson: Lesson,
    /// Those of the rows that make it fail.
    failing: Vec<(u64, u64)>,
}

impl Sync {
    /// Whether it still runs. A clock that was set back before its beginning makes none run for ever.
    fn runs(&self, now: Timestamp) -> bool {
        self.began <= now && now < self.ends
    }
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
            Event::Seeded { source, at } => self.make(seeded(source, at)),
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
                    source.version += 1;
                    rows.into_iter().for_each(|row| source.add(row, &at));
                }
            }
            Event::Changed { source, rows } => {
                if let Some(source) = self.source_mut(&source) {
                    source.version += 1;
                    rows.into_iter().for_each(|row| source.change(row));
                }
            }
            Event::Deleted { source, rows } => {
                if let Some(source) = self.source_mut(&source) {
                    source.version += 1;
                    for place in rows.iter().filter_map(|id| source.places.remove(id)).collect::<Vec<_>>() {
                        source.rows.remove(&place);
                    }
                }
            }
            Event::Sync { source, began, ends } => {
                if let Some(source) = self.source_mut(&source) {
                    // Whoever let this one begin saw that the one before was over.
                    source.complete();
                    source.begin(Timestamp::from_millis(began), Timestamp::from_millis(ends));
                }
            }
        }
    }
}

impl Catalogue {
    /// The source of a new journal.
    pub(super) fn seed(now: Timestamp) -> Event {
        Event::Seeded { source: id_of("Patchcord's documents"), at: now.to_rfc3339() }
    }

    /// Brings about the ends of all syncs that are over.
    pub(super) fn settle(&mut self, now: Timestamp) {
        for source in self.sources.values_mut() {
            if source.sync.as_ref().is_some_and(|sync| !sync.runs(now)) {
                source.complete();
            }
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
    pub(super) fn page(&self, limit: usize, cursor: Option<&str>) -> Result<(Vec<SourceView>, usize), ShelfError> {
        let behind = place_behind(&self.places, cursor)?;
        let items = self.sources.range((behind, Bound::Unbounded)).take(limit).map(|(_, source)| source.view());
        Ok((items.collect(), self.sources.len()))
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

impl Source {
    fn new(id: String, created_at: String) -> Self {
        Self {
            id,
            created_at,
            interval: None,
            last_sync: None,
            version: 0,
            synced: None,
            failed: None,
            sync: None,
            lesson: Lesson::default(),
            rows: BTreeMap::new(),
            places: HashMap::new(),
            next: 0,
        }
    }

    /// As the API shows it.
    pub(super) fn view(&self) -> SourceView {
        let state = match self.version {
            _ if self.sync.is_some() => State::Syncing,
            version if self.failed == Some(version) => State::SyncError,
            version if self.synced == Some(version) => State::Synced,
            _ => State::NotSynced,
        };
        SourceView {
            id: self.id.clone(),
            state,
            last_sync: self.last_sync.clone(),
            interval: self.interval,
            created_at: self.created_at.clone(),
        }
    }

    /// A page of its rows' ids and names, in the order in which they were added, and how many there are in all.
    pub(super) fn page(
        &self,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<(Vec<(String, Arc<str>)>, usize), ShelfError> {
        let behind = place_behind(&self.places, cursor)?;
        let rows = self.rows.range((behind, Bound::Unbounded)).take(limit);
        Ok((rows.map(|(_, row)| (row.id.clone(), row.name.clone())).collect(), self.rows.len()))
    }

    /// One row, as the API shows it.
    pub(super) fn row(&self, id: &str) -> Result<RowView, ShelfError> {
        let place = self.places.get(id).ok_or(ShelfError::NoRow)?;
        let row = self.rows.get(place).ok_or(ShelfError::NoRow)?;
        let taken = |sync: &Sync| sync.rows.binary_search(&(*place, row.version)).is_ok();
        let state = match row.version {
            version if row.synced == Some(version) => State::Synced,
            _ if self.sync.as_ref().is_some_and(taken) => State::Syncing,
            version if row.failed == Some(version) => State::SyncError,
            _ => State::NotSynced,
        };
        Ok(RowView {
            id: row.id.clone(),
            state,
            last_sync: row.last_sync.clone(),
            created_at: row.created_at.clone(),
            content: row.content.clone(),
        })
    }

    /// Whether all these rows are there.
    pub(super) fn has<'a>(&self, mut ids: impl Iterator<Item = &'a str>) -> bool {
        ids.all(|id| self.places.contains_key(id))
    }

    /// Whether a sync of it runs.
    pub(super) fn is_syncing(&self, now: Timestamp) -> bool {
        self.sync.as_ref().is_some_and(|sync| sync.runs(now))
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.values()
    }

    fn add(&mut self, row: Text, at: &str) {
        if self.places.contains_key(&row.id) {
            return;
        }
        self.places.insert(row.id.clone(), self.next);
        let row = Row {
            id: row.id,
            name: row.name.into(),
            content: row.content.into(),
            created_at: at.to_owned(),
            last_sync: None,
            version: self.version,
            synced: None,
            failed: None,
        };
        self.rows.insert(self.next, row);
        self.next += 1;
    }

    fn change(&mut self, change: Text) {
        if let Some(row) = self.places.get(&change.id).and_then(|place| self.rows.get_mut(place)) {
            row.name = change.name.into();
            row.content = change.content.into();
            row.version = self.version;
        }
    }

    fn begin(&mut self, began: Timestamp, ends: Timestamp) {
        let rows = || self.rows.iter();
        self.sync = Some(Sync {
            began,
            ends,
            version: self.version,
            rows: rows().map(|(place, row)| (*place, row.version)).collect(),
            failing: rows().filter(|row| fails(&row.1.content)).map(|(place, row)| (*place, row.version)).collect(),
            lesson: self.lesson_of_rows(),
        });
    }

    fn lesson_of_rows(&self) -> Lesson {
        let document = |row: &Row| Document { name: row.name.clone(), text: row.content.clone() };
        Arc::new(self.rows.values().map(document).collect())
    }

    /// The end of the sync, if there was one. What changed since it began stays as it is: not synced.
    fn complete(&mut self) {
        let Some(sync) = self.sync.take() else { return };
        if !sync.failing.is_empty() {
            // The bot goes on with what it knew.
            self.failed = Some(sync.version);
            for (place, version) in sync.failing {
                if let Some(row) = self.rows.get_mut(&place) {
                    row.failed = Some(version);
                }
            }
            return;
        }
        let at = sync.ends.to_rfc3339();
        for (place, version) in sync.rows {
            if let Some(row) = self.rows.get_mut(&place) {
                row.synced = Some(version);
                row.last_sync = Some(at.clone());
            }
        }
        self.synced = Some(sync.version);
        self.failed = None;
        self.last_sync = Some(at);
        self.lesson = sync.lesson;
    }
}

/// The embedded documents, synced.
fn seeded(id: String, at: String) -> Source {
    let mut source = Source::new(id, at.clone());
    for (name, content) in DOCUMENTS {
        source.add(Text { id: id_of(name), name: (*name).to_owned(), content: (*content).to_owned() }, &at);
    }
    for row in source.rows.values_mut() {
        row.synced = Some(0);
        row.last_sync = Some(at.clone());
    }
    source.synced = Some(0);
    source.last_sync = Some(at);
    source.lesson = source.lesson_of_rows();
    source
}

/// An id that looks random and is the same wherever the same document is (FNV-1a).
fn id_of(name: &str) -> String {
    let hash = name.bytes().fold(0x6C62_272E_07BB_0142_62B8_2175_6295_C58D_u128, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013B)
    });
    Builder::from_random_bytes(hash.to_be_bytes()).into_uuid().to_string()
}

/// Where a page begins: behind the item that the cursor names. Nothing is remembered of an item that was deleted.
fn place_behind(places: &HashMap<String, u64>, cursor: Option<&str>) -> Result<Bound<u64>, ShelfError> {
    match cursor {
        None => Ok(Bound::Unbounded),
        Some(cursor) => places.get(cursor).map(|place| Bound::Excluded(*place)).ok_or(ShelfError::NoCursor),
    }
}
