//! `doctor`: each thing that a channel needs is looked at, told with what to do, and never with a secret.

use std::net::TcpListener;

use serde_json::Value;

use crate::support::chat_thing::{self, CHANNEL, ChatThing, SECRET, refusal};
use crate::support::command::{Call, Output};
use crate::support::home::Home;

const KLAUNCH: &str = "\n[[channels]]\nname = \"flow\"\nplatform = \"klaunch\"\nsend_url = \"http://127.0.0.1:9/send\"\n\
                       channel_id = \"c1\"\ntoken = { env = \"FLOW_TOKEN\" }\n";

/// The state and the message of what was looked at.
#[track_caller]
fn check(document: &Value, check: &str, channel: Option<&str>) -> (String, String) {
    let all = document["checks"].as_array().expect("checks");
    let found = all.iter().find(|c| c["check"] == check && c["channel"].as_str() == channel);
    let found = found.unwrap_or_else(|| panic!("no {check} {channel:?} in {document}"));
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    (text("state"), text("message"))
}

/// Nothing that is secret stands in what it printed.
#[track_caller]
fn is_clean(output: &Output) {
    for text in [output.text(), output.errors()] {
        assert!(!text.contains(SECRET) && !text.contains("hunter2") && !text.contains('\u{1b}'), "{output}");
    }
}

#[test]
fn all_is_well_and_a_line_says_so() {
    let (home, server) = (Home::new(), ChatThing::start());
    home.configure(&server.config());
    let output = Call::new(&home, &["doctor"]).env("TERM", "xterm-256color").run().expect_code(0);
    for line in ["ok      config", "ok      data", "ok      channel docs", "ok      clipboard", "ok      terminal"] {
        assert!(output.text().lines().any(|l| l.starts_with(line)), "no {line:?}\n{output}");
    }
    assert!(output.text().contains("250 conversations"), "{output}");
    is_clean(&output);
    let document = Call::new(&home, &["--json", "doctor"]).run().expect_code(0).json();
    assert_eq!((&document["ok"], check(&document, "channel", Some("docs")).0.as_str()), (&Value::Bool(true), "ok"));
    assert_eq!(server.complaints(), Vec::<String>::new());
}

#[test]
fn what_is_wrong_is_told_with_what_to_do_and_the_rest_is_looked_at_all_the_same() {
    let (home, server) = (Home::new(), ChatThing::start());
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let bind = taken.local_addr().expect("its address");
    let refused = chat_thing::config(&server.origin.url(), CHANNEL, "sk-wrong").replace("\"docs\"", "\"other\"");
    home.configure(&format!("{}{refused}{KLAUNCH}\n[listener]\nbind = \"{bind}\"\n", server.config()));
    server.next("conversations", refusal(403));
    let output = Call::new(&home, &["--json", "doctor"]).env("ALL_PROXY", "http://me:hunter2@127.0.0.1:9").run();
    // That of the first.
    let output = output.expect_code(4);
    is_clean(&output);
    assert_eq!(output.failure()["kind"], "unauthorized");
    let document: Value = serde_json::from_str(output.text()).expect("one document");
    assert_eq!(document["ok"], Value::Bool(false));
    assert_eq!(check(&document, "channel", Some("docs")).0, "failed");
    assert_eq!(check(&document, "channel", Some("other")).0, "failed");
    let (state, message) = check(&document, "channel", Some("flow"));
    assert!(state == "failed" && message.contains("FLOW_TOKEN"), "{message}");
    let (state, message) = check(&document, "listener", None);
    assert!(state == "failed" && message.contains(&bind.to_string()), "{message}");
    let (_, message) = check(&document, "network", None);
    assert!(message.contains("ALL_PROXY is http://127.0.0.1:9"), "{message}");
    for check in document["checks"].as_array().expect("checks") {
        assert!(check["state"] == "ok" || check["hint"].is_string(), "nothing to do: {check}");
    }
    // What its webhooks lack is told once its secrets are there.
    let output =
        Call::new(&home, &["--json", "doctor", "-c", "flow"]).env("FLOW_TOKEN", "hunter2").run().expect_code(7);
    is_clean(&output);
    let document: Value = serde_json::from_str(output.text()).expect("one document");
    assert_eq!(check(&document, "channel", Some("flow")).0, "warning");
    assert!(check(&document, "listener", Some("flow")).1.contains("webhook_key"));
    assert!(document["checks"].as_array().expect("checks").iter().all(|c| c["channel"] != "docs"));
}

#[test]
fn a_wrong_file_none_and_nobody_there() {
    let home = Home::new();
    let output = Call::new(&home, &["--json", "doctor", "--offline"]).run().expect_code(0);
    let (state, message) = check(&output.json(), "config", None);
    assert!(state == "warning" && message.contains("sandbox"), "{message}");

    home.configure("[[channels]]\nname = \"docs\"\nplatform = \"chat-thin\"\n");
    let output = Call::new(&home, &["doctor"]).run().expect_code(3);
    assert!(output.text().contains("failed  config") && output.text().contains("chat-thing"), "{output}");

    home.configure(&chat_thing::config("http://127.0.0.1:9", CHANNEL, SECRET));
    let output = Call::new(&home, &["--json", "doctor"]).run().expect_code(7);
    let document: Value = serde_json::from_str(output.text()).expect("one document");
    assert_eq!(check(&document, "channel", Some("docs")).0, "failed");
    // Without a call its secrets are looked at alone.
    let output = Call::new(&home, &["--json", "doctor", "--offline"]).run().expect_code(0);
    assert_eq!(check(&output.json(), "channel", Some("docs")).0, "ok");

    let output = Call::new(&home, &["doctor", "-c", "nobody"]).run().expect_code(2);
    assert!(output.text().contains("nobody"), "{output}");
}

#[test]
fn the_embedded_sandbox_is_in_good_health() {
    let home = Home::new();
    let output = Call::new(&home, &["--sandbox", "--json", "doctor"]).run().expect_code(0);
    assert!(output.json()["checks"].as_array().is_some_and(|all| all.len() > 6), "{output}");
}

#[test]
fn the_manual_is_printed_and_written() {
    let home = Home::new();
    let page = Call::new(&home, &["man"]).run().expect_code(0);
    assert!(page.text().contains(".TH patchcord 1"), "{page}");
    let page = Call::new(&home, &["man", "config.toml"]).run().expect_code(0);
    assert!(page.text().contains(".TH patchcord 5") && page.text().contains("default_channel"), "{page}");
    let none = Call::new(&home, &["--json", "man", "nothing"]).run().expect_code(2);
    assert!(none.failure()["hint"].as_str().is_some_and(|hint| hint.contains("conversations-list")), "{none}");
    let dir = home.path().join("man");
    let written = Call::new(&home, &["man", "--dir", &dir.to_string_lossy()]).run().expect_code(0);
    assert!(written.text().starts_with("wrote "), "{written}");
    for file in ["man1/patchcord.1", "man1/patchcord-chat.1", "man1/patchcord-sources-push.1", "man5/patchcord.5"] {
        assert!(dir.join(file).is_file(), "no {file}");
    }
}
