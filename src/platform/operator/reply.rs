//! A reply of Operator's as it streams: deltas, until the agent's message is complete. Pure.

use super::super::CallError;
use super::super::error::{Peer, Purpose};
use super::super::lenient;
use super::super::stream::{Ended, Wording};
use super::event::Event;
use crate::domain::{HalfJoiner, Piece};
use crate::http::Frame;

/// What the events of one session have said so far.
#[derive(Default)]
pub(super) struct Events {
    /// All deltas: the complete message repeats them.
    said: String,
    /// Of the last delta, where that ended with one.
    half: HalfJoiner,
}

impl Wording for Events {
    fn add(&mut self, frame: &Frame<'_>, piece: &mut Piece) -> Result<(), Ended> {
        if piece.done {
            return Ok(());
        }
        let Ok(fields) = lenient::document(frame.data.as_bytes()) else {
            piece.skipped += 1;
            return Ok(());
        };
        let Some(event) = Event::of(&fields, frame.event.as_deref()) else {
            piece.skipped += 1;
            return Ok(());
        };
        match event.kind {
            "agent.message.delta" => {
                let delta = event.joined(&mut self.half, &fields.damage);
                self.said.push_str(&delta);
                piece.push(&delta);
            }
            "agent.message.completed" => {
                // What no delta brought; nothing where it tells another story than the deltas did.
                let whole = event.words();
                piece.push(whole.strip_prefix(self.said.as_str()).unwrap_or_default());
                piece.done = true;
            }
            "server.error" | "error" => return Err(Ended::Failed(event.complaint())),
            "conversation.ended" => return Err(Ended::Cut("stopped: the conversation was ended")),
            _ => {}
        }
        Ok(())
    }

    fn whole(&self, body: &[u8], peer: &Peer) -> Result<String, CallError> {
        let object = lenient::object(body).map_err(|what| peer.unreadable(what, Purpose::Message))?;
        match Event::of(&object, None) {
            Some(event) if event.kind == "agent.message.completed" => Ok(event.words()),
            Some(event) if event.kind == "server.error" => Err(peer.failed_reply(event.complaint().as_deref())),
            _ => Err(peer.unreadable("no event stream", Purpose::Message)),
        }
    }
}

#[cfg(test)]
mod tests;
