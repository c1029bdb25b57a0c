//! What stands in a transcript: messages of the history, what was sent from here, and what is told of the conversation.

use super::attach::mixed;
use super::scroll::{Anchor, Passage};
use crate::domain::{ConversationId, Failure, Finish, Message, OutState, Timestamp, Turn, TurnId};

/// The key on screen of the facts about a conversation: none that is numbered.
pub const DETAILS: u64 = u64::MAX;

/// Which conversation: one that the platform knows, or a new one that it does not know yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConversationRef {
    /// Not started on the platform; the number tells new ones apart.
    New(u64),
    /// The platform's.
    Known(ConversationId),
}

impl ConversationRef {
    /// The platform's id, once there is one.
    pub fn id(&self) -> Option<&ConversationId> {
        match self {
            Self::New(_) => None,
            Self::Known(id) => Some(id),
        }
    }
}

/// A message of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The item's key on screen.
    pub key: u64,
    /// Its place in the store's order.
    pub seq: i64,
    /// Goes up when what is drawn under its key was replaced by another text.
    pub version: u64,
    /// The message.
    pub message: Message,
    /// Whether this program is where it comes from: what was sent from here, or a reply that no platform keeps.
    pub ours: bool,
    /// Its text with what came along at its place; none where nothing did.
    pub mixed: Option<String>,
    /// Milliseconds to its first word, where it was seen arriving.
    pub first_word_ms: Option<u64>,
    /// Milliseconds to its end, where it was seen arriving.
    pub took_ms: Option<u64>,
    /// How many words it has.
    pub words: u64,
    /// How it ended, where that is to be told: what is whole needs no word.
    pub finish: Option<Finish>,
}

impl HistoryEntry {
    /// A message as the store has it.
    pub fn new(seq: i64, message: Message, ours: bool, first_word_ms: Option<u64>, took_ms: Option<u64>) -> Self {
        // Only a pace needs the number of words.
        let words = if took_ms.is_some() { words(&message.text) } else { 0 };
        let mixed = mixed(&message.text, &message.extras.attachments);
        let (key, version, finish) = (0, 0, None);
        Self { key, seq, version, message, ours, mixed, first_word_ms, took_ms, words, finish }
    }

    /// What is drawn: markdown, untrusted.
    pub fn text(&self) -> &str {
        self.mixed.as_deref().unwrap_or(&self.message.text)
    }
}

/// The bot's first words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Greeting {
    /// The item's key on screen.
    pub key: u64,
    /// What it said.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// How the platform's history is being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refresh {
    /// It is not.
    Idle,
    /// It is; so many messages of so many are here.
    Reading {
        /// How many messages came so far.
        got: u64,
        /// How many there are, by the platform.
        total: Option<u64>,
    },
    /// It was read, and something is missing in it or damaged.
    NotWhole(Failure),
    /// It could not be read.
    Failed(Failure),
}

/// A message sent from here, and what is under way with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingTurn {
    /// What the outbox knows.
    pub turn: Turn,
    /// Its conversation.
    pub place: ConversationRef,
    /// Whether this process is busy with it.
    pub live: bool,
    /// When it was handed to the platform.
    pub sent_at: Option<Timestamp>,
    /// Until when, and why, the program waits before it tries again.
    pub waiting: Option<(Timestamp, String)>,
    /// Why its reply is not whole.
    pub reply_failure: Option<Failure>,
    /// The keys on screen of the message and of its reply.
    pub keys: (u64, u64),
    /// Goes up when the reply's text was replaced rather than grown.
    pub version: u64,
    /// How many words its reply has so far.
    pub words: u64,
    /// How often its fate was asked for.
    pub checks: u32,
}

impl PendingTurn {
    /// Whether the user decides what becomes of it. What is held waits in the queue.
    pub fn needs_word(&self) -> bool {
        let queued = self.turn.state == OutState::Queued && !self.turn.queue.held && !self.turn.queue.elsewhere;
        !self.live && (queued || matches!(self.turn.state, OutState::Unknown | OutState::Rejected))
    }

    /// Whether nothing of it was handed over yet.
    pub fn is_waiting(&self) -> bool {
        self.turn.state == OutState::Queued && self.sent_at.is_none()
    }

    /// Its place among the turns of its conversation: the smaller leaves first.
    pub(in crate::app) fn order(&self) -> (i64, &TurnId) {
        (self.turn.queue.rank.unwrap_or(i64::MAX), &self.turn.id)
    }

    /// Whether its reply has come to its end.
    pub fn is_whole(&self) -> bool {
        self.turn.reply.as_ref().is_some_and(|reply| reply.finish.is_some())
    }
}

/// How many words a text has. Replies of many megabytes are counted while somebody types.
pub fn words(text: &str) -> u64 {
    /// So much is looked at together: what is ASCII of it costs little.
    const BLOCK: usize = 4 * 1024;
    let space = |byte: u8| byte == b' ' || matches!(byte, b'\t'..=b'\r');
    let (mut words, mut rest, mut behind_space) = (0, text, true);
    while !rest.is_empty() {
        let end = (BLOCK.min(rest.len())..=rest.len()).find(|end| rest.is_char_boundary(*end)).unwrap_or(rest.len());
        let (block, others) = rest.split_at(end);
        if block.is_ascii() {
            let bytes = block.as_bytes();
            let first = bytes.first().is_some_and(|byte| behind_space && !space(*byte));
            let others = bytes.windows(2).filter(|pair| space(pair[0]) && !space(pair[1])).count();
            words += u64::from(first) + others as u64;
            behind_space = bytes.last().is_some_and(|byte| space(*byte));
        } else {
            for c in block.chars() {
                let is_space = c.is_whitespace();
                words += u64::from(behind_space && !is_space);
                behind_space = is_space;
            }
        }
        rest = others;
    }
    words
}

/// What stands in the transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TranscriptItem {
    /// What the platform tells of the conversation.
    Details,
    /// The bot's first words.
    Greeting,
    /// That entry of the history.
    History(usize),
    /// The user's message of a turn.
    Ask(TurnId),
    /// The reply of a turn.
    Answer(TurnId),
}

/// What a drawing measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Measured {
    /// The first row shown.
    pub top: Option<Anchor>,
    /// Whether the first row of all is on screen.
    pub at_top: bool,
    /// Whether the last row of all is on screen.
    pub at_bottom: bool,
    /// The item that the last row on screen is of.
    pub bottom: Option<u64>,
    /// How many rows the transcript has on screen.
    pub rows: u16,
    /// The first and the last place of the text on screen, about.
    pub seen: Option<(Passage, Passage)>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::words;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn words_are_counted_across_blocks(
            pieces in prop::collection::vec(
                prop::sample::select(vec!["a", "word", " ", "  ", "\n", "\t\u{b}", "\u{a0}", "日本", "\u{3000}", "\u{1c}", ""]),
                0..12,
            ),
            before in 0_usize..3, fill in 4_080_usize..4_100,
        ) {
            let text = format!("{}{}", "x ".repeat(before * fill), pieces.concat());
            let text = format!("{text}{}{}", "y".repeat(fill), pieces.concat());
            prop_assert_eq!(words(&text), text.split_whitespace().count() as u64);
        }
    }
}
