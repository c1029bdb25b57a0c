//! The runtime's face for searching: all that the store has seen, and the searches that are kept.

use super::Runtime;
use super::operations::search;
use crate::domain::{Failure, Found, Query, SavedSearch};

pub use crate::store::SearchRequest;

/// Searching.
impl Runtime {
    /// Understands a search as it is written.
    pub fn understand(&self, text: &str) -> Result<Query, Failure> {
        search::understand(text)
    }

    /// Finds messages in all that the store has seen; `told` hears how many are yet to be put into the index first.
    pub async fn search(&self, request: SearchRequest, told: impl FnMut(u64)) -> Result<Found, Failure> {
        search::search(self, request, told).await
    }

    /// The searches that are kept, by name.
    pub async fn saved_searches(&self) -> Result<Vec<SavedSearch>, Failure> {
        search::saved(self).await
    }

    /// The search that is kept under that name.
    pub async fn saved_search(&self, name: &str) -> Result<SavedSearch, Failure> {
        search::saved_as(self, name).await
    }

    /// Keeps a search, in the place of one of its name.
    pub async fn save_search(&self, search: &SavedSearch) -> Result<(), Failure> {
        search::save(self, search).await
    }

    /// Forgets the search of that name.
    pub async fn forget_search(&self, name: &str) -> Result<(), Failure> {
        search::forget(self, name).await
    }
}
