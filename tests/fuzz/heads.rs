//! Heads of requests as nobody should send them, over real connections to the real listener: it never fails of one, takes
//! no second request out of one, and goes on.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use crate::mutate::{self, Chance};
use crate::support::command::Call;
use crate::support::home::Home;
use crate::support::hooks::{Poster, free_port, klaunch};
use crate::support::setting::{seed, setting};

/// What heads are made of.
const WORDS: &[&str] = &[
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    ": ",
    " ",
    "\t",
    "\0",
    "POST",
    "GET",
    "post",
    "HTTP/1.1",
    "HTTP/1.0",
    "HTTP/2.0",
    "Content-Length: 2\r\n",
    "Content-Length: -1\r\n",
    "Content-Length: 99999999999999999999\r\n",
    "Content-Length : 2\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: identity\r\n",
    "transfer-encoding:\u{b}chunked\r\n",
    "0\r\n\r\n",
    "2\r\n{}\r\n",
    "ffffffffffffffff\r\n",
    "Expect: 100-continue\r\n",
    "Upgrade: h2c\r\n",
    "Connection: close\r\n",
    "Connection: keep-alive\r\n",
    "Host: a\r\nHost: b\r\n",
    "Host: 127.0.0.1\r\n",
    "Origin: https://a\r\n",
    " folded: a\r\n",
    "Content-Encoding: gzip\r\n",
    "Content-Type: text/html\r\n",
    "http://127.0.0.1/hooks/flow/the-key",
    "/hooks/../",
    "%2e%2e",
    "/hooks/flow/the-key",
    "?a=b",
    "#",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
];

/// Whole requests to begin with: a right one, one in chunks, two in one, one without an end.
fn known(port: u16) -> Vec<Vec<u8>> {
    let head =
        format!("POST /hooks/flow/the-key HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n");
    [
        format!("{head}Content-Length: 2\r\n\r\n{{}}"),
        format!("{head}Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n"),
        format!("{head}Content-Length: 2\r\n\r\n{{}}{head}Content-Length: 2\r\n\r\n{{}}"),
        format!("{head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{head}\r\n"),
        format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"),
        head,
    ]
    .map(String::into_bytes)
    .to_vec()
}

#[test]
fn heads_that_nobody_should_send_are_refused_and_no_more() {
    let (home, port) = (Home::new(), free_port());
    home.configure(&format!(
        "[[channels]]\nname = \"flow\"\nplatform = \"klaunch\"\nsend_url = \"http://127.0.0.1:9/send\"\n\
         channel_id = \"c\"\ntoken = \"t\"\nwebhook_key = \"the-key\"\n[listener]\nbind = \"127.0.0.1:{port}\"\n"
    ));
    let mut listen = Call::new(&home, &["listen", "--json"]).start();
    listen.wait_output("the listener", |text| text.contains("\"event\":\"listening\""));
    let address = format!("127.0.0.1:{port}");
    let seed = seed("heads");
    let count = setting("FUZZ_HEADS", 600);
    let (mut chance, known, mut answers) = (Chance::new(seed), known(port), 0);
    for at in 0..count {
        let input = known.get(at).cloned().unwrap_or_else(|| mutate::next(&mut chance, &known, WORDS));
        let answer = exchange(&address, &input);
        for status in statuses(&answer) {
            answers += 1;
            let right = matches!(status, 100 | 200..=299 | 400..=499);
            assert!(right, "{status} for b\"{}\"", input.escape_ascii());
        }
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1."), "{}", answer.escape_ascii());
    }
    let mut honest = Poster::connect(&address).expect("it still listens");
    let body = klaunch("c", 1, "after all of it", 1).to_string();
    let answer = honest.post("/hooks/flow/the-key", &[], body.as_bytes()).expect("an answer");
    assert_eq!(answer.status, 200, "{answer:?}");
    listen.wait_output("the honest one", |text| text.contains("after all of it"));
    println!("PASS fuzz_heads n={count} answers={answers} failures=0 seed={seed}");
}

/// Sends it, ends the sending side, and reads what comes until the other side ends, too.
fn exchange(address: &str, input: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a time to wait");
    // A refusal may come, and end the connection, before all is sent.
    let _ = stream.write_all(input);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return answer,
            Ok(read) => answer.extend_from_slice(&buffer[..read]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return answer,
            Err(error) => panic!("{error}: nothing came for b\"{}\"", input.escape_ascii()),
        }
    }
}

/// The statuses of all answers there.
fn statuses(answer: &[u8]) -> Vec<u16> {
    let text = String::from_utf8_lossy(answer);
    text.match_indices("HTTP/1.").filter_map(|(at, _)| text.get(at + 9..at + 12)?.parse().ok()).collect()
}
