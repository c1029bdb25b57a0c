//! What the user asks of the Chat view by key: which pane has the keys, and where the conversation is looked at.

use super::{conversation, load, outbox, roster, transcript, wake};
use crate::app::action::Action;
use crate::app::channel::Channel;
use crate::app::chat::scroll::{Anchor, Scroll};
use crate::app::chat::{ConversationRef, Refresh, TranscriptItem};
use crate::app::effect::{ChannelEffect, Effect};
use crate::app::keymap::Context;
use crate::app::update::ctx::Ctx;
use crate::app::view::{Focus, ViewKind};

/// Stops the reply that is under way, and holds what waits behind it. Nothing where none is.
pub(super) fn stop(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some(active) = channel.active() else { return Vec::new() };
    let left = (!active.is_waiting()).then(|| Effect::Open(ChannelEffect::Stop(active.turn.id.clone())));
    let place = channel.chat.place.clone();
    let mut effects = outbox::hold_back(channel, &place);
    if !effects.is_empty() {
        transcript::rebuild(channel);
        let (held, itself, it) = match channel.queue().iter().filter(|local| local.turn.queue.held).count() {
            1 => ("1 message is".to_owned(), "itself", "it"),
            n => (format!("{n} messages are"), "themselves", "them"),
        };
        let stopped = if left.is_some() { "Stopped. " } else { "" };
        let sends = match ctx.window.key(&[Context::Queue], Action::ReleaseQueue) {
            key if key.is_empty() => String::new(),
            key => format!(": {key} sends {it}"),
        };
        ctx.say(&format!("{stopped}{held} held and will not go out by {itself}{sends}."));
    }
    effects.extend(left);
    effects.extend(if ctx.window.notice.is_some() { wake(ctx) } else { Vec::new() });
    effects
}

pub(super) fn back(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if ctx.window.focus == Focus::Roster && (channel.roster.filtering || !channel.roster.filter.is_empty()) {
        channel.roster.filtering = false;
        channel.roster.filter.clear();
        channel.roster.follows_first = false;
        channel.roster.refilter();
        channel.roster.reveal();
        return Vec::new();
    }
    if ctx.window.focus == Focus::Composer && channel.composer.prompt.take().is_some() {
        return Vec::new();
    }
    let stopped = stop(channel, ctx);
    if stopped.is_empty() && !dismiss(channel, ctx) {
        // What was said goes with the step, and takes none for itself.
        ctx.window.notice = None;
        ctx.window.focus = channel.default_focus();
    }
    stopped
}

/// Shows the answers that the bot offers no more, until it offers others. False where there are none to be seen.
fn dismiss(channel: &mut Channel, ctx: &mut Ctx<'_>) -> bool {
    if ctx.window.focus == Focus::Roster || channel.quick_replies().is_empty() {
        return false;
    }
    channel.chat.dismissed = channel.chat.history.last().map(|past| past.message.id.clone());
    true
}

pub(super) fn focus(channel: &mut Channel, ctx: &mut Ctx<'_>, by: usize) -> Vec<Effect> {
    let order: &[Focus] = if channel.capabilities.send && !channel.queue().is_empty() {
        &[Focus::Composer, Focus::Roster, Focus::Transcript, Focus::Queue]
    } else if channel.capabilities.send {
        &[Focus::Composer, Focus::Roster, Focus::Transcript]
    } else {
        // Nothing can be written there.
        &[Focus::Roster, Focus::Transcript]
    };
    let at = order.iter().position(|f| *f == ctx.window.focus).unwrap_or(0);
    // The last one is one step before the first.
    let by = if by == 1 { 1 } else { order.len() - 1 };
    ctx.window.focus = order.get((at + by) % order.len()).copied().unwrap_or(Focus::Transcript);
    channel.roster.filtering = false;
    if ctx.window.focus == Focus::Roster && channel.roster.selected_position().is_none() {
        match channel.open_id().cloned() {
            Some(open) => {
                channel.roster.selected = Some(open);
                channel.roster.follows_first = false;
                channel.roster.reveal();
            }
            None => channel.roster.select(0),
        }
    }
    Vec::new()
}

pub(super) fn new_conversation(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    ctx.window.view = ViewKind::Chat;
    let refusal = if channel.capabilities.is_bot {
        Some("People write first on this channel: their conversations come by webhook.")
    } else if !channel.capabilities.send {
        Some("This channel takes no messages, so no conversation can be begun.")
    } else {
        None
    };
    if let Some(refusal) = refusal {
        ctx.say(refusal);
        return wake(ctx);
    }
    // One that nobody has written in is new: another would only be clutter on the platform.
    let chat = &channel.chat;
    let read = chat.loaded && matches!(chat.refresh, Refresh::Idle | Refresh::NotWhole(_));
    let unused = transcript::is_unwritten(channel);
    // Where the bot's first words come by webhook, they may still be on their way.
    let can = channel.capabilities;
    let greeted = chat.greeting.is_some() || (can.start && can.local && chat.place.id().is_some());
    if chat.starting || (unused && read && greeted) {
        ctx.window.focus = Focus::Composer;
        channel.chat.scroll = Scroll::Follow;
        ctx.say("This conversation is new: nobody has written in it yet.");
        return wake(ctx);
    }
    let place = ConversationRef::New(ctx.ids.next_number());
    conversation::open(channel, ctx, &place)
}

/// Opens the conversation that is selected in the roster.
pub(super) fn open_selected(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some(id) = channel.roster.selected.clone() else { return Vec::new() };
    channel.roster.filtering = false;
    channel.roster.follows_first = false;
    let effects = if channel.open_id() == Some(&id) {
        conversation::settle(channel)
    } else {
        conversation::open(channel, ctx, &ConversationRef::Known(id))
    };
    // What was said is read first; where nothing was, one writes.
    ctx.window.focus = if conversation::is_empty(channel) { channel.default_focus() } else { Focus::Transcript };
    effects
}

/// Opens the conversation that stands so many places below the open one in the list. The keys stay where they are.
pub(super) fn neighbour(channel: &mut Channel, ctx: &mut Ctx<'_>, by: isize) -> Vec<Effect> {
    let Some(id) = channel.roster.neighbour(channel.open_id(), by) else {
        let end = if by > 0 { "below" } else { "above" };
        ctx.say(&format!("No conversation stands {end} this one."));
        return wake(ctx);
    };
    let focus = ctx.window.focus;
    let mut effects = conversation::open(channel, ctx, &ConversationRef::Known(id));
    ctx.window.focus = if focus == Focus::Queue { channel.default_focus() } else { focus };
    effects.extend(roster::fetch_if_due(channel, ctx));
    effects
}

/// What is due once the selection has moved in the list: another page of it, and what the selected one says.
fn moved(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let mut effects = roster::fetch_if_due(channel, ctx);
    effects.extend(conversation::preview(channel, ctx));
    effects
}

pub(super) fn up_down(channel: &mut Channel, ctx: &mut Ctx<'_>, by: i64) -> Vec<Effect> {
    if ctx.window.focus == Focus::Roster {
        channel.roster.step(isize::try_from(by).unwrap_or(0));
        return moved(channel, ctx);
    }
    scroll(channel, by)
}

pub(super) fn page(channel: &mut Channel, ctx: &mut Ctx<'_>, by: i64) -> Vec<Effect> {
    if ctx.window.focus == Focus::Roster {
        channel.roster.step(channel.roster.view.page() * isize::try_from(by).unwrap_or(0));
        return moved(channel, ctx);
    }
    let rows = channel.chat.page() * by;
    scroll(channel, rows)
}

pub(super) fn scroll(channel: &mut Channel, rows: i64) -> Vec<Effect> {
    channel.chat.scroll_by(rows);
    if rows < 0 { load::load_older_if_due(channel) } else { Vec::new() }
}

pub(super) fn top(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if ctx.window.focus == Focus::Roster {
        channel.roster.select(0);
        return moved(channel, ctx);
    }
    if let Some(key) = channel.chat.items.first().and_then(|p| channel.key_of(p)) {
        channel.chat.scroll = Scroll::At(Anchor { item: key, row: 0 });
    }
    load::load_older_if_due(channel)
}

pub(super) fn bottom(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if ctx.window.focus == Focus::Roster {
        channel.roster.select(usize::MAX);
        return moved(channel, ctx);
    }
    channel.chat.scroll = Scroll::Follow;
    Vec::new()
}

/// To the user's own message before or after the first row on screen.
pub(super) fn own(channel: &mut Channel, ctx: &mut Ctx<'_>, before: bool) -> Vec<Effect> {
    let Some(anchor) = channel.chat.measured.top else { return Vec::new() };
    let Some(at) = channel.part_of(anchor.item) else { return Vec::new() };
    let parts = &channel.chat.items;
    let own = |part: &&TranscriptItem| transcript::is_own(channel, part);
    let found = if before {
        let end = if anchor.row > 0 { at + 1 } else { at };
        parts.iter().take(end).rev().find(own)
    } else {
        parts.iter().skip(at + 1).find(own)
    };
    let found = found.and_then(|part| channel.key_of(part));
    if let Some(item) = found {
        channel.chat.scroll = Scroll::At(Anchor { item, row: 0 });
        Vec::new()
    } else if before {
        top(channel, ctx)
    } else {
        bottom(channel, ctx)
    }
}

pub(super) fn refresh(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let (list, history) = (channel.capabilities.list, channel.capabilities.history);
    if (ctx.window.focus == Focus::Roster && !list) || (ctx.window.focus != Focus::Roster && !history) {
        ctx.say("This platform keeps no list to ask for: what came by webhook is all here.");
        return wake(ctx);
    }
    if ctx.window.focus == Focus::Roster {
        channel.roster.hold(false);
        channel.roster.anew = true;
        channel.roster.complete = false;
        channel.roster.failure = None;
        channel.roster.cursor = None;
        return roster::fetch(channel, ctx);
    }
    let Some(conversation) = channel.open_id().cloned() else { return Vec::new() };
    channel.chat.refresh = Refresh::Reading { got: 0, total: None };
    vec![Effect::Open(ChannelEffect::Refresh { conversation, after_ms: 0 })]
}
