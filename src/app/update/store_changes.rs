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
/// So many of them are looked at again where another process wrote.
const AGAIN: usize = 50;

/// The store has something new in a conversation. The open one is read again where it is; any other is marked.
pub(super) fn came(channel: &mut Channel, ctx: &mut Ctx<'_>, id: &ConversationId) -> Vec<Effect> {
    let open = channel.open_id() == Some(id);
    let mut effects = Vec::new();
    if open {
        effects.push(load::reload(channel, id, 0));
    }
    let unseen = !open || !ctx.on_screen || channel.chat.rests_at.is_some();
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
    let open = channel.open_id().filter(|_| channel.chat.loaded);
    let mut effects = unread_again(channel, open);
    if let Some(id) = open {
        effects.push(load::reload(channel, id, 0));
        effects.push(Effect::Open(ChannelEffect::LoadRow(id.clone())));
    }
    effects
}

/// Another process wrote: what is marked as new may have been read there.
pub(super) fn unread_again(channel: &Channel, but: Option<&ConversationId>) -> Vec<Effect> {
    if channel.unread == 0 {
        return Vec::new();
    }
    let unread = channel.roster.rows.iter().filter(|row| row.unread && Some(&row.id) != but).take(AGAIN);
    unread.map(|row| Effect::Open(ChannelEffect::LoadRow(row.id.clone()))).collect()
}

/// A row that was asked for because of news.
pub(super) fn row(channel: &mut Channel, row: RosterRow) -> Vec<Effect> {
    let open = channel.open_id() == Some(&row.id);
    let (id, unseen) = (row.id.clone(), row.unseen);
    let blank = channel.roster.row(&id).is_some_and(|known| known.title.trim().is_empty());
    channel.roster.merge([row]);
    // What was seen in another window is not new here any more.
    let by = channel.capabilities.is_bot;
    // A reply that came here is not in the history yet.
    let untold = channel.turns.values().any(|local| local.place.id() == Some(&id));
    if !untold
        && unseen.is_some_and(|(people, others)| if by { people } else { others } == 0)
        && let Some(row) = channel.roster.row_mut(&id).filter(|row| row.unread)
    {
        row.unread = false;
        channel.count_unread();
    }
    if open || blank {
        rebuild(channel);
    }
    Vec::new()
}
