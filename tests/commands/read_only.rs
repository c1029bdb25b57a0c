//! Read only: whatever writes to a platform is refused before a byte leaves, on all five; what reads goes on.

use serde_json::json;

use crate::support::stand::Stand;

/// The paths at which a platform changes something, and those with which it is read.
fn wrote(stand: &Stand) -> Vec<String> {
    let ledger = stand.ledger();
    let requests = ledger["requests"].as_array().expect("rows");
    let came = requests.iter().filter(|request| request["direction"] == "in");
    let called = came.map(|request| {
        format!("{} {}", request["method"].as_str().unwrap_or(""), request["path"].as_str().unwrap_or(""))
    });
    // The test's own requests aside.
    let platforms = called.filter(|call| !call.contains("/_sandbox/"));
    platforms.filter(|call| !call.starts_with("GET ") && !reads(call)).collect()
}

/// What reads with a POST: Chat Thing's lists, and Eko's access. What writes there is in the singular.
fn reads(call: &str) -> bool {
    ["/conversations", "/messages", "/list", "/token"].iter().any(|end| call.ends_with(end))
}

#[test]
fn what_writes_is_refused_on_every_platform_and_nothing_leaves() {
    let stand = Stand::start();
    let writes: &[&[&str]] = &[
        &["chat", "-c", "sandbox", "hello"],
        &["chat", "-c", "flow", "--conversation", "1001", "hello"],
        &["chat", "-c", "agents", "--conversation", "c", "hello"],
        &["chat", "-c", "frontline", "--conversation", "u:ann", "hello"],
        &["groups", "create", "-c", "frontline", "Staff", "--user", "ann"],
        &["groups", "topic", "-c", "frontline", "g1", "Shifts"],
        &["sources", "create", "-c", "sandbox"],
        &["sources", "set-interval", "-c", "sandbox", "s", "day"],
        &["sources", "delete", "-c", "sandbox", "s", "--yes"],
        &["sources", "sync", "-c", "sandbox", "s"],
        &["rows", "add", "-c", "sandbox", "s", "planets.md"],
        &["rows", "delete", "-c", "sandbox", "s", "r", "--yes"],
    ];
    for args in writes {
        let output = stand.call(&[&["--read-only", "--json"], *args].concat()).stdin("text").run().expect_code(11);
        let failure = output.failure();
        assert_eq!(failure["kind"], "invalid", "{args:?} {failure}");
        assert!(failure["message"].as_str().expect("a message").contains("read only"), "{args:?} {failure}");
        assert!(failure["hint"].as_str().expect("a hint").contains("--read-only"), "{args:?} {failure}");
    }
    assert_eq!(wrote(&stand), [""; 0]);
    // What reads is no different, with a POST or without.
    for args in [
        &["conversations", "list", "-c", "sandbox"][..],
        &["sources", "list", "-c", "sandbox"],
        &["conversations", "list", "-c", "agents"],
        &["people", "find", "-c", "frontline", "ann"],
    ] {
        let _ = stand.call(&[&["--read-only"], args].concat()).run().expect_code(0);
    }
    assert_eq!(wrote(&stand), [""; 0]);
    stand.expect_well_formed(&[]);
}

#[test]
fn the_config_file_says_it_for_one_channel_or_for_all() {
    let one = |config: String| config.replace("name = \"flow\"\n", "name = \"flow\"\nread_only = true\n");
    let stand = Stand::with(one);
    let _ = stand.call(&["chat", "-c", "flow", "--conversation", "1001", "hello"]).run().expect_code(11);
    assert_eq!(wrote(&stand), [""; 0]);
    let _ = stand.call(&["chat", "-c", "sandbox", "hello"]).run().expect_code(0);
    assert!(!wrote(&stand).is_empty(), "another channel is written to");

    let all = Stand::with(|config| format!("read_only = true\n{config}"));
    let _ = all.call(&["chat", "-c", "sandbox", "hello"]).run().expect_code(11);
    assert_eq!(wrote(&all), [""; 0]);

    for (line, place) in [("read_only = \"yes\"", "true or false"), ("read_onyl = true", "read_only")] {
        let wrong = Stand::with(|config| format!("{line}\n{config}"));
        let output = wrong.call(&["config", "check"]).run().expect_code(3);
        assert!(output.errors().contains(place), "{output}");
    }
}

#[test]
fn rules_are_held_and_what_they_would_answer_waits() {
    let rule = "\n[[channels.rules]]\nkey = \"*\"\ndata = { ok = true }\n";
    let config = |config: String| config + rule;
    let event = json!({"key": "order_status", "inputs": {}});
    let writing = Stand::with(config);
    let listen = writing.listen();
    assert_eq!(writing.deliver("optech", "lookups", &event)["status"], 200, "the rule answers");
    listen.signal("TERM");

    let stand = Stand::with(config);
    let mut listen = stand.call(&["--read-only", "listen", "--json"]).start();
    listen.wait_output("the first event", |text| text.contains("\"event\":\"listening\""));
    assert_eq!(stand.deliver("optech", "lookups", &event)["status"], 202, "nobody answers");
    let queue = stand.call(&["requests", "list", "--json"]).run().expect_code(0).json();
    assert_eq!(queue["requests"][0]["state"], "received", "{queue}");
    let id = queue["requests"][0]["id"].as_str().expect("an id").to_owned();
    let answer = ["requests", "answer", &id, "--data", "{}"];
    let _ = stand.call(&[&["--read-only"], &answer[..]].concat()).run().expect_code(11);
    assert_eq!(stand.requests("/ingest/").len(), 0);
    let _ = stand.call(&answer).run().expect_code(0);
    assert_eq!(stand.requests("/ingest/").len(), 1, "it could still be answered where writing is allowed");
    listen.signal("TERM");
}
