//! Parts of the index, as they stand in the database. Owns the tables `segments` and `postings`, and what a row of them
//! holds. A segment is written once and never changed.
//!
//! ```text
//!     segment << 20 | first term         lists: from term to term, how long each is, which messages have it
//!     segment << 20 | ENTRIES + part     number and row of each message, in the order of the numbers
//!     segment << 20 | PLACES + part      the conversation of each
//! ```

use std::ops::RangeInclusive;

use rusqlite::{Connection, Row, Transaction, params};

use super::docset::{read_number, write_list, write_number};
use super::terms::{TERMS, Term};
use crate::store::error::StoreError;
use crate::store::rows::count;

/// One message of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    /// Its number in the order of time.
    pub(super) number: i64,
    /// Its row.
    pub(super) message: i64,
    /// Its conversation, as [`conversation_key`] has it.
    pub(super) conversation: u32,
}

/// A conversation's row as a segment knows it; two can have one in common, should there be very many.
pub(super) fn conversation_key(row: i64) -> u32 {
    u32::try_from(row & i64::from(u32::MAX)).unwrap_or(0)
}

/// A segment that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) n: i64,
    pub(super) docs: usize,
    pub(super) oldest: i64,
    pub(super) newest: i64,
}

const SEGMENT_SHIFT: u32 = 20;
const ENTRIES: u32 = 1 << 19;
const PLACES: u32 = ENTRIES + (1 << 18);
/// Rows are about so long, in bytes: two of them on a page.
const ROW_BYTES: usize = 1_900;
/// So many messages are a row of their kind: each fills a page.
const ENTRIES_A_ROW: usize = 240;
const PLACES_A_ROW: usize = 960;

const _: () = assert!(TERMS <= ENTRIES);

/// The number of a row.
fn row_number(segment: i64, place: u32) -> i64 {
    segment << SEGMENT_SHIFT | i64::from(place)
}

/// A segment while it is made: lists are put in the order of their terms.
pub(super) struct SegmentWriter {
    docs: usize,
    rows: Vec<(u32, Vec<u8>)>,
    last: Term,
    list: Vec<u8>,
}

impl SegmentWriter {
    /// One of so many messages.
    pub(super) const fn new(docs: usize) -> Self {
        Self { docs, rows: Vec::new(), last: 0, list: Vec::new() }
    }

    /// Which messages have that term.
    pub(super) fn put(&mut self, term: Term, docs: &[u16]) {
        self.list.clear();
        write_list(docs, self.docs, &mut self.list);
        let full = self.rows.last().is_none_or(|(_, row)| row.len() + self.list.len() > ROW_BYTES);
        if full {
            self.rows.push((term, Vec::with_capacity(ROW_BYTES)));
            self.last = term;
        }
        if let Some((_, row)) = self.rows.last_mut() {
            write_number(term - self.last, row);
            write_number(u32::try_from(self.list.len()).unwrap_or(0), row);
            row.extend_from_slice(&self.list);
            self.last = term;
        }
    }

    /// Writes it; `entries` are its messages, in order.
    pub(super) fn write(mut self, tx: &Transaction<'_>, entries: &[Entry]) -> Result<(), StoreError> {
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return Ok(()) };
        for (part, entries) in (ENTRIES..).zip(entries.chunks(ENTRIES_A_ROW)) {
            let bytes = entries.iter().flat_map(|entry| [entry.number.to_le_bytes(), entry.message.to_le_bytes()]);
            self.rows.push((part, bytes.flatten().collect()));
        }
        for (part, entries) in (PLACES..).zip(entries.chunks(PLACES_A_ROW)) {
            self.rows.push((part, entries.iter().flat_map(|entry| entry.conversation.to_le_bytes()).collect()));
        }
        tx.prepare_cached("INSERT INTO segments (docs, oldest, newest) VALUES (?1, ?2, ?3)")?.execute(params![
            count(entries.len()),
            first.number,
            last.number
        ])?;
        let segment = tx.last_insert_rowid();
        let mut put = tx.prepare_cached("INSERT INTO postings (n, data) VALUES (?1, ?2)")?;
        for (place, data) in &self.rows {
            put.execute(params![row_number(segment, *place), data])?;
        }
        Ok(())
    }
}

/// All segments.
pub(super) fn segments(conn: &Connection) -> Result<Vec<Segment>, StoreError> {
    let mut query = conn.prepare_cached("SELECT n, docs, oldest, newest FROM segments")?;
    let rows = query.query_map([], |row| {
        let docs = usize::try_from(row.get::<_, i64>(1)?).unwrap_or(0);
        Ok(Segment { n: row.get(0)?, docs, oldest: row.get(2)?, newest: row.get(3)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Removes a segment; false where it isn't there any more.
pub(super) fn remove(tx: &Transaction<'_>, segment: i64) -> Result<bool, StoreError> {
    tx.prepare_cached("DELETE FROM postings WHERE n >= ?1 AND n < ?2")?
        .execute([row_number(segment, 0), row_number(segment + 1, 0)])?;
    Ok(tx.prepare_cached("DELETE FROM segments WHERE n = ?1")?.execute([segment])? == 1)
}

impl Segment {
    /// Hands on the list of each of these terms that there is.
    pub(super) fn lists(
        &self,
        conn: &Connection,
        terms: &RangeInclusive<Term>,
        mut put: impl FnMut(&[u8]),
    ) -> Result<(), StoreError> {
        let mut query = conn.prepare_cached(
            "SELECT n, data FROM postings WHERE n <= ?3
             AND n >= ifnull((SELECT max(n) FROM postings WHERE n BETWEEN ?1 AND ?2), ?2) ORDER BY n",
        )?;
        let (from, to) = (row_number(self.n, *terms.start()), row_number(self.n, *terms.end()));
        let mut rows = query.query([row_number(self.n, 0), from, to])?;
        while let Some(row) = rows.next()? {
            each_list(row, |term, list| {
                if terms.contains(&term) {
                    put(list);
                }
                term < *terms.end()
            })?;
        }
        Ok(())
    }

    /// Rows of lists as they stand, in order: the first term of each, and what [`RowReader`] reads.
    pub(super) fn list_rows(&self, conn: &Connection) -> Result<Vec<(Term, Vec<u8>)>, StoreError> {
        let mut query = conn.prepare_cached("SELECT n, data FROM postings WHERE n >= ?1 AND n < ?2 ORDER BY n")?;
        let rows = query.query_map([row_number(self.n, 0), row_number(self.n, ENTRIES)], |row| {
            Ok((place_of(row.get(0)?), row.get(1)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// All its messages, in order.
    pub(super) fn entries(&self, conn: &Connection) -> Result<Vec<Entry>, StoreError> {
        let mut entries = Vec::with_capacity(self.docs);
        let mut numbers = EntryReader::default();
        let mut conversations = Vec::with_capacity(self.docs);
        self.conversations(conn, |conversation| conversations.push(conversation))?;
        for (doc, conversation) in conversations.into_iter().enumerate() {
            let (number, message) = numbers.read(conn, self, doc)?;
            entries.push(Entry { number, message, conversation });
        }
        Ok(entries)
    }

    /// Hands on the conversation of every message, in order.
    pub(super) fn conversations(&self, conn: &Connection, mut put: impl FnMut(u32)) -> Result<(), StoreError> {
        let mut query = conn.prepare_cached("SELECT data FROM postings WHERE n >= ?1 AND n < ?2 ORDER BY n")?;
        let mut rows = query.query([row_number(self.n, PLACES), row_number(self.n + 1, 0)])?;
        while let Some(row) = rows.next()? {
            let bytes = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
            for key in bytes.chunks_exact(4) {
                put(u32::from_le_bytes(key.try_into().unwrap_or_default()));
            }
        }
        Ok(())
    }
}

/// Numbers and rows of a segment's messages, read a part at a time.
#[derive(Debug, Default)]
pub(super) struct EntryReader {
    part: Option<usize>,
    bytes: Vec<u8>,
}

impl EntryReader {
    /// The number of a message and its row; what is damaged is no message.
    pub(super) fn read(
        &mut self,
        conn: &Connection,
        segment: &Segment,
        doc: usize,
    ) -> Result<(i64, i64), StoreError> {
        let part = doc / ENTRIES_A_ROW;
        if self.part != Some(part) {
            let place = ENTRIES + u32::try_from(part).unwrap_or(0);
            self.bytes = conn
                .prepare_cached("SELECT data FROM postings WHERE n = ?1")?
                .query_row([row_number(segment.n, place)], |row| row.get(0))?;
            self.part = Some(part);
        }
        let value = |at: usize| {
            let bytes = self.bytes.get(at * 8..at * 8 + 8).and_then(|bytes| bytes.try_into().ok());
            bytes.map_or(-1, i64::from_le_bytes)
        };
        let at = doc % ENTRIES_A_ROW * 2;
        Ok((value(at), value(at + 1)))
    }
}

/// The place in its segment of a row.
fn place_of(row: i64) -> u32 {
    u32::try_from(row & ((1 << SEGMENT_SHIFT) - 1)).unwrap_or(0)
}

/// Hands on the lists of a row, until no more of them are wanted.
fn each_list(row: &Row<'_>, mut put: impl FnMut(Term, &[u8]) -> bool) -> Result<(), StoreError> {
    let bytes = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
    for (term, list) in RowReader::new(place_of(row.get(0)?), bytes) {
        if !put(term, list) {
            break;
        }
    }
    Ok(())
}

/// Reads the lists of a row one after the other.
pub(super) struct RowReader<'a> {
    term: Term,
    bytes: &'a [u8],
}

impl<'a> RowReader<'a> {
    /// That of a row whose first term is this.
    pub(super) const fn new(first: Term, bytes: &'a [u8]) -> Self {
        Self { term: first, bytes }
    }
}

impl<'a> Iterator for RowReader<'a> {
    type Item = (Term, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        self.term = self.term.checked_add(read_number(&mut self.bytes)?)?;
        let length = read_number(&mut self.bytes)? as usize;
        let (list, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some((self.term, list))
    }
}
