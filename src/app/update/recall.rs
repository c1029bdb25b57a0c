//! Messages that were sent, called back into the composer: older ones by going up, newer ones by going down.

use super::conversation::is_own;
use super::save_draft;
use crate::app::chat::Part;
use crate::app::composer::Recalled;
use crate::app::effect::Effect;
use crate::app::state::State;

/// Puts an older or a newer message into the composer. None where nothing is recalled: a text of its own is being
/// written, or nothing was sent here yet.
pub(super) fn step(state: &mut State, up: bool) -> Option<Vec<Effect>> {
    let composer = &state.channel.composer;
    let recalled = composer.recalled.filter(|recalled| recalled.stamp == composer.text.stamp());
    let back = match recalled {
        Some(recalled) if up => recalled.back + 1,
        Some(recalled) => recalled.back.checked_sub(1)?,
        None if up && composer.text.is_empty() => 1,
        None => return None,
    };
    // Below the newest one is the empty composer that it began with.
    let text = if back == 0 { String::new() } else { sent(state, back)? };
    state.channel.write(&mut state.ids, text);
    let stamp = state.channel.composer.text.stamp();
    state.channel.composer.recalled = (back > 0).then_some(Recalled { back, stamp });
    state.window.quit_armed = None;
    Some(save_draft(state))
}

/// The user's own message that is so many back, 1 for the last one. One that repeats the one behind it is passed over.
fn sent(state: &State, back: usize) -> Option<String> {
    let own =
        state.channel.chat.parts.iter().rev().filter(|part| is_own(state, part)).filter_map(|part| match part {
            Part::Past(at) => state.channel.chat.past(*at).map(|past| past.message.text.as_str()),
            Part::Ask(id) => state.channel.turns.get(id).map(|local| local.turn.text.as_str()),
            Part::Details | Part::Greeting | Part::Answer(_) => None,
        });
    let mut last = None;
    let mut own = own.filter(|text| !text.trim().is_empty() && last.replace(*text) != Some(*text));
    own.nth(back - 1).map(str::to_owned)
}
