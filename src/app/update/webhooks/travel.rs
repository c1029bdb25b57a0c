//! From a delivery to its conversation, and from a message to the delivery that brought it.

use super::{fetch, from_the_top, open_if_due, say, show};
use crate::app::chat::{Part, Place};
use crate::app::effect::Effect;
use crate::app::scroll::{Anchor, Scroll};
use crate::app::state::State;
use crate::app::update::{channels, conversation};
use crate::app::webhooks::{Selected, Side, WebhookEffect};
use crate::app::window::{Focus, ViewKind};
use crate::domain::{DeliveryId, MessageId, Timestamp};

/// Looking for one delivery, so many rows are read.
const SOUGHT: usize = 5_000;

/// Opens Chat at the conversation, and at the message, that the selected delivery brought.
pub(super) fn to_conversation(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let Selected::Delivery(_, Some(row)) = state.webhooks.selected() else {
        return say(state, "Select a delivery first.", now);
    };
    let channel = row.channel.clone();
    let Some(conversation) = row.conversation.clone() else {
        return say(state, "That delivery belongs to no conversation.", now);
    };
    let message = row.message.clone();
    state.window.view = ViewKind::Chat;
    state.webhooks.landing = message.map(|message| (conversation.clone(), message));
    let mut effects = channels::open(state, &channel, now);
    let place = Place::Known(conversation);
    if state.channel.chat.place != place {
        effects.extend(conversation::open(state, place));
    }
    state.window.focus = Focus::Transcript;
    land(state);
    effects
}

/// Shows the message that was asked for, once its conversation is loaded.
pub(in crate::app::update) fn land(state: &mut State) {
    let Some((conversation, message)) = &state.webhooks.landing else { return };
    if state.channel.open_id() != Some(conversation) || !state.channel.chat.loaded {
        return;
    }
    let key = state.channel.chat.parts.iter().find(|part| message_of(state, part) == Some(message));
    if let Some(item) = key.and_then(|part| conversation::key_of(state, part)) {
        state.channel.chat.scroll = Scroll::At(Anchor { item, row: 0 });
    }
    state.webhooks.landing = None;
}

/// The id of the message that stands there, as far as the platform has given it one.
fn message_of<'a>(state: &'a State, part: &Part) -> Option<&'a MessageId> {
    match part {
        Part::Greeting | Part::Details => None,
        Part::Past(at) => state.channel.chat.past(*at).map(|past| &past.message.id),
        Part::Ask(id) => state.channel.turns.get(id).and_then(|t| t.turn.message_id.as_ref()),
        Part::Answer(id) => {
            state.channel.turns.get(id).and_then(|t| t.turn.reply.as_ref()).and_then(|r| r.message_id.as_ref())
        }
    }
}

/// Asks for the delivery that brought the message in view: the first on screen, or the newest where it is followed.
pub(in crate::app::update) fn find_delivery(state: &mut State) -> Vec<Effect> {
    let Some(conversation) = state.channel.open_id().cloned() else { return Vec::new() };
    let picked = state.channel.chat.picked.and_then(|picked| state.channel.part_of(picked.key));
    let part = match (state.channel.chat.scroll, state.channel.chat.measured.top) {
        _ if picked.is_some() => picked.and_then(|at| state.channel.chat.parts.get(at)),
        (Scroll::At(_), Some(top)) => state.channel.part_of(top.item).and_then(|at| state.channel.chat.parts.get(at)),
        _ => state.channel.chat.parts.last(),
    };
    let message = part.and_then(|part| message_of(state, part)).cloned();
    vec![Effect::Webhooks(WebhookEffect::FindDelivery { conversation, message })]
}

/// The delivery that was asked for, if there is one.
pub(in crate::app::update) fn found(state: &mut State, found: Option<DeliveryId>, now: Timestamp) -> Vec<Effect> {
    let Some(id) = found else { return say(state, "No webhook brought this message.", now) };
    state.webhooks.overlay = None;
    super::answer::leave(state);
    let mut effects = show(state, now);
    // What was only opened because nothing else was selected is of no interest any more.
    effects.retain(|e| !matches!(e, Effect::Webhooks(WebhookEffect::Open(_))));
    state.webhooks.opening = None;
    state.webhooks.requests.selected = None;
    state.webhooks.side = Side::List;
    state.webhooks.seek = Some(id);
    from_the_top(state);
    effects.extend(sought(state));
    effects.extend(open_if_due(state));
    effects
}

/// Puts the selection on the delivery that was asked for, once the list reaches to it; reads on towards it until then.
pub(super) fn sought(state: &mut State) -> Vec<Effect> {
    let Some(id) = state.webhooks.seek else { return Vec::new() };
    let list = &mut state.webhooks.list;
    if list.row(id).is_some() {
        if list.position(id).is_none() {
            list.refilter(String::new());
        }
        list.selected = Some(id);
        list.reveal();
        state.webhooks.seek = None;
        return Vec::new();
    }
    // Gone from the store, or too far: it is shown all the same, without its row.
    let older = list.rows.back().is_none_or(|last| id < last.id);
    if older && !list.end && list.fetching.is_none() && list.rows.len() < SOUGHT && list.failure.is_none() {
        return fetch(state);
    }
    Vec::new()
}
