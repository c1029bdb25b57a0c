//! Responses: the few forms that the sandbox answers in.

use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::actor::Stopping;
use super::api::error_json;
use super::fault::{Fault, FaultKind};

/// Where the bytes of a response's body go; an error breaks the connection off.
pub(super) type BodySender = mpsc::Sender<io::Result<Bytes>>;

/// A JSON answer.
pub(super) fn json_response(status: StatusCode, json: &Value) -> Response {
    response_with_body(status, "application/json", Body::from(json.to_string()))
}

/// Any answer.
pub(super) fn response_with_body(status: StatusCode, kind: &'static str, body: Body) -> Response {
    (status, [(header::CONTENT_TYPE, kind)], body).into_response()
}

/// An answer whose body is still being written, so many pieces ahead of its reader at most.
pub(super) fn streaming_response(status: StatusCode, kind: &'static str, ahead: usize) -> (BodySender, Response) {
    let (out, pieces) = mpsc::channel(ahead);
    (out, response_with_body(status, kind, Body::from_stream(ReceiverStream::new(pieces))))
}

/// Breaks a response off, once what was written before has left.
pub(super) async fn abort_connection(out: &BodySender) {
    // An error in the body discards what still waits in the connection's buffer.
    tokio::time::sleep(Duration::from_millis(30)).await;
    let _ = out.send(Err(io::ErrorKind::ConnectionAborted.into())).await;
}

/// The method is not the one that the path takes.
pub(super) fn method_not_allowed(allow: &'static str) -> Response {
    let json = error_json(&format!("this path takes {allow}"));
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, allow)], axum::Json(json)).into_response()
}

/// Not now; after how many seconds, where that is known.
pub(super) fn too_many_requests(after: Option<u64>, json: &Value) -> Response {
    let mut response = json_response(StatusCode::TOO_MANY_REQUESTS, json);
    if let Some(seconds) = after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// The sandbox stops.
pub(super) fn stopping_response() -> Response {
    json_response(StatusCode::INTERNAL_SERVER_ERROR, &error_json(&Stopping.to_string()))
}

/// The answer of a fault that processes nothing.
pub(super) fn fault_response(fault: &Fault) -> Response {
    if fault.kind() == FaultKind::Html {
        let page = "<!doctype html><html><head><title>Sign in</title></head><body><h1>Welcome to the \
                    network</h1><p>Please sign in to go on.</p></body></html>";
        return response_with_body(StatusCode::OK, "text/html; charset=utf-8", Body::from(page));
    }
    let (status, headers, given) = fault.response_parts();
    let mut response = match given {
        Some(Value::String(text)) => {
            response_with_body(status, "text/plain; charset=utf-8", Body::from(text.clone()))
        }
        Some(json) => json_response(status, json),
        None => json_response(status, &error_json(status.canonical_reason().unwrap_or("a fault on demand"))),
    };
    for (name, value) in headers {
        response.headers_mut().insert(name, value.clone());
    }
    response
}
