//! A reply that grows, and is written down while it does.
//!
//! Owns how often, and that its text is there once: whoever writes it down holds the same text, and what comes meanwhile
//! is joined to it afterwards. A long one is never copied on the thread that draws.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::domain::{Piece, Reply};

/// How often it is written down at the most.
const JOURNAL: Duration = Duration::from_secs(1);
/// It is written as a whole each time. Of a long one that takes at most one part in so many of the time.
const SHARE: u64 = 20;

/// The reply as far as it came.
#[derive(Debug)]
pub(super) struct Growing {
    /// All that is told of it but its text.
    pub(super) told: Reply,
    /// Its text as it was last written down, or is being: then the writer holds it too.
    known: Arc<String>,
    /// What came since.
    rest: String,
    /// How long it was when it was last written down, and when that was.
    written: (usize, Instant),
    /// How many milliseconds that took.
    took_ms: Arc<AtomicU64>,
}

/// A reply that is to be written down: its text, and all else that is told of it.
#[derive(Debug, Clone)]
pub(super) struct Written {
    /// Without a text.
    pub(super) told: Reply,
    /// The text.
    pub(super) text: Arc<String>,
}

/// Notes how long a writing took, once it is over.
#[derive(Debug)]
pub(super) struct Writing {
    began: Instant,
    took_ms: Arc<AtomicU64>,
}

impl Drop for Writing {
    fn drop(&mut self) {
        let ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.took_ms.store(ms, Ordering::Relaxed);
    }
}

impl Growing {
    /// One of which nothing came.
    pub(super) fn new() -> Self {
        let written = (0, Instant::now());
        Self { told: Reply::default(), known: Arc::default(), rest: String::new(), written, took_ms: Arc::default() }
    }

    /// One that came as a whole.
    pub(super) fn whole(text: String, told: Reply) -> Self {
        Self { told, known: Arc::new(text), ..Self::new() }
    }

    /// Adds what came.
    pub(super) fn add(&mut self, piece: &Piece) {
        if let Some(whole) = &piece.instead {
            (self.known, self.rest) = (Arc::new(whole.clone()), String::new());
        }
        self.rest.push_str(&piece.text);
        self.settle();
    }

    /// Joins what came since the text was written down, where nobody holds that any more.
    fn settle(&mut self) {
        if let Some(known) = Arc::get_mut(&mut self.known) {
            known.push_str(&self.rest);
            self.rest.clear();
            // Long only where it waited for a long writing.
            self.rest.shrink_to(64 * 1024);
        }
    }

    fn len(&self) -> usize {
        self.known.len() + self.rest.len()
    }

    /// What is to be written down now, if it is time: there is more of it, and the last time is over and long ago.
    pub(super) fn due(&mut self) -> Option<(Written, Writing)> {
        let (len, at) = self.written;
        let pause = Duration::from_millis(self.took_ms.load(Ordering::Relaxed).saturating_mul(SHARE)).max(JOURNAL);
        if at.elapsed() < pause || self.len() == len || Arc::get_mut(&mut self.known).is_none() {
            return None;
        }
        Some(self.write())
    }

    /// What is to be written down now, as far as it came.
    pub(super) fn write(&mut self) -> (Written, Writing) {
        self.written = (self.len(), Instant::now());
        let writing = Writing { began: Instant::now(), took_ms: Arc::clone(&self.took_ms) };
        (self.now(), writing)
    }

    /// As it is now.
    pub(super) fn now(&mut self) -> Written {
        if !self.rest.is_empty() {
            // A copy only where it is being written at this moment.
            Arc::make_mut(&mut self.known).push_str(&self.rest);
            self.rest = String::new();
        }
        Written { told: self.told.clone(), text: Arc::clone(&self.known) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_while_it_is_written_is_neither_lost_nor_written_then() {
        let mut reply = Growing::new();
        reply.add(&Piece::from("one "));
        let (first, writing) = reply.write();
        reply.add(&Piece::from("two "));
        reply.add(&Piece::from("three"));
        assert_eq!(first.text.as_str(), "one ", "as it was then");
        assert!(reply.due().is_none(), "one at a time");
        drop((first, writing));
        reply.add(&Piece::from("."));
        assert_eq!(reply.now().text.as_str(), "one two three.");
        assert_eq!(Arc::strong_count(&reply.known), 1);
    }

    #[test]
    fn a_correction_stands_for_all_that_came() {
        let mut reply = Growing::new();
        reply.add(&Piece::from("wrong"));
        let held = reply.now();
        let mut piece = Piece::from("more");
        piece.correct("right".to_owned());
        piece.push("!");
        reply.add(&piece);
        assert_eq!((held.text.as_str(), reply.now().text.as_str()), ("wrong", "right!"));
    }

    #[test]
    fn it_is_written_once_in_a_while_and_seldom_where_that_takes_long() {
        let long_ago = Instant::now().checked_sub(Duration::from_secs(5)).unwrap();
        let mut reply = Growing::new();
        reply.add(&Piece::from("text"));
        assert!(reply.due().is_none(), "it has just begun");
        reply.written.1 = long_ago;
        assert!(reply.due().is_some());
        reply.written.1 = long_ago;
        assert!(reply.due().is_none(), "nothing new came");
        reply.add(&Piece::from(", more"));
        reply.took_ms.store(400, Ordering::Relaxed);
        assert!(reply.due().is_none(), "8 seconds are not over");
        reply.took_ms.store(200, Ordering::Relaxed);
        assert!(reply.due().is_some());
    }
}
