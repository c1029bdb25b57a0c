//! What is new since the user left a conversation: the line before it, the way to it, and what is kept as seen.

use super::{say, transcript};
use crate::app::channel::Channel;
use crate::app::chat::scroll::{Anchor, Scroll};
use crate::app::chat::{Refresh, TranscriptItem};
use crate::app::effect::{ChannelEffect, Effect};
use crate::app::overlay::message::MessageEffect;
use crate::app::update::ctx::Ctx;
use crate::app::view::ViewKind;
use crate::domain::MessageRef;

/// The store was read: it tells what was seen, and there may be something new.
pub(super) fn stored(channel: &mut Channel, ctx: &mut Ctx<'_>, first: bool, seen: Option<MessageRef>) {
    // What was a turn's when it was seen may be a message of the history by now, which only the store can tell.
    if first || channel.chat.read_marker.last.is_some_and(|key| position(channel, key).is_none()) {
        channel.chat.read_marker.last = None;
        channel.chat.read_marker.kept = seen;
    }
    mark(channel, ctx);
    // Where the platform is still being read, more of what came meanwhile follows.
    if !matches!(channel.chat.refresh, Refresh::Reading { .. }) {
        channel.chat.read_marker.back = true;
    }
}

/// The platform's history was read to its end, or could not be: nothing more of what came meanwhile follows.
pub(super) fn read(channel: &mut Channel, ctx: &mut Ctx<'_>) {
    mark(channel, ctx);
    channel.chat.read_marker.back = true;
}

/// Finds where begins what is new. While the user looks at the end, nothing is.
pub(super) fn mark(channel: &mut Channel, ctx: &mut Ctx<'_>) {
    if sees_the_end(channel, ctx) {
        return;
    }
    let from = match last_seen(channel) {
        Last::At(at) => at + 1,
        Last::Older => 0,
        Last::Untold => return,
    };
    let new = channel.chat.items.iter().skip(from).find(|part| is_news(channel, part));
    if let Some(key) = new.and_then(|part| channel.key_of(part)) {
        channel.chat.read_marker.new_from = Some(key);
    }
}

/// Where stands what was seen last.
enum Last {
    /// At that place among the parts.
    At(usize),
    /// Before all that is loaded.
    Older,
    /// Nobody can tell: nothing was seen yet, or it is gone.
    Untold,
}

fn last_seen(channel: &Channel) -> Last {
    let seen = &channel.chat.read_marker;
    if let Some(at) = seen.last.and_then(|key| position(channel, key)) {
        return Last::At(at);
    }
    let Some(kept) = &seen.kept else { return Last::Untold };
    match channel.chat.items.iter().position(|part| channel.is_referred(part, kept)) {
        Some(at) => Last::At(at),
        None if channel.chat.older => Last::Older,
        None => Last::Untold,
    }
}

fn position(channel: &Channel, key: u64) -> Option<usize> {
    channel.part_of(key)
}

fn is_news(channel: &Channel, part: &TranscriptItem) -> bool {
    matches!(part, TranscriptItem::History(_) | TranscriptItem::Answer(_)) && !transcript::is_own(channel, part)
}

/// Keeps the last message as seen, where it is before the user's eyes.
pub(super) fn watch(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Option<Effect> {
    if !sees_the_end(channel, ctx) {
        return None;
    }
    let part = channel.chat.items.last()?;
    let key = channel.key_of(part)?;
    let last = channel.reference(part)?;
    channel.chat.read_marker.last = Some(key);
    if channel.chat.read_marker.kept.as_ref() == Some(&last) {
        return None;
    }
    // One that has no id yet is kept once it has one.
    let conversation = channel.open_id().cloned()?;
    channel.chat.read_marker.kept = Some(last.clone());
    Some(Effect::Open(ChannelEffect::Message(MessageEffect::MarkRead { conversation, last })))
}

/// The channel is left: what was seen to its end has nothing new.
pub(super) fn leave(channel: &mut Channel, ctx: &mut Ctx<'_>) {
    if sees_the_end(channel, ctx) {
        channel.chat.read_marker.new_from = None;
    }
}

/// Goes to the first message that is new.
pub(super) fn go(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    match channel.chat.read_marker.new_from.filter(|key| position(channel, *key).is_some()) {
        Some(item) => {
            channel.chat.scroll = Scroll::At(Anchor { item, row: 0 });
            Vec::new()
        }
        None => say(ctx, "Nothing is new since you left."),
    }
}

/// Whether the end of the open conversation is before the user's eyes.
fn sees_the_end(channel: &Channel, ctx: &Ctx<'_>) -> bool {
    let chat = &channel.chat;
    let drawn = ctx.window.view == ViewKind::Chat && ctx.on_screen && chat.measured.top.is_some();
    drawn && chat.loaded && chat.rests_at.is_none() && chat.read_marker.back && chat.scroll == Scroll::Follow
}
