//! A reply as it streams: one read of the body, one piece. Owns what a body is taken for, and its end; not its framing,
//! not what its events say ([`Wording`] is the adapter's), and not how fast it is read.

use std::mem;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::time::{Instant, timeout_at};

use super::deadlines::Deadlines;
use super::error::{Peer, Purpose, broken};
use super::tail::Tail;
use super::{CallError, ReplyStream};
use crate::domain::Piece;
use crate::http::{Frame, HttpError, Response, Sse};

/// The most that an answer may hold.
pub(super) const BODY: usize = 8 * 1024 * 1024;

/// What the events of one reply say.
pub(super) trait Wording: Send + 'static {
    /// Adds what an event says, and the end where it tells of it. Behind the last word ([`Piece::over`]) nothing counts.
    fn add(&mut self, frame: &Frame<'_>, piece: &mut Piece) -> Result<(), Ended>;

    /// The reply of a body that is one JSON object and no stream.
    fn whole(&self, body: &[u8], peer: &Peer) -> Result<Piece, CallError>;
}

/// Why a reply is over before it is whole.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// The platform ended it with an error; its words, where it had any.
    Failed(Option<String>),
    /// It stopped; the words follow "the reply of …".
    Cut(&'static str),
}

/// What the body of a streamed send turned out to be.
pub(super) enum Opening {
    /// Events, to be read as they come.
    Events(Box<dyn ReplyStream>),
    /// The whole answer as JSON, which a server may send all the same.
    Whole(Bytes),
}

/// Looks at what a server calls its body and, where that is not what was asked for, at how it begins.
pub(super) async fn open(
    mut response: Response,
    peer: Arc<Peer>,
    wording: impl Wording,
) -> Result<Opening, CallError> {
    let mut deadlines = Deadlines::start(Instant::now(), response.limits());
    if response.content_type() == "text/event-stream" {
        return Ok(Opening::Events(Box::new(Reading::new(response, Bytes::new(), peer, wording, deadlines))));
    }
    let failed = |error: HttpError| broken(&error, Purpose::Message);
    let mut begin = BytesMut::new();
    while looks(&begin) == Looks::Unsure && begin.len() < BODY {
        let read = timeout_at(deadlines.deadline(), response.chunk()).await;
        let late =
            |_| peer.cut_reply(&deadlines.ran_out(Instant::now()).unwrap_or_else(|| "did not begin".to_owned()));
        match read.map_err(late)?.map_err(failed)? {
            Some(bytes) => begin.extend_from_slice(&bytes),
            None => break,
        }
        deadlines.life(Instant::now());
    }
    match looks(&begin) {
        Looks::Events => {
            Ok(Opening::Events(Box::new(Reading::new(response, begin.freeze(), peer, wording, deadlines))))
        }
        Looks::Json => {
            let rest = response.whole(BODY.saturating_sub(begin.len())).await.map_err(failed)?;
            begin.extend_from_slice(&rest);
            Ok(Opening::Whole(begin.freeze()))
        }
        Looks::Page => Err(peer.unreadable("an HTML page", Purpose::Message)),
        Looks::Unsure if begin.trim_ascii().is_empty() => Err(peer.unreadable("an empty body", Purpose::Message)),
        Looks::Other | Looks::Unsure => Err(peer.unreadable("text that is no event stream", Purpose::Message)),
    }
}

/// What a body looks like by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Looks {
    Json,
    Page,
    Events,
    Other,
    /// Too little to tell.
    Unsure,
}

fn looks(begin: &[u8]) -> Looks {
    let begin = begin.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(begin).trim_ascii_start();
    let fields = [&b"data:"[..], b"event:", b"retry:", b"id:", b":"];
    match begin.first() {
        Some(b'{') => Looks::Json,
        Some(b'<') => Looks::Page,
        _ if fields.iter().any(|field| begin.starts_with(field)) => Looks::Events,
        _ if begin == b"\xEF" || begin == b"\xEF\xBB" => Looks::Unsure,
        _ if fields.iter().any(|field| field.starts_with(begin)) => Looks::Unsure,
        _ => Looks::Other,
    }
}

/// Where the bytes of a body come from.
pub(super) trait Source: Send {
    /// The next bytes; `None` at the end. Safe to cancel.
    fn chunk(&mut self) -> impl Future<Output = Result<Option<Bytes>, HttpError>> + Send;
}

impl Source for Response {
    fn chunk(&mut self) -> impl Future<Output = Result<Option<Bytes>, HttpError>> + Send {
        Self::chunk(self)
    }
}

/// What the body is being read as.
enum Mode {
    /// Nothing but white space so far.
    Begin,
    Events,
    /// One JSON object under the name of an event stream, as far as it came.
    Whole(BytesMut),
}

/// A reply that is being read.
pub(super) struct Reading<S, W> {
    source: S,
    /// What was read while the body was looked at.
    ahead: Bytes,
    mode: Mode,
    sse: Sse,
    deadlines: Deadlines,
    tail: Tail,
    peer: Arc<Peer>,
    wording: W,
    /// An error behind text that came with the same read: the text goes first.
    pending: Option<CallError>,
    over: bool,
}

impl<S: Source, W: Wording> Reading<S, W> {
    pub(super) fn new(source: S, ahead: Bytes, peer: Arc<Peer>, wording: W, deadlines: Deadlines) -> Self {
        let (mode, sse, tail) = (Mode::Begin, Sse::new(), Tail::default());
        Self { source, ahead, mode, sse, deadlines, tail, peer, wording, pending: None, over: false }
    }

    /// What is read, for tests.
    #[cfg(test)]
    pub(super) const fn source(&self) -> &S {
        &self.source
    }

    /// Reads until there is something to tell. Nothing is lost if it is cancelled: what was read is handed out before
    /// the next wait.
    async fn read(&mut self) -> Option<Result<Piece, CallError>> {
        if self.over {
            return None;
        }
        if let Some(error) = self.pending.take() {
            return self.end(Some(Err(error)));
        }
        loop {
            if self.tail.is_long() {
                return self.end(None);
            }
            let bytes = if self.ahead.is_empty() {
                let until = self.tail.until().unwrap_or_else(|| self.deadlines.deadline());
                match timeout_at(until, self.source.chunk()).await {
                    Ok(Ok(Some(bytes))) => bytes,
                    Ok(Ok(None)) => {
                        let last = self.at_end();
                        return self.end(last);
                    }
                    // The reply is whole: how its connection goes is no part of it.
                    Ok(Err(_)) | Err(_) if self.tail.ends() => return self.end(None),
                    Ok(Err(error)) => {
                        let error = broken(&error, Purpose::Message);
                        return self.end(Some(Err(error)));
                    }
                    Err(_) => {
                        let why = self.deadlines.ran_out(Instant::now()).unwrap_or_else(|| "stopped".to_owned());
                        return self.end(Some(Err(self.peer.cut_reply(&why))));
                    }
                }
            } else {
                mem::take(&mut self.ahead)
            };
            let now = Instant::now();
            let mut piece = Piece::default();
            self.tail.read(bytes.len());
            self.pending = self.take(&bytes, &mut piece).err();
            self.deadlines.life(now);
            self.tail.ended(&piece, now);
            if !self.tail.ends() && self.pending.is_none() {
                self.pending = self.deadlines.ran_out(now).map(|why| self.peer.cut_reply(&why));
            }
            if piece != Piece::default() {
                return Some(Ok(piece));
            }
            if let Some(error) = self.pending.take() {
                return self.end(Some(Err(error)));
            }
        }
    }

    fn end<T>(&mut self, last: T) -> T {
        self.over = true;
        let tally = mem::take(&mut self.sse).finish();
        tracing::debug!(
            "stream of {} ended: {} bytes, {} frames, {} comments, unfinished: {}",
            self.peer.host,
            tally.bytes,
            tally.frames,
            tally.comments,
            tally.unfinished
        );
        last
    }

    /// The body is over. An event that lacks nothing but its blank line still counts; of one that is cut no word does.
    fn at_end(&mut self) -> Option<Result<Piece, CallError>> {
        if let Mode::Whole(body) = &self.mode {
            return Some(self.wording.whole(body, &self.peer));
        }
        let (mut piece, mut failed) = (Piece::default(), None);
        let wording = &mut self.wording;
        if !self.tail.over {
            self.sse.last(|frame| failed = wording.add(&frame, &mut piece).err());
        }
        match failed {
            Some(ended) => Some(Err(self.failed(ended))),
            None if piece.skipped > 0 || piece == Piece::default() => None,
            None => Some(Ok(piece)),
        }
    }

    fn failed(&self, ended: Ended) -> CallError {
        match ended {
            Ended::Failed(said) => self.peer.failed_reply(said.as_deref()),
            Ended::Cut(why) => self.peer.cut_reply(why),
        }
    }

    fn take(&mut self, bytes: &[u8], piece: &mut Piece) -> Result<(), CallError> {
        if matches!(self.mode, Mode::Begin) {
            self.mode = match looks(bytes) {
                Looks::Json => Mode::Whole(BytesMut::new()),
                Looks::Page => return Err(self.peer.unreadable("an HTML page", Purpose::Message)),
                Looks::Unsure if bytes.trim_ascii().is_empty() => Mode::Begin,
                _ => Mode::Events,
            };
        }
        if let Mode::Whole(body) = &mut self.mode {
            if body.len() + bytes.len() > BODY {
                return Err(self.peer.boundless_reply("an answer over 8 MiB"));
            }
            body.extend_from_slice(bytes);
            return Ok(());
        }
        let mut failed = None;
        let (wording, tail) = (&mut self.wording, &mut self.tail);
        let fed = self.sse.feed(bytes, |frame| {
            if failed.is_none() && !tail.over && !piece.over {
                let before = piece.text.len();
                // Not yet of this event: text that comes with its end is no text behind it.
                let ended = tail.finished || piece.done();
                failed = wording.add(&frame, piece).err();
                tail.goes_on |= ended && piece.text.len() > before;
            }
        });
        match (failed, fed) {
            (Some(ended), _) => Err(self.failed(ended)),
            (None, Err(error)) if !self.tail.ends() && !piece.done() => {
                Err(self.peer.boundless_reply(&format!("too much: {error}")))
            }
            (None, _) => Ok(()),
        }
    }
}

impl<S: Source, W: Wording> ReplyStream for Reading<S, W> {
    fn next(&mut self) -> BoxFuture<'_, Option<Result<Piece, CallError>>> {
        self.read().boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_told_by_its_first_bytes() {
        let table: [(&[u8], Looks); 14] = [
            (b"", Looks::Unsure),
            (b" \r\n", Looks::Unsure),
            (b"\xEF\xBB", Looks::Unsure),
            (b"dat", Looks::Unsure),
            (b"data:", Looks::Events),
            (b"\xEF\xBB\xBFdata: x", Looks::Events),
            (b"\n: ping", Looks::Events),
            (b"event: x", Looks::Events),
            (b" {", Looks::Json),
            (b"\xEF\xBB\xBF{", Looks::Json),
            (b"\n<html>", Looks::Page),
            (b"database down", Looks::Other),
            (b"Bad Gateway", Looks::Other),
            (b"[1]", Looks::Other),
        ];
        for (begin, expected) in table {
            assert_eq!(looks(begin), expected, "{}", begin.escape_ascii());
        }
    }
}
