//! What can go wrong with a folder, and how a user is told.

use std::io;
use std::path::{Path, PathBuf};

use super::manifest::ManifestError;
use crate::domain::{Failure, Kind};

/// A folder, or a file in it, that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The system refused.
    #[error("{} can't be {what}: {source}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// What was to be done with it.
        what: &'static str,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A file that isn't text.
    #[error("{} is not {encoding}: byte {at} begins no character", path.display())]
    NotText {
        /// Which one.
        path: PathBuf,
        /// What its first bytes say it is.
        encoding: &'static str,
        /// The first byte that can't be read, from 0.
        at: usize,
    },
    /// Two files of one name, but for their endings.
    #[error("{} and {} would both be one row", path.display(), other.display())]
    Twice {
        /// The one that is left.
        path: PathBuf,
        /// The one that is the row.
        other: PathBuf,
    },
    /// More than is taken.
    #[error("{} is larger than {most} MB", path.display())]
    Large {
        /// The file, or the folder.
        path: PathBuf,
        /// The bound, in megabytes.
        most: u64,
    },
    /// Something stands in the way of a file: a link, or something that is neither file nor folder.
    #[error("{} is {what}, so nothing was written through it", path.display())]
    InTheWay {
        /// What stands there.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// The manifest is not what the program writes.
    #[error("{} can't be read: {why}", path.display())]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// Why.
        why: ManifestError,
    },
    /// The folder is another source's.
    #[error("{} holds the source {source_id} of channel {channel}, not this one", path.display())]
    Another {
        /// The folder.
        path: PathBuf,
        /// Whose channel it is.
        channel: String,
        /// Whose source it is.
        source_id: String,
    },
    /// Another process is at it.
    #[error("another pull or push is at work in {}", path.display())]
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// A line of a JSON lines file.
    #[error("{} line {line}: {why}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Which, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
}

impl FolderError {
    /// For `map_err`: what was to be done with which file.
    pub(super) fn file(path: &Path, what: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, what, source }
    }
}

impl From<FolderError> for Failure {
    fn from(error: FolderError) -> Self {
        let (kind, hint) = match &error {
            FolderError::File { source, .. } if source.kind() == io::ErrorKind::NotFound => (Kind::Invalid, ""),
            FolderError::File { .. } => (Kind::Failed, ""),
            FolderError::NotText { .. } => (Kind::Invalid, "Rows are text: save the file as UTF-8, or move it away."),
            FolderError::Twice { .. } => (Kind::Invalid, "Rename one of them."),
            FolderError::Large { .. } => (Kind::Invalid, "Split it, or move it away."),
            FolderError::InTheWay { .. } => (Kind::Invalid, "Move it away, or use another folder."),
            FolderError::Manifest { why: ManifestError::Conflicted(_), .. } => (
                Kind::Invalid,
                "Your files are untouched. Keep the lines of both sides and take the marks out; `.patchcord.json \
                 merge=union` in .gitattributes has git do that. Or move it away and pull: what is alike finds together again.",
            ),
            FolderError::Manifest { .. } => (
                Kind::Invalid,
                "Your files are untouched. Mend it; or move it away and pull: what is alike finds together again.",
            ),
            FolderError::Another { .. } => (
                Kind::Invalid,
                "Use another folder; or move its .patchcord.json away, and its files become this source's.",
            ),
            FolderError::Busy { .. } => (Kind::Failed, "Wait until it has ended."),
            FolderError::Line { .. } => {
                (Kind::Invalid, "Nothing was changed. Each line is an object: {\"name\":\"…\",\"content\":\"…\"}.")
            }
        };
        let failure = Self::new(kind, error.to_string());
        if hint.is_empty() { failure } else { failure.hint(hint) }
    }
}
