//! `conversations show --message`: all that is known of one message.

use serde_json::json;

use crate::Desk;
use crate::support::stand::Stand;

#[test]
fn a_sent_message_is_told_with_what_it_was_and_its_reply_with_its_pace() {
    let desk = Desk::new();
    let said = desk.run(&["chat", "--json", "What was said?"]).expect_code(0).json_lines();
    let id = said[0]["conversation_id"].as_str().expect("an id").to_owned();
    let shown = desk.run(&["conversations", "show", &id, "--json"]).expect_code(0).json();
    let messages = shown["messages"].as_array().expect("messages");
    let of = |role: &str| {
        let found = messages.iter().rev().find(|message| message["role"] == role).expect("one of that role");
        found["id"].as_str().expect("an id").to_owned()
    };
    let show = |message: &str, more: &[&str]| {
        desk.run(&[&["conversations", "show", &id, "--message", message], more].concat()).expect_code(0)
    };
    let ask = show(&of("user"), &["--json"]).json();
    let ask = &ask["message"];
    assert_eq!((&ask["text"], &ask["conversation_id"]), (&json!("What was said?"), &json!(id)));
    let history = ask["delivery"]["history"].as_array().expect("a history");
    let states: Vec<&str> = history.iter().filter_map(|step| step["state"].as_str()).collect();
    assert_eq!(states, ["queued", "sending", "sent"]);
    assert_eq!((&ask["delivery"]["attempts"], &ask["delivery"]["of"]), (&json!(1), &json!("this message")));
    assert_eq!(ask["platform"]["message"], "What was said?");

    let reply = show(&of("assistant"), &["--json"]).json();
    assert!(reply["message"]["first_word_ms"].is_u64() && reply["message"]["took_ms"].is_u64(), "{reply}");
    assert_eq!(reply["message"]["finish"], "stop");
    assert!(show(&of("user"), &[]).text().starts_with("author        you (user)\n"));
    let words = show(&of("assistant"), &[]);
    let words = words.text();
    for part in [
        "author        assistant\n",
        "first word",
        "Delivery of what it answers",
        "As the platform told it",
        "\nText\n",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    // Exactly what came, also what nobody here knows the meaning of.
    let raw = show(&of("user"), &["--raw"]).json();
    assert_eq!((&raw["id"], &raw["role"]), (&json!(of("user")), &json!("user")));
    desk.expect_well_formed();
}

#[test]
fn a_message_that_there_is_not_is_not_found_and_half_a_question_is_refused() {
    let desk = Desk::new();
    let said = desk.run(&["chat", "--json", "Hello"]).expect_code(0).json_lines();
    let id = said[0]["conversation_id"].as_str().expect("an id").to_owned();
    let _ = desk.run(&["conversations", "show", &id, "--message", "nobody"]).expect_code(5);
    let _ = desk.run(&["conversations", "show", &id, "--raw"]).expect_code(2);
    let _ = desk.run(&["conversations", "show", &id, "--message", "m", "--all"]).expect_code(2);
}

#[test]
fn a_message_that_came_by_webhook_is_told_with_it_and_without_its_secrets() {
    let stand = Stand::start();
    let lines = stand.call(&["chat", "--json", "-c", "flow", "What is Patchcord?"]).run().expect_code(0).json_lines();
    let id = lines[0]["conversation_id"].as_str().expect("an id").to_owned();
    let show = |more: &[&str]| {
        stand.call(&[&["conversations", "show", "-c", "flow", &id], more].concat()).run().expect_code(0)
    };
    let shown = show(&["--json"]).json();
    let reply = shown["messages"].as_array().expect("messages").last().expect("a reply")["id"].clone();
    let reply = reply.as_str().expect("an id");
    let told = show(&["--message", reply, "--json"]).json();
    let webhook = &told["message"]["webhook"];
    assert_eq!(webhook["body"]["message"], told["message"]["text"]);
    assert!(webhook["headers"]["content-type"].is_string(), "{webhook}");
    assert_eq!(show(&["--message", reply, "--raw"]).json(), webhook["body"]);
}
