//! What `KLaunch` posts to the listener: a reply of the bot, or a message of a person in its dashboard. Pure.
//!
//! Nothing is signed, so nothing here is believed beyond what it says. Events have no id: their content is it.

use bytes::Bytes;
use serde_json::{Value, json};

use super::super::lenient_json::{self, Object};
use super::super::{Ack, Reception, Rejection};
use crate::domain::{Attachment, ConversationId, Extras, Inbound, Meaning, Message, MessageId, Role, Timestamp};
use crate::signature;

/// The longest id that is taken for one.
const LONGEST_ID: usize = 200;

/// What makes an event the same as another.
const FIELDS: [&str; 5] = ["message", "timestamp", "quickReplies", "attachments", "adminID"];

/// What a webhook's body says.
pub(super) fn receive(body: &[u8], channel_id: &str) -> Result<Reception, Rejection> {
    let object = lenient_json::bounded(body)?;
    let ids = lenient_json::id(object.get("channelID")).zip(lenient_json::id(object.get("userID")));
    // What the dashboard's "Test Webhook" sends is not documented: whatever names nobody has no effect, and is welcome.
    let Some((channel, user)) = ids else { return Ok(probe(&object)) };
    if channel != channel_id {
        return Err(Rejection::malformed("channelID is another channel's"));
    }
    if user.len() > LONGEST_ID {
        return Err(Rejection::malformed(format!("userID is over {LONGEST_ID} bytes")));
    }
    let extras = Extras {
        quick_replies: quick_replies(object.get("quickReplies")),
        attachments: attachments(object.get("attachments")),
        admin_id: lenient_json::id(object.get("adminID")),
        ..Extras::default()
    };
    let text = match object.get("message") {
        None | Some(Value::Null) if extras.is_empty() => return Ok(probe(&object)),
        said => lenient_json::said(said),
    };
    // One that can't be read costs no message: its own text stands beside it.
    let created_at = lenient_json::millis(object.get("timestamp"));
    let key = key(&object, &channel, &user, created_at.at);
    let role = if extras.admin_id.is_some() { Role::Admin } else { Role::Assistant };
    let summary = lenient_json::quotable(&text).unwrap_or_else(|| about(&extras).to_owned());
    let summary = lenient_json::summary(summary, &object.damage);
    let meaning = Meaning::Message {
        title: format!("user {user}"),
        conversation: ConversationId::new(user),
        message: Message { id: MessageId::new(key.clone()), role, text, created_at, extras },
        reply: None,
    };
    Ok(Reception { inbound: vec![Inbound { key, meaning }], ack: Ack::Ok, summary })
}

/// A test as the program itself sends it: it names no user, so it has no effect.
pub(super) fn sample(channel_id: &str, now: Timestamp) -> Bytes {
    let message = "A test by Patchcord of its own listener.";
    json!({"channelID": channel_id, "message": message, "timestamp": now.millis(), "test": true}).to_string().into()
}

fn probe(object: &Object) -> Reception {
    let parts: Vec<String> = object.iter().flat_map(|(key, value)| [key.clone(), canonical(value)]).collect();
    let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
    let meaning = Meaning::Probe { what: "a test of the webhook" };
    let inbound = vec![Inbound { key: format!("test-{}", signature::fingerprint(&parts)), meaning }];
    let summary =
        lenient_json::quotable(&lenient_json::text(object.get("message"))).unwrap_or_else(|| "a test".to_owned());
    Reception { inbound, ack: Ack::Ok, summary }
}

/// Grows with the platform's time, and is the same for the same event however it was written down.
fn key(object: &Object, channel: &str, user: &str, at: Option<Timestamp>) -> String {
    let mut parts = vec![channel.to_owned(), user.to_owned()];
    parts.extend(FIELDS.map(|field| match object.get(field) {
        // A number and the same number as text are one time, and one person.
        Some(value @ (Value::Number(_) | Value::String(_))) if field == "timestamp" || field == "adminID" => {
            lenient_json::text(Some(value))
        }
        value => value.map(canonical).unwrap_or_default(),
    }));
    let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
    format!("{:015}-{}", at.map_or(0, Timestamp::millis), signature::fingerprint(&parts))
}

/// JSON with the keys of its objects in order. Its depth is bounded.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(object) => {
            let mut fields: Vec<(&String, String)> = object.iter().map(|(k, v)| (k, canonical(v))).collect();
            fields.sort_unstable();
            let fields: Vec<String> =
                fields.into_iter().map(|(key, value)| format!("{}:{value}", Value::from(key.as_str()))).collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        // Not by `Display`, which writes a byte at a time.
        other => serde_json::to_string(other).unwrap_or_default(),
    }
}

fn quick_replies(value: Option<&Value>) -> Vec<String> {
    list(value).iter().filter_map(|reply| lenient_json::id(Some(reply))).collect()
}

/// The names of an attachment's fields are not documented beyond "an offset and url".
fn attachments(value: Option<&Value>) -> Vec<Attachment> {
    let came = list(value);
    let attachments: Vec<Attachment> = came.iter().filter_map(attachment).collect();
    if attachments.len() < came.len() {
        tracing::info!("{} of {} attachments left out: they have no URL", came.len() - attachments.len(), came.len());
    }
    attachments
}

fn attachment(value: &Value) -> Option<Attachment> {
    if let Value::String(url) = value {
        return (!url.is_empty()).then(|| Attachment { url: url.clone(), ..Attachment::default() });
    }
    let object = value.as_object()?;
    Some(Attachment {
        url: first(object, &["url", "URL", "href", "src"], lenient_json::id)?,
        offset: first(object, &["offset", "position", "index"], lenient_json::count),
        name: first(object, &["name", "fileName", "filename", "type"], lenient_json::id),
    })
}

fn first<T>(object: &Object, keys: &[&str], read: fn(Option<&Value>) -> Option<T>) -> Option<T> {
    keys.iter().find_map(|key| read(object.get(*key)))
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn about(extras: &Extras) -> &'static str {
    match (extras.attachments.is_empty(), extras.quick_replies.is_empty()) {
        (false, _) => "an attachment",
        (true, false) => "quick replies",
        (true, true) => "an empty message",
    }
}

#[cfg(test)]
mod tests;
