//! `KLaunch`'s API medium: a message is queued here, and what the bot says comes by webhook (seeds/003).
//!
//! Owns the endpoint, its checks and the webhook's fields, written by hand. Where the document is silent it is strict.
//! Users and what was said are kept in a journal of their own, so that a user outlives the process.

mod account;
mod replies;

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};
use url::Url;

use crate::domain::Timestamp;

use super::api::{ApiRequest, ApiResponse, ErrorResponse, error_json};
use super::context::SandboxContext;
use super::conversation_store::{ConversationStore, ConversationStoreError, JournaledHistory};
use super::emulation::{EmulatedPlatform, EmulationDescriptor, EventWebhook};
use super::signing::unsigned;
use account::{CHANNEL_ID, TOKEN};
use replies::{PICTURE, Recipient};

const SEND: &str = "/klaunch/send";

const FIELDS: [&str; 5] = ["channelID", "token", "message", "userID", "attachments"];
const LONGEST_MESSAGE: usize = 1 << 20;
const MOST_ATTACHMENTS: usize = 10;

/// What is known of it before it runs.
pub(super) const DESCRIPTOR: EmulationDescriptor = EmulationDescriptor {
    id: "klaunch",
    channel: account::CHANNEL,
    settings: account::settings,
    roots: &["klaunch"],
    secret_headers: &[],
    secret_fields: &["token"],
    webhooks: Some(unsigned),
    open: |options| {
        let history = JournaledHistory::open(options, "flow.jsonl", |_| Vec::new())?;
        Ok(Box::new(|context| {
            Arc::new(EmulatedKLaunch { context: context.clone(), users: ConversationStore::open(history) })
        }))
    },
};

/// `KLaunch`, as it runs.
struct EmulatedKLaunch {
    context: SandboxContext,
    /// The users, by their numbers, and what was said with each.
    users: ConversationStore,
}

impl EmulatedPlatform for EmulatedKLaunch {
    fn respond<'a>(&'a self, request: &'a ApiRequest) -> BoxFuture<'a, ApiResponse> {
        Box::pin(respond(self, request))
    }

    fn webhook(&self, event: Value) -> Result<EventWebhook, ErrorResponse> {
        Ok(EventWebhook::new(&webhook_body(event, (self.context.clock)())?))
    }
}

fn bad_request(message: impl Into<String>) -> ErrorResponse {
    ErrorResponse::bad_request(message)
}

/// A message, checked.
struct IncomingMessage {
    text: String,
    user: Option<u64>,
    /// What each attachment is, in words.
    attachments: Vec<String>,
}

async fn respond(platform: &EmulatedKLaunch, request: &ApiRequest) -> ApiResponse {
    match (request.path.as_str(), &request.method) {
        (SEND, &Method::POST) => match send(platform, request).await {
            Ok(json) => ApiResponse::Json(StatusCode::OK, json),
            Err(error) => error.into_json(),
        },
        (PICTURE, &Method::GET) => {
            let picture = include_str!("../../assets/sandbox/lighthouse.svg");
            ApiResponse::Bytes(StatusCode::OK, "image/svg+xml", Bytes::from_static(picture.as_bytes()))
        }
        (SEND, _) => ApiResponse::WrongMethod("POST"),
        (PICTURE, _) => ApiResponse::WrongMethod("GET"),
        _ => ApiResponse::Json(StatusCode::NOT_FOUND, error_json("no such endpoint")),
    }
}

/// The body of a webhook made of an event: the channel and the time are filled in.
fn webhook_body(event: Value, now: Timestamp) -> Result<Value, ErrorResponse> {
    let Value::Object(event) = event else { return Err(bad_request("event must be an object")) };
    let mut body = Map::new();
    body.insert("channelID".to_owned(), json!(CHANNEL_ID));
    body.extend(event);
    body.entry("timestamp").or_insert_with(|| json!(now.millis()));
    Ok(Value::Object(body))
}

async fn send(platform: &EmulatedKLaunch, request: &ApiRequest) -> Result<Value, ErrorResponse> {
    let message = read(request)?;
    let failed = |error: ConversationStoreError| {
        if let ConversationStoreError::NoConversation = error {
            return ErrorResponse::new(StatusCode::NOT_FOUND, "no such userID");
        }
        ErrorResponse::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    };
    let user = match message.user {
        Some(user) => user,
        None => platform.users.open_numbered().await.map_err(failed)?,
    };
    let taken = platform.users.record_message(Some(user.to_string()), message.text.clone()).await.map_err(failed)?;
    let answer = json!({ "channelID": CHANNEL_ID, "message": message.text, "userID": user, "success": true });
    let to = Recipient { context: platform.context.clone(), users: platform.users.clone(), user };
    tokio::spawn(replies::reply(to, taken.before, message.text, message.attachments));
    Ok(answer)
}

fn read(request: &ApiRequest) -> Result<IncomingMessage, ErrorResponse> {
    if request.media_type() != "application/json" {
        return Err(bad_request("the header Content-Type must be application/json"));
    }
    let Ok(Value::Object(fields)) = request.json() else {
        return Err(bad_request("the body must be a JSON object"));
    };
    let text = |name: &str| match fields.get(name) {
        Some(Value::String(text)) => Ok(text.as_str()),
        Some(_) => Err(bad_request(format!("{name} must be a string"))),
        None => Err(bad_request(format!("{name} is required"))),
    };
    let (channel, token, message) = (text("channelID")?, text("token")?, text("message")?);
    if channel != CHANNEL_ID {
        return Err(ErrorResponse::new(StatusCode::NOT_FOUND, "no such channelID"));
    }
    if token != TOKEN {
        return Err(ErrorResponse::new(StatusCode::UNAUTHORIZED, "the token does not match this channel"));
    }
    if let Some(unknown) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        return Err(bad_request(format!("unknown field {unknown}")));
    }
    let user = match fields.get("userID") {
        None => None,
        Some(value) => Some(value.as_u64().ok_or_else(|| bad_request("userID must be a number"))?),
    };
    let attachments = match fields.get("attachments") {
        None => Vec::new(),
        Some(Value::Array(all)) if all.len() <= MOST_ATTACHMENTS => {
            all.iter().map(attachment).collect::<Result<_, _>>().map_err(bad_request)?
        }
        Some(_) => return Err(bad_request(format!("attachments must be an array of at most {MOST_ATTACHMENTS}"))),
    };
    if message.trim().is_empty() && attachments.is_empty() {
        return Err(bad_request("message must not be empty"));
    }
    if message.len() > LONGEST_MESSAGE {
        return Err(ErrorResponse::new(StatusCode::PAYLOAD_TOO_LARGE, "message is longer than 1 MiB"));
    }
    Ok(IncomingMessage { text: message.to_owned(), user, attachments })
}

/// What an attachment is: `{"base64": a data URL}` or `{"url": …}`.
fn attachment(value: &Value) -> Result<String, &'static str> {
    const FORM: &str = "an attachment must be an object with either base64 or url, a string";
    let fields = value.as_object().filter(|fields| fields.len() == 1).ok_or(FORM)?;
    let (name, text) = fields.iter().next().ok_or(FORM)?;
    let text = text.as_str().ok_or(FORM)?;
    match name.as_str() {
        "base64" => data_url(text).ok_or("base64 must be a data URL with base64 in it"),
        "url" => {
            let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
            let url = url.ok_or("url must be an http:// or https:// address")?;
            Ok(url.path().rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("a link").to_owned())
        }
        _ => Err(FORM),
    }
}

fn data_url(text: &str) -> Option<String> {
    let (kind, data) = text.strip_prefix("data:")?.split_once(";base64,")?;
    let bytes = STANDARD.decode(data).ok()?;
    kind.contains('/').then(|| format!("{kind}, {} bytes", bytes.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attachment_is_a_data_url_or_a_link() {
        let of = |value: Value| attachment(&value);
        assert_eq!(of(json!({ "base64": "data:image/png;base64,AAAA" })), Ok("image/png, 3 bytes".to_owned()));
        assert_eq!(of(json!({ "url": "https://example.com/a/b.jpg?c" })), Ok("b.jpg".to_owned()));
        for wrong in [
            json!("x"),
            json!({}),
            json!({ "url": 5 }),
            json!({ "url": "b.jpg" }),
            json!({ "url": "file:///etc/passwd" }),
            json!({ "base64": "AAAA" }),
            json!({ "base64": "data:image/png;base64,A*" }),
            json!({ "base64": "data:;base64,AAAA" }),
            json!({ "url": "https://example.com/", "base64": "data:a/b;base64," }),
        ] {
            assert!(of(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_event_gets_what_it_does_not_say() {
        let now = Timestamp::from_millis(1_700_000_000_123);
        let body = webhook_body(json!({ "message": "hi", "userID": 9 }), now).unwrap();
        let expected = json!({
            "channelID": "sandbox-flow", "message": "hi", "userID": 9, "timestamp": 1_700_000_000_123_i64,
        });
        assert_eq!(body, expected);
        let own = json!({ "channelID": "other", "timestamp": "never" });
        assert_eq!(webhook_body(own.clone(), now).unwrap(), own);
        assert!(webhook_body(json!([]), now).is_err());
    }
}
