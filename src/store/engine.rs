//! What the store's tables stand in, as all that reads and writes them sees it: a connection, a transaction, a statement and
//! a row, whatever keeps them. Knows no table. What only files have is asked of [`Connection::sqlite`].
//!
//! Values go in and come out by the vocabulary of `rusqlite`; a number in a statement (`?1`) is a parameter's place.

mod error;
mod params;
mod row;
mod statement;

use std::ops::Deref;

use rusqlite::TransactionBehavior;

pub use error::EngineError;
pub(super) use error::{OptionalExtension, Result};
pub(super) use params::{Params, params};
pub(super) use row::Row;
pub(super) use statement::Statement;

/// An open connection.
pub(super) enum Connection {
    /// To a file.
    Sqlite(rusqlite::Connection),
}

impl Connection {
    /// The connection to the file.
    pub(super) fn sqlite(&self) -> &rusqlite::Connection {
        match self {
            Self::Sqlite(conn) => conn,
        }
    }

    /// The same, to change what is attached to it.
    pub(super) fn sqlite_mut(&mut self) -> &mut rusqlite::Connection {
        match self {
            Self::Sqlite(conn) => conn,
        }
    }

    /// A statement, which is kept for the next time that it is asked for.
    pub(super) fn prepare_cached(&self, sql: &str) -> Result<Statement<'_>> {
        match self {
            Self::Sqlite(conn) => Ok(Statement::Sqlite(conn.prepare_cached(sql)?, conn)),
        }
    }

    /// Runs a statement; how many rows it changed.
    pub(super) fn execute(&self, sql: &str, params: impl Params) -> Result<usize> {
        self.prepare_cached(sql)?.execute(params)
    }

    /// The first row that a statement answers; [`EngineError::NoRow`] where it answers none.
    pub(super) fn query_row<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        self.prepare_cached(sql)?.query_row(params, read)
    }

    /// Begins to read: all of it is of one moment.
    pub(super) fn read_transaction(&self) -> Result<Transaction<'_>> {
        self.begin(TransactionBehavior::Deferred)
    }

    /// Begins to write: nobody else writes until it ends.
    pub(super) fn write_transaction(&self) -> Result<Transaction<'_>> {
        self.begin(TransactionBehavior::Immediate)
    }

    /// Begins to read what is to be written afterwards, and keeps nobody from writing meanwhile: who did so is seen where it
    /// is written, and ends it.
    pub(super) fn late_write_transaction(&self) -> Result<Transaction<'_>> {
        self.begin(TransactionBehavior::Deferred)
    }

    /// Whether who reads sees one moment while others write.
    pub(super) fn reads_beside_writes(&self) -> Result<bool> {
        match self {
            Self::Sqlite(conn) => {
                let mode: String = conn.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
                Ok(mode == "wal")
            }
        }
    }

    fn begin(&self, behavior: TransactionBehavior) -> Result<Transaction<'_>> {
        let open = match self {
            Self::Sqlite(conn) => rusqlite::Transaction::new_unchecked(conn, behavior)?,
        };
        Ok(Transaction { conn: self, open })
    }
}

/// A transaction. What was written in it is taken back where it isn't committed.
pub(super) struct Transaction<'c> {
    conn: &'c Connection,
    open: rusqlite::Transaction<'c>,
}

impl Transaction<'_> {
    /// Whether the engine has ended it by itself, as some errors make it do: nothing of it is written.
    pub(super) fn is_over(&self) -> bool {
        self.open.is_autocommit()
    }

    /// Commits it: what was written is kept from now on.
    pub(super) fn commit(self) -> Result<()> {
        Ok(self.open.commit()?)
    }
}

impl Deref for Transaction<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.conn
    }
}
