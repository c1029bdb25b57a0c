//! Places of a suite's texts, written `{{name}}`, and the values that fill them.

use std::collections::BTreeMap;

use serde_json::Value;
use toml::de::DeValue;

use super::super::table::ConfigValue;
use crate::domain::nearest;

/// Values by name.
pub(super) type Values = BTreeMap<String, String>;

/// Reads one table of values: texts, numbers, true and false.
pub(super) fn row(item: ConfigValue<'_, '_>, key: &str) -> Option<Values> {
    const EXPECTED: &str = "a text, a number, true or false";
    let Some(table) = item.value.get_ref().as_table() else {
        item.wrong_type(key, "values by name, as in { city = \"Oslo\" }");
        return None;
    };
    let mut values = Values::new();
    let mut good = true;
    for (name, value) in table {
        let word: &str = name.get_ref();
        let inner = ConfigValue { value, sink: item.sink };
        let key = format!("{key}.{word}");
        if !is_name(word) {
            inner.sink.report(&name.span(), &key, "expected a name of letters, digits, '-' and '_'", None);
            good = false;
            continue;
        }
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(number) => number.to_string(),
            DeValue::Float(number) => number.to_string(),
            DeValue::Boolean(flag) => flag.to_string(),
            _ => {
                inner.wrong_type(&key, EXPECTED);
                good = false;
                continue;
            }
        };
        values.insert(word.to_owned(), text);
    }
    good.then_some(values)
}

/// Whether a text names a place.
pub(super) fn has_places(text: &str) -> bool {
    text.contains("{{")
}

/// Fills the places of texts. Without values, since those are wrong, places stay as they are and are not looked at.
#[derive(Clone, Copy)]
pub(super) struct Filling<'a> {
    pub(super) values: Option<&'a Values>,
}

impl Filling<'_> {
    /// A text with every place filled by what `write` makes of its value. None is an error that was reported.
    pub(super) fn fill(
        self,
        item: ConfigValue<'_, '_>,
        key: &str,
        text: &str,
        write: impl Fn(&str) -> String,
    ) -> Option<String> {
        let Some(values) = self.values else { return Some(text.to_owned()) };
        let (mut filled, mut rest) = (String::new(), text);
        while let Some((before, from)) = rest.split_once("{{") {
            filled.push_str(before);
            let Some((name, behind)) = from.split_once("}}") else {
                item.refuse(key, "expected }} after {{, as in {{city}}");
                return None;
            };
            let name = name.trim();
            let Some(value) = values.get(name) else {
                let known = values.keys().map(String::as_str);
                let text = match known.clone().collect::<Vec<_>>() {
                    none if none.is_empty() => {
                        format!("there is no value {name:?}; [variables] and values name them")
                    }
                    some => format!("there is no value {name:?}; there are {}", some.join(", ")),
                };
                item.refuse_near(key, text, nearest(name, known));
                return None;
            };
            filled.push_str(&write(value));
            rest = behind;
        }
        filled.push_str(rest);
        Some(filled)
    }

    /// The same of every text within a JSON value.
    pub(super) fn fill_json(self, item: ConfigValue<'_, '_>, key: &str, value: Value) -> Option<Value> {
        Some(match value {
            Value::String(text) => Value::String(self.fill(item, key, &text, str::to_owned)?),
            Value::Array(items) => {
                let items = items.into_iter().map(|value| self.fill_json(item, key, value));
                Value::Array(items.collect::<Option<_>>()?)
            }
            Value::Object(fields) => {
                let fields = fields.into_iter().map(|(name, value)| Some((name, self.fill_json(item, key, value)?)));
                Value::Object(fields.collect::<Option<_>>()?)
            }
            other => other,
        })
    }
}

fn is_name(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
}
