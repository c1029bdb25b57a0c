//! A conversation of a channel, to look at: the open one, or the one that is kept beside it.

use std::ops::Range;

use crate::app::channel::Channel;
use crate::app::chat::{Chat, ConversationRef, DETAILS, HistoryEntry, TranscriptItem};
use crate::app::roster::RosterRow;
use crate::domain::{ConversationId, Role, SafeText, Timestamp, TurnId};

/// How long after a message was taken its reply is called late.
const REPLY_LATE_MS: i64 = 60_000;

/// A conversation with the channel that it is of.
#[derive(Debug, Clone, Copy)]
pub struct ChatView<'a> {
    /// The channel.
    pub channel: &'a Channel,
    /// What is loaded of the conversation, and where it is looked at.
    pub chat: &'a Chat,
}

impl Channel {
    /// The open conversation.
    pub fn open_chat(&self) -> ChatView<'_> {
        ChatView { channel: self, chat: &self.chat }
    }

    /// Exchanges the open conversation with the one aside: false where none is.
    pub(in crate::app) fn exchange(&mut self) -> bool {
        let Some(aside) = &mut self.aside else { return false };
        std::mem::swap(&mut self.chat, &mut aside.chat);
        std::mem::swap(&mut self.composer, &mut aside.composer);
        std::mem::swap(&mut self.composer.shelf, &mut aside.composer.shelf);
        true
    }

    /// Whether that conversation is the one aside.
    pub(in crate::app) fn has_aside(&self, place: &ConversationRef) -> bool {
        self.aside.as_ref().is_some_and(|aside| aside.chat.place == *place)
    }
}

impl<'a> ChatView<'a> {
    /// The conversation's id, once it has one.
    pub fn id(self) -> Option<&'a ConversationId> {
        self.chat.place.id()
    }

    /// Its row in the list of conversations; none where that isn't loaded.
    pub fn row(self) -> Option<&'a RosterRow> {
        self.id().and_then(|id| self.channel.roster.row(id))
    }

    /// Its title, safe to draw; none where it has none.
    pub fn title(self) -> Option<&'a SafeText> {
        self.row().map(|row| &row.label).filter(|label| !label.as_str().trim().is_empty())
    }

    /// The places among the parts of what is picked: none, one message or a range.
    pub fn picked(self) -> Range<usize> {
        let Some(picked) = self.chat.picked else { return 0..0 };
        let Some(at) = self.part_of(picked.key) else { return 0..0 };
        let from = picked.from.and_then(|key| self.part_of(key)).unwrap_or(at);
        at.min(from)..at.max(from) + 1
    }

    /// The message that was taken and whose reply is still to come: the last one, if it is the user's.
    pub fn awaited(self) -> Option<&'a HistoryEntry> {
        let last = self.chat.history.last().filter(|past| past.ours && past.message.role == Role::User)?;
        let waits = self.channel.capabilities.local && !self.channel.capabilities.is_bot;
        (waits && self.channel.turns_in(&self.chat.place).next().is_none()).then_some(last)
    }

    /// When an awaited reply is late.
    pub fn late_at(self) -> Option<Timestamp> {
        self.awaited()?.message.created_at.at.map(|at| at.plus_millis(REPLY_LATE_MS))
    }

    /// Where in the transcript the item with that key is: at once, however long it is.
    pub fn part_of(self, key: u64) -> Option<usize> {
        let parts = &self.chat.items;
        if let Some(at) = self.chat.history.position(key) {
            // Before the history stand at most what the platform tells of the conversation, and a greeting.
            return (at..parts.len().min(at + 3))
                .find(|index| parts.get(*index) == Some(&TranscriptItem::History(at)));
        }
        let turn = |id: &TurnId| self.channel.turns.get(id);
        let others = |part: &TranscriptItem| match part {
            TranscriptItem::Details => key == DETAILS,
            TranscriptItem::Greeting => self.chat.greeting.as_ref().is_some_and(|greeting| greeting.key == key),
            TranscriptItem::History(_) => false,
            TranscriptItem::Ask(id) => turn(id).is_some_and(|turn| turn.keys.0 == key),
            TranscriptItem::Answer(id) => turn(id).is_some_and(|turn| turn.keys.1 == key),
        };
        let of_history = |part: &TranscriptItem| matches!(part, TranscriptItem::History(_));
        let before = parts.iter().take_while(|part| !of_history(part)).position(others);
        let behind = || parts.iter().rev().take_while(|part| !of_history(part)).position(others);
        before.or_else(|| behind().map(|from_the_end| parts.len() - 1 - from_the_end))
    }
}
