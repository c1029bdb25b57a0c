//! One chunk of a streamed reply: from a frame's text to what it adds. Pure, and the hottest reading in the program:
//! the expected shape is read without a copy, anything else costs a second look, in [`loose`].

pub(super) mod loose;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::Value;

use super::super::finish_reason::{FinishReason, reason};
use super::super::lenient_json;
use super::super::stream::Ended;
use crate::domain::{Finish, Piece};
use crate::http::Frame;
use loose::Said;

/// A chunk of the expected shape. What else can mean something is only noticed here: such a one is read again.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Chunk<'a> {
    #[serde(borrow)]
    choices: Option<Only<'a>>,
    error: Option<IgnoredAny>,
    #[serde(alias = "errors", alias = "error_message", alias = "errorMessage", alias = "detail")]
    error_type: Option<IgnoredAny>,
    success: Option<IgnoredAny>,
    #[serde(borrow)]
    object: Option<Text<'a>>,
    #[serde(alias = "response", alias = "type")]
    message: Option<IgnoredAny>,
}

impl<'a> Chunk<'a> {
    /// The choice of a chunk that can mean nothing else.
    fn plain(&self) -> Option<&Choice<'a>> {
        let other = [&self.error, &self.error_type, &self.success, &self.message].into_iter().any(Option::is_some);
        if other || self.object.as_ref().is_some_and(|object| object.0 == "error") {
            return None;
        }
        self.choices.as_ref()?.0.as_ref().filter(|choice| choice.plain())
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Choice<'a> {
    #[serde(borrow)]
    delta: Option<Delta<'a>>,
    #[serde(borrow)]
    finish_reason: Option<Text<'a>>,
    index: Option<u32>,
    #[serde(alias = "text", alias = "error", alias = "finishReason")]
    message: Option<IgnoredAny>,
}

impl Choice<'_> {
    fn plain(&self) -> bool {
        let other = self.delta.as_ref().is_some_and(|delta| delta.refusal.is_some());
        !other && self.message.is_none() && self.index.unwrap_or(0) == 0
    }

    /// Adds what it says.
    fn add(&self, piece: &mut Piece) -> Result<(), Ended> {
        if let Some(Delta { content: Some(Text(text)), .. }) = &self.delta {
            piece.push(text);
        }
        self.finish_reason.as_ref().map_or(Ok(()), |reason| finish(&reason.0, piece))
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Delta<'a> {
    #[serde(borrow)]
    content: Option<Text<'a>>,
    #[serde(alias = "images", alias = "audio")]
    refusal: Option<IgnoredAny>,
}

/// Text that is borrowed where nothing in it is escaped. Under `Option` a bare `Cow` would always be copied.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The one item of an array; none where there are none, or several.
struct Only<'a>(Option<Choice<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Only<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(OfArray).map(Only)
    }
}

struct OfArray;

impl<'de> Visitor<'de> for OfArray {
    type Value = Option<Choice<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let only = items.next_element()?;
        let mut alone = true;
        while items.next_element::<IgnoredAny>()?.is_some() {
            alone = false;
        }
        Ok(only.filter(|_| alone))
    }
}

/// Adds why the platform says that the reply ended.
fn finish(word: &str, piece: &mut Piece) -> Result<(), Ended> {
    match reason(word) {
        FinishReason::None => Ok(()),
        FinishReason::End(finish) => {
            piece.end(finish);
            Ok(())
        }
        FinishReason::Broken(ended) => Err(ended),
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

/// Adds what a frame says. Behind the platform's last word nothing counts any more.
pub(super) fn add(frame: &Frame<'_>, said: &Said, piece: &mut Piece, like: &mut Likeness) -> Result<(), Ended> {
    let data = frame.data.trim();
    if piece.over {
        return Ok(());
    }
    if frame.event.as_deref() == Some("error") {
        let said = complaint(data).or_else(|| (!data.is_empty()).then(|| data.to_owned()));
        return Err(Ended::Failed(said));
    }
    if let Some(text) = like.text(data) {
        piece.push(&text);
        return Ok(());
    }
    if is_done(data) {
        over(piece);
        return Ok(());
    }
    let chunk = serde_json::from_str::<Chunk<'_>>(data).ok();
    let Some(choice) = chunk.as_ref().and_then(Chunk::plain) else { return add_glued(data, said, piece) };
    choice.add(piece)?;
    if let Some(Text(Cow::Borrowed(text))) = choice.delta.as_ref().and_then(|delta| delta.content.as_ref())
        && choice.finish_reason.as_ref().is_none_or(|word| reason(&word.0) == FinishReason::None)
        && !text.is_empty()
    {
        like.learn(data, text);
    }
    Ok(())
}

fn is_done(data: &str) -> bool {
    data.trim_matches('"').eq_ignore_ascii_case("[DONE]")
}

fn over(piece: &mut Piece) {
    piece.over = true;
    piece.end(Finish::Stop);
}

/// Some servers put several chunks into one event. What can't be read of it is skipped as one.
fn add_glued(data: &str, said: &Said, piece: &mut Piece) -> Result<(), Ended> {
    let (chunks, done) = data.strip_suffix("[DONE]").map_or((data, false), |chunks| (chunks, true));
    for value in serde_json::Deserializer::from_str(chunks).into_iter::<Value>() {
        let Ok(value) = value else {
            piece.skipped += 1;
            break;
        };
        loose::add(&value, said, piece)?;
    }
    if done {
        over(piece);
    }
    Ok(())
}

fn complaint(data: &str) -> Option<String> {
    serde_json::from_str::<Value>(data).ok()?.as_object().and_then(lenient_json::complaint)
}
