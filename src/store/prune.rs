//! How much is kept of what was rejected: anybody can post that. Owns the limits; deletes nothing that was believed.

use rusqlite::{Connection, Transaction, params};

use super::error::StoreError;
use super::rows::count;

/// The verdict's word.
pub(super) const REJECTED: &str = "rejected";
/// So many at most.
pub(super) const ROWS: u64 = 10_000;
/// And so many bytes of URLs, headers and bodies.
pub(super) const BYTES: u64 = 64 << 20;
/// How many are deleted at a time, so that the limit costs nothing most of the time.
const CHUNK: u64 = 512;

const COUNT: &str = "SELECT count(*), ifnull(sum(length(url) + length(headers) + length(body)), 0)
    FROM deliveries WHERE verdict = 'rejected'";
pub(super) const OLDEST: &str = "SELECT n, length(url) + length(headers) + length(body) FROM deliveries
    WHERE verdict = 'rejected' ORDER BY n LIMIT ?1";
pub(super) const FORGET: &str = "DELETE FROM deliveries WHERE verdict = 'rejected' AND n <= ?1";

/// What there is of rejected deliveries.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RejectedTally {
    rows: u64,
    bytes: u64,
}

impl RejectedTally {
    /// Counts what is stored: once, after that the tally is kept.
    pub(super) fn count(conn: &Connection) -> Result<Self, StoreError> {
        let (rows, bytes) = conn.query_row(COUNT, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))?;
        Ok(Self { rows: rows.unsigned_abs(), bytes: bytes.unsigned_abs() })
    }

    /// Makes room for those that are to be written in the same commit.
    pub(super) fn make_room(&mut self, tx: &Transaction<'_>, rows: u64, bytes: u64) -> Result<(), StoreError> {
        (self.rows, self.bytes) = (self.rows + rows, self.bytes + bytes);
        while self.rows > rows && (self.rows > ROWS || self.bytes > BYTES) {
            let mut query = tx.prepare_cached(OLDEST)?;
            let oldest =
                query.query_map([count(CHUNK.min(self.rows - rows))], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let oldest: Vec<(i64, i64)> = oldest.collect::<Result<_, _>>()?;
            let Some((last, _)) = oldest.last() else {
                // Another process has deleted some: the tally begins anew.
                *self = Self { rows, bytes };
                return Ok(());
            };
            tx.prepare_cached(FORGET)?.execute(params![last])?;
            self.rows = self.rows.saturating_sub(oldest.len() as u64);
            let freed: u64 = oldest.iter().map(|(_, size)| size.unsigned_abs()).sum();
            self.bytes = self.bytes.saturating_sub(freed);
        }
        Ok(())
    }
}
