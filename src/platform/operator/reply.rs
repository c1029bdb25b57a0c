//! A reply of Operator's as it streams: deltas, until the agent's message is complete. Pure.

use std::collections::HashSet;

use super::super::CallError;
use super::super::error::{Peer, Purpose};
use super::super::lenient_json;
use super::super::stream::{Ended, Wording};
use super::event::OperatorEvent;
use crate::domain::{Finish, HalfJoiner, Piece};
use crate::http::Frame;

/// What stands between the messages of one reply.
const BETWEEN: &str = "\n\n";

/// What the events of one session have said so far. An agent may say several messages, one after the other.
#[derive(Default)]
pub(super) struct Events {
    /// The messages that are complete, as they stand.
    before: String,
    /// The deltas of the one that is not: the complete message repeats them, or corrects them.
    said: String,
    /// Of the last delta, where that ended with one.
    half: HalfJoiner,
    /// The complete ones' ids: a stream that is resumed may tell one twice.
    told: HashSet<String>,
}

impl Events {
    /// What stands before the next words of the message that is being said.
    fn between(&self) -> &'static str {
        if self.said.is_empty() && !self.before.is_empty() { BETWEEN } else { "" }
    }

    fn delta(&mut self, delta: &str, piece: &mut Piece) {
        if !delta.is_empty() {
            piece.push(&format!("{}{delta}", self.between()));
            self.said.push_str(delta);
        }
    }

    /// A message is complete: its own words are what stands, whatever its deltas told.
    fn completed(&mut self, whole: &str, piece: &mut Piece) {
        let half = self.half.rest();
        match whole.strip_prefix(self.said.as_str()) {
            _ if whole.is_empty() => self.delta(&half.map(String::from).unwrap_or_default(), piece),
            Some(rest) => self.delta(rest, piece),
            None => {
                whole.clone_into(&mut self.said);
                let between = if self.before.is_empty() { "" } else { BETWEEN };
                piece.correct(format!("{}{between}{whole}", self.before));
            }
        }
        let between = if self.before.is_empty() || self.said.is_empty() { "" } else { BETWEEN };
        self.before = format!("{}{between}{}", self.before, std::mem::take(&mut self.said));
        piece.end(Finish::Stop);
    }
}

impl Wording for Events {
    fn add(&mut self, frame: &Frame<'_>, piece: &mut Piece) -> Result<(), Ended> {
        if piece.over {
            return Ok(());
        }
        let Ok(fields) = lenient_json::document(frame.data.as_bytes()) else {
            piece.skipped += 1;
            return Ok(());
        };
        let Some(event) = OperatorEvent::from_fields(&fields, frame.event.as_deref()) else {
            piece.skipped += 1;
            return Ok(());
        };
        match event.kind {
            "agent.message.delta" => {
                let delta = event.joined(&mut self.half, &fields.damage);
                self.delta(&delta, piece);
            }
            "agent.message.completed" if event.id().is_none_or(|id| self.told.insert(id)) => {
                self.completed(&event.words(), piece);
            }
            "server.error" | "error" => return Err(Ended::Failed(event.complaint())),
            // What the agent had said by then is whole.
            "conversation.ended" if self.said.is_empty() && !self.before.is_empty() => piece.over = true,
            "conversation.ended" => return Err(Ended::Cut("stopped: the conversation was ended")),
            _ => {}
        }
        Ok(())
    }

    fn whole(&self, body: &[u8], peer: &Peer) -> Result<Piece, CallError> {
        let object = lenient_json::object(body).map_err(|what| peer.unreadable(what, Purpose::Message))?;
        match OperatorEvent::from_fields(&object, None) {
            Some(event) if event.kind == "agent.message.completed" => {
                let mut piece = Piece::from(event.words().as_str());
                piece.end(Finish::Stop);
                Ok(piece)
            }
            Some(event) if event.kind == "server.error" => Err(peer.failed_reply(event.complaint().as_deref())),
            _ => Err(peer.unreadable("no event stream", Purpose::Message)),
        }
    }
}

#[cfg(test)]
mod tests;
