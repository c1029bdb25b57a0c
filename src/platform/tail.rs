//! What comes behind the platform's word that a reply is whole. Pure: the time is an argument.
//!
//! It is read, for two reasons: there are servers that keep a reply only once their stream was read to its end, and a
//! connection that was can serve again. And there are servers that say with every piece that it is the last: their word
//! ends nothing while text still comes.

use std::time::Duration;

use tokio::time::Instant;

use crate::domain::Piece;

/// How long the end is waited for after the reply's.
const AT_MOST: Duration = Duration::from_secs(2);
/// How long the body's end is waited for after the stream's last word.
const AFTER_LAST: Duration = Duration::from_millis(500);
/// How much is read behind the reply's end.
const BYTES: usize = 64 * 1024;

/// Where a reply stands with its end.
#[derive(Debug, Default)]
pub(super) struct Tail {
    /// The platform said that the reply is whole.
    pub(super) finished: bool,
    /// Text came behind that: it says so of every piece.
    pub(super) goes_on: bool,
    /// The platform said that nothing more comes.
    pub(super) over: bool,
    until: Option<Instant>,
    bytes: usize,
}

impl Tail {
    /// Whether the platform's word is taken for the end.
    pub(super) const fn ends(&self) -> bool {
        self.over || (self.finished && !self.goes_on)
    }

    /// Until when more is waited for; none while the reply is being written.
    pub(super) fn until(&self) -> Option<Instant> {
        self.until.filter(|_| self.ends())
    }

    /// So many bytes came.
    pub(super) const fn read(&mut self, bytes: usize) {
        if self.ends() {
            self.bytes += bytes;
        }
    }

    /// Whether more came than is read.
    pub(super) const fn is_long(&self) -> bool {
        self.ends() && self.bytes > BYTES
    }

    /// Takes what a read said of the end.
    pub(super) fn ended(&mut self, piece: &Piece, now: Instant) {
        if piece.done() && !self.finished {
            self.finished = true;
            self.until = Some(now + AT_MOST);
        }
        if piece.over && !self.over {
            let until = self.until().unwrap_or(now + AFTER_LAST).min(now + AFTER_LAST);
            (self.over, self.until) = (true, Some(until));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Finish;

    fn finish() -> Piece {
        Piece { finish: Some(Finish::Stop), ..Piece::default() }
    }

    #[test]
    fn the_end_is_waited_for_two_seconds_and_half_of_one_after_the_last_word() {
        let now = Instant::now();
        let mut tail = Tail::default();
        assert_eq!((tail.ends(), tail.until()), (false, None));
        tail.ended(&finish(), now);
        assert_eq!(tail.until(), Some(now + AT_MOST));
        let later = now + Duration::from_secs(1);
        tail.ended(&finish(), later);
        assert_eq!(tail.until(), Some(now + AT_MOST), "said again");
        tail.ended(&Piece { over: true, ..finish() }, later);
        assert_eq!(tail.until(), Some(later + AFTER_LAST));
        let mut near = Tail::default();
        near.ended(&finish(), now);
        near.ended(&Piece { over: true, ..finish() }, now + Duration::from_millis(1_900));
        assert_eq!(near.until(), Some(now + AT_MOST));
    }

    #[test]
    fn only_what_comes_behind_the_end_is_counted_and_text_behind_it_undoes_it() {
        let mut tail = Tail::default();
        tail.read(10 * BYTES);
        assert!(!tail.is_long());
        tail.ended(&finish(), Instant::now());
        tail.read(BYTES);
        assert!(!tail.is_long());
        tail.read(1);
        assert!(tail.is_long());
        tail.goes_on = true;
        assert!(!tail.is_long() && !tail.ends() && tail.until().is_none());
        let later = Instant::now() + Duration::from_mins(1);
        tail.ended(&Piece { over: true, ..finish() }, later);
        assert_eq!(tail.until(), Some(later + AFTER_LAST));
    }
}
