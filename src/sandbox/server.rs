//! The server: takes a request, lets it through the middleware, has it answered, and writes the answer.
//!
//! Owns hosts, bodies and the sandbox's own paths. What a platform answers is its own room's business, what a fault does
//! to that `fault_injection`'s.

use axum::body::Body;
use axum::extract::connect_info::ConnectInfo;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::StreamExt;
use serde_json::json;

use super::api::{ApiRequest, ApiResponse, ConversationReply, error_json};
use super::chat_thing::reply_json;
use super::context::SandboxContext;
use super::deliver::deliver;
use super::fault::{Fault, FaultKind};
use super::fault_injection::{ReadyResponse, event_stream, reply_stream, with_fault};
use super::ledger::RequestRecord;
use super::platforms::Platforms;
use super::resettable_stream::ConnectionHandle;
use super::response::{fault_response, json_response, method_not_allowed, stopping_response, too_many_requests};

/// The longest body that is read; what comes behind is thrown away, and the answer is 413.
const LONGEST_BODY: usize = 8 << 20;

/// What every request's task has: the context, and the platforms that may answer.
#[derive(Clone)]
pub(super) struct ServerState {
    pub(super) context: SandboxContext,
    pub(super) platforms: Platforms,
}

/// Answers one request.
pub(super) async fn handle(
    State(ServerState { context, platforms }): State<ServerState>,
    ConnectInfo(connection): ConnectInfo<ConnectionHandle>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    if !context.any_host && !is_local(&parts.headers) {
        // A page in a browser could otherwise reach the sandbox under a name of its own.
        return json_response(StatusCode::FORBIDDEN, &error_json("the sandbox answers under a loopback name only"));
    }
    let path = parts.uri.path().to_owned();
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let body = read(body).await;
    if let Some(own) = path.strip_prefix("/_sandbox/") {
        return control(&context, &platforms, own, &parts.method, body).await;
    }
    let record = RequestRecord {
        at: (context.clock)(),
        method: parts.method.clone(),
        uri: parts.uri,
        headers: parts.headers.clone(),
        body: body.as_deref().unwrap_or_default().to_vec(),
    };
    let Ok(admission) = context.middleware.admit(record).await else { return stopping_response() };
    let Ok(permit) = context.busy.clone().acquire_owned().await else { return stopping_response() };
    // On a task of its own: a client that goes away takes neither the reply nor its place in the history with it.
    let answered = tokio::spawn(async move {
        let response = match (&admission.fault, body) {
            (Some(fault), _) if matches!(fault.kind(), FaultKind::Status(_) | FaultKind::Html) => {
                fault_response(fault)
            }
            (_, None) => json_response(StatusCode::PAYLOAD_TOO_LARGE, &error_json("the body is longer than 8 MiB")),
            (fault, Some(body)) => {
                let request = ApiRequest { method: parts.method, path, query, headers: parts.headers, body };
                let answer = platforms.at_path(&request.path).respond(&request).await;
                respond(&context, &connection, answer, fault.as_ref().map(Fault::kind)).await
            }
        };
        if !admission.fault.is_some_and(|fault| fault.kind() == FaultKind::Reset) {
            context.middleware.settle(admission.seq, response.status().as_u16());
        }
        drop(permit);
        response
    });
    answered.await.unwrap_or_else(|_| stopping_response())
}

/// Writes what a platform answered, as the fault has it.
async fn respond(
    context: &SandboxContext,
    connection: &ConnectionHandle,
    answer: ApiResponse,
    fault: Option<FaultKind>,
) -> Response {
    match answer {
        ApiResponse::WrongMethod(allow) => method_not_allowed(allow),
        ApiResponse::Credentials(status, json) => {
            let mut response = with_fault(context, connection, ReadyResponse::json(status, &json), fault).await;
            // Unless a fault answers something else.
            if response.status() == StatusCode::UNAUTHORIZED {
                let challenge = HeaderValue::from_static("Basic realm=\"sandbox\"");
                response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
            }
            response
        }
        ApiResponse::Json(status, json) => {
            with_fault(context, connection, ReadyResponse::json(status, &json), fault).await
        }
        ApiResponse::Busy(after, json) => too_many_requests(after, &json),
        ApiResponse::Empty(status) => with_fault(context, connection, ReadyResponse::empty(status), fault).await,
        ApiResponse::Bytes(status, kind, body) => {
            with_fault(context, connection, ReadyResponse { status, kind, body }, fault).await
        }
        ApiResponse::Events(frames) => event_stream(context, connection, frames, fault),
        ApiResponse::Reply(reply) if reply.stream && !matches!(fault, Some(FaultKind::Json | FaultKind::Reset)) => {
            reply_stream(context, *reply, fault).await
        }
        ApiResponse::Reply(reply) => {
            let ConversationReply { conversation, mut reply, store, .. } = *reply;
            let text = match context.collect_text(&mut reply).await {
                Ok(text) => text,
                Err(error) => return json_response(StatusCode::INTERNAL_SERVER_ERROR, &error_json(&error.reason)),
            };
            if fault != Some(FaultKind::Error)
                && let Err(error) = store.record_reply(&conversation, &text).await
            {
                return json_response(StatusCode::INTERNAL_SERVER_ERROR, &error_json(&error.to_string()));
            }
            let ready = ReadyResponse::json(StatusCode::OK, &reply_json(&conversation, &text));
            with_fault(context, connection, ready, fault).await
        }
    }
}

/// The sandbox's own paths.
async fn control(
    context: &SandboxContext,
    platforms: &Platforms,
    path: &str,
    method: &Method,
    body: Option<Bytes>,
) -> Response {
    match (path, method.as_str()) {
        ("faults", "POST") => match serde_json::from_slice::<Fault>(body.as_deref().unwrap_or_default()) {
            Ok(fault) => {
                context.middleware.add_fault(fault);
                json_response(StatusCode::OK, &json!({ "success": true }))
            }
            Err(error) => json_response(StatusCode::BAD_REQUEST, &error_json(&format!("this is no fault: {error}"))),
        },
        ("deliver", "POST") => {
            let (status, json) = deliver(context, platforms, body.as_deref().unwrap_or_default()).await;
            json_response(status, &json)
        }
        ("ledger", "GET") => match context.middleware.ledger().await {
            Ok(ledger) => json_response(StatusCode::OK, &ledger),
            Err(_) => stopping_response(),
        },
        ("faults" | "deliver", _) => method_not_allowed("POST"),
        ("ledger", _) => method_not_allowed("GET"),
        _ => json_response(StatusCode::NOT_FOUND, &error_json("the sandbox has no such path")),
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
