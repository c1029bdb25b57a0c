//! Server-sent events: bytes in, frames out, the same frames however the bytes are split.
//!
//! Owns the framing of the WHATWG standard and its bounds, and the two places where servers need more than it gives. Knows nothing of what a frame means, reads no socket, never
//! reconnects (so `id` and `retry` are ignored). Each byte is looked at a fixed number of times, and what is held is at
//! most one event.

use std::borrow::Cow;

/// The most bytes that one event may have, its comments included and its line ends not.
const EVENT_LIMIT: usize = 1024 * 1024;

/// The most bytes that one stream may have.
const STREAM_LIMIT: u64 = 64 * 1024 * 1024;

/// A byte order mark, which may stand at the very start and nowhere else.
const BOM: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// One event, lent for the length of the call that it is handed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Its `event` field, where it has one.
    pub event: Option<Cow<'a, str>>,
    /// Its `data` lines, joined by line feeds. What was no UTF-8 is U+FFFD.
    pub data: Cow<'a, str>,
}

/// Why a stream can't be read on. What it brought before is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SseError {
    /// One event is over 1 MiB.
    #[error("one event of the stream is over 1 MiB")]
    EventTooBig,
    /// The stream is over 64 MiB.
    #[error("the stream is over 64 MiB")]
    StreamTooBig,
}

/// What went through a decoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Bytes in.
    pub bytes: u64,
    /// Frames out.
    pub frames: u64,
    /// Comment lines, which servers send to keep a connection open.
    pub comments: u64,
    /// Whether it ended inside an event, which is dropped.
    pub unfinished: bool,
}

/// The decoder of one stream.
#[derive(Debug, Default)]
pub struct Sse {
    /// The start of a line whose end has not come.
    partial: Vec<u8>,
    /// The event's `data` so far; `has_data` tells an empty line from none.
    data: Vec<u8>,
    has_data: bool,
    event: Vec<u8>,
    /// Bytes of the event's ended lines.
    event_bytes: usize,
    at_start: Start,
    /// The last byte was a CR, so a LF now belongs to it.
    held_cr: bool,
    failed: Option<SseError>,
    tally: Tally,
}

/// Where in a possible byte order mark the stream stands.
#[derive(Debug, Clone, Copy)]
enum Start {
    Matched(usize),
    Past,
}

impl Default for Start {
    fn default() -> Self {
        Self::Matched(0)
    }
}

impl Sse {
    /// A decoder at the start of a stream.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes and hands out each event that they end. After an error it takes no more.
    ///
    /// # Errors
    ///
    /// [`SseError`] where an event or the stream is longer than any may be; and from then on always.
    pub fn feed(&mut self, bytes: &[u8], mut on_frame: impl FnMut(Frame<'_>)) -> Result<(), SseError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        #[cfg(feature = "planted")]
        if crate::domain::PlantedFault::NoHeldCr.is_planted() {
            self.held_cr = false;
        }
        let room = usize::try_from(STREAM_LIMIT - self.tally.bytes).unwrap_or(usize::MAX);
        let within = &bytes[..bytes.len().min(room)];
        self.tally.bytes += within.len() as u64;
        let result = self.lines(within, &mut on_frame);
        let result = if within.len() < bytes.len() { result.and(Err(SseError::StreamTooBig)) } else { result };
        self.failed = result.err();
        result
    }

    /// Ends the stream: an event without its blank line is dropped, as the standard says.
    pub fn finish(self) -> Tally {
        Tally { unfinished: self.is_unfinished(), ..self.tally }
    }

    /// Ends the stream, and hands out the event that lacks its blank line as far as it came. Against the standard: there
    /// are servers that close right behind their last event. Whether it is whole, what stands in it has to tell.
    pub fn last(&mut self, mut on_frame: impl FnMut(Frame<'_>)) -> Tally {
        let tally = Tally { unfinished: self.is_unfinished(), ..self.tally };
        if self.failed.is_none() {
            let open = std::mem::take(&mut self.partial);
            if !open.is_empty() {
                self.line(&open, &mut on_frame);
            }
            self.dispatch(&mut on_frame);
        }
        tally
    }

    const fn is_unfinished(&self) -> bool {
        self.has_data || !self.partial.is_empty()
    }

    fn lines(&mut self, bytes: &[u8], on_frame: &mut impl FnMut(Frame<'_>)) -> Result<(), SseError> {
        let mut rest = self.past_bom(bytes);
        loop {
            if self.held_cr
                && let Some((first, after)) = rest.split_first()
            {
                self.held_cr = false;
                if *first == b'\n' {
                    rest = after;
                }
            }
            let Some(end) = line_end(rest) else {
                self.check(rest.len())?;
                self.partial.extend_from_slice(rest);
                return Ok(());
            };
            self.check(end)?;
            self.event_bytes += self.partial.len() + end;
            if self.partial.is_empty() {
                self.line(&rest[..end], on_frame);
            } else {
                let mut line = std::mem::take(&mut self.partial);
                line.extend_from_slice(&rest[..end]);
                self.line(&line, on_frame);
                line.clear();
                self.partial = line;
            }
            self.held_cr = rest[end] == b'\r';
            rest = &rest[end + 1..];
        }
    }

    /// Whether the event may have this many bytes more in its open line.
    const fn check(&self, more: usize) -> Result<(), SseError> {
        if self.event_bytes + self.partial.len() + more > EVENT_LIMIT { Err(SseError::EventTooBig) } else { Ok(()) }
    }

    fn past_bom<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let mut rest = bytes;
        while let Start::Matched(matched) = self.at_start {
            let Some((first, after)) = rest.split_first() else { break };
            if *first == BOM[matched] {
                rest = after;
                self.at_start = if matched + 1 == BOM.len() { Start::Past } else { Start::Matched(matched + 1) };
            } else {
                self.partial.extend_from_slice(&BOM[..matched]);
                self.at_start = Start::Past;
            }
        }
        rest
    }

    fn line(&mut self, line: &[u8], on_frame: &mut impl FnMut(Frame<'_>)) {
        if line.is_empty() {
            self.dispatch(on_frame);
        } else if let Some(value) = field(line, b"data") {
            if self.has_data {
                self.data.push(b'\n');
            }
            self.has_data = true;
            self.data.extend_from_slice(value);
        } else if let Some(value) = field(line, b"event") {
            self.event.clear();
            self.event.extend_from_slice(value);
        } else if line[0] == b':' {
            self.tally.comments += 1;
        }
    }

    fn dispatch(&mut self, on_frame: &mut impl FnMut(Frame<'_>)) {
        // Against the standard, which drops an event without data: an error is told by its name alone.
        if self.has_data || self.event == b"error" {
            self.tally.frames += 1;
            let event = (!self.event.is_empty()).then(|| text(&self.event));
            on_frame(Frame { event, data: text(&self.data) });
        }
        self.has_data = false;
        self.data.clear();
        self.event.clear();
        self.event_bytes = 0;
    }
}

/// Text, what is no UTF-8 in it replaced. Looking whether there is any is much cheaper than looking where it is.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// Where the first line ends. Most of a stream is looked at here: if the line is long a block at a time, which compilers
/// turn into few instructions.
fn line_end(bytes: &[u8]) -> Option<usize> {
    const BLOCK: usize = 32;
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let has_end = |block: &[u8; BLOCK]| block.iter().fold(false, |found, byte| found | is_end(byte));
    let (start, rest) = bytes.split_at(bytes.len().min(BLOCK));
    if let Some(at) = start.iter().position(is_end) {
        return Some(at);
    }
    let (blocks, _) = rest.as_chunks::<BLOCK>();
    let from = start.len() + blocks.iter().position(has_end).unwrap_or(blocks.len()) * BLOCK;
    bytes.get(from..)?.iter().position(is_end).map(|at| from + at)
}

/// The value of a line that is this field: after the colon and at most one space, empty without a colon.
fn field<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    match line.strip_prefix(name)? {
        [] => Some(&[]),
        [b':', b' ', value @ ..] | [b':', value @ ..] => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
