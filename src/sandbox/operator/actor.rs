//! The actor that owns the conversations, and [`OperatorHandle`], by which the requests' tasks and the simulation speak
//! to it.

use serde_json::Value;
use tokio::sync::watch;

use crate::domain::Timestamp;

use super::super::actor::{Actor, Stopping};
use super::conversations::{AgentConversationError, AgentConversations, ReceivedMessage};
use super::query::ListQuery;
use super::version::ApiVersion;

type OperatorResult<T> = Result<T, AgentConversationError>;

/// How others speak to the actor's task. Everything fails when the sandbox is stopping.
#[derive(Clone)]
pub(super) struct OperatorHandle {
    actor: Actor<OperatorState>,
    changed: watch::Receiver<()>,
    clock: fn() -> Timestamp,
}

struct OperatorState {
    conversations: AgentConversations,
    change: watch::Sender<()>,
}

impl OperatorHandle {
    /// Starts the actor's task on the current runtime.
    pub(super) fn open(clock: fn() -> Timestamp) -> Self {
        let (change, changed) = watch::channel(());
        let conversations = AgentConversations::new(clock());
        Self { actor: Actor::spawn(OperatorState { conversations, change }), changed, clock }
    }

    /// Says whenever a conversation may have another event.
    pub(super) fn changed(&self) -> watch::Receiver<()> {
        self.changed.clone()
    }

    /// A page of the list.
    pub(super) async fn page(&self, query: ListQuery, version: ApiVersion) -> OperatorResult<Value> {
        self.read(move |all| Ok(all.page(&query, version))).await
    }

    /// One conversation by itself.
    pub(super) async fn one(&self, id: &str) -> OperatorResult<Value> {
        let id = id.to_owned();
        self.read(move |all| all.one(&id)).await
    }

    /// A conversation's events from a place on, and whether there will be no more.
    pub(super) async fn events(&self, id: &str, from: usize) -> OperatorResult<(Vec<Value>, bool)> {
        let id = id.to_owned();
        self.read(move |all| all.events(&id, from)).await
    }

    /// Takes down what the user says in a chat.
    pub(super) async fn record_message(&self, id: &str, text: String) -> OperatorResult<ReceivedMessage> {
        let id = id.to_owned();
        self.write(move |all, now| all.record_message(&id, &text, now)).await
    }

    /// Adds an event to a conversation.
    pub(super) async fn add_event(&self, id: &str, payload: Value) -> OperatorResult<Value> {
        let id = id.to_owned();
        self.write(move |all, now| all.add_event(&id, &payload, now)).await
    }

    /// Ends a conversation.
    pub(super) async fn end(&self, id: &str, status: &'static str) -> OperatorResult<Value> {
        let id = id.to_owned();
        self.write(move |all, now| all.end(&id, status, now)).await
    }

    /// Deletes a conversation.
    pub(super) async fn delete(&self, id: &str) -> OperatorResult<()> {
        let id = id.to_owned();
        self.write(move |all, _| all.delete(&id)).await
    }

    /// A conversation begins of its own accord: which script it follows, its id, and its first event.
    pub(super) async fn begin(&self) -> OperatorResult<(usize, String, Value)> {
        self.write(|all, now| Ok(all.begin(now))).await
    }

    /// A conversation was postprocessed after its end.
    pub(super) async fn postprocess(&self, id: &str, n: usize) -> OperatorResult<Value> {
        let id = id.to_owned();
        self.write(move |all, now| all.postprocess(&id, n, now)).await
    }

    async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&AgentConversations) -> OperatorResult<T> + Send + 'static,
    ) -> OperatorResult<T> {
        let found = self.actor.ask(|state| job(&state.conversations)).await;
        found.map_err(|Stopping| AgentConversationError::Stopping)?
    }

    /// Who listens reads whenever something was written.
    async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut AgentConversations, Timestamp) -> OperatorResult<T> + Send + 'static,
    ) -> OperatorResult<T> {
        let clock = self.clock;
        let written = self.actor.ask(move |state| {
            let done = job(&mut state.conversations, clock());
            state.change.send_replace(());
            done
        });
        written.await.map_err(|Stopping| AgentConversationError::Stopping)?
    }
}
