//! A streamed reply of Chat Thing's: its events are chunks.

use super::super::CallError;
use super::super::error::{Peer, Purpose};
use super::super::stream::{Ended, Wording};
use super::chunk::loose::Said;
use super::{chunk, wire};
use crate::domain::{HalfJoiner, Json, Piece};
use crate::http::Frame;

/// Where a chunk has its text.
const CONTENT: &str = "/choices/0/delta/content";

/// Chunks carry all that is to be known of them; each looks like the one before.
#[derive(Default)]
pub(super) struct Chunks {
    like: chunk::Likeness,
    said: Said,
    /// Of the last delta, where that ended with one.
    half: HalfJoiner,
}

impl Chunks {
    fn take(&mut self, frame: &Frame<'_>, piece: &mut Piece) -> Result<(), Ended> {
        let before = piece.text.len();
        let added = chunk::add(frame, &self.said, piece, &mut self.like);
        self.said.add(piece.text.get(before..).unwrap_or_default());
        added
    }

    /// The chunk as JSON that everybody reads, its text without the half of a character that it ends with, and with the
    /// one that the text before ended with.
    fn mended(&mut self, json: Json) -> String {
        let Json { mut value, damage } = json;
        if let Some(content) = value.pointer_mut(CONTENT)
            && let Some(text) = content.as_str()
        {
            *content = self.half.next(text, &damage, |at| at == CONTENT).into();
        }
        value.to_string()
    }
}

impl Wording for Chunks {
    fn add(&mut self, frame: &Frame<'_>, piece: &mut Piece) -> Result<(), Ended> {
        let (skipped, long) = (piece.skipped, piece.text.len());
        if !self.half.waits() {
            self.take(frame, piece)?;
        }
        let read = !self.half.waits() && piece.skipped == skipped;
        // What no strict reader takes is read once more, as far as it goes.
        if !read && piece.text.len() == long {
            let json = Json::read(frame.data.trim().as_bytes()).ok().filter(|json| json.value.is_object());
            let json = json.filter(|json| self.half.waits() || !json.damage.is_none());
            match json {
                Some(json) => {
                    piece.skipped = skipped;
                    let data = self.mended(json).into();
                    self.take(&Frame { event: frame.event.clone(), data }, piece)?;
                }
                None if self.half.waits() => self.take(frame, piece)?,
                None => {}
            }
        }
        if piece.done() {
            self.half.rest().into_iter().for_each(|half| piece.push(half.encode_utf8(&mut [0; 4])));
        }
        Ok(())
    }

    fn whole(&self, body: &[u8], peer: &Peer) -> Result<Piece, CallError> {
        wire::reply(&*wire::success(body, peer, Purpose::Message)?, peer)
    }
}

#[cfg(test)]
mod tests;
