//! What lies over the Chat view and the Search view: who takes what is asked for and what is typed there.

use super::{copy, message, search, transfer};
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::over::Over;
use crate::app::state::State;
use crate::domain::Timestamp;

/// Does what an action means to what lies over the view.
pub(super) fn act(state: &mut State, action: Action, now: Timestamp) -> Option<Vec<Effect>> {
    match state.window.over.as_ref()? {
        Over::Copy(_) => copy::act(state, action, now),
        Over::Message(_) => message::act(state, action, now),
        Over::Export(_) | Over::Import(_) => transfer::act(state, action, now),
        Over::Kept(_) | Over::Naming(_) => search::act(state, action, now),
    }
}

/// Characters for the line of what lies over the view.
pub(super) fn line_typed(state: &mut State, text: &str, now: Timestamp) -> Vec<Effect> {
    match &state.window.over {
        Some(Over::Export(_) | Over::Import(_)) => transfer::line_typed(state, text),
        Some(Over::Naming(_)) => search::line_typed(state, text, now),
        _ => Vec::new(),
    }
}

/// Backspace on that line.
pub(super) fn line_erased(state: &mut State, now: Timestamp) -> Vec<Effect> {
    match &state.window.over {
        Some(Over::Export(_) | Over::Import(_)) => transfer::line_erased(state),
        Some(Over::Naming(_)) => search::line_erased(state, now),
        _ => Vec::new(),
    }
}
