//! What became of a message: it was taken, it was answered, it did not go through, or nobody knows.

use super::conversation::{self, rebuild};
use super::turn::{dispatch_next, give_back};
use super::wake;
use crate::app::channel::Link;
use crate::app::chat::Place;
use crate::app::effect::Effect;
use crate::app::state::State;
use crate::domain::{ConversationId, Failure, Finish, Kind, OutState, Reply, Timestamp, TurnId};

/// How often the program itself asks for the fate of a message.
const CHECKS: u32 = 3;

/// The platform took it, and the store has filed it in the history. The reply comes when it comes.
pub(super) fn accepted(state: &mut State, id: &TurnId, now: Timestamp) -> Vec<Effect> {
    let Some(local) = state.channel.turns.get_mut(id) else { return Vec::new() };
    local.live = false;
    local.waiting = None;
    local.turn.state = OutState::Sent;
    let place = local.place.clone();
    state.channel.link = Link::Connected;
    if let Some(row) = place.id().and_then(|id| state.channel.roster.row_mut(id)) {
        row.activity = row.activity.max(Some(now));
        row.state = None;
    }
    state.channel.roster.sort();
    let mut effects = Vec::new();
    if state.channel.chat.place == place {
        // It is shown as it is until the history with it is there.
        effects.extend(place.id().map(|id| conversation::reload(state, id, 1)));
    } else {
        state.channel.turns.remove(id);
    }
    rebuild(state);
    effects.extend(dispatch_next(state, &place));
    effects
}

/// The reply ended, as the platform said or as it was read.
pub(super) fn done(
    state: &mut State,
    id: &TurnId,
    finish: Finish,
    failure: Option<Failure>,
    now: Timestamp,
) -> Vec<Effect> {
    let Some(local) = state.channel.turns.get_mut(id) else { return Vec::new() };
    local.live = false;
    local.waiting = None;
    local.turn.state = OutState::Sent;
    local.reply_failure = failure;
    let took_ms = local.sent_at.map(|at| now.since(at));
    let reply = local.turn.reply.get_or_insert_with(Reply::default);
    if reply.finish.is_none() {
        // Else it was whole before its stream was.
        reply.took_ms = took_ms;
    }
    reply.finish = Some(finish);
    let place = local.place.clone();
    state.channel.link = Link::Connected;
    let open = state.channel.chat.place == place;
    if let Some(row) = place.id().and_then(|id| state.channel.roster.rows.iter_mut().find(|r| r.id == *id)) {
        row.activity = Some(now);
        row.unread |= !open || state.behind;
        row.state = None;
    }
    state.channel.roster.sort();
    state.count_unread();
    rebuild(state);
    let mut effects = Vec::new();
    if finish == Finish::Cut
        && state.channel.capabilities.history
        && let Some(conversation) = place.id().cloned()
    {
        // The platform may have the whole of it by now.
        effects.push(Effect::Refresh { conversation, after_ms: 2_000 });
    }
    effects.extend(dispatch_next(state, &place));
    effects
}

/// It did not get so far as a reply.
pub(super) fn ended(state: &mut State, id: &TurnId, out: OutState, failure: &Failure, now: Timestamp) -> Vec<Effect> {
    let Some(local) = state.channel.turns.get_mut(id) else { return Vec::new() };
    local.live = false;
    local.waiting = None;
    local.sent_at = None;
    local.turn.state = out;
    local.turn.failure = Some(failure.clone());
    let place = local.place.clone();
    let mut effects = Vec::new();
    match out {
        OutState::Rejected => {
            state.channel.link = Link::Trouble(failure.kind);
            if let Some(local) = state.channel.turns.remove(id) {
                effects.push(Effect::Drop(id.clone()));
                effects.extend(give_back(state, &local));
            }
            state.complain("Not sent: ", failure, now);
        }
        OutState::Unknown => {
            state.channel.link = Link::Trouble(failure.kind);
            if let Some(row) = place.id().and_then(|id| state.channel.roster.row_mut(id)) {
                row.state = Some(OutState::Unknown);
            }
            if let (true, Some(conversation)) = (state.channel.capabilities.history, place.id().cloned()) {
                if let Some(local) = state.channel.turns.get_mut(id) {
                    local.checks = 1;
                }
                effects.push(Effect::Refresh { conversation, after_ms: 2_000 });
            }
        }
        OutState::Queued => {
            state.channel.link = Link::Trouble(failure.kind);
            // What was read meanwhile says that it is under way.
            if state.channel.chat.place == place {
                effects.extend(place.id().map(|id| conversation::reload(state, id, 0)));
            }
        }
        OutState::Cancelled => {
            if let Some(local) = state.channel.turns.remove(id) {
                effects.extend(give_back(state, &local));
            }
            state.say("Not sent. Your text is back in the composer.", now);
        }
        OutState::Sent => {
            // It arrived, and its answer could not be read: the platform's history may hold the reply.
            state.channel.link = Link::Trouble(failure.kind);
            if let (true, Some(conversation)) = (state.channel.capabilities.history, place.id().cloned()) {
                effects.push(Effect::Refresh { conversation, after_ms: 2_000 });
            }
        }
        OutState::Sending => {}
    }
    hold(state, &place, None);
    rebuild(state);
    effects.extend(wake(state));
    effects
}

/// Turns that waited behind one that did not go through wait for the user's word.
pub(super) fn hold(state: &mut State, place: &Place, failure: Option<&Failure>) {
    for local in state.channel.turns.values_mut().filter(|t| t.live && t.place == *place) {
        if local.turn.state == OutState::Queued {
            local.live = false;
            local.sent_at = None;
            local.turn.failure = Some(failure.cloned().unwrap_or_else(|| {
                Failure::new(Kind::Failed, "The message before it did not go through, so this one was held back.")
            }));
        }
    }
}

/// A page of history came: where a message's fate is still unknown, the program asks a few times, then the user does.
pub(super) fn ask_again(state: &mut State, conversation: &ConversationId) -> Vec<Effect> {
    let place = Place::Known(conversation.clone());
    let mut wait = None;
    for local in state.channel.turns.values_mut().filter(|t| t.place == place && t.turn.state == OutState::Unknown) {
        if (1..CHECKS).contains(&local.checks) {
            local.checks += 1;
            wait = Some(u64::from(local.checks) * 10_000);
        }
    }
    wait.map(|after_ms| Effect::Refresh { conversation: conversation.clone(), after_ms }).into_iter().collect()
}
