//! Deliveries that came in a crowd, as one value: kept with a note of what they say, and put into their tables later. Owns the
//! table `arrivals`; when that is done is `intake`.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::entry::{self, Entry, What};
use super::error::StoreError;
use super::ingest::{self, Ingested, NumberedEntry};
use super::requests;
use super::rows::count;
use crate::domain::{ChannelName, DeliveryId, RequestId, Trust, Verdict};

/// So many that wait together are a crowd: of fewer, one commit for all is less work than two.
const CROWD: usize = 8;
/// Longer bodies, all together, are not written twice.
const LONG: usize = 1 << 20;
/// So many are worth putting into the tables: each page of an index is written once for all of them. More would keep
/// those that come meanwhile waiting for long.
pub(super) const MUCH: usize = 128;
/// Whether these are many, where so many wait for their tables already, and all may wait there: what is believed and is
/// known by its key. Of requests alone nothing is gained: their rows follow each other.
pub(super) fn is_crowd(entries: &[Entry<'_>], waiting: usize) -> bool {
    let is_plain =
        |entry: &Entry<'_>| !entry.said.is_empty() && entry.said.iter().all(|said| said.what != What::Probe);
    let is_of_conversation =
        |entry: &Entry<'_>| entry.said.iter().any(|said| !matches!(said.what, What::Request { .. }));
    (waiting > 0 || entries.len() >= CROWD && entries.iter().any(is_of_conversation))
        && entries.iter().map(|entry| entry.body.len()).sum::<usize>() <= LONG
        && entries.iter().all(is_plain)
}

/// Keeps them and notes what they say, and answers what each came to. None, and nothing is kept, if any of it was said
/// before: what that was stands in the tables.
pub(super) fn keep(tx: &Transaction<'_>, entries: &[Entry<'_>]) -> Result<Option<Vec<Ingested>>, StoreError> {
    let waiting: Option<i64> = tx
        .prepare_cached("SELECT n + many - 1 FROM arrivals ORDER BY n DESC LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    let first = waiting.map_or_else(|| ingest::last(tx), Ok)? + 1;
    let mut say = ingest::say(tx)?;
    let mut filed = Vec::with_capacity(entries.len());
    for (n, entry) in (first..).zip(entries) {
        let mut request = None;
        for said in &entry.said {
            if say.execute(params![entry.channel, said.key, n])? == 0 {
                drop(say);
                unsay(tx, entries, (entry, said))?;
                return Ok(None);
            }
            if let (None, Some((id, asked))) = (&request, said.asked()) {
                let (id, channel) = (RequestId::new(id), ChannelName::new(entry.channel));
                let trust = entry.trust().unwrap_or(Trust::Unverified);
                request = Some(requests::begun(&id, &channel, asked, trust, entry.came()));
            }
        }
        let known = vec![false; entry.said.len()];
        filed.push(Ingested { id: DeliveryId(n), verdict: Verdict::Accepted, request, known });
    }
    tx.prepare_cached("INSERT INTO arrivals (n, many, form, entries) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        first,
        count(entries.len()),
        entry::FORM,
        entry::encoded(entries)?
    ])?;
    Ok(Some(filed))
}

/// Takes back what was noted up to the thing that was said before.
fn unsay(
    tx: &Transaction<'_>,
    entries: &[Entry<'_>],
    (last, until): (&Entry<'_>, &entry::Said<'_>),
) -> Result<(), StoreError> {
    let mut unsay = tx.prepare_cached("DELETE FROM said WHERE channel = ?1 AND key = ?2")?;
    for entry in entries {
        for said in &entry.said {
            if std::ptr::eq(entry, last) && std::ptr::eq(said, until) {
                return Ok(());
            }
            unsay.execute([entry.channel, said.key])?;
        }
    }
    Ok(())
}

/// Puts the oldest of what waits into the tables, and says whether there may be more.
pub(super) fn file_some(tx: &Transaction<'_>) -> Result<bool, StoreError> {
    let mut query = tx.prepare_cached("SELECT n, many, form, entries FROM arrivals ORDER BY n")?;
    let mut waiting = query.query([])?;
    let (mut values, mut many) = (Vec::new(), 0);
    while let Some(row) = waiting.next()? {
        let (n, these, form): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        values.push((n, form, row.get::<_, Vec<u8>>(3)?));
        many += these;
        if many >= count(MUCH) {
            break;
        }
    }
    drop(waiting);
    let Some((last, ..)) = values.last() else { return Ok(false) };
    let entries = values.iter().map(|(n, form, value)| Ok((*n, entry::decoded(*form, value)?)));
    let entries: Vec<(i64, Vec<Entry<'_>>)> = entries.collect::<Result<_, StoreError>>()?;
    let numbered = entries.iter().flat_map(|(first, entries)| (*first..).zip(entries));
    let rows: Vec<NumberedEntry<'_>> = numbered.map(|(n, entry)| NumberedEntry { n, entry, refused: None }).collect();
    ingest::write_rows(tx, &rows, true)?;
    tx.prepare_cached("DELETE FROM arrivals WHERE n <= ?1")?.execute([last])?;
    Ok(many >= count(MUCH))
}

/// Whether any wait.
pub(super) fn is_waited(conn: &Connection) -> Result<bool, StoreError> {
    Ok(conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM arrivals)")?.query_row([], |row| row.get(0))?)
}
