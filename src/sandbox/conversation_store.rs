//! The conversation store: an actor owns the history and its journal, and [`ConversationStore`] is its handle.
//!
//! Everything is answered from the journal as it stands at that moment, whoever wrote it.

use std::io;

use uuid::Uuid;

use crate::domain::Timestamp;

use super::actor::{Actor, Stopping};
use super::history::{ConversationEvent, ConversationHistory, HistoryError, StoredConversation, StoredMessage};
use super::journal::JournalFile;
use super::options::{Options, SandboxError};
use super::paging::{ListPage, PageQuery};

/// How many messages back the bot remembers.
const MEMORY: usize = 40;

/// Why the store can't answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConversationStoreError {
    #[error("conversation not found")]
    NoConversation,
    #[error("cursor is not the id of an item of this list")]
    NoCursor,
    #[error("the sandbox's journal: {0}")]
    Journal(#[from] io::Error),
    #[error(transparent)]
    Stopping(#[from] Stopping),
}

impl From<HistoryError> for ConversationStoreError {
    fn from(error: HistoryError) -> Self {
        match error {
            HistoryError::Conversation => Self::NoConversation,
            HistoryError::Cursor => Self::NoCursor,
        }
    }
}

/// A message that was taken down, and what had been said before it.
pub(super) struct RecordedMessage {
    pub(super) conversation: String,
    pub(super) before: Vec<StoredMessage>,
}

/// How a request's task speaks to the store's. Everything fails where the journal does, and when the sandbox is stopping.
#[derive(Clone)]
pub(super) struct ConversationStore(Actor<JournaledHistory>);

impl ConversationStore {
    /// Starts the store's task on the current runtime.
    pub(super) fn open(history: JournaledHistory) -> Self {
        Self(Actor::spawn(history))
    }

    /// Opens a conversation in which the bot has said `greeting`; gives its id.
    pub(super) async fn open_conversation(&self, greeting: String) -> Result<String, ConversationStoreError> {
        self.ask(|history| history.open_conversation(greeting)).await
    }

    /// Opens an empty conversation whose id is the next number.
    pub(super) async fn open_numbered(&self) -> Result<u64, ConversationStoreError> {
        self.ask(JournaledHistory::open_numbered).await
    }

    /// Takes down what the user says, in a new conversation where none is named.
    pub(super) async fn record_message(
        &self,
        conversation: Option<String>,
        text: String,
    ) -> Result<RecordedMessage, ConversationStoreError> {
        self.ask(|history| history.record_message(conversation, text)).await
    }

    /// Takes down what the bot answered.
    pub(super) async fn record_reply(&self, conversation: &str, text: &str) -> Result<(), ConversationStoreError> {
        let (conversation, text) = (conversation.to_owned(), text.to_owned());
        self.ask(|history| history.record_reply(conversation, text)).await
    }

    /// A page of the conversations.
    pub(super) async fn conversations(
        &self,
        query: PageQuery,
    ) -> Result<ListPage<StoredConversation>, ConversationStoreError> {
        self.ask(move |history| Ok(history.read()?.conversations(&query)?)).await
    }

    /// A page of a conversation's messages.
    pub(super) async fn messages(
        &self,
        conversation: String,
        query: PageQuery,
    ) -> Result<ListPage<StoredMessage>, ConversationStoreError> {
        self.ask(move |history| Ok(history.read()?.messages(&conversation, &query)?)).await
    }

    async fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut JournaledHistory) -> Result<T, ConversationStoreError> + Send + 'static,
    ) -> Result<T, ConversationStoreError> {
        self.0.ask(job).await?
    }
}

/// The journal, and what it says.
pub(super) struct JournaledHistory {
    journal: JournalFile,
    history: ConversationHistory,
    clock: fn() -> Timestamp,
}

impl JournaledHistory {
    /// Opens a journal of that name, and seeds it where nobody has written to it yet.
    ///
    /// # Errors
    /// [`SandboxError::Journal`], where it can't be opened, read or seeded.
    pub(super) fn open(
        options: &Options,
        name: &str,
        seeds: impl Fn(Timestamp) -> Vec<ConversationEvent>,
    ) -> Result<Self, SandboxError> {
        let now = (options.clock)();
        let missing = |history: &ConversationHistory| if history.is_empty() { seeds(now) } else { Vec::new() };
        JournalFile::open_for(options, name, |mut journal| {
            let mut history = ConversationHistory::default();
            journal.append_with(&mut history, missing)?;
            Ok(Self { journal, history, clock: options.clock })
        })
    }

    /// The history as it stands.
    fn read(&mut self) -> io::Result<&ConversationHistory> {
        self.journal.catch_up(&mut self.history)?;
        Ok(&self.history)
    }

    fn open_conversation(&mut self, greeting: String) -> Result<String, ConversationStoreError> {
        let conversation = Uuid::new_v4().to_string();
        let message = self.new_message("assistant", greeting);
        let opened = ConversationEvent::Opened { conversation: conversation.clone(), at: message.at.clone() };
        let events = vec![opened, ConversationEvent::Said { conversation: conversation.clone(), message }];
        self.journal.append(&mut self.history, events)?;
        Ok(conversation)
    }

    /// Other processes number too, so the number is found while the journal is held.
    fn open_numbered(&mut self) -> Result<u64, ConversationStoreError> {
        let at = (self.clock)().to_rfc3339();
        let mut number = 0;
        self.journal.append_with(&mut self.history, |history| {
            number = history.count() as u64 + 1;
            vec![ConversationEvent::Opened { conversation: number.to_string(), at }]
        })?;
        Ok(number)
    }

    fn record_message(
        &mut self,
        conversation: Option<String>,
        text: String,
    ) -> Result<RecordedMessage, ConversationStoreError> {
        self.read()?;
        let message = self.new_message("user", text);
        let mut events = Vec::new();
        let mut before = Vec::new();
        let conversation = if let Some(id) = conversation {
            let found = self.history.conversation(&id).ok_or(ConversationStoreError::NoConversation)?;
            before = found.messages[found.messages.len().saturating_sub(MEMORY)..].to_vec();
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

    fn record_reply(&mut self, conversation: String, text: String) -> Result<(), ConversationStoreError> {
        let message = self.new_message("assistant", text);
        let events = vec![ConversationEvent::Said { conversation, message }];
        Ok(self.journal.append(&mut self.history, events)?)
    }

    fn new_message(&self, role: &str, text: String) -> StoredMessage {
        let at = (self.clock)().to_rfc3339();
        StoredMessage { id: Uuid::new_v4().to_string(), role: role.to_owned(), text, at }
    }
}
