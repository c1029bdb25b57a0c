//! What of the messages is in the index. Reads the tables `unindexed` and `backlog`.

use rusqlite::Connection;

use crate::store::error::StoreError;

/// What the index knows of, by the rows of messages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Coverage {
    /// Up to this one they are older than the index, and wait.
    pub(super) up_to: i64,
    /// After this one they are newer, and wait.
    pub(super) known: i64,
    /// Segments up to this one go when no message waits any more that is older than the index. 0 where none go.
    pub(super) anew: i64,
}

impl Coverage {
    /// Up to this message none is in the index.
    pub(super) const fn begins_after(self) -> i64 {
        if self.anew > 0 { 0 } else { self.up_to }
    }
}

/// What of the messages is in the index, but for what `unindexed` names.
pub(super) fn coverage(conn: &Connection) -> Result<Coverage, StoreError> {
    Ok(conn
        .prepare_cached("SELECT up_to, known, anew FROM backlog")?
        .query_row([], |row| Ok(Coverage { up_to: row.get(0)?, known: row.get(1)?, anew: row.get(2)? }))?)
}

/// Whether more than so many messages are not in the index.
pub(super) fn lacks(conn: &Connection, many: i64) -> Result<bool, StoreError> {
    let sql = "SELECT up_to > 0 OR anew > 0 OR known + ?1 < (SELECT ifnull(max(n), 0) FROM messages)
             OR EXISTS (SELECT 1 FROM unindexed LIMIT 1 OFFSET ?1) FROM backlog";
    Ok(conn.query_row(sql, [many], |row| row.get(0))?)
}
