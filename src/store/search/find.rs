//! One search: what the index finds, what it doesn't know yet, and both in the order of time. Reads only.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Rows, params_from_iter};

use super::SearchRequest;
use super::index::{number, turn_number};
use super::message::read_message;
use super::plan::{SqlQuery, plan};
use super::titles::{conversations, titles};
use super::turns::{reply_hit, turn_hit};
use crate::domain::{Facts, Found, Hit, HitCursor, HitPlace, Searched};
use crate::store::error::StoreError;
use crate::store::roster;
use crate::store::rows::millis;
use crate::store::turn_row::TurnRow;

/// So many messages that wait for the index are read through at most, the newest of them.
const READ_THROUGH: i64 = 20_000;
/// The texts of a page of hits are no more than this, but for one.
const PAGE_BYTES: usize = 4 << 20;

/// Something that was found, by its place in the order.
enum Candidate {
    /// A message by its row.
    Row(i64),
    /// One that the index knows, by its number there alone.
    Indexed,
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
    /// What was found that comes after the cursor; of the indexed ones only the first.
    candidates: Vec<(i64, Candidate)>,
    total: u64,
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
    let mut pass = SearchPass { conn: &tx, request, current, within, candidates: Vec::new(), total: 0, unread: 0 };
    pass.turns()?;
    let stale = pass.unindexed()?;
    pass.long()?;
    found.searched = pass.backlog()?;
    pass.indexed(&stale)?;
    if request.after.is_none() {
        found.total = Some(pass.total);
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
                let state = hit.state.filter(|_| matches!(hit.place, HitPlace::Turn(_)));
                let facts = Facts {
                    channel: &hit.channel,
                    conversation: hit.conversation.as_ref(),
                    title: &hit.title,
                    state,
                    failed,
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

    /// Messages that the index doesn't know as they are. Answers the numbers under which it knows them as they were.
    fn unindexed(&mut self) -> Result<HashSet<i64>, StoreError> {
        let stale = column(self.conn, "SELECT d.n FROM unindexed u JOIN documents d ON d.message = u.message")?;
        // What is older than the index is read through with the rest of it.
        let up_to = backlog(self.conn)?;
        let sql = format!("SELECT message FROM unindexed WHERE message > {up_to} ORDER BY message DESC");
        let rows = column(self.conn, &format!("{sql} LIMIT {READ_THROUGH}"))?;
        if i64::try_from(rows.len()).is_ok_and(|many| many == READ_THROUGH) {
            let all: i64 = self.conn.query_row(&format!("SELECT count(*) FROM ({sql})"), [], |row| row.get(0))?;
            self.unread = all.saturating_sub(READ_THROUGH);
        }
        rows.into_iter().try_for_each(|row| self.look_at(row))?;
        Ok(stale.into_iter().collect())
    }

    /// Texts that are too long for the index.
    fn long(&mut self) -> Result<(), StoreError> {
        let sql = "SELECT message FROM documents WHERE marks & 16 <> 0
             AND message NOT IN (SELECT message FROM unindexed)";
        column(self.conn, sql)?.into_iter().try_for_each(|row| self.look_at(row))
    }

    /// What is older than the index, as far as that is quickly done.
    fn backlog(&mut self) -> Result<Searched, StoreError> {
        let all: i64 = self.conn.query_row("SELECT ifnull(max(n), 0) FROM messages", [], |row| row.get(0))?;
        let up_to = backlog(self.conn)?.min(all);
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

    fn look_at(&mut self, row: i64) -> Result<(), StoreError> {
        self.go_on()?;
        let Some(read) = read_message(self.conn, row)? else { return Ok(()) };
        if self.within.is_some_and(|within| within != read.conversation_row) || !read.is_taken(&self.request.query) {
            return Ok(());
        }
        let at = read.entry.message.created_at.at.map(millis);
        self.add(number(at, row), Candidate::Row(row));
        Ok(())
    }

    fn indexed(&mut self, stale: &HashSet<i64>) -> Result<(), StoreError> {
        let query = &self.request.query;
        let plan = plan(query, self.within, self.request.after, &|two| threes(self.conn, two))?;
        let conversations = if plan.by_conversation { Some(conversations(self.conn, query)?) } else { None };
        if conversations.as_ref().is_some_and(HashSet::is_empty) {
            return Ok(());
        }
        // Whether the database can count without each of them being seen here.
        let countable = !plan.unsure && conversations.is_none() && stale.is_empty();
        let mut text = self.conn.prepare_cached("SELECT ifnull(own_text, text) FROM messages WHERE n = ?1")?;
        let mut statement = self.conn.prepare(&plan.rows.sql)?;
        let mut rows = statement.query(params_from_iter(&plan.rows.values))?;
        let mut except_statement = match &plan.except {
            Some(except) => Some(self.conn.prepare(&except.rows.sql)?),
            None => None,
        };
        let mut except = match (&mut except_statement, &plan.except) {
            (Some(statement), Some(except)) => {
                Some(Descending::new(statement.query(params_from_iter(&except.rows.values))?)?)
            }
            _ => None,
        };
        let (mut listed, mut total) = (0, 0);
        while let Some(row) = rows.next()? {
            let number: i64 = row.get(0)?;
            if stale.contains(&number) {
                continue;
            }
            if let Some(except) = &mut except
                && except.has(number)?
            {
                continue;
            }
            if let Some(conversations) = &conversations
                && !conversations.contains(&row.get(2)?)
            {
                continue;
            }
            if plan.unsure {
                self.go_on()?;
                let text: Option<String> = text.query_row([row.get::<_, i64>(1)?], |row| row.get(0)).optional()?;
                if !text.is_some_and(|text| query.says(&text)) {
                    continue;
                }
            }
            total += 1;
            if listed <= self.request.limit {
                listed += 1;
                self.candidates.push((number, Candidate::Indexed));
            } else if self.request.after.is_some() {
                // Only the first page says how many there are.
                break;
            } else if countable {
                let all = count_of(self.conn, &plan.count)?;
                let without = plan.except.as_ref().map_or(Ok(0), |except| count_of(self.conn, &except.count))?;
                total = all.saturating_sub(without);
                break;
            }
        }
        self.total += total;
        Ok(())
    }

    /// The hits that are wanted, read whole.
    fn page(mut self, found: &mut Found) -> Result<(), StoreError> {
        self.candidates.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
        let many = self.candidates.len();
        let mut bytes = 0;
        for (number, candidate) in self.candidates {
            if found.hits.len() == self.request.limit || (bytes > PAGE_BYTES && !found.hits.is_empty()) {
                break;
            }
            let row = match candidate {
                Candidate::Turn(hit) => {
                    found.hits.push(*hit);
                    continue;
                }
                Candidate::Row(row) => row,
                Candidate::Indexed => self
                    .conn
                    .prepare_cached("SELECT message FROM documents WHERE n = ?1")?
                    .query_row([number], |row| row.get(0))?,
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

/// Numbers that come the newest first, and are asked for in that order.
struct Descending<'a> {
    rows: Rows<'a>,
    /// The next of them.
    at: Option<i64>,
}

impl<'a> Descending<'a> {
    fn new(mut rows: Rows<'a>) -> Result<Self, StoreError> {
        let at = rows.next()?.map(|row| row.get(0)).transpose()?;
        Ok(Self { rows, at })
    }

    fn has(&mut self, number: i64) -> Result<bool, StoreError> {
        while self.at.is_some_and(|at| at > number) {
            self.at = self.rows.next()?.map(|row| row.get(0)).transpose()?;
        }
        Ok(self.at == Some(number))
    }
}

fn count_of(conn: &Connection, asking: &SqlQuery) -> Result<u64, StoreError> {
    let count: i64 = conn.query_row(&asking.sql, params_from_iter(&asking.values), |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

fn backlog(conn: &Connection) -> Result<i64, StoreError> {
    Ok(conn.query_row("SELECT up_to FROM backlog", [], |row| row.get(0))?)
}

fn column(conn: &Connection, sql: &str) -> Result<Vec<i64>, StoreError> {
    let mut query = conn.prepare(sql)?;
    let rows = query.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The threes of letters in the index that begin with these two.
fn threes(conn: &Connection, two: &str) -> Result<Vec<String>, StoreError> {
    // One place of each, and on to the next: all the places of frequent ones take longer than the search.
    let mut query = conn.prepare_cached("SELECT term FROM temp.threes WHERE term >= ?1 LIMIT 1")?;
    let (mut threes, mut from) = (Vec::new(), two.to_owned());
    loop {
        let three: Option<String> = query.query_row([&from], |row| row.get(0)).optional()?;
        let Some(three) = three.filter(|three| three.starts_with(two)) else { return Ok(threes) };
        from.clone_from(&three);
        // The least that comes after it, since none is longer.
        from.push('\u{1}');
        threes.push(three);
    }
}
