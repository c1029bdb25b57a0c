//! What a platform's adapter offers the program, and the adapters. Floor 3.
//!
//! Owns the object-safe [`Adapter`], what a call can come back with, and [`registry`], the only file that names all the
//! platforms. How one is added stands at [`PlatformDescriptor`]'s file. An adapter makes one attempt a call: repeating is the runtime's business.

#![warn(clippy::missing_errors_doc)]

mod archive;
mod chat_thing;
mod deadlines;
mod descriptor;
mod diagnosis;
mod eko;
mod error;
mod finish_reason;
#[cfg(test)]
mod hostile;
mod klaunch;
mod lenient_json;
mod operator;
mod optech;
mod partial;
pub mod registry;
#[cfg(test)]
mod script;
mod sources;
mod stream;
mod tail;

pub use descriptor::{OpenAdapter, PlatformDescriptor, ResolveSecret};
pub use sources::Sources;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use crate::domain::{
    Capabilities, Conversation, ConversationId, DataRequest, Delivery, Failure, Group, Inbound, Kind, Message, Page,
    PageRequest, Person, Piece, RefusalCode, ReplyHandle, Timestamp, Topic, Trust,
};

pub use diagnosis::{Case, SignatureScheme, SignedUrl, explain, glance};

/// One platform's channel API behind one object. The core asks [`Adapter::capabilities`] before it offers an action;
/// what a platform can't do answers that it can't.
pub trait Adapter: Send + Sync {
    /// What this platform can do.
    fn capabilities(&self) -> Capabilities;

    /// Whether an id that was never seen can be one of the platform's conversations.
    ///
    /// # Errors
    ///
    /// [`Kind::Invalid`] where no conversation of the platform can have that id.
    fn names(&self, _conversation: &ConversationId) -> Result<(), Failure> {
        Ok(())
    }

    /// Opens a conversation before its first message.
    fn start(&self) -> BoxFuture<'_, Result<Started, CallError>> {
        unsupported("open a conversation")
    }

    /// Sends one message, once.
    fn send<'a>(&'a self, _outgoing: &'a Outgoing) -> BoxFuture<'a, Result<Sent, CallError>> {
        unsupported("take a message")
    }

    /// One page of the platform's conversations.
    fn list<'a>(&'a self, _page: &'a ListRequest) -> BoxFuture<'a, Result<Page<Conversation>, CallError>> {
        unsupported("list its conversations")
    }

    /// One page of a conversation's messages, in the platform's order.
    fn messages<'a>(
        &'a self,
        _conversation: &'a ConversationId,
        _page: &'a PageRequest,
    ) -> BoxFuture<'a, Result<Page<Message>, CallError>> {
        unsupported("list a conversation's messages")
    }

    /// Whether a delivery comes from the platform: looks at the raw bytes and at nothing that they say. `now` is for
    /// schemes that sign a time.
    ///
    /// # Errors
    ///
    /// [`Rejection`] where the delivery isn't from the platform, or the platform posts none.
    fn verify(&self, _delivery: &Delivery, _now: Timestamp) -> Result<Trust, Rejection> {
        Err(Rejection::no_webhook())
    }

    /// How its deliveries are signed, to explain a refusal; none where nothing is signed, or there is no key.
    fn signature_scheme(&self) -> Option<SignatureScheme> {
        None
    }

    /// What a delivery says. It has been verified as far as it can be.
    ///
    /// # Errors
    ///
    /// [`Rejection`] where the body isn't what the platform posts.
    fn receive(&self, _delivery: &Delivery) -> Result<Reception, Rejection> {
        Err(Rejection::no_webhook())
    }

    /// A webhook as the platform would post it, for the self-test: it has no effect where the platform has a probe, and
    /// is plainly a test where it has none. None where the platform posts nothing.
    fn sample(&self, _now: Timestamp) -> Option<Bytes> {
        None
    }

    /// The headers that the platform would send with this body to this URL (without a query) at that time, signed anew:
    /// for a replay and for the self-test. `unique` makes what must not be repeated unlike any before.
    fn sign(&self, _body: &[u8], _url: &str, _now: Timestamp, _unique: &str) -> Vec<(String, String)> {
        vec![("content-type".to_owned(), "application/json".to_owned())]
    }

    /// Posts the answer of a data request to its link, once. The caller has checked that it is not too late. `data` is
    /// a JSON object's text.
    fn answer<'a>(&'a self, _request: &'a DataRequest, _data: &'a str) -> BoxFuture<'a, Result<(), CallError>> {
        unsupported("take an answer")
    }

    /// The body, and headers besides the content type, that answer a data request in the response to its delivery.
    fn answer_now(&self, _data: &str) -> (Bytes, Vec<(String, String)>) {
        (Bytes::new(), Vec::new())
    }

    /// The people with exactly that user name.
    fn find_people<'a>(&'a self, _username: &'a str) -> BoxFuture<'a, Result<Vec<Person>, CallError>> {
        unsupported("look people up")
    }

    /// Creates a group of these people, by their ids.
    fn create_group<'a>(&'a self, _name: &'a str, _people: &'a [String]) -> BoxFuture<'a, Result<Group, CallError>> {
        unsupported("create groups")
    }

    /// Its data sources; none where it has none.
    fn sources(&self) -> Option<&dyn Sources> {
        None
    }

    /// Creates a topic in a group.
    fn create_topic<'a>(&'a self, _group: &'a str, _name: &'a str) -> BoxFuture<'a, Result<Topic, CallError>> {
        unsupported("create topics")
    }
}

fn unsupported<T: Send + 'static>(what: &'static str) -> BoxFuture<'static, Result<T, CallError>> {
    let message = format!("this channel's platform can't {what}");
    let failure = Failure::new(Kind::Invalid, message);
    std::future::ready(Err(CallError { outcome: Outcome::Refused, failure })).boxed()
}

/// Which conversations are asked for. A platform without a filter by time lists them all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRequest {
    /// Which page.
    pub page: PageRequest,
    /// Only those that began at that time or later.
    pub since: Option<Timestamp>,
    /// Only those that began before that time.
    pub until: Option<Timestamp>,
}

impl From<PageRequest> for ListRequest {
    fn from(page: PageRequest) -> Self {
        Self { page, since: None, until: None }
    }
}

/// What an adapter read in a delivery, and how it is to be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reception {
    /// What it says, in its order; may be nothing at all.
    pub inbound: Vec<Inbound>,
    /// What the platform wants to read.
    pub ack: Ack,
    /// What it says, in one line for a list: the beginning of a message, a request's key. Untrusted.
    pub summary: String,
}

/// How a delivery is answered once it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ack {
    /// 200 with `{"ok":true}`.
    Ok,
    /// 200 with these words as plain text.
    Plain(&'static str),
    /// It is a data request: 200 with the answer if there is one in time, else 202.
    Data,
}

/// Why a delivery is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// 400 or 401.
    pub status: u16,
    /// Why, in one word.
    pub code: RefusalCode,
    /// Why, in our words: names a field, never its value.
    pub reason: String,
}

impl Rejection {
    /// A wrong signature or none: one text for all causes, so that it tells nothing to whoever tries.
    pub fn signature() -> Self {
        let reason = "the signature is missing or wrong".to_owned();
        Self { status: 401, code: RefusalCode::SignatureWrong, reason }
    }

    /// A body that isn't what the platform posts.
    pub fn malformed(reason: impl Into<String>) -> Self {
        Self { status: 400, code: RefusalCode::Body, reason: reason.into() }
    }

    fn no_webhook() -> Self {
        let reason = "this channel's platform posts no webhooks".to_owned();
        Self { status: 404, code: RefusalCode::PathUnknown, reason }
    }
}

/// A conversation that the platform opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// Its id.
    pub conversation: ConversationId,
    /// The bot's first words, where the answer has any.
    pub greeting: Option<String>,
}

/// A message on its way out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outgoing {
    /// The conversation; none lets the platform open one.
    pub conversation: Option<ConversationId>,
    /// What the user wrote.
    pub text: String,
    /// Whether the reply is asked for piece by piece.
    pub stream: bool,
    /// What goes with it.
    pub attach: Vec<Upload>,
    /// What the receiver is offered as answers, where the platform can (Eko).
    pub quick_replies: Vec<String>,
    /// A way to answer directly that still lives; used once, whatever comes of it.
    pub reply: Option<ReplyHandle>,
}

/// Something that goes out with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Upload {
    /// A file's content.
    File {
        /// Its name, without a folder.
        name: String,
        /// Such as `image/png`.
        media_type: String,
        /// What is in it.
        content: Bytes,
    },
    /// Something that the platform fetches.
    Url(String),
}

/// A message that the platform took.
pub struct Sent {
    /// The conversation, where the answer names it.
    pub conversation: Option<ConversationId>,
    /// How the reply comes.
    pub answer: ReplyMode,
    /// How it went out, where there is a choice: "reply" or "push".
    pub via: Option<&'static str>,
}

/// How a reply comes.
pub enum ReplyMode {
    /// It came in the response, whole.
    Now(Piece),
    /// It comes piece by piece.
    Stream(Box<dyn ReplyStream>),
    /// It comes by webhook, some time later or never.
    Later,
}

/// A reply that is being written. Dropping it closes the connection.
pub trait ReplyStream: Send {
    /// All that the next read brings; `None` at the end of the body. Dropping the future before it is ready loses
    /// nothing: the next one goes on.
    fn next(&mut self) -> BoxFuture<'_, Option<Result<Piece, CallError>>>;
}

/// Whether a failed call may have had an effect: this decides if the program may repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Provably nothing left this machine (no address, refused, no TLS). Safe to repeat.
    NotSent,
    /// The platform said "not now" (429, or 503 on a read), so it was not processed. May be repeated after a wait.
    Busy {
        /// The platform's Retry-After, in milliseconds from the answer.
        retry_after_ms: Option<u64>,
    },
    /// It was to read, and failed in a way that may pass: an error of the server's own, a connection that broke. Nothing
    /// was to be changed by it, so it may be repeated after a wait.
    Passing {
        /// The platform's Retry-After, in milliseconds from the answer.
        retry_after_ms: Option<u64>,
    },
    /// The platform said no (other 4xx, a redirect). Never repeated.
    Refused,
    /// It left, and no answer tells whether it was processed (time-out, reset, 5xx). A message is never repeated.
    Unknown,
    /// It was processed (2xx), and the answer could not be read or stopped in the middle.
    Accepted,
}

/// A call that failed.
#[derive(Debug, Clone)]
pub struct CallError {
    /// Whether it may have had an effect.
    pub outcome: Outcome,
    /// What the user is told.
    pub failure: Failure,
}

impl std::fmt::Display for CallError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.failure.fmt(f)
    }
}

impl std::error::Error for CallError {}
