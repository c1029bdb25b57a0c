//! Which process listens for webhooks, and whether others have written. Owns the lock that one holds: a file whose text
//! is the URL, and which the operating system lets go of however the process ends.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Store;
use super::error::StoreError;
use super::file;
use super::rest::{self, Woken};
use super::thread::Answer;

/// The lock's name in the data directory. It says the URL, and on a line of its own which process holds it.
const NAME: &str = "listener.lock";
/// There while somebody waits for the lock whose holder is stopped.
const WANTED: &str = "listener.wanted";
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

    /// Says that this instance listens no more.
    pub fn release_listener(&self) -> Answer<()> {
        self.ask(|database| {
            database.listener.release();
            Ok(())
        })
    }

    /// The URL under which a living instance listens, this one included.
    pub fn listener(&self) -> Answer<Option<String>> {
        self.ask(|database| database.listener.who())
    }

    /// Whether the instance that listens is stopped, and so takes nothing.
    pub fn listener_is_stopped(&self) -> Answer<bool> {
        self.ask(|database| Ok(database.listener.holder().is_some_and(rest::is_stopped)))
    }

    /// Wakes the instance that listens, if it is stopped, to let go of that: until then it is held awake, and stopped again
    /// when what this answers is dropped. None if it runs.
    pub fn wake_listener(&self) -> Answer<Option<Woken>> {
        self.ask(|database| {
            let Some(process) = database.listener.holder().filter(|process| rest::is_stopped(*process)) else {
                return Ok(None);
            };
            let wanted = database.dir.join(WANTED);
            file::create_private(&wanted).map_err(StoreError::file(&wanted))?;
            let mut woken = Woken::default();
            Ok(woken.wake(process).then_some(woken))
        })
    }

    /// Whether another instance waits for this one to listen no more: it was stopped, and goes on only for that. Once.
    pub fn listener_is_wanted(&self) -> Answer<bool> {
        self.ask(|database| {
            let wanted = database.dir.join(WANTED);
            Ok(database.listener.own.is_some() && wanted.exists() && std::fs::remove_file(wanted).is_ok())
        })
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

    fn release(&mut self) {
        if let Some(own) = self.own.take() {
            let _ = own.file.set_len(0);
        }
    }

    /// The other process that holds the lock.
    fn holder(&self) -> Option<u32> {
        if self.own.is_some() {
            return None;
        }
        let mut file = File::open(&self.path).ok().filter(held)?;
        text(&mut file).ok()?.lines().nth(1)?.parse().ok()
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
