//! What was said: the conversations in memory, as the journal's events made them, and their pages.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::journal::JournalState;
use super::paging::{ListPage, PageQuery};

/// One event, one line of the journal. A time is the text that the API shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ConversationEvent {
    Opened { conversation: String, at: String },
    Said { conversation: String, message: StoredMessage },
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StoredMessage {
    pub(super) id: String,
    pub(super) role: String,
    pub(super) text: String,
    pub(super) at: String,
}

/// One conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StoredConversation {
    pub(super) id: String,
    pub(super) at: String,
    pub(super) messages: Vec<StoredMessage>,
}

impl StoredConversation {
    /// What the user asked first; the greeting where the user has asked nothing yet.
    pub(super) fn initial_message(&self) -> &str {
        self.first_message().map_or("", |message| &message.text)
    }

    fn first_message(&self) -> Option<&StoredMessage> {
        self.messages.iter().find(|message| message.role == "user").or(self.messages.first())
    }
}

/// Why a page can't be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HistoryError {
    /// No such conversation.
    Conversation,
    /// The cursor is the id of nothing in this list.
    Cursor,
}

/// All conversations, in the order in which they were opened.
#[derive(Default)]
pub(super) struct ConversationHistory {
    conversations: Vec<StoredConversation>,
    places: HashMap<String, usize>,
}

impl JournalState for ConversationHistory {
    type JournalEvent = ConversationEvent;

    fn encode(event: &ConversationEvent) -> String {
        let value = match event {
            ConversationEvent::Opened { conversation, at } => {
                json!({ "event": "opened", "conversation": conversation, "at": at })
            }
            ConversationEvent::Said { conversation, message } => json!({
                "event": "said", "conversation": conversation, "id": message.id, "role": message.role,
                "text": message.text, "at": message.at,
            }),
        };
        format!("{value}\n")
    }

    fn decode(line: &[u8]) -> Option<ConversationEvent> {
        let value: Value = serde_json::from_slice(line).ok()?;
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        match value.get("event")?.as_str()? {
            "opened" => Some(ConversationEvent::Opened { conversation: text("conversation")?, at: text("at")? }),
            "said" => Some(ConversationEvent::Said {
                conversation: text("conversation")?,
                message: StoredMessage { id: text("id")?, role: text("role")?, text: text("text")?, at: text("at")? },
            }),
            _ => None,
        }
    }

    /// Takes an event in. One about a conversation that nobody opened is dropped, and so is a second opening.
    fn apply(&mut self, event: ConversationEvent) {
        match event {
            ConversationEvent::Opened { conversation, at } => {
                if !self.places.contains_key(&conversation) {
                    self.places.insert(conversation.clone(), self.conversations.len());
                    self.conversations.push(StoredConversation { id: conversation, at, messages: Vec::new() });
                }
            }
            ConversationEvent::Said { conversation, message } => {
                if let Some(conversation) =
                    self.places.get(&conversation).and_then(|place| self.conversations.get_mut(*place))
                {
                    conversation.messages.push(message);
                }
            }
        }
    }
}

impl ConversationHistory {
    /// Whether nothing was ever said.
    pub(super) fn is_empty(&self) -> bool {
        self.conversations.is_empty()
    }

    /// How many conversations there are.
    pub(super) fn count(&self) -> usize {
        self.conversations.len()
    }

    /// The conversation with that id; none where there is none.
    pub(super) fn conversation(&self, id: &str) -> Option<&StoredConversation> {
        self.places.get(id).and_then(|place| self.conversations.get(*place))
    }

    /// A page of conversations, newest first. Their messages are cut to the first that the user wrote.
    ///
    /// # Errors
    /// [`HistoryError::Cursor`], where the cursor is no conversation's id.
    pub(super) fn conversations(&self, query: &PageQuery) -> Result<ListPage<StoredConversation>, HistoryError> {
        let end = match query.cursor.as_deref() {
            None => self.conversations.len(),
            Some(cursor) => *self.places.get(cursor).ok_or(HistoryError::Cursor)?,
        };
        let items = self.conversations[..end].iter().rev().take(query.limit).map(headline).collect();
        Ok(ListPage { items, total: self.conversations.len() })
    }

    /// A page of a conversation's messages, oldest first.
    ///
    /// # Errors
    /// [`HistoryError`], where there is no such conversation, or no message in it with the cursor's id.
    pub(super) fn messages(&self, id: &str, query: &PageQuery) -> Result<ListPage<StoredMessage>, HistoryError> {
        let messages = &self.conversation(id).ok_or(HistoryError::Conversation)?.messages;
        let start = match query.cursor.as_deref() {
            None => 0,
            Some(cursor) => messages.iter().position(|said| said.id == cursor).ok_or(HistoryError::Cursor)? + 1,
        };
        let items = messages[start..].iter().take(query.limit).cloned().collect();
        Ok(ListPage { items, total: messages.len() })
    }
}

fn headline(conversation: &StoredConversation) -> StoredConversation {
    StoredConversation {
        id: conversation.id.clone(),
        at: conversation.at.clone(),
        messages: conversation.first_message().cloned().into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_survives_its_line() {
        let message = StoredMessage {
            id: "m".to_owned(),
            role: "user".to_owned(),
            text: "two\nlines \u{1b}[2J".to_owned(),
            at: "2024-16-01T10:07:04.296Z".to_owned(),
        };
        for event in [
            ConversationEvent::Opened { conversation: "c".to_owned(), at: "now".to_owned() },
            ConversationEvent::Said { conversation: "c".to_owned(), message },
        ] {
            let line = ConversationHistory::encode(&event);
            assert_eq!(line.matches('\n').count(), 1);
            assert_eq!(ConversationHistory::decode(line.trim_end().as_bytes()), Some(event));
        }
        for damaged in ["", "{", "{}", r#"{"event":"later"}"#, r#"{"event":"said","conversation":"c"}"#] {
            assert_eq!(ConversationHistory::decode(damaged.as_bytes()), None);
        }
    }
}
