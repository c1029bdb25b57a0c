//! One message: what is known of it, and writing the last one again.

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::message::MessageEvent;
use crate::app::state::State;
use crate::domain::Timestamp;

/// Does what an action means there; none where it means something else.
pub(super) fn act(state: &mut State, action: Action, now: Timestamp) -> Option<Vec<Effect>> {
    let _ = (state, action, now);
    None
}

/// Takes what came of it.
pub(super) fn happen(state: &mut State, event: MessageEvent, now: Timestamp) -> Vec<Effect> {
    let _ = (state, event, now);
    Vec::new()
}
