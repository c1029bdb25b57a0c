//! One suite for all adapters, against the sandbox over real HTTP. What an adapter says that it can do decides what is
//! asked of it: all that it claims has to work, and all that it doesn't claim has to be refused before a byte leaves.
//!
//! Operator is here twice: its newer version can do more. The witness is the sandbox's ledger: no request of an adapter
//! may be one that the platform's document wouldn't allow.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

#[path = "../support/support.rs"]
pub mod support;

mod abilities;
mod cuts;
mod faults;
mod hooks;
mod sources;

use std::future::Future;
use std::sync::{Arc, Mutex};

use patchcord::domain::{
    Capabilities, Channel, ChannelName, ConversationId, DataRequest, Delivery, Kind, Meaning, PageRequest, RequestId,
    RequestState, RowId, Secret, SecretRef, SourceId, Timestamp,
};
use patchcord::http::Http;
use patchcord::platform::{Adapter, CallError, ListRequest, Outcome, Outgoing, ReplyMode, registry::Registry};
use patchcord::sandbox::{Options, Pace, Running, Sandbox};
use serde_json::{Value, json};

use support::hooks::{Poster, split};
use support::origin::{Origin, Request, Script};

/// One adapter on a sandbox of its own, and whoever that posts its webhooks to.
struct Subject {
    name: String,
    channel: Channel,
    adapter: Arc<dyn Adapter>,
    can: Capabilities,
    /// What must stand in no error.
    secrets: Vec<String>,
    receiver: Origin,
    /// A source with one row, for calls that leave both there.
    place: std::cell::OnceCell<(SourceId, RowId)>,
    sandbox: Running,
    runtime: tokio::runtime::Runtime,
}

/// The adapters under test: each of the sandbox's channels, and Operator's newer version.
fn subjects() -> Vec<Subject> {
    let mut names: Vec<(usize, bool)> = (0..5).map(|at| (at, false)).collect();
    names.push((2, true));
    names.into_iter().map(|(at, newer)| Subject::new(at, newer)).collect()
}

impl Subject {
    fn new(at: usize, newer: bool) -> Self {
        let options = Options { pace: Pace::Unlimited, ..Options::default() };
        let sandbox = Sandbox::start(options).expect("a sandbox");
        let receiver = Origin::start(|request| {
            // A data request's link lives where an answer was promised.
            let status = if request.path.contains("lookups") { 202 } else { 200 };
            Script::json(status, &json!({"ok": true}))
        });
        sandbox.set_hooks(&format!("{}/hooks", receiver.url())).expect("its hooks");
        let mut channel = sandbox.channels().remove(at);
        if newer {
            channel.settings.set("api_version", "2025-06-19");
        }
        let name = format!("{}{}", channel.platform().id(), if newer { " (newer)" } else { "" });
        let (adapter, secrets) = open(&channel);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let can = adapter.capabilities();
        assert_eq!(can, Registry::default().capabilities(&channel), "{name}: told before it is opened");
        Self { name, channel, adapter, can, secrets, receiver, place: std::cell::OnceCell::new(), sandbox, runtime }
    }

    fn run<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// One request to the sandbox's own paths.
    #[track_caller]
    fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        let address = split(&self.sandbox.base_url()).0;
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut poster = Poster::connect(&address).expect("a connection");
        let answer = poster.request(method, path, &[("content-type", "application/json")], body.as_bytes());
        let answer = answer.expect("an answer");
        assert_eq!(answer.status, 200, "{}: {body} {answer:?}", self.name);
        answer.json()
    }

    /// Every request so far.
    #[track_caller]
    fn ledger(&self) -> Vec<Value> {
        self.control("GET", "/_sandbox/ledger", &Value::Null)["requests"].as_array().expect("rows").clone()
    }

    #[track_caller]
    fn fault(&self, path: &str, status: &Value, more: Value) {
        let mut fault = json!({"path": path, "status": status});
        if let (Value::Object(fault), Value::Object(more)) = (&mut fault, more) {
            fault.extend(more);
        }
        self.control("POST", "/_sandbox/faults", &fault);
    }

    /// Has the platform post an event, and gives what came.
    #[track_caller]
    fn deliver(&self, event: &Value) -> Delivery {
        let url = format!("{}/hooks/{}", self.receiver.url(), self.channel.name);
        let platform = self.channel.platform().id();
        let before = self.receiver.requests().len();
        self.control("POST", "/_sandbox/deliver", &json!({"platform": platform, "url": url, "event": event}));
        self.receiver.wait_until("the webhook", |requests| requests.len() > before);
        self.delivery(&self.receiver.requests()[before])
    }

    /// A request that came to the receiver, as the listener would hand it on.
    fn delivery(&self, request: &Request) -> Delivery {
        Delivery {
            channel: self.channel.name.clone(),
            at: Timestamp::now(),
            url: format!("{}{}", self.receiver.url(), request.path),
            headers: request.headers.iter().map(|(n, v)| (n.to_ascii_lowercase(), v.clone())).collect(),
            body: request.body.clone().into(),
            replay: false,
        }
    }

    /// Something that its platform posts.
    fn event(&self) -> Value {
        match self.channel.platform().id() {
            "klaunch" => json!({"userID": 77, "message": "said \u{2019} é", "timestamp": 1_700_000_000_123_i64}),
            "eko" => json!({"type": "message", "replyToken": "t", "timestamp": 1_700_000_000_123_i64,
                "source": {"type": "direct_chat", "userId": "5c1", "username": "ann"},
                "message": {"id": "m1", "type": "text", "text": "said \u{2019} é"}}),
            "operator" => json!({"id": "ev_1", "conversation_id": "conv_9", "created_at": "2025-06-19T09:00:00Z",
                "payload": {"type": "conversation.ended", "status": "completed"}}),
            _ => json!({"key": "order_status", "inputs": {"order": "\u{2019} é"}}),
        }
    }

    /// The conversation that a message goes to.
    #[track_caller]
    fn conversation(&self) -> Option<ConversationId> {
        if self.can.start {
            return Some(self.run(self.adapter.start()).expect("a conversation").conversation);
        }
        if self.can.people {
            let found = self.run(self.adapter.find_people("mali.s")).expect("people");
            return Some(ConversationId::new(format!("u:{}", found[0].id)));
        }
        let open = |details: &[(String, String)]| {
            let says = |word: &str| details.iter().any(|(_, value)| value == word);
            says("in-progress") && says("chat_async")
        };
        let all = self.all();
        all.iter().find(|c| open(&c.details)).or(all.first()).map(|c| c.id.clone())
    }

    /// All that its list has, to the last page.
    #[track_caller]
    fn all(&self) -> Vec<patchcord::domain::Conversation> {
        let (mut all, mut cursor) = (Vec::new(), None);
        for pages in 0.. {
            assert!(pages < 100, "{}: the list has no end", self.name);
            let request = ListRequest::from(PageRequest { limit: 7, cursor: cursor.take() });
            let page = self.run(self.adapter.list(&request)).expect("a page");
            all.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        all
    }

    /// A data request of its platform's that waits.
    #[track_caller]
    fn asked(&self) -> DataRequest {
        let delivery = self.deliver(&json!({"key": "order_status", "inputs": {"order": "A-1"}}));
        let trust = self.adapter.verify(&delivery, Timestamp::now()).expect("it is signed");
        let reception = self.adapter.receive(&delivery).expect("it can be read");
        let Some(Meaning::Request(asked)) = reception.inbound.into_iter().next().map(|i| i.meaning) else {
            panic!("{}: no data request", self.name);
        };
        request(self.channel.name.clone(), trust, asked.link, asked.deadline)
    }

    /// Sends, and reads the reply to its end where it comes on the same connection.
    fn send(&self, outgoing: &Outgoing) -> Result<Replied, CallError> {
        self.run(async {
            match self.adapter.send(outgoing).await?.answer {
                ReplyMode::Now(piece) => Ok(Replied { text: Some(piece.text), pieces: 1, done: true }),
                ReplyMode::Later => Ok(Replied { text: None, pieces: 0, done: false }),
                ReplyMode::Stream(mut stream) => {
                    let mut replied = Replied { text: Some(String::new()), pieces: 0, done: false };
                    while let Some(piece) = stream.next().await {
                        let piece = piece?;
                        replied.pieces += piece.deltas().count();
                        replied.text.get_or_insert_default().push_str(&piece.text);
                        replied.done |= piece.done();
                    }
                    Ok(replied)
                }
            }
        })
    }

    /// Asserts that an error shows none of its secrets, nor what the sandbox's own tokens are.
    #[track_caller]
    fn keeps_secrets(&self, error: &CallError) {
        let text = format!("{error:?} {error}");
        for secret in &self.secrets {
            assert!(!text.contains(secret.as_str()), "{}: a secret stands in {text}", self.name);
        }
    }

    /// Asserts that the sandbox found nothing wrong with any request that it was not told to refuse.
    #[track_caller]
    fn expect_well_formed(&self) {
        for request in self.ledger() {
            let fine = request["status"].as_u64().is_some_and(|status| (200..300).contains(&status));
            assert!(fine || request["fault"].is_string(), "{}: {request}", self.name);
        }
    }
}

/// What came of a message.
#[derive(Debug, PartialEq, Eq)]
struct Replied {
    /// The reply; none where it comes by webhook.
    text: Option<String>,
    pieces: usize,
    done: bool,
}

/// The channel's adapter, and its secrets.
fn open(channel: &Channel) -> (Arc<dyn Adapter>, Vec<String>) {
    let secrets = Mutex::new(Vec::new());
    let resolve = |secret: &SecretRef| {
        let SecretRef::Plain(value) = secret else { panic!("the sandbox's secrets are plain") };
        secrets.lock().expect("no panic").push(value.expose().to_owned());
        Ok(Secret::new(value.expose()))
    };
    let adapter = Registry::default().open(channel, &Http::new(Timestamp::now), &resolve).expect("an adapter");
    (adapter, secrets.into_inner().expect("no panic"))
}

fn request(
    channel: ChannelName,
    trust: patchcord::domain::Trust,
    link: Option<String>,
    deadline: Timestamp,
) -> DataRequest {
    DataRequest {
        id: RequestId::new("r"),
        channel,
        key: "order_status".to_owned(),
        inputs: "{}".to_owned(),
        link,
        trust,
        received: Timestamp::now(),
        deadline,
        state: RequestState::Answering,
        answer: None,
        failure: None,
    }
}

/// A message to a conversation.
fn message(conversation: Option<ConversationId>, text: &str) -> Outgoing {
    Outgoing { conversation, text: text.to_owned(), ..Outgoing::default() }
}

/// Asserts that a platform's limits were told before anything left.
#[track_caller]
fn cannot<T>(subject: &Subject, what: &str, result: Result<T, CallError>) {
    let Err(error) = result else { panic!("{}: {what} worked, and it says that it can't", subject.name) };
    assert_eq!(error.outcome, Outcome::Refused, "{}: {what}: {error:?}", subject.name);
    assert_eq!(error.failure.kind, Kind::Invalid, "{}: {what}: {error:?}", subject.name);
}
