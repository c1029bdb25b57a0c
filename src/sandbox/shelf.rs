//! The shelf: one task owns the sources and their journal, and [`Shelf`] is how the requests' tasks ask it.
//!
//! Every ask is answered from the journal as it stands at that moment, whoever wrote it. `shelf/catalogue` is what it
//! holds, `shelf/source` one source of it and how syncing goes, `shelf/event` the journal's lines, `shelf/orders` what a
//! row's text can order.
//!
//! Where the platform's document is silent: a call that changes several rows does all or nothing, names of rows need not
//! be unique and may be empty, and lists stand in the order in which their items were made.

mod catalogue;
mod event;
mod orders;
mod source;

use std::collections::HashSet;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::domain::Timestamp;

use super::Pace;
use super::history::Listed;
use super::journal::Journal;
use super::records::Wanted;

use catalogue::Catalogue;
use event::Event;
pub(super) use event::{Interval, Text};

/// How long a sync takes at any pace but the unlimited one, and how long at that.
const SYNC: Duration = Duration::from_millis(1_500);
const QUICK_SYNC: Duration = Duration::from_millis(25);

/// Why the shelf can't do as asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum ShelfError {
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
pub(super) enum State {
    Synced,
    Syncing,
    SyncError,
    NotSynced,
}

/// A source, as the API shows it.
#[derive(Debug)]
pub(super) struct SourceView {
    pub(super) id: String,
    pub(super) state: State,
    pub(super) last_sync: Option<String>,
    pub(super) interval: Option<Interval>,
    pub(super) created_at: String,
}

/// A row, as a list shows it.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) id: String,
    pub(super) name: Arc<str>,
}

/// A row, as the API shows it.
#[derive(Debug)]
pub(super) struct RowView {
    pub(super) id: String,
    pub(super) state: State,
    pub(super) last_sync: Option<String>,
    pub(super) created_at: String,
    pub(super) content: Arc<str>,
}

/// A document that the bot knows: a row as it stood when the last good sync began.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) name: Arc<str>,
    pub(super) text: Arc<str>,
}

/// All that the bot knows of one source. Two are the same lesson where they are the same allocation.
pub(super) type Lesson = Arc<Vec<Document>>;

type Ask = Box<dyn FnOnce(&mut Keeper) + Send>;

/// How a request's task speaks to the shelf's.
#[derive(Clone)]
pub(super) struct Shelf(mpsc::UnboundedSender<Ask>);

impl Shelf {
    /// Starts the shelf's task on the current runtime.
    pub(super) fn open(mut keeper: Keeper) -> Self {
        let (asks, mut inbox) = mpsc::unbounded_channel::<Ask>();
        tokio::spawn(async move {
            while let Some(ask) = inbox.recv().await {
                ask(&mut keeper);
            }
        });
        Self(asks)
    }

    /// Makes an empty source.
    pub(super) async fn create(&self) -> Result<SourceView, ShelfError> {
        let id = Uuid::new_v4().to_string();
        self.ask(move |keeper| {
            let source = id.clone();
            keeper.change(|_, now| Ok(Event::Made { source, at: now.to_rfc3339() }))?;
            Ok(keeper.catalogue.source(&id)?.view())
        })
        .await
    }

    /// A page of the sources.
    pub(super) async fn sources(&self, wanted: Wanted) -> Result<Listed<SourceView>, ShelfError> {
        self.ask(move |keeper| keeper.read()?.page(&wanted)).await
    }

    /// One source.
    pub(super) async fn source(&self, source: String) -> Result<SourceView, ShelfError> {
        self.ask(move |keeper| Ok(keeper.read()?.source(&source)?.view())).await
    }

    /// Sets how often a source is to be synced.
    pub(super) async fn set_interval(
        &self,
        source: String,
        interval: Option<Interval>,
    ) -> Result<SourceView, ShelfError> {
        self.ask(move |keeper| {
            keeper.change(|catalogue, _| {
                catalogue.source(&source)?;
                Ok(Event::Interval { source: source.clone(), interval })
            })?;
            Ok(keeper.catalogue.source(&source)?.view())
        })
        .await
    }

    /// Deletes a source with its rows; the bot forgets it at once, for nothing of it is left to be synced.
    pub(super) async fn remove(&self, source: String) -> Result<(), ShelfError> {
        self.change(|catalogue, _| {
            catalogue.source(&source)?;
            Ok(Event::Removed { source })
        })
        .await
    }

    /// Begins a sync.
    pub(super) async fn sync(&self, source: String, pace: Pace) -> Result<(), ShelfError> {
        let usual = if pace == Pace::Unlimited { QUICK_SYNC } else { SYNC };
        self.change(move |catalogue, now| {
            let found = catalogue.source(&source)?;
            if found.is_syncing(now) {
                return Err(ShelfError::Syncing);
            }
            let takes = found.rows().filter_map(|row| orders::takes(&row.content)).max().unwrap_or(usual);
            let ends = now.plus_millis(i64::try_from(takes.as_millis()).unwrap_or(i64::MAX));
            Ok(Event::Sync { source, began: now.millis(), ends: ends.millis() })
        })
        .await
    }

    /// A page of a source's rows: ids and names.
    pub(super) async fn rows(&self, source: String, wanted: Wanted) -> Result<Listed<Named>, ShelfError> {
        self.ask(move |keeper| keeper.read()?.source(&source)?.page(&wanted)).await
    }

    /// One row.
    pub(super) async fn row(&self, source: String, row: String) -> Result<RowView, ShelfError> {
        self.ask(move |keeper| keeper.read()?.source(&source)?.row(&row)).await
    }

    /// Adds rows, a name and a text each.
    pub(super) async fn add(&self, source: String, rows: Vec<(String, String)>) -> Result<(), ShelfError> {
        let text = |(name, content)| Text { id: Uuid::new_v4().to_string(), name, content };
        let rows = rows.into_iter().map(text).collect();
        self.change(|catalogue, now| {
            catalogue.source(&source)?;
            Ok(Event::Added { source, at: now.to_rfc3339(), rows })
        })
        .await
    }

    /// Replaces names and texts of rows.
    pub(super) async fn update(&self, source: String, rows: Vec<Text>) -> Result<(), ShelfError> {
        self.change(|catalogue, _| {
            all_there(catalogue, &source, || rows.iter().map(|row| row.id.as_str()))?;
            Ok(Event::Changed { source, rows })
        })
        .await
    }

    /// Deletes rows.
    pub(super) async fn delete(&self, source: String, rows: Vec<String>) -> Result<(), ShelfError> {
        self.change(|catalogue, _| {
            all_there(catalogue, &source, || rows.iter().map(String::as_str))?;
            Ok(Event::Deleted { source, rows })
        })
        .await
    }

    /// What the bot knows.
    pub(super) async fn lessons(&self) -> Result<Vec<Lesson>, ShelfError> {
        self.ask(|keeper| Ok(keeper.read()?.lessons())).await
    }

    async fn change(
        &self,
        decide: impl FnOnce(&Catalogue, Timestamp) -> Result<Event, ShelfError> + Send + 'static,
    ) -> Result<(), ShelfError> {
        self.ask(|keeper| keeper.change(decide)).await
    }

    async fn ask<T: Send + 'static>(
        &self,
        deed: impl FnOnce(&mut Keeper) -> Result<T, ShelfError> + Send + 'static,
    ) -> Result<T, ShelfError> {
        let (answer, reply) = oneshot::channel();
        // Who asked may have gone; what was done stands all the same.
        let ask: Ask = Box::new(|keeper| drop(answer.send(deed(keeper))));
        self.0.send(ask).map_err(|_| ShelfError::Stopping)?;
        reply.await.map_err(|_| ShelfError::Stopping)?
    }
}

/// All these rows are in the source, each named once.
fn all_there<'a, I: Iterator<Item = &'a str>>(
    catalogue: &Catalogue,
    source: &str,
    ids: impl Fn() -> I,
) -> Result<(), ShelfError> {
    if !catalogue.source(source)?.has(ids()) {
        return Err(ShelfError::NoRow);
    }
    let mut seen = HashSet::new();
    if ids().all(|id| seen.insert(id)) { Ok(()) } else { Err(ShelfError::Twice) }
}

/// Who holds the journal and what it says.
pub(super) struct Keeper {
    journal: Journal,
    catalogue: Catalogue,
    clock: fn() -> Timestamp,
}

impl Keeper {
    /// Takes the journal in, and seeds it where nothing ever happened.
    pub(super) fn new(journal: Journal, clock: fn() -> Timestamp) -> io::Result<Self> {
        let mut keeper = Self { journal, catalogue: Catalogue::default(), clock };
        keeper.read()?;
        Ok(keeper)
    }

    /// The catalogue as it stands.
    fn read(&mut self) -> io::Result<&Catalogue> {
        let now = (self.clock)();
        self.journal.catch_up(&mut self.catalogue)?;
        if !self.catalogue.begun {
            let seed = |catalogue: &Catalogue| if catalogue.begun { vec![] } else { vec![Catalogue::seed(now)] };
            self.journal.append_with(&mut self.catalogue, seed)?;
        }
        self.catalogue.settle(now);
        Ok(&self.catalogue)
    }

    /// Does what is decided while the journal is held, so that nobody else comes between.
    fn change(
        &mut self,
        decide: impl FnOnce(&Catalogue, Timestamp) -> Result<Event, ShelfError>,
    ) -> Result<(), ShelfError> {
        self.read()?;
        let clock = self.clock;
        let mut decided = Ok(());
        self.journal.append_with(&mut self.catalogue, |catalogue| match decide(catalogue, clock()) {
            Ok(event) => vec![event],
            Err(error) => {
                decided = Err(error);
                Vec::new()
            }
        })?;
        self.catalogue.settle(clock());
        decided
    }
}
