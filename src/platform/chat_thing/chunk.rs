//! One chunk of a streamed reply: from a frame's text to what it adds. Pure, and the hottest reading in the program:
//! the expected shape is read without a copy, anything else costs a second look.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::Value;

use super::super::lenient;
use super::wire;
use crate::domain::Piece;
use crate::http::Frame;

/// The platform ended the reply with an error; its words, where it had any.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failed(pub(super) Option<String>);

#[derive(Deserialize, Default)]
#[serde(default)]
struct Chunk<'a> {
    #[serde(borrow)]
    choices: Option<First<'a>>,
    error: Option<IgnoredAny>,
    success: Option<bool>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Choice<'a> {
    #[serde(borrow)]
    delta: Option<Delta<'a>>,
    #[serde(borrow)]
    finish_reason: Option<Text<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Delta<'a> {
    #[serde(borrow)]
    content: Option<Text<'a>>,
}

/// Text that is borrowed where nothing in it is escaped. Under `Option` a bare `Cow` would always be copied.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The first of an array, without the array.
struct First<'a>(Option<Choice<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for First<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(OfArray).map(First)
    }
}

struct OfArray;

impl<'de> Visitor<'de> for OfArray {
    type Value = Option<Choice<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let first = items.next_element()?;
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(first)
    }
}

/// Adds what a frame says. After the end nothing counts any more.
pub(super) fn add(frame: &Frame<'_>, piece: &mut Piece) -> Result<(), Failed> {
    let data = frame.data.trim();
    if piece.done {
        return Ok(());
    }
    if frame.event.as_deref() == Some("error") {
        return Err(Failed(complaint(data).or_else(|| Some(data.to_owned()))));
    }
    if data == "[DONE]" {
        piece.done = true;
        return Ok(());
    }
    match serde_json::from_str::<Chunk<'_>>(data) {
        Ok(chunk) => take(&chunk, data, piece),
        Err(_) => add_glued(data, piece),
    }
}

/// Some servers put several chunks into one event. All of it must be chunks, or it is skipped as one.
fn add_glued(data: &str, piece: &mut Piece) -> Result<(), Failed> {
    let (chunks, done) = data.strip_suffix("[DONE]").map_or((data, false), |chunks| (chunks, true));
    let read = serde_json::Deserializer::from_str(chunks).into_iter::<Chunk<'_>>().collect::<Result<Vec<_>, _>>();
    match read {
        Ok(read) => read.iter().try_for_each(|chunk| take(chunk, chunks, piece))?,
        Err(_) => piece.skipped += 1,
    }
    piece.done |= done;
    Ok(())
}

fn take(chunk: &Chunk<'_>, data: &str, piece: &mut Piece) -> Result<(), Failed> {
    // An `error` can be anything, so it is only looked at where there is one.
    if chunk.success == Some(false) || (chunk.error.is_some() && carries_error(data)) {
        return Err(Failed(complaint(data)));
    }
    let Some(First(Some(choice))) = &chunk.choices else { return Ok(()) };
    if let Some(Delta { content: Some(Text(text)) }) = &choice.delta
        && !piece.done
    {
        piece.push(text);
    }
    piece.done |= choice.finish_reason.as_ref().is_some_and(|reason| !reason.0.is_empty());
    Ok(())
}

fn carries_error(data: &str) -> bool {
    values(data).any(|value| wire::is_error(value.get("error")))
}

fn complaint(data: &str) -> Option<String> {
    values(data).find_map(|value| value.as_object().and_then(lenient::complaint))
}

fn values(data: &str) -> impl Iterator<Item = Value> {
    serde_json::Deserializer::from_str(data).into_iter().map_while(Result::ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(frames: &[&str]) -> Result<Piece, Failed> {
        let mut piece = Piece::default();
        for data in frames {
            add(&Frame { event: None, data: Cow::Borrowed(data) }, &mut piece)?;
        }
        Ok(piece)
    }

    fn piece(deltas: &[&str], done: bool, skipped: u32) -> Piece {
        let mut piece = Piece { done, skipped, ..Piece::default() };
        for delta in deltas {
            piece.push(delta);
        }
        piece
    }

    const DELTA: &str = r#"{"id":"chatcmpl-7","object":"chat.completion.chunk","created":1685613980,"model":"gpt","choices":[{"delta":{"content":" average"},"index":0,"finish_reason":null}]}"#;

    #[test]
    fn the_documented_chunks_are_read() {
        let role = r#"{"choices":[{"delta":{"role":"assistant"},"index":0,"finish_reason":null}]}"#;
        let stop = r#"{"choices":[{"delta":{},"index":0,"finish_reason":"stop"}]}"#;
        assert_eq!(read(&[role, DELTA, DELTA]), Ok(piece(&[" average", " average"], false, 0)));
        assert_eq!(read(&[DELTA, stop, "[DONE]"]), Ok(piece(&[" average"], true, 0)));
        assert_eq!(read(&[" [DONE] "]), Ok(piece(&[], true, 0)));
        assert_eq!(read(&["[DONE]", DELTA]), Ok(piece(&[], true, 0)));
    }

    #[test]
    fn the_expected_shape_is_borrowed_and_the_escaped_one_is_right() {
        let chunk: Chunk<'_> = serde_json::from_str(DELTA).unwrap();
        let First(Some(choice)) = chunk.choices.unwrap() else { panic!("no choice") };
        assert!(matches!(choice.delta.unwrap().content.unwrap().0, Cow::Borrowed(" average")));
        let escaped = r#"{"choices":[{"delta":{"content":"a\n\"b\" \ud83d\udca5"}}]}"#;
        assert_eq!(read(&[escaped]), Ok(piece(&["a\n\"b\" \u{1F4A5}"], false, 0)));
    }

    #[test]
    fn chunks_without_text_add_nothing() {
        for nothing in [
            "",
            "{}",
            r#"{"choices":[]}"#,
            r#"{"choices":null}"#,
            r#"{"choices":[{}]}"#,
            r#"{"choices":[{"delta":null}]}"#,
            r#"{"choices":[{"delta":{"content":null}}]}"#,
            r#"{"choices":[{"delta":{"content":""},"finish_reason":""}]}"#,
            r#"{"usage":{"total_tokens":3},"error":null,"success":true}"#,
            r#"{"error":""}"#,
            r#"{"error":false}"#,
        ] {
            assert_eq!(read(&[nothing]), Ok(Piece::default()), "{nothing}");
        }
    }

    #[test]
    fn what_is_no_chunk_is_skipped_and_counted() {
        for bad in [
            "nonsense",
            "{",
            r#"{"choices":[{"delta":{"content":"cut"#,
            r#"{"choices":7}"#,
            r#"{"choices":["x"]}"#,
            r#"{"choices":[{"delta":{"content":7}}]}"#,
            r#"{"choices":[{"delta":"text"}]}"#,
            "7",
            "\u{FFFD}",
            "{}trailing",
        ] {
            assert_eq!(read(&[bad, DELTA]), Ok(piece(&[" average"], false, 1)), "{bad}");
        }
        assert_eq!(read(&["broken [DONE]"]), Ok(piece(&[], true, 1)));
    }

    #[test]
    fn only_the_first_choice_counts_and_glued_chunks_are_parted() {
        let two = r#"{"choices":[{"delta":{"content":"a"}},{"delta":{"content":"b"}}]}"#;
        assert_eq!(read(&[two]), Ok(piece(&["a"], false, 0)));
        assert_eq!(read(&[&format!("{DELTA}{DELTA}")]), Ok(piece(&[" average", " average"], false, 0)));
        assert_eq!(read(&[&format!("{DELTA}\n{DELTA}\n[DONE]")]), Ok(piece(&[" average", " average"], true, 0)));
    }

    #[test]
    fn an_error_ends_the_reply_with_its_words() {
        let said = |data: &str| read(&[data]).expect_err(data).0;
        assert_eq!(said(r#"{"error":"overloaded"}"#).as_deref(), Some("overloaded"));
        assert_eq!(said(r#"{"error":{"message":"too long","type":"x"}}"#).as_deref(), Some("too long"));
        assert_eq!(said(r#"{"error":{"code":7}}"#), None);
        assert_eq!(said(r#"{"success":false,"message":"no"}"#).as_deref(), Some("no"));
        assert_eq!(said(&format!("{DELTA}\n{{\"error\":\"late\"}}")).as_deref(), Some("late"));
        let mut piece = Piece::default();
        let frame = |data: &'static str| Frame { event: Some(Cow::Borrowed("error")), data: Cow::Borrowed(data) };
        assert_eq!(add(&frame("plain\nwords"), &mut piece), Err(Failed(Some("plain\nwords".to_owned()))));
        assert_eq!(add(&frame(r#"{"message":"in json"}"#), &mut piece), Err(Failed(Some("in json".to_owned()))));
    }
}
