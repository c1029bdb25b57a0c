//! What can still be read of a database that is damaged, or that lies beside the one in use, carried over to this one.
//! Owns what is told of it; what is carried over twice is there once.
//!
//! `image` gives pages, `btree` rows, `tables` knows whose they are, and `merge` finds them a place, `unfiled` what waits for
//! its tables; `whole` has the deliveries' rows leave out nothing. The old file is only
//! read. It need not be one that SQLite would open.

mod btree;
mod image;
mod merge;
mod tables;
mod whole;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};

use self::image::Image;
use self::merge::Belief;
use super::disk::{create_private, sidecar};
use super::error::StoreError;

/// What was carried over of one kind of row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// The table, as the database names it.
    pub table: &'static str,
    /// So many were read.
    pub found: u64,
    /// So many of them were not there already.
    pub added: u64,
    /// So many are named by an index and could not be read.
    pub missing: u64,
}

/// What came over from an old file, and what did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Salvaged {
    /// The file that was read.
    pub file: PathBuf,
    /// Its pages, those of its log included.
    pub pages: u64,
    /// So many of them should hold rows, and could not be read.
    pub unread: u64,
    /// So many rows stand in pages that could be read, and could not be read themselves.
    pub broken: u64,
    /// By kind.
    pub tables: Vec<Carried>,
}

/// What a person is told of: the table and its rows' words, one and many.
const ROW_WORDS: [(&str, &str, &str); 9] = [
    ("conversations", "conversation", "conversations"),
    ("messages", "message", "messages"),
    ("deliveries", "webhook", "webhooks"),
    ("turns", "message of the outbox", "messages of the outbox"),
    ("requests", "data request", "data requests"),
    ("drafts", "draft", "drafts"),
    ("changes", "staged change", "staged changes"),
    ("replaced", "entry of the journal", "entries of the journal"),
    ("searches", "kept search", "kept searches"),
];

impl Salvaged {
    /// Whether all that the file held was read, as far as can be told.
    pub fn is_whole(&self) -> bool {
        self.unread == 0 && self.broken == 0 && self.tables.iter().all(|table| table.missing == 0)
    }

    /// What was found, in words: "12 conversations, 340 messages".
    pub fn found(&self) -> String {
        self.listed(|table| table.found)
    }

    /// What was not there already, in words.
    pub fn added(&self) -> String {
        self.listed(|table| table.added)
    }

    /// What could not be read, in words; none where nothing is known to be lost.
    pub fn lost(&self) -> Option<String> {
        let missing = self.listed(|table| table.missing);
        let mut lost: Vec<String> = (missing != NOTHING).then_some(missing).into_iter().collect();
        lost.extend((self.broken > 0).then(|| counted(self.broken, "broken row", "broken rows")));
        lost.extend((self.unread > 0).then(|| counted(self.unread, "page", "pages")));
        (!lost.is_empty()).then(|| format!("{} could not be read", lost.join(", ")))
    }

    fn listed(&self, many: impl Fn(&Carried) -> u64) -> String {
        let words = ROW_WORDS.iter().filter_map(|(table, one, more)| {
            let carried = self.tables.iter().find(|carried| carried.table == *table)?;
            (many(carried) > 0).then(|| counted(many(carried), one, more))
        });
        let words: Vec<String> = words.collect();
        if words.is_empty() { NOTHING.to_owned() } else { words.join(", ") }
    }
}

const NOTHING: &str = "nothing";

fn counted(n: u64, one: &str, more: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { more })
}

/// Reads all that there is of a file and puts it into an open database. `apart` is a name for a file in between; nothing
/// that waited in the old file's outbox is believed to wait still unless its part of the file is whole and `left` says
/// that nobody used it since.
pub(super) fn salvage(
    conn: &mut Connection,
    old: &Path,
    log: &Path,
    apart: &Path,
    left: bool,
) -> Result<Salvaged, StoreError> {
    let mut image = Image::open(old, log).map_err(StoreError::file(old))?;
    let (extract, counts) = beside(conn, apart, |conn| {
        let tx = conn.transaction()?;
        let extract = tables::extract(&tx, &mut image)?;
        tx.commit()?;
        let belief = if left && extract.is_whole() { Belief::Whole } else { Belief::Doubtful };
        Ok((extract, merged(conn, belief)?))
    })?;
    // They stand in other tables here.
    let heads = extract.missing.get(whole::HEADS).copied().unwrap_or(0);
    let tables = counts.into_iter().map(|(table, (found, added))| Carried {
        table,
        found,
        added,
        missing: extract.missing.get(table).copied().unwrap_or(0),
    });
    Ok(Salvaged {
        file: old.to_owned(),
        pages: extract.pages,
        unread: extract.unread,
        broken: extract.broken + heads,
        tables: tables.collect(),
    })
}

/// The same of a whole database of this schema, which is a file of its own and may be changed: it says how many rows were
/// not here already.
pub(super) fn join(conn: &mut Connection, whole: &Path) -> Result<u64, StoreError> {
    conn.execute("ATTACH ?1 AS s", [whole.to_string_lossy()])?;
    let merged = merged(conn, Belief::Whole);
    conn.flush_prepared_statement_cache();
    conn.execute_batch("DETACH s")?;
    Ok(merged?.values().map(|(_, added)| added).sum())
}

fn merged(conn: &mut Connection, belief: Belief) -> Result<merge::Counts, StoreError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let counts = merge::merge(&tx, belief)?;
    tx.commit()?;
    Ok(counts)
}

/// Does something with an empty database `s` attached, whose file is gone afterwards.
fn beside<T>(
    conn: &mut Connection,
    apart: &Path,
    work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let clear = || {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            let _ = std::fs::remove_file(sidecar(apart, suffix));
        }
    };
    clear();
    create_private(apart).map_err(StoreError::file(apart))?;
    let worked = (|| {
        conn.execute("ATTACH ?1 AS s", [apart.to_string_lossy()])?;
        conn.execute_batch("PRAGMA s.journal_mode = OFF; PRAGMA s.synchronous = OFF")?;
        work(conn)
    })();
    conn.flush_prepared_statement_cache();
    let detached = conn.execute_batch("DETACH s");
    clear();
    let worked = worked?;
    detached?;
    Ok(worked)
}
