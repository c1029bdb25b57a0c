//! One message of a channel: what it is called where it is kept, and which one a key means.

use crate::app::channel::Channel;
use crate::app::chat::TranscriptItem;
use crate::domain::{Message, MessageId, MessageRef, Moment, Record, Role};

impl Channel {
    /// What a part is called where it is kept; none for what is no message of anybody's.
    pub fn reference(&self, part: &TranscriptItem) -> Option<MessageRef> {
        match part {
            TranscriptItem::Details | TranscriptItem::Greeting => None,
            TranscriptItem::History(at) => self.chat.past(*at).map(|past| MessageRef::Filed(past.message.id.clone())),
            TranscriptItem::Ask(id) => Some(MessageRef::Ask(id.clone())),
            TranscriptItem::Answer(id) => Some(MessageRef::Reply(id.clone())),
        }
    }

    /// Whether a part is what that names.
    pub(in crate::app) fn is_referred(&self, part: &TranscriptItem, of: &MessageRef) -> bool {
        match (part, of) {
            (TranscriptItem::History(at), MessageRef::Filed(id)) => {
                self.chat.past(*at).is_some_and(|past| past.message.id == *id)
            }
            (TranscriptItem::Ask(id), MessageRef::Ask(of)) | (TranscriptItem::Answer(id), MessageRef::Reply(of)) => {
                id == of
            }
            _ => false,
        }
    }

    /// The user's own message that is picked, or else the last one.
    pub(in crate::app) fn target_own_message(&self) -> Option<&TranscriptItem> {
        let is_own = |part: &&TranscriptItem| match part {
            TranscriptItem::Ask(_) => true,
            TranscriptItem::History(at) => self.chat.past(*at).is_some_and(|past| self.is_mine(past)),
            TranscriptItem::Details | TranscriptItem::Greeting | TranscriptItem::Answer(_) => false,
        };
        let picked = self.chat.picked.and_then(|picked| self.part_of(picked.key));
        let picked = picked.and_then(|at| self.chat.items.get(at)).filter(is_own);
        picked.or_else(|| self.chat.items.iter().rev().find(is_own))
    }

    /// What is known of the bot's first words, which stand nowhere until the history holds them.
    pub(in crate::app) fn greeted(&self) -> Option<Record> {
        let greeting = self.chat.greeting.as_ref()?;
        Some(Record {
            conversation: self.open_id().cloned(),
            message: Message {
                id: MessageId::new(""),
                role: Role::Assistant,
                text: greeting.text.clone(),
                created_at: Moment::at(greeting.at),
                extras: crate::domain::Extras::default(),
            },
            filed: false,
            received: None,
            finish: None,
            first_word_ms: None,
            took_ms: None,
            sending: None,
            delivery: None,
        })
    }
}
