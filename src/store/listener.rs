//! Which process listens for webhooks, and whether others have written. Owns the lock that one holds.

use super::Store;
use super::error::StoreError;
use super::thread::Answer;

impl Store {
    /// Says that this instance listens, under that URL. None if it does now; else the URL under which another, living
    /// instance does.
    pub fn hold_listener(&self, _url: &str) -> Answer<Option<String>> {
        self.ask(|_| Err(StoreError::Closed))
    }

    /// The URL under which a living instance listens, this one included.
    pub fn listener(&self) -> Answer<Option<String>> {
        self.ask(|_| Err(StoreError::Closed))
    }

    /// Goes up when another process has committed something. Costs next to nothing.
    pub fn foreign_commits(&self) -> Answer<u64> {
        self.ask(|_| Err(StoreError::Closed))
    }
}
