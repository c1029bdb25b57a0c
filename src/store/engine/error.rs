//! What a database reports, and what of a row can't be read.

use rusqlite::ErrorCode;

/// An error of the database.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// One of SQLite.
    #[error(transparent)]
    Sqlite(rusqlite::Error),
    /// A query that was to answer a row answered none.
    #[error("no row was answered")]
    NoRow,
    /// What stands in a column is none of what can stand there.
    #[error("column {at} can't be read: {why}")]
    Unreadable {
        /// The column's place in the row, from 0 on.
        at: usize,
        /// What is wrong with it.
        why: String,
    },
}

/// What a call of the database comes to.
pub(in crate::store) type Result<T, E = EngineError> = std::result::Result<T, E>;

impl EngineError {
    /// Of a column in which something else stands than can.
    pub(in crate::store) fn unreadable(at: usize, why: impl Into<String>) -> Self {
        Self::Unreadable { at, why: why.into() }
    }

    /// SQLite's code, where it is one of SQLite.
    pub(in crate::store) fn sqlite_code(&self) -> Option<ErrorCode> {
        match self {
            Self::Sqlite(error) => error.sqlite_error_code(),
            Self::NoRow | Self::Unreadable { .. } => None,
        }
    }

    /// Whether a row breaks a rule of its table.
    pub(in crate::store) fn is_constraint(&self) -> bool {
        self.sqlite_code() == Some(ErrorCode::ConstraintViolation)
    }

    /// Whether what is wrong is what was asked or what is kept, so that asking again comes to the same.
    pub(in crate::store) fn is_lasting(&self) -> bool {
        matches!(self.sqlite_code(), None | Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch))
    }

    /// Whether it was ended from another thread.
    pub(in crate::store) fn is_interrupted(&self) -> bool {
        self.sqlite_code() == Some(ErrorCode::OperationInterrupted)
    }
}

impl From<rusqlite::Error> for EngineError {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::QueryReturnedNoRows => Self::NoRow,
            error => Self::Sqlite(error),
        }
    }
}

/// What a query that may answer no row comes to.
pub(in crate::store) trait OptionalExtension<T> {
    /// None where it answered none.
    fn optional(self) -> Result<Option<T>>;
}

impl<T> OptionalExtension<T> for Result<T> {
    fn optional(self) -> Result<Option<T>> {
        match self {
            Ok(row) => Ok(Some(row)),
            Err(EngineError::NoRow) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
