//! What is picked of a conversation, and what can be copied of it.
//!
//! Owns which messages are meant, and what goes to the clipboard of them. How it gets there, and whether it did, is told
//! by the floor that does it.

mod menu;

pub(super) use menu::usual;
pub use menu::{CopyMenu, Entry, Take};

use std::ops::Range;

use super::channel::Channel;
use super::chat::Part;
use super::window::{Focus, ViewKind, Window};
use crate::domain::{Extras, Message, MessageId, Moment, OutState, Role};

/// The messages that are picked: one, or a range of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picked {
    /// The key of the message that moves.
    pub key: u64,
    /// Where the range began, while there is one.
    pub from: Option<u64>,
}

/// What the mouse marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Marked {
    /// It still moves.
    Moving,
    /// It was let go on this text.
    Text(String),
}

/// A text on its way to the clipboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clip {
    /// What it is, as a sentence begins with it: `The message`.
    pub what: String,
    /// The text, safe to be pasted anywhere.
    pub text: String,
}

/// How a text went to a clipboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Copied {
    /// It is in the clipboard of the desktop, which said so.
    Desktop,
    /// It was sent to the terminal by OSC 52, which says nothing; why the desktop's has it not, where that was tried.
    Terminal {
        /// Which multiplexer it goes through: `tmux`, `screen`.
        through: Option<&'static str>,
        /// Why the desktop's clipboard did not take it, where that was tried.
        instead: Option<String>,
    },
    /// No terminal takes so much: nothing was sent. It has so many bytes, of so many at most.
    TooLong(usize, usize),
    /// It stands in that file.
    File(String),
    /// It could not be written there.
    Failed(crate::domain::Failure),
}

impl Channel {
    /// Whether something is picked or marked.
    pub(super) fn is_picked(&self) -> bool {
        self.chat.picked.is_some() || self.chat.marked.is_some()
    }

    /// The places among the parts of what is picked: none, one message or a range.
    pub fn picked(&self) -> Range<usize> {
        let Some(picked) = self.chat.picked else { return 0..0 };
        let Some(at) = self.part_of(picked.key) else { return 0..0 };
        let from = picked.from.and_then(|key| self.part_of(key)).unwrap_or(at);
        at.min(from)..at.max(from) + 1
    }

    /// The message that a key means: the one that is picked, the one that a search went to, or the last one on screen.
    pub fn meant(&self) -> Option<usize> {
        let picked = self.chat.picked.and_then(|picked| self.part_of(picked.key));
        picked.or_else(|| self.gone_to()).or_else(|| self.last_on_screen())
    }

    /// The message that a search in the conversation went to last, as long as it is on screen.
    fn gone_to(&self) -> Option<usize> {
        let found = self.chat.finding.as_ref()?.current?;
        let first = self.chat.measured.top.and_then(|top| self.part_of(top.item))?;
        let last = self.chat.measured.bottom.and_then(|key| self.part_of(key))?;
        self.part_of(found.item).filter(|at| (first..=last).contains(at) && self.is_message(*at))
    }

    /// The last message of which something is on screen.
    pub(super) fn last_on_screen(&self) -> Option<usize> {
        let last = self.chat.measured.bottom.and_then(|key| self.part_of(key));
        let last = last.or(self.chat.parts.len().checked_sub(1))?;
        (0..=last).rev().find(|at| self.is_message(*at))
    }

    /// Whether a part is a message, rather than what is told of the conversation.
    pub fn is_message(&self, at: usize) -> bool {
        self.chat.parts.get(at).is_some_and(|part| *part != Part::Details)
    }

    /// The messages that a key copies: what is picked, or else the one that is meant.
    pub(super) fn to_copy(&self) -> Range<usize> {
        let picked = self.picked();
        if picked.is_empty() { self.meant().map_or(0..0, |at| at..at + 1) } else { picked }
    }

    /// The message at a place among the parts, as a history would have it.
    pub fn message(&self, at: usize) -> Option<Message> {
        let local = |role, text: &str, at, id: Option<&MessageId>, state| {
            let id = id.cloned().unwrap_or_else(|| MessageId::new(""));
            let extras = Extras { state, ..Extras::default() };
            Message { id, role, text: text.to_owned(), created_at: Moment::at(at), extras }
        };
        match self.chat.parts.get(at)? {
            Part::Details => None,
            Part::Greeting => {
                let greeting = self.chat.greeting.as_ref()?;
                Some(local(Role::Assistant, &greeting.text, greeting.at, None, None))
            }
            Part::Past(i) => self.chat.past(*i).map(|past| past.message.clone()),
            Part::Ask(id) => {
                let turn = &self.turns.get(id)?.turn;
                let state = Some(turn.state).filter(|state| *state != OutState::Sent);
                Some(local(Role::User, &turn.text, turn.created, turn.message_id.as_ref(), state))
            }
            Part::Answer(id) => {
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
        let said = match self.chat.parts.get(at)? {
            Part::Details => return None,
            Part::Greeting => self.chat.greeting.as_ref()?.text.as_str(),
            Part::Past(i) => {
                let past = self.chat.past(*i)?;
                // Where all that was said is a picture, what stands for it.
                if past.message.text.trim().is_empty() { past.text() } else { &past.message.text }
            }
            Part::Ask(id) => &self.turns.get(id)?.turn.text,
            Part::Answer(id) => self.turns.get(id)?.turn.reply.as_ref().map_or("", |reply| &reply.text),
        };
        Some(said)
    }

    /// Who said it, in a word: the names are untrusted.
    pub(super) fn who(&self, at: usize) -> String {
        let role = match self.chat.parts.get(at) {
            Some(Part::Ask(_)) => return "you".to_owned(),
            Some(Part::Past(i)) => match self.chat.past(*i) {
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

impl Window {
    /// Whether what is copied here is copied of the transcript.
    pub(super) fn copies_here(&self) -> bool {
        self.view == ViewKind::Chat && self.focus == Focus::Transcript
    }
}
