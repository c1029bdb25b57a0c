//! The conversation that a channel keeps aside: it is live as the open one is. For what concerns it, it changes places
//! with that one: all that is done to a conversation is written once, for the one in hand.

use super::draft::keep_typed;
use super::transcript::rebuild;
use super::{leave_draft, read_marker, save_draft};
use crate::app::channel::Channel;
use crate::app::chat::aside::Aside;
use crate::app::chat::queue::QueueEvent;
use crate::app::chat::{Chat, ConversationRef};
use crate::app::effect::{ChannelEffect, Effect};
use crate::app::event::ChannelEvent;
use crate::app::update::ctx::Ctx;
use crate::app::window::Window;
use crate::domain::{SafeText, Turn, TurnId};

/// Whether what happened concerns the conversation aside, and not the open one.
pub(super) fn concerns(channel: &Channel, event: &ChannelEvent) -> bool {
    let Some(aside) = &channel.aside else { return false };
    let place = &aside.chat.place;
    let turn = |id: &TurnId| channel.turns.get(id).is_some_and(|local| local.place == *place);
    let taken =
        |known: &Turn| turn(&known.id) || known.conversation.as_ref().is_some_and(|id| place.id() == Some(id));
    match event {
        ChannelEvent::Stored(ticket, _) | ChannelEvent::Older(ticket, ..) => *ticket == aside.chat.ticket,
        ChannelEvent::News(id) | ChannelEvent::HistoryPage(id, _) => place.id() == Some(id),
        ChannelEvent::RowLoaded(row) => place.id() == Some(&row.id),
        ChannelEvent::Started(started, _) => started == place,
        ChannelEvent::Committed(id)
        | ChannelEvent::CommitFailed(id, _)
        | ChannelEvent::Turn(id, _)
        | ChannelEvent::Replaced(id, _) => turn(id),
        ChannelEvent::Queue(event) => match event {
            QueueEvent::Released(turns) => turns.first().is_some_and(taken),
            QueueEvent::TakenBack(known) | QueueEvent::Dropped(known) => taken(known),
            QueueEvent::Held(ids) => ids.first().is_some_and(turn),
            QueueEvent::Ranked(ranks) => ranks.first().is_some_and(|(id, _)| turn(id)),
            QueueEvent::Gone(id, _) => turn(id),
        },
        // A file is looked at for whoever named it.
        ChannelEvent::AttachChecked(_) => aside.composer.prompt.is_some() && channel.composer.prompt.is_none(),
        ChannelEvent::Restored(_)
        | ChannelEvent::Unread(_)
        | ChannelEvent::StoreFailed(_)
        | ChannelEvent::Trying(_)
        | ChannelEvent::RosterPage(..)
        | ChannelEvent::Sources(_)
        | ChannelEvent::Message(_) => false,
    }
}

/// What the conversation aside has to know of what concerns the whole channel.
pub(super) fn follow(channel: &mut Channel, ctx: &mut Ctx<'_>, event: &ChannelEvent) -> Vec<Effect> {
    match event {
        // What the platform tells of a conversation stands in its row.
        ChannelEvent::RosterPage(..) => on(channel, ctx, |channel, _| {
            rebuild(channel);
            Vec::new()
        }),
        ChannelEvent::StoreFailed(_) => on(channel, ctx, |channel, _| keep_typed(channel)),
        _ => Vec::new(),
    }
}

/// Does something with the conversation aside in hand. The window is the open one's: nothing of what is done to it lasts
/// but what is said, and which one is open doesn't change. Nothing where none is aside.
pub(super) fn on(
    channel: &mut Channel,
    ctx: &mut Ctx<'_>,
    part: impl FnOnce(&mut Channel, &mut Ctx<'_>) -> Vec<Effect>,
) -> Vec<Effect> {
    let (selected, follows_first) = (channel.roster.selected.clone(), channel.roster.follows_first);
    if !channel.exchange() {
        return Vec::new();
    }
    let mut unseen = Window::unseen(std::sync::Arc::clone(&ctx.window.keys));
    let mut other = Ctx {
        now: ctx.now,
        ids: &mut *ctx.ids,
        window: &mut unseen,
        on_screen: ctx.aside_on_screen,
        aside_on_screen: false,
        requests: &mut *ctx.requests,
    };
    let effects = part(channel, &mut other);
    channel.exchange();
    (channel.roster.selected, channel.roster.follows_first) = (selected, follows_first);
    ctx.window.notify.happened.append(&mut unseen.notify.happened);
    if let Some(mut notice) = unseen.notice {
        notice.text = SafeText::one_line(&format!("beside: {}", notice.text));
        ctx.window.notice = Some(notice);
    }
    let remembers = |effect: &Effect| matches!(effect, Effect::Open(ChannelEffect::Remember(_)));
    effects.into_iter().filter(|effect| !remembers(effect)).collect()
}

/// Makes room for a conversation aside: a new one, which nobody has asked for yet.
pub(super) fn make(channel: &mut Channel, ctx: &mut Ctx<'_>) {
    let mut chat = Chat::new(ConversationRef::New(ctx.ids.next_number()));
    chat.measured.rows = channel.chat.measured.rows;
    channel.aside = Some(Box::new(Aside { chat, composer: crate::app::Composer::default() }));
}

/// Puts the open conversation aside. What is open then is a new one, which nobody has asked for yet.
pub(super) fn put(channel: &mut Channel, ctx: &mut Ctx<'_>) {
    make(channel, ctx);
    channel.exchange();
}

/// Exchanges the two: what was aside is open, and has the keys.
pub(super) fn change_sides(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if !channel.exchange() {
        return Vec::new();
    }
    if let Some(split) = &mut ctx.window.split {
        split.left = !split.left;
    }
    channel.came_from = None;
    channel.roster.selected = channel.open_id().cloned();
    channel.roster.follows_first = false;
    channel.roster.reveal();
    // Texts that nothing was ever put into have no ids of their own.
    channel.composer.text.renumber(ctx.ids.next_number());
    ctx.window.focus = channel.default_focus();
    rebuild(channel);
    vec![Effect::Open(ChannelEffect::Remember(channel.open_id().cloned()))]
}

/// Puts away what is aside: its text is kept, and what is under way in it goes on.
pub(super) fn close(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let effects = on(channel, ctx, |channel, ctx| {
        read_marker::leave(channel, ctx);
        let mut effects = save_draft(channel);
        effects.extend(leave_draft(channel));
        let (place, attached) = (channel.chat.place.clone(), std::mem::take(&mut channel.composer.attach));
        channel.composer.put_aside(place, attached);
        effects
    });
    if let Some(aside) = channel.aside.take() {
        let (left, open) = (aside.chat.place, channel.chat.place.clone());
        channel.turns.retain(|_, local| local.live || local.place == open || local.place != left);
    }
    effects
}

/// Keeps what was typed for it before the store said what it kept.
pub(super) fn leave_typed(channel: &mut Channel) -> Option<Effect> {
    let kept = channel.exchange().then(|| leave_draft(channel));
    channel.exchange();
    kept.flatten()
}
