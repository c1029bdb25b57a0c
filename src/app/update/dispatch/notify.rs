//! Whether the user looks, and what of all that happened is told while not.

use crate::app::effect::Effect;
use crate::app::event::Event;
use crate::app::notify::Happening;
use crate::app::state::State;
use crate::app::view::ViewKind;
use crate::domain::Timestamp;

/// Takes note of what only somebody who looks can do, before it is acted on.
pub(in crate::app::update) fn note(state: &mut State, event: &Event, now: Timestamp) {
    if matches!(event, Event::Action(_) | Event::Text(_) | Event::Line(_) | Event::Click(..) | Event::Pick(_)) {
        state.window.notify.typed(now);
        // Whoever has begun is not taken elsewhere.
        state.window.resume.focus = None;
    }
}

/// Tells what is to be told by now.
pub(in crate::app::update) fn settle(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let happened = !state.window.notify.happened.is_empty();
    let drawn = happened && state.window.split.as_ref().is_some_and(|split| split.drawn);
    let beside = if drawn { state.resume_beside() } else { None };
    let (channel, window, ..) = state.split();
    let open = channel.open_id();
    let in_chat = window.view == ViewKind::Chat;
    let seen = |one: &Happening| {
        let is_open = one.channel == channel.info.name && one.conversation.as_ref() == open;
        let is_beside = beside
            .as_ref()
            .is_some_and(|it| it.channel == one.channel && one.conversation.as_ref() == Some(&it.conversation));
        in_chat && one.conversation.is_some() && (is_open || is_beside)
    };
    let (told, again) = window.notify.settle(now, seen);
    told.map(Effect::Notify).into_iter().chain(again.map(Effect::Wake)).collect()
}
