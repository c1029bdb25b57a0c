//! `POST /_sandbox/deliver`: makes a platform's webhook from an event, signs it, posts it once to a receiver on this
//! machine, and tells what the receiver answered.
//!
//! Owns the request's form and what may be put wrong on purpose. An event's own fields are its platform's business.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use url::Url;
use uuid::Uuid;

use super::actor::Stopping;
use super::api::{ErrorResponse, error_json};
use super::context::SandboxContext;
use super::hook_post::{HookPost, ReceiverResponse, is_loopback};
use super::ledger::HookAttempt;
use super::platforms::Platforms;
use super::signing::SigningInput;

/// How long the receiver may take: a data request may be answered within 10 s.
const RECEIVER_TIMEOUT: Duration = Duration::from_secs(15);

fn bad_request(message: impl Into<String>) -> ErrorResponse {
    ErrorResponse::bad_request(message)
}

/// What the signature is to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SignatureMode {
    Right,
    Wrong,
    Missing,
}

/// The order, read.
struct DeliveryOrder {
    platform: String,
    url: Url,
    /// What is signed in its place: what a platform calls where a tunnel or a proxy stands before the receiver.
    public_url: Option<Url>,
    event: Value,
    signature: SignatureMode,
    /// Put over the webhook's own; null takes one away.
    headers: Map<String, Value>,
    /// Sent in place of the event's JSON.
    body: Option<String>,
}

/// Carries out a request's body; gives the status and the body of the response.
pub(super) async fn deliver(context: &SandboxContext, platforms: &Platforms, body: &[u8]) -> (StatusCode, Value) {
    match carry_out(context, platforms, body).await {
        Ok(json) => (StatusCode::OK, json),
        Err(error) => (error.status, error_json(&error.message)),
    }
}

async fn carry_out(context: &SandboxContext, platforms: &Platforms, body: &[u8]) -> Result<Value, ErrorResponse> {
    let order = DeliveryOrder::read(body)?;
    let now = (context.clock)();
    let known = || bad_request(format!("platform must be one of {}", platforms.with_webhooks().join(", ")));
    let (descriptor, platform) = platforms.by_id(&order.platform).ok_or_else(known)?;
    let webhook = platform.webhook(order.event)?;
    let sent = order.body.unwrap_or(webhook.body).into_bytes();
    let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    if let Some(sign) = descriptor.webhooks {
        headers.extend(sign(&SigningInput {
            url: order.public_url.as_ref().unwrap_or(&order.url),
            idempotency_key: &Uuid::new_v4().to_string(),
            now,
            body: if order.signature == SignatureMode::Wrong { b"another body" } else { &sent },
        }));
    }
    if order.signature == SignatureMode::Missing {
        headers.retain(|(name, _)| !name.contains("signature"));
    }
    for (name, value) in order.headers {
        headers.retain(|(known, _)| !known.eq_ignore_ascii_case(&name));
        match value {
            Value::Null => {}
            Value::String(text) => headers.push((name, text)),
            other => headers.push((name, other.to_string())),
        }
    }
    let post = HookPost { url: order.url, headers, body: sent.into() };
    let answered = post_once(context, post).await?;
    if let Some(on_response) = webhook.on_response {
        on_response(&answered);
    }
    Ok(response_json(&answered))
}

async fn post_once(context: &SandboxContext, post: HookPost) -> Result<ReceiverResponse, ErrorResponse> {
    let stopping = |error: Stopping| ErrorResponse::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string());
    let seq = context.middleware.enter_post((context.clock)(), post.clone()).await.map_err(stopping)?;
    let outcome = post.send(&context.http, RECEIVER_TIMEOUT).await.map_err(|error| error.to_string());
    context.middleware.settle_post(seq, HookAttempt { number: 1, post, outcome: outcome.clone() });
    outcome.map_err(|error| ErrorResponse::new(StatusCode::BAD_GATEWAY, error))
}

/// What the receiver answered, as the contract's JSON.
fn response_json(answered: &ReceiverResponse) -> Value {
    let headers: Map<String, Value> =
        answered.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let mut json = json!({
        "status": answered.status,
        "headers": headers,
        "body": String::from_utf8_lossy(&answered.body),
    });
    if let Ok(value) = serde_json::from_slice::<Value>(&answered.body) {
        json["json"] = value;
    }
    json
}

impl DeliveryOrder {
    fn read(body: &[u8]) -> Result<Self, ErrorResponse> {
        let Ok(Value::Object(mut fields)) = serde_json::from_slice(body) else {
            return Err(bad_request("the body must be a JSON object with platform, url and event"));
        };
        let mut text = |name: &str| match fields.remove(name) {
            Some(Value::String(text)) => Ok(Some(text)),
            None => Ok(None),
            Some(_) => Err(bad_request(format!("{name} must be a string"))),
        };
        let missing = |name: &str| bad_request(format!("{name} is missing"));
        let platform = text("platform")?.ok_or_else(|| missing("platform"))?;
        let url = text("url")?.ok_or_else(|| missing("url"))?;
        let public_url = text("public_url")?;
        let body = text("body")?;
        let own_signature = fields.remove("signature");
        let own_headers = fields.remove("headers");
        let Some(Value::Object(mut event)) = fields.remove("event") else {
            return Err(bad_request("event must be an object"));
        };
        if let Some(unknown) = fields.keys().next() {
            return Err(bad_request(format!("unknown field {unknown}")));
        }
        let url = Url::parse(&url).ok().filter(is_loopback);
        let url = url.ok_or_else(|| bad_request("url must be an http:// address of this machine"))?;
        let public = |text: String| Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let public_url =
            public_url.map(|text| public(text).ok_or_else(|| bad_request("public_url must be a URL"))).transpose()?;
        // What is to be put wrong may stand in the event as well.
        let signature = match own_signature.or_else(|| event.remove("signature")).as_ref().map(Value::as_str) {
            None => SignatureMode::Right,
            Some(Some("wrong")) => SignatureMode::Wrong,
            Some(Some("none")) => SignatureMode::Missing,
            Some(_) => return Err(bad_request("signature must be \"wrong\" or \"none\"")),
        };
        let headers = match own_headers.or_else(|| event.remove("headers")) {
            None => Map::new(),
            Some(Value::Object(headers)) => headers,
            Some(_) => return Err(bad_request("headers must be an object")),
        };
        Ok(Self { platform, url, public_url, event: Value::Object(event), signature, headers, body })
    }
}
