//! `OpTech`: data requests by webhook, and the one-time links that their answers are posted to (seeds/000).
//!
//! Owns the webhook's body, the links with their deadlines, and the checks of what comes back. A link is served while
//! the request that named it still waits: some receivers post their answer before they accept the request.

mod account;
mod data_request;
mod links;
mod signature;
mod simulation;

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::api::{ApiRequest, ApiResponse, ErrorResponse};
use super::context::SandboxContext;
use super::emulation::{EmulatedPlatform, EmulationDescriptor, EventWebhook, OnResponse};
use account::{CLIENT_ID, CLIENT_SECRET};
use data_request::{INGEST, PreparedDataRequest};
use links::{AnswerLinks, AnswerOutcome};
use signature::{HEADERS, signature};

/// What is known of it before it runs.
pub(super) const DESCRIPTOR: EmulationDescriptor = EmulationDescriptor {
    id: "optech",
    channel: account::CHANNEL,
    settings: account::settings,
    roots: &["ingest"],
    secret_headers: &[],
    secret_fields: &[],
    webhooks: Some(signature::sign),
    open: |_| {
        Ok(Box::new(|context| Arc::new(EmulatedOpTech { context: context.clone(), links: AnswerLinks::default() })))
    },
};

/// `OpTech`, as it runs.
struct EmulatedOpTech {
    context: SandboxContext,
    links: AnswerLinks,
}

impl EmulatedPlatform for EmulatedOpTech {
    fn respond<'a>(&'a self, request: &'a ApiRequest) -> BoxFuture<'a, ApiResponse> {
        Box::pin(async { respond(self, request) })
    }

    fn simulate(&self) {
        simulation::start(&self.context, &self.links);
    }

    fn webhook(&self, event: Value) -> Result<EventWebhook, ErrorResponse> {
        let PreparedDataRequest { link, body } = data_request::prepare(&self.context, &self.links, event)?;
        let links = self.links.clone();
        let on_response =
            link.map(|link| -> OnResponse { Box::new(move |response| links.record_response(&link, response)) });
        Ok(EventWebhook { body, on_response })
    }
}

/// Answers a request: the asynchronous answer to a data request.
fn respond(platform: &EmulatedOpTech, request: &ApiRequest) -> ApiResponse {
    let Some(id) = request.path.strip_prefix(INGEST).filter(|id| !id.is_empty() && !id.contains('/')) else {
        return refuse(StatusCode::NOT_FOUND, "no such endpoint");
    };
    if request.method != Method::POST {
        return ApiResponse::WrongMethod("POST");
    }
    if request.header("authorization") != Some(&format!("Basic {CLIENT_ID}")) {
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
    match platform.links.take_answer(id, (platform.context.clock)()) {
        AnswerOutcome::First => ApiResponse::Json(StatusCode::OK, json!({ "code": 200, "data": "ok" })),
        AnswerOutcome::Unknown => refuse(StatusCode::NOT_FOUND, "no such link"),
        AnswerOutcome::Again => refuse(StatusCode::CONFLICT, "this request has been answered"),
        AnswerOutcome::TooLate => refuse(StatusCode::GONE, "this link is no longer good"),
    }
}

fn is_signed(request: &ApiRequest) -> bool {
    let right = signature(CLIENT_SECRET, &request.body);
    let mut given = HEADERS.iter().flat_map(|name| request.headers.get_all(*name)).peekable();
    given.peek().is_some() && given.all(|value| value.as_bytes() == right.as_bytes())
}

fn refuse(status: StatusCode, error: &str) -> ApiResponse {
    ApiResponse::Json(status, json!({ "success": false, "code": status.as_u16(), "error": error }))
}
