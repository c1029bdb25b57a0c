//! A data source as a folder, as one file of JSON lines, and from texts: what a command asks for. What it is told stands
//! in `report`.

pub(super) mod report;

use std::path::{Path, PathBuf};

use super::{Runtime, operations};
use crate::domain::{Failure, SourceId};
pub use report::{
    Changed, Difference, Differences, ImportOptions, Progress, Pulled, PushOptions, Pushed, RowReport, Watch,
};

impl Runtime {
    /// Brings a source's rows into a folder, one file each. An edit made there is kept unless told to overwrite it.
    ///
    /// # Errors
    ///
    /// Where the folder can't be read or belongs to another source, or the list of rows can't be had. What fails
    /// later stands in [`Pulled::stopped`].
    pub async fn pull(
        &self,
        source: &SourceId,
        folder: &Path,
        overwrite: bool,
        watch: Watch,
    ) -> Result<Pulled, Failure> {
        operations::folder::pull(self, source, folder, overwrite, watch).await
    }

    /// How a folder and its source differ, read whole from both.
    ///
    /// # Errors
    ///
    /// Where the folder can't be read, or the source can't be read whole.
    pub async fn difference(&self, source: &SourceId, folder: &Path, watch: Watch) -> Result<Differences, Failure> {
        operations::folder::difference(self, source, folder, watch).await
    }

    /// Makes the source what the folder is: changes what was changed here, and leaves what somebody else changed.
    ///
    /// # Errors
    ///
    /// Where the folder can't be read, or the source can't. What fails of single rows, and why it ended early, stands
    /// in [`Pushed`].
    pub async fn push(
        &self,
        source: &SourceId,
        folder: &Path,
        options: PushOptions,
        watch: Watch,
    ) -> Result<Pushed, Failure> {
        operations::folder::push(self, source, folder, options, watch).await
    }

    /// All rows of a source as JSON lines.
    ///
    /// # Errors
    ///
    /// Where the source can't be read whole.
    pub async fn export_rows(&self, source: &SourceId, watch: Watch) -> Result<String, Failure> {
        operations::folder::export(self, source, watch).await
    }

    /// Makes rows of files: of JSON lines, markdown, text and HTML, and of folders of these. Rows of that name are
    /// refused, or updated.
    ///
    /// # Errors
    ///
    /// Where a file can't be read, or the source can't. What fails of single rows stands in [`Pushed`].
    pub async fn import_rows(
        &self,
        source: &SourceId,
        files: &[PathBuf],
        options: ImportOptions,
        watch: Watch,
    ) -> Result<Pushed, Failure> {
        operations::folder::import(self, source, files, options, watch).await
    }
}
