//! The shapes of `--json`. Owns nothing but shapes.

mod desk;
mod folder;
mod guarded;
mod heard;
mod search;
mod sources;
mod store;
mod suites;

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::app::message_json;
use crate::domain::{
    ChannelName, Conversation, ConversationId, Damage, DataRequest, Failure, Person, Record, SafeText,
};
use crate::runtime::{ChatReply, export};

pub(super) use desk::{inbox, kept};
pub(super) use folder::{differences, pulled, pushed};
pub(super) use guarded::{guarded, guarded_nothing, guarded_phase, guarded_plan};
pub(super) use heard::heard;
pub(super) use search::{found, searches};
pub(super) use sources::{listed_row, listed_source, ok, row, rows, source, sources};
pub(super) use store::salvaged;
pub(super) use suites::{reviewed, suite_case, suite_plan, suite_totals};

/// `{"error":{…}}`.
pub(super) fn failure(failure: &Failure) -> Value {
    json!({ "error": {
        "kind": failure.kind.as_str(),
        "message": failure.message,
        "status": failure.status,
        "hint": failure.hint,
    }})
}

/// Counts what could not be read as the platform sent it, where that is anything.
pub(super) fn damaged(mut document: Value, damage: &Damage) -> Value {
    if !damage.is_none() {
        document["damaged"] = damage.many().into();
    }
    document
}

/// The text of a document whose list under that key is empty: what stands before the list's items, and behind them.
pub(super) fn around(document: &Value, key: &str, safe: bool) -> (String, String) {
    let text = if safe { for_terminal(document) } else { document.to_string() };
    // Within a text there is no quotation mark that isn't escaped, so it stands there once.
    let empty = format!("{}:[]", Value::from(key));
    let at = text.find(&empty).map_or(text.len(), |at| at + empty.len() - 1);
    let behind = text.get(at..).unwrap_or_default().to_owned();
    (text.get(..at).unwrap_or_default().to_owned(), behind)
}

/// `conversations list`, but for its items.
pub(super) fn conversations(total: Option<u64>, next: Option<&str>) -> Value {
    json!({ "conversations": [], "total": total, "next_cursor": next })
}

/// One of them.
pub(super) fn conversation(channel: &ChannelName, item: &Conversation) -> Value {
    let mut object = Map::new();
    object.insert("id".to_owned(), item.id.as_str().into());
    object.insert("channel".to_owned(), channel.as_str().into());
    object.insert("title".to_owned(), item.title.as_str().into());
    export::put_moment(&mut object, &item.created_at);
    Value::Object(object)
}

/// `conversations show`, but for its messages.
pub(super) fn messages(channel: &ChannelName, id: &ConversationId, total: Option<u64>, next: Option<&str>) -> Value {
    json!({
        "conversation": { "id": id.as_str(), "channel": channel.as_str() },
        "messages": [],
        "total": total,
        "next_cursor": next,
    })
}

/// `conversations show --message`.
pub(super) fn message(channel: &ChannelName, record: &Record) -> Value {
    json!({ "message": message_json(record, channel) })
}

/// `chat`, first.
pub(super) fn chat_conversation(id: &ConversationId) -> Value {
    json!({ "event": "conversation", "conversation_id": id.as_str() })
}

/// `chat`, once per piece.
pub(super) fn chat_delta(text: &str) -> Value {
    json!({ "event": "delta", "text": text })
}

/// `chat`, where the platform takes back what its pieces told: the reply as far as it stands.
pub(super) fn chat_correction(text: &str) -> Value {
    json!({ "event": "correction", "text": text })
}

/// `chat`, last.
pub(super) fn chat_reply(id: Option<&ConversationId>, reply: &ChatReply) -> Value {
    json!({
        "event": "reply",
        "conversation_id": id.map(ConversationId::as_str),
        "text": reply.text,
        "finish": reply.finish.as_str(),
        "quick_replies": reply.quick_replies,
        "attachments": reply.attachments,
        "damaged": reply.damaged,
    })
}

/// `requests list`.
pub(super) fn requests(requests: &[DataRequest]) -> Value {
    json!({ "requests": requests.iter().map(request).collect::<Vec<_>>() })
}

/// One data request; the answer and the failure where there is one.
pub(super) fn request(request: &DataRequest) -> Value {
    let mut value = json!({
        "id": request.id.as_str(),
        "channel": request.channel.as_str(),
        "key": request.key,
        "inputs": inputs(request),
        "state": request.state.as_str(),
        "deadline": request.deadline.to_rfc3339(),
    });
    if let Some(failure) = &request.failure {
        value["failure"] = failure.message.clone().into();
    }
    value
}

fn inputs(request: &DataRequest) -> Value {
    // As it came; what was stored as JSON is JSON.
    serde_json::from_str(&request.inputs).unwrap_or_else(|_| request.inputs.clone().into())
}

/// `people find`.
pub(super) fn people(people: &[Person]) -> Value {
    let one = |p: &Person| json!({ "id": p.id, "username": p.username, "name": p.name, "email": p.email, "deleted": p.deleted });
    json!({ "people": people.iter().map(one).collect::<Vec<_>>() })
}

/// The same JSON, with every character that could act on a terminal written as an escape.
pub(super) fn for_terminal(value: &Value) -> String {
    safe_text(value.to_string())
}

/// JSON as text, with every character that could act on a terminal written as an escape.
pub(super) fn safe_text(text: String) -> String {
    if text.is_ascii() && !text.contains('\u{7f}') {
        return text;
    }
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        let mut buffer = [0; 4];
        let alone: &str = c.encode_utf8(&mut buffer);
        if (c.is_ascii() && c != '\u{7f}') || SafeText::new(alone).as_str() == alone {
            safe.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        }
    }
    safe
}

#[cfg(test)]
pub(in crate::cli) mod tests {
    use super::*;
    use crate::domain::MessageDocument;
    use crate::domain::{Kind, Message, MessageId, Moment, Role, Timestamp};

    /// A document with its items.
    pub(in crate::cli) fn filled(document: &Value, key: &str, items: &[Value]) -> String {
        let (before, behind) = around(document, key, false);
        let items: Vec<String> = items.iter().map(Value::to_string).collect();
        format!("{before}{}{behind}", items.join(","))
    }

    #[test]
    fn items_stand_in_their_list_whatever_a_text_says() {
        let (channel, id) = (ChannelName::new("docs"), ConversationId::new("\"messages\":[]"));
        let text = filled(&messages(&channel, &id, Some(1), Some("\"messages\":[]")), "messages", &[json!(1)]);
        let mut whole = messages(&channel, &id, Some(1), Some("\"messages\":[]"));
        whole["messages"] = json!([1]);
        assert_eq!(text, whole.to_string());
    }

    #[test]
    fn the_shapes_are_the_contracts() {
        let (channel, id) = (ChannelName::new("docs"), ConversationId::new("7b"));
        let at = Moment::at(Timestamp::parse_rfc3339("2024-01-16T10:07:04.296Z").unwrap());
        let list = [
            Conversation { id: id.clone(), title: "Hi".to_owned(), created_at: at.clone(), details: Vec::new() },
            Conversation {
                id: ConversationId::new("8c"),
                title: String::new(),
                created_at: Moment { at: None, raw: "2024-16-01".to_owned() },
                details: Vec::new(),
            },
        ];
        let list = list.each_ref().map(|item| conversation(&channel, item));
        assert_eq!(
            filled(&conversations(Some(15), Some("8c")), "conversations", &list),
            r#"{"conversations":[{"id":"7b","channel":"docs","title":"Hi","created_at":"2024-01-16T10:07:04.296Z"},"#
                .to_owned()
                + r#"{"id":"8c","channel":"docs","title":"","created_at":null,"created_at_raw":"2024-16-01"}],"#
                + r#""total":15,"next_cursor":"8c"}"#
        );
        let message = Message {
            id: MessageId::new("m"),
            role: Role::Assistant,
            text: "\u{7}".to_owned(),
            created_at: at,
            extras: crate::domain::Extras::default(),
        };
        let message = MessageDocument::listed(&message).object().into();
        assert_eq!(
            filled(&messages(&channel, &id, None, None), "messages", &[message]),
            r#"{"conversation":{"id":"7b","channel":"docs"},"messages":[{"id":"m","role":"assistant","#.to_owned()
                + r#""text":"\u0007","created_at":"2024-01-16T10:07:04.296Z"}],"total":null,"next_cursor":null}"#
        );
        assert_eq!(chat_conversation(&id).to_string(), r#"{"event":"conversation","conversation_id":"7b"}"#);
        assert_eq!(chat_delta("a\n").to_string(), r#"{"event":"delta","text":"a\n"}"#);
        assert_eq!(
            chat_reply(Some(&id), &ChatReply { text: "ab".to_owned(), ..ChatReply::default() }).to_string(),
            r#"{"event":"reply","conversation_id":"7b","text":"ab","finish":"cut","quick_replies":[],"attachments":[],"damaged":0}"#
        );
        assert_eq!(
            failure(&Failure::new(Kind::NotFound, "no such conversation").status(404)).to_string(),
            r#"{"error":{"kind":"not_found","message":"no such conversation","status":404,"hint":null}}"#
        );
    }

    #[test]
    fn on_a_terminal_json_keeps_its_meaning_and_cannot_act() {
        let value = json!({ "text": "\u{1b}[31m \u{9b}2J \u{7f} é 😀" });
        let text = for_terminal(&value);
        assert!(!text.chars().any(char::is_control), "{text}");
        assert!(text.contains("é 😀"), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
