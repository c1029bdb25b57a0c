//! One source: its rows, the sync that runs, and what the bot knows by the last good one.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::Arc;

use uuid::Builder;

use crate::domain::Timestamp;

use super::super::documents::DOCUMENTS;
use super::super::paging::{ListPage, PageQuery};
use super::directives::sync_fails;
use super::error::SourceStoreError;
use super::model::{
    RowContent, RowDetails, RowSummary, SourceDetails, SourceSyncInterval, SourceSyncState, SyncedDocument,
    SyncedDocuments,
};

/// One source. Its version counts the changes of its rows.
pub(super) struct StoredSource {
    pub(super) id: String,
    created_at: String,
    pub(super) interval: Option<SourceSyncInterval>,
    last_sync: Option<String>,
    version: u64,
    synced: Option<u64>,
    failed: Option<u64>,
    sync: Option<RunningSync>,
    pub(super) documents: SyncedDocuments,
    rows: BTreeMap<u64, StoredRow>,
    places: HashMap<String, u64>,
    next: u64,
}

/// One row. Its version is the source's of when it was last changed.
pub(super) struct StoredRow {
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
struct RunningSync {
    began: Timestamp,
    ends: Timestamp,
    version: u64,
    rows: Vec<(u64, u64)>,
    documents: SyncedDocuments,
    /// Those of the rows that make it fail.
    failing: Vec<(u64, u64)>,
}

impl RunningSync {
    /// Whether it still runs. A clock that was set back before its beginning makes none run for ever.
    fn runs(&self, now: Timestamp) -> bool {
        self.began <= now && now < self.ends
    }
}

impl StoredSource {
    /// The embedded documents, synced.
    pub(super) fn seeded(at: String) -> Self {
        let mut source = Self::new(id_of("Patchcord's documents"), at.clone());
        for (name, content) in DOCUMENTS {
            source.add(RowContent { id: id_of(name), name: (*name).to_owned(), content: (*content).to_owned() }, &at);
        }
        for row in source.rows.values_mut() {
            row.synced = Some(0);
            row.last_sync = Some(at.clone());
        }
        source.synced = Some(0);
        source.last_sync = Some(at);
        source.documents = source.documents_of_rows();
        source
    }

    /// An empty one.
    pub(super) fn new(id: String, created_at: String) -> Self {
        Self {
            id,
            created_at,
            interval: None,
            last_sync: None,
            version: 0,
            synced: None,
            failed: None,
            sync: None,
            documents: SyncedDocuments::default(),
            rows: BTreeMap::new(),
            places: HashMap::new(),
            next: 0,
        }
    }

    /// As the API shows it.
    pub(super) fn view(&self) -> SourceDetails {
        let state = match self.version {
            _ if self.sync.is_some() => SourceSyncState::Syncing,
            version if self.failed == Some(version) => SourceSyncState::SyncError,
            version if self.synced == Some(version) => SourceSyncState::Synced,
            _ => SourceSyncState::NotSynced,
        };
        SourceDetails {
            id: self.id.clone(),
            state,
            last_sync: self.last_sync.clone(),
            interval: self.interval,
            created_at: self.created_at.clone(),
        }
    }

    /// A page of its rows' ids and names, in the order in which they were added, and how many there are in all.
    pub(super) fn page(&self, query: &PageQuery) -> Result<ListPage<RowSummary>, SourceStoreError> {
        let behind = place_behind(&self.places, query.cursor.as_deref())?;
        let rows = self.rows.range((behind, Bound::Unbounded)).take(query.limit);
        let items = rows.map(|(_, row)| RowSummary { id: row.id.clone(), name: row.name.clone() }).collect();
        Ok(ListPage { items, total: self.rows.len() })
    }

    /// One row, as the API shows it.
    pub(super) fn row(&self, id: &str) -> Result<RowDetails, SourceStoreError> {
        let place = self.places.get(id).ok_or(SourceStoreError::NoRow)?;
        let row = self.rows.get(place).ok_or(SourceStoreError::NoRow)?;
        let taken = |sync: &RunningSync| sync.rows.binary_search(&(*place, row.version)).is_ok();
        let state = match row.version {
            version if row.synced == Some(version) => SourceSyncState::Synced,
            _ if self.sync.as_ref().is_some_and(taken) => SourceSyncState::Syncing,
            version if row.failed == Some(version) => SourceSyncState::SyncError,
            _ => SourceSyncState::NotSynced,
        };
        Ok(RowDetails {
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

    pub(super) fn rows(&self) -> impl Iterator<Item = &StoredRow> {
        self.rows.values()
    }

    /// Adds rows behind the others.
    pub(super) fn add_all(&mut self, rows: Vec<RowContent>, at: &str) {
        self.version += 1;
        for row in rows {
            self.add(row, at);
        }
    }

    /// Replaces names and texts.
    pub(super) fn change_all(&mut self, rows: Vec<RowContent>) {
        self.version += 1;
        for row in rows {
            self.change(row);
        }
    }

    /// Takes rows out.
    pub(super) fn delete_all(&mut self, ids: &[String]) {
        self.version += 1;
        for id in ids {
            if let Some(place) = self.places.remove(id) {
                self.rows.remove(&place);
            }
        }
    }

    /// Ends the sync if it is over.
    pub(super) fn settle(&mut self, now: Timestamp) {
        if self.sync.as_ref().is_some_and(|sync| !sync.runs(now)) {
            self.complete();
        }
    }

    fn add(&mut self, row: RowContent, at: &str) {
        if self.places.contains_key(&row.id) {
            return;
        }
        self.places.insert(row.id.clone(), self.next);
        let row = StoredRow {
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

    fn change(&mut self, change: RowContent) {
        if let Some(row) = self.places.get(&change.id).and_then(|place| self.rows.get_mut(place)) {
            row.name = change.name.into();
            row.content = change.content.into();
            row.version = self.version;
        }
    }

    /// Begins a sync. Whoever let it begin saw that the one before was over.
    pub(super) fn begin(&mut self, began: Timestamp, ends: Timestamp) {
        self.complete();
        let rows = || self.rows.iter();
        self.sync = Some(RunningSync {
            began,
            ends,
            version: self.version,
            rows: rows().map(|(place, row)| (*place, row.version)).collect(),
            failing: rows()
                .filter(|row| sync_fails(&row.1.content))
                .map(|(place, row)| (*place, row.version))
                .collect(),
            documents: self.documents_of_rows(),
        });
    }

    fn documents_of_rows(&self) -> SyncedDocuments {
        let document = |row: &StoredRow| SyncedDocument { name: row.name.clone(), text: row.content.clone() };
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
        self.documents = sync.documents;
    }
}

/// An id that looks random and is the same wherever the same document is (FNV-1a).
fn id_of(name: &str) -> String {
    let hash = name.bytes().fold(0x6C62_272E_07BB_0142_62B8_2175_6295_C58D_u128, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013B)
    });
    Builder::from_random_bytes(hash.to_be_bytes()).into_uuid().to_string()
}

/// Where a page begins: behind the item that the cursor names. Nothing is remembered of an item that was deleted.
pub(super) fn place_behind(
    places: &HashMap<String, u64>,
    cursor: Option<&str>,
) -> Result<Bound<u64>, SourceStoreError> {
    match cursor {
        None => Ok(Bound::Unbounded),
        Some(cursor) => places.get(cursor).map(|place| Bound::Excluded(*place)).ok_or(SourceStoreError::NoCursor),
    }
}
