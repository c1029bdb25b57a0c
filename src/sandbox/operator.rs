//! Operator's API in its two versions: the list of agent conversations, one of them, its events, and a chat in it.
//!
//! Owns the paths, the checks, the statuses and the JSON, written by hand. Where the documents are silent it is strict:
//! what a client gets away with here must also pass there; so a parameter that the version doesn't have is refused.
//! Nothing outlives the process: every start finds the same conversations, as long ago as at the last start.
//!
//! For tests there are `conv_teapot` and `op_teapot` (418), `conv_forbidden`, `op_forbidden` and the key
//! `op_test_forbidden` (403), and the message `/end`, after whose answer the conversation ends.

mod actor;
mod conversation;
mod conversations;
mod query;
mod scripts;
mod seeds;
mod simulation;
mod stream;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::api::{ApiRequest, ApiResponse};
use super::bot::BotReply;
use super::context::SandboxContext;
use super::credentials::{OPERATOR_API_KEY, OPERATOR_ID};
use super::paced_reply::PacedReply;
use super::upstream::UpstreamError;
use conversations::AgentConversationError;
use query::ListQuery;
use stream::ChatSession;

pub(super) use actor::Operator;
pub(super) use simulation::start;

const OTHER_KEY: &str = "op_test_forbidden";
const VERSIONS: [(&str, Version); 2] = [("2024-11-11", Version::First), ("2025-06-19", Version::Second)];

/// A version of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    /// 2024-11-11: the list alone.
    First,
    /// 2025-06-19: breaks the list, and has more.
    Second,
}

/// A refusal: every error has its own code.
struct Refusal {
    status: StatusCode,
    code: &'static str,
    transient: bool,
    message: String,
    data: Option<Value>,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, transient: false, message: message.into(), data: None }
    }

    fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    fn with(mut self, data: Value) -> Self {
        self.data = Some(data);
        self
    }

    fn passing(mut self) -> Self {
        self.transient = true;
        self
    }

    fn stopping() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Stopping", "The sandbox is stopping.").passing()
    }

    fn answer(self) -> ApiResponse {
        let mut json = json!({ "code": self.code, "transient": self.transient, "message": self.message });
        if let Some(data) = self.data {
            json["data"] = data;
        }
        ApiResponse::Json(self.status, json)
    }
}

impl From<AgentConversationError> for Refusal {
    fn from(error: AgentConversationError) -> Self {
        let message = error.to_string();
        match error {
            AgentConversationError::NotFound => Self::new(StatusCode::NOT_FOUND, "ConversationNotFound", message),
            AgentConversationError::Ended(status) => {
                Self::new(StatusCode::CONFLICT, "ConversationEnded", message).with(json!({ "status": status }))
            }
            AgentConversationError::NotAChat => Self::new(StatusCode::CONFLICT, "ConversationNotAChat", message),
            AgentConversationError::Kept => Self::new(StatusCode::CONFLICT, "ConversationNotDeletable", message),
        }
    }
}

/// Answers a request.
pub(super) async fn answer(context: &SandboxContext, request: &ApiRequest) -> ApiResponse {
    endpoint(context, request).await.unwrap_or_else(Refusal::answer)
}

async fn endpoint(context: &SandboxContext, request: &ApiRequest) -> Result<ApiResponse, Refusal> {
    let version = admit(request)?;
    let segments: Vec<&str> = request.path.split('/').skip(1).collect();
    let method = request.method.as_str();
    match (&segments[..], method) {
        (["conversations"], "GET") => list(context, request, version).await,
        (["conversations", id] | ["conversations", id, "events" | "session"], _) if version == Version::First => {
            Err(Refusal::new(
                StatusCode::NOT_FOUND,
                "NotInThisVersion",
                "This version of the API has the list of conversations alone.",
            )
            .with(json!({ "conversation_id": id })))
        }
        (["conversations", id], "GET") => {
            let one = context.operator.one(named(id)?).await.ok_or_else(Refusal::stopping)??;
            Ok(ApiResponse::Json(StatusCode::OK, one))
        }
        (["conversations", id], "DELETE") => {
            context.operator.delete(named(id)?).await.ok_or_else(Refusal::stopping)??;
            Ok(ApiResponse::Empty(StatusCode::NO_CONTENT))
        }
        (["conversations", _], _) => Err(wrong_method("GET or DELETE")),
        (["conversations", id, "events"], "GET") => {
            // Refused before the stream begins, where it can't.
            let (events, ended) = context.operator.events(named(id)?, 0).await.ok_or_else(Refusal::stopping)??;
            // Who comes back is told what came since; by an id that is none of these, everything.
            let last =
                request.header("last-event-id").and_then(|last| events.iter().position(|event| event["id"] == last));
            let sent = last.map_or(0, |last| last + 1);
            if ended && sent > 0 && sent == events.len() {
                // An `EventSource` comes back for ever, unless it is told that nothing more will be.
                return Ok(ApiResponse::Empty(StatusCode::NO_CONTENT));
            }
            Ok(ApiResponse::Events(stream::events(context, (*id).to_owned(), sent)))
        }
        (["conversations"] | ["conversations", _, "events"], _) => Err(wrong_method("GET")),
        (["conversations", id, "session"], "POST") => session(context, request, named(id)?).await,
        (["conversations", _, "session"], _) => Err(wrong_method("POST")),
        _ => Err(Refusal::new(StatusCode::NOT_FOUND, "NoSuchEndpoint", "There is no such endpoint.")),
    }
}

/// Checks what every call must have, and says which version is spoken.
fn admit(request: &ApiRequest) -> Result<Version, Refusal> {
    if request.header("user-agent").is_none_or(|name| name.trim().is_empty()) {
        return Err(Refusal::bad("MissingUserAgent", "The header User-Agent is missing."));
    }
    let asked = request.header("operator-version");
    let version = VERSIONS.iter().find(|(name, _)| asked == Some(name)).map(|(_, version)| *version);
    let version = version.ok_or_else(|| {
        let refusal = match asked {
            None => Refusal::bad("MissingVersion", "The header Operator-Version is missing."),
            Some(_) => Refusal::bad("UnknownVersion", "There is no such Operator-Version."),
        };
        refusal.with(json!({ "versions": VERSIONS.map(|(name, _)| name) }))
    })?;
    match request.header("authorization").and_then(|value| value.strip_prefix("Bearer ")) {
        Some(OPERATOR_API_KEY) => Ok(version),
        Some(OTHER_KEY) => Err(forbidden("This API key lacks permission for this resource.")),
        _ => Err(Refusal::new(StatusCode::UNAUTHORIZED, "InvalidApiKey", "The API key is missing or invalid.")),
    }
}

fn forbidden(message: &str) -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, "Forbidden", message)
}

fn teapot() -> Refusal {
    Refusal::new(StatusCode::IM_A_TEAPOT, "Teapot", "Your Operator is a teapot.")
}

fn wrong_method(allowed: &str) -> Refusal {
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", format!("This resource takes {allowed}."))
}

/// The id of a conversation that may be asked for.
fn named(id: &str) -> Result<&str, Refusal> {
    match id {
        "conv_teapot" => Err(teapot()),
        "conv_forbidden" => Err(forbidden("This conversation belongs to another Operator.")),
        _ => Ok(id),
    }
}

async fn list(context: &SandboxContext, request: &ApiRequest, version: Version) -> Result<ApiResponse, Refusal> {
    let query = ListQuery::read(&request.query, version).map_err(|why| Refusal::bad("InvalidParameter", why))?;
    match (version, query.operator.as_deref()) {
        (Version::First, None) => return Err(Refusal::bad("MissingParameter", "operator_id is required.")),
        (Version::First, Some("op_teapot")) => return Err(teapot()),
        (Version::First, Some("op_forbidden")) => {
            return Err(forbidden("This Operator belongs to somebody else."));
        }
        (Version::First, Some(other)) if other != OPERATOR_ID => {
            return Err(Refusal::new(StatusCode::NOT_FOUND, "OperatorNotFound", "There is no such Operator."));
        }
        _ => {}
    }
    let page = context.operator.page(query, version).await.ok_or_else(Refusal::stopping)?;
    Ok(ApiResponse::Json(StatusCode::OK, page))
}

async fn session(context: &SandboxContext, request: &ApiRequest, id: &str) -> Result<ApiResponse, Refusal> {
    let text = sent(request)?;
    let taken = context.operator.take(id, text.clone()).await.ok_or_else(Refusal::stopping)??;
    let last = text.trim() == "/end";
    let reply = if last {
        PacedReply::new(BotReply::Text("Goodbye, and thank you for the chat.".to_owned()), context.pace)
    } else {
        let failed = |why: UpstreamError| {
            let (status, code) = if why.busy {
                (StatusCode::TOO_MANY_REQUESTS, "AgentBusy")
            } else {
                (StatusCode::INTERNAL_SERVER_ERROR, "AgentUnavailable")
            };
            Refusal::new(status, code, why.reason).passing()
        };
        context.reply_to(&taken.before, &text).await.map_err(failed)?
    };
    let conversation = id.to_owned();
    let session = ChatSession { context: context.clone(), conversation, received: taken.event, reply, last };
    Ok(ApiResponse::Events(session.open()))
}

/// The text that a session's body sends.
fn sent(request: &ApiRequest) -> Result<String, Refusal> {
    let wrong = |why: &str| Refusal::bad("InvalidBody", why);
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
