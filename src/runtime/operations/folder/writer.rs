//! Files that a pull writes, beside its reading: those that come while a disk is waited for are written together, so that
//! many rows wait for it once. Owns how many are on their way.

use std::fs::File;
use std::io;
use std::sync::Arc;

use tokio::task::JoinHandle;

use crate::domain::{Failure, Kind};
use crate::folder::{DigestedText, Fetch, Folder, FolderError, RowPath};

/// So many rows wait at most.
const MOST: usize = 512;
/// So many bytes of theirs do.
const BYTES: usize = 16 << 20;

/// A row that is to be written.
pub(super) struct Settled {
    pub(super) fetch: Fetch,
    pub(super) there: DigestedText,
}

/// What became of it.
pub(super) type Written = (Settled, Result<(), FolderError>);

pub(super) struct Writer {
    folder: Arc<Folder>,
    waiting: Vec<Settled>,
    bytes: usize,
    work: Option<JoinHandle<Vec<Written>>>,
}

impl Writer {
    pub(super) fn new(folder: &Arc<Folder>) -> Self {
        Self { folder: Arc::clone(folder), waiting: Vec::new(), bytes: 0, work: None }
    }

    /// Has a row written as soon as those before it are.
    pub(super) fn add(&mut self, row: Settled) {
        self.bytes += row.there.content.len();
        self.waiting.push(row);
    }

    /// Whether no more should be added before some were written.
    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= MOST || self.bytes >= BYTES
    }

    /// Whether anything is on its way.
    pub(super) fn is_busy(&self) -> bool {
        self.work.is_some() || !self.waiting.is_empty()
    }

    /// Writes what waits, and answers what was written; waits for ever where nothing is to be. Whoever drops the future
    /// loses nothing.
    pub(super) async fn written(&mut self) -> Result<Vec<Written>, Failure> {
        if self.work.is_none() && !self.waiting.is_empty() {
            let (rows, folder) = (std::mem::take(&mut self.waiting), Arc::clone(&self.folder));
            self.bytes = 0;
            self.work = Some(tokio::task::spawn_blocking(move || write(&folder, rows)));
        }
        let Some(work) = &mut self.work else { return std::future::pending().await };
        let written = work.await;
        self.work = None;
        written.map_err(|_| Failure::new(Kind::Failed, "Writing the files ended unexpectedly."))
    }
}

fn write(folder: &Folder, rows: Vec<Settled>) -> Vec<Written> {
    let files: Vec<(RowPath, &str)> =
        rows.iter().map(|row| (row.fetch.path.clone(), row.there.content.as_str())).collect();
    let written = folder.write_all(&files, sync_all);
    drop(files);
    rows.into_iter().zip(written).collect()
}

/// So many files are brought to the disk one by one; for more of them the whole file system is, at once.
#[cfg(target_os = "linux")]
const FEW: usize = 4;

fn sync_all(files: &[File]) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    if let [first, ..] = files
        && files.len() > FEW
    {
        return Ok(rustix::fs::syncfs(first)?);
    }
    files.iter().try_for_each(File::sync_all)
}
