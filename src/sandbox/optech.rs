//! `OpTech`: data requests by webhook, and the one-time links that their answers are posted to (seeds/000).
//!
//! Owns the webhook's body, the links with their deadlines, and the checks of what comes back. A link is served while
//! the request that named it still waits: some receivers post their answer before they accept the request.

mod links;
mod simulation;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::api::{ApiRequest, ApiResponse};
use super::context::SandboxContext;
use super::credentials::{OPTECH_CLIENT_ID, OPTECH_CLIENT_SECRET};
use super::signing::{ascii_json, optech as sign};

pub(super) use links::AnswerLinks;
use links::{AnswerOutcome, LINK_LIFETIME_SECONDS};
pub(super) use simulation::start;

const PREFIX: &str = "/ingest/";
/// Either name may bear the signature; both do no harm.
const SIGNATURES: [&str; 2] = ["x-optech-signature", "x-optech-webhook-signature"];

/// A data request, ready to be signed.
pub(super) struct PreparedDataRequest {
    /// The id of its link; none where the event brought a link of its own.
    pub(super) link: Option<String>,
    pub(super) body: String,
}

/// Makes a data request of an event `{"key","inputs"}`. Any field of the body may be given; null leaves it out.
/// `deadline` is no field: it says for how many seconds the link is good.
pub(super) fn webhook(context: &SandboxContext, event: Value) -> Result<PreparedDataRequest, String> {
    let Value::Object(mut event) = event else { return Err("event must be an object".to_owned()) };
    let seconds = match event.remove("deadline") {
        None => LINK_LIFETIME_SECONDS,
        Some(value) => {
            let seconds = value.as_f64().filter(|seconds| (0.0..=86_400.0).contains(seconds));
            seconds.ok_or("deadline must be a number of seconds, at most a day's")?
        }
    };
    if !event.get("key").is_some_and(Value::is_string) {
        return Err("event.key must be a string".to_owned());
    }
    let inputs = event.get("inputs").or(event.get("data")).cloned().unwrap_or_else(|| json!({}));
    // The document has `inputs`, the vendor's example reads `data`: every receiver finds its own.
    let mut body = json!({ "link": null, "key": "", "inputs": inputs.clone(), "data": inputs });
    let mut link = None;
    if !event.contains_key("link") {
        let id = context.links.open((context.clock)(), seconds);
        body["link"] = json!(format!("{}{PREFIX}{id}", context.base_url));
        link = Some(id);
    }
    if let Value::Object(fields) = &mut body {
        for (name, value) in event {
            fields.insert(name, value);
        }
        fields.retain(|_, value| !value.is_null());
    }
    Ok(PreparedDataRequest { link, body: ascii_json(&body) })
}

/// Answers a request: the asynchronous answer to a data request.
pub(super) fn answer(context: &SandboxContext, request: &ApiRequest) -> ApiResponse {
    let Some(id) = request.path.strip_prefix(PREFIX).filter(|id| !id.is_empty() && !id.contains('/')) else {
        return refuse(StatusCode::NOT_FOUND, "no such endpoint");
    };
    if request.method != Method::POST {
        return ApiResponse::WrongMethod("POST");
    }
    if request.header("authorization") != Some(&format!("Basic {OPTECH_CLIENT_ID}")) {
        return refuse(StatusCode::UNAUTHORIZED, "authorization must be Basic and the client id as it is");
    }
    if !is_signed(request) {
        return refuse(StatusCode::UNAUTHORIZED, "the signature is missing or does not match the body");
    }
    if request.media_type() != "application/json" {
        return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the header Content-Type must be application/json");
    }
    let fields = request.json().unwrap_or_default();
    let alone = fields.as_object().is_some_and(|fields| fields.len() == 1);
    if !alone || !fields["data"].is_object() {
        return refuse(StatusCode::BAD_REQUEST, "the body must be an object with one field, data, that is an object");
    }
    match context.links.take(id, (context.clock)()) {
        AnswerOutcome::First => ApiResponse::Json(StatusCode::OK, json!({ "code": 200, "data": "ok" })),
        AnswerOutcome::Unknown => refuse(StatusCode::NOT_FOUND, "no such link"),
        AnswerOutcome::Again => refuse(StatusCode::CONFLICT, "this request has been answered"),
        AnswerOutcome::TooLate => refuse(StatusCode::GONE, "this link is no longer good"),
    }
}

fn is_signed(request: &ApiRequest) -> bool {
    let right = sign(OPTECH_CLIENT_SECRET, &request.body);
    let mut given = SIGNATURES.iter().flat_map(|name| request.headers.get_all(*name)).peekable();
    given.peek().is_some() && given.all(|value| value.as_bytes() == right.as_bytes())
}

fn refuse(status: StatusCode, error: &str) -> ApiResponse {
    ApiResponse::Json(status, json!({ "success": false, "code": status.as_u16(), "error": error }))
}
