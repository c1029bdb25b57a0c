//! A paced reply: a reply in pieces, each at its time.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::bot::BotReply;
use super::options::Pace;
use super::reply_error::ReplyError;
use super::upstream::UpstreamStream;

/// How long the bot seems to think before it speaks, at any pace but the unlimited one.
const THOUGHT: Duration = Duration::from_millis(350);
/// The same under the fault `slow`, and between two pieces then.
const SLOW_THOUGHT: Duration = Duration::from_secs(2);
const SLOW_PIECE: Duration = Duration::from_millis(700);
/// How many words stand in a piece, over and over: uneven, as a model's are.
const RHYTHM: [usize; 7] = [1, 2, 1, 3, 1, 1, 2];
/// A word longer than this goes out in parts.
const LONGEST_WORD: usize = 48;
/// Every so many deltas of a flood end a paragraph.
const FLOOD_PARAGRAPH: u32 = 100;

/// A reply that is being spoken.
pub(super) struct PacedReply {
    source: ReplySource,
    tempo: Pacing,
    unbegun: bool,
}

enum ReplySource {
    Composed(VecDeque<ReplyPiece>),
    Upstream(Box<UpstreamStream>),
}

struct ReplyPiece {
    text: String,
    words: u32,
}

#[derive(Clone, Copy)]
enum Pacing {
    AtOnce,
    Word(Duration),
    Slow,
}

impl PacedReply {
    /// A reply at a pace. A flood knows none.
    pub(super) fn new(reply: BotReply, pace: Pace) -> Self {
        let tempo = match (&reply, pace) {
            (BotReply::Text(_), Pace::WordsPerSecond(pace)) => {
                Duration::try_from_secs_f32(1.0 / pace).map_or(Pacing::AtOnce, Pacing::Word)
            }
            (BotReply::Flood(_), _) | (_, Pace::Unlimited) => Pacing::AtOnce,
        };
        let pieces = match reply {
            BotReply::Text(text) => pieces(&text),
            BotReply::Flood(count) => flood(count),
        };
        Self { source: ReplySource::Composed(pieces), tempo, unbegun: true }
    }

    /// What the upstream says, at its own pace.
    pub(super) fn from_upstream(deltas: UpstreamStream) -> Self {
        Self { source: ReplySource::Upstream(Box::new(deltas)), tempo: Pacing::AtOnce, unbegun: true }
    }

    /// The next piece, when its time has come. Once the sandbox stops: at once what is composed, and no more of the
    /// upstream. Dropping the future loses nothing.
    pub(super) async fn next_unless(
        &mut self,
        stopping: &mut watch::Receiver<bool>,
    ) -> Option<Result<String, ReplyError>> {
        tokio::select! {
            biased;
            _ = stopping.wait_for(|stopping| *stopping) => {}
            piece = self.next() => return piece,
        }
        self.skip_pauses();
        if let ReplySource::Upstream(deltas) = &mut self.source {
            deltas.end();
        }
        self.next().await
    }

    /// The next piece for a listener; without pauses once that one has gone.
    pub(super) async fn next_for<T>(
        &mut self,
        listener: &mpsc::Sender<T>,
        stopping: &mut watch::Receiver<bool>,
    ) -> Option<Result<String, ReplyError>> {
        if !listener.is_closed() {
            tokio::select! {
                piece = self.next_unless(stopping) => return piece,
                () = listener.closed() => {}
            }
        }
        self.skip_pauses();
        self.next_unless(stopping).await
    }

    async fn next(&mut self) -> Option<Result<String, ReplyError>> {
        let wait = self.pause();
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        self.unbegun = false;
        match &mut self.source {
            ReplySource::Composed(pieces) => pieces.pop_front().map(|piece| Ok(piece.text)),
            ReplySource::Upstream(deltas) => deltas.next().await,
        }
    }

    /// How long to wait before the next piece.
    fn pause(&self) -> Duration {
        let words = match &self.source {
            ReplySource::Composed(pieces) => pieces.front().map_or(0, |piece| piece.words),
            ReplySource::Upstream(_) => 1,
        };
        match self.tempo {
            Pacing::AtOnce => Duration::ZERO,
            _ if words == 0 => Duration::ZERO,
            Pacing::Word(_) if self.unbegun => THOUGHT,
            Pacing::Word(each) => each.saturating_mul(words),
            Pacing::Slow if self.unbegun => SLOW_THOUGHT,
            Pacing::Slow => SLOW_PIECE,
        }
    }

    /// Nobody listens any more, or nobody wants to wait: no more pauses.
    pub(super) fn skip_pauses(&mut self) {
        self.tempo = Pacing::AtOnce;
    }

    /// Why it ended, in the word of a chunk.
    pub(super) fn finish(&self) -> &str {
        match &self.source {
            ReplySource::Composed(_) => "stop",
            ReplySource::Upstream(deltas) => deltas.finish(),
        }
    }

    /// As the fault `slow` has it.
    pub(super) fn slow_down(&mut self) {
        self.tempo = Pacing::Slow;
    }

    /// Waits as long as the bot seems to think before it speaks.
    pub(super) async fn wait_to_begin(&self) {
        tokio::time::sleep(self.pause()).await;
    }

    /// The piece after which something may go wrong in the middle.
    pub(super) fn middle(&self) -> usize {
        match &self.source {
            ReplySource::Composed(pieces) => (pieces.len() / 2).max(1),
            ReplySource::Upstream(_) => 3,
        }
    }
}

/// A text in pieces of some words; a word carries the space before it. Joined again they are the text.
fn pieces(text: &str) -> VecDeque<ReplyPiece> {
    let mut words = words(text).into_iter().peekable();
    let mut pieces = VecDeque::new();
    for count in RHYTHM.into_iter().cycle() {
        let taken: Vec<&str> = words.by_ref().take(count).collect();
        if taken.is_empty() {
            break;
        }
        pieces.push_back(ReplyPiece { text: taken.concat(), words: u32::try_from(taken.len()).unwrap_or(1) });
    }
    pieces
}

fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut length, mut in_word) = (0, 0, false);
    for (at, c) in text.char_indices() {
        let ends = if c.is_whitespace() { in_word } else { length >= LONGEST_WORD };
        if ends {
            words.push(&text[start..at]);
            (start, length) = (at, 0);
        }
        in_word = !c.is_whitespace();
        length += 1;
    }
    if start < text.len() {
        words.push(&text[start..]);
    }
    words
}

/// Numbered words, with a paragraph's end now and then: the same for the same count, every time.
fn flood(count: u32) -> VecDeque<ReplyPiece> {
    let word = |n: u32| if n.is_multiple_of(FLOOD_PARAGRAPH) { format!("{n}\n\n") } else { format!("{n} ") };
    (1..=count).map(|n| ReplyPiece { text: word(n), words: 1 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(pieces: &VecDeque<ReplyPiece>) -> String {
        pieces.iter().map(|piece| piece.text.as_str()).collect()
    }

    #[test]
    fn the_pieces_are_the_text() {
        let long = "é".repeat(1000);
        for text in ["", " ", "The average distance.", "a\n\n| b |\t c \n", "  two  spaces  ", &long] {
            assert_eq!(joined(&pieces(text)), text);
        }
        assert!(pieces(&long).len() > 5);
    }

    #[test]
    fn a_piece_has_one_to_three_words() {
        let pieces = pieces("one two three four five six seven eight nine ten eleven twelve");
        assert_eq!(pieces.iter().map(|piece| piece.words).collect::<Vec<_>>(), [1, 2, 1, 3, 1, 1, 2, 1]);
        assert_eq!(pieces[1].text, " two three");
    }

    #[test]
    fn a_flood_has_as_many_pieces_as_asked() {
        let flood = flood(250);
        assert_eq!(flood.len(), 250);
        assert!(joined(&flood).starts_with("1 2 3 ") && joined(&flood).contains("100\n\n101 "));
    }
}
