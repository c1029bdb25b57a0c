//! For tests of this floor and those above: what a person does in several keys.

use super::key::{Code, Key};
use super::text_buffer::TextInput;
use super::{Context, Effect, Event, State, update};
use crate::domain::Timestamp;

/// What a person does to write a text in place of what stands where text is written: erases that from its end as far as it
/// differs, then pastes.
pub fn retyping(state: &State, text: &str) -> Vec<Event> {
    let there = state.contexts().into_iter().find_map(|context| match context {
        Context::RowEditor => state.channel().sources.editor.as_ref().map(|editor| editor.text.as_str()),
        Context::Answer => state.webhooks.answer.as_ref().map(|answer| answer.text.as_str()),
        Context::Composer => Some(state.channel().composer.text.as_str()),
        _ => None,
    });
    let there = there.unwrap_or("");
    let same = there.chars().zip(text.chars()).take_while(|(a, b)| a == b).count();
    let erased = there.chars().skip(same).map(|_| TextInput::Key(Key::plain(Code::Backspace)));
    let typed: String = text.chars().skip(same).collect();
    let typed = (!typed.is_empty()).then_some(TextInput::Paste(typed));
    let end = TextInput::Key(Key::ctrl_key(Code::End));
    std::iter::once(end).chain(erased).chain(typed).map(Event::Text).collect()
}

/// Writes a text in place of what stands where text is written. Tells what the last change of it led to.
pub fn retype(state: &mut State, text: &str, now: Timestamp) -> Vec<Effect> {
    let events = retyping(state, text).into_iter();
    let effects = events.map(|event| update(state, event, now)).filter(|effects| !effects.is_empty());
    effects.last().unwrap_or_default()
}
