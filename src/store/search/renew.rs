//! Makes the index anew where most of it is of messages that went or changed since: no segment tells which of its own
//! these are. What was there serves until all is there again.

use rusqlite::{Connection, TransactionBehavior};

use super::coverage::coverage;
use super::segment::{remove, segments};
use crate::store::error::StoreError;

/// So many messages more than twice those that there are may be in the index.
const SPARE: usize = 1 << 16;

/// Begins it, where that is worth it.
pub(super) fn begin(conn: &mut Connection) -> Result<(), StoreError> {
    let indexed: usize = segments(conn)?.iter().map(|segment| segment.docs).sum();
    if indexed <= SPARE || coverage(conn)?.up_to > 0 {
        return Ok(());
    }
    // Counted before others are kept from writing.
    let many: i64 = conn.query_row("SELECT count(*) FROM messages", [], |row| row.get(0))?;
    if usize::try_from(many).is_ok_and(|many| indexed > 2 * many + SPARE) {
        conn.execute(
            "UPDATE backlog SET up_to = min(known, (SELECT ifnull(max(n), 0) FROM messages)),
             anew = (SELECT ifnull(max(n), 0) FROM segments) WHERE up_to = 0 AND anew = 0",
            [],
        )?;
    }
    Ok(())
}

/// Ends it, where all is there again: one segment at a time, so that nobody waits long.
pub(super) fn end(conn: &mut Connection) -> Result<(), StoreError> {
    loop {
        let coverage = coverage(conn)?;
        if coverage.anew == 0 || coverage.up_to > 0 {
            return Ok(());
        }
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        match segments(&tx)?.iter().find(|segment| segment.n <= coverage.anew) {
            Some(segment) => {
                remove(&tx, segment.n)?;
            }
            None => {
                tx.execute("UPDATE backlog SET anew = 0", [])?;
            }
        }
        tx.commit()?;
    }
}
