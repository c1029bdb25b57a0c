//! What can go wrong in the store, and how a user is told. Owns no recovery.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::domain::{ChangeId, Failure, Kind, MessageId, OutState, RequestId, RequestState, TurnId};

/// A failed call to the store. Cheap to clone: an open that failed is the answer to every later call.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The directory or a file in it can't be made, read or moved.
    #[error("{} can't be used", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        #[source]
        source: Arc<io::Error>,
    },
    /// A newer version of the program has been here.
    #[error("the database is of schema {found}, and this version of the program knows up to {known}")]
    Future {
        /// The database's schema.
        found: u32,
        /// The newest that this program knows.
        known: u32,
    },
    /// The linked SQLite has a bug that can damage databases.
    #[error("SQLite {0} is too old to be trusted with several processes")]
    OldSqlite(&'static str),
    /// The disk is full.
    #[error("the disk is full")]
    Full(#[source] Arc<rusqlite::Error>),
    /// Another process kept the database locked for too long.
    #[error("the database is in use by another process")]
    Busy(#[source] Arc<rusqlite::Error>),
    /// The database is damaged; whoever opens it next checks it, and carries over what can be read.
    #[error("the database is damaged")]
    Damaged(#[source] Arc<rusqlite::Error>),
    /// The database's file was moved, replaced or deleted meanwhile; what was asked is in the one that stands there now.
    #[error("the database's file was moved, replaced or deleted while it was in use")]
    Moved,
    /// The file system or the file takes no writes.
    #[error("the disk or the database's file is read-only")]
    ReadOnly(#[source] Arc<rusqlite::Error>),
    /// The disk failed, or refused: also a quota, and a limit on how large a file may be.
    #[error("the disk refuses to read or write the database")]
    Disk(#[source] Arc<rusqlite::Error>),
    /// Anything else that SQLite reports.
    #[error("the database reports an error")]
    Sqlite(#[source] Arc<rusqlite::Error>),
    /// There is no such turn.
    #[error("there is no message {0} in the outbox")]
    UnknownTurn(TurnId),
    /// A turn with that id was committed before.
    #[error("the message {0} is in the outbox already")]
    DuplicateTurn(TurnId),
    /// The outbox's states don't allow that step.
    #[error("a message that is {} can't become {}", from.as_str(), to.as_str())]
    Illegal {
        /// The turn.
        turn: TurnId,
        /// What it is.
        from: OutState,
        /// What it was to become.
        to: OutState,
    },
    /// Another process has that turn in hand.
    #[error("the message {0} is in another process's hands")]
    NotHolder(TurnId),
    /// The turn belongs to another conversation already.
    #[error("the message {0} belongs to another conversation")]
    Bound(TurnId),
    /// The turn belongs to no conversation yet, so it can be filed in none.
    #[error("the message {0} belongs to no conversation yet")]
    Unbound(TurnId),
    /// There is no such data request.
    #[error("there is no data request {0}")]
    UnknownRequest(RequestId),
    /// The states of data requests don't allow that step.
    #[error("a data request that is {} can't become {}", from.as_str(), to.as_str())]
    IllegalRequest {
        /// The data request.
        request: RequestId,
        /// What it is.
        from: RequestState,
        /// What it was to become.
        to: RequestState,
    },
    /// Another process has that data request in hand.
    #[error("the data request {0} is in another process's hands")]
    RequestInHand(RequestId),
    /// There is no such staged change.
    #[error("there is no staged change {0}")]
    UnknownChange(ChangeId),
    /// The change is being applied, so it can't be written, taken back or settled by anybody else.
    #[error("this change is being applied at the moment")]
    ChangeInHand(ChangeId),
    /// The states of changes don't allow that step.
    #[error("the change {0} is not being applied")]
    IllegalChange(ChangeId),
    /// A page was to be filed after a message that isn't stored: its history must be read again from the start.
    #[error("the message {0} that the page follows is not stored")]
    UnknownCursor(MessageId),
    /// A conversation can't be kept so.
    #[error("{0}")]
    Desk(&'static str),
    /// What was to be written is not to be after all.
    #[error("what was to be written was taken back")]
    TakenBack,
    /// A newer search followed before this one was done.
    #[error("a newer search followed")]
    Superseded,
    /// The store was closed, or its thread could not be started.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    /// What the user is told.
    pub fn failure(&self) -> Failure {
        let why = std::error::Error::source(self).map_or_else(String::new, |source| format!(": {source}"));
        let failure = Failure::new(Kind::Failed, format!("{self}{why}"));
        match self {
            // What was asked for can't be: nothing is wrong with the store.
            Self::Desk(_) => Failure::new(Kind::Invalid, self.to_string()),
            Self::File { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                failure.hint("Make room on the disk. What is in the store is kept.")
            }
            Self::File { .. } => failure.hint("Check who owns the data directory, or name another with --data-dir."),
            Self::Future { .. } => failure.hint("Use the newer version, or another --data-dir."),
            Self::Full(_) => failure.hint("Make room on the disk. What is in the store is kept."),
            Self::Busy(_) | Self::Moved => failure.hint("Try again."),
            Self::ReadOnly(_) => {
                failure.hint("Check how the disk is mounted and who owns the file, or name another --data-dir.")
            }
            Self::Disk(_) => {
                failure.hint("Check the disk, its quota, and the limit on the size of files (`ulimit -f`).")
            }
            Self::ChangeInHand(_) => failure.hint("It stays as it was staged. Wait for its end and try again."),
            Self::Damaged(_) => failure.hint(
                "Try again: the damaged file is kept, and what can be read of it is carried over to a new one.",
            ),
            _ => failure,
        }
    }

    /// Whether the same call may succeed a moment later: the disk has no room or fails, or another process is at work.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Full(_) | Self::Busy(_) | Self::File { .. } | Self::Moved | Self::ReadOnly(_) | Self::Disk(_) => {
                true
            }
            Self::Sqlite(error) => !matches!(
                error.sqlite_error_code(),
                None | Some(rusqlite::ErrorCode::ConstraintViolation | rusqlite::ErrorCode::TypeMismatch)
            ),
            _ => false,
        }
    }

    pub(super) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source: Arc::new(source) }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        let code = error.sqlite_error_code();
        let source = Arc::new(error);
        match code {
            Some(Code::DiskFull) => Self::Full(source),
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Self::Busy(source),
            Some(Code::DatabaseCorrupt | Code::NotADatabase) => Self::Damaged(source),
            Some(Code::ReadOnly) => Self::ReadOnly(source),
            Some(Code::SystemIoFailure) => Self::Disk(source),
            _ => Self::Sqlite(source),
        }
    }
}
