//! The platforms' histories: pages filed in the platform's order, and read back. Owns the table `messages`; what a new
//! message says about the outbox is the business of `reconcile`.

use rusqlite::{OptionalExtension, Row, Statement, Transaction, params};

use super::Store;
use super::error::StoreError;
use super::instances::Instances;
use super::json::{extras_from_json, extras_json};
use super::ordering::seq_of;
use super::pending::Pending;
use super::rows::{count, millis, moment, word};
use super::{reconcile, roster};
use crate::domain::{ChannelName, ConversationId, Extras, Finish, Message, MessageId, Role, TurnId};

/// One message of a history, with what this program knows about it besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMessage {
    /// Its place in the platform's order.
    pub seq: i64,
    /// The message. Its text is this program's own copy where that is longer than what the platform kept.
    pub message: Message,
    /// How this program's own copy ended, where that is what the text is; or why the platform ended it, where it said.
    pub finish: Option<Finish>,
    /// It isn't in the platform's history at all: a reply that was received here, its id the turn's.
    pub ours: bool,
    /// Milliseconds from sending to the first text, if it was received here.
    pub first_word_ms: Option<u64>,
    /// Milliseconds from sending to the end, if it was received here.
    pub took_ms: Option<u64>,
}

/// A part of a history, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistorySlice {
    /// The messages.
    pub entries: Vec<StoredMessage>,
    /// Whether there are older ones before these.
    pub older: bool,
}

/// What filing a page came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merged {
    /// How many messages were not known before.
    pub new: usize,
    /// The turns about which the history told something: that the message arrived, what the reply was, or that there
    /// will be none.
    pub settled: Vec<TurnId>,
}

/// From one message's place to the next: what the platform doesn't keep fits in between.
pub(super) const STEP: i64 = 2;

/// Whether there is anything that a page of a channel's history could tell the outbox.
pub(super) const HAS_OPEN_TURNS: &str =
    "SELECT 1 FROM turns WHERE channel = ?1 AND filed = 0 AND state <> 'cancelled' LIMIT 1";

/// One page before a place: the index gives it in order, whatever the number of messages.
pub(super) const PAGE: &str = "SELECT seq, id, role, ifnull(own_text, text), created_ms, created_raw, finish,
        first_word_ms, took_ms, ours, extras
    FROM messages WHERE conversation = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3";
pub(super) const LAST: &str =
    "SELECT id FROM messages WHERE conversation = ?1 AND ours = 0 ORDER BY seq DESC LIMIT 1";

impl Store {
    /// The newest `limit` messages before that place, oldest of them first.
    pub fn messages(
        &self,
        channel: &ChannelName,
        conversation: &ConversationId,
        before: Option<i64>,
        limit: usize,
    ) -> Pending<HistorySlice> {
        let (channel, conversation) = (channel.clone(), conversation.clone());
        self.ask(move |database| {
            let conn = database.read();
            let n = roster::find(conn, &channel, &conversation)?;
            let mut query = conn.prepare_cached(PAGE)?;
            let one_more = count(limit.saturating_add(1));
            let rows = query.query_map(params![n, before.unwrap_or(i64::MAX), one_more], stored_message)?;
            let mut entries: Vec<StoredMessage> = rows.collect::<Result<_, _>>()?;
            let older = entries.len() > limit;
            entries.truncate(limit);
            entries.reverse();
            Ok(HistorySlice { entries, older })
        })
    }

    /// The newest message of the platform's that is stored, which the next page is asked to follow.
    pub fn last_message_id(
        &self,
        channel: &ChannelName,
        conversation: &ConversationId,
    ) -> Pending<Option<MessageId>> {
        let (channel, conversation) = (channel.clone(), conversation.clone());
        self.ask(move |database| {
            let n = roster::find(database.read(), &channel, &conversation)?;
            let mut query = database.read().prepare_cached(LAST)?;
            Ok(query.query_row([n], |row| row.get(0)).optional()?.map(|id: String| MessageId::new(id)))
        })
    }

    /// How many of the platform's messages of the conversation are stored.
    pub fn message_count(&self, channel: &ChannelName, conversation: &ConversationId) -> Pending<u64> {
        let (channel, conversation) = (channel.clone(), conversation.clone());
        self.ask(move |database| {
            let n = roster::find(database.read(), &channel, &conversation)?;
            let mut query = database
                .read()
                .prepare_cached("SELECT count(*) FROM messages WHERE conversation = ?1 AND ours = 0")?;
            let many: i64 = query.query_row([n], |row| row.get(0))?;
            Ok(many.unsigned_abs())
        })
    }

    /// Files one page of the platform's history, in its order: known messages are updated where they are, new ones
    /// follow the last known. `after` is the message that the page was asked to follow; one that isn't stored is
    /// refused with [`StoreError::UnknownCursor`], since the page would leave a hole before it.
    ///
    /// In the same commit the outbox learns from it: a new message of the user's with the words of a turn that may have
    /// arrived settles the oldest such turn, and the reply that follows is joined to the turn's.
    ///
    /// # Errors
    /// [`StoreError::UnknownCursor`] where `after` is not stored. Nothing of the page is filed then.
    pub fn merge_messages(
        &self,
        channel: &ChannelName,
        conversation: &ConversationId,
        page: &[Message],
        after: Option<&MessageId>,
    ) -> Pending<Merged> {
        let (channel, conversation) = (channel.clone(), conversation.clone());
        let (page, after) = (page.to_vec(), after.cloned());
        self.ask(move |database| {
            // What the outbox learns of a page is kept like all that it knows.
            let teaches = database.read().prepare_cached(HAS_OPEN_TURNS)?.exists([channel.as_str()])?;
            let work = |tx: &Transaction<'_>, instances: &Instances| {
                merge(tx, instances, &channel, &conversation, &page, after.as_ref())
            };
            if teaches { database.write(work) } else { database.write_what_is_told_again(work) }
        })
    }

    /// Forgets the history of a conversation, so that it can be read again from the start. Its turns are kept, and
    /// shown until it has been. What came by webhook, and what was filed here beside it, is in no history to be read
    /// again, and stays.
    pub fn forget_messages(&self, channel: &ChannelName, conversation: &ConversationId) -> Pending<()> {
        let (channel, conversation) = (channel.clone(), conversation.clone());
        self.ask(move |database| {
            database.write(|tx, _| {
                let n = roster::find(tx, &channel, &conversation)?;
                tx.execute("DELETE FROM messages WHERE conversation = ?1 AND received_ms IS NULL", [n])?;
                tx.execute(
                    "UPDATE turns SET filed = 0 WHERE conversation = ?1 AND NOT EXISTS (
                         SELECT 1 FROM messages m WHERE m.conversation = ?1 AND m.id = turns.id)",
                    [n],
                )?;
                Ok(())
            })
        })
    }
}

fn merge(
    tx: &Transaction<'_>,
    instances: &Instances,
    channel: &ChannelName,
    conversation: &ConversationId,
    page: &[Message],
    after: Option<&MessageId>,
) -> Result<Merged, StoreError> {
    if page.is_empty() && after.is_none() && roster::find(tx, channel, conversation)?.is_none() {
        return Ok(Merged::default());
    }
    let title = page.iter().find(|message| message.role == Role::User).map_or("", |message| &message.text);
    let n = roster::ensure(tx, channel, conversation, title)?;
    if let Some(after) = after
        && seq_of(tx, n, after)?.is_none()
    {
        return Err(StoreError::UnknownCursor(after.clone()));
    }
    let mut last = tx
        .prepare_cached("SELECT ifnull(max(seq), 0) FROM messages WHERE conversation = ?1")?
        .query_row([n], |row| row.get::<_, i64>(0))?;
    let mut new = Vec::new();
    for message in page {
        if update(tx, n, message)? {
            continue;
        }
        last += STEP;
        insert(tx, n, last, message)?;
        new.push((last, message));
    }
    let settled = reconcile::page(tx, instances, channel, n, &new)?;
    Ok(Merged { new: new.len(), settled })
}

/// Updates a known message; false if it isn't known.
pub(super) fn update(tx: &Transaction<'_>, conversation: i64, message: &Message) -> Result<bool, StoreError> {
    let known = tx
        .prepare_cached(
            "SELECT role, text, created_ms, created_raw, own_text, extras, raw FROM messages
             WHERE conversation = ?1 AND id = ?2",
        )?
        .query_row(params![conversation, message.id.as_str()], |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                moment(row, 2, 3)?,
                row.get::<_, Option<String>>(4)?,
                row.get::<_, Option<String>>(5)?,
                row.get::<_, Option<String>>(6)?,
            ))
        })
        .optional()?;
    let Some((role, text, created, own, extras, raw)) = known else { return Ok(false) };
    // What a webhook told besides is not lost to a history that doesn't tell it.
    let extras_now = extras_json(&message.extras).or_else(|| extras.clone());
    let raw_now = message.extras.raw.as_ref().or(raw.as_ref());
    let same = role == message.role.as_str() && text == message.text && created == message.created_at;
    if same && extras_now == extras && raw_now == raw.as_ref() {
        return Ok(true);
    }
    tx.prepare_cached(
        "UPDATE messages SET role = ?3, text = ?4, created_ms = ?5, created_raw = ?6, extras = ?7, raw = ?8
         WHERE conversation = ?1 AND id = ?2",
    )?
    .execute(params![
        conversation,
        message.id.as_str(),
        message.role.as_str(),
        message.text,
        message.created_at.at.map(millis),
        message.created_at.raw,
        extras_now,
        raw_now
    ])?;
    // The platform's copy has caught up with ours.
    if own.is_some_and(|own| !reconcile::longer(&own, &message.text)) {
        tx.prepare_cached("UPDATE messages SET own_text = NULL, finish = NULL WHERE conversation = ?1 AND id = ?2")?
            .execute(params![conversation, message.id.as_str()])?;
    }
    Ok(true)
}

macro_rules! insert {
    () => {
        "INSERT INTO messages (conversation, seq, id, role, text, created_ms, created_raw, extras, raw)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
    };
}

/// For [`insert_new`].
pub(super) const INSERT_NEW: &str = concat!(insert!(), " ON CONFLICT (conversation, id) DO NOTHING");

fn insert(tx: &Transaction<'_>, conversation: i64, seq: i64, message: &Message) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached(insert!())?;
    insert_new(&mut statement, conversation, seq, message)?;
    Ok(())
}

/// Files a message by [`INSERT_NEW`]; false if it is known, and stays as it is.
pub(super) fn insert_new(
    statement: &mut Statement<'_>,
    conversation: i64,
    seq: i64,
    message: &Message,
) -> Result<bool, StoreError> {
    let filed = statement.execute(params![
        conversation,
        seq,
        message.id.as_str(),
        message.role.as_str(),
        message.text,
        message.created_at.at.map(millis),
        message.created_at.raw,
        extras_json(&message.extras),
        message.extras.raw
    ])?;
    Ok(filed == 1)
}

/// A row of `messages`, its columns in the order of [`PAGE`].
pub(super) fn stored_message(row: &Row<'_>) -> rusqlite::Result<StoredMessage> {
    Ok(StoredMessage {
        seq: row.get(0)?,
        message: Message {
            id: MessageId::new(row.get::<_, String>(1)?),
            role: Role::from_word(&row.get::<_, String>(2)?),
            text: row.get(3)?,
            created_at: moment(row, 4, 5)?,
            extras: row.get::<_, Option<String>>(10)?.map_or_else(Extras::default, |text| extras_from_json(&text)),
        },
        finish: word(row, 6, Finish::from_word)?,
        first_word_ms: row.get::<_, Option<i64>>(7)?.map(i64::unsigned_abs),
        took_ms: row.get::<_, Option<i64>>(8)?.map(i64::unsigned_abs),
        ours: row.get(9)?,
    })
}
