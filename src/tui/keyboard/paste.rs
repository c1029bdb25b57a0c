//! A bracketed paste while it comes in.
//!
//! Nothing of it is ever read as keys, and what is no longer followed by its end is taken as it is: after [`STALL`] without
//! a byte, what came is the paste. What comes behind that is still its text, at once, until a key comes alone that no text
//! has (Ctrl+C, Esc, an arrow), or for [`REST`]: an Enter there is a new line, since it may be the paste's.

use std::time::{Duration, Instant};

use super::bytes::{STALL, whole_characters};

/// What ends a paste.
const END: &[u8] = b"\x1b[201~";
/// How long what comes behind a paste without an end is still taken for its text.
const REST: Duration = Duration::from_secs(10);
/// The longest thing that a key alone sends.
const KEY: usize = 16;

/// A paste that has begun.
pub(super) struct Paste {
    bytes: Vec<u8>,
    /// When the last of it came.
    came: Instant,
    /// Whether that was Ctrl+C alone.
    asked: bool,
    /// When what had come was taken, with no end in sight.
    taken: Option<Instant>,
}

/// What became of bytes that came while a paste was open.
pub(super) enum Took<'a> {
    /// All of them belong to it, and it goes on. Some of its text may be ready.
    All(Option<String>),
    /// It has ended; these stand behind it.
    End(Option<String>, &'a [u8]),
}

impl Paste {
    pub(super) fn new(now: Instant) -> Self {
        Self { bytes: Vec::new(), came: now, asked: false, taken: None }
    }

    /// Takes bytes that came together. `alone` says that nothing else came with them.
    pub(super) fn take<'a>(&mut self, came: &'a [u8], alone: bool, now: Instant) -> Took<'a> {
        let from = self.bytes.len().saturating_sub(END.len() - 1);
        let before = self.bytes.len();
        self.bytes.extend_from_slice(came);
        if let Some(at) = self.bytes[from..].windows(END.len()).position(|w| w == END).map(|at| from + at) {
            let behind = (at + END.len()).saturating_sub(before);
            self.bytes.truncate(at);
            return Took::End(self.text(), &came[behind..]);
        }
        if let Some(taken) = self.taken {
            let key = alone && came.len() <= KEY && is_key(came);
            if key || now.saturating_duration_since(taken) > REST {
                self.bytes.truncate(before);
                return Took::End(self.text(), came);
            }
            return Took::All(self.ready());
        }
        // Somebody who presses Ctrl+C again and again doesn't keep it open.
        let asked = alone && came == [0x03];
        if !(asked && std::mem::replace(&mut self.asked, asked)) {
            self.came = now;
        }
        self.asked = asked;
        Took::All(None)
    }

    /// When it has waited long enough for its end. None when that has been.
    pub(super) fn due(&self) -> Option<Instant> {
        self.taken.is_none().then_some(self.came + STALL)
    }

    /// Nothing came until now. Gives what came before, where it has waited long enough.
    pub(super) fn pause(&mut self, now: Instant) -> Option<String> {
        if self.due().is_none_or(|due| now < due) {
            return None;
        }
        self.taken = Some(now);
        self.ready()
    }

    /// All that is there but what may be the beginning of the end, or of a character.
    fn ready(&mut self) -> Option<String> {
        let bytes = &self.bytes;
        let ending = (1..END.len()).rev().find(|n| bytes.ends_with(&END[..*n])).unwrap_or(0);
        let ready = if ending > 0 { bytes.len() - ending } else { whole_characters(bytes) };
        let rest = self.bytes.split_off(ready);
        let text = self.text();
        self.bytes = rest;
        text
    }

    fn text(&mut self) -> Option<String> {
        let bytes = std::mem::take(&mut self.bytes);
        (!bytes.is_empty()).then(|| String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// Whether these bytes are a key that no text has.
fn is_key(came: &[u8]) -> bool {
    came.first().is_some_and(|first| first.is_ascii_control() && !matches!(first, b'\r' | b'\n' | b'\t'))
}
