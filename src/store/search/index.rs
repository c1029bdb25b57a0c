//! Puts messages into the index, some at a time: whoever writes beside it never waits long. Owns the tables `documents`,
//! `words`, `unindexed` and `backlog`.

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::message::{SearchedMessage, read_message};
use crate::domain::{Has, OutState, folded};
use crate::store::error::StoreError;
use crate::store::rows::count;

/// So many messages at most, and about so many bytes, are put into the index in one commit.
const BATCH: usize = 200;
const BATCH_BYTES: usize = 128 << 10;
/// A longer text is read through instead: all its letters by threes would be far more than it is.
pub(super) const LONG: usize = 256 << 10;

/// The bit of a document whose text is not in the index.
pub(super) const IS_LONG: i64 = 1 << 4;
/// Where the state begins that is known of a message: none, or one more than its place among all.
pub(super) const STATE_SHIFT: i64 = 8;

/// The bit of what a message can have.
pub(super) fn bit(has: Has) -> i64 {
    match has {
        Has::Attachment => 1,
        Has::Error => 2,
        Has::Link => 4,
        Has::Code => 8,
    }
}

/// What stands for a state in the bits.
pub(super) fn state_number(state: OutState) -> i64 {
    OutState::ALL.iter().position(|known| *known == state).map_or(0, |at| count(at) + 1)
}

/// The number of a message in the order of time. The end of its row tells those of one instant apart.
pub(super) fn number(at_ms: Option<i64>, row: i64) -> i64 {
    at_ms.unwrap_or(0).clamp(0, LATEST) << ROW_BITS | ((row << 1) & ((1 << ROW_BITS) - 1))
}

/// The same of what is only in the outbox: it is never that of a message.
pub(super) fn turn_number(at_ms: i64, turn: i64) -> i64 {
    number(Some(at_ms), turn) | 1
}

/// The first number of an instant; also of one that no number can hold.
pub(super) fn first_number(at_ms: i64) -> i64 {
    number(Some(at_ms), 0)
}

const ROW_BITS: i64 = 21;
/// In the year 2109; later is as late as can be told.
const LATEST: i64 = (1 << 42) - 1;

/// A text as the index has it. What is written without spaces is found by a single letter, and the index knows nothing
/// shorter than three: such a letter is made three.
pub(super) fn widened(folded: &str) -> String {
    let mut widened = String::with_capacity(folded.len());
    for c in folded.chars() {
        widened.push(c);
        if is_wide(c) {
            widened.push_str("\u{1}\u{2}");
        }
    }
    widened
}

/// Letters of scripts that are written without spaces.
fn is_wide(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}'
        | '\u{2e80}'..='\u{9fff}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}' | '\u{1f000}'..='\u{1faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The bit of a letter, and whether no other has it.
pub(super) fn letter(c: char) -> (i64, bool) {
    let (at, alone) = match c {
        'a'..='z' => (c as u32 - 'a' as u32, true),
        '0'..='9' => (26 + c as u32 - '0' as u32, true),
        // All others share what is left.
        _ => (36 + c as u32 % 27, false),
    };
    (1 << at, alone)
}

/// What ends a text in the index, so that its last letters too begin three.
const END: &str = "\u{1}\u{2}";

/// Whether more than so many messages are not in the index.
pub(super) fn lacks(conn: &Connection, many: i64) -> Result<bool, StoreError> {
    let sql = "SELECT (SELECT up_to FROM backlog) > 0 OR EXISTS (SELECT 1 FROM unindexed LIMIT 1 OFFSET ?1)";
    Ok(conn.query_row(sql, [many], |row| row.get(0))?)
}

/// Puts some messages into the index, and answers about how many are left.
pub(super) fn some(conn: &mut Connection) -> Result<u64, StoreError> {
    let waiting = "SELECT EXISTS (SELECT 1 FROM unindexed) OR (SELECT up_to FROM backlog) > 0";
    // Without the lock that keeps others from writing.
    if !conn.prepare_cached(waiting)?.query_row([], |row| row.get(0))? {
        return Ok(0);
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut bytes = 0;
    let rows: Vec<i64> = column(&tx, "SELECT message FROM unindexed ORDER BY message DESC LIMIT ?1", [count(BATCH)])?;
    let up_to: i64 = tx.prepare_cached("SELECT up_to FROM backlog")?.query_row([], |row| row.get(0))?;
    let mut done = 0;
    for row in &rows {
        // What is older than the index is put there with the rest of it.
        if *row > up_to {
            bytes += put(&tx, *row)?;
        }
        tx.prepare_cached("DELETE FROM unindexed WHERE message = ?1")?.execute([row])?;
        done += 1;
        if bytes > BATCH_BYTES {
            break;
        }
    }
    if done == rows.len() && done < BATCH {
        older(&tx, BATCH - done, bytes)?;
    }
    let left: i64 = tx
        .prepare_cached(
            "SELECT ifnull((SELECT max(message) FROM unindexed) - (SELECT min(message) FROM unindexed) + 1, 0)
             + (SELECT up_to FROM backlog)",
        )?
        .query_row([], |row| row.get(0))?;
    tx.commit()?;
    Ok(left.unsigned_abs())
}

/// The same of what was there before there was an index.
fn older(tx: &Transaction<'_>, many: usize, mut bytes: usize) -> Result<(), StoreError> {
    let up_to: i64 = tx.prepare_cached("SELECT up_to FROM backlog")?.query_row([], |row| row.get(0))?;
    if up_to <= 0 {
        return Ok(());
    }
    let rows = column(tx, "SELECT n FROM messages WHERE n <= ?1 ORDER BY n DESC LIMIT ?2", [up_to, count(many)])?;
    let mut next = if rows.len() < many { 0 } else { up_to };
    for row in rows {
        if bytes > BATCH_BYTES {
            next = row;
            break;
        }
        bytes += put(tx, row)?;
        next = next.min(row - 1);
    }
    tx.prepare_cached("UPDATE backlog SET up_to = ?1")?.execute([next])?;
    Ok(())
}

fn column<P: rusqlite::Params>(conn: &Connection, sql: &str, params: P) -> Result<Vec<i64>, StoreError> {
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map(params, |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Makes the index know a message as it is now, if it is still there. Answers how long its text is.
fn put(tx: &Transaction<'_>, row: i64) -> Result<usize, StoreError> {
    let known: Option<(i64, i64)> = tx
        .prepare_cached("SELECT n, marks FROM documents WHERE message = ?1")?
        .query_row([row], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if let Some((n, marks)) = known {
        if marks & IS_LONG == 0 {
            tx.prepare_cached("DELETE FROM words WHERE rowid = ?1")?.execute([n])?;
        }
        tx.prepare_cached("DELETE FROM documents WHERE n = ?1")?.execute([n])?;
    }
    let Some(read) = read_message(tx, row)? else { return Ok(0) };
    let message = &read.entry.message;
    let at = message.created_at.at.map(crate::store::rows::millis);
    let mut n = number(at, row);
    // Two of one instant whose rows end alike: as good as never.
    while tx
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM documents WHERE n = ?1)")?
        .query_row([n], |row| row.get(0))?
    {
        n += 2;
    }
    let marks = marks(&read);
    let text = folded(&message.text);
    tx.prepare_cached(
        "INSERT INTO documents (n, message, conversation, channel, role, at_ms, marks, letters)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        n,
        row,
        read.conversation_row,
        read.channel.as_str(),
        message.role.as_str(),
        at,
        marks,
        text.chars().fold(0, |bits, c| bits | letter(c).0)
    ])?;
    if marks & IS_LONG == 0 {
        let text = widened(&text) + END;
        tx.prepare_cached("INSERT INTO words (rowid, text) VALUES (?1, ?2)")?.execute(params![n, text])?;
    }
    Ok(message.text.len())
}

fn marks(read: &SearchedMessage) -> i64 {
    let message = &read.entry.message;
    let facts = read.facts();
    let has = Has::ALL.into_iter().filter(|has| has.is_with(message, &facts)).fold(0, |bits, has| bits | bit(has));
    let state = facts.state.or(message.extras.state).map_or(0, state_number);
    let long = if message.text.len() > LONG { IS_LONG } else { 0 };
    has | long | state << STATE_SHIFT
}
