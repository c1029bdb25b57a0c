//! Operator's streams: a conversation's events as they come, and what an agent answers in a chat.
//!
//! Each frame is one event object. How fast the agent speaks is `paced_reply`'s business, what a fault makes of the frames
//! the server's.

use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::super::context::SandboxContext;
use super::super::paced_reply::PacedReply;
use super::actor::OperatorHandle;
use super::conversation::{id, message};

use super::simulation;

/// How many frames may wait for a slow reader.
const AHEAD: usize = 16;

fn frame(event: &Value) -> String {
    let id = event["id"].as_str().unwrap_or_default();
    format!("id: {id}\ndata: {event}\n\n")
}

/// A conversation's events behind the first `sent`; of a live one also those to come, until it ends.
pub(super) fn events(conversations: OperatorHandle, id: String, mut sent: usize) -> mpsc::Receiver<String> {
    let (out, frames) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        let mut changed = conversations.changed();
        loop {
            changed.mark_unchanged();
            // The conversation may have been deleted meanwhile.
            let Ok((events, ended)) = conversations.events(&id, sent).await else { return };
            for event in &events {
                if out.send(frame(event)).await.is_err() {
                    return;
                }
            }
            sent += events.len();
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
pub(super) struct ChatSession {
    pub(super) context: SandboxContext,
    pub(super) conversations: OperatorHandle,
    pub(super) conversation: String,
    /// The event of what the user said.
    pub(super) received: Value,
    pub(super) reply: PacedReply,
    /// Whether the conversation ends with the answer.
    pub(super) last: bool,
}

impl ChatSession {
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
        let mut stopping = self.context.stopping.clone();
        while let Some(piece) = self.reply.next_for(&out, &mut stopping).await {
            match piece {
                Ok(piece) => {
                    whole.push_str(&piece);
                    write(&out, &self.transient(message("agent.message.delta", &name, &piece))).await;
                }
                Err(error) => {
                    failure = Some(self.transient(json!({ "type": "server.error", "message": error.reason })));
                    break;
                }
            }
        }
        // Kept before the end is sent: who sees the end finds the answer among the events.
        if !whole.is_empty() {
            let completed = message("agent.message.completed", &name, &whole);
            let Ok(event) = self.conversations.add_event(&self.conversation, completed).await else { return };
            write(&out, &event).await;
        }
        if let Some(failure) = failure {
            write(&out, &failure).await;
        }
        if self.last
            && let Ok(event) = self.conversations.end(&self.conversation, "completed").await
        {
            write(&out, &event).await;
            simulation::post(&self.context, &self.conversation, &event);
        }
    }

    /// An event that is sent and not kept.
    fn transient(&self, payload: Value) -> Value {
        let mut event = self.received.clone();
        event["id"] = json!(id("ev_"));
        event["created_at"] = json!((self.context.clock)().to_rfc3339());
        event["payload"] = payload;
        event
    }
}

/// Writes a frame. Who doesn't listen any more misses nothing.
async fn write(out: &mpsc::Sender<String>, event: &Value) {
    let _ = out.send(frame(event)).await;
}
