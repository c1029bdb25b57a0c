//! Searching in the open conversation.

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::state::State;
use crate::domain::Timestamp;

/// Does what an action means there; none where it means something else.
pub(super) fn act(state: &mut State, action: Action, now: Timestamp) -> Option<Vec<Effect>> {
    let _ = (state, action, now);
    None
}

/// Characters for its line.
pub(super) fn line_typed(state: &mut State, text: &str) -> Vec<Effect> {
    let _ = (state, text);
    Vec::new()
}

/// Backspace on its line.
pub(super) fn line_erased(state: &mut State) -> Vec<Effect> {
    let _ = state;
    Vec::new()
}
