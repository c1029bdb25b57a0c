//! `conversations list`, `show` and `export` over 250 conversations and one of 1,234 messages.

use serde_json::{Value, json};

use crate::Desk;
use crate::support::chat_thing::{self, CONVERSATIONS, MESSAGES, long_text};

#[test]
fn all_conversations_are_listed_once_and_in_order() {
    let desk = Desk::new();
    let output = desk.run(&["conversations", "list", "--all", "--json"]).expect_code(0);
    let list = output.json();
    let rows = list["conversations"].as_array().expect("rows");
    let ids: Vec<&str> = rows.iter().filter_map(|row| row["id"].as_str()).collect();
    let want: Vec<String> = (0..CONVERSATIONS).map(chat_thing::id).collect();
    assert_eq!(ids, want);
    assert_eq!((&list["total"], &list["next_cursor"]), (&json!(250), &Value::Null));
    assert_eq!((&rows[9]["title"], &rows[9]["channel"]), (&json!("Question number 9?"), &json!("docs")));
    desk.expect_well_formed();
}

#[test]
fn times_are_rfc_3339_or_raw() {
    let desk = Desk::new();
    let list = desk.run(&["conversations", "list", "--json", "--limit", "5"]).expect_code(0).json();
    let rows = list["conversations"].as_array().expect("rows");
    assert_eq!(rows[1]["created_at"], "2024-01-27T15:50:51.970Z");
    // `2024-27-01` is the 27th of January, or a text that can't be read.
    match rows[0]["created_at"].as_str() {
        Some(read) => assert_eq!(read, "2024-01-27T15:51:04.296Z"),
        None => assert_eq!(rows[0]["created_at_raw"], "2024-27-01T15:51:04.296Z"),
    }
}

#[test]
fn a_page_ends_with_the_cursor_of_the_next() {
    let desk = Desk::new();
    let first = desk.run(&["conversations", "list", "--limit", "25", "--json"]).expect_code(0).json();
    assert_eq!(first["conversations"].as_array().map(Vec::len), Some(25));
    assert_eq!((&first["total"], &first["next_cursor"]), (&json!(250), &json!(chat_thing::id(24))));
    let cursor = first["next_cursor"].as_str().expect("a cursor");
    let next =
        desk.run(&["conversations", "list", "--limit", "100", "--cursor", cursor, "--json"]).expect_code(0).json();
    assert_eq!(next["conversations"][0]["id"], json!(chat_thing::id(25)));
    assert_eq!(next["conversations"].as_array().map(Vec::len), Some(100));
    let last = chat_thing::id(248);
    let end = desk.run(&["conversations", "list", "--cursor", &last, "--json"]).expect_code(0).json();
    assert_eq!((end["conversations"].as_array().map(Vec::len), &end["next_cursor"]), (Some(1), &Value::Null));
    // A page shorter than asked may be all that the server gives at once: the next one was looked for.
    assert_eq!(desk.server.count("conversations"), 4);
}

#[test]
fn a_plain_list_has_a_line_a_conversation() {
    let desk = Desk::new();
    let output = desk.run(&["conversations", "list", "--all"]).expect_code(0);
    for at in [0, 1, 99, 249] {
        assert_eq!(output.text().lines().filter(|line| line.contains(&chat_thing::id(at))).count(), 1, "{at}");
    }
}

#[test]
fn all_messages_are_shown_oldest_first() {
    let desk = Desk::new();
    let output = desk.run(&["conversations", "show", &chat_thing::long(), "--all", "--json"]).expect_code(0);
    let shown = output.json();
    assert_eq!(shown["conversation"], json!({"id": chat_thing::long(), "channel": "docs"}));
    let rows = shown["messages"].as_array().expect("rows");
    assert_eq!((rows.len(), &shown["total"], &shown["next_cursor"]), (MESSAGES, &json!(1_234), &Value::Null));
    for (at, row) in rows.iter().enumerate() {
        assert_eq!(row["text"], long_text(at));
        assert_eq!(row["role"], if at.is_multiple_of(2) { "assistant" } else { "user" });
    }
    assert_eq!(rows[0]["created_at"], "2024-01-27T15:02:51.970Z");
    assert!(desk.server.count("messages") <= 14, "{} requests for 13 pages", desk.server.count("messages"));
    desk.expect_well_formed();
}

#[test]
fn messages_come_by_the_page_too() {
    let desk = Desk::new();
    let long = chat_thing::long();
    let first = desk.run(&["conversations", "show", &long, "--limit", "7", "--json"]).expect_code(0).json();
    assert_eq!(first["messages"].as_array().map(Vec::len), Some(7));
    assert_eq!(first["messages"][6]["text"], long_text(6));
    let cursor = first["next_cursor"].as_str().expect("a cursor").to_owned();
    let next = desk.run(&["conversations", "show", &long, "--limit", "7", "--cursor", &cursor, "--json"]);
    assert_eq!(next.expect_code(0).json()["messages"][0]["text"], long_text(7));
    let plain = desk.run(&["conversations", "show", &chat_thing::id(20), "--all"]).expect_code(0);
    let at = |text: &str| plain.text().find(text).unwrap_or_else(|| panic!("no {text}\n{plain}"));
    assert!(
        at(chat_thing::GREETING) < at("Question number 20?") && at("Question number 20?") < at("Answer number 20.")
    );
}

/// Every `text` in a JSON document, in order.
fn texts(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| texts(item, out)),
        Value::Object(map) => {
            out.extend(map.get("text").and_then(Value::as_str).map(str::to_owned));
            map.values().for_each(|item| texts(item, out));
        }
        _ => {}
    }
}

#[test]
fn an_export_holds_every_message_exactly() {
    let desk = Desk::new();
    let long = chat_thing::long();
    let export = |format: &str| desk.run(&["conversations", "export", &long, "--format", format]).expect_code(0);
    let want: Vec<String> = (0..MESSAGES).map(long_text).collect();

    let mut found = Vec::new();
    texts(&export("json").json(), &mut found);
    assert_eq!(found, want);

    let mut found = Vec::new();
    export("jsonl").json_lines().iter().for_each(|line| texts(line, &mut found));
    assert_eq!(found, want);

    let markdown = export("md");
    let mut rest = markdown.text();
    for text in &want {
        let at = rest.find(text.as_str()).unwrap_or_else(|| panic!("{text:?} is missing, or out of order"));
        rest = &rest[at + text.len()..];
    }
}

#[test]
fn a_cursor_that_goes_in_circles_ends() {
    let desk = Desk::new();
    let page = json!({"success": true, "conversations": [
        {"id": "a", "createdAt": "2024-01-27T15:02:51.970Z", "initialMessage": "one"},
        {"id": "b", "createdAt": "2024-01-27T15:02:51.970Z", "initialMessage": "two"},
    ], "pagination": {"total": 1_000_000, "last": "b"}});
    for _ in 0..20 {
        desk.server.next("conversations", crate::support::origin::Script::json(200, &page));
    }
    let output = desk.run(&["conversations", "list", "--all", "--json"]);
    assert!(desk.server.count("conversations") < 10, "{output}");
    let output = output.expect_code(8);
    let rows = output.json()["conversations"].as_array().map(Vec::len);
    assert_eq!(rows, Some(2));
    assert!(output.errors().contains("counts 1000000, and told 2"), "{output}");
}

#[test]
fn an_unknown_role_and_missing_fields_break_no_list() {
    let desk = Desk::new();
    let page = json!({"success": true, "messages": [
        {"id": "1", "message": "x", "role": "supervisor", "createdAt": "yesterday", "new": {"field": 1}},
        {"id": "2", "message": "y", "role": "assistant", "createdAt": null},
    ], "pagination": {"total": 2, "last": "2"}});
    desk.server.next("messages", crate::support::origin::Script::json(200, &page));
    let shown = desk.run(&["conversations", "show", &chat_thing::id(5), "--json"]).expect_code(0).json();
    let rows = shown["messages"].as_array().expect("rows");
    assert_eq!((&rows[0]["role"], &rows[0]["created_at"]), (&json!("supervisor"), &Value::Null));
    assert_eq!((&rows[0]["created_at_raw"], &rows[1]["created_at"]), (&json!("yesterday"), &Value::Null));
}
