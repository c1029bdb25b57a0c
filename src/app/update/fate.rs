//! What became of a message: it was taken, it was answered, it did not go through, or nobody knows.

use super::outbox::{dispatch_next, give_back};
use super::transcript::rebuild;
use super::{load, outbox, wake};
use crate::app::channel::{Channel, Link};
use crate::app::chat::ConversationRef;
use crate::app::effect::{ChannelEffect, Effect};
use crate::app::notify::Happening;
use crate::app::update::ctx::Ctx;
use crate::domain::{ConversationId, Failure, Finish, NotifyKind, OutState, Reply, TurnId};

/// How often the program itself asks for the fate of a message.
const CHECKS: u32 = 3;
/// What is told of a reply that is not whole, and of a message whose fate nobody knows.
const CUT: &str = "the reply stopped before its end";
const NOBODY_KNOWS: &str = "nobody knows whether a message arrived";

/// The platform took it, and the store has filed it in the history. The reply comes when it comes.
pub(super) fn accepted(channel: &mut Channel, ctx: &mut Ctx<'_>, id: &TurnId) -> Vec<Effect> {
    let Some(local) = channel.turns.get_mut(id) else { return Vec::new() };
    local.live = false;
    local.waiting = None;
    local.turn.state = OutState::Sent;
    let place = local.place.clone();
    channel.link = Link::Connected;
    if let Some(row) = place.id().and_then(|id| channel.roster.row_mut(id)) {
        row.activity = row.activity.max(Some(ctx.now));
        row.state = None;
    }
    channel.roster.sort();
    let mut effects = Vec::new();
    if channel.chat.place == place {
        // It is shown as it is until the history with it is there.
        effects.extend(place.id().map(|id| load::reload(channel, id, 1)));
    } else {
        channel.turns.remove(id);
    }
    rebuild(channel);
    effects.extend(dispatch_next(channel, &place));
    effects
}

/// The reply ended, as the platform said or as it was read.
pub(super) fn done(
    channel: &mut Channel,
    ctx: &mut Ctx<'_>,
    id: &TurnId,
    finish: Finish,
    failure: Option<Failure>,
) -> Vec<Effect> {
    let Some(local) = channel.turns.get_mut(id) else { return Vec::new() };
    local.live = false;
    local.waiting = None;
    local.turn.state = OutState::Sent;
    local.reply_failure = failure;
    let took_ms = local.sent_at.map(|at| ctx.now.since(at));
    let reply = local.turn.reply.get_or_insert_with(Reply::default);
    if reply.finish.is_none() {
        // Else it was whole before its stream was.
        reply.took_ms = took_ms;
    }
    reply.finish = Some(finish);
    let place = local.place.clone();
    let (name, text) = (&channel.info.name, reply.text.trim());
    match finish {
        Finish::Cut => ctx.happened(Happening::new(name, NotifyKind::Failed, place.id(), text).in_words(CUT)),
        Finish::Cancelled => {}
        _ => ctx.happened(Happening::new(name, NotifyKind::Reply, place.id(), text)),
    }
    channel.link = Link::Connected;
    let open = channel.chat.place == place;
    if let Some(row) = place.id().and_then(|id| channel.roster.row_mut(id)) {
        row.activity = Some(ctx.now);
        row.unread |= !open || !ctx.on_screen;
        row.state = None;
    }
    channel.roster.sort();
    channel.count_unread();
    rebuild(channel);
    let mut effects = Vec::new();
    if finish == Finish::Cut
        && channel.capabilities.history
        && let Some(conversation) = place.id().cloned()
    {
        // The platform may have the whole of it by now.
        effects.push(Effect::Open(ChannelEffect::Refresh { conversation, after_ms: 2_000 }));
    }
    effects.extend(dispatch_next(channel, &place));
    effects
}

/// It did not get so far as a reply.
pub(super) fn ended(
    channel: &mut Channel,
    ctx: &mut Ctx<'_>,
    id: &TurnId,
    out: OutState,
    failure: &Failure,
) -> Vec<Effect> {
    let Some(local) = channel.turns.get_mut(id) else { return Vec::new() };
    local.live = false;
    local.waiting = None;
    local.sent_at = None;
    local.turn.state = out;
    local.turn.failure = Some(failure.clone());
    let place = local.place.clone();
    let mut effects = Vec::new();
    let happening = Happening::new(&channel.info.name, NotifyKind::Failed, place.id(), &failure.sentence());
    match out {
        OutState::Rejected => ctx.happened(happening),
        OutState::Unknown => ctx.happened(happening.in_words(NOBODY_KNOWS)),
        _ => {}
    }
    match out {
        OutState::Rejected => {
            channel.link = Link::Trouble(failure.kind);
            if let Some(local) = channel.turns.remove(id) {
                effects.push(Effect::Open(ChannelEffect::Drop(id.clone())));
                effects.extend(give_back(channel, ctx, &local));
            }
            ctx.complain("Not sent: ", failure);
        }
        OutState::Unknown => {
            channel.link = Link::Trouble(failure.kind);
            if let Some(row) = place.id().and_then(|id| channel.roster.row_mut(id)) {
                row.state = Some(OutState::Unknown);
            }
            if let (true, Some(conversation)) = (channel.capabilities.history, place.id().cloned()) {
                if let Some(local) = channel.turns.get_mut(id) {
                    local.checks = 1;
                }
                effects.push(Effect::Open(ChannelEffect::Refresh { conversation, after_ms: 2_000 }));
            }
        }
        OutState::Queued => {
            channel.link = Link::Trouble(failure.kind);
            // What was read meanwhile says that it is under way.
            if channel.chat.place == place {
                effects.extend(place.id().map(|id| load::reload(channel, id, 0)));
            }
        }
        OutState::Cancelled => {
            if let Some(local) = channel.turns.remove(id) {
                effects.extend(give_back(channel, ctx, &local));
            }
            ctx.say("Not sent. Your text is back in the composer.");
        }
        OutState::Sent => {
            // It arrived, and its answer could not be read: the platform's history may hold the reply.
            channel.link = Link::Trouble(failure.kind);
            if let (true, Some(conversation)) = (channel.capabilities.history, place.id().cloned()) {
                effects.push(Effect::Open(ChannelEffect::Refresh { conversation, after_ms: 2_000 }));
            }
        }
        OutState::Sending => {}
    }
    outbox::hold(channel, &place, None);
    rebuild(channel);
    effects.extend(wake(ctx));
    effects
}

/// A page of history came: where a message's fate is still unknown, the program asks a few times, then the user does.
pub(super) fn ask_again(channel: &mut Channel, conversation: &ConversationId) -> Vec<Effect> {
    let place = ConversationRef::Known(conversation.clone());
    let mut wait = None;
    for local in channel.turns.values_mut().filter(|t| t.place == place && t.turn.state == OutState::Unknown) {
        if (1..CHECKS).contains(&local.checks) {
            local.checks += 1;
            wait = Some(u64::from(local.checks) * 10_000);
        }
    }
    wait.map(|after_ms| Effect::Open(ChannelEffect::Refresh { conversation: conversation.clone(), after_ms }))
        .into_iter()
        .collect()
}
