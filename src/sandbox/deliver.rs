//! `POST /_sandbox/deliver`: makes a platform's webhook from an event, signs it, posts it once to a receiver on this
//! machine, and tells what the receiver answered.
//!
//! Owns the request's form and what may be put wrong on purpose. An event's own fields are its platform's business.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use url::Url;
use uuid::Uuid;

use super::context::SandboxContext;
use super::hooks::post::{HookPost, ReceiverResponse, is_loopback};
use super::response::error_json;
use super::signing::SignatureScheme;
use super::{klaunch, optech};

/// How long the receiver may take: a data request may be answered within 10 s.
const RECEIVER_TIMEOUT: Duration = Duration::from_secs(15);

/// What is wrong with the order, or with its receiver.
type Refusal = (StatusCode, String);

fn bad(error: impl Into<String>) -> Refusal {
    (StatusCode::BAD_REQUEST, error.into())
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

/// Carries out an order; gives the status and the body of the answer to it.
pub(super) async fn deliver(context: &SandboxContext, body: &[u8]) -> (StatusCode, Value) {
    match carry_out(context, body).await {
        Ok(json) => (StatusCode::OK, json),
        Err((status, error)) => (status, error_json(&error)),
    }
}

async fn carry_out(context: &SandboxContext, body: &[u8]) -> Result<Value, Refusal> {
    let order = DeliveryOrder::read(body)?;
    let now = (context.clock)();
    let mut link = None;
    let (scheme, json) = match order.platform.as_str() {
        "klaunch" => (SignatureScheme::Bare, klaunch::webhook(order.event, now).map_err(bad)?.to_string()),
        "optech" => {
            let request = optech::webhook(context, order.event).map_err(bad)?;
            link = request.link;
            (SignatureScheme::OpTech, request.body)
        }
        "eko" => (SignatureScheme::Eko, eko(order.event).to_string()),
        "operator" => (SignatureScheme::Operator, order.event.to_string()),
        "chat-thing" => return Err(bad("chat-thing posts no webhooks")),
        _ => return Err(bad("platform must be one of klaunch, operator, eko, optech")),
    };
    let sent = order.body.unwrap_or(json).into_bytes();
    let signed: &[u8] = if order.signature == SignatureMode::Wrong { b"another body" } else { &sent };
    let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    headers.extend(scheme.headers(
        order.public_url.as_ref().unwrap_or(&order.url),
        &Uuid::new_v4().to_string(),
        now,
        signed,
    ));
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
    if let Some(link) = link {
        context.links.record_response(&link, &answered);
    }
    Ok(response_json(&answered))
}

async fn post_once(context: &SandboxContext, post: HookPost) -> Result<ReceiverResponse, Refusal> {
    let stopping = || (StatusCode::INTERNAL_SERVER_ERROR, "the sandbox is stopping".to_owned());
    let seq = context.middleware.posting((context.clock)(), post.clone()).await.ok_or_else(stopping)?;
    let outcome = post.send(&context.http, RECEIVER_TIMEOUT).await.map_err(|error| error.to_string());
    context.middleware.posted(seq, 1, post, outcome.clone());
    outcome.map_err(|error| (StatusCode::BAD_GATEWAY, error))
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

/// Eko's webhooks hold a list; a single event is put in one.
fn eko(event: Value) -> Value {
    if event.get("events").is_some() { event } else { json!({ "events": [event] }) }
}

impl DeliveryOrder {
    fn read(body: &[u8]) -> Result<Self, Refusal> {
        let Ok(Value::Object(mut fields)) = serde_json::from_slice(body) else {
            return Err(bad("the body must be a JSON object with platform, url and event"));
        };
        let mut text = |name: &str| match fields.remove(name) {
            Some(Value::String(text)) => Ok(Some(text)),
            None => Ok(None),
            Some(_) => Err(bad(format!("{name} must be a string"))),
        };
        let missing = |name: &str| bad(format!("{name} is missing"));
        let platform = text("platform")?.ok_or_else(|| missing("platform"))?;
        let url = text("url")?.ok_or_else(|| missing("url"))?;
        let public_url = text("public_url")?;
        let body = text("body")?;
        let own_signature = fields.remove("signature");
        let own_headers = fields.remove("headers");
        let Some(Value::Object(mut event)) = fields.remove("event") else {
            return Err(bad("event must be an object"));
        };
        if let Some(unknown) = fields.keys().next() {
            return Err(bad(format!("unknown field {unknown}")));
        }
        let url = Url::parse(&url).ok().filter(is_loopback);
        let url = url.ok_or_else(|| bad("url must be an http:// address of this machine"))?;
        let public = |text: String| Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let public_url =
            public_url.map(|text| public(text).ok_or_else(|| bad("public_url must be a URL"))).transpose()?;
        // What is to be put wrong may stand in the event as well.
        let signature = match own_signature.or_else(|| event.remove("signature")).as_ref().map(Value::as_str) {
            None => SignatureMode::Right,
            Some(Some("wrong")) => SignatureMode::Wrong,
            Some(Some("none")) => SignatureMode::Missing,
            Some(_) => return Err(bad("signature must be \"wrong\" or \"none\"")),
        };
        let headers = match own_headers.or_else(|| event.remove("headers")) {
            None => Map::new(),
            Some(Value::Object(headers)) => headers,
            Some(_) => return Err(bad("headers must be an object")),
        };
        Ok(Self { platform, url, public_url, event: Value::Object(event), signature, headers, body })
    }
}
