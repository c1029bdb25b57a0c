//! The keeper: one task owns the state, and [`Eko`] is how the requests' tasks and the people's lives ask it.

use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use crate::domain::Timestamp;

use super::state::{EkoChat, EkoError, EkoState, SendTarget, SentMessage};

type Answer<T> = oneshot::Sender<T>;

enum Ask {
    Grant(Answer<String>),
    Admits(String, Answer<bool>),
    Revoke,
    Take(SendTarget, Answer<Result<SentMessage, EkoError>>),
    OpenGroup(Vec<String>, Answer<Result<(String, usize), EkoError>>),
    OpenTopic(String, Answer<Result<String, EkoError>>),
    Say(usize, EkoChat, String, Answer<Value>),
    Join(usize, Answer<Value>),
}

/// How others speak to the keeper's task. Every ask gives nothing when the sandbox is stopping.
#[derive(Clone)]
pub(in super::super) struct Eko(mpsc::UnboundedSender<Ask>);

impl Eko {
    /// Starts the keeper's task on the current runtime.
    pub(in super::super) fn open(clock: fn() -> Timestamp) -> Self {
        let (asks, inbox) = mpsc::unbounded_channel();
        tokio::spawn(keep(inbox, clock));
        Self(asks)
    }

    /// A new access token.
    pub(super) async fn grant(&self) -> Option<String> {
        self.ask(Ask::Grant).await
    }

    /// Whether an access token is good.
    pub(super) async fn admits(&self, token: &str) -> Option<bool> {
        self.ask(|answer| Ask::Admits(token.to_owned(), answer)).await
    }

    /// No access token is good any more.
    pub(super) fn revoke(&self) {
        let _ = self.0.send(Ask::Revoke);
    }

    /// Takes something that the bot writes.
    pub(super) async fn take(&self, target: SendTarget) -> Option<Result<SentMessage, EkoError>> {
        self.ask(|answer| Ask::Take(target, answer)).await
    }

    /// Opens a group; gives its id and how many are in it.
    pub(super) async fn open_group(&self, uids: Vec<String>) -> Option<Result<(String, usize), EkoError>> {
        self.ask(|answer| Ask::OpenGroup(uids, answer)).await
    }

    /// Opens a topic in a group; gives its id.
    pub(super) async fn open_topic(&self, gid: &str) -> Option<Result<String, EkoError>> {
        self.ask(|answer| Ask::OpenTopic(gid.to_owned(), answer)).await
    }

    /// Somebody says something: the event to post.
    pub(super) async fn say(&self, person: usize, chat: EkoChat, text: String) -> Option<Value> {
        self.ask(|answer| Ask::Say(person, chat, text, answer)).await
    }

    /// Somebody opens a chat with the bot: the event to post.
    pub(super) async fn join(&self, person: usize) -> Option<Value> {
        self.ask(|answer| Ask::Join(person, answer)).await
    }

    async fn ask<T>(&self, ask: impl FnOnce(Answer<T>) -> Ask) -> Option<T> {
        let (answer, reply) = oneshot::channel();
        self.0.send(ask(answer)).ok()?;
        reply.await.ok()
    }
}

async fn keep(mut inbox: mpsc::UnboundedReceiver<Ask>, clock: fn() -> Timestamp) {
    let mut state = EkoState::new();
    while let Some(ask) = inbox.recv().await {
        let now = clock();
        // Who asked may have gone; what was done stands all the same.
        match ask {
            Ask::Grant(answer) => drop(answer.send(state.grant(now))),
            Ask::Admits(token, answer) => drop(answer.send(state.admits(&token, now))),
            Ask::Revoke => state.revoke(),
            Ask::Take(target, answer) => drop(answer.send(state.take(target, now))),
            Ask::OpenGroup(uids, answer) => drop(answer.send(state.open_group(&uids))),
            Ask::OpenTopic(gid, answer) => drop(answer.send(state.open_topic(&gid))),
            Ask::Say(person, chat, text, answer) => drop(answer.send(state.say(person, chat, &text, now))),
            Ask::Join(person, answer) => drop(answer.send(state.join(person, now))),
        }
    }
}
