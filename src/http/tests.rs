//! The client against raw sockets: what is sent, what leaves at all, and what each fault is called.

use std::time::Duration;

use tokio::net::TcpListener;

use super::{Address, Cause, Header, Http, HttpError, Method, Reach, Request, Response, Step, TestServer};
use crate::domain::{Secret, Timestamp};

const SHORT: Duration = Duration::from_millis(500);
const LONG: Duration = Duration::from_secs(20);

fn http() -> Http {
    Http::new(|| Timestamp::parse_rfc3339("2026-01-01T00:00:00Z").expect("valid"))
}

fn post(url: &str) -> Request {
    Request::new(Method::Post, Address::parse(url).expect("a url"))
}

async fn answer(script: Vec<Step>) -> Result<Response, HttpError> {
    let server = TestServer::start(vec![script]).await;
    http().send(post(&server.url())).await
}

#[tokio::test]
async fn a_request_goes_out_as_it_was_made() {
    let server = TestServer::start(vec![Step::kept("200 OK", "content-type: Text/Plain; x=y\r\n", "hi")]).await;
    let secret = Header::secret("x-key", &Secret::new("s3cret")).unwrap();
    let address = Address::parse(&server.url()).unwrap().join(&["a b", "c"]).unwrap();
    let request = Request::new(Method::Put, address).header(secret).body("{\"a\":1}");
    let mut response = http().send(request).await.unwrap();
    assert_eq!((response.status(), response.content_type().as_str()), (200, "text/plain"));
    assert_eq!(response.bytes(10, LONG).await.unwrap(), "hi");
    let seen = server.requests().remove(0);
    assert!(seen.starts_with("PUT /a%20b/c HTTP/1.1\r\n"), "{seen}");
    assert!(seen.ends_with("\r\n\r\n{\"a\":1}") && seen.contains("x-key: s3cret\r\n"), "{seen}");
    assert!(seen.contains("user-agent: patchcord/") && seen.contains("content-length: 7\r\n"), "{seen}");
    assert!(
        !seen.to_ascii_lowercase().contains("cookie") && seen.contains("accept-encoding: identity\r\n"),
        "{seen}"
    );
}

#[tokio::test]
async fn connections_are_kept_and_a_warm_client_serves_clones() {
    let ok = || Step::kept("200 OK", "", "x");
    let mut server = TestServer::start(vec![ok(), ok()]).await;
    let http = http();
    http.warm().await;
    for client in [http.clone(), http.clone()] {
        client.send(post(&server.url())).await.unwrap().bytes(9, LONG).await.unwrap();
    }
    drop(http);
    assert_eq!((server.requests().len(), server.connections()), (2, 1));
    server.ended(1).await;
}

#[tokio::test]
async fn nobody_listening_and_no_such_name_left_nothing() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let error = http().send(post(&format!("http://127.0.0.1:{port}/?q=hidden"))).await.unwrap_err();
    assert!(matches!(&error, HttpError::Connect { cause: Cause::Refused, .. }), "{error:?}");
    assert_eq!(error.reach(), Reach::NotSent);
    assert_eq!(error.to_string(), format!("127.0.0.1:{port} refused the connection"));
    assert!(!format!("{error:?}").contains("hidden"));

    let error = http().send(post("http://no-such-host.invalid/")).await.unwrap_err();
    // A machine whose resolver is out of reach takes the other way to the same end.
    assert!(matches!(&error, HttpError::Connect { cause: Cause::Dns | Cause::Slow, .. }), "{error:?}");
    assert!(error.to_string().contains("no-such-host.invalid") && error.reach() == Reach::NotSent, "{error}");
}

#[tokio::test]
async fn a_server_without_tls_is_never_sent_the_request() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let plain = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut hello = [0; 2048];
        let read = socket.read(&mut hello).await.unwrap();
        socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        String::from_utf8_lossy(&hello[..read]).into_owned()
    });
    let request = post(&format!("https://127.0.0.1:{port}/secret-path"));
    let error = http().send(request).await.unwrap_err();
    assert_eq!(error.reach(), Reach::NotSent, "{error:?}");
    assert!(matches!(&error, HttpError::Connect { cause: Cause::Tls(_), .. }), "{error:?}");
    assert!(!plain.await.unwrap().contains("secret-path"));
}

#[tokio::test]
async fn silence_a_reset_an_end_and_garbage_may_have_been_processed() {
    let mut server = TestServer::start(vec![vec![Step::Hang]]).await;
    let error = http().send(post(&server.url()).first_byte(SHORT)).await.unwrap_err();
    assert!(matches!(error, HttpError::NoAnswer { .. }), "{error:?}");
    assert!(error.to_string().ends_with("did not answer within 500 ms"), "{error}");
    assert_eq!((error.reach(), server.requests().len()), (Reach::Left, 1));
    server.ended(1).await;

    let garbage = vec![Step::Write(b"\x16\x03 not http\r\n\r\n".to_vec()), Step::Close];
    let half = vec![Step::Write(b"HTTP/1.1 200 OK\r\ncontent-ty".to_vec()), Step::Close];
    for script in [vec![Step::Reset], vec![Step::Close], garbage, half] {
        let server = TestServer::start(vec![script.clone()]).await;
        let error = http().send(post(&server.url())).await.unwrap_err();
        assert!(matches!(error, HttpError::Broken { .. }), "{script:?}: {error:?}");
        assert_eq!((error.reach(), server.requests().len()), (Reach::Left, 1));
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let target = TestServer::start(vec![]).await;
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let headers = format!("location: {}/elsewhere?key=1\r\n", target.url());
        let error = answer(Step::kept(status, &headers, "")).await.unwrap_err();
        assert_eq!(error.reach(), Reach::Answered);
        assert!(error.to_string().contains("redirected to 127.0.0.1;"), "{error}");
    }
    let error = answer(Step::kept("302 Found", "", "")).await.unwrap_err();
    assert!(error.to_string().contains("redirected to nowhere"), "{error}");
    assert!(target.requests().is_empty());
}

#[tokio::test]
async fn a_body_is_bounded_in_bytes_and_time() {
    let mut fits = answer(Step::response("200 OK", "text/plain", "12345")).await.unwrap();
    assert_eq!(fits.bytes(5, LONG).await.unwrap(), "12345");
    let mut announced = answer(Step::kept("200 OK", "", "123456")).await.unwrap();
    assert!(matches!(announced.bytes(5, LONG).await, Err(HttpError::TooBig { limit: 5, .. })));
    let mut endless = answer(Step::response("200 OK", "text/plain", &"x".repeat(100_000))).await.unwrap();
    assert!(matches!(endless.bytes(5, LONG).await, Err(HttpError::TooBig { .. })));

    let head = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf";
    let mut cut = answer(vec![Step::Write(head.into()), Step::Close]).await.unwrap();
    let error = cut.bytes(99, LONG).await.unwrap_err();
    assert!(matches!(error, HttpError::BodyCut { .. }) && error.reach() == Reach::Answered, "{error:?}");

    let server = TestServer::start(vec![vec![Step::Write(head.into()), Step::Hang]]).await;
    let mut slow = http().send(post(&server.url())).await.unwrap();
    assert!(matches!(slow.bytes(99, SHORT).await, Err(HttpError::BodySlow { .. })));
}

#[tokio::test]
async fn a_body_comes_in_pieces_as_the_network_gives_them() {
    let mut script = vec![Step::Write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec())];
    script.extend(["1\r\na\r\n", "2\r\nbc\r\n", "0\r\n\r\n"].map(|s| Step::Write(s.into())));
    let server = TestServer::start(vec![script]).await;
    let mut response = http().send(post(&server.url())).await.unwrap();
    let mut text = Vec::new();
    while let Some(chunk) = response.chunk().await.unwrap() {
        text.extend_from_slice(&chunk);
    }
    assert_eq!(text, b"abc");
}

#[tokio::test]
async fn retry_after_is_read_against_the_servers_clock_or_ours() {
    let table = [
        ("retry-after: 7\r\n", Some(7_000)),
        ("retry-after: Thu, 01 Jan 2026 00:00:10 GMT\r\n", Some(10_000)),
        ("retry-after: Thu, 01 Jan 2026 00:00:10 GMT\r\ndate: Thu, 01 Jan 2026 00:00:06 GMT\r\n", Some(4_000)),
        ("retry-after: soon\r\n", None),
        ("retry-after: -3\r\n", None),
        ("", None),
    ];
    for (headers, expected) in table {
        let response = answer(Step::kept("429 Too Many", headers, "")).await.unwrap();
        assert_eq!((response.status(), response.retry_after_ms()), (429, expected), "{headers}");
    }
}

#[tokio::test]
async fn a_client_that_only_reads_refuses_the_rest_before_a_byte_leaves() {
    let ok = || Step::kept("200 OK", "", "x");
    let server = TestServer::start(vec![ok(), ok()]).await;
    let address = || Address::parse(&server.url()).unwrap();
    // Whatever is made of it refuses too, limits of its own included.
    let limits = crate::domain::Timeouts::default();
    for client in [http().reading_only(), http().reading_only().within(&limits)] {
        for method in [Method::Post, Method::Put, Method::Delete] {
            let error = client.send(Request::new(method, address())).await.unwrap_err();
            assert!(matches!(error, HttpError::ReadOnly { .. }) && error.reach() == Reach::NotSent, "{error:?}");
        }
    }
    assert_eq!((server.requests().len(), server.connections()), (0, 0), "nobody even connected");
    let client = http().reading_only();
    for request in [Request::new(Method::Get, address()), Request::new(Method::Post, address()).reading(true)] {
        client.send(request).await.unwrap().bytes(9, LONG).await.unwrap();
    }
    assert_eq!(server.requests().len(), 2);
}
