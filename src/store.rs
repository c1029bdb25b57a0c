//! The store: conversations and messages seen, drafts, the outbox, what came by webhook, and changes of rows with what
//! they replaced, in SQLite. Floor 2.
//!
//! Owns the database in the data directory, which any number of processes may share, and the thread that works on it:
//! no caller ever waits for a disk. What a method asks is asked when it is called, in the order of the calls, and its
//! [`Answer`] is awaited. What has been answered is on the disk. Decides nothing about sending: the outbox and the data
//! requests only keep their states straight, and let exactly one process have each message and each answer.
//!
//! A webhook is filed with all that it says: many that wait together are one commit (`filing`). What was said before, by
//! its key, changes nothing. Where the platform keeps no list, the messages that came, and ours between them, are the
//! history, in an order that is made here (`place`).
//!
//! ```text
//!              claim              settle
//!     queued ---------> sending ---------> sent <--+
//!       |  ^               |  |                    | found in the history
//!       |  +---------------+  +----------> unknown-+
//!       |  requeue_unsent  |                  |
//!       |                  +-> rejected       |
//!       |  drop_turn, send_again  |           |
//!       +------------> cancelled <+-----------+
//! ```
//!
//! Where the reply comes by itself, `file_sent` does what `settle` does, and files the message in the history.
//!
//! ```text
//!                claim_request               settle_request
//!     received ----------------> answering -------------------> posted, failed, unknown, expired
//!      |  |  ^                     |   |
//!      |  |  +---------------------+   +-----------------------> unknown
//!      |  |       release_request        recover: its holder ended
//!      |  +----> answered    answer_request
//!      +-------> expired     expire_requests, or whoever comes too late
//! ```
//!
//! A change of a row waits until it is applied, and is gone when that is done. What it replaces is in the journal first.
//!
//! ```text
//!           claim_changes               settle_changes
//!     staged <---------> applying -------------------------> gone, refused, conflict, unknown
//!      ^  stage            |
//!      |                   +-------------------------------> unknown    recover: its holder ended
//!      +---- refused, unknown, conflict    stage; the first two can be claimed as they are, too
//! ```

mod abroad;
mod archive;
mod changes;
mod database;
mod drafts;
mod error;
mod file;
mod filing;
mod history;
mod identity;
mod inbox;
mod instances;
mod json;
mod listener;
mod local;
mod log;
mod migrations;
mod outbox;
mod place;
mod prune;
mod reconcile;
mod record;
mod recovery;
mod requests;
mod rescue;
mod rest;
mod roster;
mod salvage;
mod search;
mod searches;
#[cfg(test)]
mod tests;
mod thread;
mod turn_row;
mod undo;

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};

pub use abroad::Abroad;
pub use archive::{Imported, ORIGIN, Refusal};
pub use error::StoreError;
pub use file::NAME as FILE;
pub use history::{Entry, Merged, Slice};
pub use inbox::{Arrival, DeliveryFilter, Filed};
pub use requests::Claimed;
pub use rest::Woken;
pub use roster::{RosterCursor, RosterRow};
pub use salvage::{Carried, Salvaged};
pub use search::SearchRequest;
pub use thread::Answer;
pub use undo::Trace;

use database::Tell;
use thread::{Command, Database};

/// A handle on the store. Clones share one thread, which ends when it is closed or the last of them is gone.
#[derive(Debug, Clone)]
pub struct Store {
    commands: Sender<Command>,
    searching: search::Searcher,
    rest: Arc<rest::Rest>,
}

impl Store {
    /// Returns at once; the directory's database is opened, made or brought up to date on the store's thread. If that
    /// fails, the reason is the answer to every call.
    pub fn open(dir: &Path) -> Self {
        Self::open_telling(dir, |_| ())
    }

    /// The same; what the user should know is told at once, on the store's thread, besides being kept in
    /// [`warnings`](Self::warnings).
    pub fn open_telling(dir: &Path, tell: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self::open_with(dir, migrations::SCHEMA, Arc::new(tell))
    }

    fn open_with(dir: &Path, schema: &'static [&'static str], tell: Tell) -> Self {
        let (commands, receiver) = mpsc::channel();
        let rest = Arc::<rest::Rest>::default();
        let seen = Arc::clone(&rest);
        let dir = dir.to_owned();
        let started = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || thread::run(&dir, schema, tell, &seen, &receiver));
        if let Err(error) = started {
            // The receiver is gone with it, so every call is answered `Closed`.
            tracing::error!(%error, "the store's thread could not be started");
        }
        Self { commands, searching: search::Searcher::default(), rest }
    }

    /// What the user should know about how the database was opened, such as a damaged file that was moved aside. The
    /// first answer there can be, so it also tells whether the store works at all.
    pub fn warnings(&self) -> Answer<Vec<String>> {
        self.ask(|database| Ok(database.warnings.clone()))
    }

    /// Finishes what was asked before, empties the log, closes the database and lets go of what this instance holds.
    /// Calls after this one are answered [`StoreError::Closed`], by every clone.
    pub fn close(&self) -> Answer<()> {
        if let Some(thread) = self.stop_searching() {
            // Its connection is closed first, so that the store's is the last and can remove the log.
            drop(self.ask(move |_| Ok(_ = thread.join())));
        }
        self.tell(Command::Close)
    }

    /// Does something while this store writes nothing: what others wait for is not in its hands meanwhile.
    pub fn at_rest<T>(&self, act: impl FnOnce() -> T) -> T {
        let _pause = self.rest.pause();
        act()
    }

    fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Database) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<T> {
        thread::ask(&self.commands, work)
    }

    fn tell<T>(&self, command: impl FnOnce(thread::Reply<T>) -> Command) -> Answer<T> {
        thread::tell(&self.commands, command)
    }
}
