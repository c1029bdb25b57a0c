//! Conversations in JSON: one document, or one object a line. A message's own shape is [`MessageDocument`]'s.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::transcript::{Transcript, TranscriptHead};
use crate::domain::{MessageDocument, Moment, Timestamp};

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
            let mut line = MessageDocument::whole(message).object();
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
    let messages: Vec<MessageDocument<'_>> = transcript.messages.iter().map(MessageDocument::whole).collect();
    json!({ "conversation": about(&transcript.head), "messages": messages })
}

fn about(head: &TranscriptHead) -> Map<String, Value> {
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
