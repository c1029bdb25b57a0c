//! What lies over a view: who takes what is asked for there.

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::overlay::Overlay;
use crate::app::state::State;
use crate::app::update::dispatch::{channels, desk, leave, new_case, palette, replies};
use crate::app::update::{copy, help, key_test, message, outside, search, themes, transfer};
use crate::domain::Timestamp;

/// Does what an action means to what has the keys before the view; none where nothing lies there, and where the action
/// means what it means elsewhere.
pub(in crate::app::update) fn handle_action(
    state: &mut State,
    action: Action,
    now: Timestamp,
) -> Option<Vec<Effect>> {
    match state.window.top()? {
        Overlay::Leave(_) => Some(leave::decide(state, action)),
        Overlay::Help(_) => help::handle_action(&mut state.window, action),
        Overlay::Palette(_) => palette::handle_action(state, action, now),
        Overlay::KeyTest(_) => key_test::handle_action(&mut state.window, action),
        Overlay::Channels(_) => channels::handle_action(state, action, now),
        Overlay::Themes(_) => state.on_channel(now, |_, ctx| themes::handle_action(ctx, action)),
        Overlay::Copy(_) => state.on_channel(now, |channel, ctx| copy::handle_action(channel, ctx, action)),
        Overlay::Links(_) => state.on_channel(now, |channel, ctx| outside::handle_action(channel, ctx, action)),
        Overlay::Message(_) => state.on_channel(now, |channel, ctx| message::handle_action(channel, ctx, action)),
        Overlay::Export(_) | Overlay::Import(_) => {
            state.on_channel(now, |channel, ctx| transfer::handle_action(channel, ctx, action))
        }
        Overlay::Desk(_) => desk::answer(state, action, now),
        Overlay::NewCase(_) => new_case::handle_action(state, action),
        Overlay::Replies(_) => replies::handle_action(state, action, now),
        Overlay::SavedSearches(_) | Overlay::SearchNaming(_) => {
            state.on_search(now, |search, ctx| search::handle_action(search, ctx, action))
        }
    }
}
