//! A platform in memory that fails as it is told, and that insists on finding every change in the journal beforehand.

use std::collections::VecDeque;
use std::sync::Mutex;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};

use super::*;
use crate::domain::{
    Damage, Failure, Kind, Moment, Page, PageRequest, Row, RowBody, Source, SyncInterval, SyncState,
};
use crate::platform::{CallError, Outcome, Sources};
use crate::store::Store;

/// What a changing call does.
#[derive(Debug, Clone)]
pub(super) enum Fate {
    Works,
    /// Fails when so many of its rows are done.
    Fails(usize, CallError),
}

pub(super) fn error(outcome: Outcome, status: u16) -> CallError {
    let kind = match status {
        401 | 403 => Kind::Unauthorized,
        404 => Kind::NotFound,
        429 => Kind::RateLimited,
        _ => Kind::Platform,
    };
    CallError { outcome, failure: Failure::new(kind, format!("the platform says {status}")).status(status) }
}

pub(super) fn refused() -> CallError {
    error(Outcome::Refused, 400)
}

pub(super) fn unanswered() -> CallError {
    error(Outcome::Unknown, 500)
}

#[derive(Default)]
pub(super) struct Platform {
    rows: Vec<(RowId, Version)>,
    made: usize,
    /// Every call, by its name and how many rows it has.
    calls: Vec<(&'static str, usize)>,
    fates: VecDeque<Fate>,
}

type Meddle = Box<dyn Fn(&Fake, &str) + Send + Sync>;

pub(super) struct Fake {
    pub(super) platform: Mutex<Platform>,
    pub(super) store: Store,
    pub(super) newest_first: bool,
    /// Done before each call.
    pub(super) meddle: Option<Meddle>,
    /// A row with this in its name is refused, and its call with it.
    pub(super) offends: Option<&'static str>,
    /// Why there is no list.
    pub(super) hides: Option<CallError>,
    /// So many pages of lists work; the next one is refused.
    pub(super) loses: Option<usize>,
}

impl Fake {
    pub(super) fn new(store: &Store, rows: &[(&str, &str)]) -> Self {
        let rows = rows.iter().map(|(name, content)| (RowId::new(*name), version(name, content))).collect();
        Self {
            platform: Mutex::new(Platform { rows, ..Platform::default() }),
            store: store.clone(),
            newest_first: false,
            meddle: None,
            offends: None,
            hides: None,
            loses: None,
        }
    }

    pub(super) fn rows(&self) -> Vec<(RowId, Version)> {
        self.platform.lock().unwrap().rows.clone()
    }

    pub(super) fn versions(&self) -> Vec<Version> {
        self.rows().into_iter().map(|(_, version)| version).collect()
    }

    /// Somebody else does something to a row.
    pub(super) fn set(&self, row: &str, to: Option<Version>) {
        let rows = &mut self.platform.lock().unwrap().rows;
        let at = rows.iter().position(|(id, _)| id.as_str() == row);
        match (at, to) {
            (Some(at), Some(to)) => rows[at].1 = to,
            (Some(at), None) => drop(rows.remove(at)),
            (None, Some(to)) => rows.push((RowId::new(row), to)),
            (None, None) => {}
        }
    }

    /// The next changing calls fare like this; those after them work.
    pub(super) fn fates(&self, fates: impl IntoIterator<Item = Fate>) {
        self.platform.lock().unwrap().fates = fates.into_iter().collect();
    }

    /// How many calls there were.
    pub(super) fn count(&self) -> usize {
        self.platform.lock().unwrap().calls.len()
    }

    /// The calls of that name, each with how many rows it had.
    pub(super) fn calls(&self, name: &str) -> Vec<usize> {
        let calls = &self.platform.lock().unwrap().calls;
        calls.iter().filter(|(call, _)| *call == name).map(|(_, rows)| *rows).collect()
    }

    fn call(&self, name: &'static str, rows: usize) {
        if let Some(meddle) = &self.meddle {
            meddle(self, name);
        }
        self.platform.lock().unwrap().calls.push((name, rows));
    }

    /// Every one of these is in the journal.
    async fn is_journalled(&self, what: &str, mut has: Vec<(Option<RowId>, Option<Version>)>) {
        let entries = self.store.journal_of(&ChannelName::new("docs"), &SourceId::new("s"), 20_000).await.unwrap();
        for entry in entries {
            let row = entry.became.is_none() || entry.was.is_some();
            let key = (entry.row.filter(|_| row), entry.became);
            has.retain(|wanted| *wanted != key);
        }
        assert!(has.is_empty(), "{what} without a word in the journal: {has:?}");
    }

    fn change<T: Clone>(
        &self,
        name: &'static str,
        rows: &[T],
        named: impl Fn(&T) -> String,
        mut make: impl FnMut(&mut Platform, T) -> bool,
    ) -> Result<(), CallError> {
        self.call(name, rows.len());
        let mut platform = self.platform.lock().unwrap();
        let fate = platform.fates.pop_front().unwrap_or(Fate::Works);
        if let Some(word) = self.offends
            && rows.iter().any(|row| named(row).contains(word))
        {
            return Err(refused());
        }
        let (done, error) = match fate {
            Fate::Works => (usize::MAX, None),
            Fate::Fails(done, error) => (done, Some(error)),
        };
        for row in rows.iter().take(done) {
            if !make(&mut platform, row.clone()) {
                return Err(super::fake::error(Outcome::Refused, 404));
            }
        }
        error.map_or(Ok(()), Err)
    }
}

impl Sources for Fake {
    fn list<'a>(&'a self, _: &'a PageRequest) -> BoxFuture<'a, Result<Page<Source>, CallError>> {
        ready(Err(refused())).boxed()
    }

    fn create(&self) -> BoxFuture<'_, Result<Source, CallError>> {
        ready(Err(refused())).boxed()
    }

    fn get<'a>(&'a self, _: &'a SourceId) -> BoxFuture<'a, Result<Source, CallError>> {
        ready(Err(refused())).boxed()
    }

    fn set_interval<'a>(
        &'a self,
        _: &'a SourceId,
        _: Option<&'a SyncInterval>,
    ) -> BoxFuture<'a, Result<Source, CallError>> {
        ready(Err(refused())).boxed()
    }

    fn delete<'a>(&'a self, _: &'a SourceId) -> BoxFuture<'a, Result<(), CallError>> {
        ready(Err(refused())).boxed()
    }

    fn sync<'a>(&'a self, _: &'a SourceId) -> BoxFuture<'a, Result<(), CallError>> {
        ready(Err(refused())).boxed()
    }

    fn rows<'a>(&'a self, _: &'a SourceId, page: &'a PageRequest) -> BoxFuture<'a, Result<Page<Row>, CallError>> {
        async move {
            self.call("list", 0);
            if let Some(error) = &self.hides {
                return Err(error.clone());
            }
            if self.loses.is_some_and(|pages| self.calls("list").len() == pages + 1) {
                return Err(refused());
            }
            let mut all = self.rows();
            if self.newest_first {
                all.reverse();
            }
            let from = match &page.cursor {
                None => 0,
                Some(cursor) => match all.iter().position(|(id, _)| id.as_str() == cursor) {
                    Some(at) => at + 1,
                    None => return Err(refused()),
                },
            };
            let rest = all.split_off(from);
            let most = usize::try_from(page.limit).unwrap();
            let items: Vec<Row> =
                rest.iter().take(most).map(|(id, v)| Row { id: id.clone(), name: v.name.clone() }).collect();
            let next = items.last().filter(|_| rest.len() > most).map(|row| row.id.as_str().to_owned());
            Ok(Page { items, next, ..Page::default() })
        }
        .boxed()
    }

    fn row<'a>(&'a self, _: &'a SourceId, row: &'a RowId) -> BoxFuture<'a, Result<RowBody, CallError>> {
        async move {
            self.call("get", 1);
            let found = self.rows().into_iter().find(|(id, _)| id == row);
            let (id, version) = found.ok_or_else(|| error(Outcome::Refused, 404))?;
            Ok(RowBody {
                id,
                state: SyncState::NotSynced,
                last_sync: None,
                created_at: Moment::default(),
                content: version.content,
                damage: Damage::default(),
            })
        }
        .boxed()
    }

    fn add_rows<'a>(&'a self, _: &'a SourceId, rows: &'a [Version]) -> BoxFuture<'a, Result<(), CallError>> {
        async move {
            self.is_journalled("made", rows.iter().map(|v| (None, Some(v.clone()))).collect()).await;
            let done = self.change(
                "add",
                rows,
                |v| v.name.clone(),
                |platform, version| {
                    platform.made += 1;
                    platform.rows.push((RowId::new(format!("new {}", platform.made)), version));
                    true
                },
            );
            // Whoever asked may be gone before the answer comes.
            tokio::task::yield_now().await;
            done
        }
        .boxed()
    }

    fn update_rows<'a>(
        &'a self,
        _: &'a SourceId,
        rows: &'a [(RowId, Version)],
    ) -> BoxFuture<'a, Result<(), CallError>> {
        async move {
            let all = rows.iter().map(|(id, v)| (Some(id.clone()), Some(v.clone()))).collect();
            self.is_journalled("changed", all).await;
            let done = self.change(
                "update",
                rows,
                |(_, v)| v.name.clone(),
                |platform, (id, version)| {
                    let found = platform.rows.iter_mut().find(|(other, _)| *other == id);
                    found.map(|row| row.1 = version).is_some()
                },
            );
            // Whoever asked may be gone before the answer comes.
            tokio::task::yield_now().await;
            done
        }
        .boxed()
    }

    fn delete_rows<'a>(&'a self, _: &'a SourceId, rows: &'a [RowId]) -> BoxFuture<'a, Result<(), CallError>> {
        async move {
            self.is_journalled("deleted", rows.iter().map(|id| (Some(id.clone()), None)).collect()).await;
            let done = self.change(
                "delete",
                rows,
                |id| id.as_str().to_owned(),
                |platform, id| {
                    let before = platform.rows.len();
                    platform.rows.retain(|(other, _)| *other != id);
                    platform.rows.len() < before
                },
            );
            // Whoever asked may be gone before the answer comes.
            tokio::task::yield_now().await;
            done
        }
        .boxed()
    }
}
