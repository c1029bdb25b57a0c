//! Conversations of which the platform keeps no list: the store's copy is the history. Owns when a message of ours is
//! filed there, and the table `reply_handles`: the ways to answer directly.

use rusqlite::{OptionalExtension, Transaction, params};

use super::Store;
use super::error::StoreError;
use super::history::{StoredMessage, stored_message};
use super::json::extras_json;
use super::outbox::illegal;
use super::pending::Pending;
use super::rows::count;
use super::turn_row::TurnRow;
use super::{ordering, roster, rows};
use crate::domain::{
    ChannelName, ConversationId, Extras, MessageId, Moment, OutState, ReplyHandle, Role, Timestamp, TurnId,
};

/// One page after a place: the index gives it in order, whatever the number of messages.
pub(super) const AFTER: &str = "SELECT seq, id, role, ifnull(own_text, text), created_ms, created_raw, finish,
        first_word_ms, took_ms, ours, extras
    FROM messages WHERE conversation = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";
/// The way to answer that lives longest.
pub(super) const TAKE: &str = "SELECT token, expires_ms FROM reply_handles INDEXED BY reply_handles_by_end
    WHERE conversation = ?1 AND used = 0 AND expires_ms > ?2 ORDER BY expires_ms DESC LIMIT 1";
pub(super) const FORGET: &str = "DELETE FROM reply_handles WHERE conversation = ?1 AND expires_ms <= ?2";

impl Store {
    /// A turn that this instance claimed was taken by its platform, and the reply comes by itself: sending → sent, and
    /// filed in the conversation's history under that role, before what came since it was handed over (none: since it was
    /// claimed). Answers its place.
    /// The turn must be bound to its conversation before.
    ///
    /// # Errors
    /// [`StoreError::UnknownTurn`], [`StoreError::Illegal`] for one that is not being sent, [`StoreError::NotHolder`]
    /// for one that another instance claimed, [`StoreError::Unbound`] for one without a conversation. Nothing is
    /// changed then.
    pub fn file_sent(&self, id: &TurnId, role: &Role, extras: &Extras, handed: Option<Timestamp>) -> Pending<i64> {
        let (id, role, extras) = (id.clone(), role.clone(), extras_json(extras));
        self.ask(move |database| {
            let me = database.instances.own()?;
            database.write(|tx, _| {
                let mut row = TurnRow::load(tx, &id)?;
                if row.turn.state != OutState::Sending {
                    return Err(illegal(&row.turn, OutState::Sent));
                }
                if row.holder.as_ref() != Some(&me) {
                    return Err(StoreError::NotHolder(id));
                }
                let Some(conversation) = row.conversation else { return Err(StoreError::Unbound(id)) };
                let handed = handed.or(row.claimed).unwrap_or(row.turn.created);
                if role == Role::User {
                    name_by_words(tx, conversation, &row.turn.text)?;
                }
                let seq = insert(tx, conversation, &row, handed, &role, extras.as_deref())?;
                row.turn.state = OutState::Sent;
                row.turn.failure = None;
                row.turn.message_id = Some(MessageId::new(id.as_str()));
                row.holder = None;
                row.filed = true;
                row.save(tx)?;
                Ok(seq)
            })
        })
    }

    /// At most `limit` messages after that place, oldest first.
    pub fn messages_after(
        &self,
        channel: &ChannelName,
        conversation: &ConversationId,
        after: Option<i64>,
        limit: usize,
    ) -> Pending<Vec<StoredMessage>> {
        let (channel, conversation) = (channel.clone(), conversation.clone());
        self.ask(move |database| {
            let n = roster::find(database.read(), &channel, &conversation)?;
            let mut query = database.read().prepare_cached(AFTER)?;
            let rows = query.query_map(params![n, after.unwrap_or(i64::MIN), count(limit)], stored_message)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// How many messages of the conversation are stored, those of ours included.
    pub fn said_count(&self, channel: &ChannelName, conversation: &ConversationId) -> Pending<u64> {
        let (channel, conversation) = (channel.clone(), conversation.clone());
        self.ask(move |database| {
            let n = roster::find(database.read(), &channel, &conversation)?;
            let mut query =
                database.read().prepare_cached("SELECT count(*) FROM messages WHERE conversation = ?1")?;
            let many: i64 = query.query_row([n], |row| row.get(0))?;
            Ok(many.unsigned_abs())
        })
    }

    /// Takes the newest way to answer a conversation directly that lives for more than `margin_ms`. It is gone then,
    /// whatever comes of it: one is never used twice.
    pub fn take_reply_handle(
        &self,
        channel: &ChannelName,
        conversation: &ConversationId,
        now: Timestamp,
        margin_ms: i64,
    ) -> Pending<Option<ReplyHandle>> {
        let (channel, conversation) = (channel.clone(), conversation.clone());
        self.ask(move |database| {
            database.write(|tx, _| {
                let Some(n) = roster::find(tx, &channel, &conversation)? else { return Ok(None) };
                tx.prepare_cached(FORGET)?.execute([n, now.millis()])?;
                let least = now.plus_millis(margin_ms.max(0)).millis();
                let handle = tx.prepare_cached(TAKE)?.query_row([n, least], |row| {
                    Ok(ReplyHandle { token: row.get(0)?, expires: Timestamp::from_millis(row.get(1)?) })
                });
                let handle = handle.optional()?;
                if let Some(handle) = &handle {
                    tx.prepare_cached("UPDATE reply_handles SET used = 1 WHERE conversation = ?1 AND token = ?2")?
                        .execute(params![n, handle.token])?;
                }
                Ok(handle)
            })
        })
    }

    /// Until when a conversation can be answered directly, which may be over.
    pub fn reply_until(&self, channel: &ChannelName, conversation: &ConversationId) -> Pending<Option<Timestamp>> {
        let (channel, conversation) = (channel.clone(), conversation.clone());
        self.ask(move |database| {
            let conn = database.read();
            let Some(n) = roster::find(conn, &channel, &conversation)? else { return Ok(None) };
            let mut query = conn.prepare_cached(TAKE)?;
            let until = query.query_row([n, i64::MIN], |row| row.get(1)).optional()?;
            Ok(until.map(Timestamp::from_millis))
        })
    }
}

/// So much of a message names its conversation.
const NAME: usize = 200;

/// Our first words in a conversation with a bot say better what it is about than what it was called before.
fn name_by_words(tx: &Transaction<'_>, conversation: i64, text: &str) -> Result<(), StoreError> {
    let name: String = text.trim().chars().take(NAME).collect();
    let said = "SELECT EXISTS (SELECT 1 FROM messages WHERE conversation = ?1 AND ours = 1)";
    if name.is_empty() || tx.prepare_cached(said)?.query_row([conversation], |row| row.get(0))? {
        return Ok(());
    }
    roster::name(tx, conversation, &name)
}

/// Our message in the history, its id the turn's.
fn insert(
    tx: &Transaction<'_>,
    conversation: i64,
    row: &TurnRow,
    handed: Timestamp,
    role: &Role,
    extras: Option<&str>,
) -> Result<i64, StoreError> {
    let turn = &row.turn;
    let left = rows::millis(handed);
    let seq = ordering::outgoing(tx, conversation, left, row.n)?;
    let created = Moment::at(handed);
    tx.prepare_cached(
        "INSERT INTO messages (conversation, seq, id, role, text, created_ms, created_raw, ours, received_ms, extras)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8, ?9)",
    )?
    .execute(params![
        conversation,
        seq,
        turn.id.as_str(),
        role.as_str(),
        turn.text,
        created.at.map(rows::millis),
        created.raw,
        left,
        extras
    ])?;
    Ok(seq)
}

/// Keeps a way to answer. One that was kept before stays as it is: if it was used, it stays used.
pub(super) fn keep_handle(tx: &Transaction<'_>, conversation: i64, handle: &ReplyHandle) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO reply_handles (conversation, token, expires_ms) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    )?
    .execute(params![conversation, handle.token, handle.expires.millis()])?;
    Ok(())
}

/// Forgets the ways to answer whose time is up.
pub(super) fn forget_ended(tx: &Transaction<'_>, conversation: i64, now: i64) -> Result<(), StoreError> {
    tx.prepare_cached(FORGET)?.execute([conversation, now])?;
    Ok(())
}
