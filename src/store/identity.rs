//! Whether the database that is open is the one that stands at its path, and whose turn it is to change that. Owns the
//! lock that keeps a writer and one who moves files apart; knows no table.
//!
//! A file that is moved, replaced or deleted while it is open goes on taking writes under no name, and so does its log.
//! So a writer looks before it commits, and again before it says so. Among our own processes nobody moves anything while
//! another is between these two: a writer holds the gate with others, whoever moves holds it alone.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::error::StoreError;
use super::file::{NAME, create_private, sidecar};
use super::rest::Woken;

/// The gate's file in the data directory.
const GATE: &str = "patchcord.lock";
/// How long is waited for others at the gate: one of them may carry a whole database over.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(2);
/// So many pauses go by until it is looked whether those who are waited for are stopped.
const LOOK: u32 = 100;

/// Which file stands at a path: its device and its number there.
pub(super) type Node = (u64, u64);

/// The files that an open database consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    main: PathBuf,
    /// The database, its log, the log's index, and the gate.
    pub(super) nodes: [Option<Node>; 4],
}

impl Identity {
    /// What stands there now.
    pub(super) fn of(dir: &Path) -> Self {
        let main = dir.join(NAME);
        let nodes =
            [node(&main), node(&sidecar(&main, "-wal")), node(&sidecar(&main, "-shm")), node(&dir.join(GATE))];
        Self { main, nodes }
    }

    /// Whether all of it still stands there.
    pub(super) fn stands(&self) -> bool {
        self.main.parent().is_some_and(|dir| Self::of(dir).nodes == self.nodes)
    }

    /// Whether the database itself does, whatever became of the files beside it.
    pub(super) fn main_stands(&self) -> bool {
        self.nodes[0].is_some() && node(&self.main) == self.nodes[0]
    }
}

#[cfg(unix)]
pub(super) fn node(path: &Path) -> Option<Node> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).ok().map(|meta| (meta.dev(), meta.ino()))
}

/// Elsewhere an open file can't be moved or deleted.
#[cfg(not(unix))]
pub(super) fn node(path: &Path) -> Option<Node> {
    path.exists().then_some((0, 0))
}

/// The lock between those who write and those who move.
pub(super) struct Gate {
    file: File,
    path: PathBuf,
}

/// A hold on the gate, until it is dropped.
#[must_use]
pub(super) struct Pass<'g>(&'g File);

impl Gate {
    pub(super) fn open(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join(GATE);
        let file = create_private(&path).map_err(StoreError::file(&path))?;
        Ok(Self { file, path })
    }

    /// Held with other writers; none while somebody moves files.
    pub(super) fn try_pass(&self) -> Result<Option<Pass<'_>>, StoreError> {
        self.took(self.file.try_lock_shared())
    }

    /// The same, waited for.
    pub(super) fn pass(&self) -> Result<Pass<'_>, StoreError> {
        self.wait(|| self.try_pass())
    }

    /// Held by nobody else.
    pub(super) fn alone(&self) -> Result<Pass<'_>, StoreError> {
        self.wait(|| self.took(self.file.try_lock()))
    }

    fn took(&self, took: Result<(), TryLockError>) -> Result<Option<Pass<'_>>, StoreError> {
        match took {
            Ok(()) => Ok(Some(Pass(&self.file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(StoreError::file(&self.path)(error)),
        }
    }

    fn wait<'g>(
        &self,
        mut take: impl FnMut() -> Result<Option<Pass<'g>>, StoreError>,
    ) -> Result<Pass<'g>, StoreError> {
        let deadline = Instant::now() + PATIENCE;
        let mut woken = Woken::default();
        let mut waited = 0_u32;
        loop {
            if let Some(pass) = take()? {
                return Ok(pass);
            }
            waited += 1;
            if waited.is_multiple_of(LOOK) {
                woken.wake_holders(&self.path);
            }
            if Instant::now() >= deadline {
                return Err(StoreError::file(&self.path)(io::Error::new(
                    io::ErrorKind::ResourceBusy,
                    "another process is working on the database's files",
                )));
            }
            std::thread::sleep(PAUSE);
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}
