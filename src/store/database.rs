//! The open database, in the hands of the store's thread alone. Owns the connection, when something is written to it, and
//! that it is the one which stands at its path; what becomes of one that isn't is `reattach`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::activity::Activity;
use super::disk;
use super::error::StoreError;
use super::file;
use super::gate::Gate;
use super::identity::Identity;
use super::instances::Instances;
use super::listener_lock::ListenerLock;
use super::prune::RejectedTally;
use super::wal::Wal;

/// Told at once what the user should know, such as that a damaged file was moved aside. Called on the store's thread.
pub(super) type Notifier = Arc<dyn Fn(&str) + Send + Sync>;

pub(super) struct Database {
    pub(super) conn: Connection,
    pub(super) gate: Gate,
    pub(super) identity: Identity,
    pub(super) dir: PathBuf,
    schema: &'static [&'static str],
    pub(super) instances: Instances,
    pub(super) listener: ListenerLock,
    pub(super) warnings: Vec<String>,
    notify: Notifier,
    pub(super) activity: Arc<Activity>,
    /// A query found it damaged: it is opened anew before anything else is asked of it.
    damaged: bool,
    /// What is kept of rejected deliveries, once it has been counted.
    pub(super) rejected: Option<RejectedTally>,
    pub(super) wal: Wal,
}

impl Database {
    pub(super) fn open(
        dir: &Path,
        schema: &'static [&'static str],
        notify: Notifier,
        activity: Arc<Activity>,
    ) -> Result<Self, StoreError> {
        activity.begin();
        let opened = file::open(dir, schema).inspect_err(|_| activity.end(None))?;
        let (instances, listener, wal) = (Instances::new(dir), ListenerLock::new(dir), Wal::new(dir));
        let file::OpenedDatabase { conn, gate, identity, warnings } = opened;
        let mut database = Self {
            conn,
            gate,
            identity,
            dir: dir.to_owned(),
            schema,
            instances,
            listener,
            warnings: Vec::new(),
            notify,
            activity,
            damaged: false,
            rejected: None,
            wal,
        };
        database.warn(warnings);
        database.settle();
        Ok(database)
    }

    /// Does something with a database, if it could be opened: the one that stands at its path.
    pub(super) fn attempt<T>(
        database: &mut Result<Self, StoreError>,
        work: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let database = database.as_mut().map_err(|error| error.clone())?;
        database.begin();
        let outcome = database.ensure_in_place().and_then(|()| work(database));
        if let Err(StoreError::Damaged(error)) = &outcome {
            database.damaged(error);
        }
        database.settle();
        outcome
    }

    /// Ends what was begun.
    pub(super) fn settle(&self) {
        self.activity.end(Some(&self.conn));
    }

    /// Keeps and tells what the user should know.
    pub(super) fn warn(&mut self, warnings: impl IntoIterator<Item = String>) {
        for warning in warnings {
            tracing::warn!("{warning}");
            (self.notify)(&warning);
            self.warnings.push(warning);
        }
    }

    /// For reading.
    pub(super) fn read(&self) -> &Connection {
        &self.conn
    }

    /// Begins something: whoever keeps it from that for long is looked at.
    pub(super) fn begin(&self) {
        self.activity.begin();
    }

    /// Sees to it that what is read and written is what stands at the path.
    pub(super) fn ensure_in_place(&mut self) -> Result<(), StoreError> {
        if self.damaged {
            return self.reopen();
        }
        if self.identity.is_in_place() { Ok(()) } else { self.reattach() }
    }

    /// Notes that a query found the database damaged.
    pub(super) fn damaged(&mut self, error: &rusqlite::Error) {
        tracing::error!(%error, "the database is damaged");
        disk::mark_damaged(&self.dir);
        self.damaged = true;
    }

    /// Lets go of the connection and opens what stands at the path, with all that is done about what is found there.
    pub(super) fn reopen(&mut self) -> Result<(), StoreError> {
        self.wal = Wal::new(&self.dir);
        self.release_connection();
        let file::OpenedDatabase { conn, gate, identity, warnings } = file::open(&self.dir, self.schema)?;
        (self.conn, self.gate, self.identity) = (conn, gate, identity);
        (self.damaged, self.rejected) = (false, None);
        self.instances.ensure_lock()?;
        self.listener.ensure_lock()?;
        self.warn(warnings);
        Ok(())
    }

    /// Closes the connection in such a way that no file is touched which another one may be using by now.
    fn release_connection(&mut self) {
        if let Ok(nothing) = Connection::open_in_memory() {
            let old = std::mem::replace(&mut self.conn, nothing);
            let _ = old.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
        }
    }

    /// All of it is written, or nothing; committed to the disk when this returns, in the file that stands at the path.
    pub(super) fn write<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>, &Instances) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.committed(work).map(|(outcome, _)| outcome)
    }

    /// The like of what a platform tells again when it is asked: the disk is not waited for. A power cut may take it, and
    /// never what was written before or anything of what is written after.
    pub(super) fn write_what_is_told_again<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>, &Instances) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.conn.pragma_update(None, "synchronous", "NORMAL")?;
        let outcome = self.write(work);
        self.conn.pragma_update(None, "synchronous", "FULL")?;
        outcome
    }

    /// As [`write`](Self::write), and whether it had to be carried over into another file after that: then a row's number may be another.
    pub(super) fn committed<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>, &Instances) -> Result<T, StoreError>,
    ) -> Result<(T, bool), StoreError> {
        let activity = Arc::clone(&self.activity);
        let at_work = activity.write();
        let outcome = loop {
            // Takes the write lock at once, since a reader that turns writer can be refused without having waited.
            let tx = Transaction::new_unchecked(&self.conn, TransactionBehavior::Immediate)?;
            let Some(pass) = self.gate.try_shared()? else {
                // Not with the lock in hand: whoever moves the files may wait for that.
                drop(tx);
                drop(self.gate.shared()?);
                continue;
            };
            if !self.identity.is_in_place() {
                drop((tx, pass));
                self.reattach()?;
                continue;
            }
            let outcome = work(&tx, &self.instances)?;
            tx.commit()?;
            break outcome;
        };
        drop(at_work);
        if !self.identity.is_in_place() {
            self.reattach()?;
            return Ok((outcome, true));
        }
        // What was committed stands, whatever comes of this.
        if let Err(error) = self.wal.tend(&self.conn) {
            tracing::warn!(%error, "the database's log could not be tended");
        }
        Ok((outcome, false))
    }

    pub(super) fn close(mut self) {
        self.activity.close();
        if !self.damaged
            && !self.identity.is_in_place()
            && let Err(error) = self.reattach()
        {
            tracing::error!(%error, "what a file held that was moved or deleted could not be carried over");
        }
        if !self.identity.is_in_place() {
            self.release_connection();
            return;
        }
        drop(self.wal);
        // The log is emptied if nobody else reads it; otherwise whoever closes last does so.
        let _ = self.conn.busy_timeout(Duration::ZERO);
        let _ = self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        drop(self.conn);
    }
}
