//! What Operator posts: one event. Pure.

use serde_json::Value;

use super::super::lenient_json;
use super::super::{Ack, Reception, Rejection};
use super::event::OperatorEvent;
use super::{IDEMPOTENCY_KEY, wire};
use crate::domain::{ConversationId, Delivery, Inbound, Meaning, Role};
use crate::signature::fingerprint;

/// The type of the program's own test.
pub(super) const PING: &str = "ping";

/// What a delivery says.
pub(super) fn read(delivery: &Delivery) -> Result<Reception, Rejection> {
    let fields = lenient_json::document(&delivery.body);
    let fields = fields.map_err(|what| Rejection::malformed(format!("{what} where an object should be")))?;
    let event = OperatorEvent::from_fields(&fields, None).ok_or_else(|| Rejection::malformed("type is missing"))?;
    let conversation = event.conversation();
    let own = event.id().or_else(|| delivery.header(IDEMPOTENCY_KEY).filter(|k| !k.is_empty()).map(str::to_owned));
    let own = own.unwrap_or_else(|| fingerprint(&[&delivery.body]));
    let key = match event.at().at {
        Some(at) => format!("{:015}-{own}", at.millis().max(0)),
        None => own.clone(),
    };
    if event.kind == PING && conversation.is_none() {
        let inbound = vec![Inbound { key, meaning: Meaning::Probe { what: "a test of the listener" } }];
        return Ok(Reception { inbound, ack: Ack::Ok, summary: PING.to_owned() });
    }
    let kind = event.kind.to_owned();
    // A tool's call is no message that anybody waits for.
    let message = event.message("", || own.clone()).filter(|m| matches!(m.role, Role::User | Role::Assistant));
    let (meaning, summary) = match (conversation.clone(), message) {
        (Some(conversation), Some(message)) => {
            let title = lenient_json::quotable(&message.text).unwrap_or_default();
            let conversation = ConversationId::new(conversation);
            let summary = title.clone();
            (Meaning::Message { conversation, title, message, reply: None }, summary)
        }
        (conversation, _) => {
            let details = details(&fields);
            let status = details.iter().find(|(name, _)| name == "status").map(|(_, status)| format!(" · {status}"));
            let summary = format!("{kind}{}", status.unwrap_or_default());
            let conversation = conversation.map(ConversationId::new);
            (Meaning::Event { conversation, kind, details }, lenient_json::quotable(&summary).unwrap_or_default())
        }
    };
    let summary = lenient_json::summary(summary, &fields.damage);
    Ok(Reception { inbound: vec![Inbound { key, meaning }], ack: Ack::Ok, summary })
}

/// The facts of the conversation, under the names that the list has for them.
fn details(fields: &lenient_json::Object) -> Vec<(String, String)> {
    const ENVELOPE: [&str; 8] =
        ["id", "type", "created_at", "conversation_id", "conversation", "payload", "experimental", "context"];
    let mut details = Vec::new();
    wire::facts(fields, &ENVELOPE, &mut details);
    let payload = fields.get("payload").and_then(Value::as_object);
    for part in [Some(fields), payload].into_iter().flatten() {
        if let Some(conversation) = part.get("conversation").and_then(Value::as_object) {
            wire::facts(conversation, &["id", "created_at"], &mut details);
        }
    }
    if let Some(payload) = payload {
        wire::facts(payload, &ENVELOPE, &mut details);
    }
    details
}

#[cfg(test)]
mod tests;
