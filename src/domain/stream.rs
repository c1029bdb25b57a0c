//! A reply as it arrives.

/// How a reply ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// The platform said that it is whole.
    Stop,
    /// It stopped before its end; what came is kept.
    Cut,
    /// The user stopped it; what came is kept.
    Cancelled,
}

impl Finish {
    /// The word for JSON and for the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Cut => "cut",
            Self::Cancelled => "cancelled",
        }
    }

    /// The finish that a stored word names.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Stop, Self::Cut, Self::Cancelled].into_iter().find(|f| f.as_str() == word)
    }
}

/// All that one read of a stream brought: one or many deltas joined, and the end if it came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Piece {
    /// The text of the deltas, in order; may be empty.
    pub text: String,
    /// How many deltas with text it holds.
    pub deltas: u32,
    /// Whether the platform said that the reply is whole (`finish_reason`, or `[DONE]`).
    pub done: bool,
    /// Chunks that were not what the platform documents, and were skipped.
    pub skipped: u32,
}
