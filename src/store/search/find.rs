//! One search: what the index finds, what it doesn't know yet, and both in the order of time. Reads only.

use std::collections::HashSet;

use rusqlite::Connection;

use super::SearchRequest;
use super::candidates::Candidates;
use super::coverage::{Coverage, coverage};
use super::message::{SearchedMessage, read_message};
use super::order::{number, turn_number};
use super::plan::{ConversationSet, plan};
use super::titles::{conversations, titles};
use super::turns::{reply_hit, turn_hit};
use crate::domain::{Facts, Found, Hit, HitCursor, HitPlace, Searched, Test};
use crate::store::desk;
use crate::store::error::StoreError;
use crate::store::roster;
use crate::store::rows::millis;
use crate::store::turn_row::TurnRow;

/// So many messages that wait for the index are read through at most, the newest of them.
const READ_THROUGH: i64 = 20_000;
/// Once a page is full, so many of those that may be found are looked at to tell how many there are, or so many bytes of
/// their texts; then it is told that there are at least so many.
const COUNTED: usize = 2_000;
const COUNTED_BYTES: usize = 4 << 20;
/// The texts of a page of hits are no more than this, but for one.
const PAGE_BYTES: usize = 4 << 20;

/// Something that was found, by its place in the order.
enum Candidate {
    /// A message by its row.
    Row(i64),
    /// What is only in the outbox.
    Turn(Box<Hit>),
}

/// One search while it is done.
struct SearchPass<'a> {
    conn: &'a Connection,
    request: &'a SearchRequest,
    current: &'a dyn Fn() -> bool,
    /// The row of the one conversation that is searched.
    within: Option<i64>,
    /// What was found that comes after the cursor; of what the index finds only the first.
    candidates: Vec<(i64, Candidate)>,
    total: u64,
    /// Whether there may be more than these.
    at_least: bool,
    /// So many that wait for the index are not read through.
    unread: i64,
}

/// Finds what is asked for.
pub(super) fn find(
    conn: &mut Connection,
    request: &SearchRequest,
    current: &dyn Fn() -> bool,
) -> Result<Found, StoreError> {
    // All of it at one moment.
    let tx = conn.transaction()?;
    let mut found = Found { total: request.after.is_none().then_some(0), ..Found::default() };
    let within = match &request.within {
        None => None,
        Some((channel, id)) => match roster::find(&tx, channel, id)? {
            None => return Ok(found),
            row => row,
        },
    };
    if request.query.is_empty() {
        return Ok(found);
    }
    let mut pass = SearchPass {
        conn: &tx,
        request,
        current,
        within,
        candidates: Vec::new(),
        total: 0,
        at_least: false,
        unread: 0,
    };
    let coverage = coverage(&tx)?;
    pass.turns()?;
    let stale = pass.unindexed(coverage)?;
    found.searched = pass.backlog(coverage)?;
    pass.indexed(&stale, coverage)?;
    if request.after.is_none() {
        (found.total, found.at_least) = (Some(pass.total), pass.at_least);
        if request.within.is_none() {
            found.titles = titles(&tx, &request.query)?;
        }
    }
    pass.page(&mut found)?;
    Ok(found)
}

impl SearchPass<'_> {
    fn go_on(&self) -> Result<(), StoreError> {
        if (self.current)() { Ok(()) } else { Err(StoreError::Superseded) }
    }

    fn add(&mut self, number: i64, candidate: Candidate) {
        self.total += 1;
        if self.request.after.is_none_or(|after| number < after.0) {
            self.candidates.push((number, candidate));
        }
    }

    /// What the outbox says that is not in the history.
    fn turns(&mut self) -> Result<(), StoreError> {
        for row in TurnRow::unfiled(self.conn)? {
            if self.within.is_some() && self.within != row.conversation {
                continue;
            }
            let title = match row.conversation {
                Some(n) => self
                    .conn
                    .prepare_cached("SELECT title FROM conversations WHERE n = ?1")?
                    .query_row([n], |row| row.get(0))?,
                None => String::new(),
            };
            for (later, hit) in [turn_hit(&row.turn, &title), reply_hit(&row.turn, &title)].into_iter().enumerate() {
                let Some((mut hit, failed)) = hit else { continue };
                let kept = match &hit.conversation {
                    Some(conversation) => Some(desk::entry_of(self.conn, &hit.channel, conversation)?),
                    None => None,
                };
                let state = hit.state.filter(|_| matches!(hit.place, HitPlace::Turn(_)));
                let facts = Facts {
                    channel: &hit.channel,
                    conversation: hit.conversation.as_ref(),
                    title: &hit.title,
                    state,
                    failed,
                    kept: kept.as_ref(),
                };
                if self.request.query.takes(&hit.message, &facts) {
                    // Its reply is the newer of the two.
                    let number = turn_number(millis(row.turn.created), 2 * row.n + i64::from(later > 0));
                    hit.cursor = HitCursor(number);
                    self.add(number, Candidate::Turn(Box::new(hit)));
                }
            }
        }
        Ok(())
    }

    /// Messages that the index doesn't know as they are. Answers the rows of those that it knows as they were.
    fn unindexed(&mut self, coverage: Coverage) -> Result<HashSet<i64>, StoreError> {
        let (up_to, known) = (coverage.begins_after(), coverage.known);
        let stale = column(self.conn, "SELECT message FROM unindexed")?;
        // What is older than the index is read through with the rest of it.
        let waiting = format!(
            "SELECT message FROM unindexed WHERE message > {up_to} AND message <= {known}
             UNION ALL SELECT n FROM messages WHERE n > {known}"
        );
        let rows = column(self.conn, &format!("{waiting} ORDER BY 1 DESC LIMIT {READ_THROUGH}"))?;
        if i64::try_from(rows.len()).is_ok_and(|many| many == READ_THROUGH) {
            let all: i64 = self.conn.query_row(&format!("SELECT count(*) FROM ({waiting})"), [], |row| row.get(0))?;
            self.unread = all.saturating_sub(READ_THROUGH);
        }
        rows.into_iter().try_for_each(|row| self.look_at(row))?;
        Ok(stale.into_iter().collect())
    }

    /// What is older than the index, as far as that is quickly done.
    fn backlog(&mut self, coverage: Coverage) -> Result<Searched, StoreError> {
        let all: i64 = self.conn.query_row("SELECT ifnull(max(n), 0) FROM messages", [], |row| row.get(0))?;
        let up_to = coverage.begins_after().min(all);
        let mut left = 0;
        if up_to > 0 {
            let sql = format!("SELECT n FROM messages WHERE n <= {up_to} ORDER BY n DESC LIMIT {READ_THROUGH}");
            let rows = column(self.conn, &sql)?;
            let oldest = rows.last().copied().unwrap_or(0);
            let all_read = i64::try_from(rows.len()).is_ok_and(|many| many < READ_THROUGH);
            rows.into_iter().try_for_each(|row| self.look_at(row))?;
            left = if all_read { 0 } else { oldest.saturating_sub(1).max(0) };
        }
        let left = (left + self.unread).clamp(0, all);
        Ok(Searched { done: (all - left).unsigned_abs(), of: all.unsigned_abs() })
    }

    fn takes(&self, read: &SearchedMessage) -> bool {
        self.within.is_none_or(|within| within == read.conversation_row) && read.is_taken(&self.request.query)
    }

    fn look_at(&mut self, row: i64) -> Result<(), StoreError> {
        self.go_on()?;
        let Some(read) = read_message(self.conn, row)? else { return Ok(()) };
        if !self.takes(&read) {
            return Ok(());
        }
        let at = read.entry.message.created_at.at.map(millis);
        self.add(number(at, row), Candidate::Row(row));
        Ok(())
    }

    /// What the index finds: until a page is full, and on until enough was looked at to tell how many there are.
    fn indexed(&mut self, stale: &HashSet<i64>, coverage: Coverage) -> Result<(), StoreError> {
        let query = &self.request.query;
        let asks_conversation =
            query.terms().iter().any(|term| matches!(term.test, Test::In(_) | Test::Title(_) | Test::Kept(_)));
        let asked = if asks_conversation { Some(conversations(self.conn, query)?) } else { None };
        let asked = match (asked, self.within) {
            (Some(asked), Some(within)) => Some(ConversationSet::new(asked.into_iter().filter(|row| *row == within))),
            (Some(asked), None) if asked.is_empty() => return Ok(()),
            (Some(asked), None) => Some(ConversationSet::new(asked)),
            (None, Some(within)) => Some(ConversationSet::new([within])),
            (None, None) => None,
        };
        let plan = plan(query, asked, self.request.after);
        let mut candidates = Candidates::new(self.conn, &plan)?;
        let (mut listed, mut last, mut looked_at, mut bytes) = (0, None, 0, 0);
        while let Some((number, row)) = candidates.next()? {
            self.go_on()?;
            // These are looked at with what the index doesn't know.
            if row <= coverage.begins_after() || row > coverage.known || stale.contains(&row) {
                continue;
            }
            // Those of one number are listed together: where a page ends is told by a number.
            let full = listed > self.request.limit && last != Some(number);
            if full && (self.request.after.is_some() || looked_at >= COUNTED || bytes >= COUNTED_BYTES) {
                // Only the first page says how many there are.
                self.at_least = true;
                break;
            }
            let Some(read) = read_message(self.conn, row)? else { continue };
            looked_at += 1;
            bytes += read.entry.message.text.len();
            if self::number(read.entry.message.created_at.at.map(millis), row) != number || !self.takes(&read) {
                continue;
            }
            if full {
                self.total += 1;
            } else {
                self.add(number, Candidate::Row(row));
                listed += 1;
                last = Some(number);
            }
        }
        Ok(())
    }

    /// The hits that are wanted, read whole.
    fn page(mut self, found: &mut Found) -> Result<(), StoreError> {
        self.candidates.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
        let many = self.candidates.len();
        let mut bytes = 0;
        for (number, candidate) in self.candidates {
            let full = found.hits.len() >= self.request.limit || (bytes > PAGE_BYTES && !found.hits.is_empty());
            if full && found.hits.last().is_none_or(|last| last.cursor.0 != number) {
                break;
            }
            let row = match candidate {
                Candidate::Turn(hit) => {
                    found.hits.push(*hit);
                    continue;
                }
                Candidate::Row(row) => row,
            };
            if let Some(read) = read_message(self.conn, row)? {
                bytes += read.entry.message.text.len();
                found.hits.push(read.hit(HitCursor(number)));
            }
        }
        found.more = found.hits.last().filter(|_| many > found.hits.len()).map(|hit| hit.cursor);
        Ok(())
    }
}

fn column(conn: &Connection, sql: &str) -> Result<Vec<i64>, StoreError> {
    let mut query = conn.prepare(sql)?;
    let rows = query.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
