//! The `[keys]` table: a preset, and a table for each place in which keys work. What contexts, actions and keys there are is
//! known above: whoever loads a file brings the check along.

use std::path::{Path, PathBuf};

use super::problem::{Problem, SourceLocation};
use super::table::{ConfigValue, TableReader};

/// The `[keys]` table as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeySettings {
    /// The file, for whoever names a place in it.
    pub file: PathBuf,
    /// The preset that is named.
    pub preset: Option<Written>,
    /// What is bound, in the order of the file.
    pub bindings: Vec<KeySetting>,
}

/// An action's keys in one context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySetting {
    /// The context's table.
    pub context: Written,
    /// The action.
    pub action: Written,
    /// Its keys; none unbinds it.
    pub keys: Vec<Written>,
}

/// A word of the file, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The word.
    pub text: String,
    /// Where it stands.
    pub place: SourceLocation,
}

/// Tells what is wrong with keys that are bound.
pub type KeyCheck = fn(&KeySettings) -> Vec<Problem>;

/// For whoever changes something else in the file: what the keys mean is checked where they are used.
pub(super) fn unchecked(_: &KeySettings) -> Vec<Problem> {
    Vec::new()
}

/// The `[keys]` table, or what stands for it where there is none.
pub(super) fn keys(top: &TableReader<'_, '_>, path: &Path, check: KeyCheck) -> Option<KeySettings> {
    let mut settings = KeySettings { file: path.to_owned(), ..KeySettings::default() };
    let Some(item) = top.get("keys") else { return Some(settings) };
    let Some(table) = item.value.get_ref().as_table() else {
        item.wrong_type("keys", "a [keys] table");
        return None;
    };
    let mut whole = true;
    for (name, value) in table {
        let item = ConfigValue { value, sink: top.sink };
        let name = Written { text: name.get_ref().to_string(), place: top.sink.source.place(name.span().start) };
        if name.text == "preset" {
            let text = item.text("keys.preset", "the name of a preset");
            whole &= text.is_some();
            let place = top.sink.source.place(value.span().start);
            settings.preset = text.map(|text| Written { text, place });
            continue;
        }
        let Some(actions) = value.get_ref().as_table() else {
            let text = format!(
                "expected a table for each place where keys work, as in [keys.composer], found a value; \
                 `{}` belongs into one of them",
                name.text
            );
            top.sink.report(&value.span(), &format!("keys.{}", name.text), text, None);
            whole = false;
            continue;
        };
        for (action, value) in actions {
            let key = format!("keys.{}.{}", name.text, action.get_ref());
            let place = top.sink.source.place(action.span().start);
            match bound(ConfigValue { value, sink: top.sink }, &key) {
                Some(keys) => settings.bindings.push(KeySetting {
                    context: name.clone(),
                    action: Written { text: action.get_ref().to_string(), place },
                    keys,
                }),
                None => whole = false,
            }
        }
    }
    settings.bindings.sort_by_key(|setting| setting.action.place);
    let problems = check(&settings);
    whole &= problems.is_empty();
    for problem in problems {
        top.sink.tell(problem);
    }
    whole.then_some(settings)
}

/// A key, or several.
fn bound(item: ConfigValue<'_, '_>, key: &str) -> Option<Vec<Written>> {
    const EXPECTED: &str = "a key, as in \"Ctrl+P\", a list of keys, or [] for none";
    let written = |item: ConfigValue<'_, '_>| {
        let place = item.sink.source.place(item.value.span().start);
        item.text(key, EXPECTED).map(|text| Written { text, place })
    };
    match item.value.get_ref().as_array() {
        None => written(item).map(|one| vec![one]),
        Some(array) => array.iter().map(|value| written(ConfigValue { value, sink: item.sink })).collect(),
    }
}
