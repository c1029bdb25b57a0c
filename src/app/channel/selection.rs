//! Which messages a key means, and what can be copied of them.

use std::ops::Range;

use crate::app::channel::Channel;
use crate::app::chat::TranscriptItem;
use crate::domain::{Extras, Message, MessageId, Moment, OutState, Role};

impl Channel {
    /// Whether something is picked or marked.
    pub(in crate::app) fn is_picked(&self) -> bool {
        self.chat.picked.is_some() || self.chat.marked.is_some()
    }

    /// The places among the parts of what is picked: none, one message or a range.
    pub fn picked(&self) -> Range<usize> {
        self.open_chat().picked()
    }

    /// The message that a key means: the one that is picked, the one that a search went to, or the last one on screen.
    pub fn target_message(&self) -> Option<usize> {
        let picked = self.chat.picked.and_then(|picked| self.part_of(picked.key));
        picked.or_else(|| self.gone_to()).or_else(|| self.last_on_screen())
    }

    /// The message that a search in the conversation went to last, as long as it is on screen.
    fn gone_to(&self) -> Option<usize> {
        let found = self.chat.find.as_ref()?.current?;
        let first = self.chat.measured.top.and_then(|top| self.part_of(top.item))?;
        let last = self.chat.measured.bottom.and_then(|key| self.part_of(key))?;
        self.part_of(found.item).filter(|at| (first..=last).contains(at) && self.is_message(*at))
    }

    /// The last message of which something is on screen.
    pub(in crate::app) fn last_on_screen(&self) -> Option<usize> {
        let last = self.chat.measured.bottom.and_then(|key| self.part_of(key));
        let last = last.or(self.chat.items.len().checked_sub(1))?;
        (0..=last).rev().find(|at| self.is_message(*at))
    }

    /// Whether a part is a message, rather than what is told of the conversation.
    pub fn is_message(&self, at: usize) -> bool {
        self.chat.items.get(at).is_some_and(|part| *part != TranscriptItem::Details)
    }

    /// The messages that a key copies: what is picked, or else the one that is meant.
    pub(in crate::app) fn to_copy(&self) -> Range<usize> {
        let picked = self.picked();
        if picked.is_empty() { self.target_message().map_or(0..0, |at| at..at + 1) } else { picked }
    }

    /// The message at a place among the parts, as a history would have it.
    pub fn message(&self, at: usize) -> Option<Message> {
        let local = |role, text: &str, at, id: Option<&MessageId>, state| {
            let id = id.cloned().unwrap_or_else(|| MessageId::new(""));
            let extras = Extras { state, ..Extras::default() };
            Message { id, role, text: text.to_owned(), created_at: Moment::at(at), extras }
        };
        match self.chat.items.get(at)? {
            TranscriptItem::Details => None,
            TranscriptItem::Greeting => {
                let greeting = self.chat.greeting.as_ref()?;
                Some(local(Role::Assistant, &greeting.text, greeting.at, None, None))
            }
            TranscriptItem::History(i) => self.chat.past(*i).map(|past| past.message.clone()),
            TranscriptItem::Ask(id) => {
                let turn = &self.turns.get(id)?.turn;
                let state = Some(turn.state).filter(|state| *state != OutState::Sent);
                Some(local(Role::User, &turn.text, turn.created, turn.message_id.as_ref(), state))
            }
            TranscriptItem::Answer(id) => {
                let one = self.turns.get(id)?;
                let reply = one.turn.reply.as_ref();
                let text = reply.map_or("", |reply| reply.text.as_str());
                let id = reply.and_then(|reply| reply.message_id.as_ref());
                Some(local(Role::Assistant, text, one.sent_at.unwrap_or(one.turn.created), id, None))
            }
        }
    }

    /// What the message at a place says: markdown, untrusted.
    pub fn source(&self, at: usize) -> Option<&str> {
        let said = match self.chat.items.get(at)? {
            TranscriptItem::Details => return None,
            TranscriptItem::Greeting => self.chat.greeting.as_ref()?.text.as_str(),
            TranscriptItem::History(i) => {
                let past = self.chat.past(*i)?;
                // Where all that was said is a picture, what stands for it.
                if past.message.text.trim().is_empty() { past.text() } else { &past.message.text }
            }
            TranscriptItem::Ask(id) => &self.turns.get(id)?.turn.text,
            TranscriptItem::Answer(id) => self.turns.get(id)?.turn.reply.as_ref().map_or("", |reply| &reply.text),
        };
        Some(said)
    }

    /// Who said it, in a word: the names are untrusted.
    pub(in crate::app) fn who(&self, at: usize) -> String {
        let role = match self.chat.items.get(at) {
            Some(TranscriptItem::Ask(_)) => return "you".to_owned(),
            Some(TranscriptItem::History(i)) => match self.chat.past(*i) {
                Some(past) if self.is_mine(past) => return "you".to_owned(),
                Some(past) => match (&past.message.extras.author, &past.message.role) {
                    (Some(name), _) => return name.clone(),
                    (None, Role::User) => return "person".to_owned(),
                    (None, role) => role.clone(),
                },
                None => Role::Assistant,
            },
            _ => Role::Assistant,
        };
        match role {
            Role::Assistant => "bot".to_owned(),
            other => other.as_str().to_owned(),
        }
    }
}
