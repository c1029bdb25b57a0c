//! A request and its response, as every platform's room takes and gives them. How a response is written is `server`'s
//! business.

use axum::http::{HeaderMap, Method, StatusCode, header};
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::conversation_store::ConversationStore;
use super::paced_reply::PacedReply;
use crate::domain::{Fault, Json};

/// A request, whole.
pub(super) struct ApiRequest {
    pub(super) method: Method,
    pub(super) path: String,
    /// What stands behind the `?`, as it came; empty where there is none.
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl ApiRequest {
    /// A header's text; none where it is missing or no text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as JSON. Half of a character in a text is none that a platform refuses a request for; whatever else is no
    /// JSON is refused, and the error says where.
    pub(super) fn json(&self) -> Result<Value, serde_json::Error> {
        serde_json::from_slice(&self.body).or_else(|error| {
            let halves =
                |json: &Json| json.damage.spots().iter().all(|spot| matches!(spot.fault, Fault::Text { .. }));
            let read = Json::read(&self.body).ok().filter(|json| !json.damage.is_none() && halves(json));
            read.map(|json| json.value).ok_or(error)
        })
    }

    /// The body's media type in lower case, without parameters; empty where none is given.
    pub(super) fn media_type(&self) -> String {
        let kind = self.header(header::CONTENT_TYPE.as_str()).unwrap_or_default();
        kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }
}

/// What a request is answered.
pub(super) enum ApiResponse {
    /// The endpoint takes another method: this one.
    WrongMethod(&'static str),
    /// This.
    Json(StatusCode, Value),
    /// Not now (429): after how many seconds, where that is known, and a body.
    Busy(Option<u64>, Value),
    /// The credentials are missing or wrong: this, and how they are to be given.
    Credentials(StatusCode, Value),
    /// A status and no body.
    Empty(StatusCode),
    /// Bytes of some type.
    Bytes(StatusCode, &'static str, Bytes),
    /// What the bot says in a conversation.
    Reply(Box<ConversationReply>),
    /// Server-sent events, each whole with the empty line at its end; they end when the sender is dropped.
    Events(mpsc::Receiver<String>),
}

/// What the bot says in a conversation, whole or as a stream, and where it is kept.
pub(super) struct ConversationReply {
    pub(super) conversation: String,
    pub(super) reply: PacedReply,
    pub(super) stream: bool,
    pub(super) store: ConversationStore,
}

/// Why a request is refused: a status, and what is wrong in words. How that is written is each platform's own.
#[derive(Debug)]
pub(super) struct ErrorResponse {
    pub(super) status: StatusCode,
    pub(super) message: String,
}

impl ErrorResponse {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    /// One with the status 400.
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// As the body of [`error_json`].
    pub(super) fn into_json(self) -> ApiResponse {
        ApiResponse::Json(self.status, error_json(&self.message))
    }
}

/// The body of an error, where a platform has no form of its own.
pub(super) fn error_json(error: &str) -> Value {
    json!({ "success": false, "error": error })
}
