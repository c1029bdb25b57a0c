//! Showing messages as they were written.

use crate::app::action::Action;
use crate::app::chat::Part;
use crate::app::effect::Effect;
use crate::app::state::{State, ViewKind};
use crate::domain::Timestamp;

/// Does what an action means there; none where it means something else.
pub(super) fn act(state: &mut State, action: Action, _: Timestamp) -> Option<Vec<Effect>> {
    if action != Action::RawSource || state.view != ViewKind::Chat {
        return None;
    }
    let picked = picked(state);
    if picked.is_empty() {
        state.chat.raw.turn_all();
    } else {
        state.chat.raw.turn(&picked);
    }
    Some(Vec::new())
}

/// The keys of the messages that are picked, the one that moves first.
fn picked(state: &State) -> Vec<u64> {
    let Some(picked) = state.chat.picked else { return Vec::new() };
    let keys: Vec<u64> = state.chat.parts.iter().filter_map(|part| key(state, part)).collect();
    let place = |key: u64| keys.iter().position(|other| *other == key);
    let Some(at) = place(picked.key) else { return Vec::new() };
    let from = picked.from.and_then(place).unwrap_or(at);
    let between = keys.get(at.min(from)..=at.max(from)).unwrap_or_default();
    std::iter::once(picked.key).chain(between.iter().copied().filter(|key| *key != picked.key)).collect()
}

fn key(state: &State, part: &Part) -> Option<u64> {
    match part {
        Part::Details => None,
        Part::Greeting => state.chat.greeting.as_ref().map(|greeting| greeting.key),
        Part::Past(index) => state.chat.past(*index).map(|past| past.key),
        Part::Ask(id) => state.turns.get(id).map(|turn| turn.keys.0),
        Part::Answer(id) => state.turns.get(id).map(|turn| turn.keys.1),
    }
}
