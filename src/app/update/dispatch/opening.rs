//! From one channel to another: what is left is kept, and what is shown is as it was left.

use crate::app::channel::{Channel, Measures};
use crate::app::effect::{ChannelEffect, Effect};
use crate::app::state::State;
use crate::app::update::ctx::Ctx;
use crate::app::update::transcript::rebuild;
use crate::app::update::{countdown, read_marker, save_draft, sources, store_changes};
use crate::app::view::ViewKind;
use crate::domain::Timestamp;

/// Opens the channel that stands there, whatever stands beside: what was open stays as it is, its text kept.
pub(super) fn go_to(state: &mut State, at: usize, now: Timestamp) -> Vec<Effect> {
    if at == state.open_at() {
        return Vec::new();
    }
    let left = state.channel().info.name.clone();
    let mut effects = state.on_channel(now, leave);
    effects = effects.into_iter().map(|effect| effect.for_channel(&left)).collect();
    let measures = state.channel().measured();
    state.open(at);
    effects.extend(state.on_channel(now, |channel, ctx| enter(channel, ctx, measures)));
    effects
}

/// The channel is left: its text is kept.
pub(super) fn leave(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    read_marker::leave(channel, ctx);
    let effects = save_draft(channel);
    channel.count_unread();
    effects
}

/// The channel is shown, as it was left.
pub(super) fn enter(channel: &mut Channel, ctx: &mut Ctx<'_>, measures: Measures) -> Vec<Effect> {
    channel.measure(measures);
    ctx.window.focus = channel.default_focus();
    channel.roster.reveal();
    // Texts of two channels that nothing was ever put into have no ids of their own.
    channel.composer.text.renumber(ctx.ids.next_number());
    let unread = channel.unread;
    if let Some(row) = channel.open_id().cloned().and_then(|id| channel.roster.row_mut(&id)) {
        row.unread = false;
    }
    channel.count_unread();
    let mut effects = Vec::new();
    if channel.unread != unread {
        effects.extend(store_changes::remember(channel));
    }
    rebuild(channel);
    if !std::mem::replace(&mut channel.restored, true) {
        effects.push(Effect::Open(ChannelEffect::Restore));
    }
    effects.extend(countdown(channel.open_chat(), ctx.now));
    if ctx.window.view == ViewKind::Sources {
        effects.extend(sources::show(channel, ctx));
    }
    effects
}
