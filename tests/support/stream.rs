//! A streamed reply as Chat Thing's page shows it, in every style that means the same by the rules of event streams.
#![allow(dead_code, clippy::expect_used, clippy::missing_panics_doc, reason = "each test uses a part of the rig")]

use serde_json::{Value, json};

use super::script::Script;

/// How a stream is cut into network writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// All of it in one.
    Whole,
    /// Each event in one.
    Event,
    /// Each byte in one.
    Byte,
    /// At random places, from a seed.
    Random(u64),
}

/// How a stream is written: every style means the same by the rules of event streams.
#[expect(clippy::struct_excessive_bools, reason = "independent quirks of a writer")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Where it is cut.
    pub split: Split,
    /// `\n`, `\r\n` or `\r`.
    pub newline: &'static str,
    /// Comments and unknown fields between the events.
    pub comments: bool,
    /// A byte order mark first.
    pub bom: bool,
    /// `data:` without the space after it.
    pub tight: bool,
    /// Whether the body is chunked, or ends with the connection.
    pub chunked: bool,
}

impl Style {
    /// As the page shows it.
    pub const PLAIN: Self =
        Self { split: Split::Event, newline: "\n", comments: false, bom: false, tight: false, chunked: true };
}

/// One `chat.completion.chunk`.
pub fn chunk(delta: &Value, finish: Option<&str>) -> Value {
    json!({
        "id": "chatcmpl-7MZUCOltFCEIMM1zJWdb2LI5teuCl", "object": "chat.completion.chunk", "created": 1_685_613_980,
        "model": "gpt-3.5-turbo-0301", "choices": [{"delta": delta, "index": 0, "finish_reason": finish}],
    })
}

/// The head of a stream, its body in chunks or until the connection ends.
pub fn stream_head(chunked: bool) -> Script {
    let headers = [("content-type", "text/event-stream; charset=utf-8"), ("cache-control", "no-cache")];
    if chunked { Script::chunked(200, &headers) } else { Script::until_close(200, &headers) }
}

/// One delta as an event of the page's form.
pub fn delta(text: &str) -> String {
    format!("data: {}\n\n", chunk(&json!({"content": text}), None))
}

/// A reply cut into pieces of a word each, its spaces kept.
pub fn pieces(reply: &str) -> Vec<&str> {
    reply.split_inclusive(' ').collect()
}

fn events(reply: &str, style: Style) -> Vec<String> {
    let (n, space) = (style.newline, if style.tight { "" } else { " " });
    let data = |value: &str| format!("data:{space}{value}{n}{n}");
    let mut out = vec![data(&chunk(&json!({"role": "assistant"}), None).to_string())];
    for piece in pieces(reply) {
        if style.comments {
            out.push(format!(": keep-alive{n}{n}event: message{n}id: 7{n}retry: 10{n}"));
        }
        out.push(data(&chunk(&json!({"content": piece}), None).to_string()));
    }
    out.push(data(&chunk(&json!({}), Some("stop")).to_string()));
    out.push(data("[DONE]"));
    if style.bom {
        out[0].insert(0, '\u{feff}');
    }
    out
}

/// A whole streamed reply in that style.
pub fn stream(reply: &str, style: Style) -> Script {
    let events = events(reply, style);
    let bytes: Vec<u8> = events.concat().into_bytes();
    let writes: Vec<Vec<u8>> = match style.split {
        Split::Whole => vec![bytes],
        Split::Event => events.into_iter().map(String::into_bytes).collect(),
        Split::Byte => bytes.into_iter().map(|byte| vec![byte]).collect(),
        Split::Random(seed) => random_split(&bytes, seed),
    };
    let mut script = stream_head(style.chunked);
    for write in writes {
        script = if style.chunked { script.chunk(write) } else { script.raw(write) };
    }
    if style.chunked { script.end() } else { script.close() }
}

fn random_split(bytes: &[u8], seed: u64) -> Vec<Vec<u8>> {
    let mut state = seed | 1;
    let mut out = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let length = usize::try_from(state % 40).expect("small") + 1;
        let (head, tail) = rest.split_at(length.min(rest.len()));
        out.push(head.to_vec());
        rest = tail;
    }
    out
}
