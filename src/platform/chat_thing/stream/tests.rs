//! The reply against bodies in memory: every split, every end, both deadlines.

use std::time::Duration;

use std::sync::Arc;

use bytes::Bytes;

use super::super::super::Outcome;
use super::super::super::ReplyStream;
use super::super::super::deadlines::Deadlines;
use super::super::super::error::Words;
use super::super::super::script::{Script, ScriptStep};
use super::super::super::stream::Reading;
use super::*;
use crate::domain::{Failure, Finish, Kind, Secret};
use crate::http::Limits;
use tokio::time::Instant;

fn reading(script: impl IntoIterator<Item = ScriptStep>) -> Reading<Script, Chunks> {
    let minute = Duration::from_mins(1);
    within(script, minute, minute, 10 * minute)
}

fn within(
    script: impl IntoIterator<Item = ScriptStep>,
    first: Duration,
    silence: Duration,
    total: Duration,
) -> Reading<Script, Chunks> {
    let limits = Limits { first, silence, total, end: Instant::now() + total };
    let words = Words { unauthorized: String::new(), not_found: String::new(), busy: "" };
    let peer = Peer { host: "h".to_owned(), secret: Secret::new("s3cret"), words };
    let deadlines = Deadlines::start(Instant::now(), limits);
    Reading::new(Script::new(script), Bytes::new(), Arc::new(peer), Chunks::default(), deadlines)
}

fn bytes(text: &str) -> ScriptStep {
    ScriptStep::Bytes(text.into())
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
            Some(Ok(piece)) => whole.join(&piece),
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
    let piece = |deltas: &[&str], done: bool, skipped| {
        let mut piece = Piece { finish: done.then_some(Finish::Stop), over: done, skipped, ..Piece::default() };
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
    assert_eq!((whole.text.as_str(), whole.done(), whole.skipped), ("€ \u{1F4A5} \u{301}b\"\\", true, 1));
    for at in 0..=body.len() {
        let (a, b) = body.as_bytes().split_at(at);
        let split = all(reading([ScriptStep::Bytes(a.into()), ScriptStep::Bytes(b.into())])).await.0;
        assert_eq!(split, whole, "split at {at}");
    }
    let single = all(reading(body.bytes().map(|b| ScriptStep::Bytes(vec![b])))).await.0;
    assert_eq!(single, whole);
}

#[tokio::test]
async fn a_body_that_just_ends_is_not_done() {
    for end in
        ["", "data: {\"choices\":[{\"delta\":{\"content\":\"lost\"", "data: [DON", ": ping\n", "event: message"]
    {
        let (whole, result) = all(reading([bytes(&delta("kept")), bytes(end)])).await;
        assert_eq!((whole.text.as_str(), whole.done(), whole.skipped), ("kept", false, 0), "{end}");
        assert!(result.is_ok());
    }
    let (nothing, result) = all(reading([])).await;
    assert!(nothing == Piece::default() && result.is_ok());
}

#[tokio::test]
async fn an_event_that_lacks_only_its_blank_line_counts() {
    let more = "data: {\"choices\":[{\"delta\":{\"content\":\" more\"},\"finish_reason\":null}]}";
    for (begin, end, text, done) in [
        (delta("kept"), more.to_owned(), "kept more", false),
        (delta("kept"), format!("{more}\r\n"), "kept more", false),
        (format!("{}{STOP}", delta("kept")), more.to_owned(), "kept more", true),
        (delta("kept"), "data: [DONE]".to_owned(), "kept", true),
        (delta("kept"), STOP.trim_end().to_owned(), "kept", true),
    ] {
        let (whole, result) = all(reading([bytes(&begin), bytes(&end)])).await;
        assert_eq!((whole.text.as_str(), whole.done(), result.is_ok()), (text, done, true), "{end}");
    }
    let (_, end) = all(reading([bytes(&delta("kept")), bytes("event: error")])).await;
    assert_eq!(end.unwrap_err().failure.kind, Kind::Platform);
}

#[tokio::test]
async fn what_came_before_a_fault_is_handed_out_first() {
    let (whole, end) = all(reading([bytes(&delta("kept")), ScriptStep::Cut])).await;
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

/// Whether all that the server had to say was read.
fn is_read(reading: &Reading<Script, Chunks>) -> bool {
    reading.source().left() == 0
}

#[tokio::test]
async fn behind_the_last_word_nothing_counts_and_the_body_is_read_to_its_end() {
    let script = [
        bytes(&format!("{}{STOP}", delta("kept"))),
        bytes(": ping\n\n"),
        bytes("data: {\"choices\":[],\"usage\":{\"total_tokens\":3}}\n\n"),
        bytes(&format!("data: [DONE]\n\n{}data: nonsense\n\n", delta("late"))),
        bytes(&delta("late")),
        bytes(": bye\n\n"),
    ];
    let mut reading = reading(script);
    let first = reading.next().await.unwrap().unwrap();
    assert_eq!((first.text.as_str(), first.done(), first.over), ("kept", true, false), "told before the body ends");
    let (rest, end) = {
        let mut whole = Piece::default();
        while let Some(piece) = reading.next().await {
            whole.join(&piece.unwrap());
        }
        (whole, is_read(&reading))
    };
    assert_eq!((rest.text.as_str(), rest.skipped, rest.over, end), ("", 0, true, true));
}

#[tokio::test]
async fn how_the_connection_goes_behind_the_end_is_no_part_of_the_reply() {
    let end = || bytes(&format!("{}{STOP}", delta("kept")));
    for rest in [
        vec![ScriptStep::Cut],
        vec![bytes("data: {\"cho"), ScriptStep::Cut],
        vec![ScriptStep::Silence],
        vec![ScriptStep::Pings],
    ] {
        let started = Instant::now();
        let (whole, result) = all(reading(std::iter::once(end()).chain(rest))).await;
        assert_eq!((whole.text.as_str(), whole.done(), result.is_ok()), ("kept", true, true));
        assert!(started.elapsed() < Duration::from_secs(10));
    }
    // At most 64 KiB are read, whatever they are.
    let flood = vec![bytes(&"x".repeat(16 * 1024)); 100];
    let mut reading = reading(std::iter::once(end()).chain(flood));
    while let Some(piece) = reading.next().await {
        assert!(piece.is_ok());
    }
    assert_eq!(reading.source().left(), 95);
}

#[tokio::test]
async fn an_end_that_comes_with_every_piece_ends_nothing_while_text_comes() {
    let chunk = |text: &str, finish: &str| {
        format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}},\"finish_reason\":\"{finish}\"}}]}}\n\n")
    };
    for finish in ["stop", "", "null"] {
        let last = if finish == "stop" { String::new() } else { STOP.to_owned() };
        let pieces = ["a", "b", "c"].map(|text| bytes(&chunk(text, finish)));
        let (whole, end) = all(reading(pieces.into_iter().chain([bytes(&last)]))).await;
        assert_eq!((whole.text.as_str(), whole.finish, end.is_ok()), ("abc", Some(Finish::Stop), true), "{finish}");
    }
    // Then only the stream's own end is one.
    let (whole, end) = all(reading([bytes(&chunk("a", "stop")), bytes(&chunk("b", "stop")), ScriptStep::Cut])).await;
    assert_eq!(whole.text, "ab");
    cut(end.unwrap_err());
}

#[tokio::test]
async fn an_error_behind_the_end_is_told() {
    let error = "data: {\"error\":{\"message\":\"could not be kept\"}}\n\n";
    let (whole, end) = all(reading([bytes(&format!("{}{STOP}", delta("kept"))), bytes(error)])).await;
    assert_eq!(whole.text, "kept");
    assert!(end.unwrap_err().failure.message.contains("could not be kept"));
}

#[tokio::test]
async fn silence_runs_out_and_signs_of_life_run_into_the_total() {
    let (short, long) = (Duration::from_millis(20), Duration::from_mins(10));
    let (whole, end) = all(within([bytes(&delta("kept")), ScriptStep::Silence], long, short, long)).await;
    assert_eq!(whole.text, "kept");
    assert!(cut(end.unwrap_err()).message.contains("stopped: nothing came for 0.02 s"));
    let (_, end) = all(within([ScriptStep::Silence], short, long, long)).await;
    assert!(cut(end.unwrap_err()).message.contains("did not begin within 0.02 s"));
    for wait in [ScriptStep::Pings, ScriptStep::Silence] {
        let total = Duration::from_millis(100);
        let (whole, end) = all(within([bytes(&delta("kept")), wait], long, long, total)).await;
        assert_eq!(whole.text, "kept");
        assert!(cut(end.unwrap_err()).message.contains("did not end within 0.1 s"));
    }
}

#[tokio::test]
async fn json_under_the_name_of_an_event_stream_is_the_reply() {
    let (whole, end) = all(reading([bytes("  {\"success\":true,"), bytes("\"response\":\"hi\"}")])).await;
    assert_eq!((whole.text.as_str(), whole.done(), end.is_ok()), ("hi", true, true));
    for (body, what) in [("<html>", "an HTML page"), ("{\"succ", "cut JSON"), ("{\"success\":false}", "failed")] {
        let end = all(reading([bytes(body)])).await.1.unwrap_err();
        assert!(end.failure.kind == Kind::Platform && end.failure.message.contains(what), "{end}");
    }
}
