//! Conversations in JSON: one document, or one object a line. A message's own shape is [`MessageDocument`]'s.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::transcript::{ConversationPlace, Layout, MessagePlace, Outline, TranscriptHead};
use super::writer::Writer;
use crate::domain::{MessageDocument, Moment, Timestamp};

/// One document.
pub(super) const WRITER: Writer = Writer {
    before_head: 0,
    begin: |text, all, layout| {
        if layout == Layout::Several {
            text.push_str(if all.is_empty() { "{\n  \"conversations\": [" } else { "{\n  \"conversations\": [\n" });
        }
    },
    head,
    message: |text, message, place| {
        text.push_str(if place.number > 0 { ",\n" } else { "\n" });
        let depth = depth(place.conversation) + 2;
        indent(text, depth);
        put_pretty(text, &MessageDocument::whole(message), depth);
    },
    foot,
    between: ",\n",
    end: |text, all, layout| match layout {
        Layout::Several if all.is_empty() => text.push_str("]\n}\n"),
        Layout::Several => text.push_str("\n  ]\n}\n"),
        Layout::Alone => text.push('\n'),
    },
};

/// One object a line, one line a message. Each line says which conversation it is of; the first of a conversation says
/// what there is to say of that, and how many messages follow, so that a file that was cut can be told. A conversation
/// without any message has one line all the same.
pub(super) const LINES: Writer = Writer {
    before_head: 1,
    begin: |_, _, _| {},
    head: |text, Outline { head, messages }, _| {
        let mut about = about(head);
        about.insert("message_count".to_owned(), (*messages).into());
        let about = Value::Object(about);
        // Behind the first message, which is left open for it.
        let _ = match messages {
            0 => writeln!(text, "{}", json!({ "conversation": about })),
            _ => writeln!(text, ",\"conversation\":{about}}}"),
        };
    },
    message: |text, message, MessagePlace { of, number, .. }| {
        let line = serde_json::to_string(&MessageDocument::whole(message)).unwrap_or_default();
        let open = line.strip_suffix('}').unwrap_or(&line);
        let id = serde_json::to_string(of.as_str()).unwrap_or_default();
        let _ = write!(text, "{open},\"conversation_id\":{id}");
        if number > 0 {
            text.push_str("}\n");
        }
    },
    foot: |_, _, _| {},
    between: "",
    end: |_, _, _| {},
};

/// How deep a conversation's object stands in the document.
const fn depth(place: ConversationPlace) -> usize {
    match place.layout {
        Layout::Alone => 0,
        Layout::Several => 2,
    }
}

fn head(text: &mut String, outline: &Outline, place: ConversationPlace) {
    let depth = depth(place);
    indent(text, depth);
    text.push_str("{\n");
    indent(text, depth + 1);
    text.push_str("\"conversation\": ");
    put_pretty(text, &about(&outline.head), depth + 1);
    text.push_str(",\n");
    indent(text, depth + 1);
    text.push_str("\"messages\": [");
}

fn foot(text: &mut String, outline: &Outline, place: ConversationPlace) {
    let depth = depth(place);
    if outline.messages > 0 {
        text.push('\n');
        indent(text, depth + 1);
    }
    text.push_str("]\n");
    indent(text, depth);
    text.push('}');
}

fn indent(text: &mut String, depth: usize) {
    for _ in 0..depth {
        text.push_str("  ");
    }
}

/// A value as it stands so deep in a document: its texts have no line ends, so each is the document's.
fn put_pretty(text: &mut String, value: &impl Serialize, depth: usize) {
    let pretty = serde_json::to_string_pretty(value).unwrap_or_default();
    for (n, line) in pretty.split('\n').enumerate() {
        if n > 0 {
            text.push('\n');
            indent(text, depth);
        }
        text.push_str(line);
    }
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
