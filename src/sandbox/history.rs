//! What was said: the conversations in memory, as the journal's events made them, and their pages.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::journal::Tale;

/// One thing that happened, one line of the journal. A time is the text that the API shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Event {
    Opened { conversation: String, at: String },
    Said { conversation: String, message: Said },
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) id: String,
    pub(super) role: String,
    pub(super) text: String,
    pub(super) at: String,
}

/// One conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Talk {
    pub(super) id: String,
    pub(super) at: String,
    pub(super) messages: Vec<Said>,
}

impl Talk {
    /// What the user asked first; the greeting where the user has asked nothing yet.
    pub(super) fn initial_message(&self) -> &str {
        let first = self.messages.iter().find(|said| said.role == "user").or(self.messages.first());
        first.map_or("", |said| &said.text)
    }
}

/// Why a page can't be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoPage {
    /// No such conversation.
    Conversation,
    /// The cursor is the id of nothing in this list.
    Cursor,
}

/// A page: its items, and how many there are in all.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Listed<T> {
    pub(super) items: Vec<T>,
    pub(super) total: usize,
}

/// All conversations, in the order in which they were opened.
#[derive(Default)]
pub(super) struct History {
    talks: Vec<Talk>,
    places: HashMap<String, usize>,
}

impl Tale for History {
    type Event = Event;

    fn line(event: &Event) -> String {
        let value = match event {
            Event::Opened { conversation, at } => {
                json!({ "event": "opened", "conversation": conversation, "at": at })
            }
            Event::Said { conversation, message } => json!({
                "event": "said", "conversation": conversation, "id": message.id, "role": message.role,
                "text": message.text, "at": message.at,
            }),
        };
        format!("{value}\n")
    }

    fn event(line: &[u8]) -> Option<Event> {
        let value: Value = serde_json::from_slice(line).ok()?;
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        match value.get("event")?.as_str()? {
            "opened" => Some(Event::Opened { conversation: text("conversation")?, at: text("at")? }),
            "said" => Some(Event::Said {
                conversation: text("conversation")?,
                message: Said { id: text("id")?, role: text("role")?, text: text("text")?, at: text("at")? },
            }),
            _ => None,
        }
    }

    /// Takes an event in. One about a conversation that nobody opened is dropped, and so is a second opening.
    fn apply(&mut self, event: Event) {
        match event {
            Event::Opened { conversation, at } => {
                if !self.places.contains_key(&conversation) {
                    self.places.insert(conversation.clone(), self.talks.len());
                    self.talks.push(Talk { id: conversation, at, messages: Vec::new() });
                }
            }
            Event::Said { conversation, message } => {
                if let Some(talk) = self.places.get(&conversation).and_then(|place| self.talks.get_mut(*place)) {
                    talk.messages.push(message);
                }
            }
        }
    }
}

impl History {
    /// Whether nothing was ever said.
    pub(super) fn is_empty(&self) -> bool {
        self.talks.is_empty()
    }

    /// How many conversations there are.
    pub(super) fn count(&self) -> usize {
        self.talks.len()
    }

    /// The conversation with that id.
    pub(super) fn talk(&self, id: &str) -> Option<&Talk> {
        self.places.get(id).and_then(|place| self.talks.get(*place))
    }

    /// A page of conversations, newest first. Their messages are cut to the first that the user wrote.
    pub(super) fn conversations(&self, limit: usize, cursor: Option<&str>) -> Result<Listed<Talk>, NoPage> {
        let end = match cursor {
            None => self.talks.len(),
            Some(cursor) => *self.places.get(cursor).ok_or(NoPage::Cursor)?,
        };
        let items = self.talks[..end].iter().rev().take(limit).map(headline).collect();
        Ok(Listed { items, total: self.talks.len() })
    }

    /// A page of a conversation's messages, oldest first.
    pub(super) fn messages(&self, id: &str, limit: usize, cursor: Option<&str>) -> Result<Listed<Said>, NoPage> {
        let talk = self.talk(id).ok_or(NoPage::Conversation)?;
        let start = match cursor {
            None => 0,
            Some(cursor) => talk.messages.iter().position(|said| said.id == cursor).ok_or(NoPage::Cursor)? + 1,
        };
        let items = talk.messages[start..].iter().take(limit).cloned().collect();
        Ok(Listed { items, total: talk.messages.len() })
    }
}

fn headline(talk: &Talk) -> Talk {
    let first = talk.messages.iter().find(|said| said.role == "user").or(talk.messages.first());
    Talk { id: talk.id.clone(), at: talk.at.clone(), messages: first.cloned().into_iter().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_survives_its_line() {
        let message = Said {
            id: "m".to_owned(),
            role: "user".to_owned(),
            text: "two\nlines \u{1b}[2J".to_owned(),
            at: "2024-16-01T10:07:04.296Z".to_owned(),
        };
        for event in [
            Event::Opened { conversation: "c".to_owned(), at: "now".to_owned() },
            Event::Said { conversation: "c".to_owned(), message },
        ] {
            let line = History::line(&event);
            assert_eq!(line.matches('\n').count(), 1);
            assert_eq!(History::event(line.trim_end().as_bytes()), Some(event));
        }
        for damaged in ["", "{", "{}", r#"{"event":"later"}"#, r#"{"event":"said","conversation":"c"}"#] {
            assert_eq!(History::event(damaged.as_bytes()), None);
        }
    }
}
