//! The message that is being written, and what is to go out with it.

use crate::app::chat::ConversationRef;
use crate::app::chat::attach::Attached;
use crate::app::line_input::LineInput;
use crate::app::text_buffer::TextBuffer;
use crate::domain::{Turn, TurnId};

/// The message that is being written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Composer {
    /// What stands in it.
    pub text: TextBuffer,
    /// The sent message that was called back into it, while it stands there as it was sent.
    pub recalled: Option<Recalled>,
    /// What goes out with it.
    pub attach: Vec<Attached>,
    /// The message in whose place it is being written: one that did not go through, or of which nobody knows. It is given
    /// up when this one is sent.
    pub instead: Option<TurnId>,
    /// The message that was taken back from the queue and is being written anew, while it is: it has its place again when it
    /// is sent.
    pub taken_back: Option<Turn>,
    /// What is typed to name something that is to go out with it, while it is being asked for.
    pub prompt: Option<LineInput>,
    /// What was to go out in conversations that were left before it was sent. Not kept beyond this run.
    pub shelf: Vec<(ConversationRef, Vec<Attached>)>,
}

/// A sent message that was called back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recalled {
    /// How many messages of the user's own are behind it and itself: 1 for the last one.
    pub back: usize,
    /// The stamp of the text when it was put there.
    pub stamp: (u64, u64),
}

impl Composer {
    /// Whether there is nothing that could be sent.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.attach.is_empty()
    }

    /// Puts what was to go out in one conversation aside, and takes out what was in another.
    pub(in crate::app) fn change_attached(&mut self, left: ConversationRef, opened: &ConversationRef) {
        let attached = std::mem::take(&mut self.attach);
        self.put_aside(left, attached);
        if let Some(at) = self.shelf.iter().position(|(place, _)| place == opened) {
            self.attach = self.shelf.swap_remove(at).1;
        }
    }

    /// Puts aside what was to go out in a conversation.
    pub(in crate::app) fn put_aside(&mut self, place: ConversationRef, mut attached: Vec<Attached>) {
        match self.shelf.iter_mut().find(|(kept, _)| *kept == place) {
            Some((_, kept)) => kept.append(&mut attached),
            None if attached.is_empty() => {}
            None => self.shelf.push((place, attached)),
        }
    }
}
