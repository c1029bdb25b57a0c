//! Joins small segments to larger ones, so that a search asks few of them. Reads without a lock, and holds that which keeps
//! others from writing only while it writes.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::coverage::coverage;
use super::docset::{MOST_DOCS, each_doc};
use super::order::number;
use super::segment::{Entry, RowReader, Segment, SegmentWriter, remove, segments};
use super::terms::Term;
use crate::store::error::StoreError;

/// So many segments of about one size are joined.
const ENOUGH: usize = 8;
/// What is larger stays as it is.
pub(super) const FULL: usize = MOST_DOCS / 2;

/// Joins some segments, if there are enough of about one size. Answers how many messages the joined one has.
pub(super) fn merge(
    conn: &mut Connection,
    go_on: &dyn Fn() -> Result<(), StoreError>,
) -> Result<Option<usize>, StoreError> {
    let Some(chosen) = choose(segments(conn)?, coverage(conn)?.anew) else { return Ok(None) };
    let tx = conn.transaction()?;
    let mut inputs = Vec::with_capacity(chosen.len());
    for segment in &chosen {
        go_on()?;
        inputs.push((segment.entries(&tx)?, segment.list_rows(&tx)?));
    }
    // Nothing of what was read can have been changed since: only that it is there yet is to be seen.
    let merged = join(&tx, &inputs, go_on)?;
    drop(tx);
    drop(inputs);
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for segment in &chosen {
        if !remove(&tx, segment.n)? {
            // Another process was quicker.
            return Ok(Some(0));
        }
    }
    let (entries, writer) = merged;
    writer.write(&tx, &entries)?;
    tx.commit()?;
    Ok(Some(entries.len()))
}

/// The smallest of those of about one size, if there are enough of them.
fn choose(mut all: Vec<Segment>, but_up_to: i64) -> Option<Vec<Segment>> {
    // Those that are to go stay what they are until then.
    all.retain(|segment| segment.docs <= FULL && segment.n > but_up_to);
    all.sort_unstable_by_key(|segment| (segment.docs, segment.n));
    let size = |segment: &Segment| segment.docs.max(1).ilog2() / 3;
    for same in all.chunk_by(|one, other| size(one) == size(other)) {
        let mut docs = 0;
        let some: Vec<_> = same
            .iter()
            .copied()
            .take_while(|segment| {
                docs += segment.docs;
                docs <= MOST_DOCS
            })
            .collect();
        // Two of them always fit.
        if some.len() >= ENOUGH || some.len() < same.len() {
            return Some(some);
        }
    }
    None
}

type Input = (Vec<Entry>, Vec<(Term, Vec<u8>)>);

/// What several segments hold, as one. What is known by now not to be so any more is left out; a message that stands in
/// two of them has what it has in either, since nothing here tells which is the newer.
fn join(
    conn: &Connection,
    inputs: &[Input],
    go_on: &dyn Fn() -> Result<(), StoreError>,
) -> Result<(Vec<Entry>, SegmentWriter), StoreError> {
    let mut all: Vec<Entry> = inputs.iter().flat_map(|(entries, _)| entries).copied().collect();
    all.sort_unstable();
    all.dedup();
    let mut created = conn.prepare_cached("SELECT created_ms FROM messages WHERE n = ?1")?;
    let mut entries = Vec::with_capacity(all.len());
    for entry in all {
        let at: Option<Option<i64>> = created.query_row([entry.message], |row| row.get(0)).optional()?;
        if at.is_some_and(|at| number(at, entry.message) == entry.number) {
            entries.push(entry);
        }
    }
    go_on()?;
    // Where each message of each segment stands among all.
    let places: Vec<Vec<Option<u16>>> = inputs
        .iter()
        .map(|(input, _)| {
            let place = |entry: &Entry| entries.binary_search(entry).ok().and_then(|at| u16::try_from(at).ok());
            input.iter().map(place).collect()
        })
        .collect();
    let mut readers: Vec<_> = inputs
        .iter()
        .map(|(_, rows)| rows.iter().flat_map(|(first, row)| RowReader::new(*first, row)).peekable())
        .collect();
    let mut writer = SegmentWriter::new(entries.len());
    let mut docs: Vec<u16> = Vec::new();
    let mut lists = 0_u32;
    while let Some(term) = readers.iter_mut().filter_map(|reader| reader.peek().map(|(term, _)| *term)).min() {
        docs.clear();
        for ((reader, places), (input, _)) in readers.iter_mut().zip(&places).zip(inputs) {
            if let Some((_, list)) = reader.next_if(|(next, _)| *next == term) {
                each_doc(list, input.len(), |doc| docs.extend(places.get(doc).copied().flatten()));
            }
        }
        docs.sort_unstable();
        docs.dedup();
        if !docs.is_empty() {
            writer.put(term, &docs);
        }
        lists += 1;
        if lists.is_multiple_of(4_096) {
            go_on()?;
        }
    }
    Ok((entries, writer))
}
