//! The adapter against a raw server: what it asks to the byte, in both versions, and what each answer means.

use std::sync::Arc;

use super::super::registry;
use super::*;
use crate::domain::{Channel, Piece, SecretRef};
use crate::http::{Step, TestServer};

const JSON: &str = "content-type: application/json\r\n";
const OLD: &str = "2024-11-11";
const EVENTS: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";

fn adapter_of(url: &str, version: &str, signing_key: Option<&str>) -> Arc<dyn Adapter> {
    let mut settings = Settings::new(SPEC.platform)
        .with("operator_id", "op 1")
        .with("api_key", SecretRef::Env("s3cret-key".to_owned()))
        .with("api_version", version)
        .with("base_url", url);
    if let Some(key) = signing_key {
        settings.set("signing_key", SecretRef::Env(key.to_owned()));
    }
    let channel = Channel {
        name: ChannelName::new("agents"),
        settings,
        allow_http: false,
        timeouts: crate::domain::Timeouts::default(),
        ca_files: Vec::new(),
        read_only: false,
        rules: Vec::new(),
    };
    let http = Http::new(|| Timestamp::from_millis(1_000_000));
    let named = |secret: &SecretRef| match secret {
        SecretRef::Env(name) => Ok(Secret::new(name.clone())),
        _ => Err(Failure::new(Kind::Config, "no such secret")),
    };
    registry::Registry::default().open(&channel, &http, &named).unwrap()
}

async fn serve(version: &str, scripts: Vec<Vec<Step>>) -> (TestServer, Arc<dyn Adapter>) {
    let server = TestServer::start(scripts).await;
    let adapter = adapter_of(&server.url(), version, None);
    (server, adapter)
}

fn json(status: &str, body: &str) -> Vec<Step> {
    Step::kept(status, JSON, body)
}

fn asked(cursor: Option<&str>) -> ListRequest {
    PageRequest { limit: 20, cursor: cursor.map(str::to_owned) }.into()
}

fn is(error: &CallError, outcome: Outcome, kind: Kind) {
    assert_eq!((error.outcome, error.failure.kind), (outcome, kind), "{error:?}");
    assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
}

async fn list_error(script: Vec<Step>) -> CallError {
    let (server, adapter) = serve(OLD, vec![script]).await;
    let error = adapter.list(&asked(None)).await.expect_err("an error");
    assert_eq!(server.requests().len(), 1);
    error
}

fn outgoing(text: &str) -> Outgoing {
    let conversation = Some(ConversationId::new("conv/1"));
    Outgoing { conversation, text: text.to_owned(), stream: true, ..Outgoing::default() }
}

#[tokio::test]
async fn conversations_are_listed_as_each_version_documents() {
    let page = r#"{"data":[{"id":"conv_1","status":"completed","summary":"Refund","created_at":"2024-11-12T10:00:00Z"}],"cursor":"next"}"#;
    let request = ListRequest {
        since: Timestamp::parse_rfc3339("2024-11-11T00:00:00Z"),
        until: Timestamp::parse_rfc3339("2024-11-13T00:00:00.5Z"),
        ..asked(Some("a&b"))
    };
    let times = "created_at_gte=2024-11-11T00%3A00%3A00.000Z&created_at_lt=2024-11-13T00%3A00%3A00.500Z";
    let table = [
        (OLD, "operator_id=op+1".to_owned(), format!("operator_id=op+1&cursor=a%26b&{times}")),
        ("2025-06-19", String::new(), format!("cursor=a%26b&{times}")),
        ("2026-01-01", String::new(), format!("cursor=a%26b&{times}")),
    ];
    for (version, plain, filtered) in table {
        let (server, adapter) = serve(version, vec![json("200 OK", page), json("200 OK", page)]).await;
        let first = adapter.list(&asked(None)).await.unwrap();
        assert_eq!(
            (first.items[0].title.as_str(), first.next.as_deref(), first.total),
            ("Refund", Some("next"), None)
        );
        assert_eq!(first.items[0].details[0], ("status".to_owned(), "completed".to_owned()));
        adapter.list(&request).await.unwrap();
        let query = |query: &str| if query.is_empty() { String::new() } else { format!("?{query}") };
        for (request, expected) in server.requests().iter().zip([plain, filtered]) {
            let line = format!("GET /conversations{} HTTP/1.1\r\n", query(&expected));
            assert!(request.starts_with(&line), "{request}");
            assert!(request.contains("authorization: Bearer s3cret-key\r\n"), "{request}");
            assert!(request.contains(&format!("operator-version: {version}\r\n")), "{request}");
            let agent = format!("user-agent: patchcord/{}\r\n", env!("CARGO_PKG_VERSION"));
            assert!(request.contains(&agent), "{request}");
            assert!(request.ends_with("\r\n\r\n"), "{request}");
        }
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn each_status_means_what_it_should_for_a_list() {
    let busy = Outcome::Busy { retry_after_ms: None };
    let passing = Outcome::Passing { retry_after_ms: None };
    // The status; what it means where the platform says that it will not pass, and where it says that it will.
    let table = [
        ("400 Bad Request", (Outcome::Refused, Kind::Invalid), (busy, Kind::Platform)),
        ("401 Unauthorized", (Outcome::Refused, Kind::Unauthorized), (Outcome::Refused, Kind::Unauthorized)),
        ("403 Forbidden", (Outcome::Refused, Kind::Unauthorized), (Outcome::Refused, Kind::Unauthorized)),
        ("404 Not Found", (Outcome::Refused, Kind::NotFound), (Outcome::Refused, Kind::NotFound)),
        ("405 Not Allowed", (Outcome::Refused, Kind::Failed), (busy, Kind::Platform)),
        ("409 Conflict", (Outcome::Refused, Kind::Failed), (Outcome::Refused, Kind::Failed)),
        ("418 I'm a Teapot", (Outcome::Refused, Kind::Failed), (Outcome::Refused, Kind::Failed)),
        ("429 Too Many", (busy, Kind::RateLimited), (busy, Kind::RateLimited)),
        ("500 Internal", (passing, Kind::Platform), (busy, Kind::Platform)),
        ("503 Unavailable", (busy, Kind::Platform), (busy, Kind::Platform)),
    ];
    for (status, lasting, transient) in table {
        for (passes, (outcome, kind)) in [(false, lasting), (true, transient)] {
            let body = format!(r#"{{"code":"UniqueCode","transient":{passes},"message":"because s3cret-key"}}"#);
            let error = list_error(json(status, &body)).await;
            is(&error, outcome, kind);
            assert!(error.failure.message.ends_with(": UniqueCode: because [secret]"), "{error}");
            assert_eq!(error.failure.status.map(|s| s.to_string()).as_deref(), status.get(..3));
        }
        let bare = list_error(json(status, "{\"code\":\"UniqueCode\"}")).await;
        assert!(bare.failure.message.ends_with(": UniqueCode"), "{bare}");
    }
    let later = list_error(Step::kept("429 Busy", "retry-after: 2\r\n", "{\"transient\":\"yes\"}")).await;
    is(&later, Outcome::Busy { retry_after_ms: Some(2_000) }, Kind::RateLimited);
    let forbidden = list_error(json("403 No", "")).await.failure.hint.unwrap();
    assert!(forbidden.contains("api_key") && forbidden.contains("agents"), "{forbidden}");
}

#[tokio::test]
async fn a_message_is_not_repeated_whatever_is_called_transient() {
    let table = [
        ("500 Internal", Outcome::Unknown, Kind::Platform),
        ("503 Unavailable", Outcome::Unknown, Kind::Platform),
        ("409 Conflict", Outcome::Refused, Kind::Failed),
        ("418 Teapot", Outcome::Refused, Kind::Failed),
        ("400 Bad", Outcome::Refused, Kind::Invalid),
        ("429 Busy", Outcome::Busy { retry_after_ms: None }, Kind::RateLimited),
    ];
    for (status, outcome, kind) in table {
        let body = r#"{"code":"C","transient":true,"message":"m"}"#;
        let (server, adapter) = serve(WITH_CHATS, vec![json(status, body)]).await;
        is(&adapter.send(&outgoing("hi")).await.err().unwrap(), outcome, kind);
        assert_eq!(server.requests().len(), 1);
    }
    let (_server, adapter) = serve(WITH_CHATS, vec![vec![Step::Reset]]).await;
    is(&adapter.send(&outgoing("hi")).await.err().unwrap(), Outcome::Unknown, Kind::UnknownDelivery);
}

#[tokio::test]
async fn answers_that_are_not_as_documented_are_named() {
    let table = [
        ("<html>", "an HTML page"),
        ("", "an empty body"),
        ("{\"data\":[{\"id\"", "cut JSON"),
        ("{\"conversations\":[]}", "no list of conversations"),
    ];
    for (body, what) in table {
        let error = list_error(json("200 OK", body)).await;
        is(&error, Outcome::Accepted, Kind::Platform);
        assert!(error.failure.message.contains(what), "{error}");
    }
    is(&list_error(vec![Step::Reset]).await, Outcome::Passing { retry_after_ms: None }, Kind::Network);
}

#[tokio::test]
async fn a_message_opens_a_session_and_its_reply_streams() {
    let delta =
        |text: &str| format!("data: {{\"payload\":{{\"type\":\"agent.message.delta\",\"delta\":\"{text}\"}}}}\n\n");
    let done = "data: {\"payload\":{\"type\":\"agent.message.completed\",\"text\":\"eight \u{1FA90}\"}}\n\n";
    let body = format!("{}{}{done}", delta("eight "), delta("\u{1FA90}"));
    let mut script = vec![Step::Write(EVENTS.into())];
    script.extend(body.as_bytes().chunks(9).map(|part| Step::Write(part.to_vec())));
    script.push(Step::Hang);
    let (mut server, adapter) = serve(WITH_CHATS, vec![script]).await;
    let sent = adapter.send(&outgoing("say \"hi\"")).await.unwrap();
    assert_eq!((sent.conversation.unwrap().as_str(), sent.via), ("conv/1", None));
    let ReplyMode::Stream(mut reply) = sent.answer else { panic!("no stream") };
    let mut whole = Piece::default();
    while let Some(piece) = reply.next().await {
        whole.join(&piece.unwrap());
    }
    assert_eq!((whole.text.as_str(), whole.ends.len(), whole.done()), ("eight \u{1FA90}", 2, true));
    let request = &server.requests()[0];
    assert!(request.starts_with("POST /conversations/conv%2F1/session HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("accept: text/event-stream\r\n") && request.contains(JSON), "{request}");
    assert!(request.contains("operator-version: 2025-06-19\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\n{\"payload\":{\"type\":\"user.message.send\",\"text\":\"say \\\"hi\\\"\"}}"));
    drop(reply);
    server.ended(1).await;
}

#[tokio::test]
async fn a_conversations_messages_are_its_events() {
    let body = "data: {\"id\":\"e1\",\"payload\":{\"type\":\"user.message.received\",\"text\":\"hi\"}}\n\n\
                data: {\"id\":\"e2\",\"payload\":{\"type\":\"agent.message.completed\",\"text\":\"hello\"}}\n\n\
                data: {\"id\":\"e3\",\"payload\":{\"type\":\"conversation.ended\"}}\n\n";
    let script = vec![Step::Write(format!("{EVENTS}{body}").into()), Step::Hang];
    let (mut server, adapter) = serve(WITH_CHATS, vec![script]).await;
    let page = PageRequest { limit: 1, cursor: None };
    let read = adapter.messages(&ConversationId::new("conv/1"), &page).await.unwrap();
    let texts: Vec<_> = read.items.iter().map(|m| (m.role.as_str(), m.text.as_str())).collect();
    assert_eq!(texts, [("user", "hi"), ("assistant", "hello")]);
    assert_eq!((read.next, read.total), (None, Some(2)));
    let request = &server.requests()[0];
    assert!(request.starts_with("GET /conversations/conv%2F1/events HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("accept: text/event-stream\r\n"), "{request}");
    server.ended(1).await;

    let (_server, adapter) = serve(WITH_CHATS, vec![json("404 None", "{\"code\":\"NotThere\"}")]).await;
    let error = adapter.messages(&ConversationId::new("c"), &page).await.unwrap_err();
    is(&error, Outcome::Refused, Kind::NotFound);
    let (_server, adapter) = serve(WITH_CHATS, vec![json("200 OK", "{\"data\":[]}")]).await;
    let error = adapter.messages(&ConversationId::new("c"), &page).await.unwrap_err();
    is(&error, Outcome::Accepted, Kind::Platform);
}

#[tokio::test]
async fn the_version_decides_what_can_be_done() {
    for (version, chats) in [(OLD, false), ("2025-06-18", false), ("2025-06-19", true), ("2026-01-01", true)] {
        let (server, adapter) = serve(version, vec![]).await;
        let can = adapter.capabilities();
        assert_eq!((can.list, can.webhook, can.send, can.stream, can.history), (true, true, chats, chats, chats));
        assert!(!can.start && !can.local && !can.is_bot && !can.attach);
        if !chats {
            let error = adapter.send(&outgoing("hi")).await.err().unwrap();
            is(&error, Outcome::Refused, Kind::Invalid);
            assert!(error.failure.hint.unwrap().contains("api_version"));
            let page = PageRequest { limit: 1, cursor: None };
            is(
                &adapter.messages(&ConversationId::new("c"), &page).await.unwrap_err(),
                Outcome::Refused,
                Kind::Invalid,
            );
        }
        assert!(server.requests().is_empty());
    }
    let (server, adapter) = serve(WITH_CHATS, vec![]).await;
    let file = super::super::Upload::Url("https://x".to_owned());
    for message in
        [Outgoing { conversation: None, ..outgoing("hi") }, Outgoing { attach: vec![file], ..outgoing("hi") }]
    {
        is(&adapter.send(&message).await.err().unwrap(), Outcome::Refused, Kind::Invalid);
    }
    assert!(server.requests().is_empty());
}

#[test]
fn settings_that_cannot_work_are_refused_before_any_call() {
    let open = |base_url: &str, api_version: &str, api_key: &'static str, signing_key: Option<&str>| {
        let mut settings = Settings::new(SPEC.platform)
            .with("operator_id", "op")
            .with("api_key", SecretRef::Env("KEY".to_owned()))
            .with("api_version", api_version)
            .with("base_url", base_url);
        if let Some(key) = signing_key {
            settings.set("signing_key", SecretRef::Env(key.to_owned()));
        }
        let resolve = |secret: &SecretRef| match secret {
            SecretRef::Env(name) if name == "KEY" => Ok(Secret::new(api_key)),
            _ => Err(Failure::new(Kind::Config, "OTHER is not set").hint("signing_key")),
        };
        let http = Http::new(|| Timestamp::from_millis(0));
        Operator::open(&ChannelName::new("agents"), &settings, &http, &resolve).err()
    };
    let table = [
        (open("ftp://h", OLD, "k", None), "base_url"),
        (open("https://h", "two\nlines", "k", None), "api_version"),
        (open("https://h", OLD, "two\nlines", None), "api_key"),
        (open("https://h", OLD, "k", Some("OTHER")), "signing_key"),
    ];
    for (failure, key) in table {
        let failure = failure.unwrap();
        assert!(failure.kind == Kind::Config && failure.hint.as_ref().unwrap().contains(key), "{failure:?}");
    }
    assert_eq!(open("https://h", OLD, "k", None), None);
}

const URL: &str = "https://example.com/hook";
const BODY_OF_VECTOR: &[u8] = b"{\"type\":\"conversation.ended\"}";
const VECTOR: &str = "1432423f4671fb69f09874bb380daec6c8a24b6e32ae7ee9b86c810fe3cb9201";

fn delivery(url: &str, headers: &[(&str, &str)], body: &[u8]) -> Delivery {
    Delivery {
        channel: ChannelName::new("agents"),
        at: Timestamp::from_millis(0),
        url: url.to_owned(),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        body: Bytes::copy_from_slice(body),
        replay: false,
    }
}

#[test]
fn a_signature_counts_for_half_a_minute_and_for_nothing_but_its_request() {
    let adapter = adapter_of("https://h", OLD, Some("test-key"));
    let right = [(TIMESTAMP, "1700000000"), (IDEMPOTENCY_KEY, "idem-1"), (SIGNATURE, VECTOR)];
    let at = |ms: i64| Timestamp::from_millis(1_700_000_000_000 + ms);
    let verified = |delivery: &Delivery, ms| adapter.verify(delivery, at(ms));
    let refused = Err(Rejection::signature());
    let given = delivery(URL, &right, BODY_OF_VECTOR);
    for (ms, good) in [(0, true), (30_000, true), (-30_000, true), (30_001, false), (-30_001, false)] {
        let expected = if good { Ok(Trust::Verified) } else { refused.clone() };
        assert_eq!(verified(&given, ms), expected, "{ms}");
    }
    assert_eq!(verified(&delivery("https://example.com/other", &right, BODY_OF_VECTOR), 0), refused);
    assert_eq!(verified(&delivery(URL, &right, b"{\"type\":\"conversation.endee\"}"), 0), refused);
    for at in 0..3 {
        let mut less = right.to_vec();
        less.remove(at);
        assert_eq!(verified(&delivery(URL, &less, BODY_OF_VECTOR), 0), refused);
        let twice = [&right[..], &right[at..=at]].concat();
        assert_eq!(verified(&delivery(URL, &twice, BODY_OF_VECTOR), 0), refused);
        let mut other = right;
        other[at].1 = ["1700000001", "idem-2", &VECTOR[1..]][at];
        assert_eq!(verified(&delivery(URL, &other, BODY_OF_VECTOR), 0), refused);
    }
    assert!(adapter.sign(BODY_OF_VECTOR, URL, at(0), "idem-1").contains(&(SIGNATURE.to_owned(), VECTOR.to_owned())));
}

#[test]
fn a_time_that_is_none_is_not_fresh_though_signed() {
    let adapter = adapter_of("https://h", OLD, Some("test-key"));
    for at in ["", "-1", "+1700000000", "1700000000.0", "17e8", "99999999999999999999", "9223372036854775807", "é"] {
        let signed = signature(&Secret::new("test-key"), URL, "i", at, b"{}").hex();
        let headers = [(TIMESTAMP, at), (IDEMPOTENCY_KEY, "i"), (SIGNATURE, &signed)];
        let given = adapter.verify(&delivery(URL, &headers, b"{}"), Timestamp::from_millis(1_700_000_000_000));
        assert_eq!(given, Err(Rejection::signature()), "{at}");
    }
}

#[test]
fn what_is_signed_here_is_verified_here() {
    let now = Timestamp::from_millis(1_700_000_000_999);
    let signing = adapter_of("https://h", OLD, Some("test-key"));
    let body = signing.sample(now).unwrap();
    assert_eq!(&*body, b"{\"type\":\"ping\"}");
    let headers = signing.sign(&body, URL, now, "unique-1");
    let names: Vec<_> = headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["content-type", TIMESTAMP, IDEMPOTENCY_KEY, SIGNATURE]);
    let mut given = delivery(URL, &[], &body);
    given.headers = headers;
    assert_eq!(signing.verify(&given, now), Ok(Trust::Verified));
    let reception = signing.receive(&given).unwrap();
    assert_eq!(reception.inbound[0].key, "unique-1");

    let plain = adapter_of("https://h", OLD, None);
    assert_eq!(plain.sign(&body, URL, now, "x"), [("content-type".to_owned(), "application/json".to_owned())]);
    assert_eq!(plain.verify(&delivery(URL, &[], &body), now), Ok(Trust::Unverified));
}
