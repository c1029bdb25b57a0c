//! A new conversation gets its id.

use super::{draft, outbox, transcript, wake};
use crate::app::channel::{Channel, Link};
use crate::app::chat::{ConversationRef, Greeting};
use crate::app::effect::{ChannelEffect, Effect};
use crate::app::roster::RosterRow;
use crate::app::update::ctx::Ctx;
use crate::domain::{ConversationId, Failure};

/// A new conversation is open on the platform, or could not be opened.
pub(super) fn started(
    channel: &mut Channel,
    ctx: &mut Ctx<'_>,
    place: &ConversationRef,
    result: Result<(ConversationId, Option<String>), Failure>,
) -> Vec<Effect> {
    let here = channel.chat.place == *place;
    if here {
        channel.chat.starting = false;
    }
    match result {
        Ok((id, greeting)) => {
            channel.link = Link::Connected;
            if here && let Some(text) = greeting {
                channel.chat.greeting = Some(Greeting { key: ctx.ids.next_number(), text, at: ctx.now });
            }
            let mut effects = settle_place(channel, ctx, place, &id);
            effects.extend(outbox::dispatch_next(channel, &ConversationRef::Known(id)));
            effects
        }
        Err(failure) => {
            channel.link = Link::Trouble(failure.kind);
            ctx.complain("The conversation could not be opened. ", &failure);
            let mut effects = outbox::hold(channel, place, Some(&failure));
            transcript::rebuild(channel);
            effects.extend(wake(ctx));
            effects
        }
    }
}

/// A new conversation got its id: everything that was filed under its place moves there.
pub(super) fn settle_place(
    channel: &mut Channel,
    ctx: &mut Ctx<'_>,
    place: &ConversationRef,
    id: &ConversationId,
) -> Vec<Effect> {
    let known = ConversationRef::Known(id.clone());
    let mut title = String::new();
    for local in channel.turns.values_mut().filter(|t| t.place == *place) {
        local.place = known.clone();
        local.turn.conversation = Some(id.clone());
        if title.is_empty() {
            title.clone_from(&local.turn.text);
        }
    }
    channel.composer.shelf.iter_mut().filter(|(kept, _)| kept == place).for_each(|(kept, _)| kept.clone_from(&known));
    channel.roster.merge([RosterRow::new(id.clone(), &title, Some(ctx.now))]);
    let mut effects = Vec::new();
    if channel.chat.place == *place {
        channel.chat.place = known;
        channel.chat.starting = false;
        channel.roster.selected = Some(id.clone());
        channel.roster.follows_first = false;
        channel.roster.reveal();
        effects.push(Effect::Open(ChannelEffect::Remember(Some(id.clone()))));
        // What was kept for a new conversation belongs to this one, unless it is still being read.
        if channel.chat.loaded {
            effects.extend(draft::bind(channel));
            effects.push(Effect::Open(ChannelEffect::SaveDraft {
                conversation: Some(id.clone()),
                text: channel.composer.text.as_str().to_owned(),
            }));
            effects.push(Effect::Open(ChannelEffect::SaveDraft { conversation: None, text: String::new() }));
        }
    }
    transcript::rebuild(channel);
    effects
}
