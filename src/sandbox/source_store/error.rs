//! Why the store can't do as asked.

use std::io;

use super::super::actor::Stopping;

/// Why the store can't do as asked.
#[derive(Debug, thiserror::Error)]
pub(in crate::sandbox) enum SourceStoreError {
    #[error("data source not found")]
    NoSource,
    #[error("data source row not found")]
    NoRow,
    #[error("cursor is not the id of an item of this list")]
    NoCursor,
    #[error("a row stands in dataSourceRows twice")]
    Twice,
    #[error("there is already a sync in progress")]
    Syncing,
    #[error("the sandbox's journal: {0}")]
    Journal(#[from] io::Error),
    #[error(transparent)]
    Stopping(#[from] Stopping),
}
