//! The processes that share the data directory: who is alive. Owns the lock files; knows no table.
//!
//! An instance that has messages in hand holds an exclusive lock on `instances/<uuid>.lock` for its life. The operating
//! system lets go of the lock however the process ends, so a lock that can be taken, or a file that is gone, is a dead
//! instance. Ids are never used twice: what was dead stays dead.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::disk;
use super::error::StoreError;

/// How often a new lock file is tried, should another process sweep it away before it is locked.
const ATTEMPTS: usize = 8;

/// The instances of one data directory, as one of them sees them.
pub(super) struct Instances {
    dir: PathBuf,
    own: Option<OwnInstance>,
}

/// This instance, once it has a lock.
struct OwnInstance {
    id: String,
    path: PathBuf,
    lock: File,
}

impl Instances {
    pub(super) fn new(dir: &Path) -> Self {
        Self { dir: dir.join("instances"), own: None }
    }

    /// This instance's id; the lock is taken when it is first asked for, since most commands only read.
    pub(super) fn own(&mut self) -> Result<String, StoreError> {
        if let Some(own) = &self.own {
            return Ok(own.id.clone());
        }
        disk::make_dir(&self.dir)?;
        let mut last = None;
        for _ in 0..ATTEMPTS {
            match self.take() {
                Ok(own) => {
                    let id = own.id.clone();
                    self.own = Some(own);
                    return Ok(id);
                }
                Err(error) => last = Some(error),
            }
        }
        let error = last.unwrap_or_else(|| std::io::Error::other("no lock could be taken"));
        Err(StoreError::file(&self.dir)(error))
    }

    /// The file is locked under one name and then gets its real one: whoever sees the real name sees it locked.
    fn take(&self) -> std::io::Result<OwnInstance> {
        let id = Uuid::new_v4().to_string();
        let (unborn, path) = (self.dir.join(format!("{id}.new")), self.path(&id));
        let lock = disk::create_private(&unborn)?;
        lock.try_lock()?;
        fs::rename(&unborn, &path)?;
        Ok(OwnInstance { id, path, lock })
    }

    /// Makes the lock again under its old name, should its file have gone with the directory.
    pub(super) fn ensure_lock(&mut self) -> Result<(), StoreError> {
        let Some(own) = self.own.as_mut().filter(|own| !own.path.exists()) else { return Ok(()) };
        disk::make_dir(&self.dir)?;
        let unborn = own.path.with_extension("new");
        let made = disk::create_private(&unborn).and_then(|lock| {
            lock.try_lock()?;
            fs::rename(&unborn, &own.path)?;
            Ok(lock)
        });
        own.lock = made.map_err(StoreError::file(&own.path))?;
        Ok(())
    }

    fn path(&self, id: &str) -> PathBuf {
        self.dir.join(format!("{id}.lock"))
    }

    pub(super) fn is_own(&self, id: &str) -> bool {
        self.own.as_ref().is_some_and(|own| own.id == id)
    }

    /// Whether that instance still runs. In doubt it does: nothing is taken out of living hands.
    pub(super) fn alive(&self, id: &str) -> bool {
        if self.is_own(id) {
            return true;
        }
        if Uuid::parse_str(id).is_err() {
            return false;
        }
        match File::open(self.path(id)) {
            Ok(file) => locked(&file),
            Err(error) => error.kind() != std::io::ErrorKind::NotFound,
        }
    }

    /// Removes the lock files of the dead.
    pub(super) fn sweep(&self) {
        let Ok(entries) = fs::read_dir(&self.dir) else { return };
        for path in entries.flatten().map(|entry| entry.path()) {
            let lock_file = path.extension().is_some_and(|e| e == "lock" || e == "new");
            if !lock_file || self.own.as_ref().is_some_and(|own| own.path == path) {
                continue;
            }
            // The probe's shared lock is held while the file goes, so that no instance is born with it meanwhile.
            if let Ok(file) = File::open(&path)
                && !locked(&file)
            {
                let _ = fs::remove_file(&path);
            }
        }
    }
}

/// Shared, so that two who ask at once don't take each other for the living holder.
fn locked(file: &File) -> bool {
    match file.try_lock_shared() {
        Ok(()) => false,
        Err(TryLockError::WouldBlock | TryLockError::Error(_)) => true,
    }
}

impl Drop for Instances {
    fn drop(&mut self) {
        if let Some(own) = &self.own {
            let _ = fs::remove_file(&own.path);
        }
    }
}
