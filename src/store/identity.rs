//! Whether the database that is open is the one that stands at its path. Knows no table.
//!
//! A file that is moved, replaced or deleted while it is open goes on taking writes under no name, and so does its log.
//! So a writer looks before it commits, and again before it says so; `gate` keeps our own processes from moving anything
//! between these two.

use std::path::{Path, PathBuf};

use super::disk::{NAME, sidecar};

/// The gate's file in the data directory.
pub(super) const GATE: &str = "patchcord.lock";

/// Which file stands at a path: its device and its number there.
pub(super) type FileNode = (u64, u64);

/// The files that an open database consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    main: PathBuf,
    /// The database, its log, the log's index, and the gate.
    pub(super) nodes: [Option<FileNode>; 4],
}

impl Identity {
    /// What stands there now.
    pub(super) fn at(dir: &Path) -> Self {
        let main = dir.join(NAME);
        let nodes =
            [node(&main), node(&sidecar(&main, "-wal")), node(&sidecar(&main, "-shm")), node(&dir.join(GATE))];
        Self { main, nodes }
    }

    /// Whether all of it still stands there.
    pub(super) fn is_in_place(&self) -> bool {
        self.main.parent().is_some_and(|dir| Self::at(dir).nodes == self.nodes)
    }

    /// Whether the database itself does, whatever became of the files beside it.
    pub(super) fn main_is_in_place(&self) -> bool {
        self.nodes[0].is_some() && node(&self.main) == self.nodes[0]
    }
}

/// Which file stands at that path; none where there is none.
#[cfg(unix)]
pub(super) fn node(path: &Path) -> Option<FileNode> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).ok().map(|meta| (meta.dev(), meta.ino()))
}

/// Elsewhere an open file can't be moved or deleted.
#[cfg(not(unix))]
pub(super) fn node(path: &Path) -> Option<FileNode> {
    path.exists().then_some((0, 0))
}
