//! The table as it works: a preset over what is shipped, and what the config file binds over that.

use std::collections::HashMap;
use std::sync::Arc;

use super::{BINDINGS, Binding, Context, KeyMeaning, Preset, takes_text};
use crate::app::action::Action;
use crate::app::key::{Code, Key, KeySequence};

/// A row of the table with the keys that it has now.
#[derive(Debug, Clone)]
pub struct Bound {
    /// Where it works: the row's own context, or one in which an action of everywhere has keys of its own.
    pub context: Context,
    /// The row.
    pub binding: &'static Binding,
    /// Its keys, the one that hints name first; none where it is unbound.
    pub keys: Vec<KeySequence>,
    /// Whether the config file says so.
    pub own: bool,
}

impl Bound {
    /// Its keys as help shows them.
    pub fn spelt(&self, between: &str) -> String {
        self.keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(between)
    }
}

/// Which key means what. Of one context no two rows have the same keys, and none has the beginning of another's.
#[derive(Debug, Clone)]
pub struct Keymap {
    rows: Vec<Bound>,
    /// Where each context's rows stand.
    places: HashMap<Context, Vec<usize>>,
    preset: Preset,
}

impl Keymap {
    /// As it is shipped.
    pub fn standard() -> Arc<Self> {
        Arc::new(Self::new(Preset::Default))
    }

    /// A preset, with nothing of the user's.
    pub fn new(preset: Preset) -> Self {
        let rows = BINDINGS.iter().map(|binding| {
            let keys = binding.keys.iter().map(|key| KeySequence::from(*key)).collect();
            Bound { context: binding.context, binding, keys, own: false }
        });
        let rows: Vec<Bound> = rows.collect();
        let mut places: HashMap<Context, Vec<usize>> = HashMap::new();
        for (at, row) in rows.iter().enumerate() {
            places.entry(row.binding.context).or_default().push(at);
        }
        let mut keymap = Self { rows, places, preset };
        for (context, action, keys) in preset.rows() {
            // Each of them is a key: a test reads them all.
            let keys: Vec<KeySequence> = keys.iter().filter_map(|key| KeySequence::parse(key).ok()).collect();
            keymap.bind(*context, *action, keys, false);
        }
        keymap
    }

    /// The preset that it stands on.
    pub fn preset(&self) -> Preset {
        self.preset
    }

    /// All rows; within each context in the order in which help shows them.
    pub fn rows(&self) -> &[Bound] {
        &self.rows
    }

    /// The rows of a context.
    pub fn rows_in(&self, context: Context) -> impl Iterator<Item = &Bound> {
        self.places.get(&context).into_iter().flatten().filter_map(|at| self.rows.get(*at))
    }

    /// Gives an action other keys in a context; they are taken from whatever had them there, or had their beginning.
    pub(super) fn bind(&mut self, context: Context, action: Action, keys: Vec<KeySequence>, own: bool) {
        let begins: Vec<Key> = keys.iter().filter(|keys| !keys.is_single()).filter_map(KeySequence::first).collect();
        for row in &mut self.rows {
            if row.context == context && !(own && row.own) {
                row.keys.retain(|had| !keys.iter().any(|new| new.clashes(had)));
            } else if own && !row.own && context == Context::Everywhere {
                // What begins keys that work everywhere would never be seen to, where a list has it for something else.
                row.keys.retain(|had| !(had.is_single() && had.first().is_some_and(|key| begins.contains(&key))));
            }
        }
        let mut keys = Some(keys);
        for row in self.rows.iter_mut().filter(|r| r.context == context && r.binding.action == action) {
            row.keys = keys.take().unwrap_or_default();
            row.own = own;
        }
        // What works everywhere can have keys of its own where others have its keys for something else.
        let everywhere = BINDINGS.iter().find(|b| b.context == Context::Everywhere && b.action == action);
        if let Some((keys, binding)) = keys.zip(everywhere) {
            self.places.entry(context).or_default().push(self.rows.len());
            self.rows.push(Bound { context, binding, keys, own });
        }
    }

    /// What keys mean that were pressed one after the other, to whoever has the keys: the innermost context first, then
    /// everywhere. A plain character is text from the first context on that takes text.
    pub fn meaning(&self, contexts: &[Context], pressed: &[Key]) -> KeyMeaning {
        let Some(first) = pressed.first() else { return KeyMeaning::Nothing };
        for context in contexts {
            if first.is_plain() && takes_text(*context) {
                return KeyMeaning::Nothing;
            }
            match self.within(*context, pressed) {
                KeyMeaning::Nothing => {}
                meaning => return meaning,
            }
        }
        match self.within(Context::Everywhere, pressed) {
            KeyMeaning::Nothing => {}
            meaning => return meaning,
        }
        // Where Esc and Enter can't be told from Alt+Enter, an Enter soon after Esc is taken for that: it sends and
        // confirms nothing, and does what else it would do.
        if pressed != [Key::alt(Code::Enter)] {
            return KeyMeaning::Nothing;
        }
        match self.meaning(contexts, &[Key::plain(Code::Enter)]) {
            KeyMeaning::Action(Action::Send | Action::Confirm) => KeyMeaning::Nothing,
            meaning => meaning,
        }
    }

    fn within(&self, context: Context, pressed: &[Key]) -> KeyMeaning {
        let mut meaning = KeyMeaning::Nothing;
        for row in self.rows_in(context) {
            for keys in &row.keys {
                if keys.keys() == pressed {
                    return KeyMeaning::Action(row.binding.action);
                }
                if keys.after(pressed).is_some() {
                    meaning = KeyMeaning::Prefix;
                }
            }
        }
        meaning
    }

    /// The action of a key that is pressed alone.
    pub fn resolve(&self, contexts: &[Context], key: Key) -> Option<Action> {
        match self.meaning(contexts, &[key.canonical()]) {
            KeyMeaning::Action(action) => Some(action),
            _ => None,
        }
    }

    /// The keys that hints name for an action, in the first of the contexts that has some.
    pub fn key_for(&self, contexts: &[Context], action: Action) -> Option<&KeySequence> {
        contexts.iter().chain(&[Context::Everywhere]).find_map(|context| {
            let row = self.rows_in(*context).find(|row| row.binding.action == action)?;
            // Where that context stands behind one that takes text, a plain character would be typed; and an inner one
            // may have the key for something else.
            row.keys.iter().find(|keys| self.meaning(contexts, keys.keys()) == KeyMeaning::Action(action))
        })
    }

    /// What can follow keys that were pressed: the rest of the keys, and the row whose they are.
    pub fn following<'a>(&'a self, contexts: &[Context], pressed: &[Key]) -> Vec<(&'a [Key], &'a Bound)> {
        let all = contexts.iter().copied().chain([Context::Everywhere]);
        let mut found: Vec<(&[Key], &Bound)> = Vec::new();
        for row in all.flat_map(|context| self.rows_in(context)) {
            for keys in &row.keys {
                let Some(rest) = keys.after(pressed) else { continue };
                let meant = self.meaning(contexts, keys.keys()) == KeyMeaning::Action(row.binding.action);
                if meant && !found.iter().any(|(other, _)| *other == rest) {
                    found.push((rest, row));
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> KeySequence {
        KeySequence::parse(text).unwrap()
    }

    #[test]
    fn keys_of_one_context_never_begin_one_another_in_any_preset() {
        for preset in Preset::ALL {
            let keymap = Keymap::new(preset);
            for (at, row) in keymap.rows.iter().enumerate() {
                for (nth, mine) in row.keys.iter().enumerate() {
                    let others = keymap.rows.iter().skip(at + 1).filter(|r| r.context == row.context);
                    let own = row.keys.iter().skip(nth + 1);
                    for other in others.flat_map(|r| &r.keys).chain(own) {
                        assert!(!mine.clashes(other), "{preset:?}: {mine} and {other} in {:?}", row.context);
                    }
                }
            }
        }
    }

    #[test]
    fn a_sequence_is_a_prefix_until_it_is_whole() {
        let mut keymap = Keymap::new(Preset::Default);
        keymap.bind(Context::Everywhere, Action::ShowSources, vec![keys("g s")], true);
        let here = [Context::Transcript];
        let g = keys("g").keys()[0];
        // The transcript's own g would hide it.
        assert_eq!(keymap.meaning(&here, &[g]), KeyMeaning::Prefix);
        assert_eq!(keymap.meaning(&here, keys("g s").keys()), KeyMeaning::Action(Action::ShowSources));
        assert_eq!(keymap.meaning(&here, keys("g x").keys()), KeyMeaning::Nothing);
        assert_eq!(keymap.meaning(&[Context::Composer], &[g]), KeyMeaning::Nothing, "it is typed");
        let following: Vec<_> =
            keymap.following(&here, &[g]).into_iter().map(|(_, row)| row.binding.action).collect();
        assert_eq!(following, [Action::ShowSources]);
        assert_eq!(keymap.key_for(&here, Action::ShowSources), Some(&keys("g s")));
        assert_eq!(keymap.key_for(&[Context::Composer], Action::ShowSources), None);
        assert_eq!(keymap.key_for(&here, Action::Top), Some(&keys("Home")), "what is left of it");
    }

    #[test]
    fn in_a_text_a_sequence_begins_with_a_key_that_is_none_of_the_texts() {
        let mut keymap = Keymap::new(Preset::Default);
        keymap.bind(Context::Composer, Action::ExternalEditor, vec![keys("Ctrl+X e")], true);
        let here = [Context::Composer];
        assert_eq!(keymap.meaning(&here, keys("Ctrl+X").keys()), KeyMeaning::Prefix);
        assert_eq!(keymap.meaning(&here, keys("Ctrl+X e").keys()), KeyMeaning::Action(Action::ExternalEditor));
        assert_eq!(keymap.resolve(&here, Key::ctrl('o')), None, "it has other keys now");
    }

    #[test]
    fn the_users_key_is_taken_from_what_had_it() {
        let mut keymap = Keymap::new(Preset::Default);
        keymap.bind(Context::Transcript, Action::Export, vec![keys("y"), keys("F5")], true);
        assert_eq!(keymap.resolve(&[Context::Transcript], keys("y").keys()[0]), Some(Action::Export));
        assert_eq!(keymap.resolve(&[Context::Transcript], Key::plain(Code::F(5))), Some(Action::Export));
        assert_eq!(keymap.key_for(&[Context::Transcript], Action::Copy), None);
        assert_eq!(keymap.resolve(&[Context::Transcript], keys("x").keys()[0]), None);
    }
}
