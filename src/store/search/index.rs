//! Puts messages into the index, some at a time: whoever writes beside it never waits long. Owns the tables `unindexed` and
//! `backlog`: what the index doesn't know.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::coverage::{coverage, lacks};
use super::merge::{FULL, merge};
use super::message::{SearchedMessage, read_message};
use super::order::number;
use super::renew;
use super::segment::{Entry, SegmentWriter, conversation_key};
use super::terms::{self, LONG, LONGEST_TEXT, TERMS, Term, Trait};
use crate::domain::Has;
use crate::store::error::StoreError;
use crate::store::rows::{count, millis};

/// So many messages at least and at most are put into the index in one commit, and at most about so many bytes of text.
/// More from time to time, as long as nobody else writes.
const LEAST: usize = 256;
const MOST: usize = 1 << DOC_BITS;
const MOST_BYTES: usize = 1 << 20;
/// The bits of a message's place among those of one commit.
const DOC_BITS: u32 = 12;

const _: () = assert!(TERMS <= 1 << (u32::BITS - DOC_BITS));

/// How much is put into the index in one commit.
#[derive(Debug)]
pub(super) struct IndexPace(usize);

impl Default for IndexPace {
    fn default() -> Self {
        Self(LEAST)
    }
}

/// Puts some messages into the index, and answers about how many are left.
pub(super) fn some(
    conn: &mut Connection,
    pace: &mut IndexPace,
    go_on: &dyn Fn() -> Result<(), StoreError>,
) -> Result<u64, StoreError> {
    if !lacks(conn, 0)? {
        return Ok(0);
    }
    // Nobody is kept from writing while it is read and understood. Who did write meanwhile is seen where this is to be
    // written: then it is for nothing, and done once more with less of it and with nobody beside it.
    let alone = conn.query_row("PRAGMA journal_mode", [], |row| row.get::<_, String>(0))? != "wal";
    let left = match put_some(conn, TransactionBehavior::Deferred, if alone { 0 } else { pace.0 }, go_on) {
        Ok(None) | Err(StoreError::Busy(_)) => {
            pace.0 = LEAST;
            put_some(conn, TransactionBehavior::Immediate, LEAST, go_on)?.unwrap_or(0)
        }
        Ok(Some(left)) => {
            pace.0 = (pace.0 * 2).min(MOST);
            left
        }
        Err(error) => return Err(error),
    };
    let mut largest = 0;
    while let Some(docs) = merge(conn, go_on)? {
        largest = docs.max(largest);
    }
    if largest > FULL {
        renew::begin(conn)?;
    }
    renew::end(conn)?;
    Ok(left)
}

/// Puts so many into the index. None where nothing is to be done.
fn put_some(
    conn: &mut Connection,
    behavior: TransactionBehavior,
    many: usize,
    go_on: &dyn Fn() -> Result<(), StoreError>,
) -> Result<Option<u64>, StoreError> {
    if many == 0 {
        return Ok(None);
    }
    let tx = conn.transaction_with_behavior(behavior)?;
    let before = coverage(&tx)?;
    let mut after = before;
    let mut batch = Batch::default();
    let changed: Vec<i64> =
        column(&tx, "SELECT message FROM unindexed ORDER BY message DESC LIMIT ?1", [count(many)])?;
    let mut done = 0;
    for row in &changed {
        go_on()?;
        // What else there is of it is put into the index with the others that wait.
        if *row > before.begins_after() && *row <= before.known {
            batch.read(&tx, *row)?;
        }
        done += 1;
        if batch.is_full(many) {
            break;
        }
    }
    let newest: i64 = tx.query_row("SELECT ifnull(max(n), 0) FROM messages", [], |row| row.get(0))?;
    if done == changed.len() && !batch.is_full(many) {
        let sql = "SELECT n FROM messages WHERE n > ?1 ORDER BY n LIMIT ?2";
        for row in column(&tx, sql, [before.known, count(many - batch.len())])? {
            go_on()?;
            batch.read(&tx, row)?;
            after.known = row;
            if batch.is_full(many) {
                break;
            }
        }
        // The number of a message that went can be given again.
        after.known = after.known.min(newest).max(before.up_to);
    }
    if after.known >= newest && before.up_to > 0 && done == changed.len() && !batch.is_full(many) {
        after.up_to = 0;
        let sql = "SELECT n FROM messages WHERE n <= ?1 ORDER BY n DESC LIMIT ?2";
        // One more, so that it is known whether there are more.
        for row in column(&tx, sql, [before.up_to, count(many - batch.len() + 1)])? {
            go_on()?;
            if batch.is_full(many) {
                after.up_to = row;
                break;
            }
            batch.read(&tx, row)?;
        }
    }
    batch.write(&tx)?;
    for row in changed.get(..done).unwrap_or_default() {
        tx.prepare_cached("DELETE FROM unindexed WHERE message = ?1")?.execute([row])?;
    }
    tx.prepare_cached("UPDATE backlog SET up_to = ?1, known = ?2")?.execute([after.up_to, after.known])?;
    let left: i64 = tx
        .prepare_cached(
            "SELECT ifnull((SELECT max(message) FROM unindexed) - (SELECT min(message) FROM unindexed) + 1, 0)",
        )?
        .query_row([], |row| row.get(0))?;
    let left = left + (newest - after.known).max(0) + after.up_to;
    tx.commit()?;
    Ok(Some(left.unsigned_abs()))
}

fn column<P: rusqlite::Params>(conn: &Connection, sql: &str, params: P) -> Result<Vec<i64>, StoreError> {
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map(params, |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Messages that are put into the index in one commit.
#[derive(Default)]
struct Batch {
    entries: Vec<Entry>,
    /// Terms, each beside the place among the entries of a message that has it.
    terms: Vec<u32>,
    seen: SeenTerms,
    bytes: usize,
}

impl Batch {
    fn len(&self) -> usize {
        self.entries.len()
    }

    fn is_full(&self, many: usize) -> bool {
        self.entries.len() >= many || self.bytes > MOST_BYTES
    }

    /// Takes in a message as it is now, if it is still there.
    fn read(&mut self, tx: &Transaction<'_>, row: i64) -> Result<(), StoreError> {
        let Some(read) = read_message(tx, row)? else { return Ok(()) };
        let text = &read.entry.message.text;
        let place = u32::try_from(self.entries.len()).unwrap_or(0);
        let Self { terms, seen, .. } = self;
        let mut put = |term: Term| {
            if seen.is_new(term) {
                terms.push(term << DOC_BITS | place);
            }
        };
        each_trait(&read, &mut put);
        if text.len() > LONGEST_TEXT {
            put(LONG);
        } else {
            terms::of_text(text, &mut put);
        }
        seen.forget();
        self.bytes += text.len();
        self.entries.push(Entry {
            number: number(read.entry.message.created_at.at.map(millis), row),
            message: row,
            conversation: conversation_key(read.conversation_row),
        });
        Ok(())
    }

    fn write(self, tx: &Transaction<'_>) -> Result<(), StoreError> {
        let Self { mut entries, mut terms, .. } = self;
        let mut order: Vec<(Entry, u32)> = entries.drain(..).zip(0..).collect();
        order.sort_unstable();
        let mut places = vec![0; order.len()];
        for ((_, read), place) in order.iter().zip(0_u32..) {
            if let Some(known) = places.get_mut(*read as usize) {
                *known = place;
            }
        }
        let mask = (1 << DOC_BITS) - 1;
        for term in &mut terms {
            let place = places.get((*term & mask) as usize).copied().unwrap_or(0);
            *term = *term & !mask | place;
        }
        terms.sort_unstable();
        let mut writer = SegmentWriter::new(order.len());
        let mut docs: Vec<u16> = Vec::new();
        for of_one in terms.chunk_by(|one, other| one >> DOC_BITS == other >> DOC_BITS) {
            let Some(term) = of_one.first().map(|term| term >> DOC_BITS) else { continue };
            docs.clear();
            docs.extend(of_one.iter().filter_map(|term| u16::try_from(term & mask).ok()));
            writer.put(term, &docs);
        }
        let entries: Vec<Entry> = order.into_iter().map(|(entry, _)| entry).collect();
        writer.write(tx, &entries)
    }
}

/// The terms that one message was seen to have.
struct SeenTerms {
    bits: Vec<u64>,
    terms: Vec<Term>,
}

impl Default for SeenTerms {
    fn default() -> Self {
        Self { bits: vec![0; TERMS.div_ceil(64) as usize], terms: Vec::new() }
    }
}

impl SeenTerms {
    /// Whether it has none such yet; from now on it has.
    fn is_new(&mut self, term: Term) -> bool {
        let Some(word) = self.bits.get_mut(term as usize / 64) else { return false };
        let bit = 1 << (term % 64);
        let new = *word & bit == 0;
        if new {
            *word |= bit;
            self.terms.push(term);
        }
        new
    }

    fn forget(&mut self) {
        for term in self.terms.drain(..) {
            if let Some(word) = self.bits.get_mut(term as usize / 64) {
                *word = 0;
            }
        }
    }
}

/// Hands on what a message is besides what it says.
fn each_trait(read: &SearchedMessage, put: &mut impl FnMut(Term)) {
    let (message, facts) = (&read.entry.message, read.facts());
    put(Trait::Channel(read.channel.as_str()).term());
    put(Trait::Role(message.role.as_str()).term());
    for has in Has::ALL.into_iter().filter(|has| has.is_with(message, &facts)) {
        put(Trait::Has(has).term());
    }
    if let Some(state) = facts.state.or(message.extras.state) {
        put(Trait::State(state).term());
    }
}
