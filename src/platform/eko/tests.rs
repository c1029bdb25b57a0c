//! The adapter against a raw server: what it asks to the byte, how it keeps its access, and what each answer means.

use std::sync::Arc;

use futures_util::future::join_all;
use tokio::net::TcpListener;

use super::super::{Answer, Upload, registry};
use super::*;
use crate::domain::{Channel, ConversationId, ReplyHandle, Settings};
use crate::http::{Step, TestServer};

const JSON: &str = "content-type: application/json\r\n";
const NOW: i64 = 1_000_000;
const BOUNDARY: &str = "----patchcord-0000000000000000";

fn adapter_of(url: &str, secret: &'static str, require_signature: bool) -> Arc<dyn Adapter> {
    let settings = crate::domain::Eko {
        base_url: url.to_owned(),
        client_id: "id".to_owned(),
        client_secret: SecretRef::Env("KEY".to_owned()),
        require_signature,
        webhook_key: None,
    };
    let channel = Channel {
        name: ChannelName::new("frontline"),
        settings: Settings::Eko(settings),
        allow_http: false,
        rules: Vec::new(),
    };
    let http = Http::new(|| Timestamp::from_millis(NOW));
    registry::open(&channel, &http, &|_| Ok(Secret::new(secret))).unwrap()
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
async fn access_is_asked_for_as_documented_and_borne_by_each_call() {
    let server = TestServer::start(vec![token("tok-1"), success(), success()]).await;
    let adapter = adapter_of(&format!("{}/sub", server.url()), "s3cret-key", false);
    for _ in 0..2 {
        adapter.send(&outgoing("u:u1", "hi")).await.unwrap();
    }
    let requests = server.requests();
    assert!(requests[0].starts_with("POST /sub/oauth/token HTTP/1.1\r\n"), "{}", requests[0]);
    assert!(requests[0].contains("authorization: Basic aWQ6czNjcmV0LWtleQ==\r\n"), "{}", requests[0]);
    assert!(requests[0].contains("content-type: application/x-www-form-urlencoded\r\n"), "{}", requests[0]);
    assert_eq!(body(&requests[0]), "grant_type=client_credentials&scope=bot");
    for request in &requests[1..] {
        assert!(request.starts_with("POST /sub/bot/v1/direct/message HTTP/1.1\r\n"), "{request}");
        assert!(request.contains("authorization: Bearer tok-1\r\n"), "{request}");
    }
    assert_eq!(requests.len(), 3);
}

#[tokio::test]
async fn credentials_go_into_the_form_where_the_header_is_refused_and_from_then_on() {
    for status in ["400 Bad Request", "401 Unauthorized"] {
        // A token that ends within a minute is fetched again for the next call.
        let short = json("200 OK", r#"{"access_token":"t","expires_in":"60"}"#);
        let (server, adapter) =
            serve(vec![json(status, r#"{"error":"invalid_client"}"#), short.clone(), success(), short, success()])
                .await;
        for _ in 0..2 {
            adapter.send(&outgoing("u:u1", "hi")).await.unwrap();
        }
        let requests = server.requests();
        let form = "grant_type=client_credentials&scope=bot&client_id=id&client_secret=s3cret-key";
        assert_eq!([body(&requests[1]), body(&requests[3])], [form, form]);
        assert!(!requests[1].contains("authorization:") && !requests[3].contains("authorization:"));
        assert_eq!(requests.len(), 5);
    }
}

#[tokio::test]
async fn fifty_at_once_need_one_token() {
    let mut scripts = vec![token("tok-1")];
    scripts.extend(std::iter::repeat_n(success(), 50));
    let (server, adapter) = serve(scripts).await;
    let one = outgoing("u:u1", "hi");
    let sent = join_all((0..50).map(|_| adapter.send(&one))).await;
    assert!(sent.iter().all(Result::is_ok));
    let asked = lines(&server).iter().filter(|line| *line == "POST /oauth/token").count();
    assert_eq!((asked, server.requests().len()), (1, 51));

    // The same where it is refused: whoever waited for it is told the same.
    let (server, adapter) = serve(vec![json("401 No", r#"{"error":"s3cret-key aWQ6czNjcmV0LWtleQ=="}"#); 2]).await;
    for error in join_all((0..50).map(|_| adapter.send(&one))).await.into_iter().map(Result::err) {
        let error = error.unwrap();
        is(&error, Outcome::Refused, Kind::Unauthorized);
        assert!(error.failure.message.ends_with("(401): [secret] [secret]"), "{error}");
        assert!(error.failure.hint.unwrap().contains("client_secret of the channel frontline"));
    }
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn refused_access_is_renewed_once_and_the_call_made_once_more() {
    let (server, adapter) = serve(vec![token("old"), json("401 No", ""), token("new"), success(), success()]).await;
    for _ in 0..2 {
        adapter.send(&outgoing("u:u1", "hi")).await.unwrap();
    }
    let requests = server.requests();
    assert!(requests[1].contains("Bearer old\r\n") && requests[3].contains("Bearer new\r\n"));
    assert!(requests[4].contains("Bearer new\r\n"));
    assert_eq!(body(&requests[1]), body(&requests[3]));

    let twice =
        vec![token("old"), json("401 No", ""), token("new"), json("401 No", r#"{"message":"new s3cret-key"}"#)];
    let (server, adapter) = serve(twice).await;
    let error = adapter.send(&outgoing("u:u1", "hi")).await.err().unwrap();
    is(&error, Outcome::Refused, Kind::Unauthorized);
    assert!(error.failure.message.ends_with(": [secret] [secret]"), "{error}");
    assert_eq!(server.requests().len(), 4);
}

fn tokens(server: &TestServer) -> Tokens {
    let words = Words { unauthorized: String::new(), not_found: String::new(), busy: "" };
    let secret = Secret::new("s3cret-key");
    let base = Address::parse(&server.url()).unwrap();
    let peer = Arc::new(Peer { host: base.host(), secret: secret.clone(), words });
    Tokens::new(&Http::new(|| Timestamp::from_millis(NOW)), &base, "id", &secret, &peer).unwrap()
}

#[tokio::test]
async fn a_token_that_was_refused_takes_no_newer_one_with_it() {
    let server = TestServer::start(vec![token("old"), token("new")]).await;
    let tokens = tokens(&server);
    let old = tokens.get().await.unwrap();
    tokens.forget(&old).await;
    let new = format!("{:?}", tokens.get().await.unwrap().taken_out_of("new old"));
    assert_eq!(new, "\"[secret] old\"");
    // Another call, which had the old one as well, hears of it only now.
    tokens.forget(&old).await;
    tokens.get().await.unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_fetch_that_is_given_up_leaves_the_next_one_free() {
    let server = TestServer::start(vec![vec![Step::Hang], token("tok")]).await;
    let tokens = tokens(&server);
    let asked = async {
        while server.requests().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = tokens.get() => panic!("an answer"),
        () = asked => {}
    }
    tokens.get().await.unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn settings_that_cannot_work_are_refused_before_any_call() {
    let open = |base_url: &str, secret: Result<&'static str, Failure>| {
        let settings = crate::domain::Eko {
            base_url: base_url.to_owned(),
            client_id: "id".to_owned(),
            client_secret: SecretRef::Env("KEY".to_owned()),
            require_signature: false,
            webhook_key: None,
        };
        let http = Http::new(|| Timestamp::from_millis(NOW));
        Eko::open(&ChannelName::new("frontline"), &settings, &http, &|_| secret.clone().map(Secret::new)).err()
    };
    let failure = open("ftp://h", Ok("s")).unwrap();
    assert!(failure.kind == Kind::Config && failure.hint.unwrap().contains("base_url"));
    let missing = Failure::new(Kind::Config, "KEY is not set");
    assert_eq!(open("https://h", Err(missing.clone())), Some(missing));
    assert_eq!(open("https://h", Ok("any\nsecret")), None);
}

#[tokio::test]
async fn without_access_the_message_was_not_sent() {
    let table = [
        (json("500 Internal", ""), Outcome::NotSent, Kind::Platform),
        (
            Step::kept("429 Busy", "retry-after: 3\r\n", ""),
            Outcome::Busy { retry_after_ms: Some(3_000) },
            Kind::RateLimited,
        ),
        (json("503 Busy", ""), Outcome::Busy { retry_after_ms: None }, Kind::Platform),
        (json("403 No", ""), Outcome::Refused, Kind::Unauthorized),
        (json("404 None", ""), Outcome::Refused, Kind::NotFound),
        (vec![Step::Reset], Outcome::NotSent, Kind::Network),
        (json("200 OK", "<html>"), Outcome::Refused, Kind::Platform),
        (json("200 OK", "{\"access_token\":\"\"}"), Outcome::Refused, Kind::Platform),
        (json("200 OK", "{\"access_token\":\"two\\nlines\"}"), Outcome::Refused, Kind::Platform),
    ];
    for (script, outcome, kind) in table {
        let (server, adapter) = serve(vec![script]).await;
        is(&adapter.send(&outgoing("u:u1", "hi")).await.err().unwrap(), outcome, kind);
        assert_eq!(lines(&server), ["POST /oauth/token"]);
    }
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let adapter = adapter_of(&format!("http://127.0.0.1:{port}"), "s3cret-key", false);
    is(&adapter.send(&outgoing("u:u1", "hi")).await.err().unwrap(), Outcome::NotSent, Kind::Network);
}

#[tokio::test]
async fn each_status_means_what_it_should_for_a_message() {
    let table = [
        ("400 Bad Request", Outcome::Refused, Kind::Invalid),
        ("403 Forbidden", Outcome::Refused, Kind::Unauthorized),
        ("404 Not Found", Outcome::Refused, Kind::NotFound),
        ("409 Conflict", Outcome::Refused, Kind::Failed),
        ("413 Too Large", Outcome::Refused, Kind::Failed),
        ("418 Teapot", Outcome::Refused, Kind::Failed),
        ("429 Too Many", Outcome::Busy { retry_after_ms: None }, Kind::RateLimited),
        ("500 Internal", Outcome::Unknown, Kind::Platform),
        ("503 Unavailable", Outcome::Unknown, Kind::Platform),
    ];
    for (status, outcome, kind) in table {
        let (server, adapter) = serve(vec![token("t0k"), json(status, r#"{"message":"because t0k"}"#)]).await;
        let error = adapter.send(&outgoing("u:u1", "hi")).await.err().unwrap();
        is(&error, outcome, kind);
        assert!(error.failure.message.ends_with(": because [secret]"), "{error}");
        assert_eq!(server.requests().len(), 2);
    }
    // Nobody documents the body of an error: plain text was seen.
    for (body, said) in [("no such t0k,\nAnn", ": no such [secret], Ann"), ("<p>no</p>", "(400)"), ("", "(400)")] {
        let (_server, adapter) = serve(vec![token("t0k"), Step::response("400 Bad", "text/plain", body)]).await;
        let error = adapter.send(&outgoing("u:u1", "hi")).await.err().unwrap();
        assert!(error.failure.message.ends_with(said), "{error}");
    }
    for fault in [Step::Reset, Step::Close] {
        let (server, adapter) = serve(vec![token("t"), vec![fault]]).await;
        is(&adapter.send(&outgoing("u:u1", "hi")).await.err().unwrap(), Outcome::Unknown, Kind::UnknownDelivery);
        assert_eq!(server.requests().len(), 2);
    }
    let table = [
        ("", true),
        ("{}", true),
        ("{\"status\":\"success\",\"message\":{\"id\":\"m\"}}", true),
        ("{\"status\":\"OK\"}", true),
        ("{\"status\":200}", true),
        ("{\"status\":\"error\"}", false),
        ("{\"status\":500}", false),
        ("{\"error\":\"no\"}", false),
        ("<html>", false),
        ("{\"status\":", false),
    ];
    for (answer, good) in table {
        let (_server, adapter) = serve(vec![token("t"), json("200 OK", answer)]).await;
        let sent = adapter.send(&outgoing("u:u1", "hi")).await;
        assert_eq!(sent.is_ok(), good, "{answer}");
        let error = sent.err().map(|error| error.outcome);
        assert!(error.is_none_or(|o| matches!(o, Outcome::Unknown | Outcome::Accepted)), "{answer}");
    }
}

#[tokio::test]
async fn a_message_is_pushed_to_a_person_or_a_topic() {
    let files = vec![file("é\".png", "image/png", "PNG"), file("b.pdf", "application/pdf", "PDF")];
    let table = [
        (
            "u:u%3A1",
            r#"{"uid":"u:1","message":{"type":"text","data":"hi \"é\""}}"#,
            vec![part("uid", "u:1")],
            "direct",
        ),
        (
            "g:g1:",
            r#"{"gid":"g1","tid":"","message":{"type":"text","data":"hi \"é\""}}"#,
            vec![part("gid", "g1"), part("tid", "")],
            "group",
        ),
    ];
    for (conversation, text, fields, whom) in table {
        let (server, adapter) = serve(vec![token("t"), success(), json("200 OK", ""), success()]).await;
        let message = Outgoing { attach: files.clone(), ..outgoing(conversation, "hi \"é\"") };
        let sent = adapter.send(&message).await.unwrap();
        assert!(matches!(sent.answer, Answer::Later) && sent.via == Some("push"));
        assert_eq!(sent.conversation.unwrap().as_str(), conversation);
        let expected: Vec<_> =
            ["message", "picture", "file"].iter().map(|what| format!("POST /bot/v1/{whom}/{what}")).collect();
        assert_eq!(lines(&server)[1..], expected);
        let requests = server.requests();
        assert!(requests[1].contains("content-type: application/json\r\n"));
        assert_eq!(body(&requests[1]), text);
        let multipart = format!("content-type: multipart/form-data; boundary={BOUNDARY}\r\n");
        assert!(requests[2].contains(&multipart) && requests[3].contains(&multipart));
        let with = |file: String| form(&[fields.clone(), vec![file]].concat());
        assert_eq!(body(&requests[2]), with(file_part("é%22.png", "image/png", "PNG")));
        assert_eq!(body(&requests[3]), with(file_part("b.pdf", "application/pdf", "PDF")));
    }
}

#[tokio::test]
async fn a_living_reply_token_answers_and_what_follows_is_pushed() {
    let (server, adapter) = serve(vec![token("t"), json("200 OK", ""), success()]).await;
    let message = Outgoing { attach: vec![file("a.png", "image/png", "P")], ..answering("u:u1", "hi", NOW + 1) };
    assert_eq!(adapter.send(&message).await.unwrap().via, Some("reply"));
    assert_eq!(lines(&server)[1..], ["POST /bot/v1/message/text", "POST /bot/v1/direct/picture"]);
    assert_eq!(body(&server.requests()[1]), form(&[part("message", "hi"), part("replyToken", "rt-1")]));

    let (server, adapter) = serve(vec![token("t"), json("200 OK", "")]).await;
    let message = Outgoing { attach: vec![file("a.png", "image/png", "P")], ..answering("u:u1", " ", NOW + 1) };
    assert_eq!(adapter.send(&message).await.unwrap().via, Some("reply"));
    let picture = form(&[part("replyToken", "rt-1"), file_part("a.png", "image/png", "P")]);
    assert_eq!(
        (lines(&server)[1].as_str(), body(&server.requests()[1])),
        ("POST /bot/v1/message/picture", &*picture)
    );

    let (server, adapter) = serve(vec![token("t"), json("200 OK", "")]).await;
    let choices = vec!["Yes".to_owned(), "No".to_owned()];
    let message = Outgoing { quick_replies: choices, ..answering("g:g:t", "ok?", NOW + 1) };
    assert_eq!(adapter.send(&message).await.unwrap().via, Some("reply"));
    assert_eq!(lines(&server)[1], "POST /bot/v1/message/quickreply");
    let expected = concat!(
        r#"{"replyToken":"rt-1","message":{"data":"ok?","meta":{"quickreply":{"template":"default","items":["#,
        r#"{"type":"label","value":"Yes","data":{"text":"Yes"}},{"type":"label","value":"No","data":{"text":"No"}}"#,
        "]}}}}"
    );
    assert_eq!(body(&server.requests()[1]), expected);

    // There is no direct answer with a file.
    let (server, adapter) = serve(vec![token("t"), success()]).await;
    let message = Outgoing { attach: vec![file("b.pdf", "text/plain", "P")], ..answering("u:u1", "", NOW + 1) };
    assert_eq!(adapter.send(&message).await.unwrap().via, Some("push"));
    assert_eq!(lines(&server)[1..], ["POST /bot/v1/direct/file"]);
}

#[tokio::test]
async fn a_reply_token_past_its_life_is_never_used() {
    for expires in [NOW, NOW - 1, 0] {
        let (server, adapter) = serve(vec![token("t"), success()]).await;
        assert_eq!(adapter.send(&answering("u:u1", "hi", expires)).await.unwrap().via, Some("push"));
        assert_eq!(lines(&server)[1..], ["POST /bot/v1/direct/message"]);
    }
}

#[tokio::test]
async fn a_refused_reply_token_is_made_up_for_by_a_push() {
    for status in ["400 Bad", "404 None", "410 Gone"] {
        let (server, adapter) = serve(vec![token("t"), json(status, ""), success()]).await;
        assert_eq!(adapter.send(&answering("u:u1", "hi", NOW + 1)).await.unwrap().via, Some("push"));
        assert_eq!(lines(&server)[1..], ["POST /bot/v1/message/text", "POST /bot/v1/direct/message"]);
        let (server, adapter) = serve(vec![token("t"), json(status, "")]).await;
        let message = Outgoing { quick_replies: vec!["a".to_owned()], ..answering("u:u1", "hi", NOW + 1) };
        let error = adapter.send(&message).await.err().unwrap();
        assert_eq!((error.outcome, server.requests().len()), (Outcome::Refused, 2));
        assert!(error.failure.hint.unwrap().contains("without answers"));
    }
    let table = [("500 Internal", Outcome::Unknown), ("403 No", Outcome::Refused)];
    for (status, outcome) in table {
        let (server, adapter) = serve(vec![token("t"), json(status, "")]).await;
        let error = adapter.send(&answering("u:u1", "hi", NOW + 1)).await.err().unwrap();
        assert_eq!((error.outcome, server.requests().len()), (outcome, 2), "{status}");
    }
}

#[tokio::test]
async fn what_went_through_and_what_did_not_is_told() {
    let message = Outgoing {
        attach: vec![file("a.png", "image/png", "P"), file("b.pdf", "text/plain", "P")],
        ..outgoing("u:u1", "hi")
    };
    let told = async |script: Vec<Vec<Step>>| {
        let (server, adapter) = serve([vec![token("t")], script].concat()).await;
        let error = adapter.send(&message).await.err().unwrap();
        (error, server.requests().len() - 1)
    };
    let table = [
        (
            vec![success(), json("413 Too Large", "")],
            "the text was sent; the file a.png was not; the file b.pdf was not tried (",
        ),
        (
            vec![success(), success(), json("429 Busy", "")],
            "the text and the file a.png were sent; the file b.pdf was not (",
        ),
        (
            vec![success(), json("500 Internal", "")],
            "the text was sent; whether the file a.png was sent is not known; the file b.pdf was not tried (",
        ),
        (
            vec![vec![Step::Reset]],
            "whether the text was sent is not known; the file a.png and the file b.pdf were not tried (",
        ),
        (
            vec![success(), success(), json("200 OK", "<html>")],
            "the text and the file a.png were sent; the file b.pdf was taken, but its answer can't be read (",
        ),
    ];
    for (script, expected) in table {
        let calls = script.len();
        let (error, made) = told(script).await;
        is(&error, Outcome::Unknown, Kind::UnknownDelivery);
        assert!(error.failure.message.starts_with(expected), "{error}");
        assert_eq!(made, calls);
    }
    // Nothing went through: this is a plain refusal.
    let (error, made) = told(vec![json("400 Bad", "")]).await;
    is(&error, Outcome::Refused, Kind::Invalid);
    assert_eq!(made, 1);
}

#[tokio::test]
async fn what_can_not_go_out_is_refused_before_anything_does() {
    let (server, adapter) = serve(vec![]).await;
    let url = Outgoing { attach: vec![Upload::Url("https://x".to_owned())], ..outgoing("u:u1", "hi") };
    let table = [
        (Outgoing { conversation: None, ..outgoing("u:u1", "hi") }, "people write first"),
        (outgoing("conv_1", "hi"), "no conversation of the channel frontline"),
        (outgoing("u:a:b", "hi"), "no conversation of the channel"),
        (outgoing("u:u1", " \n"), "nothing to send"),
        (Outgoing { quick_replies: vec!["a".to_owned()], ..outgoing("u:u1", "") }, "need a text"),
        (url, "files only"),
    ];
    for (message, why) in table {
        let error = adapter.send(&message).await.err().unwrap();
        is(&error, Outcome::Refused, Kind::Invalid);
        assert!(error.failure.message.contains(why), "{error}");
    }
    assert!(server.requests().is_empty());
    let (server, adapter) = serve(vec![token("t")]).await;
    let message = Outgoing { quick_replies: vec!["a".to_owned()], ..outgoing("u:u1", "hi") };
    is(&adapter.send(&message).await.err().unwrap(), Outcome::Refused, Kind::Invalid);
    assert_eq!(server.requests().len(), 1);
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
