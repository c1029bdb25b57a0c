//! The upstream: an OpenAI-compatible server that answers in the bot's place.
//!
//! Owns the request to it and how its stream is read; what an event of it says is in [`chunk`]. What it says is passed on
//! as it is; its failures are one sentence each, before the reply or in its middle.

mod chunk;

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use crate::domain::{Secret, Timestamp};
use crate::http::{Address, Header, Http, Method, Request, Response, Sse};

use super::history::StoredMessage;
use super::options::{SandboxError, Upstream};
use super::reply_error::ReplyError;
use super::retrieval::DocumentSection;
use chunk::{StreamPart, error_text, parse_event, parse_whole};

/// A model may have to be loaded before it says a word.
const FIRST_BYTE: Duration = Duration::from_mins(2);
/// How long it may say nothing in the middle.
const SILENCE: Duration = Duration::from_mins(2);
/// How long, and how far, its stream is read on behind the end of the reply.
const TAIL: Duration = Duration::from_secs(2);
const TAIL_BYTES: usize = 64 << 10;
/// How long the body's end is waited for behind the stream's last word.
const AFTER_LAST: Duration = Duration::from_millis(500);
/// How much of an answer that is no stream is read.
const LONGEST_ANSWER: usize = 8 << 20;

/// The model that answers.
pub(super) struct UpstreamModel {
    http: Http,
    address: Address,
    name: String,
    key: Option<Secret>,
}

impl UpstreamModel {
    pub(super) fn new(upstream: &Upstream, clock: fn() -> Timestamp) -> Result<Self, SandboxError> {
        let base = Address::parse(&upstream.url).map_err(SandboxError::Upstream)?;
        if upstream.key.is_some() && !base.is_loopback() && upstream.url.starts_with("http://") {
            return Err(SandboxError::BareKey);
        }
        Ok(Self {
            http: Http::new(clock),
            address: base.join(&["chat", "completions"]).map_err(SandboxError::Upstream)?,
            name: upstream.model.clone(),
            key: upstream.key.clone(),
        })
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Asks it, and returns when it begins to answer.
    pub(super) async fn ask(
        &self,
        before: &[StoredMessage],
        sections: &[&DocumentSection],
        text: &str,
    ) -> Result<UpstreamStream, ReplyError> {
        let mut messages = vec![json!({ "role": "system", "content": instruction(sections) })];
        messages.extend(before.iter().map(|said| {
            let role = if said.role == "user" { "user" } else { "assistant" };
            json!({ "role": role, "content": said.text })
        }));
        messages.push(json!({ "role": "user", "content": text }));
        let body = json!({ "model": self.name, "stream": true, "messages": messages });
        let mut response = self.http.send(self.request(&body)?).await.map_err(ReplyError::from_upstream)?;
        let status = response.status();
        if !(200..300).contains(&status) {
            let after = response.retry_after_ms().map(|ms| ms.div_ceil(1_000));
            let body = response.bytes(LONGEST_ANSWER, SILENCE).await.unwrap_or_default();
            let reason = serde_json::from_slice(&body).ok().as_ref().and_then(error_text).unwrap_or_default();
            let reason = format!("{} answered {status} {reason}", response.host());
            let error = ReplyError::from_upstream(reason.trim_end());
            return Err(ReplyError { busy: status == 429, after, ..error });
        }
        if response.content_type() == "application/json" {
            let body = response.bytes(LONGEST_ANSWER, SILENCE).await.map_err(ReplyError::from_upstream)?;
            return Ok(UpstreamStream::whole(parse_whole(&body)?));
        }
        Ok(UpstreamStream { response: Some(response), ..UpstreamStream::whole(Vec::new()) })
    }

    fn request(&self, body: &Value) -> Result<Request, ReplyError> {
        let kind = Header::new("content-type", "application/json").map_err(ReplyError::from_upstream)?;
        let mut request = Request::new(Method::Post, self.address.clone())
            .header(kind)
            .body(body.to_string())
            .first_byte(FIRST_BYTE);
        if let Some(key) = &self.key {
            let bearer = Secret::new(format!("Bearer {}", key.expose()));
            request = request.header(Header::secret("authorization", &bearer).map_err(ReplyError::from_upstream)?);
        }
        Ok(request)
    }
}

/// What it says, as it says it.
pub(super) struct UpstreamStream {
    response: Option<Response>,
    sse: Sse,
    waiting: VecDeque<StreamPart>,
    ending: StreamEnd,
}

/// Where its reply stands with its end.
#[derive(Default)]
struct StreamEnd {
    /// Why it ended, in its word.
    finish: Option<String>,
    /// Until when more is waited for behind that.
    until: Option<Instant>,
    /// Text came behind it: it says so of every piece.
    goes_on: bool,
    /// How much came behind it.
    bytes: usize,
    /// It said that nothing more comes.
    over: bool,
}

impl StreamEnd {
    /// Until when the stream's own end is waited for; none while the reply is being said.
    fn until(&self) -> Option<Instant> {
        self.until.filter(|_| !self.goes_on)
    }

    /// Nothing more is said: only the body's end is still waited for, so that the connection can serve again.
    fn last(&mut self) {
        let soon = Instant::now() + AFTER_LAST;
        self.until = Some(self.until().map_or(soon, |until| until.min(soon)));
        (self.over, self.goes_on) = (true, false);
    }

    fn says(&mut self, finish: String) {
        self.until.get_or_insert_with(|| Instant::now() + TAIL);
        // A plain end takes no reason back.
        if finish != "stop" || self.finish.is_none() {
            self.finish = Some(finish);
        }
    }
}

impl UpstreamStream {
    /// One that came at once.
    fn whole(parts: Vec<StreamPart>) -> Self {
        Self { response: None, sse: Sse::new(), waiting: parts.into(), ending: StreamEnd::default() }
    }

    /// The next piece; none at the end. Dropping the future loses nothing.
    pub(super) async fn next(&mut self) -> Option<Result<String, ReplyError>> {
        loop {
            match self.waiting.pop_front() {
                Some(StreamPart::Text(text)) => {
                    self.ending.goes_on |= self.ending.finish.is_some();
                    return Some(Ok(text));
                }
                Some(StreamPart::Failed(reason)) => {
                    self.end();
                    return Some(Err(reason));
                }
                Some(StreamPart::Finish(reason)) => {
                    self.ending.says(reason);
                    continue;
                }
                Some(StreamPart::Last) => {
                    self.waiting.clear();
                    self.ending.last();
                    continue;
                }
                None => {}
            }
            self.read().await?;
        }
    }

    /// Why it ended: `stop` unless it said otherwise.
    pub(super) fn finish(&self) -> &str {
        self.ending.finish.as_deref().unwrap_or("stop")
    }

    /// Reads on, to the end of the stream: there are servers that keep a reply only once that was read. None at the end.
    async fn read(&mut self) -> Option<()> {
        let response = self.response.as_mut()?;
        let tail = self.ending.until();
        let read = timeout_at(tail.unwrap_or_else(|| Instant::now() + SILENCE), response.chunk()).await;
        let waiting = &mut self.waiting;
        match read {
            Ok(Ok(Some(bytes))) => {
                if tail.is_some() {
                    self.ending.bytes += bytes.len();
                }
                if self.ending.over {
                    if self.ending.bytes > TAIL_BYTES {
                        self.response = None;
                    }
                    return Some(());
                }
                let fed = self.sse.feed(&bytes, |frame| waiting.extend(parse_event(&frame)));
                if self.ending.bytes > TAIL_BYTES {
                    waiting.push_back(StreamPart::Last);
                } else if let Err(error) = fed {
                    waiting.push_back(StreamPart::Failed(ReplyError::from_upstream(error)));
                }
            }
            Ok(Ok(None)) => {
                self.response = None;
                if self.ending.over {
                    return None;
                }
                self.sse.last(|frame| {
                    // What is cut in the middle says nothing.
                    waiting.extend(
                        parse_event(&frame).into_iter().filter(|part| !matches!(part, StreamPart::Failed(_))),
                    );
                });
                let ends = |part: &StreamPart| matches!(part, StreamPart::Finish(_) | StreamPart::Last);
                if self.ending.finish.is_none() && !waiting.iter().any(ends) {
                    waiting.push_back(StreamPart::Failed(ReplyError::from_upstream("its stream ended too early")));
                }
            }
            // It had said all: how its connection goes is no part of that.
            Ok(Err(_)) | Err(_) if tail.is_some() => self.response = None,
            Ok(Err(error)) => waiting.push_back(StreamPart::Failed(ReplyError::from_upstream(error))),
            Err(_) => waiting.push_back(StreamPart::Failed(ReplyError::from_upstream("it fell silent"))),
        }
        Some(())
    }

    /// No more of it: closes the connection.
    pub(super) fn end(&mut self) {
        self.response = None;
        self.waiting.clear();
    }
}

/// The model's system message.
fn instruction(sections: &[&DocumentSection]) -> String {
    let opening = "You are the bot of Patchcord's sandbox. Patchcord is a terminal program for chatting with bots. \
                    Answer in markdown, shortly, and from the sections below where they say something about the \
                    question; name the section that you used. Where they say nothing, say so.";
    let quoted = sections
        .iter()
        .map(|DocumentSection { document, heading, text }| format!("## {document} / {heading}\n\n{text}"));
    std::iter::once(opening.to_owned()).chain(quoted).collect::<Vec<_>>().join("\n\n")
}
