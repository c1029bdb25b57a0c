//! What an open database holds whose file was moved, replaced or deleted: carried over into the one that stands at its path,
//! so that nothing that was acknowledged is gone with a name. Owns the order in which files are made and let go.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::database::Database;
use super::disk::{self, NAME, sidecar};
use super::error::StoreError;
use super::gate::Gate;
use super::identity::node;
use super::salvage;
use super::sqlite::connect;
use super::wal::Wal;

/// Beside the database: what another file of its name held, on its way into this one.
const MOVED: &str = ".moved";
const READING: &str = ".reading";

impl Database {
    /// Opens what stands at the path, with all that this one holds. Until that is done this one is kept.
    pub(super) fn reattach(&mut self) -> Result<(), StoreError> {
        disk::make_dir(&self.dir)?;
        let path = self.dir.join(NAME);
        // Its connection would write to a log that may be another's by now.
        self.wal = Wal::new(&self.dir);
        let gate = Gate::open(&self.dir)?;
        let pass = gate.exclusive()?;
        let same = self.identity.main_is_in_place();
        if !same {
            // Then the file is whole, whatever its name is now.
            empty_log(&self.conn);
        }
        let copy = self.copy(&sidecar(&path, MOVED))?;
        let log = sidecar(&path, "-wal");
        let foreign = node(&log).is_some_and(|log| Some(log) != self.identity.nodes[1]);
        let said = if same {
            "was in use, and the files beside it were replaced or deleted"
        } else {
            "was moved, replaced or deleted while it was in use"
        };
        let joined = match copy {
            // Whoever moved it found that it is damaged, too, and has read what can be read.
            None => {
                if same {
                    disk::mark_damaged(&self.dir);
                }
                None
            }
            Some(copy) if !same && path.exists() => {
                self.remove_log(&path)?;
                Some(copy)
            }
            Some(copy) => {
                if foreign {
                    // What another process wrote since. It will find its file gone as this one did.
                    let mut conn = connect(&copy)?;
                    salvage::salvage(&mut conn, &path, &log, &sidecar(&path, READING), true)?;
                    drop(conn);
                    disk::remove(&log)?;
                    disk::remove(&sidecar(&path, "-shm"))?;
                }
                self.remove_log(&path)?;
                // Another file, also where this one's is left: whoever has that open is told by it.
                fs::rename(&copy, &path).map_err(StoreError::file(&path))?;
                disk::sync_dir(&path);
                None
            }
        };
        drop(pass);
        self.reopen()?;
        if let Some(copy) = joined {
            let joined = salvage::join(&mut self.conn, &copy);
            disk::remove(&copy)?;
            joined?;
        }
        self.warn([format!(
            "{NAME} {said}. All that it held, and what came since, is in the one that stands there now. Stop the program \
             before you move its files."
        )]);
        Ok(())
    }

    /// A file with all that this one holds; none if it can't be read as a whole.
    fn copy(&self, to: &Path) -> Result<Option<PathBuf>, StoreError> {
        disk::remove(to)?;
        disk::create_private(to).map_err(StoreError::file(to))?;
        match self.conn.execute("VACUUM INTO ?1", [to.to_string_lossy()]).map_err(StoreError::from) {
            Ok(_) => Ok(Some(to.to_owned())),
            Err(error) => {
                disk::remove(to)?;
                if matches!(error, StoreError::Damaged(_)) { Ok(None) } else { Err(error) }
            }
        }
    }

    /// Removes this one's log from beside another database, which would take it for its own.
    fn remove_log(&self, path: &Path) -> Result<(), StoreError> {
        for (suffix, own) in [("-wal", self.identity.nodes[1]), ("-shm", self.identity.nodes[2])] {
            let beside = sidecar(path, suffix);
            if own.is_some() && node(&beside) == own {
                disk::remove(&beside)?;
            }
        }
        Ok(())
    }
}

/// Writes all of the log into the file, where nobody reads it.
fn empty_log(conn: &Connection) {
    let _ = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
}
