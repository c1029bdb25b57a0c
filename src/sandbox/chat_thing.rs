//! Chat Thing's channel API: its conversation endpoints, as the platform's document (seeds/002) has them. Those of its
//! data sources are in `sources`.
//!
//! Owns the paths, the checks, the statuses and the JSON, written by hand. Where the document is silent it is strict:
//! what a client gets away with here must also pass there.

mod sources;
pub(super) mod stream;

use axum::http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value, json};

use super::api::{ApiRequest, ApiResponse};
use super::bot::GREETING;
use super::context::SandboxContext;
use super::conversation_store::{ConversationStoreError, PageQuery};
use super::credentials::{CHAT_THING_CHANNEL as CHANNEL, CHAT_THING_SECRET as SECRET};
use super::history::StoredConversation;
use super::response::error_json;
use super::upstream::UpstreamError;

/// A channel that exists, with a secret that nobody has: 403.
const OTHER_CHANNEL: &str = "sandbox-other";

const PREFIX: &str = "/api/public/channels/";
const LONGEST_MESSAGE: usize = 1 << 20;

/// A refusal: a status and what is wrong.
pub(super) struct Refusal(StatusCode, String);

impl From<ConversationStoreError> for Refusal {
    fn from(error: ConversationStoreError) -> Self {
        let status = match error {
            ConversationStoreError::NoConversation => StatusCode::NOT_FOUND,
            ConversationStoreError::NoCursor => StatusCode::BAD_REQUEST,
            ConversationStoreError::Journal(_) | ConversationStoreError::Stopping => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        Self(status, error.to_string())
    }
}

/// What a spoken answer is as one JSON body.
pub(super) fn spoken_json(conversation: &str, text: &str) -> Value {
    json!({ "success": true, "conversationId": conversation, "response": text })
}

/// Answers a request, or says that the path is none of the platform's.
pub(super) async fn answer(context: &SandboxContext, request: &ApiRequest) -> ApiResponse {
    match endpoint(context, request).await {
        Ok(answer) => answer,
        Err(Refusal(status, error)) => ApiResponse::Json(status, error_json(&error)),
    }
}

async fn endpoint(context: &SandboxContext, request: &ApiRequest) -> Result<ApiResponse, Refusal> {
    let mut segments = request.path.strip_prefix(PREFIX).unwrap_or_default().splitn(3, '/');
    let (Some(channel), Some("1.0"), Some(name)) = (segments.next(), segments.next(), segments.next()) else {
        return Err(refuse(StatusCode::NOT_FOUND, "no such endpoint"));
    };
    let is_conversational = ["conversation", "message", "conversations", "messages"].contains(&name);
    let methods = if is_conversational { Some("POST") } else { sources::methods(name) };
    let methods = methods.ok_or_else(|| refuse(StatusCode::NOT_FOUND, "no such endpoint"))?;
    if !methods.split(", ").any(|method| method == request.method.as_str()) {
        return Ok(ApiResponse::WrongMethod(methods));
    }
    admit(channel, &request.headers)?;
    match name {
        "conversation" => open(context).await,
        "message" => message(context, &body(request)?).await,
        "conversations" => conversations(context, &body(request)?).await,
        "messages" => messages(context, &body(request)?).await,
        _ => sources::answer(context, request, name).await,
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
fn body(request: &ApiRequest) -> Result<Map<String, Value>, Refusal> {
    if request.body.is_empty() {
        return Ok(Map::new());
    }
    if request.media_type() != "application/json" {
        return Err(bad("the header Content-Type must be application/json"));
    }
    match request.json() {
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

fn page(body: &Map<String, Value>) -> Result<PageQuery, Refusal> {
    let limit = match optional(body, "limit") {
        None => 10,
        Some(value) => {
            let limit = value.as_u64().filter(|limit| (1..=100).contains(limit));
            limit.ok_or_else(|| bad("limit must be an integer from 1 to 100"))?
        }
    };
    Ok(PageQuery { limit: usize::try_from(limit).unwrap_or(100), cursor: string(body, "cursor")? })
}

async fn open(context: &SandboxContext) -> Result<ApiResponse, Refusal> {
    let conversation = context.conversations.open_conversation(GREETING.to_owned()).await?;
    Ok(ApiResponse::Json(StatusCode::OK, spoken_json(&conversation, GREETING)))
}

async fn message(context: &SandboxContext, body: &Map<String, Value>) -> Result<ApiResponse, Refusal> {
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
    let taken = context.conversations.take(string(body, "conversationId")?, text.clone()).await?;
    let reply = match context.reply_to(&taken.before, &text).await {
        Ok(reply) => reply,
        // As the platform does when its model says so.
        Err(UpstreamError { reason, busy: true, after }) => return Ok(ApiResponse::Busy(after, error_json(&reason))),
        Err(UpstreamError { reason, .. }) => return Err(refuse(StatusCode::INTERNAL_SERVER_ERROR, reason)),
    };
    Ok(ApiResponse::Reply { conversation: taken.conversation, reply: Box::new(reply), stream })
}

async fn conversations(context: &SandboxContext, body: &Map<String, Value>) -> Result<ApiResponse, Refusal> {
    let listed = context.conversations.conversations(page(body)?).await?;
    let last = listed.items.last().map(|conversation| conversation.id.clone());
    let row = |conversation: &StoredConversation| json!({ "id": conversation.id, "createdAt": conversation.at, "initialMessage": conversation.initial_message() });
    let rows: Vec<Value> = listed.items.iter().map(row).collect();
    Ok(ApiResponse::Json(
        StatusCode::OK,
        json!({
            "success": true,
            "conversations": rows,
            "pagination": { "total": listed.total, "last": last },
        }),
    ))
}

async fn messages(context: &SandboxContext, body: &Map<String, Value>) -> Result<ApiResponse, Refusal> {
    let conversation = string(body, "conversationId")?.ok_or_else(|| bad("conversationId is required"))?;
    let listed = context.conversations.messages(conversation, page(body)?).await?;
    let last = listed.items.last().map(|said| said.id.clone());
    let rows: Vec<Value> = listed
        .items
        .iter()
        .map(|said| json!({ "id": said.id, "message": said.text, "role": said.role, "createdAt": said.at }))
        .collect();
    Ok(ApiResponse::Json(
        StatusCode::OK,
        json!({
            "success": true,
            "messages": rows,
            "pagination": { "total": listed.total, "last": last },
        }),
    ))
}
