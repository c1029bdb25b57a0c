//! For tests of this floor and those above: what a person does in several keys.

use super::key::{Code, Key};
use super::text_buffer::TextInput;
use super::{Context, Effect, Event, LineInput, State, update};
use crate::domain::Timestamp;

impl Event {
    /// That text is typed on the line that has the keys, all at once.
    pub fn typed(text: String) -> Self {
        Self::Line(TextInput::Paste(text))
    }

    /// Backspace on that line.
    pub fn erased() -> Self {
        Self::Line(TextInput::Key(Key::plain(Code::Backspace)))
    }
}

/// Writes on the line that has the keys and edits it as any line is edited; tells where that isn't so.
///
/// # Panics
///
/// Where the line is edited otherwise, or is none.
pub fn assert_edits(state: &mut State, line: impl Fn(&State) -> &LineInput, now: Timestamp) {
    let takes = |context: &Context| super::takes_text(*context);
    assert!(state.contexts().iter().any(takes), "no line in {:?}", state.contexts());
    let press = |key| Event::Line(TextInput::Key(key));
    let (left, letter) = (Key::plain(Code::Left), |c| Key::plain(Code::Char(c)));
    let steps = [
        (vec![press(Key::ctrl('e')), press(Key::ctrl('u'))], "", 0),
        (vec![Event::typed("one two".to_owned()), press(left), press(letter('x'))], "one twxo", 7),
        (vec![press(Key::ctrl('w'))], "one o", 4),
        (vec![Event::typed("a\r\nb\n".to_owned())], "one a bo", 7),
        (vec![press(Key::plain(Code::Home)), press(Key::plain(Code::Delete))], "ne a bo", 0),
        (vec![press(Key::ctrl_key(Code::Right)), press(Key::ctrl('k'))], "ne", 2),
        (vec![press(Key::ctrl('_'))], "ne a bo", 2),
        (vec![press(Key::plain(Code::End)), Event::erased(), press(Key::ctrl('m'))], "ne a b", 6),
    ];
    for (events, text, at) in steps {
        let told = format!("{events:?} on {:?}", line(state));
        for event in events {
            update(state, event, now);
        }
        assert_eq!((line(state).as_str(), line(state).at()), (text, at), "{told}");
    }
}

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
