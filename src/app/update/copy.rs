//! Picking messages, and copying what is picked.

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::state::State;
use crate::domain::Timestamp;

/// Does what an action means there; none where it means something else.
pub(super) fn act(state: &mut State, action: Action, now: Timestamp) -> Option<Vec<Effect>> {
    let _ = (state, action, now);
    None
}
