//! Reading the open conversation from the store.

use crate::app::channel::Channel;
use crate::app::chat::ConversationRef;
use crate::app::effect::{ChannelEffect, Effect};
use crate::domain::ConversationId;

/// How many messages are loaded at first, with each step up, and to look for news.
pub(super) const WINDOW: usize = 200;

/// Reads the end of the open conversation from the store again, `new` messages more than were there: however much of it
/// is loaded, what is new joins that.
pub(super) fn reload(channel: &Channel, id: &ConversationId, new: usize) -> Effect {
    read(channel, id, WINDOW + new)
}

pub(super) fn read(channel: &Channel, id: &ConversationId, limit: usize) -> Effect {
    Effect::Open(ChannelEffect::Load { ticket: channel.chat.ticket, conversation: Some(id.clone()), limit })
}

/// Loads older messages once the oldest that is loaded is on screen.
pub(super) fn load_older_if_due(channel: &mut Channel) -> Vec<Effect> {
    let chat = &mut channel.chat;
    if !chat.measured.at_top || !chat.older || chat.loading_older {
        return Vec::new();
    }
    let (ConversationRef::Known(conversation), Some(first)) = (chat.place.clone(), chat.history.first()) else {
        return Vec::new();
    };
    chat.loading_older = true;
    vec![Effect::Open(ChannelEffect::LoadOlder {
        ticket: chat.ticket,
        conversation,
        before: first.seq,
        limit: WINDOW,
    })]
}
