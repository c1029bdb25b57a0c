//! What the store keeps as JSON within a column: its way in and out. Reading is lenient: what can't be read is left
//! out, and the rest of the row still stands. Owns no column.

use std::path::PathBuf;

use serde_json::{Map, Value, json};

use crate::domain::{Attach, Extras, Failure, Kind, MessageDocument, Timestamp};

pub(super) fn failure_json(failure: &Failure) -> String {
    json!({
        "kind": failure.kind.as_str(),
        "message": failure.message,
        "hint": failure.hint,
        "status": failure.status,
        "retry_at": failure.retry_at.map(Timestamp::millis),
    })
    .to_string()
}

/// Lenient: a failure that can't be read in full is still a failure.
pub(super) fn failure_from_json(text: &str) -> Failure {
    let value = read(text);
    Failure {
        kind: text_of(&value, "kind").as_deref().and_then(Kind::from_word).unwrap_or(Kind::Failed),
        message: text_of(&value, "message").unwrap_or_default(),
        hint: text_of(&value, "hint"),
        status: value.get("status").and_then(Value::as_u64).and_then(|s| u16::try_from(s).ok()),
        retry_at: value.get("retry_at").and_then(Value::as_i64).map(Timestamp::from_millis),
    }
}

/// None where there is none, so that the column is empty.
pub(super) fn detail_json(detail: &Map<String, Value>) -> Option<String> {
    (!detail.is_empty()).then(|| json!(detail).to_string())
}

pub(super) fn detail_from_json(text: &str) -> Map<String, Value> {
    match read(text) {
        Value::Object(detail) => detail,
        _ => Map::new(),
    }
}

/// None where there are none, so that the column is empty.
pub(super) fn extras_json(extras: &Extras) -> Option<String> {
    if extras.is_empty() {
        return None;
    }
    let mut object = MessageDocument::stored(extras).object();
    // Last, where rows have it.
    if let Some(state) = object.shift_remove("state") {
        object.insert("state".to_owned(), state);
    }
    Some(Value::Object(object).to_string())
}

pub(super) fn extras_from_json(text: &str) -> Extras {
    MessageDocument::read_leniently(&read(text)).into_extras()
}

/// None where there is none. A path that is no UTF-8 is kept as near as text can be.
pub(super) fn attach_json(attach: &[Attach]) -> Option<String> {
    let all = attach.iter().map(|one| match one {
        Attach::Path(path) => json!({ "path": path.to_string_lossy() }),
        Attach::Url(url) => json!({ "url": url }),
        Attach::Offer(text) => json!({ "offer": text }),
    });
    (!attach.is_empty()).then(|| Value::Array(all.collect()).to_string())
}

pub(super) fn attach_from_json(text: &str) -> Vec<Attach> {
    let value = read(text);
    let path = |one: &Value| text_of(one, "path").map(|path| Attach::Path(PathBuf::from(path)));
    let other =
        |one: &Value| text_of(one, "url").map(Attach::Url).or_else(|| text_of(one, "offer").map(Attach::Offer));
    list(Some(&value)).filter_map(|one| path(one).or_else(|| other(one))).collect()
}

/// Pairs of a name and a text, in their order; none where there are none.
pub(super) fn pairs_json(pairs: &[(String, String)]) -> Option<String> {
    (!pairs.is_empty()).then(|| serde_json::to_string(pairs).ok()).flatten()
}

pub(super) fn pairs_from_json(text: &str) -> Vec<(String, String)> {
    serde_json::from_str(text).unwrap_or_default()
}

/// The same with what is newly known: a name that is there keeps its place and gets the new text.
pub(super) fn merge_pairs(pairs: &mut Vec<(String, String)>, new: &[(String, String)]) {
    for (name, text) in new {
        match pairs.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => known.clone_from(text),
            None => pairs.push((name.clone(), text.clone())),
        }
    }
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn text_of(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}
