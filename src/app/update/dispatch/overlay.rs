//! What lies over the Chat view and the Search view: who takes what is asked for and what is typed there.

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::overlay::Overlay;
use crate::app::state::State;
use crate::app::update::{copy, message, search, transfer};
use crate::domain::Timestamp;

/// Does what an action means to what lies over the view.
pub(in crate::app::update) fn handle_action(
    state: &mut State,
    action: Action,
    now: Timestamp,
) -> Option<Vec<Effect>> {
    match state.window.overlay.as_ref()? {
        Overlay::Copy(_) => state.on_channel(now, |channel, ctx| copy::handle_action(channel, ctx, action)),
        Overlay::Message(_) => state.on_channel(now, |channel, ctx| message::handle_action(channel, ctx, action)),
        Overlay::Export(_) | Overlay::Import(_) => {
            state.on_channel(now, |channel, ctx| transfer::handle_action(channel, ctx, action))
        }
        Overlay::SavedSearches(_) | Overlay::SearchNaming(_) => {
            state.on_search(now, |search, ctx| search::handle_action(search, ctx, action))
        }
    }
}
