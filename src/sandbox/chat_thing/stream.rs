//! Chat Thing's stream: a reply as `data:` lines of chunks, and what a fault makes of it.

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::watch;
use uuid::Uuid;

use crate::domain::Timestamp;

use super::super::conversation_store::ConversationStore;
use super::super::fault::FaultKind;
use super::super::paced_reply::PacedReply;
use super::super::response::{BodySender, abort_connection};

/// The reply that is streamed, and where it is kept.
pub(in super::super) struct StreamedReply {
    pub(in super::super) conversation: String,
    pub(in super::super) reply: PacedReply,
    pub(in super::super) model: String,
    pub(in super::super) started: Timestamp,
    pub(in super::super) fault: Option<FaultKind>,
    pub(in super::super) store: ConversationStore,
    pub(in super::super) stopping: watch::Receiver<bool>,
}

impl StreamedReply {
    /// Streams it to its end. When nobody listens any more, the reply is kept whole all the same.
    pub(in super::super) async fn run(mut self, out: BodySender) {
        let writer = ChunkWriter {
            out: &out,
            chunks: ChunkTemplate::new(&self),
            single_bytes: self.fault == Some(FaultKind::Dribble),
            stopping: self.stopping.clone(),
        };
        if self.fault == Some(FaultKind::Slow) {
            self.reply.slow_down();
        }
        writer.write(&writer.chunks.delta(json!({ "role": "assistant" }))).await;
        let middle = self.reply.middle();
        let mut whole = String::new();
        let mut sent = 0;
        loop {
            if sent == middle && self.goes_wrong(&writer, &mut whole).await {
                return;
            }
            match self.reply.next_for(&out, &mut self.stopping).await {
                Some(Ok(piece)) => {
                    whole.push_str(&piece);
                    sent += 1;
                    if !out.is_closed() && !*self.stopping.borrow() {
                        writer.write(&writer.chunks.delta(json!({ "content": piece }))).await;
                    }
                }
                Some(Err(error)) => {
                    self.store_reply(&whole).await;
                    return writer
                        .write(&json!({ "error": { "message": error.reason, "type": "server_error" } }))
                        .await;
                }
                // Too short to have had the middle that a fault waits for.
                None if sent < middle && self.goes_wrong(&writer, &mut whole).await => return,
                None => break,
            }
        }
        // Kept before the end is sent: who sees the end finds the reply in the history.
        self.store_reply(&whole).await;
        if self.fault != Some(FaultKind::NoDone) {
            writer.write(&writer.chunks.chunk(&json!({}), &json!(self.reply.finish()))).await;
            writer.write_line("[DONE]").await;
        }
    }

    /// Does in the middle of the reply what the fault says; true when that was the end of it.
    async fn goes_wrong(&mut self, writer: &ChunkWriter<'_>, whole: &mut String) -> bool {
        match self.fault {
            Some(FaultKind::Malformed) => {
                writer
                    .write_line(
                        r#"{"id":"chatcmpl-broken","object":"chat.completion.chunk","choices":[{"delta":{"con"#,
                    )
                    .await;
                false
            }
            Some(FaultKind::Error) => {
                let error = json!({ "error": { "message": "The model is overloaded", "type": "server_error" } });
                writer.write(&error).await;
                true
            }
            Some(FaultKind::Cut) => {
                self.store_rest(whole).await;
                abort_connection(writer.out).await;
                true
            }
            Some(FaultKind::Stall) => {
                self.store_rest(whole).await;
                tokio::select! {
                    () = writer.out.closed() => {}
                    _ = self.stopping.wait_for(|stopping| *stopping) => {}
                }
                true
            }
            _ => false,
        }
    }

    async fn store_rest(&mut self, whole: &mut String) {
        self.reply.skip_pauses();
        while let Some(Ok(piece)) = self.reply.next_unless(&mut self.stopping).await {
            whole.push_str(&piece);
        }
        self.store_reply(whole).await;
    }

    async fn store_reply(&self, whole: &str) {
        if !whole.is_empty()
            && let Err(error) = self.store.record_reply(&self.conversation, whole).await
        {
            tracing::warn!(%error, "the sandbox could not keep a reply");
        }
    }
}

/// Writes `data:` lines.
struct ChunkWriter<'a> {
    out: &'a BodySender,
    chunks: ChunkTemplate,
    single_bytes: bool,
    stopping: watch::Receiver<bool>,
}

impl ChunkWriter<'_> {
    async fn write(&self, value: &Value) {
        self.write_line(&value.to_string()).await;
    }

    async fn write_line(&self, line: &str) {
        let bytes = Bytes::from(format!("data: {line}\n\n"));
        if self.single_bytes {
            for at in 0..bytes.len() {
                self.send(bytes.slice(at..=at)).await;
            }
        } else {
            self.send(bytes).await;
        }
    }

    /// Waits for a slow reader, but not when the sandbox stops. Who doesn't listen any more misses nothing.
    async fn send(&self, bytes: Bytes) {
        let mut stopping = self.stopping.clone();
        tokio::select! {
            biased;
            _ = self.out.send(Ok(bytes)) => {}
            _ = stopping.wait_for(|stopping| *stopping) => {}
        }
    }
}

/// What is the same in all chunks of a reply.
struct ChunkTemplate {
    id: String,
    created: i64,
    model: String,
}

impl ChunkTemplate {
    fn new(streaming: &StreamedReply) -> Self {
        let mut id = format!("chatcmpl-{}", Uuid::new_v4().simple());
        id.truncate(38);
        Self { id, created: streaming.started.millis() / 1000, model: streaming.model.clone() }
    }

    #[expect(clippy::needless_pass_by_value, reason = "every caller has just made it")]
    fn delta(&self, delta: Value) -> Value {
        self.chunk(&delta, &Value::Null)
    }

    fn chunk(&self, delta: &Value, finish: &Value) -> Value {
        json!({
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
            "choices": [{ "delta": delta, "index": 0, "finish_reason": finish }],
        })
    }
}
