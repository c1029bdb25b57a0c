//! One table of actions and keys. Dispatch, the hint line, the help, the palette and the manual read it, so they can't
//! disagree. Each view's part stands in a file of its own; what the config file makes of it is a [`Keymap`].

mod chat;
mod context;
mod desk;
#[cfg(test)]
mod document;
mod effective;
mod everywhere;
mod log;
mod presets;
mod search;
mod settings;
mod sources;
mod suites;
mod webhooks;

use super::action::Action;
use super::key::{Code, Key};

pub use context::{Context, lies_over, takes_text};
pub use effective::{Bound, Keymap};
pub use presets::Preset;
pub use settings::check as check_keys;
#[cfg(test)]
pub use short::{key_for, resolve};

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// Where it works.
    pub context: Context,
    /// The keys; the first is the one that hints name.
    pub keys: &'static [Key],
    /// What they mean.
    pub action: Action,
    /// What the hint line says; empty where it has no room for it.
    pub hint: &'static str,
    /// What the help says.
    pub help: &'static str,
}

const fn row(
    context: Context,
    keys: &'static [Key],
    action: Action,
    hint: &'static str,
    help: &'static str,
) -> Binding {
    Binding { context, keys, action, hint, help }
}

const fn c(c: char) -> Key {
    Key::plain(Code::Char(c))
}

const fn k(code: Code) -> Key {
    Key::plain(code)
}

/// The parts of the table.
const PARTS: [&[Binding]; 8] = [
    chat::TABLE,
    desk::TABLE,
    sources::TABLE,
    webhooks::TABLE,
    log::TABLE,
    search::TABLE,
    suites::TABLE,
    everywhere::TABLE,
];
const ROWS: usize = PARTS[0].len()
    + PARTS[1].len()
    + PARTS[2].len()
    + PARTS[3].len()
    + PARTS[4].len()
    + PARTS[5].len()
    + PARTS[6].len()
    + PARTS[7].len();

/// The table; within each context in the order in which help shows it.
pub const BINDINGS: &[Binding] = &{
    let mut all = [row(Context::Everywhere, &[], Action::Redraw, "", ""); ROWS];
    let (mut part, mut at) = (0, 0);
    while part < PARTS.len() {
        let mut n = 0;
        while n < PARTS[part].len() {
            all[at] = PARTS[part][n];
            (n, at) = (n + 1, at + 1);
        }
        part += 1;
    }
    all
};

/// What keys that were pressed mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyMeaning {
    /// An action.
    Action(Action),
    /// The beginning of longer ones.
    Prefix,
    /// Nothing, or a text.
    Nothing,
}

#[cfg(test)]
mod short {
    use super::{Action, Context, Key, Keymap};
    use crate::app::key::KeySequence;

    /// What a key means by the table as it is shipped.
    pub fn resolve(contexts: &[Context], key: Key) -> Option<Action> {
        Keymap::standard().resolve(contexts, key)
    }

    /// The key that hints name for an action, by the table as it is shipped.
    pub fn key_for(contexts: &[Context], action: Action) -> Option<Key> {
        Keymap::standard().key_for(contexts, action).and_then(KeySequence::first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_key_means_two_things_in_one_context() {
        let mut seen = HashSet::new();
        for binding in BINDINGS {
            for key in binding.keys {
                assert!(seen.insert((binding.context, *key)), "{key} twice in {:?}", binding.context);
            }
        }
    }

    #[test]
    fn the_help_has_every_context_once() {
        let listed: HashSet<Context> = Context::ALL.into_iter().map(|(_, context)| context).collect();
        assert_eq!(listed.len(), Context::ALL.len());
        let bound: HashSet<Context> = BINDINGS.iter().map(|b| b.context).collect();
        assert_eq!(listed, bound);
    }

    #[test]
    fn letters_are_text_where_text_is_written() {
        assert_eq!(resolve(&[Context::Composer], c('q')), None);
        assert_eq!(resolve(&[Context::Composer], c('?')), None);
        assert_eq!(resolve(&[Context::Filter], c('n')), None);
        assert_eq!(resolve(&[Context::Transcript], c('?')), Some(Action::Help));
        assert_eq!(resolve(&[Context::Composer], Key::ctrl('n')), Some(Action::NewConversation));
    }

    #[test]
    fn the_inner_context_wins() {
        assert_eq!(resolve(&[Context::Filter, Context::Roster], k(Code::Esc)), Some(Action::Back));
        assert_eq!(resolve(&[Context::Decision, Context::Transcript], c('d')), Some(Action::Drop));
        assert_eq!(resolve(&[Context::Roster], Key::ctrl('d')), Some(Action::PageDown));
    }

    #[test]
    fn an_enter_that_may_be_part_of_a_key_opens_and_never_sends() {
        let enter = Key::alt(Code::Enter);
        assert_eq!(resolve(&[Context::Composer], enter), Some(Action::Newline));
        assert_eq!(resolve(&[Context::Roster], enter), Some(Action::Open));
        assert_eq!(resolve(&[Context::CopyMenu], enter), None);
    }

    #[test]
    fn a_digit_is_an_answer_only_before_the_text() {
        let offered = [Context::Offer, Context::Composer];
        assert_eq!(resolve(&offered, c('2')), Some(Action::QuickReply(2)));
        assert_eq!(resolve(&offered, c('0')), None);
        assert_eq!(resolve(&[Context::Composer], c('2')), None);
        assert_eq!(resolve(&offered, k(Code::Enter)), Some(Action::Send));
        assert_eq!(key_for(&offered, Action::QuickReply(1)), Some(c('1')));
    }

    #[test]
    fn a_hint_never_names_a_key_that_would_be_typed() {
        assert_eq!(key_for(&[Context::Composer], Action::Help), Some(k(Code::F(1))));
    }
}
