//! The five ways in which the config file says where a secret is. Reads the way, never the secret.

use std::path::Path;

use toml::de::DeValue;

use super::table::ConfigValue;
use crate::domain::nearest;
use crate::domain::{Secret, SecretRef};

/// The forms, as errors name them.
const FORMS: &str = r#""the secret itself", { env = "NAME" }, { file = "PATH" }, { command = ["PROGRAM", "ARGUMENT"] } or { keyring = "NAME" }"#;

const KEYS: [&str; 4] = ["env", "file", "command", "keyring"];

/// Reads the value under `key`. File paths count from `folder`, where the config file is.
pub(super) fn read(item: ConfigValue<'_, '_>, key: &str, folder: &Path) -> Option<SecretRef> {
    let table = match item.value.get_ref() {
        DeValue::String(_) => {
            item.sink.plain_secret(&item.value.span(), key);
            return item.text(key, FORMS).map(|text| SecretRef::Plain(Secret::new(text)));
        }
        DeValue::Table(table) => table,
        _ => {
            item.wrong_type(key, FORMS);
            return None;
        }
    };
    let mut good = true;
    for (form, _) in table {
        let word: &str = form.get_ref();
        if !KEYS.contains(&word) {
            let near = nearest(word, KEYS);
            item.sink.report(&form.span(), &format!("{key}.{word}"), format!("unknown key; expected {FORMS}"), near);
            good = false;
        }
    }
    if good && table.len() != 1 {
        let found = if table.is_empty() { "none".to_owned() } else { table.len().to_string() };
        item.refuse(key, format!("expected exactly one of env, file, command and keyring, found {found}"));
    }
    if !good || table.len() != 1 {
        return None;
    }
    let (form, value) = table.iter().next()?;
    let inner = ConfigValue { value, sink: item.sink };
    let key = format!("{key}.{}", form.get_ref());
    match form.get_ref().as_ref() {
        "env" => variable(inner, &key).map(SecretRef::Env),
        "file" => file(inner, &key, folder),
        "command" => command(inner, &key).map(SecretRef::Command),
        _ => inner.text(&key, "the name of a keyring entry").map(SecretRef::Keyring),
    }
}

fn variable(item: ConfigValue<'_, '_>, key: &str) -> Option<String> {
    let name = item.text(key, "the name of an environment variable")?;
    if name.starts_with('$') {
        item.refuse(key, "expected the name of an environment variable, without the $");
        return None;
    }
    if name.contains(['=', ' ']) {
        item.refuse(key, "expected the name of an environment variable, found a space or = in it");
        return None;
    }
    Some(name)
}

fn file(item: ConfigValue<'_, '_>, key: &str, folder: &Path) -> Option<SecretRef> {
    let path = item.text(key, "the path of a file")?;
    if path == "~" || path.starts_with("~/") {
        item.refuse(key, "~ is not expanded here: expected a whole path, or one from the config file's folder");
        return None;
    }
    Some(SecretRef::File(folder.join(path)))
}

pub(super) fn command(item: ConfigValue<'_, '_>, key: &str) -> Option<Vec<String>> {
    const EXPECTED: &str = r#"a program and its arguments, as in ["pass", "show", "bot"]"#;
    let Some(array) = item.value.get_ref().as_array() else {
        item.wrong_type(key, EXPECTED);
        return None;
    };
    let mut words = Vec::new();
    for (index, value) in array.iter().enumerate() {
        let word = ConfigValue { value, sink: item.sink };
        match value.get_ref().as_str() {
            None => word.wrong_type(key, "a string"),
            Some("") if index == 0 => word.refuse(key, "expected a program's name, found an empty string"),
            Some(text) if text.contains('\0') => word.refuse(key, "expected a string, found a NUL in it"),
            Some(text) => words.push(text.to_owned()),
        }
    }
    if array.is_empty() {
        item.refuse(key, format!("expected {EXPECTED}, found nothing in it"));
    }
    (!words.is_empty() && words.len() == array.len()).then_some(words)
}
