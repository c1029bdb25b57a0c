//! The upstream: an OpenAI-compatible server that answers in the bot's place.
//!
//! Owns the request to it and the reading of its stream. What it says is passed on as it is; its failures are told in
//! one sentence, before the reply or in its middle.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value, json};

use crate::domain::{Secret, Timestamp};
use crate::http::{Address, Header, Http, HttpError, Method, Request, Response, Sse};

use super::history::Said;
use super::retrieval::Section;
use super::{SandboxError, Upstream};

/// A model may have to be loaded before it says a word.
const FIRST_BYTE: Duration = Duration::from_mins(2);
/// How long it may say nothing in the middle.
const SILENCE: Duration = Duration::from_mins(2);
/// How much of an answer that is no stream is read.
const LONGEST_ANSWER: usize = 8 << 20;

/// The model that answers.
pub(super) struct Model {
    http: Http,
    address: Address,
    name: String,
    key: Option<Secret>,
}

impl Model {
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
    pub(super) async fn ask(&self, before: &[Said], sections: &[&Section], text: &str) -> Result<Deltas, String> {
        let mut messages = vec![json!({ "role": "system", "content": instruction(sections) })];
        messages.extend(before.iter().map(|said| {
            let role = if said.role == "user" { "user" } else { "assistant" };
            json!({ "role": role, "content": said.text })
        }));
        messages.push(json!({ "role": "user", "content": text }));
        let body = json!({ "model": self.name, "stream": true, "messages": messages });
        let mut response = self.http.send(self.request(&body)?).await.map_err(told)?;
        let status = response.status();
        if !(200..300).contains(&status) {
            let body = response.bytes(LONGEST_ANSWER, SILENCE).await.unwrap_or_default();
            let reason = serde_json::from_slice(&body).ok().as_ref().and_then(reason).unwrap_or_default();
            return Err(format!("upstream: {} answered {status} {reason}", response.host()).trim_end().to_owned());
        }
        if response.content_type() == "application/json" {
            let body = response.bytes(LONGEST_ANSWER, SILENCE).await.map_err(told)?;
            return whole(&body);
        }
        Ok(Deltas { response: Some(response), sse: Sse::new(), waiting: VecDeque::new() })
    }

    fn request(&self, body: &Value) -> Result<Request, String> {
        let kind = Header::new("content-type", "application/json").map_err(told)?;
        let mut request = Request::new(Method::Post, self.address.clone())
            .header(kind)
            .body(body.to_string())
            .first_byte(FIRST_BYTE);
        if let Some(key) = &self.key {
            let bearer = Secret::new(format!("Bearer {}", key.expose()));
            request = request.header(Header::secret("authorization", &bearer).map_err(told)?);
        }
        Ok(request)
    }
}

/// What it says, as it says it.
pub(super) struct Deltas {
    response: Option<Response>,
    sse: Sse,
    waiting: VecDeque<Part>,
}

/// What one event of its stream means.
enum Part {
    Text(String),
    Failed(String),
    End,
}

impl Deltas {
    /// The next piece; none at the end. Dropping the future loses nothing.
    pub(super) async fn next(&mut self) -> Option<Result<String, String>> {
        loop {
            match self.waiting.pop_front() {
                Some(Part::Text(text)) => return Some(Ok(text)),
                Some(Part::Failed(reason)) => {
                    self.end();
                    return Some(Err(reason));
                }
                Some(Part::End) => self.end(),
                None => {}
            }
            let response = self.response.as_mut()?;
            let read = tokio::time::timeout(SILENCE, response.chunk()).await;
            let waiting = &mut self.waiting;
            match read {
                Ok(Ok(Some(bytes))) => {
                    if let Err(error) = self.sse.feed(&bytes, |frame| waiting.extend(meaning(&frame.data))) {
                        waiting.push_back(Part::Failed(format!("upstream: {error}")));
                    }
                }
                Ok(Ok(None)) => waiting.push_back(Part::Failed("upstream: its stream ended too early".to_owned())),
                Ok(Err(error)) => waiting.push_back(Part::Failed(told(error))),
                Err(_) => waiting.push_back(Part::Failed("upstream: it fell silent".to_owned())),
            }
        }
    }

    /// No more of it: closes the connection.
    pub(super) fn end(&mut self) {
        self.response = None;
        self.waiting.clear();
    }
}

/// What an event's data says; nothing where it only says that it goes on.
fn meaning(data: &str) -> Vec<Part> {
    if data.trim() == "[DONE]" {
        return vec![Part::End];
    }
    let Ok(chunk) = serde_json::from_str::<Value>(data) else {
        return vec![Part::Failed("upstream: a chunk of its stream is no JSON".to_owned())];
    };
    if let Some(reason) = reason(&chunk) {
        return vec![Part::Failed(format!("upstream: {reason}"))];
    }
    let choice = &chunk["choices"][0];
    let text = choice["delta"]["content"].as_str().filter(|text| !text.is_empty());
    let mut said: Vec<Part> = text.map(|text| Part::Text(text.to_owned())).into_iter().collect();
    if choice["finish_reason"].is_string() {
        said.push(Part::End);
    }
    said
}

/// An answer that came whole although a stream was asked for.
fn whole(body: &[u8]) -> Result<Deltas, String> {
    let json: Value = serde_json::from_slice(body).map_err(|_| "upstream: its answer is no JSON".to_owned())?;
    match json["choices"][0]["message"]["content"].as_str() {
        Some(text) => {
            let waiting = VecDeque::from([Part::Text(text.to_owned())]);
            Ok(Deltas { response: None, sse: Sse::new(), waiting })
        }
        None => Err(format!("upstream: {}", reason(&json).unwrap_or_else(|| "its answer has no text".to_owned()))),
    }
}

/// What an error object says.
fn reason(json: &Value) -> Option<String> {
    let error = json.get("error").filter(|error| !error.is_null())?;
    let text = error.as_str().or_else(|| error["message"].as_str()).unwrap_or("it failed");
    Some(text.chars().take(300).collect())
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn told(error: HttpError) -> String {
    format!("upstream: {error}")
}

/// What the model is told beforehand.
fn instruction(sections: &[&Section]) -> String {
    let opening = "You are the bot of Patchcord's sandbox. Patchcord is a terminal program for chatting with bots. \
                    Answer in markdown, shortly, and from the sections below where they say something about the \
                    question; name the section that you used. Where they say nothing, say so.";
    let quoted =
        sections.iter().map(|Section { document, heading, text }| format!("## {document} / {heading}\n\n{text}"));
    std::iter::once(opening.to_owned()).chain(quoted).collect::<Vec<_>>().join("\n\n")
}
