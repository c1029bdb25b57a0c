//! Which process listens for webhooks, and whether others have written. Owns the lock that one holds: a file whose text
//! is the URL, and which the operating system lets go of however the process ends.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Store;
use super::error::StoreError;
use super::file;
use super::thread::Answer;

/// The lock's name in the data directory.
const NAME: &str = "listener.lock";
/// How often the lock is tried while others only look at it, and how often a URL that is being written is read.
const ATTEMPTS: usize = 20;
/// Between two of these.
const PAUSE: Duration = Duration::from_millis(1);

impl Store {
    /// Says that this instance listens, under that URL. None if it does now; else the URL under which another, living
    /// instance does.
    pub fn hold_listener(&self, url: &str) -> Answer<Option<String>> {
        let url = url.to_owned();
        self.ask(move |database| database.listener.hold(&url))
    }

    /// The URL under which a living instance listens, this one included.
    pub fn listener(&self) -> Answer<Option<String>> {
        self.ask(|database| database.listener.who())
    }

    /// Goes up when another process has committed something. Costs next to nothing.
    pub fn foreign_commits(&self) -> Answer<u64> {
        self.ask(|database| {
            let version: i64 =
                database.read().prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
            Ok(version.unsigned_abs())
        })
    }
}

/// The listener of one data directory, as one instance sees it.
pub(super) struct Listener {
    path: PathBuf,
    own: Option<Own>,
}

struct Own {
    file: File,
    url: String,
}

impl Listener {
    pub(super) fn new(dir: &Path) -> Self {
        Self { path: dir.join(NAME), own: None }
    }

    fn hold(&mut self, url: &str) -> Result<Option<String>, StoreError> {
        self.try_hold(url).map_err(StoreError::file(&self.path))
    }

    fn try_hold(&mut self, url: &str) -> io::Result<Option<String>> {
        if let Some(own) = &mut self.own {
            write(&mut own.file, url)?;
            url.clone_into(&mut own.url);
            return Ok(None);
        }
        let mut theirs = String::new();
        for _ in 0..ATTEMPTS {
            let mut file = file::create_private(&self.path)?;
            match file.try_lock() {
                Ok(()) => {
                    write(&mut file, url)?;
                    self.own = Some(Own { file, url: url.to_owned() });
                    return Ok(None);
                }
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) => {}
            }
            // Held, unless somebody only looks whether it is.
            if held(&file) {
                theirs = read(&mut file)?;
                if !theirs.is_empty() {
                    break;
                }
            }
            // Before the pause, so that two who wait don't keep each other from it.
            drop(file);
            std::thread::sleep(PAUSE);
        }
        Ok(Some(theirs))
    }

    /// Holds the lock again under its name, should its file have gone with the directory. Whoever was quicker has it.
    pub(super) fn stand(&mut self) -> Result<(), StoreError> {
        if self.own.is_none() || self.path.exists() {
            return Ok(());
        }
        let url = self.own.take().map(|own| own.url).unwrap_or_default();
        self.hold(&url).map(|_| ())
    }

    fn who(&self) -> Result<Option<String>, StoreError> {
        match &self.own {
            Some(own) => Ok(Some(own.url.clone())),
            None => self.look().map_err(StoreError::file(&self.path)),
        }
    }

    fn look(&self) -> io::Result<Option<String>> {
        for _ in 0..ATTEMPTS {
            let mut file = match File::open(&self.path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                opened => opened?,
            };
            if !held(&file) {
                return Ok(None);
            }
            let url = read(&mut file)?;
            if !url.is_empty() {
                return Ok(Some(url));
            }
            std::thread::sleep(PAUSE);
        }
        Ok(None)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // The file stays: whoever holds one that is gone would hold nothing.
        if let Some(own) = &self.own {
            let _ = own.file.set_len(0);
        }
    }
}

/// Shared, so that two who look at once don't take each other for the holder.
fn held(file: &File) -> bool {
    file.try_lock_shared().is_err()
}

fn write(file: &mut File, url: &str) -> io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(url.as_bytes())
}

fn read(file: &mut File) -> io::Result<String> {
    let mut url = String::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(4_096).read_to_string(&mut url)?;
    Ok(url)
}
