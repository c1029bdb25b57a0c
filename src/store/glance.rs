//! What tells conversations apart in a list: what was said first and last, and how much of it nobody has seen. Owns no
//! table.

use rusqlite::{Connection, OptionalExtension, params};

use super::Store;
use super::error::StoreError;
use super::pending::Pending;
use super::roster;
use crate::domain::{ChannelName, ConversationId};

/// So many letters of a message are read: a list shows one line.
const LETTERS: i64 = 200;
/// More than so many messages are not counted.
const COUNTED: i64 = 100;

/// What a list says of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Glance {
    /// The beginning of the first message that is known: markdown, untrusted. None where there is none.
    pub first: Option<String>,
    /// The beginning of the last one.
    pub last: Option<String>,
    /// How many messages of people, and of others, came behind the last one that was seen, up to a hundred of each; none
    /// where nothing of it was ever seen. What was sent from here doesn't count.
    pub unseen: Option<(u32, u32)>,
}

/// The first and the last message of a conversation: the index gives both.
pub(super) const FIRST: &str =
    "SELECT substr(text, 1, ?2) FROM messages WHERE conversation = ?1 AND trim(text) <> '' ORDER BY seq LIMIT 1";
pub(super) const LAST: &str =
    "SELECT substr(text, 1, ?2) FROM messages WHERE conversation = ?1 AND trim(text) <> '' ORDER BY seq DESC LIMIT 1";
/// The place of what was seen last.
const SEEN: &str =
    "SELECT m.seq FROM conversations c JOIN messages m ON m.conversation = c.n AND m.id = CASE c.seen_of
        WHEN 'message' THEN c.seen
        WHEN 'ask' THEN (SELECT t.message_id FROM turns t WHERE t.id = c.seen)
        ELSE (SELECT ifnull(t.reply_message_id, t.id) FROM turns t WHERE t.id = c.seen) END
    WHERE c.n = ?1";
/// The messages behind that place, of people or of others.
pub(super) const UNSEEN: &str = "SELECT seq FROM messages
    WHERE conversation = ?1 AND seq > ?2 AND ours = 0 AND (role = 'user') = ?3 LIMIT ?4";

impl Store {
    /// What a list says of these conversations, in their order.
    pub fn glances(&self, channel: &ChannelName, conversations: &[ConversationId]) -> Pending<Vec<Glance>> {
        let (channel, conversations) = (channel.clone(), conversations.to_vec());
        self.ask(move |database| {
            let conn = database.read();
            let glance = |id: &ConversationId| match roster::find(conn, &channel, id)? {
                Some(n) => glance(conn, n),
                None => Ok(Glance::default()),
            };
            conversations.iter().map(glance).collect()
        })
    }
}

fn glance(conn: &Connection, n: i64) -> Result<Glance, StoreError> {
    let said = |sql: &str| -> Result<Option<String>, StoreError> {
        Ok(conn.prepare_cached(sql)?.query_row([n, LETTERS], |row| row.get(0)).optional()?)
    };
    let seen: Option<i64> = conn.prepare_cached(SEEN)?.query_row([n], |row| row.get(0)).optional()?;
    let behind = |seq: i64, people: bool| -> Result<u32, StoreError> {
        let mut query = conn.prepare_cached(UNSEEN)?;
        let many = query.query_map(params![n, seq, people, COUNTED], |row| row.get::<_, i64>(0))?.count();
        Ok(u32::try_from(many).unwrap_or(u32::MAX))
    };
    let unseen = match seen {
        Some(seq) => Some((behind(seq, true)?, behind(seq, false)?)),
        None => None,
    };
    Ok(Glance { first: said(FIRST)?, last: said(LAST)?, unseen })
}
