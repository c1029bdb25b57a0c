//! Full text over all that the store has seen. Owns the thread that searches, with a connection of its own, so that no
//! search holds up a write; the same thread brings the index up to date while nobody searches. A search that a newer one
//! follows is given up.
//!
//! The tables tell themselves what the index doesn't know yet (triggers in the schema): that is read through as it is, so
//! that a search is right at any moment. The index only finds the same messages sooner.

mod candidates;
mod coverage;
mod docset;
mod find;
mod index;
mod merge;
mod message;
mod order;
mod plan;
mod renew;
mod segment;
mod terms;
mod titles;
mod turns;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, InterruptHandle};

use index::IndexPace;

use super::activity::Activity;
use super::error::StoreError;
use super::identity::Identity;
use super::pending::{ReplySender, pending};
use super::sqlite::{beside_another, connect};
use super::{Store, disk};
use crate::domain::{ChannelName, ConversationId, Found, HitCursor, Query};

/// What is searched for, and which part of what is found is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRequest {
    /// What is searched for.
    pub query: Query,
    /// In that conversation alone.
    pub within: Option<(ChannelName, ConversationId)>,
    /// What comes after that place; none for the newest.
    pub after: Option<HitCursor>,
    /// How many at most.
    pub limit: usize,
}

/// So much that the index doesn't know is read through without harm; from here on it is brought up to date unasked.
const MUCH: i64 = 1_000;

impl Store {
    /// Finds messages. One search at a time: an older one that is not done yet ends with [`StoreError::Superseded`].
    ///
    /// # Errors
    /// [`StoreError::Superseded`] where a newer search followed; [`StoreError::Closed`], or that the database can't be
    /// opened or read.
    pub async fn search(&self, request: SearchRequest) -> Result<Found, StoreError> {
        self.searching().await?.search(request).await
    }

    /// Brings the index up to date while nobody searches, if it lacks much. Returns at once.
    ///
    /// # Errors
    /// That the database can't be opened or read. What becomes of the index afterwards is only logged.
    pub async fn tend_index(&self) -> Result<(), StoreError> {
        let lacks = self.ask(|database| coverage::lacks(database.read(), MUCH)).await?;
        if lacks {
            self.searching().await?.tend();
        }
        Ok(())
    }

    /// Brings the index wholly up to date, and says how many messages it read for that; `progress` hears how many are left.
    ///
    /// # Errors
    /// That the database can't be opened, read or written. What was put into the index before stays there.
    pub async fn complete_index(&self, mut progress: impl FnMut(u64)) -> Result<(), StoreError> {
        let searching = self.searching().await?;
        loop {
            let left = searching.index().await?;
            if left == 0 {
                return Ok(());
            }
            progress(left);
        }
    }

    async fn searching(&self) -> Result<Arc<SearchWorker>, StoreError> {
        if let Some(searching) = self.searching.get() {
            return Ok(Arc::clone(searching));
        }
        // Asked of the store's thread, so that the database is there and up to date.
        let dir = self.ask(|database| Ok(database.dir.clone())).await?;
        Ok(Arc::clone(self.searching.get_or_init(|| Arc::new(SearchWorker::start(&dir, &self.activity)))))
    }

    /// Ends the thread that searches, if there is one; what it does is given up.
    pub(super) fn stop_searching(&self) -> Option<JoinHandle<()>> {
        self.searching.get().and_then(|searching| searching.stop())
    }
}

/// Where a store's clones keep the thread that searches, once there is one.
pub(super) type SearchWorkerCell = Arc<OnceLock<Arc<SearchWorker>>>;

/// What the thread is asked.
enum SearchJob {
    Search(u64, Box<SearchRequest>, ReplySender<Found>),
    /// Puts some into the index and answers how many are left.
    Index(ReplySender<u64>),
    Tend,
}

/// The thread that searches, as others see it.
pub(super) struct SearchWorker {
    jobs: Mutex<Option<(Sender<SearchJob>, JoinHandle<()>)>>,
    /// The number of the newest search.
    newest: Arc<AtomicU64>,
    interrupt: Arc<Mutex<Option<InterruptHandle>>>,
}

impl std::fmt::Debug for SearchWorker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SearchWorker").finish_non_exhaustive()
    }
}

impl SearchWorker {
    fn start(dir: &Path, activity: &Arc<Activity>) -> Self {
        let (jobs, waiting) = mpsc::channel();
        let newest = Arc::new(AtomicU64::new(0));
        let interrupt = Arc::new(Mutex::new(None));
        let thread = {
            let (dir, newest, interrupt) = (dir.to_owned(), Arc::clone(&newest), Arc::clone(&interrupt));
            let activity = Arc::clone(activity);
            std::thread::Builder::new()
                .name("store-search".to_owned())
                .spawn(move || run(&dir, &activity, &waiting, &newest, &interrupt))
        };
        let jobs = match thread {
            Ok(thread) => Some((jobs, thread)),
            Err(error) => {
                tracing::error!(%error, "the thread that searches could not be started");
                None
            }
        };
        Self { jobs: Mutex::new(jobs), newest, interrupt }
    }

    async fn search(&self, request: SearchRequest) -> Result<Found, StoreError> {
        let number = self.newest.fetch_add(1, Ordering::AcqRel) + 1;
        self.give_up();
        let (reply, answer) = pending();
        self.send(SearchJob::Search(number, Box::new(request), reply));
        answer.await
    }

    async fn index(&self) -> Result<u64, StoreError> {
        let (reply, answer) = pending();
        self.send(SearchJob::Index(reply));
        answer.await
    }

    fn tend(&self) {
        self.send(SearchJob::Tend);
    }

    fn send(&self, job: SearchJob) {
        // A thread that is gone drops the job, and its answer is `Closed`.
        if let Some((jobs, _)) = &*self.jobs.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ = jobs.send(job);
        }
    }

    /// Ends what the thread is at, whatever it is; of the index nothing is lost but the last few.
    fn give_up(&self) {
        if let Some(interrupt) = &*self.interrupt.lock().unwrap_or_else(PoisonError::into_inner) {
            interrupt.interrupt();
        }
    }

    fn stop(&self) -> Option<JoinHandle<()>> {
        let (jobs, thread) = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        self.newest.fetch_add(1, Ordering::AcqRel);
        drop(jobs);
        self.give_up();
        Some(thread)
    }
}

/// The thread: until nobody is left to ask it anything.
fn run(
    dir: &Path,
    activity: &Activity,
    jobs: &Receiver<SearchJob>,
    newest: &AtomicU64,
    interrupt: &Mutex<Option<InterruptHandle>>,
) {
    let mut conn = open(dir, interrupt);
    let mut opened = Identity::at(dir);
    let mut pace = IndexPace::default();
    // Whether the index may lack something, and how long others have the database to themselves before it is looked.
    let mut pause = None;
    let put_some = |conn: &mut Result<Connection, StoreError>, pace: &mut IndexPace| {
        let asked = newest.load(Ordering::Acquire);
        let go_on = || if newest.load(Ordering::Acquire) == asked { Ok(()) } else { Err(StoreError::Superseded) };
        attempt(dir, activity, conn, |conn| index::some(conn, pace, &go_on))
    };
    loop {
        let job = match pause {
            Some(pause) => match jobs.recv_timeout(pause) {
                Ok(job) => Some(job),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => break,
            },
            None => match jobs.recv() {
                Ok(job) => Some(job),
                Err(_) => break,
            },
        };
        if !opened.is_in_place() {
            // Closed first: the store has carried over what it held, or does so now.
            conn = Err(StoreError::Closed);
            opened = Identity::at(dir);
            if opened.nodes[0].is_some() {
                conn = open(dir, interrupt);
                opened = Identity::at(dir);
            }
        }
        match job {
            Some(SearchJob::Search(number, request, reply)) => {
                let current = || newest.load(Ordering::Acquire) == number;
                let look = |conn: &mut Result<Connection, StoreError>| {
                    attempt(dir, activity, conn, |conn| {
                        if current() { find::find(conn, &request, &current) } else { Err(StoreError::Superseded) }
                    })
                };
                let mut found = look(&mut conn);
                if current() && found.as_ref().is_err_and(is_interrupted) {
                    // Nobody gave this one up: what was to end the work before it reached it too. It is asked once more,
                    // on a connection that knows of no interrupt.
                    conn = open(dir, interrupt);
                    found = look(&mut conn);
                }
                let _ = reply.send(match found {
                    // Interrupted by the next one.
                    Err(_) if !current() => Err(StoreError::Superseded),
                    found => found,
                });
                pause = Some(AFTER_SEARCH);
            }
            Some(SearchJob::Index(reply)) => {
                let left = put_some(&mut conn, &mut pace);
                let _ = reply.send(left);
            }
            Some(SearchJob::Tend) => pause = Some(Duration::ZERO),
            None => {
                let begun = Instant::now();
                let left = put_some(&mut conn, &mut pace);
                // Others who write have the database to themselves at least half of the time.
                pause = match left {
                    Ok(0) => None,
                    Ok(_) => Some(begun.elapsed().max(LEAST_PAUSE)),
                    // Such as a database that others write to without a pause: the next search looks again.
                    Err(error) => {
                        tracing::info!(%error, "the index is not up to date");
                        None
                    }
                };
            }
        }
    }
    *interrupt.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

fn is_interrupted(error: &StoreError) -> bool {
    matches!(error, StoreError::Sqlite(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted))
}

/// Searches as one types come faster than this.
const AFTER_SEARCH: Duration = Duration::from_millis(300);
const LEAST_PAUSE: Duration = Duration::from_millis(5);

fn attempt<T>(
    dir: &Path,
    activity: &Activity,
    conn: &mut Result<Connection, StoreError>,
    work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let conn = conn.as_mut().map_err(|error| error.clone())?;
    activity.begin();
    let outcome = work(conn);
    activity.end(Some(conn));
    if let Err(StoreError::Damaged(error)) = &outcome {
        tracing::error!(%error, "the database is damaged");
        disk::mark_damaged(dir);
    }
    outcome
}

fn open(dir: &Path, interrupt: &Mutex<Option<InterruptHandle>>) -> Result<Connection, StoreError> {
    let path: PathBuf = dir.join(disk::NAME);
    let conn = connect(&path).and_then(beside_another)?;
    *interrupt.lock().unwrap_or_else(PoisonError::into_inner) = Some(conn.get_interrupt_handle());
    // What of the index a power cut takes is made again: what tells that it is there goes with it.
    conn.execute_batch("PRAGMA synchronous = NORMAL; PRAGMA cache_size = -4000; PRAGMA wal_autocheckpoint = 2000;")?;
    Ok(conn)
}
