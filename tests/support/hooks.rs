//! A platform's side of a webhook: bodies, signatures, and a connection that posts one after the other.
//!
//! Owns one HTTP/1.1 client of the standard library that reads an answer to its end, so that what counts as
//! acknowledged was really read.
#![allow(dead_code, clippy::expect_used, clippy::missing_panics_doc, reason = "each test uses a part of the rig")]

use std::collections::hash_map::RandomState;
use std::fmt::Write as _;
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::{Error, ErrorKind, Read as _, Result, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use patchcord::domain::Secret;
use patchcord::signature::Signature;
use serde_json::{Value, json};

/// A port of loopback where nobody listens, below those that the system hands out by itself.
pub fn free_port() -> u16 {
    loop {
        let port = 12_000 + u16::try_from(RandomState::new().build_hasher().finish() % 20_000).expect("small");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its head.
    pub head: String,
    /// Its body.
    pub body: String,
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{self:?} is no JSON: {e}"))
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = |line: &&str| line.split_once(':').is_some_and(|(n, _)| n.trim().eq_ignore_ascii_case(name));
        self.head.lines().find(named).and_then(|line| line.split_once(':')).map(|(_, value)| value.trim())
    }
}

/// A connection that posts one webhook after the other.
pub struct Poster {
    stream: TcpStream,
    host: String,
    held: Vec<u8>,
}

impl Poster {
    /// Connects to `127.0.0.1:PORT`.
    pub fn connect(address: &str) -> Result<Self> {
        Self::waiting(address, Duration::from_secs(30))
    }

    /// The same, and waits no longer than that for an answer.
    pub fn waiting(address: &str, patience: Duration) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(patience))?;
        Ok(Self { stream, host: address.to_owned(), held: Vec::new() })
    }

    /// The port at this end.
    pub fn port(&self) -> u16 {
        self.stream.local_addr().expect("an address").port()
    }

    /// Posts JSON, and reads the answer.
    pub fn post(&mut self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer> {
        let json = [&[("content-type", "application/json")], headers].concat();
        self.request("POST", path, &json, body)
    }

    /// Sends any request with these headers, a `Host` unless there is one, and reads the answer.
    pub fn request(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer> {
        let mut head = format!("{method} {path} HTTP/1.1\r\ncontent-length: {}\r\n", body.len());
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            let _ = write!(head, "host: {}\r\n", self.host);
        }
        for (name, value) in headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        let mut bytes = (head + "\r\n").into_bytes();
        bytes.extend(body);
        self.stream.write_all(&bytes)?;
        self.answer()
    }

    /// Reads one answer to its end.
    fn answer(&mut self) -> Result<Answer> {
        let broken = |what: &str| Error::new(ErrorKind::InvalidData, what);
        let end = loop {
            if let Some(at) = self.held.windows(4).position(|w| w == b"\r\n\r\n") {
                break at + 4;
            }
            self.more()?;
        };
        let head = String::from_utf8_lossy(&self.held[..end]).into_owned();
        let status = head.get(9..12).and_then(|s| s.parse().ok()).ok_or_else(|| broken("no status"))?;
        let mut answer = Answer { status, head, body: String::new() };
        let length: usize = answer.header("content-length").and_then(|l| l.parse().ok()).unwrap_or(0);
        while self.held.len() < end + length {
            self.more()?;
        }
        answer.body = String::from_utf8_lossy(&self.held[end..end + length]).into_owned();
        self.held.drain(..end + length);
        Ok(answer)
    }

    fn more(&mut self) -> Result<()> {
        let mut buffer = [0; 16_384];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(read) => {
                    self.held.extend(&buffer[..read]);
                    return Ok(());
                }
                // A child of this process ended meanwhile: with a limit to its wait no read goes on by itself.
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// Posts JSON once, on a connection of its own.
#[track_caller]
pub fn post(url: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let (address, path) = split(url);
    let posted = Poster::connect(&address).and_then(|mut poster| poster.post(&path, headers, body));
    posted.unwrap_or_else(|e| panic!("{url} did not answer: {e}"))
}

/// Whether the listener is well. Its doors are open from its first moment on.
pub fn is_open(address: &str) -> bool {
    let asked = Poster::connect(address).and_then(|mut p| p.request("GET", "/healthz", &[], b""));
    asked.is_ok_and(|answer| answer.status == 200)
}

/// An `http://` URL's address, and its path.
pub fn split(url: &str) -> (String, String) {
    let rest = url.strip_prefix("http://").expect("an http:// URL");
    let at = rest.find('/').unwrap_or(rest.len());
    (rest[..at].to_owned(), rest[at..].to_owned())
}

/// The time as the platforms tell it.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970");
    u64::try_from(since.as_millis()).expect("a time before the end of time")
}

/// A message of `KLaunch`'s.
pub fn klaunch(channel_id: &str, user: u64, text: &str, at: u64) -> Value {
    json!({"channelID": channel_id, "userID": user, "message": text, "timestamp": at})
}

/// A message that somebody wrote on Eko.
pub fn eko(user: &str, id: &str, text: &str, at: u64, token: &str) -> Value {
    json!({
        "type": "message", "replyToken": token, "timestamp": at,
        "source": {"type": "direct_chat", "userId": user, "username": user},
        "message": {"id": id, "type": "text", "text": text},
    })
}

/// `OpTech`'s signature of a body.
pub fn optech_signature(secret: &str, body: &[u8]) -> String {
    Signature::from_parts(&Secret::new(secret), &[body]).url_safe()
}
