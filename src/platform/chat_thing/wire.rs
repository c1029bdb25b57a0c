//! The bodies of Chat Thing's calls, out and in. Pure.

use serde::Serialize;
use serde_json::Value;

use super::super::error::{Peer, Purpose};
use super::super::lenient_json::{self, Document, Object};
use super::super::partial::Partial;
use super::super::stream::Ended;
use super::super::{CallError, Outcome, Outgoing, ReplyMode, Sent, Started};
use super::chunk::loose::{self, Said};
use crate::domain::{
    Conversation, ConversationId, Extras, Finish, Message, MessageId, Page, PageRequest, Piece, Role,
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MessageBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation_id: Option<&'a str>,
    message: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stream: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation_id: Option<&'a str>,
    limit: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<&'a str>,
}

/// What `/message` takes.
pub(super) fn message_body(outgoing: &Outgoing) -> String {
    let conversation_id = outgoing.conversation.as_ref().map(ConversationId::as_str);
    json(&MessageBody { conversation_id, message: &outgoing.text, stream: outgoing.stream })
}

/// What `/conversations` and `/messages` take.
pub(super) fn list_body(conversation: Option<&ConversationId>, page: &PageRequest) -> String {
    let conversation_id = conversation.map(ConversationId::as_str);
    json(&ListBody { conversation_id, limit: limit(page), cursor: page.cursor.as_deref() })
}

/// Text and numbers under fixed names: writing them as JSON can't fail.
pub(super) fn json(body: &impl Serialize) -> String {
    serde_json::to_string(body).unwrap_or_default()
}

pub(super) fn limit(page: &PageRequest) -> u32 {
    page.limit.clamp(1, 100)
}

/// The object that a success brought, unless it says that it is none.
pub(super) fn success(body: &[u8], peer: &Peer, purpose: Purpose) -> Result<Document, CallError> {
    let object = lenient_json::document(body).map_err(|what| peer.unreadable(what, purpose))?;
    let denied = object.get("success") == Some(&Value::Bool(false));
    // What is read may have errors of its own to tell, a source that could not be synced say.
    let wide = matches!(purpose, Purpose::Message | Purpose::Open);
    let complained = if wide { loose::is_failure(&object) } else { loose::is_error(&object) };
    if denied || (complained && !object.contains_key("response")) {
        return Err(peer.denied(lenient_json::complaint(&object).as_deref(), purpose));
    }
    Ok(object)
}

/// The conversation that was opened; none without an id.
pub(super) fn started(object: &Object) -> Option<Started> {
    let greeting = Some(lenient_json::said(object.get("response"))).filter(|text| !text.is_empty());
    Some(Started { conversation: ConversationId::new(lenient_json::id(object.get("conversationId"))?), greeting })
}

/// A message with its whole reply.
pub(super) fn sent(object: &Object, peer: &Peer) -> Result<Sent, CallError> {
    let conversation = lenient_json::id(object.get("conversationId")).map(ConversationId::new);
    let mut piece = Piece::default();
    let answer = match read(object, peer, &mut piece) {
        Ok(()) => ReplyMode::Now(piece),
        // What there is of it is kept.
        Err(error) if !piece.text.is_empty() && error.outcome == Outcome::Accepted => {
            ReplyMode::Stream(Box::new(Partial::new(piece, error)))
        }
        Err(error) => return Err(error),
    };
    Ok(Sent { conversation, answer, via: None })
}

/// The whole reply of an answer.
pub(super) fn reply(object: &Object, peer: &Peer) -> Result<Piece, CallError> {
    let mut piece = Piece::default();
    read(object, peer, &mut piece).map(|()| piece)
}

/// Reads an answer's reply, as far as it goes.
fn read(object: &Object, peer: &Peer, piece: &mut Piece) -> Result<(), CallError> {
    let told =
        ["response", "choices", "message"].iter().any(|key| object.get(*key).is_some_and(|told| !told.is_null()));
    let said = loose::said(object, &Said::default(), piece);
    let told = told && !(piece.text.is_empty() && piece.skipped > 0);
    match said {
        Ok(()) if told && !(object.get("message").is_some_and(Value::is_string) && piece.text.is_empty()) => {
            piece.finish.get_or_insert(Finish::Stop);
            piece.over = true;
            Ok(())
        }
        Ok(()) => {
            Err(peer.unreadable_saying("no reply", lenient_json::complaint(object).as_deref(), Purpose::Message))
        }
        Err(Ended::Failed(said)) => Err(peer.failed_reply(said.as_deref())),
        Err(Ended::Cut(why)) => Err(peer.cut_reply(why)),
    }
}

/// One conversation of a list; none where it has no id.
pub(super) fn conversation(object: &Object) -> Option<Conversation> {
    Some(Conversation {
        id: ConversationId::new(lenient_json::id(object.get("id"))?),
        title: lenient_json::text(object.get("initialMessage")),
        created_at: lenient_json::moment(object.get("createdAt")),
        details: Vec::new(),
    })
}

/// One message of a list. One without an id is shown all the same, by an id that is made of what it says.
#[expect(clippy::unnecessary_wraps, reason = "items of other lists can be none")]
pub(super) fn message(object: &Object) -> Option<Message> {
    Some(Message {
        id: lenient_json::id(object.get("id")).map_or_else(|| lenient_json::made_id(object), MessageId::new),
        role: Role::from_word(&lenient_json::text(object.get("role"))),
        text: lenient_json::said(object.get("message")),
        created_at: lenient_json::moment(object.get("createdAt")),
        extras: Extras { raw: lenient_json::kept(object), ..Extras::default() },
    })
}

/// One page; none where there is no list under `key`. An item that nothing can be made of is left out, and told in the
/// damage.
pub(super) fn page<T>(
    document: &Document,
    key: &str,
    asked: &PageRequest,
    item: fn(&Object) -> Option<T>,
) -> Option<Page<T>> {
    let came = match document.get(key)? {
        Value::Array(items) => items.as_slice(),
        Value::Null => &[],
        _ => return None,
    };
    let (items, damage) = lenient_json::items(document, key, came, item);
    let pagination = document.get("pagination").and_then(Value::as_object);
    let total = pagination.and_then(|p| lenient_json::count(p.get("total")));
    let last = pagination.and_then(|p| lenient_json::id(p.get("last")));
    let own = came.iter().rev().find_map(|item| lenient_json::id(item.as_object()?.get("id")));
    Some(Page { items, total, next: next(asked, came.len(), total, last, own), damage })
}

/// Where the next page begins, as far as one page can tell: `last` is what the platform names, `own` the last item's id.
/// The platform has no "there is more". A page that is shorter than asked is the end only where neither `last` nor the
/// total says otherwise: a server may give fewer than were asked for. A total of fewer than came counts something else.
fn next(
    asked: &PageRequest,
    came: usize,
    total: Option<u64>,
    last: Option<String>,
    own: Option<String>,
) -> Option<String> {
    let short = came < limit(asked) as usize;
    // Behind a cursor a full page may be one of several of that size.
    if total == Some(came as u64) && (short || asked.cursor.is_none()) {
        return None;
    }
    if came == 0 {
        // An empty page is passed where the platform names another place behind it.
        return last.filter(|last| asked.cursor.as_ref() != Some(last));
    }
    match last {
        // Who follows a cursor that leads back to itself would never end: it is told as it is, unless the items tell more.
        Some(last) if asked.cursor.as_ref() == Some(&last) => own.or(Some(last)),
        Some(last) => Some(last),
        None if short && total.is_none_or(|total| total <= came as u64) => None,
        None => own,
    }
}

#[cfg(test)]
mod tests;
