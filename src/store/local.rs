//! Conversations of which the platform keeps no list: the store's copy is the history. Owns where a message of ours
//! stands between those that came, and the ways to answer directly.

use super::Store;
use super::error::StoreError;
use super::thread::Answer;
use crate::domain::{ChannelName, ConversationId, Extras, ReplyHandle, Role, Timestamp, TurnId};

impl Store {
    /// A turn that this instance claimed was taken by its platform, and the reply comes by itself: sending → sent, and
    /// filed in the conversation's history under that role, before what came since it was claimed. Answers its place.
    pub fn file_sent(&self, _id: &TurnId, _role: &Role, _extras: &Extras) -> Answer<i64> {
        self.ask(|_| Err(StoreError::Closed))
    }

    /// Takes the newest way to answer a conversation directly that lives for more than `margin_ms`. It is gone then, whatever comes
    /// of it: one is never used twice.
    pub fn take_reply_handle(
        &self,
        _channel: &ChannelName,
        _conversation: &ConversationId,
        _now: Timestamp,
        _margin_ms: i64,
    ) -> Answer<Option<ReplyHandle>> {
        self.ask(|_| Err(StoreError::Closed))
    }

    /// Until when a conversation can be answered directly.
    pub fn reply_until(&self, _channel: &ChannelName, _conversation: &ConversationId) -> Answer<Option<Timestamp>> {
        self.ask(|_| Err(StoreError::Closed))
    }
}
