//! One channel: what happens to it, on the screen or not.

use super::ctx::{Ctx, complain, wake};
use super::{
    aside, attach, conversation, draft, find, message, queue, read_marker, roster, sources, started, store_changes,
    turn,
};
use crate::app::channel::{Channel, Link};
use crate::app::effect::Effect;
use crate::app::event::ChannelEvent;
use crate::app::view::{Focus, ViewKind};
use crate::domain::{Failure, SafeText};

/// Changes the channel by what happened to it, and says what is to be done for it.
pub(super) fn update(channel: &mut Channel, ctx: &mut Ctx<'_>, event: ChannelEvent) -> Vec<Effect> {
    let unread = channel.unread;
    let affects_details = message::affects_details(&event);
    let mut effects = if aside::concerns(channel, &event) {
        aside::on(channel, ctx, |channel, ctx| handle(channel, ctx, event))
    } else {
        let mut effects = aside::follow(channel, ctx, &event);
        effects.extend(handle(channel, ctx, event));
        effects
    };
    if affects_details {
        effects.extend(message::follow(channel, ctx));
    }
    effects.extend(watch(channel, ctx));
    if channel.unread != unread {
        effects.extend(store_changes::remember(channel));
    }
    effects
}

/// Follows what the user has before the eyes: what was seen, and what is searched for in it.
pub(super) fn watch(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let held = ctx.on_screen && ctx.window.view == ViewKind::Chat && ctx.window.focus == Focus::Roster;
    channel.roster.hold(held);
    if !held {
        channel.came_from = None;
    }
    let mut effects = Vec::new();
    if ctx.on_screen && channel.chat.rests_at.is_some() && ctx.window.focus != Focus::Roster {
        effects.extend(conversation::settle(channel));
    }
    effects.extend(seen(channel, ctx));
    if ctx.aside_on_screen {
        effects.extend(aside::on(channel, ctx, seen));
    }
    effects
}

/// Follows what is seen of the conversation in hand.
pub(super) fn seen(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let mut effects: Vec<Effect> = read_marker::watch(channel, ctx).into_iter().collect();
    effects.extend(find::follow(channel));
    effects
}

fn handle(channel: &mut Channel, ctx: &mut Ctx<'_>, event: ChannelEvent) -> Vec<Effect> {
    match event {
        ChannelEvent::Restored(restored) => roster::restored(channel, ctx, *restored),
        ChannelEvent::Stored(ticket, stored) => conversation::stored(channel, ctx, ticket, *stored),
        ChannelEvent::Older(ticket, past, older) => conversation::older(channel, ctx, ticket, past, older),
        ChannelEvent::News(conversation) => store_changes::came(channel, ctx, &conversation),
        ChannelEvent::Unread(ids) => store_changes::left(channel, ctx, ids),
        ChannelEvent::RowLoaded(row) => store_changes::row(channel, *row),
        ChannelEvent::AttachChecked(result) => attach::checked(channel, ctx, result),
        ChannelEvent::StoreFailed(failure) => store_failed(channel, ctx, &failure),
        ChannelEvent::Trying(failure) => {
            channel.link = Link::Trouble(failure.kind);
            complain(ctx, "", &failure.hint("It is asked again."))
        }
        ChannelEvent::RosterPage(ticket, result) => roster::page(channel, ctx, ticket, result),
        ChannelEvent::HistoryPage(conversation, result) => conversation::page(channel, ctx, &conversation, result),
        ChannelEvent::Started(place, result) => started::started(channel, ctx, &place, result),
        ChannelEvent::Committed(turn) => turn::committed(channel, &turn),
        ChannelEvent::CommitFailed(turn, failure) => turn::commit_failed(channel, ctx, &turn, &failure),
        ChannelEvent::Turn(turn, step) => turn::step(channel, ctx, &turn, step),
        ChannelEvent::Replaced(old, new) => turn::replaced(channel, ctx, &old, *new),
        ChannelEvent::Sources(event) => sources::handle_event(channel, ctx, event),
        ChannelEvent::Message(event) => message::handle_event(channel, ctx, event),
        ChannelEvent::Queue(event) => queue::handle_event(channel, ctx, event),
    }
}

/// The store could not be used. What could not be stored says more than that nothing can be: the draft fails with the
/// message.
fn store_failed(channel: &mut Channel, ctx: &mut Ctx<'_>, failure: &Failure) -> Vec<Effect> {
    let why = SafeText::one_line(&failure.sentence());
    if !ctx.window.notice.as_ref().is_some_and(|n| n.bad && n.text.as_str().contains(why.as_str())) {
        ctx.complain("", failure);
    }
    let mut effects = wake(ctx);
    effects.extend(draft::keep_typed(channel));
    effects
}
