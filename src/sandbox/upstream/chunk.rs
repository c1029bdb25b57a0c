//! What a model's server says in one event of its stream, or in one answer. Pure.

use serde_json::Value;

use super::super::reply_error::ReplyError;
use crate::http::Frame;

/// The most of an upstream's own words that is quoted.
const QUOTED: usize = 300;
/// The longest word for an end that is passed on.
const LONGEST_WORD: usize = 40;

/// What one event means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum StreamPart {
    Text(String),
    Failed(ReplyError),
    /// The reply has ended; why.
    Finish(String),
    /// Nothing more comes.
    Last,
}

/// What an event says; nothing where it only says that it goes on.
pub(super) fn parse_event(frame: &Frame<'_>) -> Vec<StreamPart> {
    let data = frame.data.trim();
    if frame.event.as_deref() == Some("error") {
        let words = serde_json::from_str(data).ok().as_ref().and_then(error_text).unwrap_or_else(|| cut(data));
        return vec![failed(if words.is_empty() { "it failed" } else { &words })];
    }
    if data.is_empty() {
        return Vec::new();
    }
    if data == "[DONE]" {
        return vec![StreamPart::Finish("stop".to_owned()), StreamPart::Last];
    }
    let Ok(chunk) = serde_json::from_str::<Value>(data) else {
        return vec![failed("a chunk of its stream is no JSON")];
    };
    let mut parts = choice_parts(&chunk, "delta");
    if let Some(reason) = error_text(&chunk) {
        parts.retain(|part| matches!(part, StreamPart::Text(_)));
        parts.push(failed(&reason));
    }
    parts
}

/// An answer that came whole although a stream was asked for.
///
/// # Errors
/// What is wrong with it.
pub(super) fn parse_whole(body: &[u8]) -> Result<Vec<StreamPart>, ReplyError> {
    let json: Value = serde_json::from_slice(body).map_err(|_| ReplyError::from_upstream("its answer is no JSON"))?;
    if let Some(reason) = error_text(&json) {
        return Err(ReplyError::from_upstream(reason));
    }
    let parts = choice_parts(&json, "message");
    if !parts.iter().any(|part| matches!(part, StreamPart::Text(_))) {
        return Err(ReplyError::from_upstream("its answer has no text"));
    }
    Ok(parts)
}

/// What an error says; none where there is no error.
pub(super) fn error_text(json: &Value) -> Option<String> {
    let is = |value: &&Value| !(value.is_null() || **value == Value::Bool(false) || value.as_str() == Some(""));
    let words = |value: &Value| {
        let inner = value.as_str().or_else(|| value["message"].as_str()).or_else(|| value["type"].as_str());
        cut(inner.unwrap_or("it failed"))
    };
    let named = ["error", "error_message", "error_type"].iter().find_map(|key| json.get(*key).filter(is));
    if let Some(error) = named {
        return Some(words(error));
    }
    let is_error = json["object"] == "error" || json["type"] == "error";
    is_error.then(|| cut(json["message"].as_str().unwrap_or("it failed")))
}

/// The text and the end of the first choice, which is the reply.
fn choice_parts(json: &Value, under: &str) -> Vec<StreamPart> {
    let choices = json["choices"].as_array().map(Vec::as_slice).unwrap_or_default();
    let first = |choice: &&Value| choice["index"].is_null() || choice["index"] == 0;
    let Some(choice) = choices.iter().find(first) else { return Vec::new() };
    let mut parts = Vec::new();
    for text in [&choice[under]["content"], &choice[under]["refusal"]] {
        texts(text, &mut parts);
    }
    match &choice["finish_reason"] {
        // Empty, or the text of null, in every chunk of some servers.
        Value::String(word) if ["", "null", "none"].contains(&word.trim().to_ascii_lowercase().as_str()) => {}
        Value::String(word) if word == "error" => parts.push(failed("it ended its reply with an error")),
        Value::String(word) => {
            let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
            parts.push(StreamPart::Finish(word.chars().filter(plain).take(LONGEST_WORD).collect()));
        }
        _ => {}
    }
    parts
}

/// Text, also where it stands in parts.
fn texts(value: &Value, parts: &mut Vec<StreamPart>) {
    match value {
        Value::String(text) if !text.is_empty() => parts.push(StreamPart::Text(text.clone())),
        Value::Array(several) => several.iter().for_each(|one| match one {
            Value::Object(object) => texts(object.get("text").unwrap_or(&Value::Null), parts),
            other => texts(other, parts),
        }),
        _ => {}
    }
}

fn failed(reason: &str) -> StreamPart {
    StreamPart::Failed(ReplyError::from_upstream(reason))
}

fn cut(text: &str) -> String {
    text.chars().take(QUOTED).collect()
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    fn read(data: &str) -> Vec<StreamPart> {
        parse_event(&Frame { event: None, data: Cow::Borrowed(data) })
    }

    fn text(text: &str) -> StreamPart {
        StreamPart::Text(text.to_owned())
    }

    #[test]
    fn an_event_is_text_an_end_a_failure_or_nothing() {
        for nothing in [
            "",
            " ",
            "{}",
            r#"{"choices":[]}"#,
            r#"{"choices":[{"delta":null,"finish_reason":""}]}"#,
            r#"{"choices":[{"delta":{"content":""},"finish_reason":"null"}]}"#,
            r#"{"choices":[{"index":1,"delta":{"content":"other"},"finish_reason":"stop"}]}"#,
            r#"{"error":null,"usage":{}}"#,
        ] {
            assert_eq!(read(nothing), Vec::new(), "{nothing}");
        }
        let both = r#"{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"length"}]}"#;
        assert_eq!(read(both), [text("a"), StreamPart::Finish("length".to_owned())]);
        let parts = r#"{"choices":[{"delta":{"content":[{"type":"text","text":"a"},"b"],"refusal":"c"}}]}"#;
        assert_eq!(read(parts), [text("a"), text("b"), text("c")]);
        assert_eq!(read("[DONE]"), [StreamPart::Finish("stop".to_owned()), StreamPart::Last]);
        for (error, words) in [
            (r#"{"object":"error","message":"no model"}"#, "no model"),
            (r#"{"error":{"message":"busy"}}"#, "busy"),
            (r#"{"error":"busy","error_type":"overloaded"}"#, "busy"),
            (r#"{"error_type":"overloaded","error_message":""}"#, "overloaded"),
            (r#"{"choices":[{"delta":{},"finish_reason":"error"}]}"#, "it ended its reply with an error"),
            ("half a {", "no JSON"),
        ] {
            assert!(
                matches!(&read(error)[..], [StreamPart::Failed(found)] if found.reason.contains(words)),
                "{error}"
            );
        }
        let named = |data: &'static str| parse_event(&Frame { event: Some("error".into()), data: data.into() });
        assert_eq!(named(""), [failed("it failed")]);
        assert_eq!(named("plain words"), [failed("plain words")]);
    }
}
