//! Which process listens for webhooks, and whether others have written. The lock itself is `listener_lock`.

use super::Store;
use super::disk::create_private;
use super::error::StoreError;
use super::pending::Pending;
use super::stopped::{WokenProcesses, is_stopped};

/// There while somebody waits for the lock whose holder is stopped.
const WANTED: &str = "listener.wanted";
impl Store {
    /// Says that this instance listens, under that URL. None if it does now; else the URL under which another, living
    /// instance does.
    ///
    /// # Errors
    /// [`StoreError::File`] where the lock's file can't be made or written. A lock that another instance holds is none.
    pub fn hold_listener(&self, url: &str) -> Pending<Option<String>> {
        let url = url.to_owned();
        self.ask(move |database| database.listener.hold(&url))
    }

    /// Says that this instance listens no more.
    pub fn release_listener(&self) -> Pending<()> {
        self.ask(|database| {
            database.listener.release();
            Ok(())
        })
    }

    /// The URL under which a living instance listens, this one included.
    ///
    /// # Errors
    /// [`StoreError::File`] where the lock's file can't be read. One that is not there is none.
    pub fn listener(&self) -> Pending<Option<String>> {
        self.ask(|database| database.listener.url())
    }

    /// Whether the instance that listens is stopped, and so takes nothing.
    pub fn listener_is_stopped(&self) -> Pending<bool> {
        self.ask(|database| Ok(database.listener.holder().is_some_and(is_stopped)))
    }

    /// Wakes the instance that listens, if it is stopped, to let go of that: until then it is held awake, and stopped again
    /// when what this answers is dropped. None if it runs.
    ///
    /// # Errors
    /// [`StoreError::File`] where that it is wanted can't be written down.
    pub fn wake_listener(&self) -> Pending<Option<WokenProcesses>> {
        self.ask(|database| {
            let Some(process) = database.listener.holder().filter(|process| is_stopped(*process)) else {
                return Ok(None);
            };
            let wanted = database.dir.join(WANTED);
            create_private(&wanted).map_err(StoreError::file(&wanted))?;
            let mut woken = WokenProcesses::default();
            Ok(woken.wake(process).then_some(woken))
        })
    }

    /// Whether another instance waits for this one to listen no more: it was stopped, and goes on only for that. Once.
    pub fn listener_is_wanted(&self) -> Pending<bool> {
        self.ask(|database| {
            let wanted = database.dir.join(WANTED);
            Ok(database.listener.is_held() && wanted.exists() && std::fs::remove_file(wanted).is_ok())
        })
    }

    /// Goes up when another process has committed something. Costs next to nothing.
    pub fn foreign_commits(&self) -> Pending<u64> {
        self.ask(|database| {
            let version: i64 =
                database.read().prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
            Ok(version.unsigned_abs())
        })
    }
}
