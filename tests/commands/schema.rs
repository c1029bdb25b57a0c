//! What commands print under `--json`, held to the JSON Schema of it: no document is another, and none has a key that the
//! schema doesn't name.

use std::fs;

use serde_json::{Value, json};

use crate::Desk;
use crate::support::command::{Call, Output};
use crate::support::json_schema::{faults, faults_of};
use crate::support::stand::Stand;

fn schema() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/schema/output.schema.json");
    serde_json::from_str(&fs::read_to_string(path).expect("the schema")).expect("JSON")
}

/// Each line is a document of that definition, and what the schema as a whole allows.
#[track_caller]
fn expect(schema: &Value, definition: &str, text: &str) {
    let mut lines = 0;
    for line in text.lines() {
        let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(faults_of(schema, definition, &value), Vec::<String>::new(), "{definition}: {line}");
        assert_eq!(faults(schema, &value), Vec::<String>::new(), "{line}");
        lines += 1;
    }
    assert!(lines > 0, "nothing was printed for {definition}");
}

#[test]
fn every_commands_document_is_as_the_schema_says() {
    let (schema, desk) = (schema(), Desk::new());
    let source = desk.server.add_source(&[("a", "1\n"), ("b", "2\n")]);
    let docs = desk.home.path().join("docs");
    let docs = docs.to_str().expect("text");
    let run = |args: &[&str]| -> Output { desk.run(&[&["--json"], args].concat()) };
    let listed = run(&["conversations", "list", "--limit", "3"]).expect_code(0);
    let id = listed.json()["conversations"][0]["id"].as_str().expect("an id").to_owned();
    expect(&schema, "conversations", listed.text());
    let row = desk.server.rows(&source)[0].id.clone();
    for (definition, args) in [
        ("messages", &["conversations", "show", &id][..]),
        ("sources", &["sources", "list"]),
        ("source", &["sources", "show", &source]),
        ("source", &["sources", "set-interval", &source, "day"]),
        ("rows", &["rows", "list", &source]),
        ("row", &["rows", "get", &source, &row]),
        ("pulled", &["sources", "pull", &source, docs]),
        ("differences", &["sources", "diff", &source, docs]),
        ("pushed", &["sources", "push", &source, docs]),
        ("hits", &["search", "question"]),
        ("searches", &["search", "--list-saved"]),
        ("requests", &["requests", "list"]),
        ("config_path", &["config", "path"]),
        ("config_checked", &["config", "check"]),
        ("doctor", &["doctor", "--offline"]),
        ("calls", &["log"]),
        ("curl", &["log", "--curl", "1"]),
    ] {
        expect(&schema, definition, run(args).expect_code(0).text());
    }
    for line in run(&["chat", "hi"]).expect_code(0).text().lines() {
        let event: Value = serde_json::from_str(line).expect("JSON");
        let definition = format!("chat_{}", event["event"].as_str().expect("an event"));
        expect(&schema, &definition, line);
    }
    let suite = format!("{docs}/faq.toml");
    fs::write(&suite, "[[cases]]\nname = \"a\"\nsay = \"hi\"\nexpect.contains = \"hi\"\n").expect("a suite");
    expect(&schema, "suite_plan", run(&["test", &suite, "--dry-run"]).expect_code(0).text());
    expect(&schema, "reviewed", run(&["test", "review", docs]).expect_code(0).text());
    let told = run(&["test", &suite]);
    for (definition, line) in ["suite_case", "suite_totals"].into_iter().zip(told.text().lines()) {
        expect(&schema, definition, line);
    }
    fs::write(format!("{docs}/a.md"), "changed\n").expect("a file");
    expect(&schema, "differences", run(&["sources", "diff", &source, docs]).expect_code(0).text());
    expect(&schema, "pushed", run(&["sources", "push", &source, docs, "--dry-run"]).expect_code(0).text());
    expect(&schema, "error", run(&["conversations", "show", "none"]).errors());
    expect(&schema, "error", run(&["chat", "--bogus"]).errors());
    let made = ["config", "add-channel", "--yes", "--offline", "--platform", "optech", "--name", "new"];
    expect(&schema, "config_made", run(&made).expect_code(0).text());
    let warned = run(&["config", "check"]).expect_code(0);
    assert!(!warned.json()["warnings"].as_array().expect("a list").is_empty(), "{warned}");
    expect(&schema, "config_checked", warned.text());
    let ready = Call::new(&desk.home, &["--json", "man", "--dir", &format!("{docs}/man")]).run().expect_code(0);
    expect(&schema, "manual", ready.text());
}

#[test]
fn what_is_heard_is_as_the_schema_says() {
    let (schema, stand) = (schema(), Stand::start());
    let mut listen = stand.listen();
    let said = json!({"userID": 77, "message": "It left.", "timestamp": 1_700_000_000_123_u64, "quickReplies": ["Where?"],
        "attachments": [{"url": "https://cdn.example/a.png", "offset": 3}], "adminID": 12});
    assert_eq!(stand.deliver("klaunch", "flow", &said)["status"], 200);
    let asked = json!({"key": "order_status", "inputs": {"order": "A-1"}});
    assert_eq!(stand.deliver("optech", "lookups", &asked)["status"], 202);
    let text = listen.wait_output("3 events", |text| text.matches('\n').count() >= 3);
    let lines: Vec<&str> = text.lines().collect();
    for (definition, line) in ["listening", "heard_message", "heard_request"].into_iter().zip(lines) {
        expect(&schema, definition, line);
    }
}

#[test]
fn a_document_that_is_none_is_refused() {
    let schema = schema();
    for wrong in [
        json!({ "conversations": [{ "id": 3 }], "total": 1, "next_cursor": null }),
        json!({ "event": "reply", "conversation_id": "a" }),
        json!({ "error": { "kind": "odd", "message": "m", "status": null, "hint": null } }),
        json!({ "ok": true, "secret": "s" }),
        json!({}),
    ] {
        assert!(!faults(&schema, &wrong).is_empty(), "{wrong}");
    }
}
