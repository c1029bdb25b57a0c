//! Connections to the database, with every setting that belongs to one and not to the file. Knows no table.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::error::StoreError;

/// Between two tries, and how many there are, where others have the database in use: eight seconds, in which those who are
/// stopped are woken. Shorter than SQLite's own pauses, since whoever writes all the time leaves little time between.
const PAUSE: Duration = Duration::from_millis(2);
const TRIES: i32 = 4_000;
/// Pages in the log from which on it is worth emptying.
pub(super) const WORTH_EMPTYING: i64 = 4_096;
/// Should the thread that empties it not get to it, SQLite does so itself from here on, within a commit.
const AUTOCHECKPOINT: i64 = 8 * WORTH_EMPTYING;

/// Every setting that belongs to a connection, not to the file.
pub(super) fn connect(path: &Path) -> Result<Connection, StoreError> {
    let mut conn =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_handler(Some(wait))?;
    conn.set_prepared_statement_cache_capacity(128);
    conn.execute_batch(
        "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON;
         PRAGMA checkpoint_fullfsync = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;
         PRAGMA cache_size = -8000;",
    )?;
    #[cfg(feature = "planted")]
    if crate::domain::PlantedFault::NoSync.is_planted() {
        conn.execute_batch("PRAGMA synchronous = OFF")?;
    }
    // Otherwise SQLite plans some queries anew whenever a value is bound: a sixth of what filing a webhook costs.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.pragma_update(None, "wal_autocheckpoint", AUTOCHECKPOINT)?;
    Ok(conn)
}

fn wait(tries: i32) -> bool {
    std::thread::sleep(PAUSE);
    tries < TRIES
}

/// For a connection beside the store's own, which is closed last: this one leaves the log as it is, since by then one of
/// that name may be another's.
pub(super) fn beside_another(conn: Connection) -> Result<Connection, StoreError> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(conn)
}
