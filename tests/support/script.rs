//! An answer as a test writes it: bytes, chunks, pauses, an end. Played by `origin`.
#![allow(dead_code, clippy::missing_panics_doc, reason = "each test uses a part of the rig")]

use std::fmt::Write as _;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    /// `POST`.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// In order, names as they were written.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// Something that a script waits for and that the test brings about.
#[derive(Debug, Clone, Default)]
pub struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    /// A closed gate.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets every script through, now and later.
    pub fn open(&self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.1.notify_all();
    }

    /// Whether it is open, or opens within that time.
    pub fn is_open(&self, within: Duration) -> bool {
        let open = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.0.1.wait_timeout_while(open, within, |open| !*open);
        waited.is_ok_and(|(open, _)| *open)
    }
}

/// When a script came to a certain place.
#[derive(Debug, Clone, Default)]
pub struct Stamp(Arc<Mutex<Option<Instant>>>);

impl Stamp {
    /// Notes that it has come.
    pub fn set(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// The moment, once it has come.
    pub fn at(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One step of an answer.
#[derive(Debug, Clone)]
pub enum Step {
    /// Bytes in one write.
    Bytes(Vec<u8>),
    /// Nothing until the gate opens.
    Wait(Gate),
    /// Nothing for that long: for a pace, never for an order.
    Pause(Duration),
    /// Notes the time.
    Stamp(Stamp),
    /// The connection ends in order.
    Close,
    /// The connection ends with RST.
    Reset,
    /// The connection stays open and silent until the client or the server goes.
    Hang,
}

/// An answer: steps. Without an end of its own the connection is kept for the next request.
#[derive(Debug, Clone, Default)]
pub struct Script(pub Vec<Step>);

impl Script {
    /// A whole answer with a length.
    pub fn answer(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut out = head(status, headers);
        out.extend(format!("content-length: {}\r\n\r\n", body.len()).into_bytes());
        out.extend(body);
        Self(vec![Step::Bytes(out)])
    }

    /// A whole JSON answer.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::answer(status, &[("content-type", "application/json; charset=utf-8")], body.to_string())
    }

    /// The head of an answer whose body follows in chunks.
    pub fn chunked(status: u16, headers: &[(&str, &str)]) -> Self {
        let mut out = head(status, headers);
        out.extend(b"transfer-encoding: chunked\r\n\r\n");
        Self(vec![Step::Bytes(out)])
    }

    /// The head of an answer whose body ends with the connection.
    pub fn until_close(status: u16, headers: &[(&str, &str)]) -> Self {
        let mut out = head(status, headers);
        out.extend(b"connection: close\r\n\r\n");
        Self(vec![Step::Bytes(out)])
    }

    /// Bytes as they are, in one write.
    #[must_use]
    pub fn raw(self, bytes: impl Into<Vec<u8>>) -> Self {
        self.then(Step::Bytes(bytes.into()))
    }

    /// One chunk of a chunked body, in one write.
    #[must_use]
    pub fn chunk(self, bytes: impl AsRef<[u8]>) -> Self {
        let bytes = bytes.as_ref();
        let mut out = format!("{:x}\r\n", bytes.len()).into_bytes();
        out.extend(bytes);
        out.extend(b"\r\n");
        self.then(Step::Bytes(out))
    }

    /// The end of a chunked body.
    #[must_use]
    pub fn end(self) -> Self {
        self.raw(*b"0\r\n\r\n")
    }

    /// Waits for the gate.
    #[must_use]
    pub fn wait(self, gate: &Gate) -> Self {
        self.then(Step::Wait(gate.clone()))
    }

    /// Ends the connection in order.
    #[must_use]
    pub fn close(self) -> Self {
        self.then(Step::Close)
    }

    /// Ends the connection with RST.
    #[must_use]
    pub fn reset(self) -> Self {
        self.then(Step::Reset)
    }

    /// Falls silent.
    #[must_use]
    pub fn hang(self) -> Self {
        self.then(Step::Hang)
    }

    /// Any step.
    #[must_use]
    pub fn then(mut self, step: Step) -> Self {
        self.0.push(step);
        self
    }
}

fn head(status: u16, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut out = format!("HTTP/1.1 {status} Answer\r\n");
    for (name, value) in headers {
        let _ = write!(out, "{name}: {value}\r\n");
    }
    out.into_bytes()
}
