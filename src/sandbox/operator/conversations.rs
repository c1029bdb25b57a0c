//! Every agent conversation, newest first. Pure: the time is an argument.

use serde_json::{Value, json};

use crate::domain::Timestamp;

use super::super::history::StoredMessage;

use super::conversation::{AgentConversation, ContactChannel, id, message};
use super::query::{ListCursor, ListQuery};
use super::seeds;
use super::version::ApiVersion;

/// How many stand on a page. Nobody documents the platform's number.
pub(super) const PAGE: usize = 20;
/// Beyond so many the oldest are forgotten: a sandbox may live for weeks.
const MOST: usize = 1_000;

/// Why something can't be done with a conversation.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum AgentConversationError {
    #[error("no such conversation")]
    NotFound,
    #[error("the conversation has ended")]
    Ended(&'static str),
    #[error("the conversation is not a chat")]
    NotAChat,
    #[error("only conversations in test mode, or still queued, can be deleted")]
    NotDeletable,
    #[error("the sandbox is stopping")]
    Stopping,
}

/// A message that was taken down.
pub(super) struct ReceivedMessage {
    /// Its event.
    pub(super) event: Value,
    /// What had been said before.
    pub(super) before: Vec<StoredMessage>,
}

/// Every conversation.
pub(super) struct AgentConversations {
    conversations: Vec<AgentConversation>,
    begun: usize,
}

impl AgentConversations {
    /// The conversations as they are at each start.
    pub(super) fn new(now: Timestamp) -> Self {
        Self { conversations: seeds::conversations(now), begun: seeds::COUNT }
    }

    /// A page of the list.
    pub(super) fn page(&self, query: &ListQuery, version: ApiVersion) -> Value {
        let mut wanted = self.conversations.iter().filter(|conversation| query.matches(conversation));
        let page: Vec<&AgentConversation> = wanted.by_ref().take(PAGE).collect();
        let more = wanted.next().is_some();
        let cursor = page.last().filter(|_| more).map(|conversation| ListCursor::after(conversation).encode());
        let item = |conversation: &&AgentConversation| match version {
            ApiVersion::First => conversation.first_item(),
            ApiVersion::Second => conversation.second_item(),
        };
        json!({ "data": page.iter().map(item).collect::<Vec<_>>(), "cursor": cursor })
    }

    /// One conversation by itself.
    pub(super) fn one(&self, id: &str) -> Result<Value, AgentConversationError> {
        Ok(self.conversation(id)?.alone())
    }

    /// Its events from a place on, and whether there will be no more.
    pub(super) fn events(&self, id: &str, from: usize) -> Result<(Vec<Value>, bool), AgentConversationError> {
        let conversation = self.conversation(id)?;
        Ok((conversation.events.get(from..).unwrap_or_default().to_vec(), conversation.ended()))
    }

    /// Takes down what the user says in a chat.
    pub(super) fn record_message(
        &mut self,
        id: &str,
        text: &str,
        now: Timestamp,
    ) -> Result<ReceivedMessage, AgentConversationError> {
        let conversation = self.conversation_mut(id)?;
        if conversation.ended() {
            return Err(AgentConversationError::Ended(conversation.status));
        }
        if conversation.channel != ContactChannel::Chat {
            return Err(AgentConversationError::NotAChat);
        }
        let before = conversation.messages();
        let event = conversation.add_event(&message("user.message.received", &self::id("msg_"), text), now);
        Ok(ReceivedMessage { event, before })
    }

    /// Adds an event to a conversation; the first after its setup starts it.
    pub(super) fn add_event(
        &mut self,
        id: &str,
        payload: &Value,
        now: Timestamp,
    ) -> Result<Value, AgentConversationError> {
        let conversation = self.conversation_mut(id)?;
        if conversation.status == "queued" {
            conversation.start(now);
        }
        Ok(conversation.add_event(payload, now))
    }

    /// Ends a conversation that has not ended.
    pub(super) fn end(
        &mut self,
        id: &str,
        status: &'static str,
        now: Timestamp,
    ) -> Result<Value, AgentConversationError> {
        let conversation = self.conversation_mut(id)?;
        if conversation.ended() {
            Err(AgentConversationError::Ended(conversation.status))
        } else {
            Ok(conversation.end(status, now))
        }
    }

    /// Deletes a conversation that may be deleted.
    pub(super) fn delete(&mut self, id: &str) -> Result<(), AgentConversationError> {
        let conversation = self.conversation(id)?;
        if conversation.livemode && conversation.status != "queued" {
            return Err(AgentConversationError::NotDeletable);
        }
        self.conversations.retain(|conversation| conversation.id != id);
        Ok(())
    }

    /// A conversation begins of its own accord, by telephone: which script it follows, its id, and its first event.
    pub(super) fn begin(&mut self, now: Timestamp) -> (usize, String, Value) {
        let n = self.begun;
        self.begun += 1;
        let inbound = !seeds::nobody_answers(n);
        let mut conversation = AgentConversation::queued(id("conv_"), seeds::phone(n), inbound, false, now);
        conversation.customer = Some(format!("cus_sandbox{:02}", n % 23));
        let setup = conversation.events.first().cloned().unwrap_or_default();
        let id = conversation.id.clone();
        let place =
            self.conversations.iter().position(|other| other.created <= now).unwrap_or(self.conversations.len());
        self.conversations.insert(place, conversation);
        self.conversations.truncate(MOST);
        (n, id, setup)
    }

    /// A conversation that followed the `n`th script was postprocessed: what is known of it now, as an event.
    pub(super) fn postprocess(
        &mut self,
        id: &str,
        n: usize,
        now: Timestamp,
    ) -> Result<Value, AgentConversationError> {
        Ok(seeds::postprocess(self.conversation_mut(id)?, n, now))
    }

    fn conversation(&self, id: &str) -> Result<&AgentConversation, AgentConversationError> {
        self.conversations.iter().find(|conversation| conversation.id == id).ok_or(AgentConversationError::NotFound)
    }

    fn conversation_mut(&mut self, id: &str) -> Result<&mut AgentConversation, AgentConversationError> {
        self.conversations
            .iter_mut()
            .find(|conversation| conversation.id == id)
            .ok_or(AgentConversationError::NotFound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn ids(page: &Value) -> Vec<String> {
        page["data"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    }

    fn page(all: &AgentConversations, query: &str) -> Value {
        all.page(&ListQuery::read(query, ApiVersion::First).unwrap(), ApiVersion::First)
    }

    #[test]
    fn the_pages_go_on_where_they_stopped_whatever_begins_or_goes_meanwhile() {
        let mut all = AgentConversations::new(NOON);
        let ids_before: Vec<String> = all.conversations.iter().map(|conversation| conversation.id.clone()).collect();
        let first = page(&all, "");
        all.begin(NOON);
        // The very conversation that the cursor names may be gone.
        all.conversations.retain(|conversation| conversation.id != ids_before[PAGE - 1]);
        let second = page(&all, &format!("cursor={}", first["cursor"].as_str().unwrap()));
        let third = page(&all, &format!("cursor={}", second["cursor"].as_str().unwrap()));
        assert_eq!([ids(&first), ids(&second), ids(&third)].concat(), ids_before);
        assert_eq!(third["cursor"], Value::Null);
    }

    #[test]
    fn a_span_takes_its_begin_and_leaves_its_end() {
        let all = AgentConversations::new(NOON);
        let at = |n: usize| all.conversations[n].created.to_rfc3339();
        let found = page(&all, &format!("created_at_gte={}&created_at_lt={}", at(9), at(5)));
        let expected: Vec<&String> = all.conversations[6..=9].iter().map(|conversation| &conversation.id).collect();
        assert_eq!(ids(&found).iter().collect::<Vec<_>>(), expected);
        for of in ["completed", "postprocessed"] {
            let found = page(&all, &format!("{of}_at_lt=2100-01-01T00:00:00Z"));
            assert!(
                found["data"].as_array().unwrap().iter().all(|item| item[format!("{of}_at")].is_string()),
                "{of}"
            );
        }
        assert_eq!(ids(&page(&all, "created_at_gte=2100-01-01T00:00:00Z")).len(), 0);
    }

    #[test]
    fn the_oldest_are_forgotten_in_the_end() {
        let mut all = AgentConversations::new(NOON);
        (0..MOST).for_each(|_| drop(all.begin(NOON)));
        assert_eq!(all.conversations.len(), MOST);
        assert!(all.conversations.iter().all(|conversation| !conversation.id.contains("sandbox")));
    }
}
