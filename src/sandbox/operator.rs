//! Operator's API in its two versions: the list of agent conversations, one of them, its events, and a chat in it.
//!
//! Owns the paths, the checks, the statuses and the JSON, written by hand. Where the documents are silent it is strict:
//! what a client gets away with here must also pass there; so a parameter that the version doesn't have is refused.
//! Nothing outlives the process: every start finds the same conversations, as long ago as at the last start.
//!
//! For tests there are `conv_teapot` and `op_teapot` (418), `conv_forbidden`, `op_forbidden` and the key
//! `op_test_forbidden` (403), and the message `/end`, after whose answer the conversation ends.

mod account;
mod actor;
mod conversation;
mod conversations;
mod error_response;
mod query;
mod scripts;
mod seeds;
mod signature;
mod simulation;
mod stream;
mod version;

use std::sync::Arc;

use axum::http::StatusCode;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::api::{ApiRequest, ApiResponse, ErrorResponse};
use super::bot::BotReply;
use super::context::SandboxContext;
use super::emulation::{EmulatedPlatform, EmulationDescriptor, EventWebhook};
use super::paced_reply::PacedReply;
use super::reply_error::ReplyError;
use account::{API_KEY, OPERATOR_ID};
use actor::OperatorHandle;
use error_response::OperatorErrorResponse;
use query::ListQuery;
use stream::ChatSession;
use version::{ApiVersion, VERSIONS};

const OTHER_KEY: &str = "op_test_forbidden";

/// What is known of it before it runs.
pub(super) const DESCRIPTOR: EmulationDescriptor = EmulationDescriptor {
    id: "operator",
    channel: account::CHANNEL,
    settings: account::settings,
    roots: &["conversations"],
    secret_headers: &[],
    secret_fields: &[],
    webhooks: Some(signature::sign),
    open: |_| {
        Ok(Box::new(|context| {
            Arc::new(EmulatedOperator {
                context: context.clone(),
                conversations: OperatorHandle::open(context.clock),
            })
        }))
    },
};

/// Operator, as it runs.
struct EmulatedOperator {
    context: SandboxContext,
    conversations: OperatorHandle,
}

impl EmulatedPlatform for EmulatedOperator {
    fn respond<'a>(&'a self, request: &'a ApiRequest) -> BoxFuture<'a, ApiResponse> {
        Box::pin(async { endpoint(self, request).await.unwrap_or_else(OperatorErrorResponse::into_response) })
    }

    fn simulate(&self) {
        simulation::start(&self.context, &self.conversations);
    }

    fn webhook(&self, event: Value) -> Result<EventWebhook, ErrorResponse> {
        Ok(EventWebhook::new(&event))
    }
}

async fn endpoint(platform: &EmulatedOperator, request: &ApiRequest) -> Result<ApiResponse, OperatorErrorResponse> {
    let version = admit(request)?;
    let segments: Vec<&str> = request.path.split('/').skip(1).collect();
    let method = request.method.as_str();
    match (&segments[..], method) {
        (["conversations"], "GET") => list(platform, request, version).await,
        (["conversations", id] | ["conversations", id, "events" | "session"], _) if version == ApiVersion::First => {
            Err(OperatorErrorResponse::new(
                StatusCode::NOT_FOUND,
                "NotInThisVersion",
                "This version of the API has the list of conversations alone.",
            )
            .with(json!({ "conversation_id": id })))
        }
        (["conversations", id], "GET") => {
            let one = platform.conversations.one(named(id)?).await?;
            Ok(ApiResponse::Json(StatusCode::OK, one))
        }
        (["conversations", id], "DELETE") => {
            platform.conversations.delete(named(id)?).await?;
            Ok(ApiResponse::Empty(StatusCode::NO_CONTENT))
        }
        (["conversations", _], _) => Err(wrong_method("GET or DELETE")),
        (["conversations", id, "events"], "GET") => {
            // Refused before the stream begins, where it can't.
            let (events, ended) = platform.conversations.events(named(id)?, 0).await?;
            // Who comes back gets what came since; by an id that is none of these, everything.
            let last =
                request.header("last-event-id").and_then(|last| events.iter().position(|event| event["id"] == last));
            let sent = last.map_or(0, |last| last + 1);
            if ended && sent > 0 && sent == events.len() {
                // An `EventSource` comes back for ever, unless the answer says that nothing more will come.
                return Ok(ApiResponse::Empty(StatusCode::NO_CONTENT));
            }
            Ok(ApiResponse::Events(stream::events(platform.conversations.clone(), (*id).to_owned(), sent)))
        }
        (["conversations"] | ["conversations", _, "events"], _) => Err(wrong_method("GET")),
        (["conversations", id, "session"], "POST") => session(platform, request, named(id)?).await,
        (["conversations", _, "session"], _) => Err(wrong_method("POST")),
        _ => Err(OperatorErrorResponse::new(StatusCode::NOT_FOUND, "NoSuchEndpoint", "There is no such endpoint.")),
    }
}

/// Checks what every call must have, and says which version is spoken.
fn admit(request: &ApiRequest) -> Result<ApiVersion, OperatorErrorResponse> {
    if request.header("user-agent").is_none_or(|name| name.trim().is_empty()) {
        return Err(OperatorErrorResponse::bad_request("MissingUserAgent", "The header User-Agent is missing."));
    }
    let asked = request.header("operator-version");
    let version = VERSIONS.iter().find(|(name, _)| asked == Some(name)).map(|(_, version)| *version);
    let version = version.ok_or_else(|| {
        let refusal = match asked {
            None => OperatorErrorResponse::bad_request("MissingVersion", "The header Operator-Version is missing."),
            Some(_) => OperatorErrorResponse::bad_request("UnknownVersion", "There is no such Operator-Version."),
        };
        refusal.with(json!({ "versions": VERSIONS.map(|(name, _)| name) }))
    })?;
    match request.header("authorization").and_then(|value| value.strip_prefix("Bearer ")) {
        Some(API_KEY) => Ok(version),
        Some(OTHER_KEY) => Err(forbidden("This API key lacks permission for this resource.")),
        _ => Err(OperatorErrorResponse::new(
            StatusCode::UNAUTHORIZED,
            "InvalidApiKey",
            "The API key is missing or invalid.",
        )),
    }
}

fn forbidden(message: &str) -> OperatorErrorResponse {
    OperatorErrorResponse::new(StatusCode::FORBIDDEN, "Forbidden", message)
}

fn teapot() -> OperatorErrorResponse {
    OperatorErrorResponse::new(StatusCode::IM_A_TEAPOT, "Teapot", "Your Operator is a teapot.")
}

fn wrong_method(allowed: &str) -> OperatorErrorResponse {
    OperatorErrorResponse::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "MethodNotAllowed",
        format!("This resource takes {allowed}."),
    )
}

/// The id of a conversation that may be asked for.
fn named(id: &str) -> Result<&str, OperatorErrorResponse> {
    match id {
        "conv_teapot" => Err(teapot()),
        "conv_forbidden" => Err(forbidden("This conversation belongs to another Operator.")),
        _ => Ok(id),
    }
}

async fn list(
    platform: &EmulatedOperator,
    request: &ApiRequest,
    version: ApiVersion,
) -> Result<ApiResponse, OperatorErrorResponse> {
    let query = ListQuery::read(&request.query, version)
        .map_err(|error| OperatorErrorResponse::bad_request("InvalidParameter", error.to_string()))?;
    match (version, query.operator.as_deref()) {
        (ApiVersion::First, None) => {
            return Err(OperatorErrorResponse::bad_request("MissingParameter", "operator_id is required."));
        }
        (ApiVersion::First, Some("op_teapot")) => return Err(teapot()),
        (ApiVersion::First, Some("op_forbidden")) => {
            return Err(forbidden("This Operator belongs to somebody else."));
        }
        (ApiVersion::First, Some(other)) if other != OPERATOR_ID => {
            return Err(OperatorErrorResponse::new(
                StatusCode::NOT_FOUND,
                "OperatorNotFound",
                "There is no such Operator.",
            ));
        }
        _ => {}
    }
    let page = platform.conversations.page(query, version).await?;
    Ok(ApiResponse::Json(StatusCode::OK, page))
}

async fn session(
    platform: &EmulatedOperator,
    request: &ApiRequest,
    id: &str,
) -> Result<ApiResponse, OperatorErrorResponse> {
    let text = sent(request)?;
    let taken = platform.conversations.record_message(id, text.clone()).await?;
    let last = text.trim() == "/end";
    let reply = if last {
        PacedReply::new(BotReply::Text("Goodbye, and thank you for the chat.".to_owned()), platform.context.pace)
    } else {
        let failed = |why: ReplyError| {
            let (status, code) = if why.busy {
                (StatusCode::TOO_MANY_REQUESTS, "AgentBusy")
            } else {
                (StatusCode::INTERNAL_SERVER_ERROR, "AgentUnavailable")
            };
            OperatorErrorResponse::new(status, code, why.reason).transient()
        };
        platform.context.reply_to(&taken.before, &text).await.map_err(failed)?
    };
    let conversation = id.to_owned();
    let session = ChatSession {
        context: platform.context.clone(),
        conversations: platform.conversations.clone(),
        conversation,
        received: taken.event,
        reply,
        last,
    };
    Ok(ApiResponse::Events(session.open()))
}

/// The text that a session's body sends.
fn sent(request: &ApiRequest) -> Result<String, OperatorErrorResponse> {
    let wrong = |why: &str| OperatorErrorResponse::bad_request("InvalidBody", why);
    if request.media_type() != "application/json" {
        return Err(wrong("The header Content-Type must be application/json."));
    }
    let body = request.json().map_err(|error| wrong(&format!("The body is no JSON object: {error}")))?;
    let body = body.as_object().ok_or_else(|| wrong("The body is no JSON object."))?;
    let payload =
        body.get("payload").and_then(Value::as_object).ok_or_else(|| wrong("payload must be an object."))?;
    if payload.get("type").and_then(Value::as_str) != Some("user.message.send") {
        return Err(wrong("payload.type must be user.message.send."));
    }
    let text = payload.get("text").and_then(Value::as_str).ok_or_else(|| wrong("payload.text must be a string."))?;
    if text.trim().is_empty() {
        return Err(wrong("payload.text must not be empty."));
    }
    Ok(text.to_owned())
}
