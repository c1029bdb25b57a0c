//! The open database, in the hands of the store's thread alone. Owns the connection, when something is written to it, and
//! that it is the one which stands at its path; what becomes of one that isn't is `rescue`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::error::StoreError;
use super::file;
use super::filing::{self, Done, Prepared};
use super::identity::{Gate, Identity};
use super::instances::Instances;
use super::listener::Listener;
use super::log::Log;
use super::prune::Tally;
use super::rest::Rest;
use super::salvage::{self, Salvaged};

/// Told at once what the user should know, such as that a damaged file was moved aside. Called on the store's thread.
pub(super) type Tell = Arc<dyn Fn(&str) + Send + Sync>;

pub(super) struct Database {
    pub(super) conn: Connection,
    pub(super) gate: Gate,
    pub(super) identity: Identity,
    pub(super) dir: PathBuf,
    schema: &'static [&'static str],
    pub(super) instances: Instances,
    pub(super) listener: Listener,
    pub(super) warnings: Vec<String>,
    tell: Tell,
    rest: Arc<Rest>,
    /// A query found it damaged: it is opened anew before anything else is asked of it.
    damaged: bool,
    /// What is kept of rejected deliveries, once it has been counted.
    rejected: Option<Tally>,
    pub(super) log: Log,
}

impl Database {
    pub(super) fn open(
        dir: &Path,
        schema: &'static [&'static str],
        tell: Tell,
        rest: Arc<Rest>,
    ) -> Result<Self, StoreError> {
        rest.begin();
        let opened = file::open(dir, schema).inspect_err(|_| rest.end(None))?;
        let (instances, listener, log) = (Instances::new(dir), Listener::new(dir), Log::new(dir));
        let file::Opened { conn, gate, identity, warnings } = opened;
        let mut database = Self {
            conn,
            gate,
            identity,
            dir: dir.to_owned(),
            schema,
            instances,
            listener,
            warnings: Vec::new(),
            tell,
            rest,
            damaged: false,
            rejected: None,
            log,
        };
        database.warn(warnings);
        database.settle();
        Ok(database)
    }

    /// Ends what was begun.
    pub(super) fn settle(&self) {
        self.rest.end(Some(&self.conn));
    }

    /// Keeps and tells what the user should know.
    pub(super) fn warn(&mut self, warnings: impl IntoIterator<Item = String>) {
        for warning in warnings {
            tracing::warn!("{warning}");
            (self.tell)(&warning);
            self.warnings.push(warning);
        }
    }

    /// For reading.
    pub(super) fn read(&self) -> &Connection {
        &self.conn
    }

    /// Begins something: whoever keeps it from that for long is looked at.
    pub(super) fn begin(&self) {
        self.rest.begin();
    }

    /// Sees to it that what is read and written is what stands at the path.
    pub(super) fn stand(&mut self) -> Result<(), StoreError> {
        if self.damaged {
            return self.reopen();
        }
        if self.identity.stands() { Ok(()) } else { self.rescue() }
    }

    /// Notes that a query found the database damaged.
    pub(super) fn damaged(&mut self, error: &rusqlite::Error) {
        tracing::error!(%error, "the database is damaged");
        file::mark_damaged(&self.dir);
        self.damaged = true;
    }

    /// Lets go of the connection and opens what stands at the path, with all that is done about what is found there.
    pub(super) fn reopen(&mut self) -> Result<(), StoreError> {
        self.log = Log::new(&self.dir);
        self.let_go();
        let file::Opened { conn, gate, identity, warnings } = file::open(&self.dir, self.schema)?;
        (self.conn, self.gate, self.identity) = (conn, gate, identity);
        (self.damaged, self.rejected) = (false, None);
        self.instances.stand()?;
        self.listener.stand()?;
        self.warn(warnings);
        Ok(())
    }

    /// Closes the connection in such a way that no file is touched which another one may be using by now.
    fn let_go(&mut self) {
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

    /// The same, and whether it had to be carried over into another file after that: then a row's number may be another.
    fn committed<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>, &Instances) -> Result<T, StoreError>,
    ) -> Result<(T, bool), StoreError> {
        let rest = Arc::clone(&self.rest);
        let at_work = rest.write();
        let outcome = loop {
            // Takes the write lock at once, since a reader that turns writer can be refused without having waited.
            let tx = Transaction::new_unchecked(&self.conn, TransactionBehavior::Immediate)?;
            let Some(pass) = self.gate.try_pass()? else {
                // Not with the lock in hand: whoever moves the files may wait for that.
                drop(tx);
                drop(self.gate.pass()?);
                continue;
            };
            if !self.identity.stands() {
                drop((tx, pass));
                self.rescue()?;
                continue;
            }
            let outcome = work(&tx, &self.instances)?;
            tx.commit()?;
            break outcome;
        };
        drop(at_work);
        if !self.identity.stands() {
            self.rescue()?;
            return Ok((outcome, true));
        }
        // What was committed stands, whatever comes of this.
        if let Err(error) = self.log.tend(&self.conn) {
            tracing::warn!(%error, "the database's log could not be tended");
        }
        Ok((outcome, false))
    }

    pub(super) fn file(&mut self, batch: &[Prepared]) -> Result<Vec<Done>, StoreError> {
        let (mut rows, mut bytes) = (0, 0);
        for rejected in batch.iter().filter(|prepared| prepared.is_rejected()) {
            (rows, bytes) = (rows + 1, bytes + rejected.size());
        }
        // Counted anew should this fail.
        let mut tally = match (rows, self.rejected.take()) {
            (0, tally) => tally,
            (_, Some(tally)) => Some(tally),
            (_, None) => Some(Tally::count(&self.conn)?),
        };
        let (filed, moved) = self.committed(|tx, _| {
            let filed = filing::file(tx, batch)?;
            // Afterwards, so that the newest is never deleted and no number is given twice.
            if let Some(tally) = tally.as_mut().filter(|_| rows > 0) {
                tally.make_room(tx, rows, bytes)?;
            }
            Ok(filed)
        })?;
        if moved {
            // It is there; but under which number, its sender's next try tells.
            return Err(StoreError::Moved);
        }
        self.rejected = tally;
        Ok(filed)
    }

    pub(super) fn salvage(&mut self, old: &Path) -> Result<Salvaged, StoreError> {
        let (log, apart) = (file::sidecar(old, "-wal"), file::sidecar(&self.dir.join(file::NAME), ".reading"));
        let rest = Arc::clone(&self.rest);
        let _at_work = rest.write();
        salvage::salvage(&mut self.conn, old, &log, &apart, false)
    }

    pub(super) fn close(mut self) {
        self.rest.close();
        if !self.damaged
            && !self.identity.stands()
            && let Err(error) = self.rescue()
        {
            tracing::error!(%error, "what a file held that was moved or deleted could not be carried over");
        }
        if !self.identity.stands() {
            self.let_go();
            return;
        }
        drop(self.log);
        // The log is emptied if nobody else reads it; otherwise whoever closes last does so.
        let _ = self.conn.busy_timeout(Duration::ZERO);
        let _ = self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        drop(self.conn);
    }
}
