//! Chat Thing's channel API: its conversation endpoints, as the platform's document (seeds/002) has them. Those of its
//! data sources are in `sources`.
//!
//! Owns the paths, the checks, the statuses and the JSON, written by hand. Where the document is silent it is strict:
//! what a client gets away with here must also pass there.

mod account;
mod body;
mod sources;
pub(super) mod stream;

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode, header};
use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};

use super::api::{ApiRequest, ApiResponse, ConversationReply, ErrorResponse, error_json};
use super::bot::GREETING;
use super::context::SandboxContext;
use super::conversation_store::{ConversationStore, ConversationStoreError, JournaledHistory};
use super::emulation::{EmulatedPlatform, EmulationDescriptor, EventWebhook};
use super::history::StoredConversation;
use super::reply_error::ReplyError;
use super::seeds;
pub(super) use account::{CHANNEL_ID, SECRET};
use body::{object, optional, page, required, string};

/// A channel that exists, with a secret that nobody has: 403.
const OTHER_CHANNEL: &str = "sandbox-other";

const PREFIX: &str = "/api/public/channels/";
const LONGEST_MESSAGE: usize = 1 << 20;

/// What is known of it before it runs.
pub(super) const DESCRIPTOR: EmulationDescriptor = EmulationDescriptor {
    id: "chat-thing",
    channel: account::CHANNEL,
    settings: account::settings,
    roots: &["api"],
    secret_headers: &["x-api-secret-key"],
    secret_fields: &[],
    webhooks: None,
    open: |options| {
        let seeds = if options.seed_conversations { seeds::events } else { |_| Vec::new() };
        let history = JournaledHistory::open(options, "journal.jsonl", seeds)?;
        Ok(Box::new(|context| {
            Arc::new(EmulatedChatThing { context: context.clone(), conversations: ConversationStore::open(history) })
        }))
    },
};

/// Chat Thing, as it runs.
struct EmulatedChatThing {
    context: SandboxContext,
    conversations: ConversationStore,
}

impl EmulatedPlatform for EmulatedChatThing {
    fn respond<'a>(&'a self, request: &'a ApiRequest) -> BoxFuture<'a, ApiResponse> {
        Box::pin(async { endpoint(self, request).await.unwrap_or_else(ErrorResponse::into_json) })
    }

    fn webhook(&self, _event: Value) -> Result<EventWebhook, ErrorResponse> {
        Err(ErrorResponse::bad_request("chat-thing posts no webhooks"))
    }
}

impl From<ConversationStoreError> for ErrorResponse {
    fn from(error: ConversationStoreError) -> Self {
        let status = match error {
            ConversationStoreError::NoConversation => StatusCode::NOT_FOUND,
            ConversationStoreError::NoCursor => StatusCode::BAD_REQUEST,
            ConversationStoreError::Journal(_) | ConversationStoreError::Stopping(_) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        Self::new(status, error.to_string())
    }
}

/// What a reply is as one JSON body.
pub(super) fn reply_json(conversation: &str, text: &str) -> Value {
    json!({ "success": true, "conversationId": conversation, "response": text })
}

async fn endpoint(platform: &EmulatedChatThing, request: &ApiRequest) -> Result<ApiResponse, ErrorResponse> {
    let mut segments = request.path.strip_prefix(PREFIX).unwrap_or_default().splitn(3, '/');
    let (Some(channel), Some("1.0"), Some(name)) = (segments.next(), segments.next(), segments.next()) else {
        return Err(ErrorResponse::new(StatusCode::NOT_FOUND, "no such endpoint"));
    };
    let is_conversational = ["conversation", "message", "conversations", "messages"].contains(&name);
    let methods = if is_conversational { Some("POST") } else { sources::methods(name) };
    let methods = methods.ok_or_else(|| ErrorResponse::new(StatusCode::NOT_FOUND, "no such endpoint"))?;
    if !methods.split(", ").any(|method| method == request.method.as_str()) {
        return Ok(ApiResponse::WrongMethod(methods));
    }
    admit(channel, &request.headers)?;
    match name {
        "conversation" => open(platform).await,
        "message" => message(platform, &object(request)?).await,
        "conversations" => conversations(platform, &object(request)?).await,
        "messages" => messages(platform, &object(request)?).await,
        _ => sources::respond(&platform.context, request, name).await,
    }
}

fn admit(channel: &str, headers: &HeaderMap) -> Result<(), ErrorResponse> {
    let secret = headers.get("x-api-secret-key").map(header::HeaderValue::as_bytes);
    match (channel, secret) {
        (CHANNEL_ID, Some(secret)) if secret == SECRET.as_bytes() => Ok(()),
        (CHANNEL_ID, None) => {
            Err(ErrorResponse::new(StatusCode::FORBIDDEN, "the header X-API-Secret-Key is missing"))
        }
        (CHANNEL_ID | OTHER_CHANNEL, _) => {
            Err(ErrorResponse::new(StatusCode::FORBIDDEN, "the secret key does not match this channel"))
        }
        // An unknown channel, or one that is switched off, such as `sandbox-disabled`.
        _ => Err(ErrorResponse::new(StatusCode::NOT_FOUND, "no such channel, or it is not enabled")),
    }
}

async fn open(platform: &EmulatedChatThing) -> Result<ApiResponse, ErrorResponse> {
    let conversation = platform.conversations.open_conversation(GREETING.to_owned()).await?;
    Ok(ApiResponse::Json(StatusCode::OK, reply_json(&conversation, GREETING)))
}

async fn message(platform: &EmulatedChatThing, body: &Map<String, Value>) -> Result<ApiResponse, ErrorResponse> {
    let text = required(body, "message")?;
    if text.trim().is_empty() {
        return Err(ErrorResponse::bad_request("message must not be empty"));
    }
    if text.len() > LONGEST_MESSAGE {
        return Err(ErrorResponse::new(StatusCode::PAYLOAD_TOO_LARGE, "message is longer than 1 MiB"));
    }
    let stream = match optional(body, "stream") {
        None => false,
        Some(value) => value.as_bool().ok_or_else(|| ErrorResponse::bad_request("stream must be true or false"))?,
    };
    let taken = platform.conversations.record_message(string(body, "conversationId")?, text.clone()).await?;
    let reply = match platform.context.reply_to(&taken.before, &text).await {
        Ok(reply) => reply,
        // As the platform does when its model says so.
        Err(ReplyError { reason, busy: true, after }) => return Ok(ApiResponse::Busy(after, error_json(&reason))),
        Err(ReplyError { reason, .. }) => {
            return Err(ErrorResponse::new(StatusCode::INTERNAL_SERVER_ERROR, reason));
        }
    };
    Ok(ApiResponse::Reply(Box::new(ConversationReply {
        conversation: taken.conversation,
        reply,
        stream,
        store: platform.conversations.clone(),
    })))
}

async fn conversations(
    platform: &EmulatedChatThing,
    body: &Map<String, Value>,
) -> Result<ApiResponse, ErrorResponse> {
    let listed = platform.conversations.conversations(page(body)?).await?;
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

async fn messages(platform: &EmulatedChatThing, body: &Map<String, Value>) -> Result<ApiResponse, ErrorResponse> {
    let conversation = required(body, "conversationId")?;
    let listed = platform.conversations.messages(conversation, page(body)?).await?;
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
