//! What a platform's history says about the outbox: which turns arrived, and which message is the reply to which. Owns
//! the rules of that comparison; runs inside other rooms' transactions.

use rusqlite::{OptionalExtension, Transaction, params};

use super::error::StoreError;
use super::instances::Instances;
use super::ordering::{self, seq_of};
use super::rows::count;
use super::turn_row::TurnRow;
use crate::domain::{ChannelName, Finish, Message, MessageId, OutState, Role, TurnId};

/// A message this much older than a turn isn't that turn, whatever the two clocks say. Wide, since a turn that was sent
/// and isn't found would be shown twice.
const SENT_SLACK_MS: u64 = 24 * 60 * 60 * 1000;
/// The same for a turn of which nobody knows whether it arrived: a wrong "it did" would lose it.
const UNKNOWN_SLACK_MS: u64 = 10 * 60 * 1000;

/// Compares messages that are new in the history, in its order, with the conversation's open turns. Answers the turns
/// about which something was found.
pub(super) fn page(
    tx: &Transaction<'_>,
    instances: &Instances,
    channel: &ChannelName,
    conversation: i64,
    new: &[(i64, &Message)],
) -> Result<Vec<TurnId>, StoreError> {
    let mut open = TurnRow::open(tx, channel, Some(conversation))?;
    let mut found = vec![false; open.len()];
    for (seq, message) in new.iter().filter(|(_, message)| message.role == Role::User) {
        if open.is_empty() || is_settled(tx, conversation, &message.id)? {
            continue;
        }
        if let Some(at) = pick(tx, conversation, *seq, message, &open)?
            && let (Some(row), Some(found)) = (open.get_mut(at), found.get_mut(at))
        {
            arrived(row, &message.id, instances);
            *found = true;
        }
    }
    let mut settled = Vec::new();
    for (row, found) in open.iter_mut().zip(found) {
        let explained = explain(tx, instances, row)?;
        if found || explained {
            row.save(tx)?;
            settled.push(row.turn.id.clone());
        }
    }
    Ok(settled)
}

/// Looks for the reply to a turn whose message is in the history; true if that changed the turn.
///
/// Not while a living instance is at it: what it receives is newer than what the history says. A reply that the history
/// has gone past without it is in no history; what came of it here is put in its place.
pub(super) fn explain(tx: &Transaction<'_>, instances: &Instances, row: &mut TurnRow) -> Result<bool, StoreError> {
    let (Some(conversation), Some(message_id)) = (row.conversation, &row.turn.message_id) else { return Ok(false) };
    let Some(seq) = seq_of(tx, conversation, message_id)? else { return Ok(false) };
    if row.filed || row.in_hand(instances) {
        return Ok(false);
    }
    let orphaned = row.holder.is_some();
    if orphaned {
        row.abandon();
    }
    if row.turn.state != OutState::Sent {
        return Ok(orphaned);
    }
    match next_message(tx, conversation, seq)? {
        Some(NextMessage { role: Role::Assistant, id, text }) => join(tx, conversation, row, id, &text)?,
        Some(_) => keep_ours(tx, conversation, seq, row)?,
        None => return Ok(orphaned),
    }
    Ok(true)
}

/// Whether our copy says more than the platform's.
pub(super) fn longer(own: &str, theirs: &str) -> bool {
    own.trim().len() > theirs.trim().len()
}

/// A message of the user or the bot.
struct NextMessage {
    id: MessageId,
    role: Role,
    text: String,
}

/// What the user or the bot said next after that place.
fn next_message(tx: &Transaction<'_>, conversation: i64, seq: i64) -> Result<Option<NextMessage>, StoreError> {
    let mut query = tx.prepare_cached(
        "SELECT id, role, text FROM messages
         WHERE conversation = ?1 AND seq > ?2 AND role IN ('user', 'assistant') ORDER BY seq LIMIT 1",
    )?;
    let said = query.query_row([conversation, seq], |row| {
        let (id, role) = (row.get::<_, String>(0)?, row.get::<_, String>(1)?);
        Ok(NextMessage { id: MessageId::new(id), role: Role::from_word(&role), text: row.get(2)? })
    });
    Ok(said.optional()?)
}

fn is_settled(tx: &Transaction<'_>, conversation: i64, id: &MessageId) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM turns WHERE conversation = ?1 AND message_id = ?2)";
    Ok(tx.prepare_cached(sql)?.query_row(params![conversation, id.as_str()], |row| row.get(0))?)
}

/// The turn that a message of the history is: the oldest with its words, unless the reply that follows is known to be
/// the reply to a later one.
fn pick(
    tx: &Transaction<'_>,
    conversation: i64,
    seq: i64,
    message: &Message,
    open: &[TurnRow],
) -> Result<Option<usize>, StoreError> {
    let reply = match next_message(tx, conversation, seq)? {
        Some(NextMessage { role: Role::Assistant, text, .. }) => Some(text),
        _ => None,
    };
    let theirs = reply.as_deref().map_or("", str::trim);
    let alike: Vec<usize> =
        open.iter().enumerate().filter(|(_, row)| may_be(row, message, theirs)).map(|(at, _)| at).collect();
    let answered_so = |at: &&usize| {
        open.get(**at).and_then(|row| row.turn.reply.as_ref()).is_some_and(|reply| {
            let ours = reply.text.trim();
            !ours.is_empty() && theirs.starts_with(ours)
        })
    };
    Ok(if alike.len() < 2 { alike.first() } else { alike.iter().find(answered_so).or(alike.first()) }.copied())
}

/// Whether a message, to which that is the reply, may be that turn.
fn may_be(row: &TurnRow, message: &Message, theirs: &str) -> bool {
    let turn = &row.turn;
    let slack = match turn.state {
        OutState::Sent => SENT_SLACK_MS,
        OutState::Sending | OutState::Unknown => UNKNOWN_SLACK_MS,
        OutState::Queued | OutState::Rejected | OutState::Cancelled => return false,
    };
    let too_old = message.created_at.at.is_some_and(|at| turn.created.since(at) > slack);
    let same_words = turn.message_id.is_none() && turn.text.trim() == message.text.trim();
    same_words && (!too_old || same_reply(row, theirs))
}

/// Whether the reply that came here is the history's, as far as either goes: then a platform's clock that is days behind
/// does not matter.
fn same_reply(row: &TurnRow, theirs: &str) -> bool {
    let ours = row.turn.reply.as_ref().map_or("", |reply| reply.text.trim());
    !ours.is_empty() && !theirs.is_empty() && (theirs.starts_with(ours) || ours.starts_with(theirs))
}

/// The message is in the history, so it arrived.
fn arrived(row: &mut TurnRow, id: &MessageId, instances: &Instances) {
    row.turn.message_id = Some(id.clone());
    if row.turn.state == OutState::Unknown {
        row.turn.state = OutState::Sent;
        row.turn.failure = None;
    } else if row.holder.is_some() && !row.in_hand(instances) {
        row.abandon();
    }
}

/// Joins the history's reply to the turn's. The history's stands where it says as much or more; where the platform kept
/// less than what was received, our own copy goes on being shown in its place.
fn join(
    tx: &Transaction<'_>,
    conversation: i64,
    row: &mut TurnRow,
    id: MessageId,
    theirs: &str,
) -> Result<(), StoreError> {
    let reply = row.turn.reply.get_or_insert_default();
    let own = longer(&reply.text, theirs).then_some(&reply.text);
    tx.prepare_cached(
        "UPDATE messages SET own_text = ?3, finish = ?4, first_word_ms = ?5, took_ms = ?6
         WHERE conversation = ?1 AND id = ?2",
    )?
    .execute(params![
        conversation,
        id.as_str(),
        own,
        // Why the platform ended it, its history doesn't tell.
        reply.finish.filter(|f| own.is_some() || f.remark().is_some()).map(Finish::as_str),
        reply.first_word_ms.map(count),
        reply.took_ms.map(count)
    ])?;
    if own.is_none() && reply.finish != Some(Finish::Stop) {
        theirs.clone_into(&mut reply.text);
        reply.finish = Some(reply.finish.filter(|finish| finish.remark().is_some()).unwrap_or(Finish::Stop));
    }
    reply.message_id = Some(id);
    row.filed = row.turn.message_id.is_some();
    Ok(())
}

/// The history went on without the reply: as far as it came, it is shown after the message that it is the reply to.
fn keep_ours(tx: &Transaction<'_>, conversation: i64, seq: i64, row: &mut TurnRow) -> Result<(), StoreError> {
    row.filed = true;
    let Some(reply) = row.turn.reply.as_ref().filter(|reply| !reply.text.is_empty()) else { return Ok(()) };
    tx.prepare_cached(
        "INSERT INTO messages (conversation, seq, id, role, text, created_raw, finish, first_word_ms, took_ms, ours)
         VALUES (?1, ?2, ?3, ?4, ?5, '', ?6, ?7, ?8, 1)",
    )?
    .execute(params![
        conversation,
        ordering::after(tx, conversation, seq)?,
        row.turn.id.as_str(),
        Role::Assistant.as_str(),
        reply.text,
        reply.finish.map(Finish::as_str),
        reply.first_word_ms.map(count),
        reply.took_ms.map(count)
    ])?;
    Ok(())
}
