//! What a platform's adapter offers the program, and the adapters. Floor 3.
//!
//! Owns the object-safe [`Adapter`], what a call can come back with, and [`registry`], the only place outside the
//! domain that matches on the platform. An adapter makes one attempt a call: repeating is the runtime's business.

mod chat_thing;
mod error;
mod lenient;
pub mod registry;

use futures_util::future::BoxFuture;

use crate::domain::{Capabilities, Conversation, ConversationId, Failure, Message, Page, PageRequest, Piece};

/// One platform's channel API behind one object. The core asks [`Adapter::capabilities`] before it offers an action.
pub trait Adapter: Send + Sync {
    /// What this platform can do.
    fn capabilities(&self) -> Capabilities;

    /// Opens a conversation before its first message.
    fn start(&self) -> BoxFuture<'_, Result<Started, CallError>>;

    /// Sends one message, once.
    fn send<'a>(&'a self, outgoing: &'a Outgoing) -> BoxFuture<'a, Result<Sent, CallError>>;

    /// One page of the platform's conversations.
    fn list<'a>(&'a self, page: &'a PageRequest) -> BoxFuture<'a, Result<Page<Conversation>, CallError>>;

    /// One page of a conversation's messages, in the platform's order.
    fn messages<'a>(
        &'a self,
        conversation: &'a ConversationId,
        page: &'a PageRequest,
    ) -> BoxFuture<'a, Result<Page<Message>, CallError>>;
}

/// A conversation that the platform opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// Its id.
    pub conversation: ConversationId,
    /// The bot's first words, where it has any.
    pub greeting: Option<String>,
}

/// A message on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The conversation; none lets the platform open one.
    pub conversation: Option<ConversationId>,
    /// What the user wrote.
    pub text: String,
    /// Whether the reply is asked for piece by piece.
    pub stream: bool,
}

/// A message that the platform took.
pub struct Sent {
    /// The conversation, where the answer names it.
    pub conversation: Option<ConversationId>,
    /// How the reply comes.
    pub answer: Answer,
}

/// How a reply comes.
pub enum Answer {
    /// It came in the response.
    Now(String),
    /// It comes piece by piece.
    Stream(Box<dyn ReplyStream>),
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
