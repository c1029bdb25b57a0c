//! Keys that mean something together: what was pressed so far waits, for as long as it takes.

use super::State;
use crate::app::effect::Effect;
use crate::app::key::{Code, Key, spelt};
use crate::domain::Timestamp;

/// A key that begins longer ones, or goes on with them.
pub(super) fn begin(state: &mut State, key: Key) -> Vec<Effect> {
    state.window.pressed.push(key.canonical());
    Vec::new()
}

/// A key with which nothing goes on that was begun: all of it means nothing. Esc only ends it.
pub(super) fn astray(state: &mut State, key: Key, now: Timestamp) -> Vec<Effect> {
    let mut pressed = std::mem::take(&mut state.window.pressed);
    if key == Key::plain(Code::Esc) || key == Key::ctrl('c') {
        return Vec::new();
    }
    pressed.push(key);
    state.say(&format!("{} means nothing here.", spelt(&pressed)), now);
    state.wake()
}
