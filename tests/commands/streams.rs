//! Replies as real servers stream them, byte for byte: where they end, why, and what is lost of them.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::Desk;
use crate::support::chat_thing::{chunk, delta, stream_head};
use crate::support::command::Output;
use crate::support::origin::{Gate, Script, Step};

const DONE: &str = "data: [DONE]\n\n";

fn finish(reason: &str) -> String {
    format!("data: {}\n\n", chunk(&json!({}), Some(reason)))
}

/// The last event of `chat --json` whose reply is these bytes.
#[track_caller]
fn replied(desk: &Desk, bytes: &str, code: i32) -> (Value, Output) {
    desk.server.next("message", stream_head(true).chunk(bytes).end());
    let output = desk.run(&["chat", "--json", "hi"]).expect_code(code);
    (output.json_lines().last().expect("lines").clone(), output)
}

#[test]
fn the_stream_is_read_to_its_end() {
    let desk = Desk::new();
    let (gate, end) = (Gate::new(), Gate::new());
    let script = stream_head(true).chunk(delta("whole")).chunk(finish("stop"));
    desk.server.next("message", script.wait(&gate).chunk(DONE).wait(&end).end());
    let mut running = desk.call(&["chat", "hi"]).start();
    running.wait_output("the reply", |text| text.contains("whole"));
    gate.open();
    end.open();
    let output = running.wait().expect_code(0);
    assert_eq!((output.text(), output.errors()), ("whole\n", ""));
    // Whoever closes before the end has no second request on its connection: the conversation's and the message's.
    assert_eq!(desk.server.origin.connections(), 1);
}

#[test]
fn an_end_that_never_comes_is_waited_for_two_seconds() {
    let desk = Desk::new();
    desk.server.next("message", stream_head(true).chunk(delta("whole")).chunk(finish("stop")).hang());
    let began = Instant::now();
    let output = desk.run(&["chat", "--json", "hi"]).expect_code(0);
    let took = began.elapsed();
    assert!(took >= Duration::from_millis(1_900) && took < Duration::from_secs(20), "{took:?}");
    assert_eq!(output.json_lines().last().expect("a reply")["finish"], "stop");
    desk.server.origin.wait_left(1);
}

#[test]
fn an_interrupt_behind_the_end_leaves_a_whole_reply() {
    let desk = Desk::new();
    desk.server.next("message", stream_head(true).chunk(delta("whole")).chunk(finish("length")).hang());
    let mut running = desk.call(&["chat", "--json", "hi"]).start();
    running.wait_output("the reply", |text| text.contains("whole"));
    running.signal("INT");
    let output = running.wait();
    let last = output.json_lines().last().expect("a reply").clone();
    assert_eq!(last["text"], "whole", "{output}");
    assert!(["length", "cancelled"].contains(&last["finish"].as_str().expect("a word")), "{last}");
}

#[test]
fn why_a_reply_ended_is_told() {
    let desk = Desk::new();
    let table = [
        ("stop", "stop", ""),
        ("tool_calls", "stop", ""),
        ("length", "length", "length"),
        ("MAX_TOKENS", "length", "length"),
        ("content_filter", "filtered", "filter"),
    ];
    for (reason, told, line) in table {
        let bytes = format!("{}{}{DONE}", delta("some words"), finish(reason));
        let (last, output) = replied(&desk, &bytes, 0);
        assert_eq!((&last["finish"], &last["damaged"]), (&json!(told), &json!(0)), "{reason}");
        assert!(output.errors().contains(line) && output.errors().is_empty() == line.is_empty(), "{output}");
        desk.server.next("message", stream_head(true).chunk(bytes).end());
        let plain = desk.run(&["chat", "hi"]).expect_code(0);
        assert_eq!(plain.text(), "some words\n");
        assert!(plain.errors().contains(line) && plain.errors().is_empty() == line.is_empty(), "{plain}");
    }
}

#[test]
fn an_end_that_ends_nothing_is_passed_over() {
    let desk = Desk::new();
    for reason in ["stop", "", "null"] {
        let one = |text: &str| format!("data: {}\n\n", chunk(&json!({ "content": text }), Some(reason)));
        let mut script = stream_head(true);
        for text in ["one ", "two ", "three"] {
            script = script.chunk(one(text)).then(Step::Pause(Duration::from_millis(20)));
        }
        desk.server.next("message", script.chunk(DONE).end());
        let output = desk.run(&["chat", "--json", "hi"]).expect_code(0);
        let last = output.json_lines().last().expect("a reply").clone();
        assert_eq!((&last["text"], &last["finish"]), (&json!("one two three"), &json!("stop")), "{reason}");
    }
}

#[test]
fn a_piece_that_cannot_be_read_is_counted() {
    let desk = Desk::new();
    let parts =
        |parts: &str| format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":{parts}}}}}]}}\n\n");
    let image = "{\"type\":\"image_url\",\"image_url\":{\"url\":\"x\"}}";
    let table = [
        ("data: half a {json\n\n".to_owned(), "ab", 1),
        ("data: half\n\ndata: {\"choices\":[{\"delta\":{\"con\n\n".to_owned(), "ab", 2),
        (parts("[{\"type\":\"text\",\"text\":\" and \"}]"), "a and b", 0),
        (parts(&format!("[{{\"type\":\"text\",\"text\":\" and \"}},{image}]")), "a and b", 1),
        ("data: {\"choices\":[{\"delta\":{\"content\":null,\"refusal\":\"no \"}}]}\n\n".to_owned(), "ano b", 0),
    ];
    for (odd, text, damaged) in table {
        let bytes = format!("{}{odd}{}{}{DONE}", delta("a"), delta("b"), finish("stop"));
        let (last, output) = replied(&desk, &bytes, if damaged == 0 { 0 } else { 10 });
        assert_eq!((&last["text"], &last["damaged"]), (&json!(text), &json!(damaged)), "{odd}");
        assert_eq!(last["finish"], if damaged == 0 { "stop" } else { "cut" });
        if damaged > 0 {
            let failure = output.failure();
            assert_eq!(failure["kind"], "cut");
            assert!(failure["message"].as_str().is_some_and(|m| m.starts_with(&damaged.to_string())), "{failure}");
        }
    }
}

#[test]
fn an_error_in_the_middle_keeps_the_text_and_is_told_in_its_words() {
    let desk = Desk::new();
    let table = [
        ("event: error\n\n", ""),
        ("event: error\ndata: overloaded\n\n", "overloaded"),
        ("data: {\"error_type\":\"busy\",\"error_message\":\"try later\"}\n\n", "try later"),
        ("data: {\"object\":\"error\",\"message\":\"no model\"}\n\n", "no model"),
        ("data: {\"choices\":[{\"delta\":{\"content\":\"!\"},\"finish_reason\":\"error\"}]}\n\n", ""),
    ];
    for (error, words) in table {
        let (last, output) = replied(&desk, &format!("{}{error}", delta("kept")), 8);
        assert!(last["text"].as_str().is_some_and(|text| text.starts_with("kept")), "{last}");
        let message = output.failure()["message"].as_str().unwrap_or_default().to_owned();
        assert!(message.contains("error") && message.contains(words), "{message}");
    }
    // The same in the place of a stream, under 200.
    for (body, words) in [
        (json!({ "error": { "message": "quota exceeded" } }), "quota exceeded"),
        (json!({ "object": "error", "message": "no model" }), "no model"),
        (json!({ "error_type": "busy", "error_message": "try later" }), "try later"),
        (json!({ "message": "Internal Server Error" }), "Internal Server Error"),
        (json!({ "detail": "Not authenticated" }), "Not authenticated"),
    ] {
        desk.server.next("message", Script::json(200, &body));
        let output = desk.run(&["chat", "--json", "hi"]).expect_code(8);
        let message = output.failure()["message"].as_str().unwrap_or_default().to_owned();
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn the_first_choice_is_the_reply_and_what_is_no_text_adds_none() {
    let desk = Desk::new();
    let bytes = [
        "\u{feff}: keep-alive\r\n\r\n",
        "data: {\"choices\":[],\"prompt_filter_results\":[{\"prompt_index\":0}]}\r\n\r\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":null}}]}\r\n\r\n",
        "data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"other\"}}]}\r\n\r\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"eight\"}}]}\r\n\r\n",
        "data: {\"choices\":[{\"index\":1,\"delta\":{},\"finish_reason\":\"stop\"}]}\r\n\r\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0}]}}]}\r\n\r\n",
        "event: message\r\ndata: {\"choices\":\r\ndata: [{\"index\":0,\"delta\":{\"content\":\" planets\"}}]}\r\n\r\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\r\n\r\n",
        "data: {\"choices\":[],\"usage\":{\"total_tokens\":7}}\r\n\r\n",
        "data: [DONE]",
    ];
    let (last, output) = replied(&desk, &bytes.concat(), 0);
    assert_eq!((&last["text"], &last["finish"]), (&json!("eight planets"), &json!("stop")), "{output}");
}

#[test]
fn the_last_event_keeps_its_words_without_its_blank_line() {
    let desk = Desk::new();
    let last = format!("data: {}", chunk(&json!({ "content": " and all" }), None));
    let (reply, _) = replied(&desk, &format!("{}{}{last}", delta("this"), finish("stop")), 0);
    assert_eq!((&reply["text"], &reply["finish"]), (&json!("this and all"), &json!("stop")));
    let (reply, _) = replied(&desk, &format!("{}{last}", delta("this")), 10);
    assert_eq!((&reply["text"], &reply["finish"]), (&json!("this and all"), &json!("cut")));
}

/// A desk whose channel has these limits.
fn limited(timeouts: &str) -> Desk {
    let desk = Desk::new();
    desk.home.configure(&desk.server.config().replacen(
        "channel_id",
        &format!("timeouts = {timeouts}\nchannel_id"),
        1,
    ));
    desk
}

#[test]
fn limits_of_the_channel_hold_for_every_call() {
    let within = |began: Instant| assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    let desk = limited("{ first_word = 1 }");
    for (call, args, code) in [
        ("conversation", &["chat", "hi"][..], 7),
        ("message", &["chat", "hi"], 9),
        ("message", &["chat", "--no-stream", "hi"], 9),
        ("conversations", &["conversations", "list"], 7),
    ] {
        let began = Instant::now();
        desk.server.next(call, Script::default().hang());
        let _ = desk.run(args).expect_code(code);
        within(began);
    }
    let began = Instant::now();
    desk.server.next("message", stream_head(true).hang());
    let output = desk.run(&["chat", "hi"]).expect_code(10);
    assert!(output.errors().contains("did not begin within 1 s"), "{output}");
    within(began);

    let desk = limited("{ silence = 1, total = 600 }");
    let began = Instant::now();
    desk.server.next("message", stream_head(true).chunk(delta("some")).hang());
    let output = desk.run(&["chat", "hi"]).expect_code(10);
    assert!(output.errors().contains("nothing came for 1 s") && output.text().starts_with("some"), "{output}");
    within(began);
}

#[test]
fn signs_of_life_keep_a_reply_going_up_to_its_total() {
    let pinged = |end: &str| {
        let mut script = stream_head(true);
        for n in 0..8 {
            let ping = if n % 2 == 0 { ": ping\n\n".to_owned() } else { delta("") };
            script = script.chunk(ping).then(Step::Pause(Duration::from_millis(250)));
        }
        script.chunk(end)
    };
    let desk = limited("{ first_word = 1, silence = 1 }");
    desk.server.next("message", pinged(&format!("{}{DONE}", delta("at last"))).end());
    assert_eq!(desk.run(&["chat", "hi"]).expect_code(0).text(), "at last\n");
    let desk = limited("{ first_word = 1, silence = 1, total = 1 }");
    desk.server.next("message", pinged(&delta("late")).hang());
    let output = desk.run(&["chat", "hi"]).expect_code(10);
    assert!(output.errors().contains("did not end within 1 s"), "{output}");
}

#[test]
fn an_encoded_answer_is_named() {
    let desk = Desk::new();
    let headers = [("content-type", "text/event-stream"), ("content-encoding", "gzip")];
    desk.server.next("message", Script::answer(200, &headers, b"\x1f\x8b\x08\x00"));
    let output = desk.run(&["chat", "--json", "hi"]).expect_code(8);
    assert!(output.failure()["message"].as_str().is_some_and(|m| m.contains("gzip")), "{output}");
    let request = desk.server.origin.requests().pop().expect("a request");
    assert_eq!(request.header("accept-encoding"), Some("identity"));
    desk.server.next("conversations", Script::answer(200, &headers, b"\x1f\x8b\x08\x00"));
    let output = desk.run(&["conversations", "list", "--json"]).expect_code(8);
    assert!(output.failure()["message"].as_str().is_some_and(|m| m.contains("gzip")), "{output}");
}
