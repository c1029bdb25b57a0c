//! Whole sets of keys, for hands that are used to others. Each is rows over the table: what a row names has those keys
//! there and no others, and whatever else had them has them no more.

mod emacs;
mod vim;

use super::Context;
use crate::app::action::Action;

/// The keys of an action in a context.
pub(super) type PresetRow = (Context, Action, &'static [&'static str]);

/// A set of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Preset {
    /// As it is shipped.
    #[default]
    Default,
    /// For hands that know vim.
    Vim,
    /// For hands that know emacs.
    Emacs,
}

impl Preset {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Default, Self::Vim, Self::Emacs];

    /// What the config file calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Vim => "vim",
            Self::Emacs => "emacs",
        }
    }

    /// What it changes.
    pub(super) fn rows(self) -> &'static [PresetRow] {
        match self {
            Self::Default => &[],
            Self::Vim => vim::ROWS,
            Self::Emacs => emacs::ROWS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::key::KeySequence;
    use crate::app::keymap::{BINDINGS, Keymap, takes_text};

    #[test]
    fn every_row_of_a_preset_is_one_of_the_table_and_its_keys_are_keys() {
        for preset in Preset::ALL {
            for (context, action, keys) in preset.rows() {
                let of = [*context, crate::app::keymap::Context::Everywhere];
                let there = BINDINGS.iter().any(|b| of.contains(&b.context) && b.action == *action);
                assert!(there, "{preset:?}: {action:?} is not in {context:?}");
                for key in *keys {
                    let sequence = KeySequence::parse(key).unwrap_or_else(|e| panic!("{key}: {e}"));
                    let typed = sequence.first().is_some_and(|key| key.is_plain() && takes_text(*context));
                    assert!(!typed, "{preset:?}: {key} is typed in {context:?}");
                }
            }
        }
    }

    #[test]
    fn no_preset_loses_an_action() {
        for preset in Preset::ALL {
            let keymap = Keymap::new(preset);
            for row in keymap.rows() {
                let (context, action) = (row.context, row.binding.action);
                let named = preset.rows().iter().any(|(c, a, _)| (*c, *a) == (context, action));
                let shipped = !row.binding.keys.is_empty();
                let second = keymap.rows_in(context).filter(|r| r.binding.action == action).count() > 1;
                assert!(
                    !row.keys.is_empty() || (named && second) || !shipped,
                    "{preset:?}: {action:?} in {context:?}"
                );
            }
        }
    }
}
