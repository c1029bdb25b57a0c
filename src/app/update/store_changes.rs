//! News that nobody here asked for: a webhook came, or another process wrote to the store.

use super::load;
use super::transcript::rebuild;
use crate::app::channel::Channel;
use crate::app::effect::{ChannelEffect, Effect};
use crate::app::roster::RosterRow;
use crate::app::update::ctx::Ctx;
use crate::domain::ConversationId;

/// More conversations than these are not remembered to have something new.
const MARKED: usize = 500;

/// The store has something new in a conversation. The open one is read again where it is; any other is marked.
pub(super) fn came(channel: &mut Channel, ctx: &mut Ctx<'_>, id: &ConversationId) -> Vec<Effect> {
    let open = channel.open_id() == Some(id);
    let mut effects = Vec::new();
    if open {
        effects.push(load::reload(channel, id, 0));
    }
    let unseen = !open || !ctx.on_screen;
    let row = RosterRow { unread: unseen, ..RosterRow::new(id.clone(), "", Some(ctx.now)) };
    channel.roster.merge([row]);
    channel.count_unread();
    // What the store has of it may be new, and so may the row.
    effects.push(Effect::Open(ChannelEffect::LoadRow(id.clone())));
    effects
}

/// What was new when the program ended still is.
pub(super) fn left(channel: &mut Channel, ctx: &mut Ctx<'_>, ids: Vec<ConversationId>) -> Vec<Effect> {
    let open = channel.open_id().filter(|_| ctx.on_screen).cloned();
    let kept = ids.len();
    let ids: Vec<ConversationId> = ids.into_iter().filter(|id| Some(id) != open.as_ref()).collect();
    let row = |id: &ConversationId| RosterRow { unread: true, ..RosterRow::new(id.clone(), "", None) };
    channel.roster.merge(ids.iter().map(row));
    channel.count_unread();
    // What is open is not new any more, whatever was kept.
    let seen = if ids.len() < kept { remember(channel) } else { None };
    ids.into_iter().map(|id| Effect::Open(ChannelEffect::LoadRow(id))).chain(seen).collect()
}

/// Keeps which conversations have something new, where news come by themselves.
pub(super) fn remember(channel: &Channel) -> Option<Effect> {
    let unread = channel.roster.rows.iter().filter(|row| row.unread).take(MARKED).map(|row| row.id.clone());
    channel.capabilities.webhook.then(|| Effect::Open(ChannelEffect::RememberUnread(unread.collect())))
}

/// Another process wrote: the open conversation is read again where it is, and so is its row.
pub(super) fn changed_elsewhere(channel: &Channel) -> Vec<Effect> {
    let Some(id) = channel.open_id().filter(|_| channel.chat.loaded) else { return Vec::new() };
    vec![load::reload(channel, id, 0), Effect::Open(ChannelEffect::LoadRow(id.clone()))]
}

/// A row that was asked for because of news.
pub(super) fn row(channel: &mut Channel, row: RosterRow) -> Vec<Effect> {
    let open = channel.open_id() == Some(&row.id);
    channel.roster.merge([row]);
    if open {
        rebuild(channel);
    }
    Vec::new()
}
