//! The undo journal: what changes of rows replaced, written before they are made. Owns the table `replaced` and how
//! much of it is kept; puts nothing back.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Store;
use super::changes::version;
use super::error::StoreError;
use super::pending::Pending;
use super::rows::{count, millis};
use crate::domain::{ChannelName, Replaced, RowId, SourceId, Timestamp, Version};

/// What became of a change that the journal told of beforehand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JournalOutcome {
    /// It was made. The row, where it is newly known.
    Made(Option<RowId>),
    /// Nothing was changed: the entry goes.
    Nothing,
}

/// So many entries at most.
const ROWS: u64 = 10_000;
/// And so many bytes of names and texts.
const BYTES: u64 = 64 << 20;
/// The newest are kept however large they are.
const ALWAYS: u64 = 100;
/// How many are looked at at a time when room is made.
const CHUNK: u64 = 512;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT n, channel, source, row_id, at_ms, certain, undone, was_name, was_content, became_name,
                    became_content
             FROM replaced ",
            $rest
        )
    };
}

pub(super) const NEWEST_OF: &str = select!("WHERE channel = ?1 AND source = ?2 ORDER BY n DESC LIMIT ?3");
pub(super) const SINCE: &str = select!("WHERE channel = ?1 AND source = ?2 AND n > ?3 ORDER BY n");
pub(super) const OLDEST: &str = "SELECT n, size FROM replaced ORDER BY n LIMIT ?1";
const SIZE: &str = "SELECT count(*), ifnull(sum(size), 0) FROM replaced";

impl Store {
    /// Writes what is going to be replaced, in one commit, and answers the entries' numbers in that order. Whether the
    /// changes are made is not certain yet. The oldest entries go where there are too many.
    pub fn journal(&self, entries: &[Replaced]) -> Pending<Vec<i64>> {
        let entries = entries.to_vec();
        self.ask(move |database| {
            database.write(|tx, _| {
                let numbers = entries.iter().map(|entry| insert(tx, entry)).collect::<Result<_, _>>()?;
                make_room(tx)?;
                Ok(numbers)
            })
        })
    }

    /// Says what became of the changes behind entries, in one commit. An entry that is gone meanwhile is passed over.
    pub fn journal_settle(&self, traces: Vec<(i64, JournalOutcome)>) -> Pending<()> {
        self.ask(move |database| {
            database.write(|tx, _| {
                for (n, trace) in &traces {
                    match trace {
                        JournalOutcome::Made(row) => {
                            let sql = "UPDATE replaced SET certain = 1, row_id = ifnull(?2, row_id) WHERE n = ?1";
                            tx.prepare_cached(sql)?.execute(params![n, row.as_ref().map(RowId::as_str)])?;
                        }
                        JournalOutcome::Nothing => {
                            tx.prepare_cached("DELETE FROM replaced WHERE n = ?1")?.execute([n])?;
                        }
                    }
                }
                Ok(())
            })
        })
    }

    /// The journal of a source, newest first.
    pub fn journal_of(&self, channel: &ChannelName, source: &SourceId, limit: usize) -> Pending<Vec<Replaced>> {
        let (channel, source) = (channel.clone(), source.clone());
        self.ask(move |database| {
            let mut query = database.read().prepare_cached(NEWEST_OF)?;
            let rows = query.query_map(params![channel.as_str(), source.as_str(), count(limit)], entry)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The entries of a source's journal that came after one, oldest first.
    pub fn journal_since(&self, channel: &ChannelName, source: &SourceId, n: i64) -> Pending<Vec<Replaced>> {
        let (channel, source) = (channel.clone(), source.clone());
        self.ask(move |database| {
            let mut query = database.read().prepare_cached(SINCE)?;
            let rows = query.query_map(params![channel.as_str(), source.as_str(), n], entry)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// One entry of the journal.
    pub fn journal_entry(&self, n: i64) -> Pending<Option<Replaced>> {
        self.ask(move |database| {
            Ok(database.read().prepare_cached(select!("WHERE n = ?1"))?.query_row([n], entry).optional()?)
        })
    }

    /// Says that an entry was put back. Where that gave its row a new id, the other entries of the row follow it.
    pub fn mark_undone(&self, n: i64, row: Option<&RowId>) -> Pending<()> {
        let row = row.cloned();
        self.ask(move |database| {
            database.write(|tx, _| {
                if let Some(row) = &row {
                    tx.prepare_cached(
                        "UPDATE replaced SET row_id = ?2
                         WHERE (channel, source, row_id) = (SELECT channel, source, row_id FROM replaced WHERE n = ?1)",
                    )?
                    .execute(params![n, row.as_str()])?;
                }
                tx.prepare_cached("UPDATE replaced SET undone = 1 WHERE n = ?1")?.execute([n])?;
                Ok(())
            })
        })
    }
}

fn insert(tx: &Transaction<'_>, entry: &Replaced) -> Result<i64, StoreError> {
    let Replaced { n: _, channel, source, row, was, became, certain, undone, at } = entry;
    let size = |version: &Option<Version>| version.as_ref().map_or(0, |v| v.name.len() + v.content.len());
    tx.prepare_cached(
        "INSERT INTO replaced (channel, source, row_id, at_ms, certain, undone, size, was_name, was_content,
                               became_name, became_content)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        channel.as_str(),
        source.as_str(),
        row.as_ref().map(RowId::as_str),
        millis(*at),
        certain,
        undone,
        count(size(was) + size(became)),
        was.as_ref().map(|v| &v.name),
        was.as_ref().map(|v| &v.content),
        became.as_ref().map(|v| &v.name),
        became.as_ref().map(|v| &v.content),
    ])?;
    Ok(tx.last_insert_rowid())
}

/// Deletes the oldest until what is left keeps to the limits. Afterwards, so that what was written counts.
fn make_room(tx: &Transaction<'_>) -> Result<(), StoreError> {
    let (mut rows, mut bytes) = size(tx)?;
    while rows > ALWAYS && (rows > ROWS || bytes > BYTES) {
        let mut query = tx.prepare_cached(OLDEST)?;
        let oldest = query.query_map([count(CHUNK.min(rows - ALWAYS))], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let oldest: Vec<(i64, i64)> = oldest.collect::<Result<_, _>>()?;
        let mut last = None;
        for (n, size) in oldest {
            if rows <= ROWS && bytes <= BYTES {
                break;
            }
            (rows, bytes, last) = (rows - 1, bytes.saturating_sub(size.unsigned_abs()), Some(n));
        }
        let Some(last) = last else { return Ok(()) };
        tx.prepare_cached("DELETE FROM replaced WHERE n <= ?1")?.execute([last])?;
    }
    Ok(())
}

fn size(conn: &Connection) -> Result<(u64, u64), StoreError> {
    let counted: (i64, i64) = conn.prepare_cached(SIZE)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((counted.0.unsigned_abs(), counted.1.unsigned_abs()))
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Replaced> {
    Ok(Replaced {
        n: row.get(0)?,
        channel: ChannelName::new(row.get::<_, String>(1)?),
        source: SourceId::new(row.get::<_, String>(2)?),
        row: row.get::<_, Option<String>>(3)?.map(RowId::new),
        was: version(row, 7, 8)?,
        became: version(row, 9, 10)?,
        certain: row.get(5)?,
        undone: row.get(6)?,
        at: Timestamp::from_millis(row.get(4)?),
    })
}
