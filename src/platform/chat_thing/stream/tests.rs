//! The reply against bodies in memory: every split, every end, both clocks.

use std::time::Duration;

use std::sync::Arc;

use bytes::Bytes;

use super::super::super::Outcome;
use super::super::super::ReplyStream;
use super::super::super::error::Words;
use super::super::super::script::{Next, Script};
use super::super::super::stream::Reading;
use super::*;
use crate::domain::{Failure, Kind, Secret};

fn reading(script: impl IntoIterator<Item = Next>) -> Reading<Script, Chunks> {
    let words = Words { unauthorized: String::new(), not_found: String::new(), busy: "" };
    let peer = Peer { host: "h".to_owned(), secret: Secret::new("s3cret"), words };
    Reading::new(Script::new(script), Bytes::new(), Arc::new(peer), Chunks::default())
}

fn bytes(text: &str) -> Next {
    Next::Bytes(text.into())
}

fn delta(text: &str) -> String {
    format!("data: {}\n\n", serde_json::json!({"choices": [{"delta": {"content": text}, "finish_reason": null}]}))
}

/// All that a reply brought, joined, and how it ended: `Ok` tells whether the platform ended it.
async fn all(mut reading: Reading<Script, Chunks>) -> (Piece, Result<(), CallError>) {
    let mut whole = Piece::default();
    let end = loop {
        match reading.next().await {
            None => break Ok(()),
            Some(Err(error)) => break Err(error),
            Some(Ok(piece)) => {
                assert!(!whole.done, "a piece after the end");
                whole.join(&piece);
            }
        }
    };
    assert!(reading.next().await.is_none(), "more after the end");
    (whole, end)
}

fn cut(error: CallError) -> Failure {
    assert_eq!(error.outcome, Outcome::Accepted, "{error}");
    assert_eq!(error.failure.kind, Kind::Cut, "{error}");
    error.failure
}

const STOP: &str = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";

#[tokio::test]
async fn one_read_is_one_piece() {
    let mut reading = reading([
        bytes(": hello\n\n"),
        bytes(&format!("{}{}", delta("a"), delta("b"))),
        bytes("data: nonsense\n\n"),
        bytes(&format!("{}{STOP}data: [DONE]\n\n", delta("c"))),
    ]);
    let piece = |deltas: &[&str], done, skipped| {
        let mut piece = Piece { done, skipped, ..Piece::default() };
        for delta in deltas {
            piece.push(delta);
        }
        piece
    };
    assert_eq!(reading.next().await.unwrap().unwrap(), piece(&["a", "b"], false, 0));
    assert_eq!(reading.next().await.unwrap().unwrap(), piece(&[], false, 1));
    assert_eq!(reading.next().await.unwrap().unwrap(), piece(&["c"], true, 0));
    assert!(reading.next().await.is_none());
}

#[tokio::test]
async fn every_split_in_two_gives_the_same_reply() {
    let body = format!("\u{FEFF}: hi\r\n\r\n{}{}data: x\n\n{STOP}", delta("€ \u{1F4A5} \u{301}"), delta("b\"\\"));
    let whole = all(reading([bytes(&body)])).await.0;
    assert_eq!((whole.text.as_str(), whole.done, whole.skipped), ("€ \u{1F4A5} \u{301}b\"\\", true, 1));
    for at in 0..=body.len() {
        let (a, b) = body.as_bytes().split_at(at);
        let split = all(reading([Next::Bytes(a.into()), Next::Bytes(b.into())])).await.0;
        assert_eq!(split, whole, "split at {at}");
    }
    let single = all(reading(body.bytes().map(|b| Next::Bytes(vec![b])))).await.0;
    assert_eq!(single, whole);
}

#[tokio::test]
async fn a_body_that_just_ends_is_not_done() {
    for end in ["", "data: {\"choices\":[{\"delta\":{\"content\":\"lost\"}}]}\n", "data: [DONE]"] {
        let (whole, result) = all(reading([bytes(&delta("kept")), bytes(end)])).await;
        assert_eq!((whole.text.as_str(), whole.done), ("kept", false), "{end}");
        assert!(result.is_ok());
    }
    let (nothing, result) = all(reading([])).await;
    assert!(nothing == Piece::default() && result.is_ok());
}

#[tokio::test]
async fn what_came_before_a_fault_is_handed_out_first() {
    let (whole, end) = all(reading([bytes(&delta("kept")), Next::Cut])).await;
    assert_eq!(whole.text, "kept");
    cut(end.unwrap_err());

    let error = "data: {\"error\":{\"message\":\"overloaded, s3cret\"}}\n\n";
    let (whole, end) = all(reading([bytes(&format!("{}{error}{}", delta("kept"), delta("late")))])).await;
    let end = end.unwrap_err();
    assert_eq!((whole.text.as_str(), end.outcome, end.failure.kind), ("kept", Outcome::Accepted, Kind::Platform));
    assert_eq!(end.failure.message, "h ended the reply with an error: overloaded, [secret]");

    let long = format!("{}data: {}", delta("kept"), "x".repeat(1024 * 1024));
    let (whole, end) = all(reading([bytes(&long)])).await;
    let end = end.unwrap_err();
    assert_eq!((whole.text.as_str(), end.outcome, end.failure.kind), ("kept", Outcome::Accepted, Kind::Platform));
    assert!(end.failure.message.contains("over 1 MiB"), "{end}");
}

#[tokio::test]
async fn nothing_counts_after_the_end() {
    let tail = format!("{}{}", delta("late"), "x".repeat(2 * 1024 * 1024));
    let (whole, end) = all(reading([bytes(&format!("{}{STOP}{tail}", delta("kept"))), Next::Cut])).await;
    assert_eq!((whole.text.as_str(), whole.done, end.is_ok()), ("kept", true, true));
}

#[tokio::test]
async fn a_server_that_only_keeps_the_connection_open_runs_into_the_gap() {
    let gap = Duration::from_millis(20);
    let total = Duration::from_mins(10);
    for wait in [Next::Pings, Next::Silence] {
        let mut reading = reading([bytes(&delta("kept")), wait]);
        *reading.clocks() = reading.clocks().with(gap, total);
        let (whole, end) = all(reading).await;
        assert_eq!(whole.text, "kept");
        assert!(cut(end.unwrap_err()).message.contains("no text came"));
    }
}

#[tokio::test]
async fn a_reply_without_end_runs_into_the_total() {
    let mut reading = reading([bytes(&delta("kept")), bytes(&delta("also")), Next::Silence]);
    *reading.clocks() = reading.clocks().with(Duration::from_mins(1), Duration::ZERO);
    let (whole, end) = all(reading).await;
    assert_eq!(whole.text, "kept");
    assert!(cut(end.unwrap_err()).message.contains("did not end"));
}

#[tokio::test]
async fn json_under_the_name_of_an_event_stream_is_the_reply() {
    let (whole, end) = all(reading([bytes("  {\"success\":true,"), bytes("\"response\":\"hi\"}")])).await;
    assert_eq!((whole.text.as_str(), whole.done, end.is_ok()), ("hi", true, true));
    for (body, what) in [("<html>", "an HTML page"), ("{\"succ", "cut JSON"), ("{\"success\":false}", "failed")] {
        let end = all(reading([bytes(body)])).await.1.unwrap_err();
        assert!(end.failure.kind == Kind::Platform && end.failure.message.contains(what), "{end}");
    }
}
