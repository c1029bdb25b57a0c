//! The messages that were sent from here, and the text that is being written.

use crate::app::channel::Channel;
use crate::app::chat::{ConversationRef, PendingTurn};
use crate::app::ids::Ids;
use crate::app::text_buffer::TextBuffer;
use crate::domain::ConversationId;

impl Channel {
    /// The turns of a conversation that the platform's history does not wholly hold, in the order in which they leave.
    pub fn turns_in(&self, place: &ConversationRef) -> impl DoubleEndedIterator<Item = &PendingTurn> + use<'_> {
        let mut turns: Vec<&PendingTurn> = self.turns.values().filter(|t| t.place == *place).collect();
        turns.sort_by_key(|local| local.order());
        turns.into_iter()
    }

    /// What waits in the open conversation: behind another message, until the user lets go of it, or in the hands of
    /// another window. In the order in which it leaves.
    pub fn queue(&self) -> Vec<&PendingTurn> {
        let turns: Vec<&PendingTurn> = self.turns_in(&self.chat.place).collect();
        let mut busy = turns.iter().any(|local| local.live && !local.is_waiting());
        let waits = |local: &&PendingTurn| {
            let queue = local.turn.queue;
            let apart = queue.held || queue.elsewhere;
            // The first that can leave is leaving.
            local.is_waiting() && (apart || (local.live && std::mem::replace(&mut busy, true)))
        };
        turns.into_iter().filter(waits).collect()
    }

    /// The turn of the open conversation whose reply is under way.
    pub fn active(&self) -> Option<&PendingTurn> {
        self.turns_in(&self.chat.place).find(|t| t.live && !t.is_whole())
    }

    /// The newest turn of the open conversation that waits for the user's word.
    pub fn undecided(&self) -> Option<&PendingTurn> {
        self.turns_in(&self.chat.place).rev().find(|t| t.needs_word())
    }

    /// Puts another text into the composer, the cursor at its end.
    pub(in crate::app) fn write(&mut self, ids: &mut Ids, text: String) {
        self.composer.text = TextBuffer::new(ids.next_number(), text).at_end();
    }

    /// Puts a text into the composer in front of what is being written there, which stays as it is.
    pub(in crate::app) fn write_before(&mut self, ids: &mut Ids, text: String) {
        if self.composer.text.is_empty() {
            self.write(ids, text);
        } else if !text.is_empty() {
            self.composer.text.prepend(&format!("{text}\n"));
        }
    }

    /// The open conversation's id, once it has one.
    pub fn open_id(&self) -> Option<&ConversationId> {
        self.chat.place.id()
    }
}
