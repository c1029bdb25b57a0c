//! The actor that owns the state, and [`EkoHandle`], by which the requests' tasks and the simulation speak to it.

use serde_json::Value;

use crate::domain::Timestamp;

use super::super::actor::{Actor, Stopping};
use super::state::{EkoChat, EkoError, EkoState, SendTarget, SentMessage};

/// How others speak to the actor's task. Everything fails when the sandbox is stopping.
#[derive(Clone)]
pub(super) struct EkoHandle {
    actor: Actor<EkoState>,
    clock: fn() -> Timestamp,
}

impl EkoHandle {
    /// Starts the actor's task on the current runtime.
    pub(super) fn open(clock: fn() -> Timestamp) -> Self {
        Self { actor: Actor::spawn(EkoState::new()), clock }
    }

    /// A new access token.
    pub(super) async fn grant(&self) -> Result<String, EkoError> {
        self.ask(|state, now| Ok(state.grant(now))).await
    }

    /// Whether an access token is good.
    pub(super) async fn admits(&self, token: &str) -> Result<bool, EkoError> {
        let token = token.to_owned();
        self.ask(move |state, now| Ok(state.admits(&token, now))).await
    }

    /// No access token is good any more.
    pub(super) fn revoke(&self) {
        self.actor.tell(EkoState::revoke);
    }

    /// Takes something that the bot writes.
    pub(super) async fn send(&self, target: SendTarget) -> Result<SentMessage, EkoError> {
        self.ask(|state, now| state.send(target, now)).await
    }

    /// Opens a group; gives its id and how many are in it.
    pub(super) async fn open_group(&self, uids: Vec<String>) -> Result<(String, usize), EkoError> {
        self.ask(move |state, _| state.open_group(&uids)).await
    }

    /// Opens a topic in a group; gives its id.
    pub(super) async fn open_topic(&self, gid: &str) -> Result<String, EkoError> {
        let gid = gid.to_owned();
        self.ask(move |state, _| state.open_topic(&gid)).await
    }

    /// Somebody says something: the event to post.
    pub(super) async fn say(&self, person: usize, chat: EkoChat, text: String) -> Result<Value, EkoError> {
        self.ask(move |state, now| Ok(state.say(person, chat, &text, now))).await
    }

    /// Somebody opens a chat with the bot: the event to post.
    pub(super) async fn join(&self, person: usize) -> Result<Value, EkoError> {
        self.ask(move |state, now| Ok(state.join(person, now))).await
    }

    async fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut EkoState, Timestamp) -> Result<T, EkoError> + Send + 'static,
    ) -> Result<T, EkoError> {
        let clock = self.clock;
        self.actor.ask(move |state| job(state, clock())).await.map_err(|Stopping| EkoError::Stopping)?
    }
}
