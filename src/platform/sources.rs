//! What an adapter of a platform with data sources offers besides: the documents that its bot learns from.

use futures_util::future::BoxFuture;

use super::CallError;
use crate::domain::{Page, PageRequest, Row, RowBody, RowId, Source, SourceId, SyncInterval, Version};

/// The data sources of one channel. One attempt a call, as everywhere in an adapter.
///
/// Whether a call that changes several rows is done wholly or not at all is not known of any platform: after one that
/// failed, only reading tells. `add_rows` must not be repeated unseen: names need not be unique. The others may be.
pub trait Sources: Send + Sync {
    /// One page of the channel's sources.
    fn list<'a>(&'a self, page: &'a PageRequest) -> BoxFuture<'a, Result<Page<Source>, CallError>>;

    /// Makes an empty source.
    fn create(&self) -> BoxFuture<'_, Result<Source, CallError>>;

    /// One source.
    fn get<'a>(&'a self, source: &'a SourceId) -> BoxFuture<'a, Result<Source, CallError>>;

    /// Sets how often the platform syncs a source by itself; none for never.
    fn set_interval<'a>(
        &'a self,
        source: &'a SourceId,
        interval: Option<&'a SyncInterval>,
    ) -> BoxFuture<'a, Result<Source, CallError>>;

    /// Deletes a source with all its rows.
    fn delete<'a>(&'a self, source: &'a SourceId) -> BoxFuture<'a, Result<(), CallError>>;

    /// Has the platform begin to sync a source. Busy where a sync is running already, or the storage is used up.
    fn sync<'a>(&'a self, source: &'a SourceId) -> BoxFuture<'a, Result<(), CallError>>;

    /// One page of a source's rows, without their text.
    fn rows<'a>(&'a self, source: &'a SourceId, page: &'a PageRequest)
    -> BoxFuture<'a, Result<Page<Row>, CallError>>;

    /// One row's text and standing.
    fn row<'a>(&'a self, source: &'a SourceId, row: &'a RowId) -> BoxFuture<'a, Result<RowBody, CallError>>;

    /// Makes rows. Their ids are not told: the list has them.
    fn add_rows<'a>(&'a self, source: &'a SourceId, rows: &'a [Version]) -> BoxFuture<'a, Result<(), CallError>>;

    /// Replaces names and texts of rows.
    fn update_rows<'a>(
        &'a self,
        source: &'a SourceId,
        rows: &'a [(RowId, Version)],
    ) -> BoxFuture<'a, Result<(), CallError>>;

    /// Deletes rows.
    fn delete_rows<'a>(&'a self, source: &'a SourceId, rows: &'a [RowId]) -> BoxFuture<'a, Result<(), CallError>>;
}
