//! A streamed reply of Chat Thing's: its events are chunks.

use super::super::error::{Peer, Purpose};
use super::super::stream::{Ended, Wording};
use super::super::{Answer, CallError};
use super::{chunk, wire};
use crate::domain::Piece;
use crate::http::Frame;

/// Chunks carry all that is to be known of them; each looks like the one before.
#[derive(Default)]
pub(super) struct Chunks(chunk::Likeness);

impl Wording for Chunks {
    fn add(&mut self, frame: &Frame<'_>, piece: &mut Piece) -> Result<(), Ended> {
        chunk::add(frame, piece, &mut self.0).map_err(|failed| Ended::Failed(failed.0))
    }

    fn whole(&self, body: &[u8], peer: &Peer) -> Result<String, CallError> {
        let sent = wire::sent(&wire::success(body, peer, Purpose::Message)?, peer)?;
        match sent.answer {
            Answer::Now(text) => Ok(text),
            Answer::Stream(_) | Answer::Later => Err(peer.unreadable("no reply", Purpose::Message)),
        }
    }
}

#[cfg(test)]
mod tests;
