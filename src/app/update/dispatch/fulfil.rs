//! What parts asked of each other: the dispatcher alone knows both sides.

use super::{action, channels, split};
use crate::app::action::Action;
use crate::app::chat::ConversationRef;
use crate::app::effect::{ChannelEffect, Effect};
use crate::app::overlay::palette::PaletteItem;
use crate::app::overlay::transfer::Arrived;
use crate::app::state::State;
use crate::app::update::{Request, conversation, find, say, search, sources, store_changes, webhooks};
use crate::app::view::{Focus, ViewKind};
use crate::domain::{ChannelName, ConversationId, HitPlace, Timestamp};

/// Does what was asked for, and what that asks for.
pub(in crate::app::update) fn all(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let mut effects = Vec::new();
    while !state.requests.is_empty() {
        for request in std::mem::take(&mut state.requests) {
            effects.extend(one(state, request, now));
        }
    }
    effects
}

fn one(state: &mut State, request: Request, now: Timestamp) -> Vec<Effect> {
    match request {
        Request::ShowConversation { channel, conversation, message } => {
            state.webhooks.landing = message.map(|message| (conversation.clone(), message, 0));
            show(state, &channel, conversation, now)
        }
        Request::ShowFound { channel, conversation, place, text } => {
            found(state, &channel, conversation, place, &text, now)
        }
        Request::Search(text) => state.on_search(now, |search, ctx| search::ask(search, ctx, &text)),
        Request::ShowDelivery(found) => state.on_webhooks(now, |webhooks, ctx| webhooks::found(webhooks, ctx, found)),
        Request::Choose(item) => choose(state, item, now),
        Request::OpenArchive(arrived) => open_archive(state, &arrived, now),
    }
}

/// Opens Chat at a conversation, its messages with the keys.
fn show(state: &mut State, channel: &ChannelName, conversation: ConversationId, now: Timestamp) -> Vec<Effect> {
    state.window.view = ViewKind::Chat;
    let place = ConversationRef::Known(conversation);
    let at = state.channel_at(channel);
    let effects = at.map_or_else(Vec::new, |at| split::open_conversation(state, at, &place, now));
    state.window.focus = Focus::Transcript;
    effects
}

fn found(
    state: &mut State,
    channel: &ChannelName,
    conversation: Option<ConversationId>,
    place: Option<HitPlace>,
    text: &str,
    now: Timestamp,
) -> Vec<Effect> {
    if state.channel_at(channel).is_none() {
        return state.on_search(now, |_, ctx| {
            say(ctx, "Its channel is not in the config file any more: it can be read here alone.")
        });
    }
    let Some(conversation) = conversation else {
        return state.on_search(now, |_, ctx| {
            let key = ctx.window.key(&[], Action::NewConversation);
            let way = if key.is_empty() { String::new() } else { format!(": on its channel, {key} shows it") };
            say(ctx, &format!("It belongs to no conversation yet{way}."))
        });
    };
    let known = state.channel().info.name == *channel && state.channel().open_id() == Some(&conversation);
    let mut effects = show(state, channel, conversation.clone(), now);
    if !known && state.channel().roster.row(&conversation).is_none() {
        effects.push(Effect::Open(ChannelEffect::LoadRow(conversation)));
    }
    if let Some(place) = place {
        effects.extend(state.on_channel(now, |channel, ctx| find::land(channel, ctx, text, place)));
    }
    effects.extend(state.wake());
    effects
}

/// Does what was chosen in the palette, or goes there.
fn choose(state: &mut State, item: PaletteItem, now: Timestamp) -> Vec<Effect> {
    if !matches!(item, PaletteItem::Action(..)) {
        // One goes elsewhere: what lay over the view is left.
        state.window.take_overlay();
    }
    match item {
        PaletteItem::Action(chosen, focus) => {
            if let Some(focus) = focus {
                state.window.focus = focus;
            }
            action::handle_action(state, chosen, now)
        }
        PaletteItem::Channel(name) => channels::open(state, &name, now),
        PaletteItem::Conversation(channel, conversation) => show(state, &channel, conversation, now),
        PaletteItem::Source(channel, source, action) => {
            let mut effects = channels::open(state, &channel, now);
            effects.extend(state.on_channel(now, sources::show));
            effects.extend(state.on_channel(now, |channel, ctx| sources::go_to(channel, ctx, &source)));
            effects.extend(action.map_or_else(Vec::new, |action| action::handle_action(state, action, now)));
            effects
        }
        PaletteItem::Beside(channel, conversation) => split::open(state, &channel, &conversation, now),
        PaletteItem::Search(text) => state.on_search(now, |view, ctx| search::ask(view, ctx, &text)),
    }
}

/// Opens an archive behind the sheet, and in it the conversation, if it was one alone.
fn open_archive(state: &mut State, arrived: &Arrived, now: Timestamp) -> Vec<Effect> {
    let name = &arrived.channel.name;
    let mut effects = channels::found(state, vec![(arrived.channel.clone(), arrived.capabilities)]);
    state.window.view = ViewKind::Chat;
    if state.channel().info.name == *name {
        effects.push(Effect::Open(ChannelEffect::Restore));
    } else {
        // What was read of it before is not all that there is.
        if let Some(channel) = state.channels.iter_mut().find(|channel| channel.info.name == *name) {
            channel.restored = false;
        }
        effects.extend(channels::open(state, name, now));
    }
    match &arrived.only {
        Some(id) if state.channel().info.name == *name && state.channel().open_id() != Some(id) => {
            let place = ConversationRef::Known(id.clone());
            effects.extend(state.on_channel(now, |channel, ctx| conversation::open(channel, ctx, &place)));
        }
        _ => effects.extend(store_changes::changed_elsewhere(state.channel())),
    }
    effects
}
