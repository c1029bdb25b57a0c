//! Standard input: read when there is something, and taken apart into keys, clicks and pastes.
//!
//! The terminal library's own reader is not used: a key that comes together with a change of size waits in it for the
//! next key, and a terminal that has gone makes it spin. What a terminal answers to questions nobody asked is dropped.

use std::io::{self, Stdin};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, read};
use termina::{Event, Parser};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// How long an escape at the end of a read may be the beginning of a sequence; then it is the key.
const ESCAPE: Duration = Duration::from_millis(25);
/// The byte that is the key Esc, and the beginning of every sequence.
const ESC: u8 = 0x1b;
/// How much is read at once.
const READ: usize = 64 * 1024;

/// The terminal's input.
pub(super) struct Keyboard {
    input: AsyncFd<Stdin>,
    parser: Parser,
    bytes: Vec<u8>,
    held: Option<Instant>,
}

impl Keyboard {
    pub(super) fn open() -> io::Result<Self> {
        #[expect(deprecated, reason = "its successor is unsafe, which is forbidden here; standard input stays open")]
        let input = AsyncFd::with_interest(io::stdin(), Interest::READABLE)?;
        Ok(Self { input, parser: Parser::default(), bytes: vec![0; READ], held: None })
    }

    /// Waits for input and takes all that is there. An error, or the end of input, means that the terminal is gone.
    /// Dropping the future before it is ready loses nothing.
    pub(super) async fn next(&mut self) -> io::Result<Vec<Event>> {
        let held = self.held;
        let escape_is_due = async {
            match held {
                Some(since) => tokio::time::sleep(ESCAPE.saturating_sub(since.elapsed())).await,
                None => std::future::pending().await,
            }
        };
        let mut ready = tokio::select! {
            biased;
            ready = self.input.readable() => ready?,
            () = escape_is_due => {
                self.held = None;
                self.parser.parse(&[], false);
                return Ok(taken(&mut self.parser));
            }
        };
        let mut last = None;
        while there_is_more(self.input.get_ref())? {
            match read(self.input.get_ref(), self.bytes.as_mut_slice()) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => {
                    let came = self.bytes.get(..count).unwrap_or_default();
                    feed(&mut self.parser, came, last == Some(ESC) || (last.is_none() && held.is_some()));
                    last = came.last().copied();
                }
                Err(Errno::INTR | Errno::AGAIN) => {}
                Err(error) => return Err(error.into()),
            }
        }
        ready.clear_ready();
        if let Some(last) = last {
            self.held = (last == ESC).then(Instant::now);
        }
        Ok(taken(&mut self.parser))
    }
}

/// Takes bytes apart. Where two escapes follow each other the first is the key, and the second may begin a sequence: the
/// parser by itself would swallow it and take the rest of an arrow for text.
fn feed(parser: &mut Parser, came: &[u8], after_escape: bool) {
    let mut escape = after_escape;
    for part in came.chunk_by(|a, b| (*a == ESC) != (*b == ESC) || *a != ESC) {
        if escape && part.first() == Some(&ESC) {
            parser.parse(&[], false);
        }
        parser.parse(part, true);
        escape = part.last() == Some(&ESC);
    }
}

fn there_is_more(input: &Stdin) -> io::Result<bool> {
    let mut asked = [PollFd::new(input, PollFlags::IN)];
    match poll(&mut asked, Some(&Timespec::default())) {
        Ok(ready) => Ok(ready > 0),
        Err(Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn taken(parser: &mut Parser) -> Vec<Event> {
    std::iter::from_fn(|| parser.pop()).filter(|event| !event.is_escape()).collect()
}

#[cfg(test)]
mod tests {
    use termina::event::{KeyCode, KeyEvent};

    use super::*;

    /// What these reads are, one after the other.
    fn read_as(reads: &[&[u8]]) -> Vec<Event> {
        let mut parser = Parser::default();
        let mut last = None;
        for came in reads {
            feed(&mut parser, came, last == Some(ESC));
            last = came.last().copied();
        }
        parser.parse(&[], false);
        taken(&mut parser)
    }

    #[test]
    fn esc_and_an_arrow_at_once_are_both_keys() {
        let [esc, up] = [KeyCode::Escape, KeyCode::Up].map(|code| Event::Key(KeyEvent::from(code)));
        let bytes = b"\x1b\x1b[A\x1b\x1b\x1b[A";
        let expected = [esc.clone(), up.clone(), esc.clone(), esc, up];
        for at in 0..=bytes.len() {
            assert_eq!(read_as(&[&bytes[..at], &bytes[at..]]), expected, "split at {at}");
        }
    }

    #[test]
    fn escapes_in_a_paste_stay_in_it() {
        let came = read_as(&[b"\x1b[200~a\x1b", b"\x1b\x1b[Ab\x1b[201~"]);
        assert_eq!(came, [Event::Paste("a\x1b\x1b\x1b[Ab".to_owned())]);
    }
}
