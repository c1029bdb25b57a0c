//! Standard input: read when there is something, and taken apart into keys, clicks and pastes.
//!
//! The terminal library's own reader is not used: a key that comes together with a change of size waits in it for the
//! next key, and a terminal that has gone makes it spin. What a terminal answers to questions nobody asked is dropped.
//!
//! # Where a key ends
//!
//! The byte of the key Esc is the first of every sequence, and links split sequences. `sequencer` cuts the bytes; it alone
//! decides, by these rules:
//!
//! - **A sequence that comes in parts is one**, as long as no silence in it is longer than [`bytes::STALL`].
//! - **Esc is a key at once where the terminal says so.** With kitty's protocol it has a sequence of its own. Elsewhere an
//!   escape that stands alone for [`sequencer::WAIT`] makes the program ask the terminal what it is (`CSI c`). The answer
//!   stands behind whatever had been sent before: if it comes first, the key was Esc. On a machine's own terminal that takes
//!   a millisecond, over a slow link one way there and back. A terminal that has never answered is not asked: there the
//!   wait alone decides, and it grows while the link is seen to split sequences.
//! - **What came late still belongs to it.** After an Esc was taken for a key, `[D` within a stall is the rest of an arrow,
//!   never text; an Enter is Alt+Enter, a new line, never a sending. What follows and is no sequence is text. Alt+`[`, Alt+O,
//!   Alt+`]` and Alt+Shift+P are keys by the same rules. Two escapes before an arrow are Alt and the arrow: of what two keys
//!   may have been one, it is what neither sends nor stops.
//! - **Everything ends.** A control byte other than the end of a string ends what is open and is itself, Ctrl+C above all.
//!   A string that begins as terminals' answers do is dropped, with its end or without; any other is a key and text. A paste
//!   is `paste`'s.

mod bytes;
mod decode;
mod paste;
mod sequencer;

use std::io::{self, Stdin, Write};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, read};
use rustix::termios::{QueueSelector, SpecialCodeIndex, tcflush, tcgetattr};
use termina::Event;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use sequencer::Sequencer;

/// Asks the terminal what it is. Every one of them answers, in the order in which it sends keys.
pub(super) const QUESTION: &str = "\x1b[c";
/// How much is read at once.
const READ: usize = 64 * 1024;
/// So many bytes of a read are kept for who wants to know what a key sends.
const SENT: usize = 64;
/// How long an answer that the terminal owes is waited for before somebody else reads from it.
const OWED: Duration = Duration::from_secs(1);

/// The terminal's input.
pub(super) struct Keyboard {
    input: AsyncFd<Stdin>,
    sequencer: Sequencer,
    bytes: Vec<u8>,
    /// What came since the last key, while somebody wants to know.
    sent: Option<Vec<u8>>,
}

impl Keyboard {
    /// Opens standard input, after the terminal was taken and asked [`QUESTION`].
    pub(super) fn open() -> io::Result<Self> {
        #[expect(deprecated, reason = "its successor is unsafe, which is forbidden here; standard input stays open")]
        let input = AsyncFd::with_interest(io::stdin(), Interest::READABLE)?;
        let sequencer = asked(input.get_ref());
        Ok(Self { input, sequencer, bytes: vec![0; READ], sent: None })
    }

    /// Begins anew after the terminal was lent, taken back and asked [`QUESTION`].
    pub(super) fn anew(&mut self) {
        self.sequencer = asked(self.input.get_ref());
    }

    /// Drops what was typed and not read, before the terminal is taken back: it was for somebody else, or for nobody.
    pub(super) fn forget(&self) {
        // Where it fails, the terminal has gone, and the next read says so.
        let _ = tcflush(self.input.get_ref(), QueueSelector::IFlush);
    }

    /// Waits for input and takes all that is there. An error, or the end of input, means that the terminal is gone.
    /// Dropping the future before it is ready loses nothing.
    pub(super) async fn next(&mut self) -> io::Result<Vec<Event>> {
        let due = self.sequencer.due();
        let silence = async {
            match due {
                Some(due) => tokio::time::sleep_until(due.into()).await,
                None => std::future::pending().await,
            }
        };
        let ready = tokio::select! {
            biased;
            ready = self.input.readable() => Some(ready?),
            () = silence => None,
        };
        let mut came = false;
        // Looked at also when it is time: what came while the program was busy came in time.
        while is_there_more(self.input.get_ref(), Duration::ZERO)? {
            match read(self.input.get_ref(), self.bytes.as_mut_slice()) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => {
                    let bytes = self.bytes.get(..count).unwrap_or_default();
                    if let Some(sent) = &mut self.sent {
                        sent.extend_from_slice(bytes.get(..bytes.len().min(SENT)).unwrap_or_default());
                    }
                    self.sequencer.feed(bytes, Instant::now());
                    came = true;
                }
                Err(Errno::INTR | Errno::AGAIN) => {}
                Err(error) => return Err(error.into()),
            }
        }
        if let Some(mut ready) = ready {
            ready.clear_ready();
        }
        if !came {
            self.sequencer.pause(Instant::now());
        }
        if self.sequencer.question() {
            let mut out = io::stdout();
            out.write_all(QUESTION.as_bytes())?;
            out.flush()?;
        }
        Ok(self.sequencer.taken())
    }

    /// The colour of the terminal's background, if it was told since the last call.
    pub(super) fn background(&mut self) -> Option<(u8, u8, u8)> {
        self.sequencer.background()
    }

    /// Whether it is kept from now on what bytes come.
    pub(super) fn record(&mut self, on: bool) {
        match (on, self.sent.is_some()) {
            (true, false) => self.sent = Some(Vec::new()),
            (false, true) => self.sent = None,
            _ => {}
        }
    }

    /// The bytes that came since the last call, where they are kept, without the terminal's answers to what it is.
    pub(super) fn sent(&mut self) -> Vec<u8> {
        self.sent.as_mut().map(std::mem::take).map(|sent| without_answers(&sent)).unwrap_or_default()
    }

    /// Whether the terminal speaks kitty's keyboard protocol.
    pub(super) fn is_kitty(&self) -> bool {
        self.sequencer.is_kitty()
    }

    /// Waits, not for long, until the terminal owes no answer: whoever reads from it next would take it for keys.
    pub(super) fn settle(&mut self) {
        while let Some(asked) = self.sequencer.unanswered() {
            let left = OWED.saturating_sub(asked.elapsed());
            if left.is_zero() || !is_there_more(self.input.get_ref(), left).unwrap_or(false) {
                return;
            }
            match read(self.input.get_ref(), self.bytes.as_mut_slice()) {
                Ok(count @ 1..) => self.sequencer.feed(self.bytes.get(..count).unwrap_or_default(), Instant::now()),
                Err(Errno::INTR | Errno::AGAIN) => {}
                _ => return,
            }
        }
    }
}

/// Bytes without the answers to [`QUESTION`] among them.
fn without_answers(bytes: &[u8]) -> Vec<u8> {
    let (mut kept, mut rest) = (Vec::new(), bytes);
    while let Some((&first, behind)) = rest.split_first() {
        let answer = rest.strip_prefix(b"\x1b[?").and_then(|body| {
            let end = body.iter().position(|b| !matches!(b, b'0'..=b'9' | b';'))?;
            (body.get(end) == Some(&b'c')).then(|| body.get(end + 1..).unwrap_or_default())
        });
        if let Some(after) = answer {
            rest = after;
            continue;
        }
        kept.push(first);
        rest = behind;
    }
    kept
}

/// A sequencer for that terminal, which has just been asked.
fn asked(input: &Stdin) -> Sequencer {
    let erase = tcgetattr(input).ok().map(|settings| settings.special_codes[SpecialCodeIndex::VERASE]);
    let mut sequencer = Sequencer::new(erase, Instant::now());
    sequencer.asking(Instant::now());
    sequencer
}

fn is_there_more(input: &Stdin, within: Duration) -> io::Result<bool> {
    let mut asked = [PollFd::new(input, PollFlags::IN)];
    let within = Timespec::try_from(within).unwrap_or_default();
    match poll(&mut asked, Some(&within)) {
        Ok(ready) => Ok(ready > 0),
        Err(Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// What these bytes are, when they come at once and nothing follows.
#[cfg(test)]
pub(super) fn events(bytes: &[u8]) -> Vec<Event> {
    let mut now = Instant::now();
    let mut sequencer = Sequencer::new(Some(0x7f), now);
    sequencer.feed(bytes, now);
    while let Some(due) = sequencer.due() {
        now = due;
        sequencer.pause(now);
    }
    sequencer.taken()
}

#[cfg(test)]
mod tests {
    #[test]
    fn answers_are_no_part_of_what_a_key_sends() {
        assert_eq!(super::without_answers(b"\x1b\x1b[?62;22c"), b"\x1b");
        assert_eq!(super::without_answers(b"\x1b[?1ca"), b"a");
        assert_eq!(super::without_answers(b"\x1b[13;2u"), b"\x1b[13;2u");
        assert_eq!(super::without_answers(b"\x1b[?1u"), b"\x1b[?1u");
    }
}
