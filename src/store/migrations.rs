//! The numbered schemas, and how a database is brought up to the newest. Owns `user_version`.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::disk::create_private;
use super::error::StoreError;

/// In SQLite's header: "pchd".
pub(super) const APPLICATION_ID: i32 = 0x7063_6864;

/// Every schema in order; the database's `user_version` is how many of them it has.
pub(super) const SCHEMA: &[&str] = &[
    include_str!("../../assets/schema/0001.sql"),
    include_str!("../../assets/schema/0002.sql"),
    include_str!("../../assets/schema/0003.sql"),
    include_str!("../../assets/schema/0004.sql"),
    include_str!("../../assets/schema/0005.sql"),
    include_str!("../../assets/schema/0006.sql"),
    include_str!("../../assets/schema/0007.sql"),
    include_str!("../../assets/schema/0008.sql"),
    include_str!("../../assets/schema/0009.sql"),
    include_str!("../../assets/schema/0010.sql"),
    include_str!("../../assets/schema/0011.sql"),
    include_str!("../../assets/schema/0012.sql"),
];

/// Runs what the database lacks, in one transaction: it has the old schema or the new one, never one between.
pub(super) fn run(conn: &mut Connection, schema: &[&str]) -> Result<(), StoreError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Read again: another process may have been quicker.
    let found: u32 = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = u32::try_from(schema.len()).unwrap_or(u32::MAX);
    if found > known {
        return Err(StoreError::Future { found, known });
    }
    for step in schema.iter().skip(usize::try_from(found).unwrap_or(usize::MAX)) {
        tx.execute_batch(step)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", known)?;
    Ok(tx.commit()?)
}

/// Writes a copy of the database as it is.
pub(super) fn back_up(conn: &Connection, to: &Path) -> Result<(), StoreError> {
    // Made first for its permissions; SQLite takes an empty file.
    create_private(to).map_err(StoreError::file(to))?;
    conn.execute("VACUUM INTO ?1", [to.to_string_lossy()])?;
    Ok(())
}

/// Switches to the write-ahead log, after the header has been written to the file itself. False where that can't be.
pub(super) fn set_wal(conn: &mut Connection) -> bool {
    conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0)).is_ok_and(|mode| mode == "wal")
}
