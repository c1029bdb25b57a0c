//! What is being written is kept, wherever it is left.

use crate::app::channel::Channel;
use crate::app::chat::PendingTurn;
use crate::app::chat::attach::Attached;
use crate::app::effect::{ChannelEffect, Effect};
use crate::app::overlay::message::MessageEffect;
use crate::domain::{Turn, TurnId};

/// Keeps what stands in the composer for the open conversation. Nothing where the store has not yet said what it kept for
/// that: it is kept with that then.
pub(super) fn save_draft(channel: &mut Channel) -> Vec<Effect> {
    if !channel.chat.draft_known {
        return Vec::new();
    }
    let text = channel.composer.text.as_str().to_owned();
    let conversation = channel.open_id().cloned();
    let kept = !text.trim().is_empty();
    if let Some(row) = conversation.as_ref().and_then(|id| channel.roster.row_mut(id)) {
        row.draft = kept;
    }
    vec![Effect::Open(ChannelEffect::SaveDraft { conversation, text })]
}

/// Keeps what was typed for a conversation that is left before the store said what it kept for it.
pub(super) fn leave_draft(channel: &Channel) -> Option<Effect> {
    let text = channel.composer.text.as_str();
    let typed = !channel.chat.draft_known && !text.trim().is_empty();
    typed.then(|| {
        Effect::Open(ChannelEffect::AppendDraft { conversation: channel.open_id().cloned(), text: text.to_owned() })
    })
}

/// Keeps in whose place the text in the composer is being written.
pub(super) fn bind(channel: &Channel) -> Option<Effect> {
    let of = channel.composer.instead.clone()?;
    Some(Effect::Open(ChannelEffect::Message(MessageEffect::Bind { conversation: channel.open_id().cloned(), of })))
}

/// What is kept for the conversation was being written in the place of that message, which is given up when it is sent, if
/// it still waits for the user's word; or of one that was taken back.
pub(super) fn write_instead(channel: &mut Channel, of: Option<TurnId>, taken_back: Option<Turn>) {
    if let Some(turn) = taken_back {
        if channel.composer.attach.is_empty() {
            channel.composer.attach = turn.attach.iter().cloned().map(Attached::from).collect();
        }
        channel.composer.instead = Some(turn.id.clone());
        channel.composer.taken_back = Some(turn);
        return;
    }
    channel.composer.instead = of.filter(|of| channel.turns.get(of).is_some_and(PendingTurn::needs_word));
}

/// It may be what was kept for this conversation that can't be read: what is typed is kept all the same.
pub(super) fn keep_typed(channel: &mut Channel) -> Vec<Effect> {
    if channel.chat.draft_known || channel.composer.text.is_empty() {
        return Vec::new();
    }
    channel.chat.draft_known = true;
    save_draft(channel)
}
