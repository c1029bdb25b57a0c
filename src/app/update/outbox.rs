//! The turns of a conversation, one behind the other: which is handed over next, and what becomes of those behind it.

use super::save_draft;
use crate::app::channel::Channel;
use crate::app::chat::attach::Attached;
use crate::app::chat::queue::QueueEffect;
use crate::app::chat::{ConversationRef, PendingTurn, words};
use crate::app::effect::{ChannelEffect, Effect};
use crate::app::update::ctx::Ctx;
use crate::domain::{Failure, OutState, Turn};

/// A turn as this process sees it.
pub(super) fn local(ctx: &mut Ctx<'_>, turn: Turn, place: ConversationRef) -> PendingTurn {
    // What is written from now on stands behind it.
    ctx.ids.note_id(&turn.id);
    let keys = (ctx.ids.next_number(), ctx.ids.next_number());
    let (live, sent_at, waiting, reply_failure) = (false, None, None, None);
    let words = turn.reply.as_ref().map_or(0, |r| words(&r.text));
    PendingTurn { turn, place, live, sent_at, waiting, reply_failure, keys, version: 0, words, checks: 0 }
}

/// Hands the first waiting turn of a conversation to the platform, if nothing else is under way there.
pub(super) fn dispatch_next(channel: &mut Channel, place: &ConversationRef) -> Vec<Effect> {
    if channel.chat.place == *place && channel.chat.starting {
        return Vec::new();
    }
    let live = |local: &&PendingTurn| local.live;
    if channel.turns_in(place).filter(live).any(|local| !local.is_waiting()) {
        return Vec::new();
    }
    let first = channel.turns_in(place).find(live).map(|local| local.turn.id.clone());
    let Some(first) = first.and_then(|id| channel.turns.get_mut(&id)) else { return Vec::new() };
    // A mark that it was handed over; the moment itself is set when the courier says so.
    first.sent_at = Some(first.turn.created);
    vec![Effect::Open(ChannelEffect::Dispatch(first.turn.clone()))]
}

/// Puts a turn's text back into the composer of its conversation.
pub(super) fn give_back(channel: &mut Channel, ctx: &mut Ctx<'_>, local: &PendingTurn) -> Vec<Effect> {
    let conversation = local.place.id().cloned();
    let back = local.turn.attach.iter().cloned().map(Attached::from);
    if channel.chat.place != local.place {
        channel.composer.put_aside(local.place.clone(), back.collect());
        return vec![Effect::Open(ChannelEffect::AppendDraft { conversation, text: local.turn.text.clone() })];
    }
    channel.composer.attach.splice(0..0, back);
    channel.write_before(ctx.ids, local.turn.text.clone());
    save_draft(channel)
}

/// Turns that waited behind one that did not go through are held. Where it is no turn that failed, the first of them says
/// why, and waits for the user's word.
pub(super) fn hold(channel: &mut Channel, place: &ConversationRef, failure: Option<&Failure>) -> Vec<Effect> {
    if let Some(failure) = failure {
        let first = channel.turns_in(place).find(|local| local.live && local.turn.state == OutState::Queued);
        let first = first.map(|local| local.turn.id.clone());
        if let Some(local) = first.and_then(|id| channel.turns.get_mut(&id)) {
            local.live = false;
            local.sent_at = None;
            local.turn.failure = Some(failure.clone());
        }
    }
    hold_back(channel, place)
}

/// Holds all of a conversation that has not left. Nothing of it leaves before the user says so.
pub(super) fn hold_back(channel: &mut Channel, place: &ConversationRef) -> Vec<Effect> {
    let mut held = Vec::new();
    for local in channel.turns.values_mut().filter(|local| local.live && local.place == *place) {
        if local.is_waiting() {
            hold_one(local);
            held.push(local.turn.id.clone());
        }
    }
    if held.is_empty() { Vec::new() } else { vec![Effect::Open(ChannelEffect::Queue(QueueEffect::Hold(held)))] }
}

/// One that has not left waits for the user's word.
pub(super) fn hold_one(local: &mut PendingTurn) {
    (local.live, local.sent_at) = (false, None);
    local.turn.queue.held = true;
}
