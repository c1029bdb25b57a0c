//! SQLite's write-ahead log: when it is emptied into the database. Owns the thread that does most of it, so that nobody
//! who waits for a commit waits for that; knows no table.
//!
//! While commits go on, the log can only start over once all of it is in the database. So a thread with a connection of
//! its own copies what there is, and then the store's thread the little that came meanwhile.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::disk::NAME;
use super::error::StoreError;
use super::sqlite::{WORTH_EMPTYING, beside_another, connect};

/// How many commits there are from one look to the next.
const EVERY: u32 = 8;
/// The log of one database, as the store's thread sees it.
pub(super) struct Wal {
    path: PathBuf,
    helper: Option<CheckpointThread>,
    /// The thread was asked and has not been heard of.
    asked: bool,
    /// Commits since it was last looked.
    commits: u32,
}

struct CheckpointThread {
    ask: Sender<()>,
    done: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Wal {
    pub(super) fn new(dir: &Path) -> Self {
        Self { path: dir.join(NAME), helper: None, asked: false, commits: 0 }
    }

    /// Called after every commit: mostly does nothing, or only looks.
    pub(super) fn tend(&mut self, conn: &Connection) -> Result<(), StoreError> {
        if self.asked {
            if self.helper.as_ref().is_some_and(|helper| helper.done.swap(false, Ordering::AcqRel)) {
                self.asked = false;
                pages(conn, "PRAGMA wal_checkpoint(PASSIVE)")?;
            }
            return Ok(());
        }
        self.commits += 1;
        if self.commits < EVERY {
            return Ok(());
        }
        self.commits = 0;
        if pages(conn, "PRAGMA wal_checkpoint(NOOP)")? < WORTH_EMPTYING {
            return Ok(());
        }
        if self.helper.is_none() {
            self.helper = CheckpointThread::start(&self.path);
        }
        self.asked = self.helper.as_ref().is_some_and(|helper| helper.ask.send(()).is_ok());
        Ok(())
    }
}

/// Pages in the log that aren't in the database yet, after that.
fn pages(conn: &Connection, pragma: &str) -> Result<i64, StoreError> {
    let (log, done): (i64, i64) = conn.prepare_cached(pragma)?.query_row([], |row| Ok((row.get(1)?, row.get(2)?)))?;
    Ok(log - done)
}

impl CheckpointThread {
    fn start(path: &Path) -> Option<Self> {
        let (ask, asked) = mpsc::channel();
        let done = Arc::new(AtomicBool::new(false));
        let (path, finished) = (path.to_owned(), Arc::clone(&done));
        let run = move || empty(&path, &asked, &finished);
        match std::thread::Builder::new().name("store-log".to_owned()).spawn(run) {
            Ok(thread) => Some(Self { ask, done, thread }),
            Err(error) => {
                tracing::warn!(%error, "the thread that empties the database's log could not be started");
                None
            }
        }
    }
}

/// The thread: until nobody is left to ask it.
fn empty(path: &Path, asked: &Receiver<()>, done: &AtomicBool) {
    let conn = connect(path).and_then(beside_another);
    while asked.recv().is_ok() {
        if let Ok(conn) = &conn
            && let Err(error) = pages(conn, "PRAGMA wal_checkpoint(PASSIVE)")
        {
            tracing::warn!(%error, "the database's log could not be emptied");
        }
        done.store(true, Ordering::Release);
    }
}

impl Drop for Wal {
    fn drop(&mut self) {
        // Its connection is closed first, so that the store's is the last and can remove the log.
        if let Some(CheckpointThread { ask, thread, .. }) = self.helper.take() {
            drop(ask);
            let _ = thread.join();
        }
    }
}
