//! The runtime's face for searching: all that the store has seen, and the searches that are kept.

use super::Runtime;
use super::operations::search;
use crate::domain::{Failure, Found, Query, SavedSearch};

pub use crate::store::SearchRequest;

/// Searching.
impl Runtime {
    /// Understands a search as it is written.
    ///
    /// # Errors
    ///
    /// `Kind::Invalid` where it can't be searched for, with the place.
    pub fn understand(&self, text: &str) -> Result<Query, Failure> {
        search::understand(text)
    }

    /// Finds messages in all that the store has seen; `told` hears how many are yet to be put into the index first.
    ///
    /// # Errors
    ///
    /// Where the store can't be read, or its index can't be made.
    pub async fn search(&self, request: SearchRequest, told: impl FnMut(u64)) -> Result<Found, Failure> {
        search::search(self, request, told).await
    }

    /// The searches that are kept, by name.
    ///
    /// # Errors
    ///
    /// Where the store can't be read.
    pub async fn saved_searches(&self) -> Result<Vec<SavedSearch>, Failure> {
        search::saved(self).await
    }

    /// The search that is kept under that name.
    ///
    /// # Errors
    ///
    /// `Kind::NotFound` where none is kept under that name, and where the store can't be read.
    pub async fn saved_search(&self, name: &str) -> Result<SavedSearch, Failure> {
        search::saved_as(self, name).await
    }

    /// Keeps a search, in the place of one of its name.
    ///
    /// # Errors
    ///
    /// `Kind::Invalid` where its name is empty, and where the store can't be written.
    pub async fn save_search(&self, search: &SavedSearch) -> Result<(), Failure> {
        search::save(self, search).await
    }

    /// Forgets the search of that name.
    ///
    /// # Errors
    ///
    /// `Kind::NotFound` where none is kept under that name, and where the store can't be written.
    pub async fn forget_search(&self, name: &str) -> Result<(), Failure> {
        search::forget(self, name).await
    }
}
