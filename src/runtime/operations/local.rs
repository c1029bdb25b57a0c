//! Reading what only the store keeps: the conversations of platforms that list none.

use crate::domain::{
    Conversation, ConversationId, Extras, Failure, Kind, Message, MessageId, Moment, Page, PageRequest, Role, Turn,
};
use crate::runtime::pages::Totals;
use crate::runtime::{Runtime, error_map};
use crate::store::RosterCursor;

/// One page of the conversations that were seen, newest activity first.
pub(in crate::runtime) async fn list(
    runtime: &Runtime,
    page: &PageRequest,
    totals: Totals,
) -> Result<Page<Conversation>, Failure> {
    let channel = runtime.channel()?;
    let after = match &page.cursor {
        None => None,
        Some(text) => Some(RosterCursor::parse(text).ok_or_else(|| no_cursor(text))?),
    };
    let store = runtime.store();
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let mut rows =
        store.conversations(&channel, after, limit.saturating_add(1)).await.map_err(|e| error_map::store(&e))?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| row.cursor.to_string());
    let total = match totals {
        Totals::AtTheEnd if next.is_some() => None,
        _ => Some(store.conversation_count(&channel).await.map_err(|e| error_map::store(&e))?),
    };
    Ok(Page { items: rows.into_iter().map(|row| row.conversation).collect(), total, next, ..Page::default() })
}

/// One page of a conversation's messages, oldest first.
pub(in crate::runtime) async fn messages(
    runtime: &Runtime,
    conversation: &ConversationId,
    page: &PageRequest,
    totals: Totals,
) -> Result<Page<Message>, Failure> {
    let channel = runtime.channel()?;
    let store = runtime.store();
    if store.conversation(&channel, conversation).await.map_err(|e| error_map::store(&e))?.is_none() {
        let what = format!("the channel {channel} has no conversation {conversation} that was seen here");
        return Err(Failure::new(Kind::NotFound, what).hint("`conversations list` names those that were."));
    }
    let after = match &page.cursor {
        None => None,
        Some(text) => Some(text.parse::<i64>().map_err(|_| no_cursor(text))?),
    };
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let mut entries = store
        .messages_after(&channel, conversation, after, limit.saturating_add(1))
        .await
        .map_err(|e| error_map::store(&e))?;
    let more = entries.len() > limit;
    entries.truncate(limit);
    let next = entries.last().filter(|_| more).map(|entry| entry.seq.to_string());
    let mut items: Vec<Message> = entries.into_iter().map(|entry| entry.message).collect();
    let mut total = match totals {
        Totals::AtTheEnd if next.is_some() => None,
        _ => Some(store.said_count(&channel, conversation).await.map_err(|e| error_map::store(&e))?),
    };
    if next.is_none() {
        let open = store.turns(&channel, Some(conversation)).await.map_err(|e| error_map::store(&e))?;
        let is_bot = runtime.capabilities().is_ok_and(|can| can.is_bot);
        total = total.map(|said| said + open.len() as u64);
        items.extend(open.into_iter().map(|turn| unsettled(turn, is_bot)));
    }
    Ok(Page { items, total, next, ..Page::default() })
}

/// A message of ours that is not in the history: it waits, it failed, or nobody knows whether it arrived.
fn unsettled(turn: Turn, is_bot: bool) -> Message {
    Message {
        id: MessageId::new(turn.id.as_str()),
        role: if is_bot { Role::Assistant } else { Role::User },
        text: turn.text,
        created_at: Moment::at(turn.created),
        extras: Extras { state: Some(turn.state), ..Extras::default() },
    }
}

fn no_cursor(text: &str) -> Failure {
    Failure::new(Kind::Invalid, format!("there is no place {text} in this list"))
        .hint("Leave --cursor out to begin at the start.")
}
