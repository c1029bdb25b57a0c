//! The runtime's face for whole conversations as files: out, and back into an archive.

use std::path::Path;

use super::Runtime;
use super::operations::{export, import};
use crate::domain::{ChannelName, Failure};

pub use super::operations::export::{ExportRequest, Exported, Which};
pub use super::operations::export_text::ExportedText;
pub use super::operations::import::Took;
pub use crate::app::{Gathering, Taking};

/// Whole conversations.
impl Runtime {
    /// Fetches every page of the conversations that are asked for, tells `on` how far it has come, and writes them:
    /// whole, or not at all.
    ///
    /// # Errors
    ///
    /// `Kind::Invalid` where the output can't be, `Kind::Failed` where it can't be written, and what a call
    /// failed of. Then nothing is there.
    pub async fn export(
        &self,
        request: ExportRequest,
        on: &mut (dyn FnMut(Gathering) + Send),
    ) -> Result<Exported, Failure> {
        export::export(self, request, on).await
    }

    /// Puts a file of exported lines, `-` for standard input, into an archive, which is made if need be. The same again
    /// changes nothing. Tells `on` how far it has come.
    ///
    /// # Errors
    ///
    /// `Kind::Invalid` with file and line where it can't be read, or the archive's name is none; and where the
    /// store can't be written.
    pub async fn import(
        &self,
        file: &Path,
        archive: &ChannelName,
        on: &mut (dyn FnMut(Taking) + Send),
    ) -> Result<Took, Failure> {
        import::import(self, file, archive, on).await
    }
}
