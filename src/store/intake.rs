//! What came by webhook, written in one commit with all that waited beside it. Owns which number each delivery has, and that
//! room is made for those that were rejected.

use super::arrival::Prepared;
use super::database::Database;
use super::entry::Entry;
use super::error::StoreError;
use super::ingest::{self, Ingested, NumberedEntry};
use super::prune::RejectedTally;

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
    let (filed, moved) = database.committed(|tx, _| {
        let first = ingest::last(tx)? + 1;
        let numbered = (first..).zip(entries.iter().zip(batch));
        let numbered: Vec<NumberedEntry<'_>> = numbered
            .map(|(n, (entry, prepared))| NumberedEntry {
                n,
                entry,
                refused: prepared.arrival.meaning.as_ref().err(),
            })
            .collect();
        let filed = ingest::write_rows(tx, &numbered)?;
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
    database.rejected = tally;
    Ok(filed)
}
