//! The lock that the process holds which listens for webhooks: a file whose text is the URL, and which the operating system
//! lets go of however the process ends.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::disk::create_private;
use super::error::StoreError;

/// The lock's name in the data directory. It says the URL, and on a line of its own which process holds it.
const NAME: &str = "listener.lock";
/// How often the lock is tried while others only look at it, and how often a URL that is being written is read.
const ATTEMPTS: usize = 20;
/// Between two of these.
const PAUSE: Duration = Duration::from_millis(1);

/// The listener of one data directory, as one instance sees it.
pub(super) struct ListenerLock {
    path: PathBuf,
    own: Option<OwnLock>,
}

/// The lock as this instance holds it.
struct OwnLock {
    file: File,
    url: String,
}

impl ListenerLock {
    pub(super) fn new(dir: &Path) -> Self {
        Self { path: dir.join(NAME), own: None }
    }

    /// Takes the lock for that URL. None if it is held now; else the URL of whoever holds it.
    pub(super) fn hold(&mut self, url: &str) -> Result<Option<String>, StoreError> {
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
            let mut file = create_private(&self.path)?;
            match file.try_lock() {
                Ok(()) => {
                    write(&mut file, url)?;
                    self.own = Some(OwnLock { file, url: url.to_owned() });
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
    pub(super) fn ensure_lock(&mut self) -> Result<(), StoreError> {
        if self.own.is_none() || self.path.exists() {
            return Ok(());
        }
        let url = self.own.take().map(|own| own.url).unwrap_or_default();
        self.hold(&url).map(|_| ())
    }

    /// Lets go of the lock, if it is held.
    pub(super) fn release(&mut self) {
        if let Some(own) = self.own.take() {
            let _ = own.file.set_len(0);
        }
    }

    /// The other process that holds the lock.
    pub(super) fn holder(&self) -> Option<u32> {
        if self.own.is_some() {
            return None;
        }
        let mut file = File::open(&self.path).ok().filter(held)?;
        text(&mut file).ok()?.lines().nth(1)?.parse().ok()
    }

    /// Whether this instance holds it.
    pub(super) fn is_held(&self) -> bool {
        self.own.is_some()
    }

    /// The URL of whoever holds it, this instance included.
    pub(super) fn url(&self) -> Result<Option<String>, StoreError> {
        match &self.own {
            Some(own) => Ok(Some(own.url.clone())),
            None => self.read_url().map_err(StoreError::file(&self.path)),
        }
    }

    fn read_url(&self) -> io::Result<Option<String>> {
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

impl Drop for ListenerLock {
    fn drop(&mut self) {
        // The file stays: whoever holds one that is gone would hold nothing.
        self.release();
    }
}

/// Shared, so that two who look at once don't take each other for the holder.
fn held(file: &File) -> bool {
    file.try_lock_shared().is_err()
}

fn write(file: &mut File, url: &str) -> io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(format!("{url}\n{}\n", std::process::id()).as_bytes())
}

/// The URL; empty while it is being written.
fn read(file: &mut File) -> io::Result<String> {
    Ok(text(file)?.split_once('\n').map_or_else(String::new, |(url, _)| url.to_owned()))
}

fn text(file: &mut File) -> io::Result<String> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(4_096).read_to_string(&mut text)?;
    Ok(text)
}
