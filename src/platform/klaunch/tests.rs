//! The adapter against a raw server: what it asks to the byte, and what each answer means.

use std::sync::Arc;

use tokio::net::TcpListener;

use super::super::{Adapter, CallError, Outcome, Outgoing, ReplyMode, Upload, registry};
use super::*;
use crate::domain::{Channel, ConversationId, Secret, SecretRef};
use crate::http::{Step, TestServer};

const JSON: &str = "content-type: application/json\r\n";
const QUEUED: &str = r#"{"channelID":"D9LjuWl0jappznT5","message":"hello","userID":9,"success":true}"#;

fn channel(send_url: &str, start_keyword: Option<&str>) -> Channel {
    let mut settings = Settings::new(SPEC.platform)
        .with("send_url", send_url)
        .with("channel_id", "D9LjuWl0jappznT5")
        .with("token", SecretRef::Env("TOKEN".to_owned()));
    if let Some(keyword) = start_keyword {
        settings.set("start_keyword", keyword);
    }
    Channel {
        name: ChannelName::new("flow"),
        settings,
        allow_http: false,
        timeouts: crate::domain::Timeouts::default(),
        ca_files: Vec::new(),
        read_only: false,
        rules: Vec::new(),
    }
}

fn adapter(url: &str, start_keyword: Option<&str>) -> Arc<dyn Adapter> {
    let http = Http::new(|| Timestamp::from_millis(1_000_000));
    registry::Registry::default()
        .open(&channel(url, start_keyword), &http, &|_| Ok(Secret::new("s3cret-token")))
        .unwrap()
}

async fn serve(scripts: Vec<Vec<Step>>) -> (TestServer, Arc<dyn Adapter>) {
    let server = TestServer::start(scripts).await;
    let adapter = adapter(&format!("{}/in/send?k=1", server.url()), Some("#hello"));
    (server, adapter)
}

fn json(status: &str, body: &str) -> Vec<Step> {
    Step::kept(status, JSON, body)
}

fn outgoing(conversation: Option<&str>) -> Outgoing {
    Outgoing { conversation: conversation.map(ConversationId::new), text: "hello".to_owned(), ..Outgoing::default() }
}

/// What came of a message in conversation 9; it must not have been sent twice, nor show the token.
async fn send(script: Vec<Step>) -> Result<Sent, CallError> {
    let (server, adapter) = serve(vec![script]).await;
    let sent = adapter.send(&outgoing(Some("9"))).await;
    assert_eq!(server.requests().len(), 1, "sent again");
    if let Err(error) = &sent {
        assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    }
    sent
}

async fn send_error(script: Vec<Step>) -> CallError {
    send(script).await.err().expect("an error")
}

fn is(error: &CallError, outcome: Outcome, kind: Kind) {
    assert_eq!((error.outcome, error.failure.kind), (outcome, kind), "{error:?}");
}

#[tokio::test]
async fn every_message_goes_out_as_documented() {
    let (server, adapter) = serve(vec![json("200 OK", QUEUED); 5]).await;
    let started = adapter.start().await.unwrap();
    assert_eq!((started.conversation.as_str(), started.greeting), ("9", None));
    let attach = vec![
        Upload::File {
            name: "a.png".to_owned(),
            media_type: "image/png".to_owned(),
            content: Bytes::from_static(b"\x89PNG\xFF"),
        },
        Upload::Url("https://x.example/b \"c\".jpg".to_owned()),
    ];
    let with_files = Outgoing { attach, text: "see \u{1f600} \"this\"\n".to_owned(), ..outgoing(Some("u-9")) };
    for outgoing in [outgoing(None), outgoing(Some("9")), outgoing(Some("09")), with_files] {
        let sent = adapter.send(&outgoing).await.unwrap();
        assert!(matches!(sent.answer, ReplyMode::Later));
        assert_eq!((sent.conversation.unwrap().as_str(), sent.via), ("9", None));
    }
    let head = r#"{"channelID":"D9LjuWl0jappznT5","token":"s3cret-token","message":"#;
    let expected = [
        "\"#hello\"}".to_owned(),
        "\"hello\"}".to_owned(),
        "\"hello\",\"userID\":9}".to_owned(),
        "\"hello\",\"userID\":\"09\"}".to_owned(),
        concat!(
            r#""see 😀 \"this\"\n","userID":"u-9","attachments":[{"base64":"data:image/png;base64,iVBOR/8="},"#,
            r#"{"url":"https://x.example/b \"c\".jpg"}]}"#
        )
        .to_owned(),
    ];
    assert_eq!(server.requests().len(), expected.len());
    for (request, rest) in server.requests().iter().zip(expected) {
        assert!(request.starts_with("POST /in/send?k=1 HTTP/1.1\r\n"), "{request}");
        let (request, body) = request.split_once("\r\n\r\n").unwrap();
        assert!(request.contains("\r\ncontent-type: application/json"), "{request}");
        assert!(!request.contains("s3cret"), "{request}");
        assert_eq!(body, format!("{head}{rest}"));
    }
}

#[tokio::test]
async fn the_answer_of_the_document_is_taken_though_it_is_no_json() {
    let seed = "{\n\"channelID\": \"D9LjuWl0jappznT5\"\n\"message\": \"Hi there, I'm a user!\",\n\"userID\": 12,\n\"success\": true,\n}";
    let (_server, adapter) = serve(vec![json("200 OK", seed), json("201 Created", r#"{"success":true}"#)]).await;
    assert_eq!(adapter.send(&outgoing(None)).await.unwrap().conversation.unwrap().as_str(), "12");
    let sent = adapter.send(&outgoing(Some("9"))).await.unwrap();
    assert_eq!(sent.conversation, None);
}

#[tokio::test]
async fn each_status_means_what_it_should() {
    let table = [
        ("400 Bad Request", Outcome::Refused, Kind::Invalid),
        ("401 Unauthorized", Outcome::Refused, Kind::Unauthorized),
        ("403 Forbidden", Outcome::Refused, Kind::Unauthorized),
        ("404 Not Found", Outcome::Refused, Kind::NotFound),
        ("409 Conflict", Outcome::Refused, Kind::Failed),
        ("418 Teapot", Outcome::Refused, Kind::Failed),
        ("422 Unprocessable", Outcome::Refused, Kind::Failed),
        ("429 Too Many", Outcome::Busy { retry_after_ms: None }, Kind::RateLimited),
        ("500 Internal", Outcome::Unknown, Kind::Platform),
        ("502 Bad Gateway", Outcome::Unknown, Kind::Platform),
        ("503 Unavailable", Outcome::Unknown, Kind::Platform),
        ("504 Timeout", Outcome::Unknown, Kind::Platform),
    ];
    for (status, outcome, kind) in table {
        for body in [r#"{"success":false,"error":"because s3cret-token"}"#, "because s3cret-token"] {
            let error = send_error(json(status, body)).await;
            is(&error, outcome, kind);
            assert_eq!(error.failure.status.map(|s| s.to_string()).as_deref(), status.get(..3));
            assert!(error.failure.message.ends_with(": because [secret]"), "{error}");
        }
    }
    let hint = |error: CallError| error.failure.hint.unwrap();
    let unauthorized = hint(send_error(json("401 No", "")).await);
    assert!(["token", "channel_id", "flow"].iter().all(|word| unauthorized.contains(word)), "{unauthorized}");
    let missing = hint(send_error(json("404 Not Found", "<html>")).await);
    assert!(missing.contains("send_url"), "{missing}");
    let busy = send_error(Step::kept("429 Too Many", "retry-after: 2\r\n", "")).await;
    is(&busy, Outcome::Busy { retry_after_ms: Some(2_000) }, Kind::RateLimited);
    assert!(busy.failure.message.contains("plan"), "{busy}");
}

#[tokio::test]
async fn a_success_that_says_no_is_a_failure() {
    let table = [
        (r#"{"success":false,"error":"no s3cret-token here"}"#, "answered that it failed: no [secret] here"),
        (r#"{"success":false,"message":"hello"}"#, "answered that it failed"),
        (r#"{"success":false,"message":"bad keyword"}"#, "answered that it failed: bad keyword"),
        (r#"{"userID":9}"#, "answered that it failed"),
        (r#"{"success":null}"#, "answered that it failed"),
        (r#"{"success":1}"#, "answered that it failed"),
        ("{\"error\": \"no\",\n}", "answered that it failed: no"),
    ];
    for (body, said) in table {
        let error = send_error(json("200 OK", body)).await;
        is(&error, Outcome::Unknown, Kind::Platform);
        assert!(error.failure.message.ends_with(said), "{error}");
        assert!(error.failure.hint.unwrap().contains("not sent again"));
    }
    assert!(send(json("200 OK", r#"{"success":"true","userID":"9"}"#)).await.is_ok());
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_was_accepted() {
    let table = [
        ("", "an empty body"),
        ("<html>portal</html>", "an HTML page"),
        ("OK", "text that is no JSON"),
        ("[]", "JSON that is no object"),
        ("{\"success\":tr", "cut JSON"),
        ("{\"success\":true,,}", "broken JSON"),
    ];
    for (body, what) in table {
        let error = send_error(json("200 OK", body)).await;
        is(&error, Outcome::Accepted, Kind::Platform);
        assert!(error.failure.message.contains(what), "{error}");
    }
    // Nobody can say whose the reply will be.
    let (_server, adapter) = serve(vec![json("200 OK", r#"{"success":true}"#); 2]).await;
    let error = adapter.send(&outgoing(None)).await.err().unwrap();
    is(&error, Outcome::Accepted, Kind::Platform);
    assert!(error.failure.message.contains("no userID"), "{error}");
    is(&adapter.start().await.unwrap_err(), Outcome::Accepted, Kind::Platform);
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{\"success\":true,";
    for end in [Step::Close, Step::Reset] {
        is(&send_error(vec![Step::Write(half.into()), end]).await, Outcome::Accepted, Kind::Cut);
    }
    let huge = format!("{{\"a\":\"{}\"}}", "x".repeat(9 * 1024 * 1024));
    is(&send_error(json("200 OK", &huge)).await, Outcome::Accepted, Kind::Platform);
}

#[tokio::test]
async fn a_call_without_an_answer_is_told_by_how_far_it_got() {
    for fault in [Step::Reset, Step::Close] {
        is(&send_error(vec![fault.clone()]).await, Outcome::Unknown, Kind::UnknownDelivery);
        let (_server, adapter) = serve(vec![vec![fault]]).await;
        is(&adapter.start().await.unwrap_err(), Outcome::Unknown, Kind::Network);
    }
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let nobody = adapter(&format!("http://127.0.0.1:{port}"), None);
    is(&nobody.send(&outgoing(None)).await.err().unwrap(), Outcome::NotSent, Kind::Network);
    let target = TestServer::start(vec![]).await;
    let moved = send_error(Step::kept("307 Moved", &format!("location: {}/x\r\n", target.url()), "")).await;
    is(&moved, Outcome::Refused, Kind::Platform);
    assert!(target.requests().is_empty());
}

#[tokio::test]
async fn a_conversation_is_opened_with_the_start_keyword_alone() {
    let can = |keyword| registry::Registry::default().capabilities(&channel("https://k.example", keyword));
    assert!(can(Some("#hello")).start && !can(None).start);
    for keyword in [Some("#hello"), None] {
        let can = can(keyword);
        assert!(can.send && can.webhook && can.local && can.attach && can.quick_replies);
        assert!(!can.list && !can.history && !can.stream && !can.requests && !can.is_bot && !can.people);
        assert_eq!(adapter("https://k.example", keyword).capabilities(), can);
    }
    let error = adapter("https://k.example", None).start().await.unwrap_err();
    is(&error, Outcome::Refused, Kind::Invalid);
    assert!(error.failure.message.contains("start_keyword"), "{error}");
}

#[test]
fn settings_that_cannot_work_are_refused_before_any_call() {
    let http = Http::new(Timestamp::now);
    let failed = |url: &str, secret: Result<Secret, Failure>| {
        registry::Registry::default().open(&channel(url, None), &http, &move |_| secret.clone()).err().unwrap()
    };
    let failure = failed("ftp://h", Ok(Secret::new("s")));
    assert_eq!((failure.kind, failure.hint.unwrap().contains("send_url")), (Kind::Config, true));
    let missing = Failure::new(Kind::Config, "TOKEN is not set");
    assert_eq!(failed("https://h", Err(missing.clone())), missing);
}

#[test]
fn a_webhook_is_unsigned_and_its_sample_is_a_test() {
    let adapter = adapter("https://k.example", None);
    let now = Timestamp::from_millis(5);
    let delivery = Delivery {
        channel: ChannelName::new("flow"),
        at: now,
        url: "http://127.0.0.1/hooks/flow".to_owned(),
        headers: Vec::new(),
        body: adapter.sample(now).unwrap(),
        replay: true,
    };
    assert_eq!(adapter.verify(&delivery, now), Ok(Trust::Unsigned));
    let reception = adapter.receive(&delivery).unwrap();
    assert!(matches!(reception.inbound[0].meaning, crate::domain::Meaning::Probe { .. }));
    let headers = adapter.sign(&delivery.body, &delivery.url, now, "u");
    assert_eq!(headers, [("content-type".to_owned(), "application/json".to_owned())]);
}
