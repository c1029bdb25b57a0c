//! What came in a crowd: the commit that it is acknowledged by keeps it as one value and notes what it says, and nothing
//! more; behind that it is put into its tables, many commits' together. Owns that nobody
//! reads the tables before that; what waits is `arrivals`.
//!
//! ```text
//!     a few        said, deliveries, messages, …                       one commit, then acknowledged
//!     a crowd      said, arrivals         then acknowledged
//!                  deliveries, messages, …, and arrivals emptied       behind it: once it is much, or nothing comes,
//!                                                                      or somebody asks anything of the store
//! ```
//!
//! Another process may have been killed between the two: so whoever asks something looks at the table itself.

use rusqlite::{Connection, TransactionBehavior};

use super::arrival::Prepared;
use super::arrivals::{self, MUCH};
use super::database::Database;
use super::entry::Entry;
use super::error::StoreError;
use super::ingest::{self, Ingested, NumberedEntry};
use super::prune::RejectedTally;

/// How long nothing comes until what there is goes into the tables.
pub(super) const REST: std::time::Duration = std::time::Duration::from_millis(10);

/// Writes arrivals that waited together, in one commit, and makes room for those that were rejected.
pub(super) fn write(database: &mut Database, batch: &[Prepared]) -> Result<Vec<Ingested>, StoreError> {
    let (mut rows, mut bytes) = (0, 0);
    for rejected in batch.iter().filter(|prepared| prepared.is_rejected()) {
        (rows, bytes) = (rows + 1, bytes + rejected.size());
    }
    // Counted anew should this fail.
    let mut tally = match (rows, database.rejected.take()) {
        (0, tally) => tally,
        (_, Some(tally)) => Some(tally),
        (_, None) => Some(RejectedTally::count(&database.conn)?),
    };
    let entries: Vec<Entry<'_>> = batch.iter().map(Entry::new).collect();
    let waiting = database.waiting;
    let ((filed, kept), moved) = database.committed(|tx, _| {
        if rows == 0
            && arrivals::is_crowd(&entries, waiting)
            && let Some(kept) = arrivals::keep(tx, &entries)?
        {
            return Ok((kept, true));
        }
        // What came before stands before it.
        while arrivals::file_some(tx)? {}
        let first = ingest::last(tx)? + 1;
        let numbered = (first..).zip(entries.iter().zip(batch));
        let numbered: Vec<NumberedEntry<'_>> = numbered
            .map(|(n, (entry, prepared))| NumberedEntry {
                n,
                entry,
                refused: prepared.arrival.meaning.as_ref().err(),
            })
            .collect();
        let filed = ingest::write_rows(tx, &numbered, false)?;
        // Afterwards, so that the newest is never deleted and no number is given twice.
        if let Some(tally) = tally.as_mut().filter(|_| rows > 0) {
            tally.make_room(tx, rows, bytes)?;
        }
        Ok((filed, false))
    })?;
    database.waiting = if kept { waiting + batch.len() } else { 0 };
    if moved {
        // It is there; but under which number, its sender's next try tells.
        return Err(StoreError::Moved);
    }
    database.rejected = tally;
    Ok(filed)
}

/// Whether so many wait that it is worth filing some.
pub(super) fn is_much(database: &Database) -> bool {
    database.waiting >= MUCH
}

/// The same in a commit of its own. What it holds is on the disk already, so it waits for none: a power cut that takes it
/// leaves the rows that it emptied.
pub(super) fn file(database: &mut Database) -> Result<bool, StoreError> {
    database.conn.pragma_update(None, "synchronous", "NORMAL")?;
    let more = database.committed(|tx, _| arrivals::file_some(tx));
    database.conn.pragma_update(None, "synchronous", "FULL")?;
    let (more, _) = more?;
    database.waiting = if more { database.waiting.saturating_sub(MUCH) } else { 0 };
    Ok(more)
}

/// Puts all of it into the tables, whoever took it, before they are read. Where that can't be done now, what they hold can
/// still be read.
///
/// # Errors
/// [`StoreError::Damaged`].
pub(super) fn settle(database: &mut Database) -> Result<(), StoreError> {
    if database.waiting == 0 && !arrivals::is_waited(&database.conn)? {
        return Ok(());
    }
    let mut file_all = || -> Result<(), StoreError> {
        while file(database)? {}
        Ok(())
    };
    excused(file_all())
}

/// The same by a connection beside the store's own: where the file was moved meanwhile, the store carries over what it held
/// before.
pub(super) fn settle_on(conn: &mut Connection) -> Result<(), StoreError> {
    if !arrivals::is_waited(conn)? {
        return Ok(());
    }
    let mut file_all = || -> Result<(), StoreError> {
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        while arrivals::file_some(&tx)? {}
        Ok(tx.commit()?)
    };
    excused(file_all())
}

fn excused(filed: Result<(), StoreError>) -> Result<(), StoreError> {
    match filed {
        Err(error @ StoreError::Damaged(_)) => Err(error),
        Err(error) => {
            tracing::warn!(%error, "webhooks that were acknowledged could not be put into their tables yet");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}
