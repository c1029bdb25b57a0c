//! What a platform can do wrong: each has its exit code and its document on standard error, and none is a second send.

use serde_json::{Value, json};

use crate::Desk;
use crate::support::chat_thing::{self, CHANNEL, SECRET, refusal, stream_head};
use crate::support::command::Output;
use crate::support::home::Home;
use crate::support::origin::{Origin, Script, nobody};

/// Asserts the exit code and the failure's document.
#[track_caller]
pub(crate) fn failed(output: Output, code: i32, kind: &str) -> Value {
    let output = output.expect_code(code);
    let failure = output.failure();
    let keys: Vec<&str> = failure.as_object().map(|o| o.keys().map(String::as_str).collect()).unwrap_or_default();
    for key in ["kind", "message", "status", "hint"] {
        assert!(keys.contains(&key), "no `{key}` in {failure}");
    }
    assert_eq!(failure["kind"], kind, "{output}");
    assert!(failure["message"].as_str().is_some_and(|m| !m.is_empty() && !m.contains('\u{1b}')), "{failure}");
    assert!(!output.errors().contains(SECRET) && !output.errors().contains("panicked"), "{output}");
    failure
}

/// A call, and the endpoint that it ends at.
const CALLS: [(&[&str], &str); 5] = [
    (&["chat", "--json", "hi"], "message"),
    (&["chat", "--json", "--no-stream", "hi"], "message"),
    (&["chat", "--json", "hi"], "conversation"),
    (&["conversations", "list", "--json"], "conversations"),
    (&["conversations", "show", "7bb301ad", "--json"], "messages"),
];

#[test]
fn each_documented_status_has_its_code() {
    let desk = Desk::new();
    let statuses = [
        (400, 11, "invalid"),
        (401, 4, "unauthorized"),
        (403, 4, "unauthorized"),
        (404, 5, "not_found"),
        (429, 6, "rate_limited"),
        (500, 8, "platform"),
    ];
    for (args, endpoint) in CALLS {
        for (status, code, kind) in statuses {
            let before = desk.server.count(endpoint);
            for _ in 0..12 {
                let headers = [("content-type", "application/json"), ("retry-after", "0")];
                desk.server.next(endpoint, Script::answer(status, &headers, "{\"success\":false}"));
            }
            let failure = failed(desk.run(args), code, kind);
            assert_eq!(failure["status"], json!(status), "{args:?}");
            let made = desk.server.count(endpoint) - before;
            let most = if status == 429 || (status == 500 && endpoint != "message") { 6 } else { 1 };
            assert!((1..=most).contains(&made), "{made} requests to {endpoint} answered {status}");
            desk.server.forget(endpoint);
        }
    }
}

#[test]
fn a_rate_limit_without_a_time_ends_too() {
    let desk = Desk::new();
    for _ in 0..12 {
        desk.server.next("message", refusal(429));
    }
    failed(desk.run(&["chat", "--json", "hi"]), 6, "rate_limited");
    assert!((1..=6).contains(&desk.server.count("message")));
}

#[test]
fn a_wrong_secret_and_a_wrong_channel_name_their_setting() {
    let desk = Desk::new();
    let url = desk.server.origin.url();
    desk.home.configure(&chat_thing::config(&url, CHANNEL, "wrong"));
    let hint = failed(desk.run(&["chat", "--json", "hi"]), 4, "unauthorized")["hint"].clone();
    assert!(hint.as_str().is_some_and(|h| h.contains("secret_key")), "{hint}");
    failed(desk.run(&["conversations", "list", "--json"]), 4, "unauthorized");
    assert_eq!(desk.server.count("message"), 0);
    desk.home.configure(&chat_thing::config(&url, "nowhere", SECRET));
    failed(desk.run(&["conversations", "list", "--json"]), 5, "not_found");
    desk.home.configure(&desk.server.config());
    failed(desk.run(&["conversations", "show", "no-such-conversation", "--json"]), 5, "not_found");
}

#[test]
fn nobody_there_is_a_network_failure() {
    let home = Home::new();
    home.configure(&chat_thing::config(&nobody(), CHANNEL, SECRET));
    for args in [&["chat", "--json", "hi"][..], &["conversations", "list", "--json"]] {
        let output = crate::support::command::Call::new(&home, args).run();
        failed(output, 7, "network");
    }
}

#[test]
fn a_reset_leaves_a_message_unknown_and_unrepeated() {
    let desk = Desk::new();
    for end in [Script::default().reset(), Script::default().close()] {
        for args in [&["chat", "--json", "hi"][..], &["chat", "--json", "--no-stream", "hi"]] {
            let before = desk.server.count("message");
            desk.server.next("message", end.clone());
            let failure = failed(desk.run(args), 9, "unknown_delivery");
            assert!(failure["hint"].is_string(), "{failure}");
            assert_eq!(desk.server.count("message") - before, 1);
        }
    }
}

#[test]
fn a_reset_of_a_read_is_a_network_failure() {
    let desk = Desk::new();
    for _ in 0..12 {
        desk.server.next("conversations", Script::default().reset());
    }
    failed(desk.run(&["conversations", "list", "--json"]), 7, "network");
}

#[test]
fn a_read_is_tried_again_after_what_may_pass_and_a_message_never() {
    let desk = Desk::new();
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{\"success\":true,";
    let passing = [
        refusal(500),
        refusal(502),
        refusal(503),
        refusal(504),
        refusal(429),
        Script::default().reset(),
        Script::default().close(),
        Script::default().raw(half).close(),
    ];
    for (at, fault) in passing.iter().enumerate() {
        for (args, endpoint) in [
            (&["conversations", "list", "--json"][..], "conversations"),
            (&["conversations", "show", &chat_thing::id(1), "--json"], "messages"),
        ] {
            let before = desk.server.count(endpoint);
            desk.server.next(endpoint, fault.clone());
            let _ = desk.run(args).expect_code(0);
            assert_eq!(desk.server.count(endpoint) - before, 2, "{args:?}, fault {at}");
        }
        let before = desk.server.count("message");
        desk.server.next("message", fault.clone());
        let output = desk.run(&["chat", "--no-stream", "--json", "hi"]);
        let sent = desk.server.count("message") - before;
        // Only 429 says that it was not taken.
        assert_eq!(
            (output.code == Some(0), sent),
            if at == 4 { (true, 2) } else { (false, 1) },
            "fault {at}: {output}"
        );
    }
}

#[test]
fn an_answer_that_is_not_the_platforms_is_its_failure() {
    let html = "<!doctype html><title>Sign in</title><p>Welcome to the captive portal";
    let answers = [
        Script::answer(200, &[("content-type", "text/html")], html),
        Script::answer(200, &[("content-type", "application/json")], "{\"success\": true, \"conv"),
        Script::answer(200, &[("content-type", "application/json")], "[]"),
        Script::answer(200, &[("content-type", "application/json")], ""),
        Script::json(200, &json!({"success": false, "message": "no \u{1b}[31mluck"})),
        Script::json(200, &json!({"success": true, "conversations": 7, "messages": "x", "response": {"a": 1}})),
        Script::answer(200, &[("content-type", "application/json")], vec![b'['; 10_000_000]),
        Script::answer(200, &[("content-type", "application/json")], [0xff, 0xfe, 0x00]),
    ];
    let desk = Desk::new();
    for (args, endpoint) in CALLS {
        for (at, answer) in answers.iter().enumerate() {
            let before = desk.server.count(endpoint);
            desk.server.next(endpoint, answer.clone());
            let output = desk.run(args);
            assert_eq!(output.code, Some(8), "{args:?}, answer {at}\n{output}");
            failed(output, 8, "platform");
            assert_eq!(desk.server.count(endpoint) - before, 1, "{args:?}, answer {at}");
        }
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let other = Origin::start(|_| Script::json(200, &json!({"success": true})));
    let desk = Desk::new();
    for (args, endpoint) in CALLS {
        for status in [301, 302, 303, 307, 308] {
            let place = format!("{}/elsewhere", other.url());
            desk.server.next(endpoint, Script::answer(status, &[("location", &place)], ""));
            failed(desk.run(args), 8, "platform");
        }
    }
    assert_eq!(other.requests().len(), 0);
}

#[test]
fn a_stream_that_is_none_is_the_platforms_failure() {
    let desk = Desk::new();
    let line = format!("data: {}\n\n", "x".repeat(10_000_000));
    let error = "data: {\"error\":{\"message\":\"the model is overloaded\",\"code\":503}}\n\n";
    for script in [
        stream_head(true).chunk(line.clone()).end(),
        stream_head(false).raw(line),
        stream_head(true).chunk(error).end(),
    ] {
        desk.server.next("message", script);
        failed(desk.run(&["chat", "--json", "hi"]), 8, "platform");
    }
    assert_eq!(desk.server.count("message"), 3);
}

#[test]
fn a_failure_in_plain_is_short_and_has_a_way_out() {
    let desk = Desk::new();
    desk.server.next("message", Script::default().reset());
    let output = desk.run(&["chat", "hi"]).expect_code(9);
    assert_eq!(output.text(), "");
    assert!((1..=4).contains(&output.errors().lines().count()), "{output}");
    assert!(!output.errors().contains('{'), "{output}");
}
