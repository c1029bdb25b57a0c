//! Chat Thing's channel API: its conversation endpoints, as the platform's document (seeds/002) has them. Those of its
//! data sources are in `sources`.
//!
//! Owns the paths, the checks, the statuses and the JSON, written by hand. Where the document is silent it is strict:
//! what a client gets away with here must also pass there.

mod sources;
pub(super) mod stream;

use axum::http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value, json};

use super::bot::GREETING;
use super::call::{Answer, Call};
use super::desk::Desk;
use super::history::Talk;
use super::keys::{CHAT_THING_CHANNEL as CHANNEL, CHAT_THING_SECRET as SECRET};
use super::records::{RecordsError, Wanted};
use super::response::error_json;
use super::upstream::Mute;

/// A channel that exists, with a secret that nobody has: 403.
const OTHER_CHANNEL: &str = "sandbox-other";

const PREFIX: &str = "/api/public/channels/";
const LONGEST_MESSAGE: usize = 1 << 20;

/// A refusal: a status and what is wrong.
pub(super) struct Refusal(StatusCode, String);

impl From<RecordsError> for Refusal {
    fn from(error: RecordsError) -> Self {
        let status = match error {
            RecordsError::NoConversation => StatusCode::NOT_FOUND,
            RecordsError::NoCursor => StatusCode::BAD_REQUEST,
            RecordsError::Journal(_) | RecordsError::Stopping => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self(status, error.to_string())
    }
}

/// What a spoken answer is as one JSON body.
pub(super) fn spoken_json(conversation: &str, text: &str) -> Value {
    json!({ "success": true, "conversationId": conversation, "response": text })
}

/// Answers a call, or says that the path is none of the platform's.
pub(super) async fn answer(desk: &Desk, call: &Call) -> Answer {
    match endpoint(desk, call).await {
        Ok(answer) => answer,
        Err(Refusal(status, error)) => Answer::Json(status, error_json(&error)),
    }
}

async fn endpoint(desk: &Desk, call: &Call) -> Result<Answer, Refusal> {
    let mut segments = call.path.strip_prefix(PREFIX).unwrap_or_default().splitn(3, '/');
    let (Some(channel), Some("1.0"), Some(name)) = (segments.next(), segments.next(), segments.next()) else {
        return Err(refuse(StatusCode::NOT_FOUND, "no such endpoint"));
    };
    let talk = ["conversation", "message", "conversations", "messages"].contains(&name);
    let methods = if talk { Some("POST") } else { sources::methods(name) };
    let methods = methods.ok_or_else(|| refuse(StatusCode::NOT_FOUND, "no such endpoint"))?;
    if !methods.split(", ").any(|method| method == call.method.as_str()) {
        return Ok(Answer::WrongMethod(methods));
    }
    admit(channel, &call.headers)?;
    match name {
        "conversation" => open(desk).await,
        "message" => message(desk, &body(call)?).await,
        "conversations" => conversations(desk, &body(call)?).await,
        "messages" => messages(desk, &body(call)?).await,
        _ => sources::answer(desk, call, name).await,
    }
}

fn admit(channel: &str, headers: &HeaderMap) -> Result<(), Refusal> {
    let secret = headers.get("x-api-secret-key").map(header::HeaderValue::as_bytes);
    match (channel, secret) {
        (CHANNEL, Some(secret)) if secret == SECRET.as_bytes() => Ok(()),
        (CHANNEL, None) => Err(refuse(StatusCode::FORBIDDEN, "the header X-API-Secret-Key is missing")),
        (CHANNEL | OTHER_CHANNEL, _) => {
            Err(refuse(StatusCode::FORBIDDEN, "the secret key does not match this channel"))
        }
        // An unknown channel, or one that is switched off, such as `sandbox-disabled`.
        _ => Err(refuse(StatusCode::NOT_FOUND, "no such channel, or it is not enabled")),
    }
}

fn refuse(status: StatusCode, error: impl Into<String>) -> Refusal {
    Refusal(status, error.into())
}

fn bad(error: impl Into<String>) -> Refusal {
    refuse(StatusCode::BAD_REQUEST, error)
}

/// The request's JSON object; none at all counts as an empty one.
fn body(call: &Call) -> Result<Map<String, Value>, Refusal> {
    if call.body.is_empty() {
        return Ok(Map::new());
    }
    if call.media_type() != "application/json" {
        return Err(bad("the header Content-Type must be application/json"));
    }
    match call.json() {
        Ok(Value::Object(body)) => Ok(body),
        Ok(_) => Err(bad("the body must be a JSON object")),
        Err(error) => Err(bad(format!("the body is not JSON: {error}"))),
    }
}

/// A field that may be left out, or be null for the same.
fn optional<'a>(body: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    body.get(key).filter(|value| !value.is_null())
}

fn string(body: &Map<String, Value>, key: &str) -> Result<Option<String>, Refusal> {
    let Some(value) = optional(body, key) else { return Ok(None) };
    let text = value.as_str().ok_or_else(|| bad(format!("{key} must be a string")))?;
    Ok(Some(text.to_owned()))
}

fn page(body: &Map<String, Value>) -> Result<Wanted, Refusal> {
    let limit = match optional(body, "limit") {
        None => 10,
        Some(value) => {
            let limit = value.as_u64().filter(|limit| (1..=100).contains(limit));
            limit.ok_or_else(|| bad("limit must be an integer from 1 to 100"))?
        }
    };
    Ok(Wanted { limit: usize::try_from(limit).unwrap_or(100), cursor: string(body, "cursor")? })
}

async fn open(desk: &Desk) -> Result<Answer, Refusal> {
    let conversation = desk.records.open_conversation(GREETING.to_owned()).await?;
    Ok(Answer::Json(StatusCode::OK, spoken_json(&conversation, GREETING)))
}

async fn message(desk: &Desk, body: &Map<String, Value>) -> Result<Answer, Refusal> {
    let text = string(body, "message")?.ok_or_else(|| bad("message is required"))?;
    if text.trim().is_empty() {
        return Err(bad("message must not be empty"));
    }
    if text.len() > LONGEST_MESSAGE {
        return Err(refuse(StatusCode::PAYLOAD_TOO_LARGE, "message is longer than 1 MiB"));
    }
    let stream = match optional(body, "stream") {
        None => false,
        Some(value) => value.as_bool().ok_or_else(|| bad("stream must be true or false"))?,
    };
    let taken = desk.records.take(string(body, "conversationId")?, text.clone()).await?;
    let speech = match desk.speak(&taken.before, &text).await {
        Ok(speech) => speech,
        // As the platform does when its model says so.
        Err(Mute { reason, busy: true, after }) => return Ok(Answer::Busy(after, error_json(&reason))),
        Err(Mute { reason, .. }) => return Err(refuse(StatusCode::INTERNAL_SERVER_ERROR, reason)),
    };
    Ok(Answer::Speech { conversation: taken.conversation, speech: Box::new(speech), stream })
}

async fn conversations(desk: &Desk, body: &Map<String, Value>) -> Result<Answer, Refusal> {
    let listed = desk.records.conversations(page(body)?).await?;
    let last = listed.items.last().map(|talk| talk.id.clone());
    let row = |talk: &Talk| json!({ "id": talk.id, "createdAt": talk.at, "initialMessage": talk.initial_message() });
    let rows: Vec<Value> = listed.items.iter().map(row).collect();
    Ok(Answer::Json(
        StatusCode::OK,
        json!({
            "success": true,
            "conversations": rows,
            "pagination": { "total": listed.total, "last": last },
        }),
    ))
}

async fn messages(desk: &Desk, body: &Map<String, Value>) -> Result<Answer, Refusal> {
    let conversation = string(body, "conversationId")?.ok_or_else(|| bad("conversationId is required"))?;
    let listed = desk.records.messages(conversation, page(body)?).await?;
    let last = listed.items.last().map(|said| said.id.clone());
    let rows: Vec<Value> = listed
        .items
        .iter()
        .map(|said| json!({ "id": said.id, "message": said.text, "role": said.role, "createdAt": said.at }))
        .collect();
    Ok(Answer::Json(
        StatusCode::OK,
        json!({
            "success": true,
            "messages": rows,
            "pagination": { "total": listed.total, "last": last },
        }),
    ))
}
