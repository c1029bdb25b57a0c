//! A call and its answer, as every platform's room takes and gives them. How an answer is written is `server`'s business.

use axum::http::{HeaderMap, Method, StatusCode, header};
use bytes::Bytes;
use serde_json::Value;
use tokio::sync::mpsc;

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

/// What it is answered.
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
    /// What the bot says in a conversation, whole or as a stream.
    Reply { conversation: String, reply: Box<PacedReply>, stream: bool },
    /// Server-sent events, each whole with the empty line at its end; they end when the sender is dropped.
    Events(mpsc::Receiver<String>),
}
