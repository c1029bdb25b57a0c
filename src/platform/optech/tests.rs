//! The adapter against a raw server: what it posts to the byte and where, and what each answer means.

use std::sync::Arc;

use tokio::net::TcpListener;

use super::super::{Ack, Adapter, registry};
use super::*;
use crate::domain::{Channel, Meaning, RequestId, RequestState, SecretRef};
use crate::http::{Step, TestServer};

fn channel(base_url: &str, client_id: &str) -> Channel {
    let settings = Settings::new(SPEC.platform)
        .with("client_id", client_id)
        .with("client_secret", SecretRef::Env("SECRET".to_owned()))
        .with("base_url", base_url)
        .with("answer_within", Duration::from_secs(10));
    Channel {
        name: ChannelName::new("lookups"),
        settings,
        allow_http: false,
        timeouts: crate::domain::Timeouts::default(),
        ca_files: Vec::new(),
        read_only: false,
        rules: Vec::new(),
    }
}

fn adapter(base_url: &str) -> Arc<dyn Adapter> {
    let http = Http::new(|| Timestamp::from_millis(1_000_000));
    registry::Registry::default()
        .open(&channel(base_url, "client-77"), &http, &|_| Ok(Secret::new("test-secret")))
        .unwrap()
}

fn request(link: Option<String>) -> DataRequest {
    DataRequest {
        id: RequestId::new("r"),
        channel: ChannelName::new("lookups"),
        key: "order".to_owned(),
        inputs: "{}".to_owned(),
        link,
        trust: Trust::Verified,
        received: Timestamp::from_millis(0),
        deadline: Timestamp::from_millis(600_000),
        state: RequestState::Answering,
        answer: None,
        failure: None,
    }
}

fn delivery(body: Bytes, headers: Vec<(String, String)>) -> Delivery {
    Delivery {
        channel: ChannelName::new("lookups"),
        at: Timestamp::from_millis(5_000),
        url: "http://127.0.0.1/hooks/lookups".to_owned(),
        headers,
        body,
        replay: false,
    }
}

/// What came of an answer; it must not have been posted twice, nor show what it was sent with.
async fn post(script: Vec<Step>) -> Result<(), CallError> {
    let server = TestServer::start(vec![script]).await;
    let adapter = adapter(&server.url());
    let outcome = adapter.answer(&request(Some(format!("{}/ingest/x", server.url()))), r#"{"a":1}"#).await;
    assert_eq!(server.requests().len(), 1, "posted again");
    if let Err(error) = &outcome {
        let shown = format!("{error:?}");
        assert!(!shown.contains("client-77") && !shown.contains("test-secret"), "{shown}");
    }
    outcome
}

fn is(error: &CallError, outcome: Outcome, kind: Kind) {
    assert_eq!((error.outcome, error.failure.kind), (outcome, kind), "{error:?}");
}

#[tokio::test]
async fn an_answer_is_posted_as_documented() {
    let server = TestServer::start(vec![Step::kept("200 OK", "", r#"{"code":200,"data":"ok"}"#)]).await;
    let link = format!("{}/ingest/a-1/b_2", server.url());
    adapter(&server.url()).answer(&request(Some(link)), "{\"note\":\"it\u{2019}s\"}").await.unwrap();
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    assert_eq!(body, r#"{"data":{"note":"it\u2019s"}}"#);
    let mut lines: Vec<&str> = head.lines().collect();
    assert_eq!(lines.remove(0), "POST /ingest/a-1/b_2 HTTP/1.1");
    let signature = "UNYDhDkLjmIcAU7B0BJ42OpfePHQQ6LKnItkkCvOhHQ=";
    let expected = [
        "content-type: application/json".to_owned(),
        "authorization: Basic client-77".to_owned(),
        format!("x-optech-signature: {signature}"),
        format!("x-optech-webhook-signature: {signature}"),
        format!("content-length: {}", body.len()),
    ];
    for line in expected {
        assert_eq!(lines.iter().filter(|l| **l == line).count(), 1, "{line} in {head}");
    }
}

#[tokio::test]
async fn each_status_means_what_it_should() {
    for good in ["200 OK", "201 Created", "202 Accepted", "204 No Content"] {
        assert!(post(Step::kept(good, "", "")).await.is_ok(), "{good}");
    }
    let table = [
        ("400 Bad Request", Outcome::Refused, Kind::Invalid),
        ("401 Unauthorized", Outcome::Refused, Kind::Unauthorized),
        ("403 Forbidden", Outcome::Refused, Kind::Unauthorized),
        ("404 Not Found", Outcome::Refused, Kind::NotFound),
        ("409 Conflict", Outcome::Refused, Kind::Failed),
        ("410 Gone", Outcome::Refused, Kind::Failed),
        ("422 Unprocessable", Outcome::Refused, Kind::Failed),
        ("429 Too Many", Outcome::Busy { retry_after_ms: Some(2_000) }, Kind::RateLimited),
        ("500 Internal", Outcome::Unknown, Kind::Platform),
        ("502 Bad Gateway", Outcome::Unknown, Kind::Platform),
        ("503 Unavailable", Outcome::Unknown, Kind::Platform),
        ("504 Timeout", Outcome::Unknown, Kind::Platform),
    ];
    for (status, outcome, kind) in table {
        let error =
            post(Step::kept(status, "retry-after: 2\r\n", "no, client-77 with test-secret")).await.unwrap_err();
        is(&error, outcome, kind);
        assert!(error.failure.message.ends_with(": no, [client id] with [secret]"), "{error}");
        let hint = error.failure.hint.unwrap_or_default();
        assert_eq!(hint.contains("may have arrived"), outcome == Outcome::Unknown, "{hint}");
    }
    let target = TestServer::start(vec![]).await;
    let moved = Step::kept("308 Moved", &format!("location: {}/ingest/x\r\n", target.url()), "");
    is(&post(moved).await.unwrap_err(), Outcome::Refused, Kind::Platform);
    assert!(target.requests().is_empty());
}

#[tokio::test]
async fn an_answer_that_nobody_acknowledged_is_unknown() {
    for fault in [Step::Reset, Step::Close] {
        let error = post(vec![fault]).await.unwrap_err();
        is(&error, Outcome::Unknown, Kind::UnknownDelivery);
        assert_eq!(error.failure.hint.as_deref(), Some(MAYBE));
    }
    // The head is all there is to know.
    assert!(
        post(vec![Step::Write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n".into()), Step::Reset]).await.is_ok()
    );
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let base = format!("http://127.0.0.1:{port}");
    let error = adapter(&base).answer(&request(Some(format!("{base}/ingest/x"))), "{}").await.unwrap_err();
    is(&error, Outcome::NotSent, Kind::Network);
}

#[tokio::test]
async fn nothing_is_posted_where_it_should_not_go() {
    let (own, other) = (TestServer::start(vec![]).await, TestServer::start(vec![]).await);
    let adapter = adapter(&own.url());
    let good = format!("{}/ingest/x", own.url());
    let links = [
        None,
        Some(String::new()),
        Some(format!("{}/ingest/x", other.url())),
        Some(format!("{}@{}/ingest/x", own.url(), other.url().trim_start_matches("http://"))),
        Some(format!("{}/ingest/../x", own.url())),
        Some(format!("{good}?q=1")),
        Some(format!("{}/x", own.url())),
    ];
    for link in links {
        is(&adapter.answer(&request(link), "{}").await.unwrap_err(), Outcome::Refused, Kind::Invalid);
    }
    for data in ["", "[]", "null", "\"x\"", "{", "{}{}", "{\"a\":1,}", "{}, \"more\": {}"] {
        let error = adapter.answer(&request(Some(good.clone())), data).await.unwrap_err();
        is(&error, Outcome::Refused, Kind::Invalid);
    }
    assert_eq!((own.connections(), other.connections()), (0, 0));
}

#[test]
fn an_answer_in_the_response_is_signed() {
    let (body, headers) = adapter("https://api.optech.ai").answer_now(r#"{"key":"value"}"#);
    assert_eq!(body, r#"{"data":{"key":"value"}}"#);
    let signature = "UYwC5p9L8_Mxf_eXJCRKvjEZ7DLXmY-jKlkHNPbIwkU=";
    let expected = ["x-optech-signature", "x-optech-webhook-signature"].map(|n| (n.to_owned(), signature.to_owned()));
    assert_eq!(headers, expected);
}

#[test]
fn what_it_signs_itself_is_trusted_and_nothing_else() {
    let adapter = adapter("https://api.optech.ai");
    let now = Timestamp::from_millis(1);
    let sample = adapter.sample(now).unwrap();
    let headers = adapter.sign(&sample, "https://h.example/hooks/lookups", now, "u");
    assert_eq!(headers.len(), 3);
    assert_eq!(headers[0], ("content-type".to_owned(), "application/json".to_owned()));
    let good = delivery(sample.clone(), headers.clone());
    assert_eq!(adapter.verify(&good, now), Ok(Trust::Verified));
    let reception = adapter.receive(&good).unwrap();
    assert!(matches!(reception.inbound[0].meaning, Meaning::Probe { .. }));
    assert_eq!(reception.ack, Ack::Plain("OK"));
    let swapped = |value: &str| {
        let headers = headers.iter().map(|(name, _)| (name.clone(), value.to_owned())).collect();
        adapter.verify(&delivery(sample.clone(), headers), now)
    };
    let one_answer = Err(Rejection::signature());
    for wrong in ["", "x", "no base64 at all", &"A".repeat(44), &"0".repeat(64), &"A".repeat(1_000)] {
        assert_eq!(swapped(wrong), one_answer, "{wrong}");
    }
    assert_eq!(adapter.verify(&delivery(sample.clone(), Vec::new()), now), one_answer);
    assert_eq!(adapter.verify(&delivery(Bytes::from_static(b"{}"), headers.clone()), now), one_answer);
    let twice = headers.iter().chain(&headers).cloned().collect();
    assert_eq!(adapter.verify(&delivery(sample.clone(), twice), now), one_answer);
}

#[test]
fn the_deadline_is_counted_from_the_arrival() {
    let body = Bytes::from_static(br#"{"key":"k","link":"https://api.optech.ai/ingest/x"}"#);
    let reception = adapter("https://api.optech.ai").receive(&delivery(body, Vec::new())).unwrap();
    let Meaning::Request(asked) = &reception.inbound[0].meaning else { panic!("no request") };
    assert_eq!(asked.deadline, Timestamp::from_millis(15_000));
}

#[tokio::test]
async fn it_asks_and_that_is_all() {
    let can = registry::Registry::default().capabilities(&channel("https://h", "c"));
    assert_eq!(can, Capabilities { webhook: true, requests: true, ..Capabilities::NONE });
    let adapter = adapter("https://h");
    assert_eq!(adapter.capabilities(), can);
    is(&adapter.start().await.unwrap_err(), Outcome::Refused, Kind::Invalid);
    is(&adapter.send(&super::super::Outgoing::default()).await.err().unwrap(), Outcome::Refused, Kind::Invalid);
}

#[test]
fn settings_that_cannot_work_are_refused_before_any_call() {
    let http = Http::new(Timestamp::now);
    let failed = |url: &str, id: &str, secret: Result<Secret, Failure>| {
        registry::Registry::default().open(&channel(url, id), &http, &move |_| secret.clone()).err().unwrap()
    };
    let hint = |url: &str, id: &str| failed(url, id, Ok(Secret::new("s"))).hint.unwrap();
    assert!(hint("ftp://h", "c").contains("base_url"));
    assert!(hint("https://h", "two\nlines").contains("client_id"));
    let missing = Failure::new(Kind::Config, "SECRET is not set");
    assert_eq!(failed("https://h", "c", Err(missing.clone())), missing);
}
