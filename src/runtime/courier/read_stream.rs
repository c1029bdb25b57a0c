//! Reading a reply as it streams: joined, told, journalled while it grows, and read on behind its end.

use std::time::{Duration, Instant};

use super::coalesce::{self, StreamState};
use super::growing::{Growing, Writing, Written};
use super::{Courier, Stop, millis, stopped};
use crate::app::Step;
use crate::domain::{Failure, Finish, Kind, Piece};
use crate::platform::ReplyStream;

/// Reads that follow each other faster than this are joined.
const BURST: Duration = Duration::from_millis(4);
/// How long such reads are gathered.
const GATHER: Duration = Duration::from_millis(2);

impl Courier<'_> {
    /// Reads a stream to its end, its break, or the user's word. Reads that come in a burst are joined, so that a
    /// fast server costs a wake-up in two milliseconds and not one a packet.
    ///
    /// Once the platform said that the reply has ended, it is shown and kept as whole; its stream is read on for the
    /// platform's sake, and text that comes all the same is a part of the reply.
    pub(super) async fn read_stream(
        &mut self,
        mut stream: Box<dyn ReplyStream>,
        at: Instant,
    ) -> (Growing, Option<Failure>, u32) {
        let mut reply = Growing::new();
        let mut last_read: Option<Instant> = None;
        let mut end = Ending::default();
        let failure = loop {
            let read = tokio::select! {
                read = stream.next() => read,
                why = stopped(&mut self.stop) => {
                    if end.settled().is_some() {
                        // All of it is here, and nobody waits for the rest any more.
                        break None;
                    }
                    reply.told.finish = Some(if why == Stop::Deadline { Finish::Cut } else { Finish::Cancelled });
                    break (why == Stop::Deadline).then(|| Failure::new(Kind::Cut, "The time was up before the reply's end."));
                }
            };
            let (piece, state) = coalesce::joined(read, stream.as_mut()).await;
            if piece.skipped > 0 {
                tracing::warn!(turn = %self.turn.id, skipped = piece.skipped, "chunks that could not be read");
            }
            end.take(&piece);
            if !piece.text.is_empty() || piece.instead.is_some() {
                reply.told.first_word_ms.get_or_insert_with(|| millis(at.elapsed()));
                reply.add(&piece);
                reply.told.finish = None;
                self.tell(Step::Delta(piece)).await;
            }
            match state {
                StreamState::Open => {}
                StreamState::Failed(error) => {
                    end.finish = None;
                    break Some(kept(error.failure));
                }
                StreamState::Closed if end.finish.is_some() => break None,
                StreamState::Closed => {
                    let why = "The reply stopped before its end: the stream closed without saying that it was done.";
                    break Some(kept(Failure::new(Kind::Cut, why)));
                }
            }
            if let Some(finish) = end.settled() {
                if reply.told.finish != Some(finish) {
                    reply.told.finish = Some(finish);
                    reply.told.took_ms = Some(millis(at.elapsed()));
                    // A program that is ended meanwhile leaves a whole reply behind, not one that is being written.
                    self.keep(reply.write());
                    self.tell(Step::Finished(finish)).await;
                }
                continue;
            }
            if let Some(written) = reply.due() {
                self.keep(written);
            }
            if last_read.is_some_and(|last| last.elapsed() < BURST) {
                tokio::time::sleep(GATHER).await;
            }
            last_read = Some(Instant::now());
        };
        let (finish, failure) = match (failure, end.finish) {
            (None, Some(finish)) => whole(finish, end.damaged),
            (failure, _) => (reply.told.finish.unwrap_or(Finish::Cut), failure),
        };
        if reply.told.finish.is_none() {
            reply.told.took_ms = Some(millis(at.elapsed()));
        }
        reply.told.finish = Some(finish);
        (reply, failure, end.damaged)
    }

    /// Writes the reply down as far as it came, without waiting for the disk.
    fn keep(&self, (reply, writing): (Written, Writing)) {
        let (store, id) = (self.runtime.store().clone(), self.turn.id.clone());
        self.runtime.keep(tokio::spawn(async move {
            if let Err(error) = store.write_shared_reply(&id, &reply.told, reply.text).await {
                tracing::error!(turn = %id, %error, "the growing reply could not be stored");
            }
            drop(writing);
        }));
    }
}

/// What is known of a reply's end while its stream is read.
#[derive(Debug, Default)]
struct Ending {
    /// What the platform said.
    finish: Option<Finish>,
    /// Text came behind that: then only the stream's end is one.
    goes_on: bool,
    damaged: u32,
}

impl Ending {
    fn take(&mut self, piece: &Piece) {
        self.damaged += piece.skipped;
        if !piece.text.is_empty() && self.finish.is_some() {
            self.goes_on = true;
        }
        if let Some(said) = piece.finish {
            self.finish = Some(self.finish.map_or(said, |known| known.then(said)));
        }
    }

    /// How the reply ended, as far as the platform's word is taken for it.
    fn settled(&self) -> Option<Finish> {
        let finish = self.finish.filter(|_| !self.goes_on)?;
        Some(whole(finish, self.damaged).0)
    }
}

/// How a reply ended that the platform calls whole, and what is to be said of it: without all its pieces it is cut.
pub(super) fn whole(finish: Finish, damaged: u32) -> (Finish, Option<Failure>) {
    if damaged == 0 {
        return (finish, None);
    }
    let pieces =
        if damaged == 1 { "1 piece of the reply".to_owned() } else { format!("{damaged} pieces of the reply") };
    let failure = Failure::new(Kind::Cut, format!("{pieces} could not be read, so it is not whole."));
    (Finish::Cut, Some(failure.hint("What could be read is shown and kept.")))
}

fn kept(failure: Failure) -> Failure {
    if failure.hint.is_some() { failure } else { failure.hint("What came is kept.") }
}
