//! Showing messages as they were written.

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::state::State;
use crate::app::window::ViewKind;
use crate::domain::Timestamp;

/// Does what an action means there; none where it means something else.
pub(super) fn act(state: &mut State, action: Action, _: Timestamp) -> Option<Vec<Effect>> {
    if action != Action::RawSource || state.window.view != ViewKind::Chat {
        return None;
    }
    let picked = picked(state);
    if picked.is_empty() {
        state.channel.chat.raw.turn_all();
    } else {
        state.channel.chat.raw.turn(&picked);
    }
    Some(Vec::new())
}

/// The keys of the messages that are picked, the one that moves first.
fn picked(state: &State) -> Vec<u64> {
    let Some(moves) = state.channel.chat.picked.map(|picked| picked.key) else { return Vec::new() };
    let parts = state.channel.chat.parts.get(state.channel.picked()).unwrap_or_default();
    let others = parts.iter().filter_map(|part| state.channel.key_of(part)).filter(|key| *key != moves);
    std::iter::once(moves).chain(others).collect()
}
