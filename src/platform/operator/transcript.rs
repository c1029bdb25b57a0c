//! A conversation's messages, read from its event stream: the only place where Operator tells them.
//!
//! Owns when enough was read. Whether the stream ends after what has happened is not documented, so silence after the
//! first event counts as the end too.

use std::collections::HashSet;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::super::lenient_json;
use super::super::stream::Source;
use super::event::OperatorEvent;
use crate::domain::{Damage, Fault, HalfJoiner, Message};
use crate::http::{Frame, HttpError, Sse};
use crate::signature::fingerprint;

/// How long is waited for what.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReadLimits {
    /// For the first event: a conversation may have none.
    pub(super) first: Duration,
    /// For another one.
    pub(super) gap: Duration,
    /// For all of them: a conversation that goes on is shown as far as it went.
    pub(super) total: Duration,
}

/// What a person waits for without a word.
pub(super) const READ_LIMITS: ReadLimits =
    ReadLimits { first: Duration::from_secs(5), gap: Duration::from_millis(1_500), total: Duration::from_secs(30) };

/// Why a transcript can't be read.
#[derive(Debug)]
pub(super) enum Failed {
    /// The connection broke.
    Http(HttpError),
    /// The stream goes beyond what can be read; why.
    Boundless(String),
    /// It is no event stream.
    NoEvents,
}

/// Reads until the end, however that shows.
pub(super) async fn read(mut source: impl Source, limits: ReadLimits) -> Result<Transcript, Failed> {
    let last = Instant::now() + limits.total;
    let mut wait_until = (Instant::now() + limits.first).min(last);
    let (mut sse, mut transcript) = (Sse::new(), Transcript::default());
    while !transcript.ended {
        let Ok(read) = timeout_at(wait_until, source.chunk()).await else { break };
        let Some(bytes) = read.map_err(Failed::Http)? else { break };
        let before = transcript.events;
        sse.feed(&bytes, |frame| transcript.add(&frame)).map_err(|error| Failed::Boundless(error.to_string()))?;
        if transcript.events > before {
            wait_until = (Instant::now() + limits.gap).min(last);
        }
    }
    // A page or a text has lines, and none of them is an event.
    let tally = sse.finish();
    if tally.bytes > 0 && tally.frames == 0 && tally.comments == 0 {
        return Err(Failed::NoEvents);
    }
    Ok(transcript)
}

/// What was said, in its order.
#[derive(Default)]
pub(super) struct Transcript {
    /// The messages.
    pub(super) messages: Vec<Message>,
    /// What of the events could not be read as sent.
    pub(super) damage: Damage,
    /// Their ids.
    told: HashSet<String>,
    /// The deltas since the last complete message, which may not repeat them.
    said: String,
    /// Of the last delta, where that ended with one.
    half: HalfJoiner,
    /// How many events came, readable or not.
    frames: u64,
    events: u64,
    ended: bool,
}

impl Transcript {
    fn add(&mut self, frame: &Frame<'_>) {
        let at = format!("/events/{}", self.frames);
        self.frames += 1;
        let fields = match lenient_json::document(frame.data.as_bytes()) {
            Ok(fields) => fields,
            // An event that says nothing, and the word with which others end their streams.
            Err(_) if matches!(frame.data.trim(), "" | "[DONE]") => return,
            Err(_) => return self.damage.note(&at, Fault::Kind),
        };
        let Some(event) = OperatorEvent::from_fields(&fields, frame.event.as_deref()) else { return };
        self.events += 1;
        if event.kind != "agent.message.delta" {
            self.damage.join_at(&at, fields.damage.clone());
        }
        match event.kind {
            "agent.message.delta" => self.said.push_str(&event.joined(&mut self.half, &fields.damage)),
            "conversation.ended" => self.ended = true,
            _ => {
                let nth = self.messages.len().to_string();
                let id = || fingerprint(&[nth.as_bytes(), frame.data.as_bytes()]);
                let Some(mut message) = event.message(&self.said, id) else { return };
                message.extras.raw = lenient_json::kept(&fields);
                if event.kind == "agent.message.completed" {
                    self.said.clear();
                    self.half.rest();
                }
                // A stream that is resumed may tell an event twice.
                if self.told.insert(message.id.as_str().to_owned()) {
                    self.messages.push(message);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
