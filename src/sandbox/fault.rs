//! One fault on demand: which requests it meets, what it does to them, how often.
//!
//! The same text describes a fault over HTTP (JSON) and in a script (TOML). Doing it is the server's business.

use axum::http::{HeaderName, HeaderValue, StatusCode};
use regex_lite::Regex;
use serde::Deserialize;
use serde_json::Value;

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// This status is answered, and nothing is processed.
    Status(u16),
    /// A web page is answered with 200, as a captive portal does, and nothing is processed.
    Html,
    /// The request is processed, and the answer stops in its middle.
    Cut,
    /// The request is processed; the answer stops in its middle, and the connection stays open.
    Stall,
    /// The answer comes late and its pieces slowly.
    Slow,
    /// One chunk of the stream is broken JSON; without a stream, the answer is.
    Malformed,
    /// The request is processed, and the connection is reset without an answer.
    Reset,
    /// The stream ends without a finish reason and without `[DONE]`.
    NoDone,
    /// A JSON body comes where a stream was asked for.
    Json,
    /// The stream ends in an error object, and the reply is not kept; without a stream, `success` is false.
    Error,
    /// The answer is written one byte at a time.
    Dribble,
}

const WORDS: [(&str, FaultKind); 10] = [
    ("cut", FaultKind::Cut),
    ("stall", FaultKind::Stall),
    ("slow", FaultKind::Slow),
    ("malformed", FaultKind::Malformed),
    ("reset", FaultKind::Reset),
    ("no-done", FaultKind::NoDone),
    ("json", FaultKind::Json),
    ("error", FaultKind::Error),
    ("html", FaultKind::Html),
    ("dribble", FaultKind::Dribble),
];

impl FaultKind {
    /// The kind that a word names; none for a status or an unknown word.
    pub fn from_word(word: &str) -> Option<Self> {
        WORDS.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind)
    }

    /// Its word, or its status.
    pub fn word(self) -> String {
        match self {
            Self::Status(status) => status.to_string(),
            _ => {
                WORDS.iter().find(|(_, kind)| *kind == self).map_or_else(String::new, |(word, _)| (*word).to_owned())
            }
        }
    }
}

/// What is wrong with the description of a fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// The path is no regular expression.
    #[error("path {path:?} is not a regular expression: {reason}")]
    Path {
        /// As it was given.
        path: String,
        /// What the engine says.
        reason: String,
    },
    /// The status is not one that ends a request.
    #[error("status {0} is not between 200 and 599")]
    Status(u64),
    /// The word is none of the faults'.
    #[error(
        "status {0:?} is neither a number nor one of cut, stall, slow, malformed, reset, no-done, json, error, html, dribble"
    )]
    Word(String),
    /// A header can't be sent.
    #[error("header {0:?} can't be sent")]
    Header(String),
    /// Headers or a body stand beside a fault that isn't a status.
    #[error("headers and body go with a status, not with {0:?}")]
    OnlyWithStatus(String),
    /// It would never happen.
    #[error("times is 0; it is at least 1")]
    Never,
}

/// A fault, and the next requests that it happens to.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "FaultDescription")]
pub struct Fault {
    path: Regex,
    kind: FaultKind,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Option<Value>,
    times: u32,
}

impl Fault {
    /// A fault for the next request whose path matches the regular expression anywhere.
    ///
    /// # Errors
    /// [`FaultError::Path`], where it is no regular expression; [`FaultError::Status`], where the kind is a status that
    /// ends no request.
    pub fn new(path: &str, kind: FaultKind) -> Result<Self, FaultError> {
        if let FaultKind::Status(status) = kind
            && !(200..=599).contains(&status)
        {
            return Err(FaultError::Status(status.into()));
        }
        let path = Regex::new(path)
            .map_err(|error| FaultError::Path { path: path.to_owned(), reason: error.to_string() })?;
        Ok(Self { path, kind, headers: Vec::new(), body: None, times: 1 })
    }

    /// The same for so many requests.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// The same with a header on its answer.
    ///
    /// # Errors
    /// [`FaultError::Header`], where name or value can't be sent.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, FaultError> {
        let refused = || FaultError::Header(name.to_owned());
        let parsed = (
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| refused())?,
            HeaderValue::from_str(value).map_err(|_| refused())?,
        );
        self.headers.push(parsed);
        Ok(self)
    }

    /// The same with this body: text as it is, anything else as JSON.
    #[must_use]
    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// What it does.
    pub fn kind(&self) -> FaultKind {
        self.kind
    }

    pub(super) fn matches(&self, path: &str) -> bool {
        self.times > 0 && self.path.is_match(path)
    }

    /// Takes one of its times; false when that was the last.
    pub(super) fn use_once(&mut self) -> bool {
        self.times = self.times.saturating_sub(1);
        self.times > 0
    }

    pub(super) fn response_parts(&self) -> (StatusCode, &[(HeaderName, HeaderValue)], Option<&Value>) {
        let status = match self.kind {
            FaultKind::Status(status) => StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            _ => StatusCode::OK,
        };
        (status, &self.headers, self.body.as_ref())
    }
}

/// A fault as it is written down.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultDescription {
    path: String,
    status: Value,
    #[serde(default)]
    headers: serde_json::Map<String, Value>,
    body: Option<Value>,
    #[serde(default = "one_time")]
    times: u32,
}

fn one_time() -> u32 {
    1
}

impl TryFrom<FaultDescription> for Fault {
    type Error = FaultError;

    fn try_from(written: FaultDescription) -> Result<Self, FaultError> {
        let kind = match &written.status {
            Value::String(word) => FaultKind::from_word(word).ok_or_else(|| FaultError::Word(word.clone()))?,
            Value::Number(number) => {
                let status = number.as_u64().unwrap_or(0);
                FaultKind::Status(u16::try_from(status).map_err(|_| FaultError::Status(status))?)
            }
            other => return Err(FaultError::Word(other.to_string())),
        };
        if !matches!(kind, FaultKind::Status(_)) && (!written.headers.is_empty() || written.body.is_some()) {
            return Err(FaultError::OnlyWithStatus(kind.word()));
        }
        if written.times == 0 {
            return Err(FaultError::Never);
        }
        let mut fault = Self::new(&written.path, kind)?.times(written.times);
        for (name, value) in &written.headers {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            fault = fault.header(name, &text)?;
        }
        fault.body = written.body;
        Ok(fault)
    }
}
