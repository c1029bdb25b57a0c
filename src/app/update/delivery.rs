//! Between a message and the webhook that brought it.

use crate::app::channel::Channel;
use crate::app::chat::TranscriptItem;
use crate::app::chat::scroll::{Anchor, Scroll};
use crate::app::effect::Effect;
use crate::app::webhooks::WebhookEffect;
use crate::domain::{ConversationId, MessageId};

/// Shows the message that was asked for, once its conversation is loaded.
pub(super) fn land(channel: &mut Channel, landing: &mut Option<(ConversationId, MessageId, i64)>) {
    let Some((conversation, message, row)) = landing else { return };
    if channel.open_id() != Some(conversation) || !channel.chat.loaded {
        return;
    }
    let key = channel.chat.items.iter().find(|part| message_of(channel, part) == Some(&*message));
    if let Some(item) = key.and_then(|part| channel.key_of(part)) {
        channel.chat.scroll = Scroll::At(Anchor { item, row: *row });
    }
    *landing = None;
}

/// The id of the message that stands there, as far as the platform has given it one.
pub(super) fn message_of<'a>(channel: &'a Channel, part: &TranscriptItem) -> Option<&'a MessageId> {
    match part {
        TranscriptItem::Greeting | TranscriptItem::Details => None,
        TranscriptItem::History(at) => channel.chat.past(*at).map(|past| &past.message.id),
        TranscriptItem::Ask(id) => channel.turns.get(id).and_then(|t| t.turn.message_id.as_ref()),
        TranscriptItem::Answer(id) => {
            channel.turns.get(id).and_then(|t| t.turn.reply.as_ref()).and_then(|r| r.message_id.as_ref())
        }
    }
}

/// Asks for the delivery that brought the message in view: the first on screen, or the newest where it is followed.
pub(super) fn find_delivery(channel: &Channel) -> Vec<Effect> {
    let Some(conversation) = channel.open_id().cloned() else { return Vec::new() };
    let picked = channel.chat.picked.and_then(|picked| channel.part_of(picked.key));
    let part = match (channel.chat.scroll, channel.chat.measured.top) {
        _ if picked.is_some() => picked.and_then(|at| channel.chat.items.get(at)),
        (Scroll::At(_), Some(top)) => channel.part_of(top.item).and_then(|at| channel.chat.items.get(at)),
        _ => channel.chat.items.last(),
    };
    let message = part.and_then(|part| message_of(channel, part)).cloned();
    vec![Effect::Webhooks(WebhookEffect::FindDelivery { conversation, message })]
}
