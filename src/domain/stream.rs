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
    /// Where in it each delta ends.
    pub ends: Vec<usize>,
    /// Whether the platform said that the reply is whole (`finish_reason`, or `[DONE]`).
    pub done: bool,
    /// Chunks that were not what the platform documents, and were skipped.
    pub skipped: u32,
}

impl Piece {
    /// Adds the text of one delta. One without text is none.
    pub fn push(&mut self, delta: &str) {
        if !delta.is_empty() {
            self.text.push_str(delta);
            self.ends.push(self.text.len());
        }
    }

    /// Adds what the next read brought.
    pub fn join(&mut self, next: &Self) {
        next.deltas().for_each(|delta| self.push(delta));
        self.done |= next.done;
        self.skipped += next.skipped;
    }

    /// The deltas, one by one.
    pub fn deltas(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).filter_map(|(start, end)| self.text.get(start..*end))
    }
}

impl From<&str> for Piece {
    /// One delta.
    fn from(text: &str) -> Self {
        let mut piece = Self::default();
        piece.push(text);
        piece
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_deltas_can_be_told_apart() {
        let mut piece = Piece::from("one ");
        piece.push("");
        piece.push("zw\u{f6}i ");
        piece.join(&Piece { done: true, skipped: 2, ..Piece::from("three") });
        assert_eq!(piece.deltas().collect::<Vec<_>>(), ["one ", "zw\u{f6}i ", "three"]);
        assert_eq!((piece.text.as_str(), piece.done, piece.skipped), ("one zw\u{f6}i three", true, 2));
    }
}
