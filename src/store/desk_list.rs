//! The conversations of all channels as one list: the pinned ones first, then newest activity first. Owns no table.
//!
//! Each channel's index gives its conversations in order, so a page costs what it holds, however many there are. Where
//! only what something is kept of is asked for, those are read, and nothing else.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Store;
use super::desk;
use super::error::StoreError;
use super::json::pairs_from_json;
use super::pending::Pending;
use super::roster::RosterCursor;
use super::rows::{count, moment};
use crate::domain::{
    ChannelName, Conversation, ConversationId, DeskFilter, DeskItem, DeskPage, FuzzyFilter, LastWords, Role,
    Timestamp,
};

/// How many conversations are looked at for one page where few of them are what is asked for: then the page is short, and
/// the next one goes on.
const LOOKED_AT: usize = 4_000;
/// The most pinned ones, or kept ones of any kind, that one answer holds.
const MOST_KEPT: usize = 2_000;
/// How much of the last message is read, in characters.
const EXCERPT: usize = 200;

macro_rules! columns {
    () => {
        "SELECT c.channel, c.id, c.title, c.created_ms, c.created_raw, c.details, c.recency, c.arrival, c.n,
             EXISTS (SELECT 1 FROM drafts d WHERE d.channel = c.channel AND d.conversation = c.id),
             ifnull(k.pinned, 0), k.archived_ms, ifnull(k.labels, ''), ifnull(k.note, ''), k.snoozed_ms, k.until_ms,
             k.woke_ms"
    };
}

/// One channel's, from a place on.
pub(super) const PAGE: &str = concat!(
    columns!(),
    " FROM conversations c LEFT JOIN desk k ON k.channel = c.channel AND k.conversation = c.id
      WHERE c.channel = ?1 AND (c.recency, c.arrival) > (?2, ?3) ORDER BY c.recency, c.arrival LIMIT ?4"
);
/// Those of which something is kept.
const KEPT: &str = concat!(
    columns!(),
    " FROM desk k JOIN conversations c ON c.channel = k.channel AND c.id = k.conversation
      WHERE k.channel = ?1"
);
/// What was said last.
pub(super) const LAST: &str = "SELECT role, ours, substr(ifnull(own_text, text), 1, ?2) FROM messages
    WHERE conversation = ?1 ORDER BY seq DESC LIMIT 1";

/// What is asked for of the list.
#[derive(Debug, Clone, Default)]
pub struct DeskQuery {
    /// Which channels it is of, each with whether the program is the bot there: then whoever wrote last and isn't we waits.
    pub channels: Vec<(ChannelName, bool)>,
    /// What it leaves.
    pub filter: DeskFilter,
    /// What is not looked at yet.
    pub unread: HashSet<(ChannelName, ConversationId)>,
    /// Where it begins; none at the top.
    pub after: Option<RosterCursor>,
    /// How many at the most, besides pinned ones.
    pub limit: usize,
}

impl Store {
    /// One page of all channels' conversations.
    pub fn desk_list(&self, query: DeskQuery) -> Pending<DeskPage> {
        self.ask(move |database| {
            let reader = Reader { conn: database.read(), text: FuzzyFilter::new(&query.filter.text), query: &query };
            if query.filter.asks_for_kept() { reader.kept() } else { reader.page() }
        })
    }
}

struct Reader<'a> {
    conn: &'a Connection,
    text: FuzzyFilter,
    query: &'a DeskQuery,
}

/// A row that may be asked for, and its place.
struct Found {
    item: DeskItem,
    place: (i64, i64),
    n: i64,
    is_bot: bool,
}

impl Reader<'_> {
    /// Of what something is kept, all at once.
    fn kept(&self) -> Result<DeskPage, StoreError> {
        let mut left = self.kept_of(|_| true)?;
        left.truncate(MOST_KEPT);
        Ok(DeskPage { items: left.into_iter().map(|found| found.item).collect(), next: None })
    }

    /// Those of which something is kept that `wanted` names and the filter takes: pinned ones first, each newest first.
    fn kept_of(&self, wanted: impl Fn(&DeskItem) -> bool) -> Result<Vec<Found>, StoreError> {
        let mut left = Vec::new();
        for (channel, is_bot) in &self.query.channels {
            let mut query = self.conn.prepare_cached(KEPT)?;
            let rows = query.query_map([channel.as_str()], |row| found(row, *is_bot))?;
            for row in rows {
                let row = row?;
                if wanted(&row.item)
                    && let Some(row) = self.left(row)?
                {
                    left.push(row);
                }
            }
        }
        left.sort_by_key(|found| (!found.item.entry.pinned, found.place));
        Ok(left)
    }

    /// All, newest first; on the first page behind those that are pinned.
    fn page(&self) -> Result<DeskPage, StoreError> {
        let DeskQuery { channels, after, limit, .. } = self.query;
        let first = after.is_none();
        let mut items: Vec<DeskItem> = Vec::new();
        if first {
            let pinned = self.kept_of(|item| item.entry.pinned)?;
            items.extend(pinned.into_iter().take(MOST_KEPT).map(|found| found.item));
        }
        let (limit, mut looked) = ((*limit).max(1), 0);
        let mut from = after.map_or((i64::MIN, i64::MIN), RosterCursor::place);
        let mut rest = 0;
        loop {
            let batch = (limit - rest).max(64);
            let mut rows = Vec::new();
            let mut ended = true;
            // What one channel was not asked for, no other may go past.
            let mut bound = None;
            for (channel, is_bot) in channels {
                let mut query = self.conn.prepare_cached(PAGE)?;
                let asked = params![channel.as_str(), from.0, from.1, count(batch)];
                let of = query.query_map(asked, |row| found(row, *is_bot))?.collect::<Result<Vec<_>, _>>()?;
                if let (true, Some(last)) = (of.len() == batch, of.last()) {
                    ended = false;
                    bound = Some(bound.map_or(last.place, |known: (i64, i64)| known.min(last.place)));
                }
                rows.extend(of);
            }
            rows.sort_by_key(|found| found.place);
            for row in rows {
                if bound.is_some_and(|bound| row.place > bound) {
                    break;
                }
                (from, looked) = (row.place, looked + 1);
                let pinned = row.item.entry.pinned;
                if !pinned && let Some(row) = self.left(row)? {
                    items.push(row.item);
                    rest += 1;
                }
                if rest == limit || looked >= LOOKED_AT {
                    return Ok(DeskPage { items, next: Some(RosterCursor::at(from).to_string()) });
                }
            }
            if ended {
                return Ok(DeskPage { items, next: None });
            }
        }
    }

    /// The row, where the filter leaves it, with its last words.
    fn left(&self, mut found: Found) -> Result<Option<Found>, StoreError> {
        let filter = &self.query.filter;
        let key = (found.item.channel.clone(), found.item.conversation.id.clone());
        found.item.unread = self.query.unread.contains(&key);
        let item = &found.item;
        if !filter.takes(&item.entry) || (filter.unread && !item.unread && !item.entry.reminds()) {
            return Ok(None);
        }
        let texts = [item.conversation.title.as_str(), item.channel.as_str(), item.conversation.id.as_str()];
        if !self.text.is_empty() && !texts.iter().any(|text| self.text.rank(text).is_some()) {
            return Ok(None);
        }
        found.item.last = last_words(self.conn, found.n)?;
        let waits = |last: &LastWords| !last.ours && (found.is_bot || last.role == Role::User);
        if filter.waiting && !found.item.last.as_ref().is_some_and(waits) {
            return Ok(None);
        }
        Ok(Some(found))
    }
}

fn last_words(conn: &Connection, conversation: i64) -> Result<Option<LastWords>, StoreError> {
    let words = conn
        .prepare_cached(LAST)?
        .query_row(params![conversation, count(EXCERPT)], |row| {
            Ok(LastWords { role: Role::from_word(&row.get::<_, String>(0)?), ours: row.get(1)?, text: row.get(2)? })
        })
        .optional()?;
    Ok(words)
}

fn found(row: &Row<'_>, is_bot: bool) -> rusqlite::Result<Found> {
    let recency: i64 = row.get(6)?;
    let item = DeskItem {
        channel: ChannelName::new(row.get::<_, String>(0)?),
        conversation: Conversation {
            id: ConversationId::new(row.get::<_, String>(1)?),
            title: row.get(2)?,
            created_at: moment(row, 3, 4)?,
            details: row.get::<_, Option<String>>(5)?.map_or_else(Vec::new, |text| pairs_from_json(&text)),
        },
        activity: (recency != i64::MAX).then(|| Timestamp::from_millis(recency.saturating_neg())),
        has_draft: row.get(9)?,
        entry: desk::entry(row, 10)?,
        unread: false,
        last: None,
    };
    Ok(Found { item, place: (recency, row.get(7)?), n: row.get(8)?, is_bot })
}
