//! What waits behind a reply: listed, taken back, dropped, put in another order, held, and let go.
//!
//! The outbox decides: what is shown changes by what it answers, since another window may be at the same message.

use super::transcript::rebuild;
use super::{load, outbox, refuse, save_draft, say, wake};
use crate::app::action::Action;
use crate::app::channel::Channel;
use crate::app::chat::attach::Attached;
use crate::app::chat::queue::{QueueEffect, QueueEvent};
use crate::app::chat::{ConversationRef, PendingTurn};
use crate::app::effect::{ChannelEffect, Effect};
use crate::app::overlay::message::MessageEffect;
use crate::app::update::ctx::Ctx;
use crate::app::view::{Focus, ViewKind};
use crate::domain::{OutState, QueueEntry, Turn, TurnId};

/// Does what an action means there; none where it means something else.
pub(super) fn handle_action(channel: &mut Channel, ctx: &mut Ctx<'_>, action: Action) -> Option<Vec<Effect>> {
    if ctx.window.is_covered() || ctx.window.view != ViewKind::Chat {
        return None;
    }
    if action == Action::ReleaseQueue {
        return Some(release(channel, ctx));
    }
    if ctx.window.focus != Focus::Queue {
        return None;
    }
    match action {
        Action::Up => step(channel, ctx, -1),
        Action::Down => step(channel, ctx, 1),
        Action::Top => select(channel, 0),
        Action::Bottom => select(channel, usize::MAX),
        Action::QueueEdit => return Some(edit(channel, ctx)),
        Action::QueueDrop => return Some(ask(channel, ctx, QueueEffect::Drop)),
        Action::QueueUndo => return Some(undo(channel, ctx)),
        Action::QueueUp => return Some(ask(channel, ctx, |turn| QueueEffect::Move { turn, up: true })),
        Action::QueueDown => return Some(ask(channel, ctx, |turn| QueueEffect::Move { turn, up: false })),
        _ => return None,
    }
    Some(Vec::new())
}

/// The keys go to what waits, on the last of it: it stands right above the text. False where nothing waits.
pub(super) fn enter(channel: &mut Channel, ctx: &mut Ctx<'_>) -> bool {
    if channel.queue().is_empty() {
        return false;
    }
    ctx.window.focus = Focus::Queue;
    select(channel, usize::MAX);
    true
}

/// The place of the selected one in the queue: the last, where that one is gone.
fn selected(channel: &Channel) -> Option<usize> {
    let queue = channel.queue();
    let last = queue.len().checked_sub(1)?;
    let at = queue.iter().position(|local| channel.waiting.selected.as_ref() == Some(&local.turn.id));
    Some(at.unwrap_or(last))
}

fn select(channel: &mut Channel, at: usize) {
    let queue = channel.queue();
    let found = queue.get(at.min(queue.len().saturating_sub(1))).map(|local| local.turn.id.clone());
    channel.waiting.selected = found;
}

fn step(channel: &mut Channel, ctx: &mut Ctx<'_>, by: isize) {
    let at = selected(channel);
    let last = channel.queue().len().saturating_sub(1);
    match at {
        // Below the last one is the text.
        Some(at) if by > 0 && at == last => ctx.window.focus = channel.default_focus(),
        None if by > 0 => ctx.window.focus = channel.default_focus(),
        Some(at) => select(channel, at.saturating_add_signed(by)),
        None => {}
    }
}

/// Asks the outbox for something about the selected message.
fn ask(channel: &mut Channel, ctx: &mut Ctx<'_>, what: impl FnOnce(TurnId) -> QueueEffect) -> Vec<Effect> {
    let Some(at) = selected(channel) else { return say(ctx, "Nothing waits here.") };
    select(channel, at);
    let Some(turn) = channel.waiting.selected.clone() else { return Vec::new() };
    vec![effect(what(turn))]
}

fn effect(effect: QueueEffect) -> Effect {
    Effect::Open(ChannelEffect::Queue(effect))
}

/// Takes the selected message back into the composer.
fn edit(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if !channel.composer.is_empty() {
        return refuse(ctx, "Something is being written: send it first, or take it out.");
    }
    ask(channel, ctx, QueueEffect::TakeBack)
}

/// Brings the message back that was dropped last in this conversation.
fn undo(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let place = channel.chat.place.id().cloned();
    let Some(at) = channel.waiting.dropped.iter().rposition(|turn| turn.conversation == place) else {
        return say(ctx, "Nothing was dropped here.");
    };
    let old = channel.waiting.dropped.remove(at);
    let held = is_held(channel);
    let id = ctx.ids.next_turn_id(ctx.now);
    let queue = QueueEntry { held, ..old.queue };
    let turn = Turn { id: id.clone(), state: OutState::Queued, failure: None, queue, ..old.clone() };
    let mut local = outbox::local(ctx, turn.clone(), channel.chat.place.clone());
    local.live = !held;
    channel.turns.insert(id.clone(), local);
    channel.waiting.selected = Some(id);
    rebuild(channel);
    vec![Effect::Open(ChannelEffect::Message(MessageEffect::SendInstead { turn: Box::new(turn), of: old.id }))]
}

/// Whether something is held in the open conversation.
pub(super) fn is_held(channel: &Channel) -> bool {
    channel.queue().iter().any(|local| local.turn.queue.held)
}

/// Lets go of what is held: it leaves now, one behind the other.
fn release(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if !is_held(channel) {
        return say(ctx, "Nothing is held here.");
    }
    if let Some(why) = channel.send_blocker() {
        return refuse(ctx, why);
    }
    vec![effect(QueueEffect::Release(channel.chat.place.id().cloned()))]
}

/// The outbox answered.
pub(super) fn handle_event(channel: &mut Channel, ctx: &mut Ctx<'_>, event: QueueEvent) -> Vec<Effect> {
    match event {
        QueueEvent::Released(turns) => released(channel, ctx, turns),
        QueueEvent::TakenBack(turn) => taken_back(channel, ctx, *turn),
        QueueEvent::Dropped(turn) => {
            forget(channel, &turn.id);
            channel.waiting.keep(*turn);
            let mut effects = say(ctx, "Dropped, and not sent. u in the list of what waits brings it back.");
            effects.extend(go_on(channel));
            effects
        }
        QueueEvent::Ranked(ranks) => {
            for (id, rank) in ranks {
                if let Some(local) = channel.turns.get_mut(&id) {
                    local.turn.queue.rank = Some(rank);
                }
            }
            rebuild(channel);
            Vec::new()
        }
        QueueEvent::Held(ids) => {
            for id in ids {
                if let Some(local) = channel.turns.get_mut(&id).filter(|local| local.is_waiting() && !local.live) {
                    outbox::hold_one(local);
                }
            }
            rebuild(channel);
            Vec::new()
        }
        QueueEvent::Gone(id, state) => gone(channel, ctx, &id, state),
    }
}

fn released(channel: &mut Channel, ctx: &mut Ctx<'_>, turns: Vec<Turn>) -> Vec<Effect> {
    if turns.is_empty() {
        let mut effects = say(ctx, "Another window has let go of it before.");
        effects.extend(channel.open_id().map(|id| load::reload(channel, id, 0)));
        return effects;
    }
    let mut places: Vec<ConversationRef> = Vec::new();
    for turn in turns {
        let unknown = || match &channel.chat.place {
            ConversationRef::New(n) => ConversationRef::New(*n),
            ConversationRef::Known(_) => ConversationRef::New(0),
        };
        let place = turn.conversation.clone().map_or_else(unknown, ConversationRef::Known);
        let id = turn.id.clone();
        let mut local = match channel.turns.remove(&id) {
            Some(local) => {
                PendingTurn { turn: Turn { conversation: local.turn.conversation.clone(), ..turn }, ..local }
            }
            None => outbox::local(ctx, turn, place),
        };
        local.live = true;
        local.sent_at = None;
        local.turn.queue.elsewhere = false;
        if !places.contains(&local.place) {
            places.push(local.place.clone());
        }
        channel.turns.insert(id, local);
    }
    rebuild(channel);
    let effects = places.iter().flat_map(|place| outbox::dispatch_next(channel, place)).collect();
    rebuild(channel);
    effects
}

/// A message is in the composer again, with what was to go out with it. The store keeps it as a draft already.
fn taken_back(channel: &mut Channel, ctx: &mut Ctx<'_>, turn: Turn) -> Vec<Effect> {
    let place = channel.turns.get(&turn.id).map(|local| local.place.clone());
    forget(channel, &turn.id);
    let mut effects = go_on(channel);
    let place =
        place.unwrap_or_else(|| turn.conversation.clone().map_or(ConversationRef::New(0), ConversationRef::Known));
    let attached = turn.attach.iter().cloned().map(Attached::from);
    if channel.chat.place != place {
        channel.composer.put_aside(place, attached.collect());
        return effects;
    }
    channel.composer.attach.splice(0..0, attached);
    channel.write_before(ctx.ids, turn.text.clone());
    channel.composer.instead = Some(turn.id.clone());
    channel.composer.taken_back = Some(turn);
    ctx.window.focus = channel.default_focus();
    effects.extend(save_draft(channel));
    effects
}

/// What waited behind one that is gone goes on, where nothing else is under way.
fn go_on(channel: &mut Channel) -> Vec<Effect> {
    let place = channel.chat.place.clone();
    let effects = outbox::dispatch_next(channel, &place);
    if !effects.is_empty() {
        rebuild(channel);
    }
    effects
}

fn forget(channel: &mut Channel, id: &TurnId) {
    // The keys stay where they are in the list.
    let at = selected(channel);
    channel.turns.remove(id);
    rebuild(channel);
    if let Some(at) = at {
        select(channel, at);
    }
}

/// It was too late for what was asked.
fn gone(channel: &mut Channel, ctx: &mut Ctx<'_>, id: &TurnId, state: Option<OutState>) -> Vec<Effect> {
    let said = match state {
        Some(OutState::Cancelled) | None => "It is not in the queue any more: another window took it out.",
        _ => "It has left already, so it can't be changed any more. Esc stops the reply.",
    };
    if matches!(state, Some(OutState::Cancelled) | None) {
        forget(channel, id);
    }
    let mut effects = refuse(ctx, said);
    effects.extend(channel.open_id().map(|id| load::reload(channel, id, 0)));
    effects
}

/// It was to leave, and is not ours to send: another window took it back, or holds it.
pub(super) fn withdrawn(channel: &mut Channel, ctx: &mut Ctx<'_>, id: &TurnId, held: bool) -> Vec<Effect> {
    let Some(local) = channel.turns.get_mut(id) else { return Vec::new() };
    let place = local.place.clone();
    if held {
        outbox::hold_one(local);
    } else {
        channel.turns.remove(id);
    }
    rebuild(channel);
    let mut effects = outbox::dispatch_next(channel, &place);
    rebuild(channel);
    effects.extend(wake(ctx));
    effects
}
