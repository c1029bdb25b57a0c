//! The server: takes a request, lets it through the gate, has it answered, and does to the answer what a fault says.
//!
//! Owns hosts, bodies and the sandbox's own paths. What a platform answers is its own room's business.

use std::time::Duration;

use axum::body::Body;
use axum::extract::connect_info::ConnectInfo;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::StreamExt;
use serde_json::json;
use tokio::sync::mpsc;

use super::call::{Answer, Call};
use super::chat_thing::spoken_json;
use super::chat_thing::stream::Streaming;
use super::deliver::deliver;
use super::desk::Desk;
use super::ledger::Visit;
use super::response::{body, break_off, busy, error_json, not_allowed, refuse, reply, stopping, written};
use super::speech::Speech;
use super::wire::Cord;
use super::{Fault, FaultKind, chat_thing, eko, klaunch, operator, optech};

/// The longest body that is read; what comes behind is thrown away, and the answer is 413.
const LONGEST_BODY: usize = 8 << 20;
/// How many pieces of a body may wait for a slow reader.
const AHEAD: usize = 64;
/// How late an answer is under the fault `slow`.
const LATE: Duration = Duration::from_secs(2);

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
    let query = parts.uri.query().unwrap_or_default().to_owned();
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
    let answered = tokio::spawn(async move {
        let response = match (&admission.fault, body) {
            (Some(fault), _) if matches!(fault.kind(), FaultKind::Status(_) | FaultKind::Html) => refuse(fault),
            (_, None) => reply(StatusCode::PAYLOAD_TOO_LARGE, &error_json("the body is longer than 8 MiB")),
            (fault, Some(body)) => {
                let call = Call { method: parts.method, path, query, headers: parts.headers, body };
                answer(&desk, &cord, &call, fault.as_ref().map(Fault::kind)).await
            }
        };
        if !admission.fault.is_some_and(|fault| fault.kind() == FaultKind::Reset) {
            desk.gate.settle(admission.seq, response.status().as_u16());
        }
        drop(permit);
        response
    });
    answered.await.unwrap_or_else(|_| stopping())
}

/// Has the platform answer whose path it is.
async fn platform(desk: &Desk, call: &Call) -> Answer {
    match call.path.split('/').nth(1).unwrap_or_default() {
        "oauth" | "bot" | "file" => eko::answer(desk, call).await,
        "klaunch" => klaunch::answer(desk, call).await,
        "ingest" => optech::answer(desk, call),
        "conversations" => operator::answer(desk, call).await,
        _ => chat_thing::answer(desk, call).await,
    }
}

async fn answer(desk: &Desk, cord: &Cord, call: &Call, fault: Option<FaultKind>) -> Response {
    match platform(desk, call).await {
        Answer::WrongMethod(allow) => not_allowed(allow),
        Answer::Json(status, json) => {
            let text = json.to_string();
            finish(desk, cord, Written { status, kind: "application/json", body: text.into() }, fault).await
        }
        Answer::Busy(after, json) => busy(after, &json),
        Answer::Empty(status) => finish(desk, cord, Written { status, kind: "", body: Bytes::new() }, fault).await,
        Answer::Bytes(status, kind, body) => finish(desk, cord, Written { status, kind, body }, fault).await,
        Answer::Events(frames) => events(desk, cord, frames, fault),
        Answer::Speech { conversation, speech, stream: true }
            if !matches!(fault, Some(FaultKind::Json | FaultKind::Reset)) =>
        {
            stream(desk, conversation, *speech, fault).await
        }
        Answer::Speech { conversation, mut speech, .. } => {
            let text = match desk.hear(&mut speech).await {
                Ok(text) => text,
                Err(error) => return reply(StatusCode::INTERNAL_SERVER_ERROR, &error_json(&error)),
            };
            if fault != Some(FaultKind::Error)
                && let Err(error) = desk.records.reply(&conversation, &text).await
            {
                return reply(StatusCode::INTERNAL_SERVER_ERROR, &error_json(&error.to_string()));
            }
            let body = spoken_json(&conversation, &text).to_string().into();
            finish(desk, cord, Written { status: StatusCode::OK, kind: "application/json", body }, fault).await
        }
    }
}

/// An answer that is ready to be written.
struct Written {
    status: StatusCode,
    /// Its media type; empty where it has no body.
    kind: &'static str,
    body: Bytes,
}

impl Written {
    fn whole(self) -> Response {
        if self.kind.is_empty() {
            return self.status.into_response();
        }
        body(self.status, self.kind, Body::from(self.body))
    }
}

/// An answer, as the fault has it.
async fn finish(desk: &Desk, cord: &Cord, answer: Written, fault: Option<FaultKind>) -> Response {
    let half = answer.body.slice(..answer.body.len() / 2);
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
            answer.whole()
        }
        // Nothing of an answer without a body can be cut off but all of it.
        Some(FaultKind::Cut) if answer.kind.is_empty() => {
            cord.pull();
            stopping()
        }
        Some(FaultKind::Cut) => {
            let (out, response) = written(answer.status, answer.kind, 1);
            tokio::spawn(async move {
                let _ = out.send(Ok(half)).await;
                break_off(&out).await;
            });
            response
        }
        Some(FaultKind::Malformed) => body(answer.status, "application/json", Body::from(half)),
        Some(FaultKind::Error) => reply(answer.status, &error_json("The model is overloaded")),
        Some(FaultKind::Dribble) if !answer.kind.is_empty() => {
            let (out, response) = written(answer.status, answer.kind, 1);
            tokio::spawn(async move {
                for at in 0..answer.body.len() {
                    let _ = out.send(Ok(answer.body.slice(at..=at))).await;
                }
            });
            response
        }
        _ => answer.whole(),
    }
}

/// A stream of events, as the fault has it: what goes wrong does so after the first of them.
fn events(desk: &Desk, cord: &Cord, mut frames: mpsc::Receiver<String>, fault: Option<FaultKind>) -> Response {
    match fault {
        Some(FaultKind::Reset) => {
            cord.pull();
            return stopping();
        }
        Some(FaultKind::Json) => return reply(StatusCode::OK, &json!([])),
        _ => {}
    }
    let (out, response) = written(StatusCode::OK, "text/event-stream", AHEAD);
    let (desk, cord) = (desk.clone(), cord.clone());
    tokio::spawn(async move {
        let mut told = 0_usize;
        let mut signal = desk.stopping.clone();
        loop {
            let frame = tokio::select! {
                frame = frames.recv() => frame,
                () = out.closed() => None,
                _ = signal.wait_for(|stopping| *stopping) => None,
            };
            let Some(frame) = frame else { return };
            match fault {
                Some(FaultKind::Cut) if told == 1 => return break_off(&out).await,
                Some(FaultKind::Stall) if told == 1 => return desk.unless_stopping(cord.gone()).await,
                Some(FaultKind::NoDone) if told == 1 => return,
                Some(FaultKind::Error) if told == 1 => {
                    let error =
                        "data: {\"error\":{\"message\":\"The model is overloaded\",\"type\":\"server_error\"}}\n\n";
                    let _ = out.send(Ok(Bytes::from_static(error.as_bytes()))).await;
                    return;
                }
                Some(FaultKind::Malformed) if told == 1 => {
                    let _ = out.send(Ok(Bytes::from_static(b"data: {\"id\":\"ev_broken\",\"payl\n\n"))).await;
                }
                Some(FaultKind::Slow) => desk.unless_stopping(tokio::time::sleep(LATE)).await,
                _ => {}
            }
            told += 1;
            let frame = Bytes::from(frame);
            let piece = if fault == Some(FaultKind::Dribble) { 1 } else { frame.len().max(1) };
            for at in (0..frame.len()).step_by(piece) {
                let _ = out.send(Ok(frame.slice(at..frame.len().min(at + piece)))).await;
            }
        }
    });
    response
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
    let (out, response) = written(StatusCode::OK, "text/event-stream", ahead);
    tokio::spawn(async move {
        streaming.run(out).await;
        drop(permit);
    });
    response
}

/// The sandbox's own paths.
async fn control(desk: &Desk, path: &str, method: &Method, body: Option<Bytes>) -> Response {
    match (path, method.as_str()) {
        ("faults", "POST") => match serde_json::from_slice::<Fault>(body.as_deref().unwrap_or_default()) {
            Ok(fault) => {
                desk.gate.add(fault);
                reply(StatusCode::OK, &json!({ "success": true }))
            }
            Err(error) => reply(StatusCode::BAD_REQUEST, &error_json(&format!("this is no fault: {error}"))),
        },
        ("deliver", "POST") => {
            let (status, json) = deliver(desk, body.as_deref().unwrap_or_default()).await;
            reply(status, &json)
        }
        ("ledger", "GET") => match desk.gate.ledger().await {
            Some(ledger) => reply(StatusCode::OK, &ledger),
            None => stopping(),
        },
        ("faults" | "deliver", _) => not_allowed("POST"),
        ("ledger", _) => not_allowed("GET"),
        _ => reply(StatusCode::NOT_FOUND, &error_json("the sandbox has no such path")),
    }
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

fn is_local(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let port = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    let name = port.map_or(host, |(name, _)| name);
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}
