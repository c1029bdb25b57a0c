//! The source store: an actor owns the sources and their journal, and [`SourceStore`] is its handle.
//!
//! Everything is answered from the journal as it stands at that moment, whoever wrote it. `source_store/state` is what it
//! holds, `source_store/source` one source of it and how syncing goes, `source_store/event` the journal's lines,
//! `source_store/model` what others see of all that, `source_store/directives` what a row's text can order.
//!
//! Where the platform's document is silent: a request that changes several rows does all or nothing, names of rows need
//! not be unique and may be empty, and lists stand in the order in which their items were made.

mod directives;
mod error;
mod event;
mod model;
mod source;
mod state;

use std::collections::HashSet;
use std::io;
use std::time::Duration;

use uuid::Uuid;

use crate::domain::Timestamp;

use super::actor::Actor;
use super::journal::JournalFile;
use super::options::{Options, Pace, SandboxError};
use super::paging::{ListPage, PageQuery};

pub(super) use error::SourceStoreError;
use event::SourceEvent;
#[cfg(test)]
pub(super) use model::SyncedDocument;
pub(super) use model::{RowContent, RowDetails, RowSummary, SourceDetails, SourceSyncInterval, SyncedDocuments};
use state::SourceStoreState;

/// How long a sync takes at any pace but the unlimited one, and how long at that.
const SYNC: Duration = Duration::from_millis(1_500);
const QUICK_SYNC: Duration = Duration::from_millis(25);

/// How a request's task speaks to the store's. Everything fails where the journal does, and when the sandbox is stopping.
#[derive(Clone)]
pub(super) struct SourceStore(Actor<JournaledSources>);

impl SourceStore {
    /// Starts the store's task on the current runtime.
    pub(super) fn open(sources: JournaledSources) -> Self {
        Self(Actor::spawn(sources))
    }

    /// Makes an empty source.
    pub(super) async fn create(&self) -> Result<SourceDetails, SourceStoreError> {
        let id = Uuid::new_v4().to_string();
        self.ask(move |sources| {
            let source = id.clone();
            sources.change(|_, now| Ok(SourceEvent::Made { source, at: now.to_rfc3339() }))?;
            Ok(sources.state.source(&id)?.view())
        })
        .await
    }

    /// A page of the sources.
    pub(super) async fn sources(&self, query: PageQuery) -> Result<ListPage<SourceDetails>, SourceStoreError> {
        self.ask(move |sources| sources.read()?.page(&query)).await
    }

    /// One source.
    pub(super) async fn source(&self, source: String) -> Result<SourceDetails, SourceStoreError> {
        self.ask(move |sources| Ok(sources.read()?.source(&source)?.view())).await
    }

    /// Sets how often a source is to be synced.
    pub(super) async fn set_interval(
        &self,
        source: String,
        interval: Option<SourceSyncInterval>,
    ) -> Result<SourceDetails, SourceStoreError> {
        self.ask(move |sources| {
            sources.change(|state, _| {
                state.source(&source)?;
                Ok(SourceEvent::Interval { source: source.clone(), interval })
            })?;
            Ok(sources.state.source(&source)?.view())
        })
        .await
    }

    /// Deletes a source with its rows; the bot forgets it at once, for nothing of it is left to be synced.
    pub(super) async fn remove(&self, source: String) -> Result<(), SourceStoreError> {
        self.change(|state, _| {
            state.source(&source)?;
            Ok(SourceEvent::Removed { source })
        })
        .await
    }

    /// Begins a sync.
    pub(super) async fn sync(&self, source: String, pace: Pace) -> Result<(), SourceStoreError> {
        let usual = if pace == Pace::Unlimited { QUICK_SYNC } else { SYNC };
        self.change(move |state, now| {
            let found = state.source(&source)?;
            if found.is_syncing(now) {
                return Err(SourceStoreError::Syncing);
            }
            let takes = found.rows().filter_map(|row| directives::sync_duration(&row.content)).max().unwrap_or(usual);
            let ends = now.plus_millis(i64::try_from(takes.as_millis()).unwrap_or(i64::MAX));
            Ok(SourceEvent::Sync { source, began: now.millis(), ends: ends.millis() })
        })
        .await
    }

    /// A page of a source's rows: ids and names.
    pub(super) async fn rows(
        &self,
        source: String,
        query: PageQuery,
    ) -> Result<ListPage<RowSummary>, SourceStoreError> {
        self.ask(move |sources| sources.read()?.source(&source)?.page(&query)).await
    }

    /// One row.
    pub(super) async fn row(&self, source: String, row: String) -> Result<RowDetails, SourceStoreError> {
        self.ask(move |sources| sources.read()?.source(&source)?.row(&row)).await
    }

    /// Adds rows, a name and a text each.
    pub(super) async fn add(&self, source: String, rows: Vec<(String, String)>) -> Result<(), SourceStoreError> {
        let text = |(name, content)| RowContent { id: Uuid::new_v4().to_string(), name, content };
        let rows = rows.into_iter().map(text).collect();
        self.change(|state, now| {
            state.source(&source)?;
            Ok(SourceEvent::Added { source, at: now.to_rfc3339(), rows })
        })
        .await
    }

    /// Replaces names and texts of rows.
    pub(super) async fn update(&self, source: String, rows: Vec<RowContent>) -> Result<(), SourceStoreError> {
        self.change(|state, _| {
            all_there(state, &source, || rows.iter().map(|row| row.id.as_str()))?;
            Ok(SourceEvent::Changed { source, rows })
        })
        .await
    }

    /// Deletes rows.
    pub(super) async fn delete(&self, source: String, rows: Vec<String>) -> Result<(), SourceStoreError> {
        self.change(|state, _| {
            all_there(state, &source, || rows.iter().map(String::as_str))?;
            Ok(SourceEvent::Deleted { source, rows })
        })
        .await
    }

    /// What the bot knows.
    pub(super) async fn synced_documents(&self) -> Result<Vec<SyncedDocuments>, SourceStoreError> {
        self.ask(|sources| Ok(sources.read()?.synced_documents())).await
    }

    async fn change(
        &self,
        decide: impl FnOnce(&SourceStoreState, Timestamp) -> Result<SourceEvent, SourceStoreError> + Send + 'static,
    ) -> Result<(), SourceStoreError> {
        self.ask(|sources| sources.change(decide)).await
    }

    async fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut JournaledSources) -> Result<T, SourceStoreError> + Send + 'static,
    ) -> Result<T, SourceStoreError> {
        self.0.ask(job).await?
    }
}

/// All these rows are in the source, each named once.
fn all_there<'a, I: Iterator<Item = &'a str>>(
    state: &SourceStoreState,
    source: &str,
    ids: impl Fn() -> I,
) -> Result<(), SourceStoreError> {
    if !state.source(source)?.has(ids()) {
        return Err(SourceStoreError::NoRow);
    }
    let mut seen = HashSet::new();
    if ids().all(|id| seen.insert(id)) { Ok(()) } else { Err(SourceStoreError::Twice) }
}

/// The journal, and what it says.
pub(super) struct JournaledSources {
    journal: JournalFile,
    state: SourceStoreState,
    clock: fn() -> Timestamp,
}

impl JournaledSources {
    /// Takes the journal in, and seeds it where nothing ever happened.
    ///
    /// # Errors
    /// [`SandboxError::Journal`], where it can't be opened, read or seeded.
    pub(super) fn open(options: &Options) -> Result<Self, SandboxError> {
        JournalFile::open_for(options, "sources.jsonl", |journal| {
            let mut sources = Self { journal, state: SourceStoreState::default(), clock: options.clock };
            sources.read()?;
            Ok(sources)
        })
    }

    /// The state as it stands.
    fn read(&mut self) -> io::Result<&SourceStoreState> {
        let now = (self.clock)();
        self.journal.catch_up(&mut self.state)?;
        if !self.state.begun {
            let seed =
                |state: &SourceStoreState| if state.begun { vec![] } else { vec![SourceStoreState::seed(now)] };
            self.journal.append_with(&mut self.state, seed)?;
        }
        self.state.settle(now);
        Ok(&self.state)
    }

    /// Does what is decided while the journal is held, so that nobody else comes between.
    fn change(
        &mut self,
        decide: impl FnOnce(&SourceStoreState, Timestamp) -> Result<SourceEvent, SourceStoreError>,
    ) -> Result<(), SourceStoreError> {
        self.read()?;
        let clock = self.clock;
        let mut decided = Ok(());
        self.journal.append_with(&mut self.state, |state| match decide(state, clock()) {
            Ok(event) => vec![event],
            Err(error) => {
                decided = Err(error);
                Vec::new()
            }
        })?;
        self.state.settle(clock());
        decided
    }
}
