//! The access token: asked for, borne, renewed, refused.

use base64::Engine as _;

use super::*;

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
        let settings = Settings::new(SPEC.platform)
            .with("base_url", base_url)
            .with("client_id", "id")
            .with("client_secret", SecretRef::Env("KEY".to_owned()));
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

/// The same with a secret and an id of one's own.
fn adapter_with(url: &str, id: &str, secret: &'static str) -> Arc<dyn Adapter> {
    let settings = Settings::new(SPEC.platform)
        .with("base_url", url)
        .with("client_id", id)
        .with("client_secret", SecretRef::Env("KEY".to_owned()));
    let http = Http::new(|| Timestamp::from_millis(NOW));
    let opened = Eko::open(&ChannelName::new("frontline"), &settings, &http, &|_| Ok(Secret::new(secret)));
    Arc::new(opened.unwrap())
}

#[tokio::test]
async fn credentials_are_form_encoded_in_the_header_where_both_other_ways_are_refused() {
    let no = || json("401 No", r#"{"error":"invalid_client"}"#);
    let short = json("200 OK", r#"{"access_token":"t","expires_in":"60"}"#);
    let server = TestServer::start(vec![no(), no(), short.clone(), success(), short, success()]).await;
    let adapter = adapter_with(&server.url(), "my id:1", "s3cret/+é%");
    for _ in 0..2 {
        adapter.send(&outgoing("u:u1", "hi")).await.unwrap();
    }
    let requests = server.requests();
    let basic =
        |pair: &str| format!("authorization: Basic {}\r\n", base64::engine::general_purpose::STANDARD.encode(pair));
    assert!(requests[0].contains(&basic("my id:1:s3cret/+é%")), "{}", requests[0]);
    assert!(body(&requests[1]).ends_with("&client_id=my+id%3A1&client_secret=s3cret%2F%2B%C3%A9%25"));
    let encoded = basic("my+id%3A1:s3cret%2F%2B%C3%A9%25");
    assert!(requests[2].contains(&encoded) && requests[4].contains(&encoded), "and from then on: {}", requests[2]);
    assert_eq!(requests.len(), 6);

    // Where all are refused, what the first came to is told, and no spelling of the secret with it.
    let quoted = r#"{"error":"invalid_client","error_description":"bXkraWQlM0ExOnMzY3JldCUyRiUyQiVDMyVBOSUyNQ== s3cret%2F%2B%C3%A9%25 s3cret/+é%"}"#;
    let server = TestServer::start(vec![json("401 No", quoted), no(), no()]).await;
    let error =
        adapter_with(&server.url(), "my id:1", "s3cret/+é%").send(&outgoing("u:u1", "hi")).await.err().unwrap();
    is(&error, Outcome::Refused, Kind::Unauthorized);
    assert!(error.failure.message.ends_with("(401): invalid_client: [secret] [secret] [secret]"), "{error}");
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn what_is_not_the_credentials_fault_is_told_as_what_it_is() {
    for (status, code, words) in [
        ("400 Bad Request", "invalid_scope", "does not grant this client the scope bot (400)"),
        ("401 Unauthorized", "unauthorized_client", "by its own credentials (401)"),
        ("400 Bad Request", "unsupported_grant_type", "gives no access for a client's credentials (400)"),
    ] {
        let told = format!(r#"{{"error":"{code}","error_description":"ask Ann"}}"#);
        let (server, adapter) = serve(vec![json(status, &told)]).await;
        let error = adapter.send(&outgoing("u:u1", "hi")).await.err().unwrap();
        is(&error, Outcome::Refused, Kind::Unauthorized);
        assert!(error.failure.message.contains(words), "{error}");
        assert!(error.failure.message.ends_with(&format!(": {code}: ask Ann")), "{error}");
        assert!(error.failure.hint.unwrap().contains("were taken"));
        assert_eq!(server.requests().len(), 1, "no other way of giving them helps");
        // Also where another way brought it.
        let no = json("401 No", r#"{"error":"invalid_client"}"#);
        let (_server, adapter) = serve(vec![no, json(status, &told)]).await;
        let error = adapter.send(&outgoing("u:u1", "hi")).await.err().unwrap();
        assert!(error.failure.message.contains(words), "{error}");
    }
}
