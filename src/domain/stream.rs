//! A reply as it arrives.

/// How a reply ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// The platform said that it is whole.
    Stop,
    /// The platform ended it at the longest that a reply may be.
    Length,
    /// The platform's filter ended it, or took a part of it.
    Filtered,
    /// It stopped before its end, or a piece of it could not be read; what came is kept.
    Cut,
    /// The user stopped it; what came is kept.
    Cancelled,
}

impl Finish {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Stop, Self::Length, Self::Filtered, Self::Cut, Self::Cancelled];

    /// The word for JSON and for the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::Filtered => "filtered",
            Self::Cut => "cut",
            Self::Cancelled => "cancelled",
        }
    }

    /// The finish that a stored word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.as_str() == word)
    }

    /// What is said of a reply that the platform ended for another reason than that all was said.
    pub const fn remark(self) -> Option<&'static str> {
        match self {
            Self::Length => Some("the reply ended at the platform's length limit"),
            Self::Filtered => Some("the platform's filter ended the reply, or took a part of it"),
            Self::Stop | Self::Cut | Self::Cancelled => None,
        }
    }

    /// What two words of the platform's about one end come to: a plain one takes nothing back of a reason.
    #[must_use]
    pub const fn then(self, later: Self) -> Self {
        match (self, later) {
            (Self::Length | Self::Filtered, Self::Stop) => self,
            _ => later,
        }
    }
}

/// All that one read of a stream brought: one or many deltas joined, and the end if it came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Piece {
    /// The text of the deltas, in order; may be empty.
    pub text: String,
    /// Where in it each delta ends.
    pub ends: Vec<usize>,
    /// All that was said before this text, where the platform corrects what its deltas told.
    pub instead: Option<String>,
    /// How the platform said that the reply ended, where it did. There are platforms that say so and go on: it has ended
    /// once nothing more comes.
    pub finish: Option<Finish>,
    /// Whether the platform said that nothing more comes (`[DONE]`).
    pub over: bool,
    /// What could not be read: lost parts of the reply.
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

    /// Takes back all that was said: the reply is this so far.
    pub fn correct(&mut self, whole: String) {
        self.text.clear();
        self.ends.clear();
        self.instead = Some(whole);
    }

    /// Adds the platform's word of the end.
    pub fn end(&mut self, finish: Finish) {
        self.finish = Some(self.finish.map_or(finish, |known| known.then(finish)));
    }

    /// Whether the platform said that the reply is whole.
    pub const fn done(&self) -> bool {
        self.finish.is_some()
    }

    /// Adds what the next read brought.
    pub fn join(&mut self, next: &Self) {
        if let Some(whole) = &next.instead {
            self.correct(whole.clone());
        }
        let before = self.text.len();
        self.text.push_str(&next.text);
        self.ends.extend(next.ends.iter().map(|end| before + end));
        next.finish.into_iter().for_each(|finish| self.end(finish));
        self.over |= next.over;
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
        piece.join(&Piece { finish: Some(Finish::Stop), skipped: 2, ..Piece::from("three") });
        assert_eq!(piece.deltas().collect::<Vec<_>>(), ["one ", "zw\u{f6}i ", "three"]);
        assert_eq!((piece.text.as_str(), piece.done(), piece.skipped), ("one zw\u{f6}i three", true, 2));
    }

    #[test]
    fn a_correction_takes_back_what_was_said_before_it() {
        let mut piece = Piece::from("wrong");
        let mut next = Piece::from("as wrong");
        next.correct("right".to_owned());
        next.push(", and on");
        piece.join(&next);
        piece.join(&Piece::from("."));
        assert_eq!((piece.instead.as_deref(), piece.text.as_str()), (Some("right"), ", and on."));
        assert_eq!(piece.deltas().collect::<Vec<_>>(), [", and on", "."]);
    }

    #[test]
    fn a_plain_end_takes_no_reason_back() {
        let mut piece = Piece::default();
        for (said, known) in [
            (Finish::Stop, Finish::Stop),
            (Finish::Length, Finish::Length),
            (Finish::Stop, Finish::Length),
            (Finish::Filtered, Finish::Filtered),
        ] {
            piece.end(said);
            assert_eq!(piece.finish, Some(known));
        }
    }

    #[test]
    fn every_word_is_read_back() {
        assert!(Finish::ALL.into_iter().all(|finish| Finish::from_word(finish.as_str()) == Some(finish)));
        assert_eq!(Finish::from_word("other"), None);
    }
}
