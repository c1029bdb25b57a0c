//! The book: every agent conversation, newest first. Pure: what time it is, is told.

use serde_json::{Value, json};

use crate::domain::Timestamp;

use super::super::history::Said;
use super::Version;
use super::query::{Cursor, Query};
use super::seeds;
use super::talk::{Channel, Talk, id};

/// How many stand on a page. Nobody documents the platform's number.
pub(super) const PAGE: usize = 20;
/// Beyond so many the oldest are forgotten: a sandbox may live for weeks.
const MOST: usize = 1_000;

/// Why the book refuses something.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum BookError {
    #[error("no such conversation")]
    NoTalk,
    #[error("the conversation has ended")]
    Ended(&'static str),
    #[error("the conversation is not a chat")]
    NotAChat,
    #[error("only conversations in test mode, or still queued, can be deleted")]
    Kept,
}

/// A message that was taken down.
pub(super) struct Taken {
    /// Its event.
    pub(super) event: Value,
    /// What had been said before.
    pub(super) before: Vec<Said>,
}

/// Every conversation.
pub(super) struct Book {
    talks: Vec<Talk>,
    begun: usize,
}

impl Book {
    /// The book as it is at each start.
    pub(super) fn new(now: Timestamp) -> Self {
        Self { talks: seeds::talks(now), begun: seeds::COUNT }
    }

    /// A page of the list.
    pub(super) fn page(&self, query: &Query, version: Version) -> Value {
        let mut wanted = self.talks.iter().filter(|talk| query.wants(talk));
        let page: Vec<&Talk> = wanted.by_ref().take(PAGE).collect();
        let more = wanted.next().is_some();
        let cursor = page.last().filter(|_| more).map(|talk| Cursor::behind(talk).write());
        let item = |talk: &&Talk| match version {
            Version::First => talk.first_item(),
            Version::Second => talk.second_item(),
        };
        json!({ "data": page.iter().map(item).collect::<Vec<_>>(), "cursor": cursor })
    }

    /// One conversation by itself.
    pub(super) fn one(&self, id: &str) -> Result<Value, BookError> {
        Ok(self.talk(id)?.alone())
    }

    /// Its events from a place on, and whether there will be no more.
    pub(super) fn events(&self, id: &str, from: usize) -> Result<(Vec<Value>, bool), BookError> {
        let talk = self.talk(id)?;
        Ok((talk.events.get(from..).unwrap_or_default().to_vec(), talk.ended()))
    }

    /// Takes down what the user says in a chat.
    pub(super) fn take(&mut self, id: &str, text: &str, now: Timestamp) -> Result<Taken, BookError> {
        let talk = self.talk_mut(id)?;
        if talk.ended() {
            return Err(BookError::Ended(talk.status));
        }
        if talk.channel != Channel::Chat {
            return Err(BookError::NotAChat);
        }
        let before = talk.said();
        let event = talk.tell(&message("user.message.received", &self::id("msg_"), text), now);
        Ok(Taken { event, before })
    }

    /// Adds an event to a conversation; the first after its setup starts it.
    pub(super) fn tell(&mut self, id: &str, payload: &Value, now: Timestamp) -> Result<Value, BookError> {
        let talk = self.talk_mut(id)?;
        if talk.status == "queued" {
            talk.start(now);
        }
        Ok(talk.tell(payload, now))
    }

    /// Ends a conversation that has not ended.
    pub(super) fn end(&mut self, id: &str, status: &'static str, now: Timestamp) -> Result<Value, BookError> {
        let talk = self.talk_mut(id)?;
        if talk.ended() { Err(BookError::Ended(talk.status)) } else { Ok(talk.end(status, now)) }
    }

    /// Deletes a conversation that may be deleted.
    pub(super) fn delete(&mut self, id: &str) -> Result<(), BookError> {
        let talk = self.talk(id)?;
        if talk.livemode && talk.status != "queued" {
            return Err(BookError::Kept);
        }
        self.talks.retain(|talk| talk.id != id);
        Ok(())
    }

    /// A conversation begins of its own accord, by telephone: which script it follows, its id, and its first event.
    pub(super) fn begin(&mut self, now: Timestamp) -> (usize, String, Value) {
        let n = self.begun;
        self.begun += 1;
        let inbound = !seeds::nobody_answers(n);
        let mut talk = Talk::queued(id("conv_"), seeds::phone(n), inbound, false, now);
        talk.customer = Some(format!("cus_sandbox{:02}", n % 23));
        let setup = talk.events.first().cloned().unwrap_or_default();
        let id = talk.id.clone();
        let place = self.talks.iter().position(|other| other.created <= now).unwrap_or(self.talks.len());
        self.talks.insert(place, talk);
        self.talks.truncate(MOST);
        (n, id, setup)
    }

    /// A conversation that followed the `n`th script was looked through: what is known of it now, as an event.
    pub(super) fn look_through(&mut self, id: &str, n: usize, now: Timestamp) -> Result<Value, BookError> {
        Ok(seeds::look_through(self.talk_mut(id)?, n, now))
    }

    fn talk(&self, id: &str) -> Result<&Talk, BookError> {
        self.talks.iter().find(|talk| talk.id == id).ok_or(BookError::NoTalk)
    }

    fn talk_mut(&mut self, id: &str) -> Result<&mut Talk, BookError> {
        self.talks.iter_mut().find(|talk| talk.id == id).ok_or(BookError::NoTalk)
    }
}

/// The payload of something said. Nobody documents its fields; `text` is what the one that is sent has.
pub(super) fn message(kind: &str, message: &str, text: &str) -> Value {
    json!({ "type": kind, "message_id": message, "text": text })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn ids(page: &Value) -> Vec<String> {
        page["data"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    }

    fn page(book: &Book, query: &str) -> Value {
        book.page(&Query::read(query, Version::First).unwrap(), Version::First)
    }

    #[test]
    fn the_pages_go_on_where_they_stopped_whatever_begins_or_goes_meanwhile() {
        let mut book = Book::new(NOON);
        let all: Vec<String> = book.talks.iter().map(|talk| talk.id.clone()).collect();
        let first = page(&book, "");
        book.begin(NOON);
        // The very conversation that the cursor names may be gone.
        book.talks.retain(|talk| talk.id != all[PAGE - 1]);
        let second = page(&book, &format!("cursor={}", first["cursor"].as_str().unwrap()));
        let third = page(&book, &format!("cursor={}", second["cursor"].as_str().unwrap()));
        assert_eq!([ids(&first), ids(&second), ids(&third)].concat(), all);
        assert_eq!(third["cursor"], Value::Null);
    }

    #[test]
    fn a_span_takes_its_begin_and_leaves_its_end() {
        let book = Book::new(NOON);
        let at = |n: usize| book.talks[n].created.to_rfc3339();
        let found = page(&book, &format!("created_at_gte={}&created_at_lt={}", at(9), at(5)));
        let expected: Vec<&String> = book.talks[6..=9].iter().map(|talk| &talk.id).collect();
        assert_eq!(ids(&found).iter().collect::<Vec<_>>(), expected);
        for of in ["completed", "postprocessed"] {
            let found = page(&book, &format!("{of}_at_lt=2100-01-01T00:00:00Z"));
            assert!(
                found["data"].as_array().unwrap().iter().all(|item| item[format!("{of}_at")].is_string()),
                "{of}"
            );
        }
        assert_eq!(ids(&page(&book, "created_at_gte=2100-01-01T00:00:00Z")).len(), 0);
    }

    #[test]
    fn the_oldest_are_forgotten_in_the_end() {
        let mut book = Book::new(NOON);
        (0..MOST).for_each(|_| drop(book.begin(NOON)));
        assert_eq!(book.talks.len(), MOST);
        assert!(book.talks.iter().all(|talk| !talk.id.contains("sandbox")));
    }
}
