//! Fault injection: writes an answer as the fault that its request was given has it, or as it is.

use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::api::{ConversationReply, error_json};
use super::chat_thing::stream::StreamedReply;
use super::context::SandboxContext;
use super::fault::FaultKind;
use super::resettable_stream::ConnectionHandle;
use super::response::{abort_connection, json_response, response_with_body, stopping_response, streaming_response};

/// How many pieces of a body may wait for a slow reader.
const AHEAD: usize = 64;
/// How late an answer is under the fault `slow`.
const LATE: Duration = Duration::from_secs(2);

/// An answer that is ready to be written.
pub(super) struct ReadyResponse {
    pub(super) status: StatusCode,
    /// Its media type; empty where it has no body.
    pub(super) kind: &'static str,
    pub(super) body: Bytes,
}

impl ReadyResponse {
    /// A JSON body.
    pub(super) fn json(status: StatusCode, json: &Value) -> Self {
        Self { status, kind: "application/json", body: json.to_string().into() }
    }

    /// No body.
    pub(super) fn empty(status: StatusCode) -> Self {
        Self { status, kind: "", body: Bytes::new() }
    }

    fn whole(self) -> Response {
        if self.kind.is_empty() {
            return self.status.into_response();
        }
        response_with_body(self.status, self.kind, Body::from(self.body))
    }
}

/// An answer, as the fault has it.
pub(super) async fn with_fault(
    context: &SandboxContext,
    connection: &ConnectionHandle,
    answer: ReadyResponse,
    fault: Option<FaultKind>,
) -> Response {
    let half = answer.body.slice(..answer.body.len() / 2);
    match fault {
        Some(FaultKind::Reset) => {
            connection.reset();
            // Never written: the connection is gone by then.
            stopping_response()
        }
        Some(FaultKind::Stall) => {
            context.unless_stopping(connection.closed()).await;
            stopping_response()
        }
        Some(FaultKind::Slow) => {
            context.unless_stopping(tokio::time::sleep(LATE)).await;
            answer.whole()
        }
        // Nothing of an answer without a body can be cut off but all of it.
        Some(FaultKind::Cut) if answer.kind.is_empty() => {
            connection.reset();
            stopping_response()
        }
        Some(FaultKind::Cut) => {
            let (out, response) = streaming_response(answer.status, answer.kind, 1);
            tokio::spawn(async move {
                let _ = out.send(Ok(half)).await;
                abort_connection(&out).await;
            });
            response
        }
        Some(FaultKind::Malformed) => response_with_body(answer.status, "application/json", Body::from(half)),
        Some(FaultKind::Error) => json_response(answer.status, &error_json("The model is overloaded")),
        Some(FaultKind::Dribble) if !answer.kind.is_empty() => {
            let (out, response) = streaming_response(answer.status, answer.kind, 1);
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
pub(super) fn event_stream(
    context: &SandboxContext,
    connection: &ConnectionHandle,
    mut frames: mpsc::Receiver<String>,
    fault: Option<FaultKind>,
) -> Response {
    match fault {
        Some(FaultKind::Reset) => {
            connection.reset();
            return stopping_response();
        }
        Some(FaultKind::Json) => return json_response(StatusCode::OK, &json!([])),
        _ => {}
    }
    let (out, response) = streaming_response(StatusCode::OK, "text/event-stream", AHEAD);
    let (context, connection) = (context.clone(), connection.clone());
    tokio::spawn(async move {
        let mut sent = 0_usize;
        let mut signal = context.stopping.clone();
        loop {
            let frame = tokio::select! {
                frame = frames.recv() => frame,
                () = out.closed() => None,
                _ = signal.wait_for(|stopping| *stopping) => None,
            };
            let Some(frame) = frame else { return };
            match fault {
                Some(FaultKind::Cut) if sent == 1 => return abort_connection(&out).await,
                Some(FaultKind::Stall) if sent == 1 => return context.unless_stopping(connection.closed()).await,
                Some(FaultKind::NoDone) if sent == 1 => return,
                Some(FaultKind::Error) if sent == 1 => {
                    let error =
                        "data: {\"error\":{\"message\":\"The model is overloaded\",\"type\":\"server_error\"}}\n\n";
                    let _ = out.send(Ok(Bytes::from_static(error.as_bytes()))).await;
                    return;
                }
                Some(FaultKind::Malformed) if sent == 1 => {
                    let _ = out.send(Ok(Bytes::from_static(b"data: {\"id\":\"ev_broken\",\"payl\n\n"))).await;
                }
                Some(FaultKind::Slow) => context.unless_stopping(tokio::time::sleep(LATE)).await,
                _ => {}
            }
            sent += 1;
            let frame = Bytes::from(frame);
            let piece = if fault == Some(FaultKind::Dribble) { 1 } else { frame.len().max(1) };
            for at in (0..frame.len()).step_by(piece) {
                let _ = out.send(Ok(frame.slice(at..frame.len().min(at + piece)))).await;
            }
        }
    });
    response
}

/// A reply that is streamed; what goes wrong with it does so in its middle.
pub(super) async fn reply_stream(
    context: &SandboxContext,
    reply: ConversationReply,
    fault: Option<FaultKind>,
) -> Response {
    let Ok(permit) = context.busy.clone().acquire_owned().await else { return stopping_response() };
    let streamed = StreamedReply {
        conversation: reply.conversation,
        reply: reply.reply,
        model: context.model(),
        started: (context.clock)(),
        fault,
        store: reply.store,
        stopping: context.stopping.clone(),
    };
    let ahead = if fault == Some(FaultKind::Dribble) { 1 } else { AHEAD };
    let (out, response) = streaming_response(StatusCode::OK, "text/event-stream", ahead);
    tokio::spawn(async move {
        streamed.run(out).await;
        drop(permit);
    });
    response
}
