//! The records: one task owns the history and its journal, and [`ConversationStore`] is how the requests' tasks ask it.
//!
//! Every ask is answered from the journal as it stands at that moment, whoever wrote it.

use std::io;

use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::domain::Timestamp;

use super::history::{ConversationEvent, History, ListPage, PageError, StoredConversation, StoredMessage};
use super::journal::Journal;

/// How many messages back the bot remembers.
const MEMORY: usize = 40;

/// Why the records can't answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConversationStoreError {
    #[error("conversation not found")]
    NoConversation,
    #[error("cursor is not the id of an item of this list")]
    NoCursor,
    #[error("the sandbox's journal: {0}")]
    Journal(#[from] io::Error),
    #[error("the sandbox is stopping")]
    Stopping,
}

impl From<PageError> for ConversationStoreError {
    fn from(no_page: PageError) -> Self {
        match no_page {
            PageError::Conversation => Self::NoConversation,
            PageError::Cursor => Self::NoCursor,
        }
    }
}

/// A message that was taken down, and what had been said before it.
pub(super) struct RecordedMessage {
    pub(super) conversation: String,
    pub(super) before: Vec<StoredMessage>,
}

/// Which page is wanted.
pub(super) struct PageQuery {
    pub(super) limit: usize,
    pub(super) cursor: Option<String>,
}

type Answer<T> = oneshot::Sender<Result<T, ConversationStoreError>>;

enum Ask {
    Open(String, Answer<String>),
    Number(Answer<u64>),
    Take(Option<String>, String, Answer<RecordedMessage>),
    Reply(String, String, Answer<()>),
    Conversations(PageQuery, Answer<ListPage<StoredConversation>>),
    Messages(String, PageQuery, Answer<ListPage<StoredMessage>>),
}

/// How a request's task speaks to the records'.
#[derive(Clone)]
pub(super) struct ConversationStore(mpsc::UnboundedSender<Ask>);

impl ConversationStore {
    /// Starts the records' task on the current runtime.
    pub(super) fn open(journal: Journal, history: History, clock: fn() -> Timestamp) -> Self {
        let (asks, inbox) = mpsc::unbounded_channel();
        tokio::spawn(Keeper { journal, history, clock }.keep(inbox));
        Self(asks)
    }

    /// Opens a conversation in which the bot has said `greeting`; gives its id.
    pub(super) async fn open_conversation(&self, greeting: String) -> Result<String, ConversationStoreError> {
        self.ask(|answer| Ask::Open(greeting, answer)).await
    }

    /// Opens an empty conversation whose id is the next number.
    pub(super) async fn number(&self) -> Result<u64, ConversationStoreError> {
        self.ask(Ask::Number).await
    }

    /// Takes down what the user says, in a new conversation where none is named.
    pub(super) async fn take(
        &self,
        conversation: Option<String>,
        text: String,
    ) -> Result<RecordedMessage, ConversationStoreError> {
        self.ask(|answer| Ask::Take(conversation, text, answer)).await
    }

    /// Takes down what the bot answered.
    pub(super) async fn reply(&self, conversation: &str, text: &str) -> Result<(), ConversationStoreError> {
        self.ask(|answer| Ask::Reply(conversation.to_owned(), text.to_owned(), answer)).await
    }

    /// A page of the conversations.
    pub(super) async fn conversations(
        &self,
        wanted: PageQuery,
    ) -> Result<ListPage<StoredConversation>, ConversationStoreError> {
        self.ask(|answer| Ask::Conversations(wanted, answer)).await
    }

    /// A page of a conversation's messages.
    pub(super) async fn messages(
        &self,
        conversation: String,
        wanted: PageQuery,
    ) -> Result<ListPage<StoredMessage>, ConversationStoreError> {
        self.ask(|answer| Ask::Messages(conversation, wanted, answer)).await
    }

    async fn ask<T>(&self, ask: impl FnOnce(Answer<T>) -> Ask) -> Result<T, ConversationStoreError> {
        let (answer, reply) = oneshot::channel();
        self.0.send(ask(answer)).map_err(|_| ConversationStoreError::Stopping)?;
        reply.await.map_err(|_| ConversationStoreError::Stopping)?
    }
}

struct Keeper {
    journal: Journal,
    history: History,
    clock: fn() -> Timestamp,
}

impl Keeper {
    async fn keep(mut self, mut inbox: mpsc::UnboundedReceiver<Ask>) {
        while let Some(ask) = inbox.recv().await {
            // Who asked may have gone; the records stand all the same.
            match ask {
                Ask::Open(greeting, answer) => drop(answer.send(self.open(greeting))),
                Ask::Number(answer) => drop(answer.send(self.number())),
                Ask::Take(conversation, text, answer) => drop(answer.send(self.take(conversation, text))),
                Ask::Reply(conversation, text, answer) => {
                    let said = self.said("assistant", text);
                    let events = vec![ConversationEvent::Said { conversation, message: said }];
                    drop(answer.send(self.journal.append(&mut self.history, events).map_err(Into::into)));
                }
                Ask::Conversations(wanted, answer) => drop(answer.send(self.conversations(&wanted))),
                Ask::Messages(id, wanted, answer) => drop(answer.send(self.messages(&id, &wanted))),
            }
        }
    }

    fn open(&mut self, greeting: String) -> Result<String, ConversationStoreError> {
        let conversation = Uuid::new_v4().to_string();
        let message = self.said("assistant", greeting);
        let opened = ConversationEvent::Opened { conversation: conversation.clone(), at: message.at.clone() };
        let events = vec![opened, ConversationEvent::Said { conversation: conversation.clone(), message }];
        self.journal.append(&mut self.history, events)?;
        Ok(conversation)
    }

    /// Other processes number too, so the number is found while the journal is held.
    fn number(&mut self) -> Result<u64, ConversationStoreError> {
        let at = (self.clock)().to_rfc3339();
        let mut number = 0;
        self.journal.append_with(&mut self.history, |history| {
            number = history.count() as u64 + 1;
            vec![ConversationEvent::Opened { conversation: number.to_string(), at }]
        })?;
        Ok(number)
    }

    fn take(
        &mut self,
        conversation: Option<String>,
        text: String,
    ) -> Result<RecordedMessage, ConversationStoreError> {
        self.journal.catch_up(&mut self.history)?;
        let message = self.said("user", text);
        let mut events = Vec::new();
        let mut before = Vec::new();
        let conversation = if let Some(id) = conversation {
            let conversation = self.history.conversation(&id).ok_or(ConversationStoreError::NoConversation)?;
            before = conversation.messages[conversation.messages.len().saturating_sub(MEMORY)..].to_vec();
            id
        } else {
            let id = Uuid::new_v4().to_string();
            events.push(ConversationEvent::Opened { conversation: id.clone(), at: message.at.clone() });
            id
        };
        events.push(ConversationEvent::Said { conversation: conversation.clone(), message });
        self.journal.append(&mut self.history, events)?;
        Ok(RecordedMessage { conversation, before })
    }

    fn conversations(&mut self, wanted: &PageQuery) -> Result<ListPage<StoredConversation>, ConversationStoreError> {
        self.journal.catch_up(&mut self.history)?;
        Ok(self.history.conversations(wanted.limit, wanted.cursor.as_deref())?)
    }

    fn messages(&mut self, id: &str, wanted: &PageQuery) -> Result<ListPage<StoredMessage>, ConversationStoreError> {
        self.journal.catch_up(&mut self.history)?;
        Ok(self.history.messages(id, wanted.limit, wanted.cursor.as_deref())?)
    }

    fn said(&self, role: &str, text: String) -> StoredMessage {
        let at = (self.clock)().to_rfc3339();
        StoredMessage { id: Uuid::new_v4().to_string(), role: role.to_owned(), text, at }
    }
}
