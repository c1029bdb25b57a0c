//! Operator's streams: a conversation's events as they come, and what an agent answers in a chat.
//!
//! Each frame is one event object. How fast the agent speaks is `speech`'s business, what a fault makes of the frames
//! the server's.

use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::super::desk::Desk;
use super::super::speech::Speech;
use super::book::message;
use super::life;
use super::talk::id;

/// How many frames may wait for a slow reader.
const AHEAD: usize = 16;

fn frame(event: &Value) -> String {
    let id = event["id"].as_str().unwrap_or_default();
    format!("id: {id}\ndata: {event}\n\n")
}

/// A conversation's events behind the first `told`; of a live one also those to come, until it ends.
pub(super) fn events(desk: &Desk, id: String, mut told: usize) -> mpsc::Receiver<String> {
    let (out, frames) = mpsc::channel(AHEAD);
    let operator = desk.operator.clone();
    tokio::spawn(async move {
        let mut changed = operator.changed();
        loop {
            changed.mark_unchanged();
            // The conversation may have been deleted meanwhile.
            let Some(Ok((events, ended))) = operator.events(&id, told).await else { return };
            for event in &events {
                if out.send(frame(event)).await.is_err() {
                    return;
                }
            }
            told += events.len();
            if ended {
                return;
            }
            tokio::select! {
                change = changed.changed() => if change.is_err() { return },
                () = out.closed() => return,
            }
        }
    });
    frames
}

/// What the agent answers to something that the user said.
pub(super) struct Session {
    pub(super) desk: Desk,
    pub(super) conversation: String,
    /// The event of what the user said.
    pub(super) received: Value,
    pub(super) speech: Speech,
    /// Whether the conversation ends with the answer.
    pub(super) last: bool,
}

impl Session {
    /// Begins to speak.
    pub(super) fn open(self) -> mpsc::Receiver<String> {
        let (out, frames) = mpsc::channel(AHEAD);
        tokio::spawn(self.run(out));
        frames
    }

    /// Speaks to the end. When nobody listens any more, the answer is kept whole all the same.
    async fn run(mut self, out: mpsc::Sender<String>) {
        write(&out, &self.received).await;
        let name = id("msg_");
        let mut whole = String::new();
        let mut failure = None;
        while let Some(piece) = self.piece(&out).await {
            match piece {
                Ok(piece) => {
                    whole.push_str(&piece);
                    write(&out, &self.passing(message("agent.message.delta", &name, &piece))).await;
                }
                Err(error) => {
                    failure = Some(self.passing(json!({ "type": "server.error", "message": error })));
                    break;
                }
            }
        }
        // Kept before the end is told: who sees the end finds the answer among the events.
        if !whole.is_empty() {
            let completed = message("agent.message.completed", &name, &whole);
            let Some(Ok(event)) = self.desk.operator.tell(&self.conversation, completed).await else { return };
            write(&out, &event).await;
        }
        if let Some(failure) = failure {
            write(&out, &failure).await;
        }
        if self.last
            && let Some(Ok(event)) = self.desk.operator.end(&self.conversation, "completed").await
        {
            write(&out, &event).await;
            life::post(&self.desk, &self.conversation, &event);
        }
    }

    /// The next piece; without pauses once the listener has gone.
    async fn piece(&mut self, out: &mpsc::Sender<String>) -> Option<Result<String, String>> {
        let mut stopping = self.desk.stopping.clone();
        if !out.is_closed() {
            tokio::select! {
                piece = self.speech.next_unless(&mut stopping) => return piece,
                () = out.closed() => {}
            }
        }
        self.speech.hurry();
        self.speech.next_unless(&mut stopping).await
    }

    /// An event that is told and not kept.
    fn passing(&self, payload: Value) -> Value {
        let mut event = self.received.clone();
        event["id"] = json!(id("ev_"));
        event["created_at"] = json!((self.desk.clock)().to_rfc3339());
        event["payload"] = payload;
        event
    }
}

/// Writes a frame. Who doesn't listen any more misses nothing.
async fn write(out: &mpsc::Sender<String>, event: &Value) {
    let _ = out.send(frame(event)).await;
}
