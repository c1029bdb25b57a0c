//! The adapter against a raw server: what it asks to the byte, how it keeps its access, and what each answer means.

mod access;
mod messages;

use std::sync::Arc;

use futures_util::future::join_all;
use tokio::net::TcpListener;

use super::super::{ReplyMode, Upload, registry};
use super::*;
use crate::domain::{Channel, ConversationId, ReplyHandle, SecretRef};
use crate::http::{Step, TestServer};

const JSON: &str = "content-type: application/json\r\n";
const NOW: i64 = 1_000_000;
const BOUNDARY: &str = "----patchcord-0000000000000000";

fn adapter_of(url: &str, secret: &'static str, require_signature: bool) -> Arc<dyn Adapter> {
    let settings = Settings::new(SPEC.platform)
        .with("base_url", url)
        .with("client_id", "id")
        .with("client_secret", SecretRef::Env("KEY".to_owned()))
        .with("require_signature", require_signature);
    let channel = Channel {
        name: ChannelName::new("frontline"),
        settings,
        allow_http: false,
        timeouts: crate::domain::Timeouts::default(),
        ca_files: Vec::new(),
        read_only: false,
        rules: Vec::new(),
    };
    let http = Http::new(|| Timestamp::from_millis(NOW));
    registry::Registry::default().open(&channel, &http, &|_| Ok(Secret::new(secret))).unwrap()
}

async fn serve(scripts: Vec<Vec<Step>>) -> (TestServer, Arc<dyn Adapter>) {
    let server = TestServer::start(scripts).await;
    let adapter = adapter_of(&server.url(), "s3cret-key", false);
    (server, adapter)
}

fn json(status: &str, body: &str) -> Vec<Step> {
    Step::kept(status, JSON, body)
}

fn token(value: &str) -> Vec<Step> {
    json("200 OK", &format!("{{\"access_token\":\"{value}\",\"token_type\":\"Bearer\",\"expires_in\":3600}}"))
}

fn success() -> Vec<Step> {
    json("200 OK", "{\"status\":\"success\"}")
}

fn outgoing(conversation: &str, text: &str) -> Outgoing {
    Outgoing { conversation: Some(ConversationId::new(conversation)), text: text.to_owned(), ..Outgoing::default() }
}

fn answering(conversation: &str, text: &str, expires: i64) -> Outgoing {
    let reply = ReplyHandle { token: "rt-1".to_owned(), expires: Timestamp::from_millis(expires) };
    Outgoing { reply: Some(reply), ..outgoing(conversation, text) }
}

fn file(name: &str, media_type: &str, content: &'static str) -> Upload {
    Upload::File { name: name.to_owned(), media_type: media_type.to_owned(), content: content.into() }
}

fn is(error: &CallError, outcome: Outcome, kind: Kind) {
    assert_eq!((error.outcome, error.failure.kind), (outcome, kind), "{error:?}");
    assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
}

/// The request lines, without the version.
fn lines(server: &TestServer) -> Vec<String> {
    server.requests().iter().map(|r| r.split(" HTTP/1.1\r\n").next().unwrap_or_default().to_owned()).collect()
}

fn body(request: &str) -> &str {
    request.split_once("\r\n\r\n").unwrap().1
}

fn part(name: &str, value: &str) -> String {
    format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
}

fn file_part(name: &str, media_type: &str, content: &str) -> String {
    format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: {media_type}\r\n\r\n{content}\r\n"
    )
}

fn form(parts: &[String]) -> String {
    format!("{}--{BOUNDARY}--\r\n", parts.concat())
}

#[tokio::test]
async fn people_are_found_and_groups_and_topics_made() {
    let users = r#"{"users":[{"_id":"u1","username":"ann","email":"a@b.c","firstname":"Ann","lastname":"Lee","deleted":false},
        {"_id":2,"username":"ben","firstname":null,"deleted":true},{"username":"no id"},7]}"#;
    let group = r#"{"group":{"_id":"g1","name":"Team","type":"group","userCount":2}}"#;
    let topic = r#"{"topic":{"_id":"t1","name":"News"}}"#;
    let (server, adapter) =
        serve(vec![token("t"), json("200 OK", users), json("200 OK", group), json("200 OK", topic)]).await;
    let found = adapter.find_people("ann & co").await.unwrap();
    let ann = Person {
        id: "u1".to_owned(),
        username: "ann".to_owned(),
        name: "Ann Lee".to_owned(),
        email: Some("a@b.c".to_owned()),
        deleted: false,
    };
    assert_eq!((&found[0], found.len()), (&ann, 2));
    assert_eq!((found[1].id.as_str(), found[1].name.as_str(), found[1].deleted), ("2", "", true));
    let people = ["u1".to_owned(), "u\"2".to_owned()];
    let made = adapter.create_group("Team é", &people).await.unwrap();
    assert_eq!((made.id.as_str(), made.name.as_str()), ("g1", "Team"));
    let made = adapter.create_topic("g/1", "News").await.unwrap();
    assert_eq!((made.id.as_str(), made.group.as_str(), made.name.as_str()), ("t1", "g/1", "News"));
    let expected =
        ["GET /bot/v1/users?username=ann+%26+co", "POST /bot/v1/groups", "POST /bot/v1/groups/g%2F1/topics"];
    assert_eq!(lines(&server)[1..], expected);
    let requests = server.requests();
    assert_eq!(body(&requests[2]), form(&[part("uids", r#"["u1","u\"2"]"#), part("name", "Team é")]));
    assert_eq!(body(&requests[3]), r#"{"name":"News"}"#);
    for (nothing, what) in [("{}", "no list of users"), ("<html>", "an HTML page")] {
        let (_server, adapter) = serve(vec![token("t"), json("200 OK", nothing)]).await;
        let error = adapter.find_people("ann").await.err().unwrap();
        is(&error, Outcome::Accepted, Kind::Platform);
        assert!(error.failure.message.contains(what), "{error}");
    }
}

fn delivery(headers: &[(String, String)], body: &[u8]) -> Delivery {
    Delivery {
        channel: ChannelName::new("frontline"),
        at: Timestamp::from_millis(NOW),
        url: "http://h/hooks/frontline".to_owned(),
        headers: headers.to_vec(),
        body: Bytes::copy_from_slice(body),
        replay: false,
    }
}

#[test]
fn a_signature_is_right_or_refused_and_none_is_told() {
    const VECTOR: &str = "Va12JSFB+Fs03rxzdvh7icVLk546dmNGSrPkkClJW/U=";
    let now = Timestamp::from_millis(NOW);
    let header = |value: &str| (SIGNATURE.to_owned(), value.to_owned());
    for strict in [false, true] {
        let adapter = adapter_of("https://h", "test-secret", strict);
        let body = adapter.sample(now).unwrap();
        assert_eq!(&*body, b"{\"events\":[]}");
        let signed = adapter.sign(&body, "http://h/hooks/frontline", now, "x");
        assert_eq!(signed[1], header(VECTOR));
        assert_eq!(adapter.verify(&delivery(&signed, &body), now), Ok(Trust::Verified));
        assert!(adapter.receive(&delivery(&signed, &body)).unwrap().inbound.is_empty());
        for wrong in [
            vec![header("Va12JSFB+Fs03rxzdvh7icVLk546dmNGSrPkkClJW/V=")],
            vec![header("")],
            vec![header("é")],
            vec![header(VECTOR), header(VECTOR)],
        ] {
            assert_eq!(adapter.verify(&delivery(&wrong, &body), now), Err(Rejection::signature()), "{wrong:?}");
        }
        assert_eq!(adapter.verify(&delivery(&signed, b"{\"events\":[ ]}"), now), Err(Rejection::signature()));
        let none = adapter.verify(&delivery(&[], &body), now);
        assert_eq!(none, if strict { Err(Rejection::signature()) } else { Ok(Trust::Unverified) });
    }
}

#[test]
fn it_can_do_what_a_bot_can() {
    let can = adapter_of("https://h", "s", false).capabilities();
    assert!(can.send && can.webhook && can.local && can.is_bot && can.attach && can.quick_replies && can.people);
    assert!(!can.start && !can.stream && !can.list && !can.history && !can.requests);
}
