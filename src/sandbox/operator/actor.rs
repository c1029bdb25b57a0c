//! The keeper: one task owns the book, and [`Operator`] is how the requests' tasks and the agents' lives ask it.

use serde_json::Value;
use tokio::sync::{mpsc, oneshot, watch};

use crate::domain::Timestamp;

use super::Version;
use super::conversations::{AgentConversationError, AgentConversations, ReceivedMessage};
use super::query::ListQuery;

type Answer<T> = oneshot::Sender<T>;
type Found<T> = Result<T, AgentConversationError>;

enum Ask {
    Page(Box<ListQuery>, Version, Answer<Value>),
    One(String, Answer<Found<Value>>),
    Events(String, usize, Answer<Found<(Vec<Value>, bool)>>),
    Take(String, String, Answer<Found<ReceivedMessage>>),
    Tell(String, Value, Answer<Found<Value>>),
    End(String, &'static str, Answer<Found<Value>>),
    Delete(String, Answer<Found<()>>),
    Begin(Answer<(usize, String, Value)>),
    LookThrough(String, usize, Answer<Found<Value>>),
}

/// How others speak to the keeper's task. Every ask gives nothing when the sandbox is stopping.
#[derive(Clone)]
pub(in super::super) struct Operator {
    asks: mpsc::UnboundedSender<Ask>,
    changed: watch::Receiver<()>,
}

impl Operator {
    /// Starts the keeper's task on the current runtime.
    pub(in super::super) fn open(clock: fn() -> Timestamp) -> Self {
        let (asks, inbox) = mpsc::unbounded_channel();
        let (change, changed) = watch::channel(());
        tokio::spawn(keep(inbox, change, clock));
        Self { asks, changed }
    }

    /// Tells whenever a conversation may have another event.
    pub(super) fn changed(&self) -> watch::Receiver<()> {
        self.changed.clone()
    }

    /// A page of the list.
    pub(super) async fn page(&self, query: ListQuery, version: Version) -> Option<Value> {
        self.ask(|answer| Ask::Page(Box::new(query), version, answer)).await
    }

    /// One conversation by itself.
    pub(super) async fn one(&self, id: &str) -> Option<Found<Value>> {
        self.ask(|answer| Ask::One(id.to_owned(), answer)).await
    }

    /// A conversation's events from a place on, and whether there will be no more.
    pub(super) async fn events(&self, id: &str, from: usize) -> Option<Found<(Vec<Value>, bool)>> {
        self.ask(|answer| Ask::Events(id.to_owned(), from, answer)).await
    }

    /// Takes down what the user says in a chat.
    pub(super) async fn take(&self, id: &str, text: String) -> Option<Found<ReceivedMessage>> {
        self.ask(|answer| Ask::Take(id.to_owned(), text, answer)).await
    }

    /// Adds an event to a conversation.
    pub(super) async fn tell(&self, id: &str, payload: Value) -> Option<Found<Value>> {
        self.ask(|answer| Ask::Tell(id.to_owned(), payload, answer)).await
    }

    /// Ends a conversation.
    pub(super) async fn end(&self, id: &str, status: &'static str) -> Option<Found<Value>> {
        self.ask(|answer| Ask::End(id.to_owned(), status, answer)).await
    }

    /// Deletes a conversation.
    pub(super) async fn delete(&self, id: &str) -> Option<Found<()>> {
        self.ask(|answer| Ask::Delete(id.to_owned(), answer)).await
    }

    /// A conversation begins of its own accord: which script it follows, its id, and its first event.
    pub(super) async fn begin(&self) -> Option<(usize, String, Value)> {
        self.ask(Ask::Begin).await
    }

    /// A conversation was looked through after its end.
    pub(super) async fn look_through(&self, id: &str, n: usize) -> Option<Found<Value>> {
        self.ask(|answer| Ask::LookThrough(id.to_owned(), n, answer)).await
    }

    async fn ask<T>(&self, ask: impl FnOnce(Answer<T>) -> Ask) -> Option<T> {
        let (answer, reply) = oneshot::channel();
        self.asks.send(ask(answer)).ok()?;
        reply.await.ok()
    }
}

async fn keep(mut inbox: mpsc::UnboundedReceiver<Ask>, change: watch::Sender<()>, clock: fn() -> Timestamp) {
    let mut conversations = AgentConversations::new(clock());
    while let Some(ask) = inbox.recv().await {
        let now = clock();
        let reads = matches!(ask, Ask::Page(..) | Ask::One(..) | Ask::Events(..));
        // Who asked may have gone; what was done stands all the same.
        match ask {
            Ask::Page(query, version, answer) => drop(answer.send(conversations.page(&query, version))),
            Ask::One(id, answer) => drop(answer.send(conversations.one(&id))),
            Ask::Events(id, from, answer) => drop(answer.send(conversations.events(&id, from))),
            Ask::Take(id, text, answer) => drop(answer.send(conversations.take(&id, &text, now))),
            Ask::Tell(id, payload, answer) => drop(answer.send(conversations.tell(&id, &payload, now))),
            Ask::End(id, status, answer) => drop(answer.send(conversations.end(&id, status, now))),
            Ask::Delete(id, answer) => drop(answer.send(conversations.delete(&id))),
            Ask::Begin(answer) => drop(answer.send(conversations.begin(now))),
            Ask::LookThrough(id, n, answer) => drop(answer.send(conversations.look_through(&id, n, now))),
        }
        // Not after a read: who listens reads whenever there is a change.
        if !reads {
            change.send_replace(());
        }
    }
}
