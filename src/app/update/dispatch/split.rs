//! Two conversations side by side: one is put beside the open one, the keys go over to it and back, and it is put away.
//!
//! All that is done to a conversation is done to the open one. What stands beside changes places with it for that.

use super::{opening, palette};
use crate::app::action::Action;
use crate::app::channel::Channel;
use crate::app::chat::{ConversationRef, Measured};
use crate::app::effect::{ChannelEffect, Effect};
use crate::app::split::{Slot, Split};
use crate::app::state::State;
use crate::app::update::ctx::Ctx;
use crate::app::update::{aside, channel, chat, conversation, load, refuse, say};
use crate::app::view::{Focus, ViewKind};
use crate::domain::{ChannelName, ConversationId, Timestamp};

/// Puts the conversation beside the open one that is selected in the list or the inbox; elsewhere it is asked which.
pub(in crate::app::update) fn open_selected(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let in_list = state.window.view == ViewKind::Chat && state.window.focus == Focus::Roster;
    if state.window.view != ViewKind::Inbox && !in_list {
        return palette::show_beside(state);
    }
    let selected = if in_list {
        let id = state.channel().roster.selected.clone();
        id.map(|id| (state.channel().info.name.clone(), id))
    } else {
        state.desk.selected.clone()
    };
    let Some((channel, id)) = selected else {
        return state.on_channel(now, |_, ctx| refuse(ctx, "No conversation is selected."));
    };
    if in_list && state.channel().open_id() == Some(&id) {
        return put_looked_at(state, &id, now);
    }
    open(state, &channel, &id, now)
}

/// The conversation that is selected in the list is shown in the place of the one that was open: that one is open again,
/// and this one stands beside it.
fn put_looked_at(state: &mut State, id: &ConversationId, now: Timestamp) -> Vec<Effect> {
    let Some(from) = state.channel_mut().came_from.take() else { return refuse_open(state, now) };
    let mut effects = close(state, now);
    let from = match from {
        ConversationRef::New(_) => ConversationRef::New(state.ids.next_number()),
        known @ ConversationRef::Known(_) => known,
    };
    effects.extend(state.on_channel(now, |channel, ctx| {
        aside::put(channel, ctx);
        let mut effects = conversation::open(channel, ctx, &from);
        effects.extend(aside::on(channel, ctx, |channel, _| conversation::settle(channel)));
        effects
    }));
    state.window.focus = Focus::Transcript;
    let channel = state.channel().info.name.clone();
    effects.extend(opened(state, channel, Slot::Aside, id, now));
    effects
}

fn refuse_open(state: &mut State, now: Timestamp) -> Vec<Effect> {
    state.on_channel(now, |_, ctx| refuse(ctx, "It is open already: another one can stand beside it."))
}

/// Puts a conversation of any channel beside the open one, in the place of what stood there.
pub(in crate::app::update) fn open(
    state: &mut State,
    name: &ChannelName,
    id: &ConversationId,
    now: Timestamp,
) -> Vec<Effect> {
    let Some(at) = state.channel_at(name) else {
        return state.on_channel(now, |_, ctx| refuse(ctx, "Its channel is not in the config file any more."));
    };
    let here = at == state.open_at();
    if here && state.channel().open_id() == Some(id) {
        return refuse_open(state, now);
    }
    let place = ConversationRef::Known(id.clone());
    if is_beside(state, name, &place) {
        return shown(state, id, now);
    }
    let mut effects = close(state, now);
    let open = |channel: &mut Channel, ctx: &mut Ctx<'_>| conversation::open(channel, ctx, &place);
    let slot = if here {
        effects.extend(state.on_channel(now, |channel, ctx| {
            aside::make(channel, ctx);
            aside::on(channel, ctx, open)
        }));
        Slot::Aside
    } else {
        effects.extend(state.on(at, now, |channel, ctx| {
            let is_open = channel.chat.place == place;
            let mut effects = if is_open { conversation::settle(channel) } else { open(channel, ctx) };
            if !std::mem::replace(&mut channel.restored, true) {
                effects.push(Effect::Open(ChannelEffect::Restore));
            }
            effects
        }));
        Slot::Open
    };
    let known = state.channels.get(at).is_some_and(|channel| channel.roster.row(id).is_some());
    if !known {
        effects.push(Effect::Channel(name.clone(), ChannelEffect::LoadRow(id.clone())));
    }
    effects.extend(opened(state, name.clone(), slot, id, now));
    effects
}

fn opened(state: &mut State, channel: ChannelName, slot: Slot, id: &ConversationId, now: Timestamp) -> Vec<Effect> {
    state.window.split = Some(Split { channel, slot, left: false, drawn: false });
    shown(state, id, now)
}

/// Shows the Chat view with both, and says how one goes over.
fn shown(state: &mut State, id: &ConversationId, now: Timestamp) -> Vec<Effect> {
    state.window.view = ViewKind::Chat;
    state.channel_mut().roster.filtering = false;
    if state.window.focus == Focus::Roster {
        state.window.focus = Focus::Transcript;
    }
    let told = stands_beside(state, id);
    state.on_channel(now, |_, ctx| say(ctx, &told))
}

/// What is said of what was put beside, and how one goes there.
fn stands_beside(state: &State, id: &ConversationId) -> String {
    let title = state.beside().and_then(|beside| beside.title().map(|title| title.truncate(40).as_str().to_owned()));
    let title = title.unwrap_or_else(|| id.as_str().to_owned());
    let way = match state.key(Action::OtherSide) {
        key if key.is_empty() => String::new(),
        key => format!(": {key} goes there"),
    };
    format!("{title} stands beside{way}.")
}

/// Who has gone there needs no way.
fn forget_way(state: &mut State) {
    let Some(id) = state.beside().and_then(|beside| beside.chat.place.id().cloned()) else { return };
    let told = crate::domain::SafeText::one_line(&stands_beside(state, &id));
    if state.window.notice.as_ref().is_some_and(|notice| notice.text.as_str() == told.as_str()) {
        state.window.notice = None;
    }
}

/// Whether that conversation stands beside the open one.
pub(in crate::app::update) fn is_beside(state: &State, name: &ChannelName, place: &ConversationRef) -> bool {
    state.beside().is_some_and(|beside| beside.channel.info.name == *name && beside.chat.place == *place)
}

/// Whether a channel, which isn't the window's, has its open conversation beside.
fn has_open_beside(state: &State, name: &ChannelName) -> bool {
    state.window.split.as_ref().is_some_and(|split| split.slot == Slot::Open && split.channel == *name)
}

/// The keys go over to the conversation beside; the one that had them stands beside then. Both keep their places.
pub(in crate::app::update) fn other_side(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if state.beside().is_none() {
        return state.on_channel(now, |_, ctx| {
            let way = match ctx.window.key(&[], Action::OpenBeside) {
                key if key.is_empty() => String::new(),
                key => format!(": {key} puts a conversation there"),
            };
            refuse(ctx, &format!("Nothing stands beside{way}."))
        });
    }
    let focus = state.window.focus;
    forget_way(state);
    state.channel_mut().roster.filtering = false;
    state.window.view = ViewKind::Chat;
    let effects = go_over(state, now);
    state.window.focus = match focus {
        Focus::Composer | Focus::Queue => state.channel().default_focus(),
        Focus::Roster | Focus::Transcript => Focus::Transcript,
    };
    effects
}

fn go_over(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let Some(split) = state.window.split.clone() else { return Vec::new() };
    let Some(at) = state.channel_at(&split.channel) else { return Vec::new() };
    if at == state.open_at() {
        return state.on_channel(now, aside::change_sides);
    }
    let mut effects = Vec::new();
    if split.slot == Slot::Aside {
        // The one that was open there is left, as where another is opened.
        effects.extend(state.on(at, now, |channel, ctx| {
            channel.exchange();
            aside::close(channel, ctx)
        }));
    }
    let left = state.channel().info.name.clone();
    effects.extend(opening::go_to(state, at, now));
    effects.push(Effect::Open(ChannelEffect::Remember(state.channel().open_id().cloned())));
    state.window.split = Some(Split { channel: left, slot: Slot::Open, left: !split.left, ..split });
    effects
}

/// Opens a conversation of the channel that stands there. Where it stands beside, the keys go over to it; where another of
/// that channel does, that one stays beside.
pub(in crate::app::update) fn open_conversation(
    state: &mut State,
    at: usize,
    place: &ConversationRef,
    now: Timestamp,
) -> Vec<Effect> {
    let Some(name) = state.channels.get(at).map(|channel| channel.info.name.clone()) else { return Vec::new() };
    if is_beside(state, &name, place) {
        return go_over(state, now);
    }
    if has_open_beside(state, &name) {
        state.on(at, now, |channel, ctx| {
            aside::put(channel, ctx);
            Vec::new()
        });
        if let Some(split) = &mut state.window.split {
            split.slot = Slot::Aside;
        }
    }
    let mut effects = opening::go_to(state, at, now);
    if state.channel().chat.place != *place {
        effects.extend(state.on_channel(now, |channel, ctx| conversation::open(channel, ctx, place)));
    }
    effects
}

/// Opens the channel that stands there as it was left. Where that stands beside, the keys go over to it.
pub(in crate::app::update) fn open_channel(state: &mut State, at: usize, now: Timestamp) -> Vec<Effect> {
    let name = state.channels.get(at).map(|channel| channel.info.name.clone());
    if name.is_some_and(|name| has_open_beside(state, &name)) {
        return go_over(state, now);
    }
    opening::go_to(state, at, now)
}

/// Puts away what stands beside: its text is kept as a draft, and what is under way in it goes on.
pub(in crate::app::update) fn close(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let Some(split) = state.window.split.clone() else { return Vec::new() };
    let at = state.channel_at(&split.channel);
    let part = if split.slot == Slot::Aside { aside::close } else { opening::leave };
    let effects = at.map_or_else(Vec::new, |at| state.on(at, now, part));
    state.window.split = None;
    effects
}

/// The same, as the user asks for it.
pub(in crate::app::update) fn close_asked(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if state.beside().is_none() {
        return state.on_channel(now, |_, ctx| refuse(ctx, "Nothing stands beside."));
    }
    close(state, now)
}

/// Does something with the conversation beside in hand. Nothing where none is.
fn on_beside(
    state: &mut State,
    now: Timestamp,
    part: impl FnOnce(&mut Channel, &mut Ctx<'_>) -> Vec<Effect>,
) -> Vec<Effect> {
    let Some(split) = &state.window.split else { return Vec::new() };
    let (slot, at) = (split.slot, state.channel_at(&split.channel));
    let Some(at) = at else { return Vec::new() };
    match slot {
        Slot::Open => state.on(at, now, part),
        Slot::Aside => state.on(at, now, |channel, ctx| aside::on(channel, ctx, part)),
    }
}

/// What stands beside was drawn; or it wasn't, since there is no room for it.
pub(in crate::app::update) fn measured(state: &mut State, measured: Option<Measured>, now: Timestamp) -> Vec<Effect> {
    let Some(split) = &mut state.window.split else { return Vec::new() };
    split.drawn = measured.is_some();
    let Some(measured) = measured else { return Vec::new() };
    on_beside(state, now, |channel, ctx| {
        channel.chat.measure(measured);
        conversation::trim(channel, ctx);
        let mut effects = load::load_older_if_due(channel);
        effects.extend(channel::seen(channel, ctx));
        effects
    })
}

/// The wheel over what stands beside.
pub(in crate::app::update) fn wheel(state: &mut State, rows: i64, now: Timestamp) -> Vec<Effect> {
    on_beside(state, now, |channel, _| chat::scroll(channel, rows))
}

/// A click on what stands beside: its messages have the keys.
pub(in crate::app::update) fn click(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let effects = other_side(state, now);
    state.window.focus = Focus::Transcript;
    effects
}

/// Another process wrote: what stands beside is read again.
pub(in crate::app::update) fn changed_elsewhere(state: &mut State, now: Timestamp) -> Vec<Effect> {
    on_beside(state, now, |channel, _| crate::app::update::store_changes::changed_elsewhere(channel))
}

/// Puts away what can't stand beside any more: its channel is gone, or is the window's; or it turned out to be the open
/// one.
pub(in crate::app::update) fn settle(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let Some(split) = &state.window.split else { return Vec::new() };
    let at = state.channel_at(&split.channel);
    let channel = at.and_then(|at| state.channels.get(at));
    let stands = match split.slot {
        Slot::Open => at.is_some_and(|at| at != state.open_at()),
        Slot::Aside => {
            channel.is_some_and(|channel| channel.aside.is_some() && !channel.has_aside(&channel.chat.place))
        }
    };
    if stands { Vec::new() } else { close(state, now) }
}
