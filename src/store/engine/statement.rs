//! A statement, and the rows that it answers one after the other.

use super::error::{EngineError, Result};
use super::params::Params;
use super::row::Row;

/// A statement that can be run again and again.
pub(in crate::store) enum Statement<'c> {
    /// One of SQLite, and its connection.
    Sqlite(rusqlite::CachedStatement<'c>, &'c rusqlite::Connection),
}

impl Statement<'_> {
    /// Runs it; how many rows it changed.
    pub(in crate::store) fn execute(&mut self, params: impl Params) -> Result<usize> {
        match self {
            Self::Sqlite(statement, _) => Ok(statement.execute(params)?),
        }
    }

    /// Runs an `INSERT` of one row; its number `n`, or none where it is there already.
    pub(in crate::store) fn insert(&mut self, params: impl Params) -> Result<Option<i64>> {
        match self {
            Self::Sqlite(statement, conn) => Ok((statement.execute(params)? > 0).then(|| conn.last_insert_rowid())),
        }
    }

    /// The rows that it answers.
    pub(in crate::store) fn query(&mut self, params: impl Params) -> Result<Rows<'_>> {
        match self {
            Self::Sqlite(statement, _) => Ok(Rows::Sqlite(statement.query(params)?)),
        }
    }

    /// The same as what is read of each.
    pub(in crate::store) fn query_map<T, F: FnMut(&Row<'_>) -> Result<T>>(
        &mut self,
        params: impl Params,
        read: F,
    ) -> Result<MappedRows<'_, F>> {
        Ok(MappedRows { rows: self.query(params)?, read })
    }

    /// What is read of the first of them; [`EngineError::NoRow`] where there is none.
    pub(in crate::store) fn query_row<T>(
        &mut self,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        match self.query(params)?.next()? {
            Some(row) => read(&row),
            None => Err(EngineError::NoRow),
        }
    }

    /// Whether it answers any.
    pub(in crate::store) fn exists(&mut self, params: impl Params) -> Result<bool> {
        Ok(self.query(params)?.next()?.is_some())
    }
}

/// The rows that a query answers.
pub(in crate::store) enum Rows<'s> {
    /// Those of SQLite.
    Sqlite(rusqlite::Rows<'s>),
}

impl Rows<'_> {
    /// The next of them.
    pub(in crate::store) fn next(&mut self) -> Result<Option<Row<'_>>> {
        match self {
            Self::Sqlite(rows) => Ok(rows.next()?.map(Row::Sqlite)),
        }
    }
}

/// What is read of each row.
pub(in crate::store) struct MappedRows<'s, F> {
    rows: Rows<'s>,
    read: F,
}

impl<T, F: FnMut(&Row<'_>) -> Result<T>> Iterator for MappedRows<'_, F> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        let row = self.rows.next().transpose()?;
        Some(row.and_then(|row| (self.read)(&row)))
    }
}
