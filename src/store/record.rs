//! All that is known of one message, and what of a conversation was seen. Owns the table `turn_steps`, which the
//! database fills by itself, and the columns `seen` of `conversations` and `raw` of `messages` as they are read.

use rusqlite::{Connection, OptionalExtension, params};

use super::Store;
use super::error::StoreError;
use super::history::stored_message;
use super::json::{failure_from_json, failure_json};
use super::pending::Pending;
use super::rows::word;
use super::turn_row::TurnRow;
use super::{delivery_row, roster, rows};
use crate::domain::{
    ChannelName, ConversationId, DeliveryId, Extras, Failure, Finish, Message, MessageId, MessageRef, Moment,
    OutState, Record, Reply, Role, Sending, Timestamp, Turn, TurnId, TurnStep,
};

/// One message: what a page of the history has of it, and the rest.
pub(super) const ONE: &str = "SELECT seq, id, role, ifnull(own_text, text), created_ms, created_raw, finish,
        first_word_ms, took_ms, ours, extras, received_ms, raw, delivery
    FROM messages WHERE conversation = ?1 AND id = ?2";
pub(super) const BY_MESSAGE: &str =
    "SELECT id FROM turns WHERE conversation = ?1 AND message_id = ?2 ORDER BY n DESC";
pub(super) const BY_REPLY: &str =
    "SELECT id FROM turns WHERE conversation = ?1 AND reply_message_id = ?2 ORDER BY n DESC";
pub(super) const STEPS: &str = "SELECT s.at_ms, s.state, s.failure FROM turn_steps s JOIN turns t ON t.n = s.turn
    WHERE t.id = ?1 ORDER BY s.n";

impl Store {
    /// All that is known of a message; none where it is not known at all. What a turn has become a message of the
    /// history is told as such. The role of what is in the outbox alone is a user's and a bot's.
    pub fn record(
        &self,
        channel: &ChannelName,
        conversation: Option<&ConversationId>,
        which: &MessageRef,
    ) -> Pending<Option<Record>> {
        let (channel, conversation, which) = (channel.clone(), conversation.cloned(), which.clone());
        self.ask(move |database| {
            let conn = database.read();
            let n = match &conversation {
                None => None,
                Some(id) => roster::find(conn, &channel, id)?,
            };
            let found = match which {
                MessageRef::Filed(id) => match n {
                    None => None,
                    Some(n) => filed(conn, n, &id)?,
                },
                MessageRef::Ask(id) => of_turn(conn, &channel, &id, false)?,
                MessageRef::Reply(id) => of_turn(conn, &channel, &id, true)?,
            };
            Ok(found.map(|record| Record { conversation: conversation.or(record.conversation), ..record }))
        })
    }

    /// A turn is handed to its platform once more, since the attempt before provably did not go through.
    pub fn note_attempt(&self, id: &TurnId, why: &Failure, now: Timestamp) -> Pending<()> {
        let (id, why) = (id.clone(), failure_json(why));
        self.ask(move |database| {
            database.write(|tx, _| {
                tx.prepare_cached(
                    "INSERT INTO turn_steps (turn, at_ms, state, failure)
                     SELECT n, ?2, state, ?3 FROM turns WHERE id = ?1 AND state = 'sending'",
                )?
                .execute(params![id.as_str(), rows::millis(now), why])?;
                Ok(())
            })
        })
    }

    /// Keeps what was seen last of a conversation.
    pub fn see(&self, channel: &ChannelName, conversation: &ConversationId, last: &MessageRef) -> Pending<()> {
        let (channel, conversation, last) = (channel.clone(), conversation.clone(), last.clone());
        self.ask(move |database| {
            database.write(|tx, _| {
                let (id, of) = match &last {
                    MessageRef::Filed(id) => (id.as_str(), "message"),
                    MessageRef::Ask(id) => (id.as_str(), "ask"),
                    MessageRef::Reply(id) => (id.as_str(), "reply"),
                };
                // What is the same is no write: others would be told of it.
                tx.prepare_cached(
                    "UPDATE conversations SET seen = ?3, seen_of = ?4
                     WHERE channel = ?1 AND id = ?2 AND (seen IS NOT ?3 OR seen_of IS NOT ?4)",
                )?
                .execute(params![channel.as_str(), conversation.as_str(), id, of])?;
                Ok(())
            })
        })
    }

    /// What was seen last of a conversation. What was a turn's then may be a message of the history now.
    pub fn seen(&self, channel: &ChannelName, conversation: &ConversationId) -> Pending<Option<MessageRef>> {
        let (channel, conversation) = (channel.clone(), conversation.clone());
        self.ask(move |database| {
            let conn = database.read();
            let kept = conn
                .prepare_cached("SELECT seen, seen_of FROM conversations WHERE channel = ?1 AND id = ?2")?
                .query_row([channel.as_str(), conversation.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let Some((Some(id), Some(of))): Option<(Option<String>, Option<String>)> = kept else { return Ok(None) };
            if of == "message" {
                return Ok(Some(MessageRef::Filed(MessageId::new(id))));
            }
            let id = TurnId::new(id);
            let turn = TurnRow::find(conn, &id)?.map(|row| row.turn);
            let n = roster::find(conn, &channel, &conversation)?;
            let message = match turn.as_ref().and_then(|turn| message_of(turn, of == "reply")) {
                // The history went on without that reply: it is filed under the turn's own id.
                None if of == "reply" && n.map_or(Ok(false), |n| is_filed(conn, n, id.as_str()))? => {
                    Some(MessageId::new(id.as_str()))
                }
                found => found,
            };
            Ok(Some(match message {
                Some(message) => MessageRef::Filed(message),
                None if of == "reply" => MessageRef::Reply(id),
                None => MessageRef::Ask(id),
            }))
        })
    }
}

/// The message of the history that a turn's message, or its reply, has become.
fn message_of(turn: &Turn, reply: bool) -> Option<MessageId> {
    if reply { turn.reply.as_ref().and_then(|reply| reply.message_id.clone()) } else { turn.message_id.clone() }
}

fn is_filed(conn: &Connection, conversation: i64, id: &str) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM messages WHERE conversation = ?1 AND id = ?2)";
    Ok(conn.prepare_cached(sql)?.query_row(params![conversation, id], |row| row.get(0))?)
}

/// A message of the history.
fn filed(conn: &Connection, conversation: i64, id: &MessageId) -> Result<Option<Record>, StoreError> {
    let found = conn
        .prepare_cached(ONE)?
        .query_row(params![conversation, id.as_str()], |row| {
            let (received, raw) = (row.get::<_, Option<i64>>(11)?, row.get::<_, Option<String>>(12)?);
            Ok((stored_message(row)?, received, raw, row.get::<_, Option<i64>>(13)?))
        })
        .optional()?;
    let Some((entry, received, raw, delivery)) = found else { return Ok(None) };
    let delivery = delivery.map_or(Ok(None), |n| delivery_row::whole(conn, DeliveryId(n)))?;
    let sending = turn_of(conn, conversation, id, entry.ours)?;
    let message = Message { extras: Extras { raw, ..entry.message.extras }, ..entry.message };
    Ok(Some(Record {
        conversation: None,
        message,
        filed: true,
        received: received.map(Timestamp::from_millis),
        finish: entry.finish.or_else(|| sending.as_ref().and_then(ended)),
        first_word_ms: entry.first_word_ms,
        took_ms: entry.took_ms,
        sending: sending.map(Box::new),
        delivery: delivery.map(Box::new),
    }))
}

fn ended(sending: &Sending) -> Option<Finish> {
    sending.turn.reply.as_ref().filter(|_| sending.is_reply).and_then(|reply| reply.finish)
}

/// The turn that a message of the history is of.
fn turn_of(conn: &Connection, conversation: i64, id: &MessageId, ours: bool) -> Result<Option<Sending>, StoreError> {
    let look = |sql: &str| {
        let found = conn.prepare_cached(sql)?.query_row(params![conversation, id.as_str()], |row| row.get(0));
        Ok::<_, StoreError>(found.optional()?.map(|id: String| TurnId::new(id)))
    };
    if let Some(turn) = look(BY_MESSAGE)? {
        return sending(conn, &turn, false);
    }
    match look(BY_REPLY)? {
        Some(turn) => sending(conn, &turn, true),
        // A reply that no history keeps is filed under the turn's id.
        None if ours => sending(conn, &TurnId::new(id.as_str()), true),
        None => Ok(None),
    }
}

fn sending(conn: &Connection, id: &TurnId, is_reply: bool) -> Result<Option<Sending>, StoreError> {
    let Some(row) = TurnRow::find(conn, id)? else { return Ok(None) };
    let mut query = conn.prepare_cached(STEPS)?;
    let steps = query.query_map([id.as_str()], |row| {
        Ok(TurnStep {
            at: Timestamp::from_millis(row.get(0)?),
            state: word(row, 1, OutState::from_word)?.ok_or(rusqlite::Error::InvalidQuery)?,
            failure: row.get::<_, Option<String>>(2)?.map(|text| failure_from_json(&text)),
        })
    })?;
    let steps = steps.collect::<Result<_, _>>()?;
    Ok(Some(Sending { turn: row.turn, steps, is_reply }))
}

/// What is in the outbox, unless it has become a message of the history.
fn of_turn(conn: &Connection, channel: &ChannelName, id: &TurnId, reply: bool) -> Result<Option<Record>, StoreError> {
    let Some(row) = TurnRow::find(conn, id)?.filter(|row| row.turn.channel == *channel) else { return Ok(None) };
    let conversation = row.turn.conversation.clone();
    if let Some(n) = row.conversation {
        let ours = || reply.then(|| MessageId::new(id.as_str()));
        if let Some(message) = message_of(&row.turn, reply).or_else(ours)
            && let Some(record) = filed(conn, n, &message)?
        {
            return Ok(Some(Record { conversation, ..record }));
        }
    }
    let Some(sending) = sending(conn, id, reply)? else { return Ok(None) };
    let none = Reply::default();
    let said = sending.turn.reply.as_ref().filter(|_| reply);
    if reply && said.is_none() {
        return Ok(None);
    }
    let said = said.unwrap_or(&none);
    let (role, text, created_at) = if reply {
        (Role::Assistant, said.text.clone(), Moment::default())
    } else {
        (Role::User, sending.turn.text.clone(), Moment::at(sending.turn.created))
    };
    let extras = Extras { state: Some(sending.turn.state).filter(|_| !reply), ..Extras::default() };
    Ok(Some(Record {
        conversation,
        message: Message { id: MessageId::new(id.as_str()), role, text, created_at, extras },
        filed: false,
        received: None,
        finish: said.finish,
        first_word_ms: said.first_word_ms,
        took_ms: said.took_ms,
        sending: Some(Box::new(sending)),
        delivery: None,
    }))
}
