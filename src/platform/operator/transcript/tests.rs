//! Transcripts from bodies in memory: what is told, and when enough was read.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::super::hostile;
use super::super::super::script::{Script, ScriptStep};
use super::*;
use crate::domain::{Role, Timestamp};

/// Nothing is waited for long, so that a test that hangs is one that failed.
const SHORT: ReadLimits =
    ReadLimits { first: Duration::from_millis(30), gap: Duration::from_millis(30), total: Duration::from_secs(20) };
const LONG: ReadLimits =
    ReadLimits { first: Duration::from_mins(9), gap: Duration::from_mins(9), total: Duration::from_mins(9) };

fn data(event: &Value) -> String {
    format!("data: {event}\n\n")
}

fn said(id: &str, kind: &str, text: &str) -> String {
    data(&json!({"id": id, "created_at": "2025-06-20T10:00:00Z", "payload": {"type": kind, "text": text}}))
}

async fn transcript(steps: Vec<ScriptStep>, limits: ReadLimits) -> Vec<(String, String)> {
    let messages = read(Script::new(steps), limits).await.unwrap().messages;
    messages.into_iter().map(|m| (m.role.as_str().to_owned(), m.text)).collect()
}

fn expected(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(role, text)| ((*role).to_owned(), (*text).to_owned())).collect()
}

#[tokio::test]
async fn people_agents_and_tools_speak_and_nothing_else_does() {
    let body = [
        data(&json!({"id": "0", "payload": {"type": "conversation.setup", "direction": "inbound"}})),
        said("1", "user.message.received", "hi"),
        said("2", "agent.message.delta", "hel"),
        said("3", "agent.message.delta", "lo"),
        said("4", "agent.message.completed", "hello"),
        data(&json!({"id": "5", "payload": {"type": "agent.tool_call.created", "name": "find"}})),
        said("6", "agent.notice.sent", "notice"),
        said("7", "agent.message.delta", "not repeated"),
        data(&json!({"id": "8", "payload": {"type": "agent.message.completed"}})),
        said("4", "agent.message.completed", "told again"),
        data(&json!({"payload": {"type": "user.message.received", "text": "without an id"}})),
        "data: nonsense\n\n".to_owned(),
        said("9", "agent.message.delta", "never completed"),
        data(&json!({"id": "10", "payload": {"type": "conversation.ended"}})),
    ]
    .concat();
    // It ends with the conversation, though the server would say nothing for ever.
    let read = read(Script::new([ScriptStep::Bytes(body.into()), ScriptStep::Silence]), LONG).await.unwrap();
    let left_out: Vec<&str> = read.damage.spots().iter().map(|spot| spot.at.as_str()).collect();
    assert_eq!(left_out, ["/events/11"]);
    let messages = read.messages;
    let told: Vec<_> = messages.iter().map(|m| (m.role.as_str().to_owned(), m.text.clone())).collect();
    let list = [
        ("user", "hi"),
        ("assistant", "hello"),
        ("tool", "**calls** find"),
        ("assistant", "not repeated"),
        ("user", "without an id"),
    ];
    assert_eq!(told, expected(&list));
    assert_eq!((messages[0].id.as_str(), &messages[0].role), ("1", &Role::User));
    assert_eq!(messages[0].created_at.at, Timestamp::parse_rfc3339("2025-06-20T10:00:00Z"));
    assert_eq!(messages[4].id.as_str().len(), 32);
}

#[tokio::test]
async fn the_end_silence_and_pings_all_end_it() {
    let hi = said("1", "user.message.received", "hi");
    for end in [vec![], vec![ScriptStep::Silence], vec![ScriptStep::Pings]] {
        let steps = [vec![ScriptStep::Bytes(hi.clone().into())], end.clone()].concat();
        assert_eq!(transcript(steps, SHORT).await, expected(&[("user", "hi")]));
        assert_eq!(transcript(end, SHORT).await, []);
    }
    let total = ReadLimits { total: Duration::ZERO, ..LONG };
    assert_eq!(transcript(vec![ScriptStep::Silence], total).await, []);
}

#[tokio::test]
async fn every_split_is_the_same_and_a_break_is_an_error() {
    let body =
        format!("{}{}", said("1", "user.message.received", "é"), said("2", "agent.message.completed", "\u{1F4A5}"));
    for at in 0..=body.len() {
        let (a, b) = body.as_bytes().split_at(at);
        let steps = vec![ScriptStep::Bytes(a.into()), ScriptStep::Bytes(b.into())];
        assert_eq!(transcript(steps, LONG).await, expected(&[("user", "é"), ("assistant", "\u{1F4A5}")]), "{at}");
        let cut = read(Script::new([ScriptStep::Bytes(a.into()), ScriptStep::Cut]), LONG).await;
        assert!(matches!(cut, Err(Failed::Http(_))), "{at}");
    }
}

#[tokio::test]
async fn what_is_no_stream_is_told() {
    for body in ["<html>", "{\"data\":[]}", "Bad Gateway\n\n"] {
        let read = read(Script::new([ScriptStep::Bytes(body.into())]), LONG).await;
        assert!(matches!(read, Err(Failed::NoEvents)), "{body}");
    }
    let long = format!("data: {}", "x".repeat(2 * 1024 * 1024));
    let read = read(Script::new([ScriptStep::Bytes(long.into())]), LONG).await;
    assert!(matches!(read, Err(Failed::Boundless(why)) if why.contains("1 MiB")));
}

const NAMES: &[&str] =
    &["type", "payload", "text", "delta", "message", "content", "name", "arguments", "result", "id"];
const WORDS: &[&str] = &["agent.message.delta", "agent.message.completed", "agent.tool_call.created", "tool"];

proptest! {
    #[test]
    fn no_event_is_too_much(events in proptest::collection::vec(hostile::json(NAMES, WORDS), 0..6)) {
        let mut transcript = Transcript::default();
        for event in &events {
            transcript.add(&Frame { event: None, data: event.to_string().into() });
        }
        prop_assert!(transcript.messages.len() <= events.len());
    }
}
