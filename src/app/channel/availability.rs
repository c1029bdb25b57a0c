//! What holds in a channel here and now: what is offered, awaited and refused, and where in the transcript things are.

use crate::app::channel::Channel;
use crate::app::chat::{DETAILS, HistoryEntry, TranscriptItem};
use crate::app::roster::RosterRow;
use crate::app::view::Focus;
use crate::domain::Role;

/// So many of the answers that a bot offers are shown: each has a digit.
const OFFERED: usize = 9;

impl Channel {
    /// Whether what is searched for in the conversation is being written.
    pub fn is_finding(&self) -> bool {
        self.chat.find.as_ref().is_some_and(|finding| finding.writing)
    }

    /// The answers that the bot offers: those of the newest message, until one is chosen or another message follows.
    pub fn quick_replies(&self) -> Vec<&str> {
        let newest = self.chat.history.last().filter(|past| {
            let theirs = matches!(past.message.role, Role::Assistant | Role::Admin) && !past.ours;
            theirs && self.chat.dismissed.as_ref() != Some(&past.message.id)
        });
        match newest {
            Some(past) if self.capabilities.send && self.turns_in(&self.chat.place).next().is_none() => {
                let replies = past.message.extras.quick_replies.iter().map(String::as_str);
                replies.filter(|text| !text.trim().is_empty()).take(OFFERED).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The key on screen of what stands in the transcript.
    pub fn key_of(&self, part: &TranscriptItem) -> Option<u64> {
        match part {
            TranscriptItem::Details => Some(DETAILS),
            TranscriptItem::Greeting => self.chat.greeting.as_ref().map(|g| g.key),
            TranscriptItem::History(i) => self.chat.history.get(*i).map(|p| p.key),
            TranscriptItem::Ask(id) => self.turns.get(id).map(|t| t.keys.0),
            TranscriptItem::Answer(id) => self.turns.get(id).map(|t| t.keys.1),
        }
    }

    /// Whether a message of the history was sent from here, or by the person whom the user is to the bot.
    pub fn is_mine(&self, past: &HistoryEntry) -> bool {
        if self.capabilities.is_bot { past.ours } else { past.message.role == Role::User }
    }

    /// The message that was taken and whose reply is still to come: the last one, if it is the user's.
    pub fn awaited(&self) -> Option<&HistoryEntry> {
        self.open_chat().awaited()
    }

    /// Where in the open conversation's transcript the item with that key is: at once, however long it is.
    pub fn part_of(&self, key: u64) -> Option<usize> {
        self.open_chat().part_of(key)
    }

    /// The open conversation's row.
    pub fn open_row(&self) -> Option<&RosterRow> {
        self.open_chat().row()
    }

    /// Which pane has the keys where nobody chose one: what is written, or what is read where nothing can be.
    pub fn default_focus(&self) -> Focus {
        if self.capabilities.send { Focus::Composer } else { Focus::Transcript }
    }

    /// Why nothing can be sent where the composer stands; none if something can.
    pub fn send_blocker(&self) -> Option<&'static str> {
        let can = self.capabilities;
        if can.requests && !can.send {
            Some("Requests are answered in Webhooks.")
        } else if can.is_archive() {
            Some("An archive can be read, not written to.")
        } else if !can.send {
            Some("This channel takes no messages.")
        } else if can.is_bot && self.open_id().is_none() {
            Some("People write first here.")
        } else if self.info.read_only {
            Some("Read only: what you write stays a draft.")
        } else {
            None
        }
    }
}
