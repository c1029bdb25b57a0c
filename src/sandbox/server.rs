//! The server: takes a request, lets it through the gate, has it answered, and does to the answer what a fault says.
//!
//! Owns HTTP: hosts, bodies, the sandbox's own paths. What a platform answers is its own room's business.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::connect_info::ConnectInfo;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, mpsc, watch};

use crate::domain::Timestamp;

use super::bot::Bot;
use super::chat_thing::stream::{Streaming, break_off};
use super::chat_thing::{self, Answer, Call, error_json, spoken_json};
use super::gate::Gate;
use super::history::Said;
use super::ledger::Visit;
use super::records::Records;
use super::speech::Speech;
use super::wire::Cord;
use super::{Fault, FaultKind, Pace};

/// The longest body that is read; what comes behind is thrown away, and the answer is 413.
const LONGEST_BODY: usize = 8 << 20;
/// How many pieces of a body may wait for a slow reader.
const AHEAD: usize = 64;
/// How late an answer is under the fault `slow`.
const LATE: Duration = Duration::from_secs(2);

/// What every request's task has at hand.
#[derive(Clone)]
pub(super) struct Desk {
    pub(super) records: Records,
    pub(super) gate: Gate,
    pub(super) bot: Arc<Bot>,
    pub(super) pace: Pace,
    pub(super) clock: fn() -> Timestamp,
    /// Whether requests under any host's name are answered.
    pub(super) any_host: bool,
    /// Turns true when the sandbox stops.
    pub(super) stopping: watch::Receiver<bool>,
    /// One permit for each answer that is being made: stopping waits for all of them.
    pub(super) busy: Arc<Semaphore>,
}

impl Desk {
    /// What the bot says to a message.
    #[expect(clippy::unused_async, reason = "an upstream is asked over the network")]
    pub(super) async fn speak(&self, before: &[Said], text: &str) -> Result<Speech, String> {
        Ok(Speech::new(self.bot.answer(before, text), self.pace))
    }

    /// Waits for something, but no longer than until the sandbox stops.
    async fn unless_stopping(&self, wait: impl Future<Output = ()>) {
        let mut signal = self.stopping.clone();
        tokio::select! {
            () = wait => {}
            _ = signal.wait_for(|stopping| *stopping) => {}
        }
    }

    fn model(&self) -> String {
        "patchcord-sandbox".to_owned()
    }
}

/// Answers one request.
pub(super) async fn handle(
    State(desk): State<Desk>,
    ConnectInfo(cord): ConnectInfo<Cord>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    if !desk.any_host && !is_local(&parts.headers) {
        // A page in a browser could otherwise reach the sandbox under a name of its own.
        return reply(StatusCode::FORBIDDEN, &error_json("the sandbox answers under a loopback name only"));
    }
    let path = parts.uri.path().to_owned();
    let body = read(body).await;
    if let Some(own) = path.strip_prefix("/_sandbox/") {
        return control(&desk, own, &parts.method, body).await;
    }
    let visit = Visit {
        at: (desk.clock)(),
        method: parts.method.clone(),
        uri: parts.uri,
        headers: parts.headers.clone(),
        body: body.as_deref().unwrap_or_default().to_vec(),
    };
    let Some(admission) = desk.gate.admit(visit).await else { return stopping() };
    let Ok(permit) = desk.busy.clone().acquire_owned().await else { return stopping() };
    // On a task of its own: a client that goes away takes neither the reply nor its place in the history with it.
    let answered = tokio::spawn({
        let desk = desk.clone();
        let unanswered = admission.fault.as_ref().is_some_and(|fault| fault.kind() == FaultKind::Reset);
        async move {
            let response = match (&admission.fault, body) {
                (Some(fault), _) if matches!(fault.kind(), FaultKind::Status(_) | FaultKind::Html) => refuse(fault),
                (_, None) => reply(StatusCode::PAYLOAD_TOO_LARGE, &error_json("the body is longer than 8 MiB")),
                (fault, Some(body)) => {
                    let call = Call { method: parts.method, path, headers: parts.headers, body };
                    answer(&desk, &cord, &call, fault.as_ref().map(Fault::kind)).await
                }
            };
            if !unanswered {
                desk.gate.settle(admission.seq, response.status().as_u16());
            }
            drop(permit);
            response
        }
    });
    answered.await.unwrap_or_else(|_| stopping())
}

async fn answer(desk: &Desk, cord: &Cord, call: &Call, fault: Option<FaultKind>) -> Response {
    match chat_thing::answer(desk, call).await {
        Answer::Json(status, json) => finish(desk, cord, status, &json, fault).await,
        Answer::Speech { conversation, speech, stream: true }
            if !matches!(fault, Some(FaultKind::Json | FaultKind::Reset)) =>
        {
            stream(desk, conversation, *speech, fault).await
        }
        Answer::Speech { conversation, mut speech, .. } => {
            let mut text = String::new();
            desk.unless_stopping(speech.think()).await;
            speech.hurry();
            while let Some(piece) = speech.next().await {
                match piece {
                    Ok(piece) => text.push_str(&piece),
                    Err(error) => return reply(StatusCode::INTERNAL_SERVER_ERROR, &error_json(&error)),
                }
            }
            if fault != Some(FaultKind::Error)
                && let Err(error) = desk.records.reply(&conversation, &text).await
            {
                return reply(StatusCode::INTERNAL_SERVER_ERROR, &error_json(&error.to_string()));
            }
            finish(desk, cord, StatusCode::OK, &spoken_json(&conversation, &text), fault).await
        }
    }
}

/// A JSON answer, as the fault has it.
async fn finish(desk: &Desk, cord: &Cord, status: StatusCode, json: &Value, fault: Option<FaultKind>) -> Response {
    let text = json.to_string();
    match fault {
        Some(FaultKind::Reset) => {
            cord.pull();
            // Never written: the connection is gone by then.
            stopping()
        }
        Some(FaultKind::Stall) => {
            desk.unless_stopping(cord.gone()).await;
            stopping()
        }
        Some(FaultKind::Slow) => {
            desk.unless_stopping(tokio::time::sleep(LATE)).await;
            reply(status, json)
        }
        Some(FaultKind::Cut) => {
            let (out, answer) = mpsc::channel(1);
            tokio::spawn(async move {
                let half = Bytes::copy_from_slice(&text.as_bytes()[..text.len() / 2]);
                let _ = out.send(Ok(half)).await;
                break_off(&out).await;
            });
            body(status, "application/json", from_channel(answer))
        }
        Some(FaultKind::Malformed) => {
            let half: Vec<u8> = text.as_bytes()[..text.len() / 2].to_vec();
            body(status, "application/json", Body::from(half))
        }
        Some(FaultKind::Error) => reply(status, &error_json("The model is overloaded")),
        Some(FaultKind::Dribble) => {
            let (out, answer) = mpsc::channel(1);
            tokio::spawn(async move {
                for byte in text.into_bytes() {
                    let _ = out.send(Ok(Bytes::from(vec![byte]))).await;
                }
            });
            body(status, "application/json", from_channel(answer))
        }
        _ => reply(status, json),
    }
}

async fn stream(desk: &Desk, conversation: String, speech: Speech, fault: Option<FaultKind>) -> Response {
    let Ok(permit) = desk.busy.clone().acquire_owned().await else { return stopping() };
    let streaming = Streaming {
        conversation,
        speech,
        model: desk.model(),
        started: (desk.clock)(),
        fault,
        records: desk.records.clone(),
        stopping: desk.stopping.clone(),
    };
    let ahead = if fault == Some(FaultKind::Dribble) { 1 } else { AHEAD };
    let (out, answer) = mpsc::channel(ahead);
    tokio::spawn(async move {
        streaming.run(out).await;
        drop(permit);
    });
    body(StatusCode::OK, "text/event-stream", from_channel(answer))
}

fn from_channel(answer: mpsc::Receiver<std::io::Result<Bytes>>) -> Body {
    Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(answer))
}

/// The sandbox's own paths.
async fn control(desk: &Desk, path: &str, method: &axum::http::Method, body: Option<Bytes>) -> Response {
    match (path, method.as_str()) {
        ("faults", "POST") => match serde_json::from_slice::<Fault>(body.as_deref().unwrap_or_default()) {
            Ok(fault) => {
                desk.gate.add(fault);
                reply(StatusCode::OK, &json!({ "success": true }))
            }
            Err(error) => reply(StatusCode::BAD_REQUEST, &error_json(&format!("this is no fault: {error}"))),
        },
        ("ledger", "GET") => match desk.gate.ledger().await {
            Some(ledger) => reply(StatusCode::OK, &ledger),
            None => stopping(),
        },
        ("faults", _) => not_allowed("POST"),
        ("ledger", _) => not_allowed("GET"),
        _ => reply(StatusCode::NOT_FOUND, &error_json("the sandbox has no such path")),
    }
}

/// The answer of a fault that processes nothing.
fn refuse(fault: &Fault) -> Response {
    if fault.kind() == FaultKind::Html {
        let page = "<!doctype html><html><head><title>Sign in</title></head><body><h1>Welcome to the \
                    network</h1><p>Please sign in to go on.</p></body></html>";
        return body(StatusCode::OK, "text/html; charset=utf-8", Body::from(page));
    }
    let (status, headers, given) = fault.answer();
    let mut response = match given {
        Some(Value::String(text)) => body(status, "text/plain; charset=utf-8", Body::from(text.clone())),
        Some(json) => reply(status, json),
        None => reply(status, &error_json(status.canonical_reason().unwrap_or("a fault on demand"))),
    };
    for (name, value) in headers {
        response.headers_mut().insert(name, value.clone());
    }
    response
}

fn not_allowed(allow: &'static str) -> Response {
    let json = error_json(&format!("this path takes {allow}"));
    let mut response = reply(StatusCode::METHOD_NOT_ALLOWED, &json);
    response.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static(allow));
    response
}

fn stopping() -> Response {
    reply(StatusCode::INTERNAL_SERVER_ERROR, &error_json("the sandbox is stopping"))
}

fn reply(status: StatusCode, json: &Value) -> Response {
    let mut response = body(status, "application/json", Body::from(json.to_string()));
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static("POST"));
    }
    response
}

fn body(status: StatusCode, kind: &'static str, body: Body) -> Response {
    (status, [(header::CONTENT_TYPE, kind)], body).into_response()
}

/// The body, or none where it is too long. It is read to its end all the same, so that the answer is not lost in a reset.
async fn read(body: Body) -> Option<Bytes> {
    let mut stream = body.into_data_stream();
    let mut whole = Vec::new();
    let mut length = 0;
    while let Some(Ok(piece)) = stream.next().await {
        length += piece.len();
        if length <= LONGEST_BODY {
            whole.extend_from_slice(&piece);
        }
    }
    (length <= LONGEST_BODY).then(|| whole.into())
}

fn is_local(headers: &axum::http::HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name =
        host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |h| h.0);
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}
