//! What a command asks for where a data source is a folder, and what it is told. Below the operations, which fill it in.

use tokio::sync::{mpsc, watch};

use crate::domain::{Failure, Hunk, Kind, RowId, Source};

/// How far a long work is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// The rows are being listed; so many are known.
    Listed(usize),
    /// Rows are being read.
    Read {
        /// So many are.
        done: usize,
        /// Of so many.
        of: usize,
    },
    /// Rows are being changed.
    Changed {
        /// So many are.
        done: usize,
        /// Of so many.
        of: usize,
    },
    /// The platform syncs.
    Syncing,
}

/// What a long work is given: where it tells how far it is, and whether it shall stop.
#[derive(Debug, Clone)]
pub struct Watch {
    /// Told of the progress; nobody has to listen.
    pub to: mpsc::UnboundedSender<Progress>,
    /// Once it says so nothing more is begun.
    pub cancelled: watch::Receiver<bool>,
}

/// A row or a file about which there is something to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowReport {
    /// The file, below the folder. Untrusted text.
    pub path: Option<String>,
    /// The row's name. Untrusted text.
    pub name: String,
    /// The row.
    pub id: Option<RowId>,
    /// What.
    pub why: String,
}

/// What came of a pull.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pulled {
    /// How many rows the source has.
    pub total: usize,
    /// Files written.
    pub written: usize,
    /// Files moved, since their rows have other names.
    pub moved: usize,
    /// Files removed, since their rows are gone.
    pub removed: usize,
    /// Files that said the same already.
    pub unchanged: usize,
    /// Files that were left as they are, since both sides changed, or since something stands in their way.
    pub conflicts: Vec<RowReport>,
    /// How many of these can't be read.
    pub unreadable: usize,
    /// How many of these something else stands in the way of.
    pub blocked: usize,
    /// Files that were left as they are, and why.
    pub kept: Vec<RowReport>,
    /// Why it ended before its end; what was done is remembered, and the next one goes on from there.
    pub stopped: Option<Failure>,
}

/// How a push is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each wish, in any mixture")]
pub struct PushOptions {
    /// Rows whose files were deleted are deleted.
    pub prune: bool,
    /// Nothing is changed; what would be is told.
    pub dry_run: bool,
    /// A sync is begun afterwards, and waited for.
    pub sync: bool,
    /// The folder is right, whatever stands on the platform and whatever version the folder is at.
    pub overwrite: bool,
    /// Files that can't be pushed don't keep the others from it.
    pub keep_going: bool,
    /// So many deletions are what the user wants, though they are more than half of the rows.
    pub yes: bool,
}

/// How an import is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportOptions {
    /// What rows of these names say is replaced.
    pub update: bool,
    /// Files that can't be read don't keep the others from it.
    pub keep_going: bool,
}

/// What came of a push, or would.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pushed {
    /// What was done, row by row; with a dry run, what would be.
    pub done: Vec<RowReport>,
    /// Rows made.
    pub created: usize,
    /// Rows whose text was replaced.
    pub updated: usize,
    /// Rows that got another name, and perhaps another text.
    pub renamed: usize,
    /// Rows deleted.
    pub deleted: usize,
    /// Rows that were already as they are to be.
    pub unchanged: usize,
    /// Rows that were left, since both sides changed.
    pub conflicts: Vec<RowReport>,
    /// Rows that were left, since the folder is at another version than the one that they were last pushed from.
    pub older: Vec<RowReport>,
    /// Rows that were left, and why.
    pub kept: Vec<RowReport>,
    /// What stands in the folder and is no row, and why.
    pub passed: Vec<RowReport>,
    /// Rows and files that could not be changed or read, and why.
    pub failed: Vec<RowReport>,
    /// What the first that counts of these failed of.
    pub cause: Option<Failure>,
    /// How many rows would be deleted of how many, where that has to be asked for first; nothing was done then.
    pub ask: Option<(usize, usize)>,
    /// Rows that were not begun.
    pub left: usize,
    /// The source after the sync that was asked for.
    pub synced: Option<Source>,
    /// Why it ended before its end.
    pub stopped: Option<Failure>,
}

impl Pushed {
    /// Notes what a row failed of. What stops all rows counts more than what is wrong with one.
    pub(in crate::runtime) fn because_of(&mut self, failure: Failure) {
        if self.cause.as_ref().is_none_or(|cause| cause.kind == Kind::Invalid && failure.kind != Kind::Invalid) {
            self.cause = Some(failure);
        }
    }

    /// Whether every row that was to be changed was.
    pub const fn is_clean(&self) -> bool {
        self.stopped.is_none() && self.failed.is_empty() && self.conflicts.is_empty() && self.older.is_empty()
    }

    /// How many rows were changed.
    pub const fn changed(&self) -> usize {
        self.created + self.updated + self.renamed + self.deleted
    }
}

/// How a folder and its source differ.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Differences {
    /// By path.
    pub all: Vec<Difference>,
    /// Files that can't be read or pushed, and why.
    pub failed: Vec<RowReport>,
}

/// One difference between folder and source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The file, below the folder. Untrusted text.
    pub path: Option<String>,
    /// The row's name, afterwards. Untrusted text.
    pub name: String,
    /// The row's name now, where it is another. Untrusted text.
    pub was: Option<String>,
    /// The row.
    pub id: Option<RowId>,
    /// What it is.
    pub change: Changed,
    /// From the row's text to the file's.
    pub hunks: Vec<Hunk>,
}

/// What a difference is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// A push makes the row.
    Created,
    /// A push replaces its text.
    Updated,
    /// A push gives it another name, and perhaps another text.
    Renamed,
    /// A push with `--prune` deletes it.
    Deleted,
    /// Both sides changed: a push leaves it.
    Conflict,
    /// Nobody changed the row; the folder is at another version than when it was last pushed or pulled.
    Older,
    /// It was changed on the platform: a pull brings it.
    ChangedThere,
    /// It was given another name on the platform: a pull moves the file.
    RenamedThere,
    /// It was made on the platform: a pull brings it.
    CreatedThere,
    /// It was deleted on the platform: a pull removes the file.
    DeletedThere,
}

impl Changed {
    /// The word of the JSON document.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Renamed => "renamed",
            Self::Deleted => "deleted",
            Self::Conflict => "conflict",
            Self::Older => "older",
            Self::ChangedThere => "changed_there",
            Self::RenamedThere => "renamed_there",
            Self::CreatedThere => "created_there",
            Self::DeletedThere => "deleted_there",
        }
    }

    /// In words, for a person.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Created => "new here: a push makes the row",
            Self::Updated => "changed here",
            Self::Renamed => "renamed here",
            Self::Deleted => "deleted here: a push with --prune deletes the row",
            Self::Conflict => "conflict: changed here and on the platform",
            Self::Older => {
                "this folder is at another version (a revert, an older tag, another branch) than the one last pushed: \
                 push --overwrite makes the platform what it says, pull --overwrite brings what stands there"
            }
            Self::ChangedThere => {
                "changed on the platform: a pull brings it, push --overwrite puts this folder's back"
            }
            Self::RenamedThere => "renamed on the platform: a pull moves the file",
            Self::CreatedThere => "new on the platform: a pull brings it",
            Self::DeletedThere => "deleted on the platform: a pull removes the file",
        }
    }
}
