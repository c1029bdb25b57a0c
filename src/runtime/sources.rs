//! The runtime's face for data sources and rows, as commands use it.

use tokio::sync::watch;

use super::Runtime;
use super::operations::{rows, sources, sync};
use crate::domain::{Failure, Page, PageRequest, Row, RowBody, RowId, Source, SourceId, SyncInterval, Version};

/// Data sources. A platform without any says so before anything is sent.
impl Runtime {
    /// One page of the channel's data sources.
    ///
    /// # Errors
    ///
    /// `Kind::Invalid` where the platform has no data sources; else what the call failed of.
    pub async fn sources(&self, page: &PageRequest) -> Result<Page<Source>, Failure> {
        sources::list(self, page).await
    }

    /// One data source.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::sources`].
    pub async fn source(&self, source: &SourceId) -> Result<Source, Failure> {
        sources::get(self, source).await
    }

    /// Makes an empty data source.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::sources`].
    pub async fn create_source(&self) -> Result<Source, Failure> {
        sources::create(self).await
    }

    /// Sets how often the platform syncs a source by itself; none for never.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::sources`].
    pub async fn set_interval(&self, source: &SourceId, interval: Option<&SyncInterval>) -> Result<Source, Failure> {
        sources::set_interval(self, source, interval).await
    }

    /// Deletes a source with all its rows.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::sources`].
    pub async fn delete_source(&self, source: &SourceId) -> Result<(), Failure> {
        sources::delete(self, source).await
    }

    /// Has the platform begin to sync a source.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::sources`].
    pub async fn sync(&self, source: &SourceId) -> Result<(), Failure> {
        sync::begin(self, source).await
    }

    /// The same, and waits for the end; `on` is told how it goes. A sync that is running already is followed instead.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::sources`]; `Kind::Failed` where the platform's sync fails.
    pub async fn sync_to_the_end(&self, source: &SourceId, on: &mut dyn FnMut(&Source)) -> Result<Source, Failure> {
        sync::to_the_end(self, source, on).await
    }

    /// One page of a source's rows, without their text.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::sources`].
    pub async fn rows(&self, source: &SourceId, page: &PageRequest) -> Result<Page<Row>, Failure> {
        sources::rows(self, source, page).await
    }

    /// One row's text and standing.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::sources`].
    pub async fn row(&self, source: &SourceId, row: &RowId) -> Result<RowBody, Failure> {
        sources::row(self, source, row).await
    }

    /// Adds a row, and tells its id where it was found. Once `cancelled` says so, nothing more is begun.
    ///
    /// # Errors
    ///
    /// What the change was refused for; `Kind::UnknownDelivery` where it may have been made all the same, and
    /// `Kind::Interrupted` where it was not begun.
    pub async fn add_row(
        &self,
        source: &SourceId,
        row: Version,
        cancelled: watch::Receiver<bool>,
    ) -> Result<Option<RowId>, Failure> {
        rows::add(self, source, row, cancelled).await
    }

    /// Changes a row's name, its text, or both; what isn't given stays as it is.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::add_row`]; `Kind::NotFound` where there is no such row, and `Kind::Failed` where
    /// somebody changed it at this moment.
    pub async fn update_row(
        &self,
        source: &SourceId,
        row: &RowId,
        name: Option<String>,
        content: Option<String>,
        cancelled: watch::Receiver<bool>,
    ) -> Result<(), Failure> {
        rows::update(self, source, row, name, content, cancelled).await
    }

    /// Deletes rows. The failure tells which of them are left.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::add_row`]; the gravest of what the rows failed of.
    pub async fn delete_rows(
        &self,
        source: &SourceId,
        rows: &[RowId],
        cancelled: watch::Receiver<bool>,
    ) -> Result<(), Failure> {
        rows::delete(self, source, rows, cancelled).await
    }
}
