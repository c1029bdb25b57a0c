//! What is known of a message as JSON: for the clipboard, and for the command's `--json`.

use serde_json::{Map, Value, json};

use crate::app::webhooks::{masked_header, masked_url};
use crate::domain::{
    Attach, ChannelName, ConversationId, Delivery, DeliveryRow, Failure, Finish, MessageDocument, Record, Sending,
    Timestamp, Verdict,
};

/// All that is known of a message: as an export has it, with what only details tell behind that.
pub fn value(record: &Record, channel: &ChannelName) -> Value {
    let message = &record.message;
    let mut object = MessageDocument::listed(message).object();
    let mut put = |key: &str, value: Value| _ = object.insert(key.to_owned(), value);
    if !record.filed {
        put("id", Value::Null);
    }
    put("channel", channel.as_str().into());
    put("conversation_id", record.conversation.as_ref().map(ConversationId::as_str).into());
    put("created_at_raw", message.created_at.raw.as_str().into());
    put("received_at", time(record.received));
    put("finish", record.finish.map(Finish::as_str).into());
    put("first_word_ms", record.first_word_ms.into());
    put("took_ms", record.took_ms.into());
    let mut extras = MessageDocument::extras(&message.extras).object();
    // In the order that scripts have seen; whatever else there is comes behind.
    for key in ["author", "admin_id", "via", "quick_replies", "attachments"] {
        put(key, extras.shift_remove(key).unwrap_or_default());
    }
    extras.into_iter().for_each(|(key, value)| put(&key, value));
    put("delivery", record.sending.as_deref().map_or(Value::Null, sending));
    put("webhook", record.delivery.as_deref().map_or(Value::Null, |(row, delivery)| webhook(row, delivery)));
    put("platform", message.extras.raw.as_deref().map_or(Value::Null, read));
    Value::Object(object)
}

fn sending(sending: &Sending) -> Value {
    let turn = &sending.turn;
    let step = |step: &crate::domain::TurnStep| {
        json!({
            "at": step.at.to_rfc3339(),
            "state": step.state.as_str(),
            "failure": step.failure.as_ref().map(failure),
        })
    };
    json!({
        "id": turn.id.as_str(),
        "of": if sending.is_reply { "the message that this answers" } else { "this message" },
        "state": turn.state.as_str(),
        "failure": turn.failure.as_ref().map(failure),
        "attempts": sending.attempts(),
        "attached": turn.attach.iter().map(attached).collect::<Vec<_>>(),
        "history": sending.steps.iter().map(step).collect::<Vec<_>>(),
    })
}

fn attached(attach: &Attach) -> Value {
    match attach {
        Attach::Path(path) => json!({ "path": path.to_string_lossy() }),
        Attach::Url(url) => json!({ "url": url }),
        Attach::Offer(text) => json!({ "offer": text }),
    }
}

fn failure(failure: &Failure) -> Value {
    json!({
        "kind": failure.kind.as_str(),
        "message": failure.message,
        "status": failure.status,
        "hint": failure.hint,
    })
}

/// The webhook that brought it, without what lets its reader act as somebody.
fn webhook(row: &DeliveryRow, delivery: &Delivery) -> Value {
    let headers: Map<String, Value> =
        delivery.headers.iter().map(|(name, value)| (name.clone(), masked_header(name, value).into())).collect();
    let (word, refused) = match &row.verdict {
        Verdict::Accepted => ("accepted", None),
        Verdict::Duplicate => ("duplicate", None),
        Verdict::Rejected(refused) => ("rejected", Some(refused)),
    };
    json!({
        "id": row.id.0,
        "came_at": row.at.to_rfc3339(),
        "verified": row.trust.and_then(crate::domain::Trust::verified),
        "verdict": word,
        "status": refused.map(|refused| refused.status),
        "reason": refused.map(|refused| refused.reason.as_str()),
        "code": refused.map(|refused| refused.code.as_str()),
        "replay": row.replay,
        "url": masked_url(&delivery.url),
        "headers": headers,
        "body": read(&String::from_utf8_lossy(&delivery.body)),
    })
}

/// JSON as JSON, anything else as text.
fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

fn time(at: Option<Timestamp>) -> Value {
    at.map(Timestamp::to_rfc3339).into()
}
