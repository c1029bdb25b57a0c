//! A streamed reply of Chat Thing's: its events are chunks.

use super::super::CallError;
use super::super::error::{Peer, Purpose};
use super::super::stream::{Ended, Wording};
use super::chunk::loose::Said;
use super::{chunk, wire};
use crate::domain::Piece;
use crate::http::Frame;

/// Chunks carry all that is to be known of them; each looks like the one before.
#[derive(Default)]
pub(super) struct Chunks {
    like: chunk::Likeness,
    said: Said,
}

impl Wording for Chunks {
    fn add(&mut self, frame: &Frame<'_>, piece: &mut Piece) -> Result<(), Ended> {
        let before = piece.text.len();
        let added = chunk::add(frame, &self.said, piece, &mut self.like);
        self.said.add(piece.text.get(before..).unwrap_or_default());
        added
    }

    fn whole(&self, body: &[u8], peer: &Peer) -> Result<Piece, CallError> {
        wire::reply(&wire::success(body, peer, Purpose::Message)?, peer)
    }
}

#[cfg(test)]
mod tests;
