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

impl<'a> Chunk<'a> {
    /// The text of a chunk that says nothing else, as it stands in there.
    fn only_text(&self) -> Option<&'a str> {
        let silent = self.error.is_none() && self.success != Some(false);
        let Some(First(Some(choice))) = self.choices.as_ref().filter(|_| silent) else { return None };
        let ends = choice.finish_reason.as_ref().is_some_and(|reason| !reason.0.is_empty());
        match choice.delta.as_ref()?.content.as_ref()? {
            Text(Cow::Borrowed(text)) if !ends && !text.is_empty() => Some(text),
            Text(_) => None,
        }
    }
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

/// What stood around the text of a chunk that added its text and nothing else. The chunks of one reply differ in nothing
/// but their text, nearly always: what is the same to the byte means the same, and isn't parsed again.
#[derive(Debug, Default)]
pub(super) struct Likeness {
    before: String,
    after: String,
}

impl Likeness {
    /// Remembers a chunk whose text is borrowed from it.
    fn learn(&mut self, data: &str, text: &str) {
        let at = text.as_ptr().addr().wrapping_sub(data.as_ptr().addr());
        let around = data.get(..at).zip(data.get(at.saturating_add(text.len())..));
        if let Some((before, after)) =
            around.filter(|(before, after)| before.ends_with('"') && after.starts_with('"'))
        {
            before.clone_into(&mut self.before);
            after.clone_into(&mut self.after);
        }
    }

    /// The text of a chunk that is like that one in all the rest.
    fn text<'d>(&self, data: &'d str) -> Option<Cow<'d, str>> {
        if self.before.is_empty() {
            return None;
        }
        let text = data.strip_prefix(&self.before)?.strip_suffix(&self.after)?;
        if text.bytes().all(|byte| byte >= b' ' && !matches!(byte, b'"' | b'\\')) {
            return Some(Cow::Borrowed(text));
        }
        // With the quotes around it, and not one byte more, it has to be a string.
        let quoted = data.get(self.before.len() - 1..=data.len() - self.after.len())?;
        serde_json::from_str(quoted).ok().map(Cow::Owned)
    }
}

/// Adds what a frame says. After the end nothing counts any more.
pub(super) fn add(frame: &Frame<'_>, piece: &mut Piece, like: &mut Likeness) -> Result<(), Failed> {
    let data = frame.data.trim();
    if piece.done {
        return Ok(());
    }
    if frame.event.as_deref() == Some("error") {
        return Err(Failed(complaint(data).or_else(|| Some(data.to_owned()))));
    }
    if let Some(text) = like.text(data) {
        piece.push(&text);
        return Ok(());
    }
    if data == "[DONE]" {
        piece.done = true;
        return Ok(());
    }
    match serde_json::from_str::<Chunk<'_>>(data) {
        Ok(chunk) => {
            take(&chunk, data, piece)?;
            if let Some(text) = chunk.only_text() {
                like.learn(data, text);
            }
            Ok(())
        }
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
    use proptest::prelude::*;

    use super::*;

    fn read(frames: &[&str]) -> Result<Piece, Failed> {
        read_like(frames, &mut Likeness::default())
    }

    fn read_like(frames: &[&str], like: &mut Likeness) -> Result<Piece, Failed> {
        let mut piece = Piece::default();
        for data in frames {
            add(&Frame { event: None, data: Cow::Borrowed(data) }, &mut piece, like)?;
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
        let like = &mut Likeness::default();
        assert_eq!(add(&frame("plain\nwords"), &mut piece, like), Err(Failed(Some("plain\nwords".to_owned()))));
        assert_eq!(
            add(&frame(r#"{"message":"in json"}"#), &mut piece, like),
            Err(Failed(Some("in json".to_owned())))
        );
    }

    #[test]
    fn what_is_like_the_one_before_is_read_as_it_would_be_alone() {
        let around = |text: &str| DELTA.replace(" average", text);
        let texts = [
            "",
            "x",
            "日本 🙂",
            r"a\nb\t\u00e9 \ud83d\udca5",
            r#"\"},\"index\":0"#,
            // No strings, or more than one.
            r#"a"b"#,
            r"a\",
            r"\x",
            r"\ud83d",
            "\u{1}",
            "a\nb",
            r#"a"},"finish_reason":"stop","x":{"y":"z"#,
            r#""},"error":{"a":"b"#,
            r#"a","content":"b"#,
        ];
        let others = [
            DELTA.to_owned(),
            DELTA.replace("null", r#""stop""#),
            DELTA.replace("gpt", "other"),
            DELTA.replace('}', " }"),
            format!("{DELTA}{DELTA}"),
            DELTA.get(1..).unwrap().to_owned(),
            DELTA.get(..DELTA.len() - 2).unwrap().to_owned(),
            r#"{"choices":[{"delta":{"content":"a"#.to_owned(),
        ];
        for data in texts.into_iter().map(around).chain(others) {
            let mut like = Likeness::default();
            assert_eq!(read_like(&[DELTA], &mut like), Ok(piece(&[" average"], false, 0)));
            assert_eq!(read_like(&[&data], &mut like), read(&[&data]), "{data}");
            // Nor is what comes behind it taken for something else.
            assert_eq!(read_like(&[DELTA], &mut like), Ok(piece(&[" average"], false, 0)), "behind {data}");
        }
    }

    /// Chunks, and what looks like one, out of few parts, so that many are alike.
    fn chunks() -> impl Strategy<Value = Vec<String>> {
        let around = prop_oneof![
            Just((r#"{"choices":[{"delta":{"content":""#, r#""}}]}"#)),
            Just((r#"{"choices":[{"delta":{"content":""#, r#""},"finish_reason":null}]}"#)),
            Just((r#"{"choices":[{"delta":{"content":""#, r#""},"finish_reason":"stop"}]}"#)),
            Just((r#"{"choices":[{"delta":{"content":""#, r#""}},{"delta":{"content":"b"}}]}"#)),
            Just((r#"{"choices":[{"delta":{"content":""#, r#""}}]}{"choices":[{"delta":{"content":"b"}}]}"#)),
            Just((r#"{"x":"y","choices":[{"delta":{"content":""#, r#""}}],"x":"y"}"#)),
            Just((r#"{"error":null,"choices":[{"delta":{"content":""#, r#""}}]}"#)),
            Just((r#"{"choices":[{"delta":{"content":"a"}}],"error":""#, r#""}"#)),
            Just(("", "")),
        ];
        let words = [
            "a",
            "日",
            " ",
            "\"",
            "\\",
            "n",
            "u",
            "d83d",
            "\\ud83d",
            "\\udca5",
            "\n",
            "\u{7f}",
            "\u{feff}",
            "\"}",
            "},",
            "{",
            ":",
            ",",
            "\"error\":\"",
            "\"content\":\"",
            "\"}}]}",
            "[DONE]",
            "\u{1}",
        ];
        let text = prop::collection::vec(prop::sample::select(words.to_vec()), 0..6);
        let chunk = (around, text).prop_map(|((before, after), text)| format!("{before}{}{after}", text.concat()));
        prop::collection::vec(chunk, 1..12)
    }

    proptest! {
        #[test]
        fn no_chunk_is_read_otherwise_for_what_came_before(chunks in chunks()) {
            let mut like = Likeness::default();
            for data in &chunks {
                prop_assert_eq!(read_like(&[data], &mut like), read(&[data]), "{}", data);
            }
        }
    }
}
