//! The messages that were sent from here, and the text that is being written.

use crate::app::channel::Channel;
use crate::app::chat::{ConversationRef, PendingTurn};
use crate::app::ids::Ids;
use crate::app::text_buffer::TextBuffer;
use crate::domain::ConversationId;

impl Channel {
    /// The turns of a conversation that the platform's history does not wholly hold, oldest first.
    pub fn turns_in<'a>(&'a self, place: &'a ConversationRef) -> impl DoubleEndedIterator<Item = &'a PendingTurn> {
        self.turns.values().filter(move |t| t.place == *place)
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
