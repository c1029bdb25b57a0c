//! `KLaunch`'s API medium: a message is queued here, and what the bot says comes by webhook (seeds/003).
//!
//! Owns the endpoint, its checks and the webhook's fields, written by hand. Where the document is silent it is strict.
//! Users and what was said are kept in a journal of their own, so that a user outlives the process.

mod replies;

use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Map, Value, json};
use url::Url;

use crate::domain::Timestamp;

use super::api::{ApiRequest, ApiResponse};
use super::context::SandboxContext;
use super::conversation_store::ConversationStoreError;
use super::credentials::{KLAUNCH_CHANNEL, KLAUNCH_TOKEN};
use super::response::error_json;

const SEND: &str = "/klaunch/send";
const PICTURE: &str = "/klaunch/files/lighthouse.svg";
const FIELDS: [&str; 5] = ["channelID", "token", "message", "userID", "attachments"];
const LONGEST_MESSAGE: usize = 1 << 20;
const MOST_ATTACHMENTS: usize = 10;

type Refusal = (StatusCode, String);

fn bad(error: impl Into<String>) -> Refusal {
    (StatusCode::BAD_REQUEST, error.into())
}

/// A message, checked.
struct IncomingMessage {
    text: String,
    user: Option<u64>,
    /// What each attachment is, in words.
    attachments: Vec<String>,
}

/// Answers a request, or says that the path is none of the platform's.
pub(super) async fn answer(context: &SandboxContext, request: &ApiRequest) -> ApiResponse {
    match (request.path.as_str(), &request.method) {
        (SEND, &Method::POST) => match send(context, request).await {
            Ok(json) => ApiResponse::Json(StatusCode::OK, json),
            Err((status, error)) => ApiResponse::Json(status, error_json(&error)),
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
pub(super) fn webhook(event: Value, now: Timestamp) -> Result<Value, String> {
    let Value::Object(event) = event else { return Err("event must be an object".to_owned()) };
    let mut body = Map::new();
    body.insert("channelID".to_owned(), json!(KLAUNCH_CHANNEL));
    body.extend(event);
    body.entry("timestamp").or_insert_with(|| json!(now.millis()));
    Ok(Value::Object(body))
}

async fn send(context: &SandboxContext, request: &ApiRequest) -> Result<Value, Refusal> {
    let message = read(request)?;
    let failed = |error: ConversationStoreError| {
        let status = match error {
            ConversationStoreError::NoConversation => return (StatusCode::NOT_FOUND, "no such userID".to_owned()),
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, error.to_string())
    };
    let user = match message.user {
        Some(user) => user,
        None => context.flow.number().await.map_err(failed)?,
    };
    let taken = context.flow.take(Some(user.to_string()), message.text.clone()).await.map_err(failed)?;
    let answer = json!({ "channelID": KLAUNCH_CHANNEL, "message": message.text, "userID": user, "success": true });
    tokio::spawn(replies::reply(context.clone(), user, taken.before, message.text, message.attachments));
    Ok(answer)
}

fn read(request: &ApiRequest) -> Result<IncomingMessage, Refusal> {
    if request.media_type() != "application/json" {
        return Err(bad("the header Content-Type must be application/json"));
    }
    let Ok(Value::Object(fields)) = request.json() else {
        return Err(bad("the body must be a JSON object"));
    };
    let text = |name: &str| match fields.get(name) {
        Some(Value::String(text)) => Ok(text.as_str()),
        Some(_) => Err(bad(format!("{name} must be a string"))),
        None => Err(bad(format!("{name} is required"))),
    };
    let (channel, token, message) = (text("channelID")?, text("token")?, text("message")?);
    if channel != KLAUNCH_CHANNEL {
        return Err((StatusCode::NOT_FOUND, "no such channelID".to_owned()));
    }
    if token != KLAUNCH_TOKEN {
        return Err((StatusCode::UNAUTHORIZED, "the token does not match this channel".to_owned()));
    }
    if let Some(unknown) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        return Err(bad(format!("unknown field {unknown}")));
    }
    let user = match fields.get("userID") {
        None => None,
        Some(value) => Some(value.as_u64().ok_or_else(|| bad("userID must be a number"))?),
    };
    let attachments = match fields.get("attachments") {
        None => Vec::new(),
        Some(Value::Array(all)) if all.len() <= MOST_ATTACHMENTS => {
            all.iter().map(attachment).collect::<Result<_, _>>().map_err(bad)?
        }
        Some(_) => return Err(bad(format!("attachments must be an array of at most {MOST_ATTACHMENTS}"))),
    };
    if message.trim().is_empty() && attachments.is_empty() {
        return Err(bad("message must not be empty"));
    }
    if message.len() > LONGEST_MESSAGE {
        return Err((StatusCode::PAYLOAD_TOO_LARGE, "message is longer than 1 MiB".to_owned()));
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
        let body = webhook(json!({ "message": "hi", "userID": 9 }), now).unwrap();
        let expected = json!({
            "channelID": "sandbox-flow", "message": "hi", "userID": 9, "timestamp": 1_700_000_000_123_i64,
        });
        assert_eq!(body, expected);
        let own = json!({ "channelID": "other", "timestamp": "never" });
        assert_eq!(webhook(own.clone(), now).unwrap(), own);
        assert!(webhook(json!([]), now).is_err());
    }
}
