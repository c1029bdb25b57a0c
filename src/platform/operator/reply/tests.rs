//! A reply against bodies in memory: every split, every cut, every end.

use std::sync::Arc;

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::json;

use super::super::super::deadlines::Deadlines;
use super::super::super::error::Words;
use super::super::super::script::{Script, ScriptStep};
use super::super::super::stream::Reading;
use super::super::super::{Outcome, ReplyStream, hostile};
use super::*;
use crate::domain::{Kind, Secret};
use crate::http::Limits;
use tokio::time::Instant;

fn peer() -> Peer {
    let words = Words { unauthorized: String::new(), not_found: String::new(), busy: "" };
    Peer { host: "h".to_owned(), secret: Secret::new("s3cret"), words }
}

fn event(kind: &str, text: Option<&str>) -> String {
    let mut event = json!({"id": "ev", "conversation_id": "c", "payload": {"type": kind}});
    if let Some(text) = text {
        event["payload"]["text"] = json!(text);
    }
    format!("data: {event}\n\n")
}

fn delta(text: &str) -> String {
    event("agent.message.delta", Some(text))
}

/// All that a reply brought, joined, and how it ended.
async fn all(script: impl IntoIterator<Item = ScriptStep>) -> (Piece, Result<(), CallError>) {
    let minute = std::time::Duration::from_mins(1);
    let limits = Limits { first: minute, silence: minute, total: minute, end: Instant::now() + minute };
    let deadlines = Deadlines::start(Instant::now(), limits);
    let mut reading = Reading::new(Script::new(script), Bytes::new(), Arc::new(peer()), Events::default(), deadlines);
    let mut whole = Piece::default();
    loop {
        match reading.next().await {
            None => return (whole, Ok(())),
            Some(Err(error)) => return (whole, Err(error)),
            Some(Ok(piece)) => whole.join(&piece),
        }
    }
}

async fn read(body: &str) -> (Piece, Result<(), CallError>) {
    all([ScriptStep::Bytes(body.into())]).await
}

#[tokio::test]
async fn deltas_are_the_reply_until_it_is_complete() {
    let before = event("user.message.received", Some("question"));
    let body = format!("{before}{}{}{}", delta("a "), delta("b"), event("agent.message.completed", Some("a b")));
    let (whole, end) = read(&body).await;
    assert_eq!((whole.text.as_str(), whole.ends.len(), whole.done(), end.is_ok()), ("a b", 2, true, true));
    // A session may have more than one message.
    let another = |id: &str, text: &str| {
        format!("data: {}\n\n", json!({"id": id, "payload": {"type": "agent.message.completed", "text": text}}))
    };
    let more = format!("{body}{}{}{}", delta("c"), another("2", "c d"), another("3", "e"));
    let (whole, end) = read(&format!("{more}{}", event("conversation.ended", None))).await;
    assert_eq!((whole.text.as_str(), whole.done(), end.is_ok()), ("a b\n\nc d\n\ne", true, true));
    // One that is told again is none.
    assert_eq!(read(&format!("{more}{}", another("2", "c d"))).await.0.text, "a b\n\nc d\n\ne");
}

#[tokio::test]
async fn a_complete_message_corrects_what_its_deltas_told() {
    let completed = |text: &str| event("agent.message.completed", Some(text));
    let (whole, end) = read(&format!("{}{}{}", delta("12 "), delta("euros"), completed("12,50 euros"))).await;
    assert_eq!((whole.instead.as_deref(), whole.text.as_str()), (Some("12,50 euros"), ""));
    assert!(whole.done() && end.is_ok());
    // What was said before it stays, and what comes behind it goes on from it.
    let first = "data: {\"id\":\"1\",\"payload\":{\"type\":\"agent.message.completed\",\"text\":\"Hello.\"}}\n\n";
    let (whole, _) = read(&format!("{first}{}{}{}", delta("wrong"), completed("right"), delta("on"))).await;
    assert_eq!((whole.instead.as_deref(), whole.text.as_str()), (Some("Hello.\n\nright"), "\n\non"));
}

#[tokio::test]
async fn halves_of_a_character_in_two_deltas_are_joined() {
    let raw =
        |text: &str| format!("data: {{\"payload\":{{\"type\":\"agent.message.delta\",\"text\":\"{text}\"}}}}\n\n");
    let completed = event("agent.message.completed", None);
    let (whole, _) = read(&format!("{}{}{}{completed}", raw("a\\ud83d"), raw("\\ude00b"), raw("c\\ud83d"))).await;
    assert_eq!((whole.text.as_str(), whole.skipped), ("a\u{1F600}bc\u{FFFD}", 0));
}

#[tokio::test]
async fn what_no_delta_brought_comes_with_the_whole() {
    let table = [
        (vec![], Some("all of it"), "all of it"),
        (vec!["all "], Some("all of it"), "all of it"),
        (vec!["told"], None, "told"),
        (vec![], None, ""),
    ];
    for (deltas, text, expected) in table {
        let deltas: String = deltas.into_iter().map(delta).collect();
        let (whole, end) = read(&format!("{deltas}{}", event("agent.message.completed", text))).await;
        assert_eq!((whole.text.as_str(), whole.done(), end.is_ok()), (expected, true, true));
    }
}

#[tokio::test]
async fn every_split_gives_the_same_reply_and_every_cut_a_part_of_it() {
    let completed = event("agent.message.completed", Some("€ \u{1F4A5}b"));
    let body = format!("\u{FEFF}: hi\r\n\r\n{}data: x\n\n{}{completed}", delta("€ \u{1F4A5}"), delta("b"));
    let whole = read(&body).await.0;
    assert_eq!((whole.text.as_str(), whole.done(), whole.skipped), ("€ \u{1F4A5}b", true, 1));
    for at in 0..=body.len() {
        let (a, b) = body.as_bytes().split_at(at);
        assert_eq!(all([ScriptStep::Bytes(a.into()), ScriptStep::Bytes(b.into())]).await.0, whole, "split at {at}");
        let (part, end) = all([ScriptStep::Bytes(a.into())]).await;
        assert!(whole.text.starts_with(&part.text) && part.done() == (at + 2 >= body.len()), "cut at {at}");
        assert!(end.is_ok());
        let (part, end) = all([ScriptStep::Bytes(a.into()), ScriptStep::Cut]).await;
        assert!(whole.text.starts_with(&part.text));
        let cut = |error: &CallError| (error.outcome, error.failure.kind) == (Outcome::Accepted, Kind::Cut);
        assert_eq!(end.as_ref().err().is_some_and(cut), at < body.len(), "cut at {at}");
    }
}

#[tokio::test]
async fn an_error_and_an_end_come_behind_what_was_said() {
    let error = "data: {\"payload\":{\"type\":\"server.error\",\"code\":\"Busy\",\"message\":\"s3cret\"}}\n\n";
    let (whole, end) = read(&format!("{}{error}{}", delta("kept"), delta("late"))).await;
    let end = end.unwrap_err();
    assert_eq!((whole.text.as_str(), end.outcome, end.failure.kind), ("kept", Outcome::Accepted, Kind::Platform));
    assert_eq!(end.failure.message, "h ended the reply with an error: Busy: [secret]");

    let (whole, end) = read(&format!("{}{}", delta("kept"), event("conversation.ended", None))).await;
    let end = end.unwrap_err();
    assert_eq!((whole.text.as_str(), end.outcome, end.failure.kind), ("kept", Outcome::Accepted, Kind::Cut));

    // The stream's own field names a kind too.
    let (_, end) = read("event: server.error\ndata: {\"message\":\"m\"}\n\n").await;
    assert!(end.unwrap_err().failure.message.ends_with(": m"));
}

#[tokio::test]
async fn a_body_that_is_one_object_may_be_the_whole_message() {
    let message = json!({"payload": {"type": "agent.message.completed", "content": "hi"}}).to_string();
    let (whole, end) = read(&message).await;
    assert_eq!((whole.text.as_str(), whole.done(), end.is_ok()), ("hi", true, true));
    for (body, what) in [("{}", "no event stream"), ("{\"type\":\"server.error\"}", "ended"), ("{", "cut JSON")] {
        let error = Events::default().whole(body.as_bytes(), &peer()).unwrap_err();
        assert!(error.outcome == Outcome::Accepted && error.failure.message.contains(what), "{error}");
    }
}

const NAMES: &[&str] = &["type", "payload", "text", "delta", "message", "content", "error", "code", "id"];
const WORDS: &[&str] = &[
    "agent.message.delta",
    "agent.message.completed",
    "server.error",
    "conversation.ended",
    "user.message.received",
];

proptest! {
    #[test]
    fn no_event_is_too_much(events in proptest::collection::vec(hostile::json(NAMES, WORDS), 0..6)) {
        let mut reply = Events::default();
        let mut piece = Piece::default();
        for event in events {
            let data = event.to_string();
            drop(reply.whole(data.as_bytes(), &peer()));
            let frame = Frame { event: None, data: data.into() };
            if reply.add(&frame, &mut piece).is_err() {
                break;
            }
        }
        prop_assert_eq!(piece.deltas().collect::<String>(), piece.text);
    }
}
