//! What is new since the user left a conversation: the line before it, the way to it, and what is kept as seen.

use super::{conversation, say};
use crate::app::chat::{Part, Refresh};
use crate::app::effect::Effect;
use crate::app::message::MessageEffect;
use crate::app::scroll::{Anchor, Scroll};
use crate::app::state::State;
use crate::domain::{MessageRef, Timestamp};

/// The store was read: it tells what was seen, and there may be something new.
pub(super) fn stored(state: &mut State, first: bool, seen: Option<MessageRef>) {
    // What was a turn's when it was seen may be a message of the history by now, which only the store can tell.
    if first || state.channel.chat.seen.last.is_some_and(|key| position(state, key).is_none()) {
        state.channel.chat.seen.last = None;
        state.channel.chat.seen.kept = seen;
    }
    mark(state);
    // Where the platform is still being read, more of what came meanwhile follows.
    if !matches!(state.channel.chat.refresh, Refresh::Reading { .. }) {
        state.channel.chat.seen.back = true;
    }
}

/// The platform's history was read to its end, or could not be: nothing more of what came meanwhile follows.
pub(super) fn read(state: &mut State) {
    mark(state);
    state.channel.chat.seen.back = true;
}

/// Finds where begins what is new. While the user looks at the end, nothing is.
pub(super) fn mark(state: &mut State) {
    if state.sees_the_end() {
        return;
    }
    let from = match last_seen(state) {
        Last::At(at) => at + 1,
        Last::Older => 0,
        Last::Untold => return,
    };
    let new = state.channel.chat.parts.iter().skip(from).find(|part| is_news(state, part));
    if let Some(key) = new.and_then(|part| conversation::key_of(state, part)) {
        state.channel.chat.seen.new_from = Some(key);
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

fn last_seen(state: &State) -> Last {
    let seen = &state.channel.chat.seen;
    if let Some(at) = seen.last.and_then(|key| position(state, key)) {
        return Last::At(at);
    }
    let Some(kept) = &seen.kept else { return Last::Untold };
    match state.channel.chat.parts.iter().position(|part| state.channel.reference(part).as_ref() == Some(kept)) {
        Some(at) => Last::At(at),
        None if state.channel.chat.older => Last::Older,
        None => Last::Untold,
    }
}

fn position(state: &State, key: u64) -> Option<usize> {
    state.channel.chat.parts.iter().position(|part| conversation::key_of(state, part) == Some(key))
}

fn is_news(state: &State, part: &Part) -> bool {
    matches!(part, Part::Past(_) | Part::Answer(_)) && !conversation::is_own(state, part)
}

/// Keeps the last message as seen, where it is before the user's eyes.
pub(super) fn watch(state: &mut State) -> Option<Effect> {
    if !state.sees_the_end() {
        return None;
    }
    let part = state.channel.chat.parts.last()?;
    let key = conversation::key_of(state, part)?;
    let last = state.channel.reference(part)?;
    state.channel.chat.seen.last = Some(key);
    if state.channel.chat.seen.kept.as_ref() == Some(&last) {
        return None;
    }
    // One that has no id yet is kept once it has one.
    let conversation = state.channel.open_id().cloned()?;
    state.channel.chat.seen.kept = Some(last.clone());
    Some(Effect::Message(MessageEffect::Seen { conversation, last }))
}

/// The channel is left: what was seen to its end has nothing new.
pub(super) fn leave(state: &mut State) {
    if state.sees_the_end() {
        state.channel.chat.seen.new_from = None;
    }
}

/// Goes to the first message that is new.
pub(super) fn go(state: &mut State, now: Timestamp) -> Vec<Effect> {
    match state.channel.chat.seen.new_from.filter(|key| position(state, *key).is_some()) {
        Some(item) => {
            state.channel.chat.scroll = Scroll::At(Anchor { item, row: 0 });
            Vec::new()
        }
        None => say(state, "Nothing is new since you left.", now),
    }
}
