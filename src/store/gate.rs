//! Whose turn it is to write, and whose to move files: the lock that keeps the two apart. Among our own processes nobody
//! moves anything between a writer's look at the files and its commit: a writer holds the gate with others, whoever moves
//! holds it alone. Knows no table.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::disk::create_private;
use super::error::StoreError;
use super::identity::GATE;
use super::stopped::WokenProcesses;

/// How long is waited for others at the gate: one of them may carry a whole database over.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(2);
/// So many pauses go by until it is looked whether those who are waited for are stopped.
const LOOK: u32 = 100;

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
    pub(super) fn try_shared(&self) -> Result<Option<Pass<'_>>, StoreError> {
        self.took(self.file.try_lock_shared())
    }

    /// The same, waited for.
    pub(super) fn shared(&self) -> Result<Pass<'_>, StoreError> {
        self.wait(|| self.try_shared())
    }

    /// Held by nobody else.
    pub(super) fn exclusive(&self) -> Result<Pass<'_>, StoreError> {
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
        let mut woken = WokenProcesses::default();
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
