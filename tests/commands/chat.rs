//! `chat`: sends once, prints the reply as it arrives, says how it ended.

use serde_json::{Value, json};

use crate::Desk;
use crate::support::chat_thing::{self, SECRET, Split, Style, chunk, delta, stream_head};
use crate::support::origin::{Gate, Script};

/// What the deltas of a JSON run say, joined.
fn joined(lines: &[Value]) -> String {
    lines.iter().filter(|l| l["event"] == "delta").filter_map(|l| l["text"].as_str()).collect()
}

#[test]
fn a_reply_is_printed() {
    let desk = Desk::new();
    let output = desk.run(&["chat", "How many planets?"]).expect_code(0);
    assert_eq!(output.text().trim_end(), "You said: How many planets? – and **that** is all, 日本 🙂.");
    assert_eq!(output.errors(), "");
    assert_eq!((desk.server.count("conversation"), desk.server.count("message")), (1, 1));
    desk.expect_well_formed();
    let sent = desk.server.origin.requests().pop().expect("a request");
    assert_eq!(sent.header("x-api-secret-key"), Some(SECRET));
    assert_eq!(sent.json().map(|b| b["stream"].clone()), Some(json!(true)));
}

#[test]
fn json_names_the_conversation_first_and_the_whole_reply_last() {
    let desk = Desk::new();
    let output = desk.run(&["chat", "--json", "hi"]).expect_code(0);
    let lines = output.json_lines();
    let (first, last) = (&lines[0], lines.last().expect("lines"));
    assert_eq!(first["event"], "conversation");
    let id = first["conversation_id"].as_str().expect("an id");
    assert_eq!(
        (&last["event"], &last["conversation_id"], &last["finish"]),
        (&json!("reply"), &json!(id), &json!("stop"))
    );
    assert_eq!(last["text"], joined(&lines));
    assert!(last["quick_replies"].is_array() && last["attachments"].is_array(), "{last}");
    assert!(lines.len() > 3, "{output}");
    let kept = desk.server.kept(id);
    assert_eq!(kept[1], ("user".to_owned(), "hi".to_owned()));
    assert_eq!(last["text"], kept[2].1);
}

#[test]
fn without_a_stream_the_reply_comes_whole() {
    let desk = Desk::new();
    let output = desk.run(&["chat", "--no-stream", "--json", "hi"]).expect_code(0);
    let lines = output.json_lines();
    assert_eq!(joined(&lines), "");
    let last = lines.last().expect("lines");
    assert_eq!((last["event"].as_str(), last["finish"].as_str()), (Some("reply"), Some("stop")));
    assert!(last["text"].as_str().is_some_and(|t| t.starts_with("You said: hi")), "{last}");
    assert_eq!(lines[0]["conversation_id"], last["conversation_id"]);
    let plain = desk.run(&["chat", "--no-stream", "hi"]).expect_code(0);
    assert!(plain.text().starts_with("You said: hi"));
    let body = desk.server.origin.requests().pop().and_then(|r| r.json()).expect("a body");
    assert_ne!(body["stream"], json!(true));
    desk.expect_well_formed();
}

#[test]
fn the_message_may_come_from_standard_input() {
    let desk = Desk::new();
    let output = desk.call(&["chat"]).stdin("Is it – 日本 –\nthe second line?\n").run().expect_code(0);
    assert!(output.text().contains("Is it – 日本 –\nthe second line?"), "{output}");
    let body = desk.server.origin.requests().pop().and_then(|r| r.json()).expect("a body");
    assert_eq!(body["message"].as_str().map(str::trim_end), Some("Is it – 日本 –\nthe second line?"));
}

#[test]
fn a_conversation_is_continued() {
    let desk = Desk::new();
    let id = chat_thing::id(12);
    let output = desk.run(&["chat", "--conversation", &id, "--json", "and now?"]).expect_code(0);
    assert_eq!(output.json_lines()[0]["conversation_id"], json!(id));
    assert_eq!(desk.server.count("conversation"), 0);
    let kept = desk.server.kept(&id);
    assert_eq!((kept.len(), kept[3].1.as_str()), (5, "and now?"));
}

#[test]
fn the_first_words_are_printed_before_the_last_arrive() {
    let desk = Desk::new();
    let gate = Gate::new();
    let end = format!("data: {}\n\ndata: [DONE]\n\n", chunk(&json!({}), Some("stop")));
    let script = stream_head(true).chunk(delta("early ")).wait(&gate).chunk(delta("late")).chunk(end).end();
    desk.server.next("message", script);
    let mut running = desk.call(&["chat", "hi"]).start();
    let so_far = running.wait_output("the first word", |text| text.contains("early"));
    assert!(!so_far.contains("late"));
    gate.open();
    let output = running.wait().expect_code(0);
    assert_eq!(output.text().trim_end(), "early late");
}

#[test]
fn every_style_of_stream_says_the_same() {
    let desk = Desk::new();
    let reply = "# Ein Gruß\n\n- 日本 🙂 one\n- two `code`\n\n\"quoted\" \\ and the end.";
    desk.server.reply(reply);
    let splits = [Split::Whole, Split::Event, Split::Byte, Split::Random(1), Split::Random(7), Split::Random(42)];
    let mut styles: Vec<Style> = splits.map(|split| Style { split, ..Style::PLAIN }).to_vec();
    for newline in ["\r\n", "\r"] {
        styles.extend([Split::Whole, Split::Byte].map(|split| Style {
            split,
            newline,
            comments: true,
            ..Style::PLAIN
        }));
    }
    styles.push(Style { bom: true, tight: true, comments: true, split: Split::Byte, ..Style::PLAIN });
    styles.push(Style { chunked: false, split: Split::Random(5), ..Style::PLAIN });
    for style in styles {
        desk.server.style(style);
        let output = desk.run(&["chat", "--json", "hi"]).expect_code(0);
        let lines = output.json_lines();
        assert_eq!(lines.last().map(|l| l["text"].clone()), Some(json!(reply)), "{style:?}");
        assert_eq!(joined(&lines), reply, "{style:?}");
    }
}

#[test]
fn an_end_is_an_end_with_either_mark() {
    let desk = Desk::new();
    let finish = format!("data: {}\n\n", chunk(&json!({}), Some("stop")));
    for end in [finish.as_str(), "data: [DONE]\n\n"] {
        desk.server.next("message", stream_head(true).chunk(delta("whole")).chunk(end).end());
        let output = desk.run(&["chat", "--json", "hi"]).expect_code(0);
        assert_eq!(output.json_lines().last().map(|l| l["finish"].clone()), Some(json!("stop")), "{end}");
    }
}

#[test]
fn json_where_a_stream_was_asked_is_read() {
    let desk = Desk::new();
    let body = json!({"success": true, "conversationId": chat_thing::id(1), "response": "all at once"});
    desk.server.next("message", Script::json(200, &body));
    let output = desk.run(&["chat", "hi"]).expect_code(0);
    assert_eq!(output.text().trim_end(), "all at once");
}

#[test]
fn odd_chunks_are_passed_over() {
    let desk = Desk::new();
    let odd = "data: {\"choices\":[]}\n\ndata: {\"object\":\"ping\"}\n\ndata: {\"choices\":[{\"delta\":{\"content\":null}}]}\n\n\
               data:\n\ndata: {\"choices\":null}\n\ndata: {\"choices\":[{\"delta\":null}]}\n\n";
    let end = "data: [DONE]\n\n";
    desk.server.next("message", stream_head(true).chunk(delta("a")).chunk(odd).chunk(delta("b")).chunk(end).end());
    let output = desk.run(&["chat", "hi"]).expect_code(0);
    assert_eq!(output.text().trim_end(), "ab");
}

#[test]
fn a_cut_reply_is_printed_and_named() {
    let desk = Desk::new();
    let half = || stream_head(true).chunk(delta("half ")).chunk(delta("a reply"));
    let torn = || stream_head(false).raw(delta("half ")).raw(delta("a reply"));
    let cuts = [half().close(), half().reset(), half().end(), torn().close(), torn().raw("data: {\"cho").close()];
    for (at, cut) in cuts.into_iter().enumerate() {
        desk.server.next("message", cut.clone());
        let output = desk.run(&["chat", "--json", "hi"]).expect_code(10);
        let lines = output.json_lines();
        let last = lines.last().expect("lines");
        assert_eq!((&last["event"], &last["finish"]), (&json!("reply"), &json!("cut")), "cut {at}: {output}");
        assert_eq!(output.failure()["kind"], "cut");
        // A reset may overtake what was sent before it.
        if at != 1 {
            assert_eq!(last["text"], "half a reply", "cut {at}");
            desk.server.next("message", cut);
            let plain = desk.run(&["chat", "hi"]).expect_code(10);
            assert!(plain.text().starts_with("half a reply"), "{plain}");
            assert_ne!(plain.errors(), "");
        }
    }
    assert_eq!(desk.server.count("message"), 9);
}

#[test]
fn a_reply_that_does_not_come_in_time_is_cut_or_unknown() {
    let desk = Desk::new();
    desk.server.next("message", stream_head(true).chunk(delta("some")).hang());
    let output = desk.run(&["chat", "--timeout", "1", "hi"]).expect_code(10);
    assert!(output.text().starts_with("some"), "{output}");
    desk.server.next("message", Script::default().hang());
    let output = desk.run(&["chat", "--timeout", "1", "--json", "hi"]).expect_code(9);
    assert_eq!(output.failure()["kind"], "unknown_delivery");
    assert_eq!(desk.server.count("message"), 2);
}

#[test]
fn a_conversation_that_is_not_opened_in_time_is_no_interrupt() {
    let desk = Desk::new();
    desk.server.next("conversation", Script::default().hang());
    let output = desk.run(&["chat", "--timeout", "1", "--json", "hi"]).expect_code(7);
    assert_eq!(output.failure()["kind"], "network");
    assert_eq!(desk.server.count("message"), 0);
}

#[test]
fn when_the_time_is_up_nothing_more_is_asked() {
    let desk = Desk::new();
    desk.server.next("message", Script::default().hang());
    let output = desk.run(&["chat", "--timeout", "1", "--json", "hi"]).expect_code(9);
    assert_eq!(desk.server.count("messages"), 0, "{output}");
}

#[test]
fn an_interrupt_keeps_what_came() {
    let desk = Desk::new();
    desk.server.next("message", stream_head(true).chunk(delta("some words")).hang());
    let mut running = desk.call(&["chat", "hi"]).start();
    running.wait_output("some words", |text| text.contains("some words"));
    running.signal("INT");
    let output = running.wait().expect_code(130);
    assert!(output.text().starts_with("some words"), "{output}");
    assert_eq!(desk.server.count("message"), 1);
}

#[test]
fn a_rate_limit_that_ends_is_waited_out() {
    let desk = Desk::new();
    desk.server.next("message", chat_thing::refusal(429));
    let limited = Script::answer(429, &[("retry-after", "0"), ("content-type", "application/json")], "{}");
    desk.server.next("message", limited);
    let output = desk.run(&["chat", "--json", "hi"]).expect_code(0);
    let id = output.json_lines()[0]["conversation_id"].as_str().expect("an id").to_owned();
    assert_eq!(desk.server.count("message"), 3);
    let copies = desk.server.kept(&id).into_iter().filter(|(role, text)| role == "user" && text == "hi").count();
    assert_eq!(copies, 1);
}
