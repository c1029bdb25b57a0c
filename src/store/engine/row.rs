//! A row that a query answers.

use rusqlite::types::{FromSql, FromSqlError, ValueRef};

use super::error::{EngineError, Result};

/// A row, while its query stands at it.
pub(in crate::store) enum Row<'r> {
    /// One of SQLite.
    Sqlite(&'r rusqlite::Row<'r>),
}

impl Row<'_> {
    /// What stands in a column, from 0 on.
    pub(in crate::store) fn get<T: FromSql>(&self, at: usize) -> Result<T> {
        match self {
            Self::Sqlite(row) => Ok(row.get(at)?),
        }
    }

    /// The bytes in a column, where they stand.
    pub(in crate::store) fn bytes(&self, at: usize) -> Result<&[u8]> {
        let value = match self {
            Self::Sqlite(row) => row.get_ref(at)?,
        };
        match value {
            ValueRef::Blob(bytes) => Ok(bytes),
            _ => Err(EngineError::unreadable(at, FromSqlError::InvalidType.to_string())),
        }
    }
}
