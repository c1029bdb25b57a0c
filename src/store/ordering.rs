//! Where a message stands in a conversation whose order the store makes: the platforms' webhooks come twice, late and
//! out of order. Owns the numbers in `messages.seq` that aren't a page's.
//!
//! The messages that came since our last one are a run. Within it they stand by the platform's time, then by arrival;
//! one whose time can't be read stands where it came. What came before our last message stays before it.

use rusqlite::{Connection, OptionalExtension, params};

use super::error::StoreError;
use crate::domain::MessageId;

/// From one message to the next: twenty can be put at one place between two before there is no room.
pub(super) const STEP: i64 = 1 << 20;
/// Before the first of a run, where whatever is older is put one by one.
const WIDE: i64 = 1 << 36;
/// So many messages in a row that came before ours left, and nothing beyond them came later.
const FAR: u32 = 1_000;
/// So many of the last messages are looked at one by one: the limit in [`NEAR`].
const LOOKED_AT: u32 = 64;

pub(super) const LAST: &str = "SELECT seq, ours, ifnull(created_ms, place_ms) FROM messages
    WHERE conversation = ?1 ORDER BY seq DESC LIMIT 1";
pub(super) const RUN: &str =
    "SELECT seq FROM messages WHERE conversation = ?1 AND ours = 1 ORDER BY seq DESC LIMIT 1";
pub(super) const NEAR: &str = "SELECT seq, ifnull(created_ms, place_ms) FROM messages
    WHERE conversation = ?1 AND seq > ?2 AND seq < ?3 ORDER BY seq DESC LIMIT 64";
pub(super) const PROBE: &str = "SELECT seq, ifnull(created_ms, place_ms) FROM messages
    WHERE conversation = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq DESC LIMIT 1";
pub(super) const LATEST: &str =
    "SELECT seq, ours, received_ms, (SELECT t.n FROM turns t WHERE t.id = messages.id AND ours = 1)
    FROM messages WHERE conversation = ?1 ORDER BY seq DESC";

/// The last message of a conversation.
#[derive(Debug, Clone, Copy)]
pub(super) struct LastMessage {
    pub(super) seq: i64,
    ours: bool,
    /// The time by which it stands there; the beginning of time where none can be read.
    at: i64,
}

/// Where a message that came is put in the order of its conversation.
#[derive(Debug, Clone, Copy)]
pub(super) struct OrderKey {
    pub(super) seq: i64,
    /// What stands for a time that can't be read.
    pub(super) stand_in: Option<i64>,
    /// The conversation's last message with it.
    pub(super) last: LastMessage,
}

/// The last message of a conversation, if there is one.
pub(super) fn last_message(conn: &Connection, conversation: i64) -> Result<Option<LastMessage>, StoreError> {
    let last = conn.prepare_cached(LAST)?.query_row([conversation], |row| {
        Ok(LastMessage { seq: row.get(0)?, ours: row.get(1)?, at: row.get::<_, Option<i64>>(2)?.unwrap_or(i64::MIN) })
    });
    Ok(last.optional()?)
}

/// Where a message belongs that came just now and bears that time.
pub(super) fn incoming(
    conn: &Connection,
    conversation: i64,
    last: Option<LastMessage>,
    at: Option<i64>,
) -> Result<OrderKey, StoreError> {
    let first = |after: i64| {
        let last = LastMessage { seq: after.saturating_add(WIDE), ours: false, at: at.unwrap_or(i64::MIN) };
        Ok(OrderKey { seq: last.seq, stand_in: None, last })
    };
    let Some(last) = last else { return first(0) };
    if last.ours {
        return first(last.seq);
    }
    match at {
        Some(at) if at < last.at => {
            let mut run = conn.prepare_cached(RUN)?;
            let run = run.query_row([conversation], |row| row.get(0)).optional()?.unwrap_or(0);
            let (before, next) = search(conn, conversation, (run, last.seq), at)?;
            let (seq, moved) = between(conn, conversation, before, next)?;
            Ok(OrderKey { seq, stand_in: None, last: LastMessage { seq: moved.unwrap_or(last.seq), ..last } })
        }
        _ => {
            let seq = last.seq.saturating_add(STEP);
            let stand_in = if at.is_none() { Some(last.at).filter(|at| *at != i64::MIN) } else { None };
            Ok(OrderKey { seq, stand_in, last: LastMessage { seq, at: at.unwrap_or(last.at), ..last } })
        }
    }
}

/// The neighbours of a place in a run: the last message that isn't later than that time, or where the run begins; and
/// the one after it. Mostly what comes out of order is late by little, so the last few are looked at one by one.
fn search(conn: &Connection, conversation: i64, (run, last): (i64, i64), at: i64) -> Result<(i64, i64), StoreError> {
    let mut near = conn.prepare_cached(NEAR)?;
    let mut rows = near.query(params![conversation, run, last])?;
    let (mut next, mut seen) = (last, 0);
    while let Some(row) = rows.next()? {
        let (seq, there): (i64, Option<i64>) = (row.get(0)?, row.get(1)?);
        if there.unwrap_or(i64::MIN) <= at {
            return Ok((seq, next));
        }
        (next, seen) = (seq, seen + 1);
    }
    if seen < LOOKED_AT { Ok((run, next)) } else { far(conn, conversation, (run, next), at) }
}

/// The same for what is late by much. Halves the numbers, so that a run of any length costs a few look-ups.
fn far(conn: &Connection, conversation: i64, (run, last): (i64, i64), at: i64) -> Result<(i64, i64), StoreError> {
    let mut probe = conn.prepare_cached(PROBE)?;
    let (mut before, mut low, mut high) = (run, run, last);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        let found = probe.query_row([conversation, low, middle], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?.unwrap_or(i64::MIN)))
        });
        match found.optional()? {
            Some((seq, there)) if there > at => high = seq,
            Some((seq, _)) => (before, low) = (seq, middle),
            None => low = middle,
        }
    }
    Ok((before, high))
}

/// A free number between two neighbours, and the conversation's new last number if room had to be made.
fn between(conn: &Connection, conversation: i64, before: i64, next: i64) -> Result<(i64, Option<i64>), StoreError> {
    let (next, moved) = if next - before < 2 {
        let (next, last) = make_room(conn, conversation, before)?;
        (next, Some(last))
    } else {
        (next, None)
    };
    let gap = next.saturating_sub(before);
    // In a wide gap close to the later one: whatever is older still comes before this one.
    Ok((if gap > 2 * STEP { next - STEP } else { before + gap / 2 }, moved))
}

/// Numbers everything after that place anew, further on. Answers the first and the last number.
fn make_room(conn: &Connection, conversation: i64, before: i64) -> Result<(i64, i64), StoreError> {
    let mut query =
        conn.prepare_cached("SELECT n, seq FROM messages WHERE conversation = ?1 AND seq > ?2 ORDER BY seq")?;
    let rows = query.query_map([conversation, before], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let rows: Vec<(i64, i64)> = rows.collect::<Result<_, _>>()?;
    let mut number = conn.prepare_cached("UPDATE messages SET seq = ?2 WHERE n = ?1")?;
    // Beyond the last, so that no two ever have the same number.
    let last = rows.last().map_or(before, |(_, seq)| *seq);
    let mut seq = last;
    for (n, _) in &rows {
        seq = seq.saturating_add(STEP);
        number.execute([*n, seq])?;
    }
    Ok((last.saturating_add(STEP), seq))
}

/// Where a message of ours belongs that left at that time, the turn of that row: before what came since, at the end
/// otherwise. Ours stand in the order in which they were committed, whatever the clock said; and what came at a time
/// that isn't yet came before the clock was set back.
pub(super) fn outgoing(conn: &Connection, conversation: i64, left: i64, turn: i64) -> Result<i64, StoreError> {
    let now: i64 =
        conn.prepare_cached("SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER)")?.query_row([], |row| row.get(0))?;
    // A time that isn't yet is no reason to doubt another that isn't either.
    let now = now.max(left.saturating_add(1));
    let mut query = conn.prepare_cached(LATEST)?;
    let mut rows = query.query([conversation])?;
    let (mut next, mut before, mut earlier) = (None, None, 0);
    while let Some(row) = rows.next()? {
        let (seq, ours, received): (i64, bool, Option<i64>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let later = match (ours, row.get::<_, Option<i64>>(3)?) {
            (true, Some(other)) => other > turn,
            // What left in the same millisecond was filed earlier.
            (true, None) => received.is_some_and(|received| received > left),
            (false, _) => received.is_some_and(|received| received >= left && received <= now),
        };
        if later {
            (next, before, earlier) = (Some(seq), None, 0);
            continue;
        }
        before.get_or_insert(seq);
        earlier += 1;
        // Whatever stands before a message of ours came before that one left.
        if ours || earlier == FAR {
            break;
        }
    }
    drop(rows);
    let before = before.unwrap_or(0);
    match next {
        Some(next) => Ok(between(conn, conversation, before, next)?.0),
        None => Ok(before.saturating_add(STEP)),
    }
}

/// A free number right after that one.
pub(super) fn after(conn: &Connection, conversation: i64, seq: i64) -> Result<i64, StoreError> {
    let sql = "SELECT seq FROM messages WHERE conversation = ?1 AND seq > ?2 ORDER BY seq LIMIT 1";
    let next: Option<i64> =
        conn.prepare_cached(sql)?.query_row(params![conversation, seq], |row| row.get(0)).optional()?;
    match next {
        Some(next) if next <= seq.saturating_add(1) => {
            make_room(conn, conversation, seq)?;
            Ok(seq.saturating_add(1))
        }
        _ => Ok(seq.saturating_add(1)),
    }
}

/// A message's place, if it is stored.
pub(super) fn seq_of(conn: &Connection, conversation: i64, id: &MessageId) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT seq FROM messages WHERE conversation = ?1 AND id = ?2";
    Ok(conn.prepare_cached(sql)?.query_row(params![conversation, id.as_str()], |row| row.get(0)).optional()?)
}
