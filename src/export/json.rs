//! Conversations and messages in JSON: one document, or one object a line.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::transcript::{Head, Transcript};
use crate::domain::{Message, Moment, Timestamp};

/// One conversation as one document.
pub(super) fn one(transcript: &Transcript) -> String {
    format!("{:#}\n", value(transcript))
}

/// Several as one document.
pub(super) fn many(transcripts: &[Transcript]) -> String {
    let document = json!({ "conversations": transcripts.iter().map(value).collect::<Vec<_>>() });
    format!("{document:#}\n")
}

/// One object a line, one line a message. Each line says which conversation it is of; the first of a conversation says
/// what there is to say of that, and how many messages follow, so that a file that was cut can be told. A conversation
/// without any message has one line all the same.
pub(super) fn lines(transcripts: &[Transcript]) -> String {
    let mut text = String::new();
    for Transcript { head, messages } in transcripts {
        let mut about = about(head);
        about.insert("message_count".to_owned(), messages.len().into());
        let mut about = Some(Value::Object(about));
        for message in messages {
            let mut line = whole(message);
            line.insert("conversation_id".to_owned(), head.id.as_str().into());
            if let Some(about) = about.take() {
                line.insert("conversation".to_owned(), about);
            }
            let _ = writeln!(text, "{}", Value::Object(line));
        }
        if let Some(about) = about {
            let _ = writeln!(text, "{}", json!({ "conversation": about }));
        }
    }
    text
}

fn value(transcript: &Transcript) -> Value {
    let messages: Vec<Value> = transcript.messages.iter().map(|message| Value::Object(whole(message))).collect();
    json!({ "conversation": about(&transcript.head), "messages": messages })
}

fn about(head: &Head) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("id".to_owned(), head.id.as_str().into());
    object.insert("channel".to_owned(), head.channel.as_str().into());
    object.insert("title".to_owned(), head.title.as_str().into());
    if head.created_at != Moment::default() {
        put_exact_moment(&mut object, &head.created_at);
    }
    if !head.details.is_empty() {
        object.insert("details".to_owned(), json!(head.details));
    }
    object
}

/// A message in JSON, as every command writes it.
pub fn message_value(message: &Message) -> Value {
    let mut object = Map::new();
    object.insert("id".to_owned(), message.id.as_str().into());
    object.insert("role".to_owned(), message.role.as_str().into());
    object.insert("text".to_owned(), message.text.as_str().into());
    put_moment(&mut object, &message.created_at);
    if let Some(state) = message.extras.state {
        object.insert("state".to_owned(), state.as_str().into());
    }
    Value::Object(object)
}

/// A message in JSON with all that came with it, as an export has it.
pub fn whole_message(message: &Message) -> Value {
    Value::Object(whole(message))
}

fn whole(message: &Message) -> Map<String, Value> {
    let Value::Object(mut object) = message_value(message) else { return Map::new() };
    put_exact_moment(&mut object, &message.created_at);
    let extras = &message.extras;
    if !extras.quick_replies.is_empty() {
        object.insert("quick_replies".to_owned(), json!(extras.quick_replies));
    }
    if !extras.attachments.is_empty() {
        let all: Vec<Value> =
            extras.attachments.iter().map(|a| json!({ "url": a.url, "offset": a.offset, "name": a.name })).collect();
        object.insert("attachments".to_owned(), all.into());
    }
    for (key, value) in [("admin_id", &extras.admin_id), ("author", &extras.author), ("via", &extras.via)] {
        if let Some(value) = value {
            object.insert(key.to_owned(), value.as_str().into());
        }
    }
    object
}

/// `created_at` in RFC 3339 and UTC; where the platform's time can't be read null, with its text beside it.
pub fn put_moment(object: &mut Map<String, Value>, moment: &Moment) {
    object.insert("created_at".to_owned(), moment.at.map(Timestamp::to_rfc3339).into());
    if moment.at.is_none() {
        object.insert("created_at_raw".to_owned(), moment.raw.as_str().into());
    }
}

/// The same, with the platform's text also where it can be read and says more than the instant, or says it otherwise.
fn put_exact_moment(object: &mut Map<String, Value>, moment: &Moment) {
    put_moment(object, moment);
    if moment.at.is_some_and(|at| at.to_rfc3339() != moment.raw) {
        object.insert("created_at_raw".to_owned(), moment.raw.as_str().into());
    }
}
