//! A chunk, or a whole answer, that isn't of the expected shape: every text of the reply that stands in it is found, and
//! what is a part of the reply and can't be shown is counted. Pure.

use serde_json::Value;

use super::super::super::lenient_json::{self, Object};
use super::super::super::stream::Ended;
use super::finish;
use crate::domain::{Finish, Piece};

/// The beginning of a reply and its length: enough to tell whether a text is the reply told again.
#[derive(Debug, Default)]
pub(in super::super) struct Said {
    start: String,
    length: usize,
}

impl Said {
    /// How much of the beginning is held.
    const START: usize = 64;

    /// Takes what was said next.
    pub(in super::super) fn add(&mut self, text: &str) {
        self.length += text.len();
        let room = Self::START.saturating_sub(self.start.len());
        self.start.extend(text.chars().take(room));
    }

    /// What of a message was not said yet. A server that has said all of it may tell it once more as a whole.
    fn rest<'t>(&self, message: &'t str) -> &'t str {
        let again = self.length > 0 && message.len() >= self.length && message.starts_with(&self.start);
        message.get(self.length..).filter(|_| again).unwrap_or(message)
    }
}

/// Adds what a value says that should be a chunk.
pub(in super::super) fn add(value: &Value, said_before: &Said, piece: &mut Piece) -> Result<(), Ended> {
    let Some(object) = value.as_object() else {
        piece.skipped += 1;
        return Ok(());
    };
    // An error may stand beside text, which came before it.
    let ended = said(object, said_before, piece);
    if is_failure(object) {
        return Err(Ended::Failed(lenient_json::complaint(object)));
    }
    ended
}

/// Whether an object says that something went wrong.
pub(in super::super) fn is_failure(object: &Object) -> bool {
    let named = |key: &str, word: &str| object.get(key).and_then(Value::as_str) == Some(word);
    // A page of validation errors, say. Beside choices these mean something else.
    let instead =
        || !object.contains_key("choices") && ["errors", "detail"].iter().any(|key| means(object.get(*key)));
    object.get("success") == Some(&Value::Bool(false))
        || is_error(object)
        || named("type", "error")
        || ["error_type", "error_message", "errorMessage"].iter().any(|key| means(object.get(*key)))
        || instead()
}

/// Whether an object is an error, or holds one under that name.
pub(in super::super) fn is_error(object: &Object) -> bool {
    object.get("object").and_then(Value::as_str) == Some("error") || means(object.get("error"))
}

/// Whether a field that stands for an error means one.
fn means(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::Object(object)) => !object.is_empty(),
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        Some(Value::Bool(true)) => true,
    }
}

/// Adds the text that stands in an object, and its end.
pub(in super::super) fn said(object: &Object, before: &Said, piece: &mut Piece) -> Result<(), Ended> {
    match object.get("choices") {
        None | Some(Value::Null) => whole(object, before, piece),
        Some(Value::Array(choices)) => {
            piece.skipped += u32::from(choices.iter().any(|choice| !choice.is_object() && !choice.is_null()));
            match choices.iter().filter_map(Value::as_object).find(|choice| is_first(choice)) {
                Some(choice) => of_choice(choice, before, piece),
                None => Ok(()),
            }
        }
        Some(_) => {
            piece.skipped += 1;
            Ok(())
        }
    }
}

/// Whether a choice is the reply: several may be given, each with its number.
fn is_first(choice: &Object) -> bool {
    match choice.get("index") {
        None | Some(Value::Null) => true,
        Some(index) => lenient_json::count(Some(index)) == Some(0),
    }
}

/// The whole answer where a chunk should be, as the platform or a model's server on this machine writes it.
fn whole(object: &Object, before: &Said, piece: &mut Piece) -> Result<(), Ended> {
    if let Some(response) = object.get("response") {
        again(before, piece, |into| content(response, into));
    } else if let Some(Value::Object(message)) = object.get("message") {
        again(before, piece, |into| words(message, into));
    }
    if object.get("done") == Some(&Value::Bool(true)) {
        let reason = object.get("done_reason").and_then(Value::as_str).unwrap_or("stop");
        return finish(if reason.is_empty() { "stop" } else { reason }, piece);
    }
    Ok(())
}

/// Adds what was not said before of a message that may be the whole.
fn again(before: &Said, piece: &mut Piece, read: impl FnOnce(&mut Piece)) {
    let mut message = Piece::default();
    read(&mut message);
    piece.push(before.rest(&message.text));
    piece.skipped += message.skipped;
}

fn of_choice(choice: &Object, before: &Said, piece: &mut Piece) -> Result<(), Ended> {
    match choice.get("delta") {
        None | Some(Value::Null) => match (choice.get("text"), choice.get("message")) {
            (Some(text), _) => content(text, piece),
            (None, Some(Value::Object(message))) => again(before, piece, |into| words(message, into)),
            (None, _) => {}
        },
        Some(Value::Object(delta)) => words(delta, piece),
        Some(Value::String(text)) => piece.push(text),
        Some(_) => piece.skipped += 1,
    }
    if let Some(error) = choice.get("error").filter(|error| means(Some(*error))) {
        let alone = Object::from_iter([("error".to_owned(), error.clone())]);
        return Err(Ended::Failed(lenient_json::complaint(&alone)));
    }
    match choice.get("finish_reason").or_else(|| choice.get("finishReason")) {
        None | Some(Value::Null | Value::Bool(false)) => Ok(()),
        Some(Value::String(reason)) => finish(reason, piece),
        Some(Value::Object(reason)) => match reason.get("type").or_else(|| reason.get("reason")) {
            Some(Value::String(reason)) => finish(reason, piece),
            _ => finish("stop", piece),
        },
        Some(_) => {
            piece.end(Finish::Stop);
            Ok(())
        }
    }
}

/// What a delta or a message says.
fn words(said: &Object, piece: &mut Piece) {
    content(said.get("content").unwrap_or(&Value::Null), piece);
    // Its words are the reply's.
    content(said.get("refusal").unwrap_or(&Value::Null), piece);
    if let Some(Value::Object(audio)) = said.get("audio") {
        content(audio.get("transcript").unwrap_or(&Value::Null), piece);
        // The sound itself can't be shown.
        piece.skipped += u32::from(means(audio.get("data")));
    }
    piece.skipped += u32::from(means(said.get("images")));
}

/// Text as it is, or in parts.
pub(in super::super) fn content(value: &Value, piece: &mut Piece) {
    match value {
        Value::Null => {}
        Value::String(text) => piece.push(text),
        Value::Array(parts) => parts.iter().for_each(|part_value| part(part_value, piece)),
        Value::Object(_) => part(value, piece),
        Value::Bool(_) | Value::Number(_) => piece.skipped += 1,
    }
}

fn part(value: &Value, piece: &mut Piece) {
    let object = match value {
        Value::Null => return,
        Value::String(text) => return piece.push(text),
        Value::Object(object) => object,
        _ => {
            piece.skipped += 1;
            return;
        }
    };
    let kind = object.get("type").and_then(Value::as_str).unwrap_or("text");
    // How the model came to the reply is no part of it.
    if ["thinking", "reasoning", "redacted_thinking", "reasoning_content"].contains(&kind) {
        return;
    }
    let text = ["text", "refusal", "content"].iter().find_map(|key| object.get(*key));
    let text = text.and_then(|text| text.as_str().or_else(|| text.get("value")?.as_str()));
    match text {
        Some(text) if kind.contains("text") || kind == "refusal" => piece.push(text),
        _ => piece.skipped += 1,
    }
}
