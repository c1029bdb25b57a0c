//! The shelf: one task owns the sources and their journal, and [`SourceStore`] is how the requests' tasks ask it.
//!
//! Every ask is answered from the journal as it stands at that moment, whoever wrote it. `shelf/state` is what it
//! holds, `shelf/source` one source of it and how syncing goes, `shelf/event` the journal's lines, `shelf/orders` what a
//! row's text can order.
//!
//! Where the platform's document is silent: a call that changes several rows does all or nothing, names of rows need not
//! be unique and may be empty, and lists stand in the order in which their items were made.

mod directives;
mod event;
mod source;
mod state;

use std::collections::HashSet;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::domain::Timestamp;

use super::Pace;
use super::conversation_store::PageQuery;
use super::history::ListPage;
use super::journal::Journal;

use event::SourceEvent;
pub(super) use event::{RowContent, SourceSyncInterval};
use state::SourceStoreState;

/// How long a sync takes at any pace but the unlimited one, and how long at that.
const SYNC: Duration = Duration::from_millis(1_500);
const QUICK_SYNC: Duration = Duration::from_millis(25);

/// Why the shelf can't do as asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum SourceStoreError {
    #[error("data source not found")]
    NoSource,
    #[error("data source row not found")]
    NoRow,
    #[error("cursor is not the id of an item of this list")]
    NoCursor,
    #[error("a row stands in dataSourceRows twice")]
    Twice,
    #[error("there is already a sync in progress")]
    Syncing,
    #[error("the sandbox's journal: {0}")]
    Journal(#[from] io::Error),
    #[error("the sandbox is stopping")]
    Stopping,
}

/// How far a source, or a row, is synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SourceSyncState {
    Synced,
    Syncing,
    SyncError,
    NotSynced,
}

/// A source, as the API shows it.
#[derive(Debug)]
pub(super) struct SourceDetails {
    pub(super) id: String,
    pub(super) state: SourceSyncState,
    pub(super) last_sync: Option<String>,
    pub(super) interval: Option<SourceSyncInterval>,
    pub(super) created_at: String,
}

/// A row, as a list shows it.
#[derive(Debug)]
pub(super) struct RowSummary {
    pub(super) id: String,
    pub(super) name: Arc<str>,
}

/// A row, as the API shows it.
#[derive(Debug)]
pub(super) struct RowDetails {
    pub(super) id: String,
    pub(super) state: SourceSyncState,
    pub(super) last_sync: Option<String>,
    pub(super) created_at: String,
    pub(super) content: Arc<str>,
}

/// A document that the bot knows: a row as it stood when the last good sync began.
#[derive(Debug)]
pub(super) struct SyncedDocument {
    pub(super) name: Arc<str>,
    pub(super) text: Arc<str>,
}

/// All that the bot knows of one source. Two are the same documents where they are the same allocation.
pub(super) type SyncedDocuments = Arc<Vec<SyncedDocument>>;

type Ask = Box<dyn FnOnce(&mut SourceActor) + Send>;

/// How a request's task speaks to the shelf's.
#[derive(Clone)]
pub(super) struct SourceStore(mpsc::UnboundedSender<Ask>);

impl SourceStore {
    /// Starts the shelf's task on the current runtime.
    pub(super) fn open(mut actor: SourceActor) -> Self {
        let (asks, mut inbox) = mpsc::unbounded_channel::<Ask>();
        tokio::spawn(async move {
            while let Some(ask) = inbox.recv().await {
                ask(&mut actor);
            }
        });
        Self(asks)
    }

    /// Makes an empty source.
    pub(super) async fn create(&self) -> Result<SourceDetails, SourceStoreError> {
        let id = Uuid::new_v4().to_string();
        self.ask(move |actor| {
            let source = id.clone();
            actor.change(|_, now| Ok(SourceEvent::Made { source, at: now.to_rfc3339() }))?;
            Ok(actor.state.source(&id)?.view())
        })
        .await
    }

    /// A page of the sources.
    pub(super) async fn sources(&self, wanted: PageQuery) -> Result<ListPage<SourceDetails>, SourceStoreError> {
        self.ask(move |actor| actor.read()?.page(&wanted)).await
    }

    /// One source.
    pub(super) async fn source(&self, source: String) -> Result<SourceDetails, SourceStoreError> {
        self.ask(move |actor| Ok(actor.read()?.source(&source)?.view())).await
    }

    /// Sets how often a source is to be synced.
    pub(super) async fn set_interval(
        &self,
        source: String,
        interval: Option<SourceSyncInterval>,
    ) -> Result<SourceDetails, SourceStoreError> {
        self.ask(move |actor| {
            actor.change(|state, _| {
                state.source(&source)?;
                Ok(SourceEvent::Interval { source: source.clone(), interval })
            })?;
            Ok(actor.state.source(&source)?.view())
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
        wanted: PageQuery,
    ) -> Result<ListPage<RowSummary>, SourceStoreError> {
        self.ask(move |actor| actor.read()?.source(&source)?.page(&wanted)).await
    }

    /// One row.
    pub(super) async fn row(&self, source: String, row: String) -> Result<RowDetails, SourceStoreError> {
        self.ask(move |actor| actor.read()?.source(&source)?.row(&row)).await
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
        self.ask(|actor| Ok(actor.read()?.synced_documents())).await
    }

    async fn change(
        &self,
        decide: impl FnOnce(&SourceStoreState, Timestamp) -> Result<SourceEvent, SourceStoreError> + Send + 'static,
    ) -> Result<(), SourceStoreError> {
        self.ask(|actor| actor.change(decide)).await
    }

    async fn ask<T: Send + 'static>(
        &self,
        deed: impl FnOnce(&mut SourceActor) -> Result<T, SourceStoreError> + Send + 'static,
    ) -> Result<T, SourceStoreError> {
        let (answer, reply) = oneshot::channel();
        // Who asked may have gone; what was done stands all the same.
        let ask: Ask = Box::new(|actor| drop(answer.send(deed(actor))));
        self.0.send(ask).map_err(|_| SourceStoreError::Stopping)?;
        reply.await.map_err(|_| SourceStoreError::Stopping)?
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

/// Who holds the journal and what it says.
pub(super) struct SourceActor {
    journal: Journal,
    state: SourceStoreState,
    clock: fn() -> Timestamp,
}

impl SourceActor {
    /// Takes the journal in, and seeds it where nothing ever happened.
    pub(super) fn new(journal: Journal, clock: fn() -> Timestamp) -> io::Result<Self> {
        let mut actor = Self { journal, state: SourceStoreState::default(), clock };
        actor.read()?;
        Ok(actor)
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
