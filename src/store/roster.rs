//! The conversations of a channel, newest activity first. Owns the table `conversations`.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Store;
use super::error::StoreError;
use super::json::{merge_pairs, pairs_from_json, pairs_json};
use super::pending::Pending;
use super::rows::{count, millis, moment, word};
use crate::domain::{ChannelName, Conversation, ConversationId, Moment, OutState, Timestamp};

/// One row of the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterRow {
    /// The conversation, as its platform lists it.
    pub conversation: Conversation,
    /// The newest of when it began, where that can be read, the newest message sent from here, and the newest webhook.
    pub activity: Option<Timestamp>,
    /// Whether something was typed in it and not sent.
    pub has_draft: bool,
    /// What became of the newest message sent from here; cancelled ones don't count.
    pub last_state: Option<OutState>,
    /// Where the next page begins if this row is the last of its page.
    pub cursor: RosterCursor,
}

/// A place in the roster. Stays valid while rows move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RosterCursor {
    recency: i64,
    arrival: i64,
}

impl RosterCursor {
    /// The place of a row: its recency and its arrival.
    pub(super) const fn at((recency, arrival): (i64, i64)) -> Self {
        Self { recency, arrival }
    }

    /// What it stands for.
    pub(super) const fn place(self) -> (i64, i64) {
        (self.recency, self.arrival)
    }

    /// Reads a place as [`Display`](std::fmt::Display) writes it.
    pub fn parse(text: &str) -> Option<Self> {
        let (recency, arrival) = text.strip_prefix('p')?.split_once('.')?;
        Some(Self { recency: recency.parse().ok()?, arrival: arrival.parse().ok()? })
    }
}

impl std::fmt::Display for RosterCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Begins with a letter: what begins with a hyphen looks like an option to a command line.
        write!(f, "p{}.{}", self.recency, self.arrival)
    }
}

const TOP: RosterCursor = RosterCursor { recency: i64::MIN, arrival: i64::MIN };

macro_rules! roster_columns {
    () => {
        "SELECT c.id, c.title, c.created_ms, c.created_raw, c.recency, c.arrival, c.details,
             EXISTS (SELECT 1 FROM drafts d WHERE d.channel = c.channel AND d.conversation = c.id),
             (SELECT t.state FROM turns t WHERE t.conversation = c.n AND t.state <> 'cancelled'
              ORDER BY t.n DESC LIMIT 1)
         FROM conversations c"
    };
}

/// One page: the index gives it in order, whatever the number of conversations.
pub(super) const PAGE: &str = concat!(
    roster_columns!(),
    " WHERE c.channel = ?1 AND (c.recency, c.arrival) > (?2, ?3) ORDER BY c.recency, c.arrival LIMIT ?4"
);
const ONE: &str = concat!(roster_columns!(), " WHERE c.channel = ?1 AND c.id = ?2");

impl Store {
    /// At most `limit` conversations after that place, newest activity first; those without any come last, in the order
    /// in which they came.
    pub fn conversations(
        &self,
        channel: &ChannelName,
        after: Option<RosterCursor>,
        limit: usize,
    ) -> Pending<Vec<RosterRow>> {
        let channel = channel.clone();
        self.ask(move |database| {
            let RosterCursor { recency, arrival } = after.unwrap_or(TOP);
            let mut query = database.read().prepare_cached(PAGE)?;
            let rows = query.query_map(params![channel.as_str(), recency, arrival, count(limit)], roster_row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// One conversation's row.
    pub fn conversation(&self, channel: &ChannelName, id: &ConversationId) -> Pending<Option<RosterRow>> {
        let (channel, id) = (channel.clone(), id.clone());
        self.ask(move |database| {
            let mut query = database.read().prepare_cached(ONE)?;
            Ok(query.query_row([channel.as_str(), id.as_str()], roster_row).optional()?)
        })
    }

    /// How many conversations of the channel are known.
    pub fn conversation_count(&self, channel: &ChannelName) -> Pending<u64> {
        let channel = channel.clone();
        self.ask(move |database| {
            let sql = "SELECT count(*) FROM conversations WHERE channel = ?1";
            let many: i64 = database.read().prepare_cached(sql)?.query_row([channel.as_str()], |row| row.get(0))?;
            Ok(many.unsigned_abs())
        })
    }

    /// Files what a platform's list said, in its order. A title, a time or details that are known are never lost to
    /// empty ones.
    pub fn merge_conversations(&self, channel: &ChannelName, listed: &[Conversation]) -> Pending<()> {
        let (channel, listed) = (channel.clone(), listed.to_vec());
        self.ask(move |database| {
            database.write_what_is_told_again(|tx, _| {
                listed.iter().try_for_each(|conversation| merge(tx, &channel, conversation))
            })
        })
    }
}

/// Files one conversation as it is listed.
pub(super) fn merge(tx: &Transaction<'_>, channel: &ChannelName, said: &Conversation) -> Result<(), StoreError> {
    let known = tx
        .prepare_cached(
            "SELECT n, title, created_ms, created_raw, details FROM conversations WHERE channel = ?1 AND id = ?2",
        )?
        .query_row([channel.as_str(), said.id.as_str()], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, moment(row, 2, 3)?, row.get(4)?))
        })
        .optional()?;
    let listed = pairs_json(&said.details);
    let Some((n, title, created, details)): Option<(_, _, _, Option<String>)> = known else {
        tx.prepare_cached(
            "INSERT INTO conversations (channel, id, title, created_ms, created_raw, details)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            channel.as_str(),
            said.id.as_str(),
            said.title,
            said.created_at.at.map(millis),
            said.created_at.raw,
            listed
        ])?;
        return Ok(());
    };
    let better_title = if said.title.trim().is_empty() { &title } else { &said.title };
    let silent = said.created_at.at.is_none() && (created.at.is_some() || said.created_at.raw.is_empty());
    let better_time = if silent { &created } else { &said.created_at };
    if *better_title != title || *better_time != created {
        tx.prepare_cached("UPDATE conversations SET title = ?2, created_ms = ?3, created_raw = ?4 WHERE n = ?1")?
            .execute(params![n, better_title, better_time.at.map(millis), better_time.raw])?;
    }
    if listed.is_some() && listed != details {
        set_details(tx, n, listed.as_deref())?;
    }
    Ok(())
}

/// The conversation's row, made if need be with a title to go by until the platform's list gives one.
pub(super) fn ensure(
    conn: &Connection,
    channel: &ChannelName,
    id: &ConversationId,
    title: &str,
) -> Result<i64, StoreError> {
    if let Some(n) = find(conn, channel, id)? {
        return Ok(n);
    }
    conn.prepare_cached("INSERT INTO conversations (channel, id, title, created_raw) VALUES (?1, ?2, ?3, '')")?
        .execute([channel.as_str(), id.as_str(), title])?;
    Ok(conn.last_insert_rowid())
}

/// The conversation's row, and whether it has no name yet.
pub(super) fn ensure_named(
    conn: &Connection,
    channel: &ChannelName,
    id: &ConversationId,
    title: &str,
) -> Result<(i64, bool), StoreError> {
    let known = conn
        .prepare_cached("SELECT n, title = '' FROM conversations WHERE channel = ?1 AND id = ?2")?
        .query_row([channel.as_str(), id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match known {
        Some(known) => Ok(known),
        None => Ok((ensure(conn, channel, id, title)?, title.is_empty())),
    }
}

/// Names a conversation that had no name.
pub(super) fn name(conn: &Connection, conversation: i64, title: &str) -> Result<(), StoreError> {
    conn.prepare_cached("UPDATE conversations SET title = ?2 WHERE n = ?1")?.execute(params![conversation, title])?;
    Ok(())
}

/// Notes when a conversation began, if nothing told that before.
pub(super) fn begun(conn: &Connection, conversation: i64, at: &Moment) -> Result<(), StoreError> {
    conn.prepare_cached(
        "UPDATE conversations SET created_ms = ?2, created_raw = ?3
         WHERE n = ?1 AND created_ms IS NULL AND created_raw = ''",
    )?
    .execute(params![conversation, at.at.map(millis), at.raw])?;
    Ok(())
}

/// Adds to what is known of a conversation.
pub(super) fn add_details(conn: &Connection, conversation: i64, new: &[(String, String)]) -> Result<(), StoreError> {
    let known: Option<String> = conn
        .prepare_cached("SELECT details FROM conversations WHERE n = ?1")?
        .query_row([conversation], |row| row.get(0))?;
    let mut details = known.as_deref().map_or_else(Vec::new, pairs_from_json);
    merge_pairs(&mut details, new);
    let merged = pairs_json(&details);
    if merged == known { Ok(()) } else { set_details(conn, conversation, merged.as_deref()) }
}

fn set_details(conn: &Connection, conversation: i64, details: Option<&str>) -> Result<(), StoreError> {
    conn.prepare_cached("UPDATE conversations SET details = ?2 WHERE n = ?1")?
        .execute(params![conversation, details])?;
    Ok(())
}

/// The conversation's row, if there is one.
pub(super) fn find(conn: &Connection, channel: &ChannelName, id: &ConversationId) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT n FROM conversations WHERE channel = ?1 AND id = ?2";
    Ok(conn.prepare_cached(sql)?.query_row([channel.as_str(), id.as_str()], |row| row.get(0)).optional()?)
}

/// Notes that a message was sent from here.
pub(super) fn touch(conn: &Connection, conversation: i64, at: Timestamp) -> Result<(), StoreError> {
    conn.prepare_cached("UPDATE conversations SET turned_ms = ?2 WHERE n = ?1 AND ifnull(turned_ms < ?2, TRUE)")?
        .execute(params![conversation, millis(at)])?;
    Ok(())
}

fn roster_row(row: &Row<'_>) -> rusqlite::Result<RosterRow> {
    let (recency, arrival) = (row.get::<_, i64>(4)?, row.get(5)?);
    Ok(RosterRow {
        conversation: Conversation {
            id: ConversationId::new(row.get::<_, String>(0)?),
            title: row.get(1)?,
            created_at: moment(row, 2, 3)?,
            details: row.get::<_, Option<String>>(6)?.map_or_else(Vec::new, |text| pairs_from_json(&text)),
        },
        activity: (recency != i64::MAX).then(|| Timestamp::from_millis(recency.saturating_neg())),
        has_draft: row.get(7)?,
        last_state: word(row, 8, OutState::from_word)?,
        cursor: RosterCursor { recency, arrival },
    })
}
