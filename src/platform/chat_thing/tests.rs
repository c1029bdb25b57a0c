//! The adapter against a raw server: what it asks to the byte, and what each answer means.

use std::sync::Arc;

use tokio::net::TcpListener;

use super::super::{Adapter, CallError, Outcome, Outgoing, ReplyMode, registry};
use crate::domain::{
    Channel, ChannelName, ConversationId, Kind, PageRequest, Piece, Role, Secret, SecretRef, Settings, Timestamp,
};
use crate::http::{Http, Step, TestServer};

use super::spec::SPEC;

pub(super) const JSON: &str = "content-type: application/json; charset=utf-8\r\n";
const EVENTS: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n";

pub(super) fn adapter(url: &str, channel_id: &str) -> Arc<dyn Adapter> {
    let settings = Settings::new(SPEC.platform)
        .with("channel_id", channel_id)
        .with("secret_key", SecretRef::Env("KEY".to_owned()))
        .with("base_url", url);
    let channel = Channel {
        name: ChannelName::new("docs"),
        settings,
        allow_http: false,
        timeouts: crate::domain::Timeouts::default(),
        ca_files: Vec::new(),
        read_only: false,
        rules: Vec::new(),
    };
    let http = Http::new(|| Timestamp::from_millis(1_000_000));
    registry::Registry::default().open(&channel, &http, &|_| Ok(Secret::new("s3cret-key"))).unwrap()
}

pub(super) async fn serve(scripts: Vec<Vec<Step>>) -> (TestServer, Arc<dyn Adapter>) {
    let server = TestServer::start(scripts).await;
    let adapter = adapter(&server.url(), "6b0f6c2e");
    (server, adapter)
}

pub(super) fn json(status: &str, body: &str) -> Vec<Step> {
    Step::kept(status, JSON, body)
}

fn outgoing(conversation: Option<&str>, stream: bool) -> Outgoing {
    Outgoing {
        conversation: conversation.map(ConversationId::new),
        text: "hello".to_owned(),
        stream,
        ..Outgoing::default()
    }
}

pub(super) fn page(limit: u32, cursor: Option<&str>) -> PageRequest {
    PageRequest { limit, cursor: cursor.map(str::to_owned) }
}

/// The error of a sent message, the reply's end included.
async fn send_error(script: Vec<Step>, stream: bool) -> CallError {
    let (server, adapter) = serve(vec![script]).await;
    let error = match adapter.send(&outgoing(Some("c"), stream)).await {
        Err(error) => error,
        Ok(sent) => match sent.answer {
            ReplyMode::Now(reply) => panic!("answered {reply:?}"),
            ReplyMode::Later => panic!("answered later"),
            ReplyMode::Stream(mut reply) => loop {
                if let Err(error) = reply.next().await.expect("an error before the end") {
                    break error;
                }
            },
        },
    };
    assert_eq!(server.requests().len(), 1, "sent again");
    assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    error
}

async fn list_error(script: Vec<Step>) -> CallError {
    let (_server, adapter) = serve(vec![script]).await;
    adapter.list(&page(10, None).into()).await.expect_err("an error")
}

async fn start_error(script: Vec<Step>) -> CallError {
    let (_server, adapter) = serve(vec![script]).await;
    adapter.start().await.expect_err("an error")
}

pub(super) fn is(error: &CallError, outcome: Outcome, kind: Kind) {
    assert_eq!((error.outcome, error.failure.kind), (outcome, kind), "{error:?}");
}

#[tokio::test]
async fn every_call_is_made_as_documented() {
    let list =
        r#"{"success":true,"conversations":[{"id":"a","initialMessage":"hi"}],"pagination":{"total":1,"last":"a"}}"#;
    let messages = r#"{"success":true,"messages":[{"id":1,"message":"hi","role":"assistant"}],"pagination":{}}"#;
    let reply = r#"{"success":true,"conversationId":"n","response":"yes"}"#;
    let bodies = [reply, reply, list, messages];
    let server = TestServer::start(bodies.map(|b| json("200 OK", b)).into()).await;
    let adapter = adapter(&format!("{}/sub", server.url()), "6b/0f 6c");

    let started = adapter.start().await.unwrap();
    assert_eq!((started.conversation.as_str(), started.greeting.as_deref()), ("n", Some("yes")));
    let sent = adapter.send(&outgoing(None, false)).await.unwrap();
    assert!(matches!(&sent.answer, ReplyMode::Now(reply) if reply.text == "yes"));
    assert_eq!(sent.conversation.unwrap().as_str(), "n");
    let listed = adapter.list(&page(500, Some("z")).into()).await.unwrap();
    assert_eq!((listed.items[0].title.as_str(), listed.total, listed.next), ("hi", Some(1), None));
    let read = adapter.messages(&ConversationId::new("c"), &page(10, None)).await.unwrap();
    assert_eq!((read.items[0].id.as_str(), &read.items[0].role), ("1", &Role::Assistant));

    let expected = [
        ("conversation", ""),
        ("message", r#"{"message":"hello"}"#),
        ("conversations", r#"{"limit":100,"cursor":"z"}"#),
        ("messages", r#"{"conversationId":"c","limit":10}"#),
    ];
    for (request, (path, body)) in server.requests().iter().zip(expected) {
        let start = format!("POST /sub/api/public/channels/6b%2F0f%206c/1.0/{path} HTTP/1.1\r\n");
        assert!(request.starts_with(&start), "{request}");
        assert!(request.contains("x-api-secret-key: s3cret-key\r\n"), "{request}");
        assert!(request.contains("content-type: application/json\r\n"), "{request}");
        assert!(request.contains(&format!("content-length: {}\r\n", body.len())), "{request}");
        assert_eq!(request.split_once("\r\n\r\n").unwrap().1, body);
    }
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn a_reply_streams_in_any_fragments() {
    let chunk = |text: &str| format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n");
    let body = format!("{}{}data: [DONE]\n\n", chunk("eight € "), chunk("\u{1FA90}"));
    let mut script = vec![Step::Write(format!("{EVENTS}connection: close\r\n\r\n").into())];
    script.extend(body.as_bytes().chunks(7).map(|part| Step::Write(part.to_vec())));
    script.push(Step::Hang);
    let (mut server, adapter) = serve(vec![script]).await;
    let sent = adapter.send(&outgoing(Some("c"), true)).await.unwrap();
    assert!(sent.conversation.is_none());
    let ReplyMode::Stream(mut reply) = sent.answer else { panic!("no stream") };
    let mut whole = Piece::default();
    while let Some(piece) = reply.next().await {
        whole.join(&piece.unwrap());
    }
    assert_eq!((whole.text.as_str(), whole.ends.len(), whole.done()), ("eight € \u{1FA90}", 2, true));
    let body = r#"{"conversationId":"c","message":"hello","stream":true}"#;
    assert!(server.requests()[0].ends_with(&format!("\r\n\r\n{body}")));
    // Dropping the reply closes the connection, though the server would hold it open.
    drop(reply);
    server.ended(1).await;
}

#[tokio::test]
async fn a_reply_may_end_without_a_word() {
    let body =
        format!("{EVENTS}connection: close\r\n\r\ndata: {{\"choices\":[{{\"delta\":{{\"content\":\"x\"}}}}]}}\n\n");
    let (_server, adapter) = serve(vec![vec![Step::Write(body.into()), Step::Close]]).await;
    let ReplyMode::Stream(mut reply) = adapter.send(&outgoing(Some("c"), true)).await.unwrap().answer else {
        panic!("no stream")
    };
    let piece = reply.next().await.unwrap().unwrap();
    assert_eq!((piece.text.as_str(), piece.done()), ("x", false));
    assert!(reply.next().await.is_none());
}

#[tokio::test]
async fn a_whole_answer_that_ended_with_an_error_keeps_its_text() {
    let body = r#"{"id":"c","choices":[{"index":0,"message":{"content":"so far"},"finish_reason":"error"}]}"#;
    for stream in [true, false] {
        let (_server, adapter) = serve(vec![Step::response("200 OK", "application/json", body)]).await;
        let ReplyMode::Stream(mut reply) = adapter.send(&outgoing(None, stream)).await.unwrap().answer else {
            panic!("the text is gone")
        };
        assert_eq!(reply.next().await.unwrap().unwrap().text, "so far");
        let error = reply.next().await.unwrap().unwrap_err();
        assert_eq!((error.outcome, error.failure.kind), (Outcome::Accepted, Kind::Platform));
        assert!(reply.next().await.is_none());
    }
}

#[tokio::test]
async fn what_is_no_stream_where_one_was_asked_is_told_by_its_bytes() {
    let body = r#"{"success":true,"conversationId":"n","response":"whole"}"#;
    for content_type in ["application/json", "text/plain", ""] {
        let (_server, adapter) = serve(vec![Step::response("200 OK", content_type, body)]).await;
        let sent = adapter.send(&outgoing(None, true)).await.unwrap();
        assert!(matches!(&sent.answer, ReplyMode::Now(reply) if reply.text == "whole"), "{content_type}");
        assert_eq!(sent.conversation.unwrap().as_str(), "n");
    }
    let (_server, adapter) = serve(vec![Step::response("200 OK", "text/plain", "data: [DONE]\n\n")]).await;
    let ReplyMode::Stream(mut reply) = adapter.send(&outgoing(None, true)).await.unwrap().answer else {
        panic!("no stream")
    };
    assert!(reply.next().await.unwrap().unwrap().done());
    for (body, what) in [
        ("<!doctype html>", "an HTML page"),
        ("", "an empty body"),
        ("Bad Gateway", "text that is no event stream"),
        ("{\"success\":tr", "cut JSON"),
    ] {
        let error = send_error(Step::response("200 OK", "text/html", body), true).await;
        is(&error, Outcome::Accepted, Kind::Platform);
        assert!(error.failure.message.contains(what), "{error}");
    }
}

#[tokio::test]
async fn each_status_means_what_it_should_for_a_message() {
    let table = [
        ("400 Bad Request", Outcome::Refused, Kind::Invalid),
        ("401 Unauthorized", Outcome::Refused, Kind::Unauthorized),
        ("403 Forbidden", Outcome::Refused, Kind::Unauthorized),
        ("404 Not Found", Outcome::Refused, Kind::NotFound),
        ("409 Conflict", Outcome::Refused, Kind::Failed),
        ("413 Too Large", Outcome::Refused, Kind::Failed),
        ("418 Teapot", Outcome::Refused, Kind::Failed),
        ("422 Unprocessable", Outcome::Refused, Kind::Failed),
        ("429 Too Many", Outcome::Busy { retry_after_ms: None }, Kind::RateLimited),
        ("500 Internal", Outcome::Unknown, Kind::Platform),
        ("502 Bad Gateway", Outcome::Unknown, Kind::Platform),
        ("503 Unavailable", Outcome::Unknown, Kind::Platform),
        ("504 Timeout", Outcome::Unknown, Kind::Platform),
    ];
    for (status, outcome, kind) in table {
        for stream in [true, false] {
            let error = send_error(json(status, r#"{"error":"because s3cret-key"}"#), stream).await;
            is(&error, outcome, kind);
            assert_eq!(error.failure.status.map(|s| s.to_string()).as_deref(), status.get(..3));
            assert!(error.failure.message.contains("127.0.0.1:"), "{error}");
            assert!(error.failure.message.ends_with(": because [secret]"), "{error}");
        }
    }
}

#[tokio::test]
async fn hints_name_the_settings_and_the_readings() {
    let hint = |error: CallError| error.failure.hint.unwrap();
    let forbidden = hint(send_error(json("403 Forbidden", ""), true).await);
    assert!(["secret_key", "channel_id", "docs"].iter().all(|word| forbidden.contains(word)), "{forbidden}");
    let missing = hint(send_error(json("404 Not Found", "<html>"), true).await);
    assert!(missing.contains("channel_id") && missing.contains("enabled"), "{missing}");
    let busy = send_error(Step::kept("429 Too Many", "retry-after: 2\r\n", ""), true).await;
    is(&busy, Outcome::Busy { retry_after_ms: Some(2_000) }, Kind::RateLimited);
    assert_eq!(busy.failure.retry_at, Some(Timestamp::from_millis(1_002_000)));
    assert!(busy.failure.message.contains("credits") && busy.failure.message.contains("overloaded"), "{busy}");
    assert!(hint(send_error(json("500 Internal", ""), true).await).contains("not sent again"));
}

#[tokio::test]
async fn reads_and_starts_are_less_careful() {
    let busy = list_error(Step::kept("503 Unavailable", "retry-after: 1\r\n", "")).await;
    is(&busy, Outcome::Busy { retry_after_ms: Some(1_000) }, Kind::Platform);
    let passing = Outcome::Passing { retry_after_ms: None };
    for status in ["500 Internal", "502 Bad Gateway", "504 Timeout"] {
        is(&list_error(json(status, "")).await, passing, Kind::Platform);
    }
    is(&list_error(json("501 Not Implemented", "")).await, Outcome::Unknown, Kind::Platform);
    is(&list_error(json("403 Forbidden", "")).await, Outcome::Refused, Kind::Unauthorized);
    is(&start_error(json("503 Unavailable", "")).await, Outcome::Unknown, Kind::Platform);
    for fault in [Step::Reset, Step::Close] {
        is(&list_error(vec![fault.clone()]).await, passing, Kind::Network);
        is(&start_error(vec![fault.clone()]).await, Outcome::Unknown, Kind::Network);
        let lost = send_error(vec![fault], true).await;
        is(&lost, Outcome::Unknown, Kind::UnknownDelivery);
    }
}

#[tokio::test]
async fn nobody_listening_is_not_sent() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let adapter = adapter(&format!("http://127.0.0.1:{port}"), "c");
    let failed = [
        adapter.send(&outgoing(None, true)).await.err(),
        adapter.start().await.err(),
        adapter.list(&page(1, None).into()).await.err(),
    ];
    for error in failed {
        is(&error.unwrap(), Outcome::NotSent, Kind::Network);
    }
}

#[tokio::test]
async fn a_redirect_goes_nowhere() {
    let target = TestServer::start(vec![]).await;
    let headers = format!("location: {}/x\r\n", target.url());
    for status in ["301 Moved", "302 Found", "307 Temporary"] {
        let error = send_error(Step::kept(status, &headers, ""), true).await;
        is(&error, Outcome::Refused, Kind::Platform);
        assert!(error.failure.message.contains("redirected to 127.0.0.1"), "{error}");
    }
    assert!(target.requests().is_empty());
}

#[tokio::test]
async fn answers_that_are_not_as_documented_are_named() {
    let table = [
        ("<html>captive portal</html>", "an HTML page"),
        ("{\"success\":true,\"conversations\":[{\"id\"", "cut JSON"),
        ("", "an empty body"),
        ("{\"success\":true}", "no list of conversations"),
    ];
    for (body, what) in table {
        let error = list_error(json("200 OK", body)).await;
        is(&error, Outcome::Accepted, Kind::Platform);
        assert!(error.failure.message.contains(what), "{error}");
        is(&send_error(json("200 OK", body), false).await, Outcome::Accepted, Kind::Platform);
        is(&start_error(json("200 OK", body)).await, Outcome::Accepted, Kind::Platform);
    }
    // The secret goes before the text is cut, so that no part of it is left at the end.
    let edge = format!("{{\"error\":\"{} s3cret-key\"}}", "x".repeat(190));
    is(&send_error(json("400 Bad", &edge), true).await, Outcome::Refused, Kind::Invalid);
    let long = "\u{1b}]0;x\u{7} no ".repeat(200);
    let body = serde_json::json!({"success": false, "error": long}).to_string();
    let denied = send_error(json("200 OK", &body), false).await;
    is(&denied, Outcome::Unknown, Kind::Platform);
    assert!(denied.failure.message.chars().count() < 300 && !denied.failure.message.contains('\u{1b}'), "{denied}");
    is(&list_error(json("200 OK", r#"{"success":false}"#)).await, Outcome::Refused, Kind::Platform);
}

#[tokio::test]
async fn a_body_that_breaks_off_was_accepted() {
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{\"success\":true,";
    for end in [Step::Close, Step::Reset] {
        let error = send_error(vec![Step::Write(half.into()), end.clone()], false).await;
        is(&error, Outcome::Accepted, Kind::Cut);
        let error = list_error(vec![Step::Write(half.into()), end]).await;
        is(&error, Outcome::Passing { retry_after_ms: None }, Kind::Network);
    }
    let head = format!("{EVENTS}transfer-encoding: chunked\r\n\r\n");
    let text = "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n";
    let chunk = format!("{:x}\r\n{text}\r\n", text.len());
    for end in [Step::Close, Step::Reset] {
        let error =
            send_error(vec![Step::Write(head.clone().into()), Step::Write(chunk.clone().into()), end], true).await;
        is(&error, Outcome::Accepted, Kind::Cut);
    }
}

#[tokio::test]
async fn ten_megabytes_on_a_line_are_refused() {
    let line = "x".repeat(10 * 1024 * 1024);
    let body = format!("{EVENTS}connection: close\r\n\r\ndata: {line}\n\n");
    let error = send_error(vec![Step::Write(body.into()), Step::Close], true).await;
    is(&error, Outcome::Accepted, Kind::Platform);
    assert!(error.failure.message.contains("over 1 MiB"), "{error}");
    let error = list_error(json("200 OK", &format!("{{\"a\":\"{line}\"}}"))).await;
    is(&error, Outcome::Accepted, Kind::Platform);
    assert!(error.failure.message.contains("over 8 MiB"), "{error}");
}
