//! The store: conversations and messages seen, drafts, the outbox, what came by webhook, and changes of rows with what
//! they replaced, in SQLite. Floor 2.
//!
//! Owns the database in the data directory, which any number of processes may share, and the thread that works on it:
//! no caller ever waits for a disk. What a method asks is asked when it is called, in the order of the calls, and its
//! [`Pending`] answer is awaited. What has been answered is on the disk. Decides nothing about sending: the outbox and
//! the data requests only keep their states straight, and let exactly one process have each message and each answer.
//!
//! A webhook is filed with all that it says: many that wait together are one commit (`ingest`). Of a crowd that commit
//! only keeps what came, and its tables are filled behind it, before anybody reads them (`intake`). What was said before,
//! by its key, changes nothing. Where the platform keeps no list, the messages that came, and ours between them, are the
//! history, in an order that is made here (`ordering`).
//!
//! Every call can fail with what [`Pending`] lists; what one can fail with besides stands under its `# Errors`, and what
//! looks like a failure and is none, too.
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

#![warn(clippy::missing_errors_doc)]

mod activity;
mod archive;
mod arrival;
mod change_watch;
mod changes;
mod command;
mod compact;
mod database;
mod delivery_row;
mod desk;
mod desk_list;
mod disk;
mod drafts;
mod entry;
mod error;
mod file;
mod gate;
mod glance;
mod history;
mod identity;
mod inbox;
mod ingest;
mod instances;
mod intake;
mod json;
mod listener;
mod listener_lock;
mod local;
mod migrations;
mod ordering;
mod outbox;
mod pending;
pub mod postgres;
mod prune;
mod queue;
mod reattach;
mod reconcile;
mod record;
mod recovery;
mod requests;
mod roster;
mod rows;
mod salvage;
mod search;
mod searches;
mod sqlite;
mod stopped;
#[cfg(test)]
mod tests;
mod turn_row;
mod undo;
mod wal;
mod worker;

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};

pub use archive::{ImportFeed, ImportLine, ImportRefusal, Imported, ORIGIN};
pub use arrival::{Arrival, Filed};
pub use change_watch::ChangeWatch;
pub use desk_list::DeskQuery;
pub use disk::NAME as FILE;
pub use error::StoreError;
pub use glance::Glance;
pub use history::{HistorySlice, Merged, StoredMessage};
pub use inbox::DeliveryFilter;
pub use pending::Pending;
pub use requests::Claimed;
pub use roster::{RosterCursor, RosterRow};
pub use salvage::{Carried, Salvaged};
pub use search::SearchRequest;
pub use stopped::WokenProcesses;
pub use undo::JournalOutcome;

use activity::Activity;
use command::StoreCommand;
use database::{Database, Notifier};
use pending::ReplySender;

/// A handle on the store. Clones share one thread, which ends when it is closed or the last of them is gone.
#[derive(Debug, Clone)]
pub struct Store {
    commands: Sender<StoreCommand>,
    searching: search::SearchWorkerCell,
    activity: Arc<Activity>,
}

impl Store {
    /// Returns at once; the directory's database is opened, made or brought up to date on the store's thread. If that
    /// fails, the reason is the answer to every call.
    pub fn open(dir: &Path) -> Self {
        Self::open_telling(dir, |_| ())
    }

    /// The same; what the user should know is told at once, on the store's thread, besides being kept in
    /// [`warnings`](Self::warnings).
    pub fn open_telling(dir: &Path, notify: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self::open_with(dir, migrations::SCHEMA, Arc::new(notify))
    }

    fn open_with(dir: &Path, schema: &'static [&'static str], notify: Notifier) -> Self {
        let (commands, receiver) = mpsc::channel();
        let activity = Arc::<Activity>::default();
        let seen = Arc::clone(&activity);
        let dir = dir.to_owned();
        let started = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || worker::run(&dir, schema, notify, &seen, &receiver));
        if let Err(error) = started {
            // The receiver is gone with it, so every call is answered `Closed`.
            tracing::error!(%error, "the store's thread could not be started");
        }
        Self { commands, searching: search::SearchWorkerCell::default(), activity }
    }

    /// What the user should know about how the database was opened, such as a damaged file that was moved aside. The
    /// first answer there can be, so it also tells whether the store works at all.
    pub fn warnings(&self) -> Pending<Vec<String>> {
        self.ask(|database| Ok(database.warnings.clone()))
    }

    /// Finishes what was asked before, empties the log, closes the database and lets go of what this instance holds.
    /// Calls after this one are answered [`StoreError::Closed`], by every clone.
    pub fn close(&self) -> Pending<()> {
        if let Some(thread) = self.stop_searching() {
            // Its connection is closed first, so that the store's is the last and can remove the log.
            drop(self.ask(move |_| Ok(_ = thread.join())));
        }
        self.send(StoreCommand::Close)
    }

    /// Does something while this store writes nothing: what others wait for is not in its hands meanwhile.
    pub fn quiesced<T>(&self, work: impl FnOnce() -> T) -> T {
        let _pause = self.activity.pause();
        work()
    }

    fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Database) -> Result<T, StoreError> + Send + 'static,
    ) -> Pending<T> {
        command::ask(&self.commands, work)
    }

    fn send<T>(&self, command: impl FnOnce(ReplySender<T>) -> StoreCommand) -> Pending<T> {
        command::send(&self.commands, command)
    }
}
