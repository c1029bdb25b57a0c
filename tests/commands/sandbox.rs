//! `sandbox`: a server that any client can use, and that the program itself can, by the config that it prints.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::support::command::{Call, Running};
use crate::support::home::Home;
use crate::support::origin::{Origin, Script};

/// A sandbox in a home of its own, and a home whose config file is the one that it printed.
struct Stand {
    running: Running,
    _served: Home,
    home: Home,
    address: String,
}

impl Stand {
    fn start() -> Self {
        Self::start_with(&[])
    }

    fn start_with(more: &[&str]) -> Self {
        let served = Home::new();
        let mut running = Call::new(&served, &[&["sandbox", "--bind", "127.0.0.1:0"], more].concat()).start();
        let printed = running.wait_output("readiness", |text| text.lines().any(|line| line == "# ready"));
        let home = Home::new();
        home.configure(printed.split("# ready").next().unwrap_or_default());
        let from = printed.find("http://127.0.0.1:").expect("an address") + "http://".len();
        let address = printed[from..].chars().take_while(|c| c.is_ascii_digit() || *c == '.' || *c == ':').collect();
        Self { running, _served: served, home, address }
    }

    fn call(&self, args: &[&str]) -> Call {
        Call::new(&self.home, args)
    }

    fn http(&self, method: &str, path: &str, body: &Value) -> (u16, String) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        stream.write_all(request.as_bytes()).expect("the request leaves");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        (head[9..12].parse().expect("a status"), body.to_owned())
    }

    fn fault(&self, fault: &Value) {
        let (status, body) = self.http("POST", "/_sandbox/faults", fault);
        assert!((200..300).contains(&status), "{status} {body}");
    }
}

#[test]
fn the_printed_config_works() {
    let stand = Stand::start();
    let _ = stand.call(&["config", "check"]).run().expect_code(0);
    let output = stand.call(&["--json", "chat", "--no-stream", "What is Patchcord?"]).run().expect_code(0);
    let lines = output.json_lines();
    let id = lines[0]["conversation_id"].as_str().expect("an id");
    let reply = lines.last().expect("lines")["text"].as_str().expect("a reply");
    assert!(reply.to_lowercase().contains("patchcord"), "{reply}");
    let show = stand.call(&["conversations", "show", id, "--all", "--json"]).run().expect_code(0).json();
    let texts: Vec<&str> =
        show["messages"].as_array().expect("rows").iter().filter_map(|m| m["text"].as_str()).collect();
    assert!(texts.contains(&"What is Patchcord?") && texts.last() == Some(&reply), "{texts:?}");
    let list = stand.call(&["conversations", "list", "--all", "--json"]).run().expect_code(0).json();
    let rows = list["conversations"].as_array().expect("rows");
    assert!(rows.len() >= 24, "a few dozen to browse, not {}", rows.len());
    assert!(rows.iter().any(|row| row["id"] == id));
    let ledger = stand.http("GET", "/_sandbox/ledger", &Value::Null);
    assert!(ledger.0 == 200 && ledger.1.contains("/1.0/message"), "{ledger:?}");
    stand.running.signal("TERM");
    let _ = stand.running.wait();
}

#[test]
fn the_printed_config_has_a_channel_on_every_platform_and_the_listener() {
    let receiver = Origin::start(|_| Script::json(200, &json!({"ok": true})));
    let stand = Stand::start_with(&["--pace", "0", "--hooks", &format!("{}/hooks", receiver.url())]);
    let config = std::fs::read_to_string(stand.home.config_file()).expect("the config file");
    let bind = receiver.url().replace("http://", "");
    assert!(config.contains(&format!("[listener]\nbind = \"{bind}\"")), "{config}");
    for (name, platform) in [
        ("sandbox", "chat-thing"),
        ("flow", "klaunch"),
        ("agents", "operator"),
        ("frontline", "eko"),
        ("lookups", "optech"),
    ] {
        assert!(config.contains(&format!("name = \"{name}\"\nplatform = \"{platform}\"")), "{name}: {config}");
    }
    let _ = stand.call(&["config", "check"]).run().expect_code(0);

    let body = json!({"channelID": "sandbox-flow", "token": "sandbox-flow-token", "message": "#hello"});
    let (status, answer) = stand.http("POST", "/klaunch/send", &body);
    assert!(status == 200 && answer.contains("\"success\":true"), "{status} {answer}");
    receiver.wait_until("a webhook", |requests| !requests.is_empty());
    let hook = receiver.requests().remove(0);
    assert!(hook.method == "POST" && hook.path.starts_with("/hooks/flow"), "{hook:?}");
    assert_eq!(hook.json().expect("JSON")["channelID"], "sandbox-flow");
}

#[test]
fn a_webhook_can_be_ordered() {
    let stand = Stand::start();
    let receiver = Origin::start(|_| Script::json(202, &json!({"later": true})));
    let order = json!({
        "platform": "optech", "url": receiver.url(), "event": {"key": "order_status", "inputs": {"order": "A-1"}},
    });
    let (status, told) = stand.http("POST", "/_sandbox/deliver", &order);
    let told: Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!((status, &told["status"], &told["json"]["later"]), (200, &json!(202), &json!(true)));
    let hook = receiver.requests().remove(0);
    assert!(hook.header("x-optech-signature").is_some() && hook.json().expect("JSON")["data"]["order"] == "A-1");
}

#[test]
fn webhooks_to_other_machines_are_refused() {
    let home = Home::new();
    let output = Call::new(&home, &["--json", "sandbox", "--hooks", "http://192.0.2.1/hooks"]).run().expect_code(11);
    assert!(output.failure()["message"].as_str().expect("a message").contains("loopback"));
}

#[test]
fn faults_can_be_rehearsed() {
    let stand = Stand::start();
    stand.fault(&json!({"path": "/message$", "status": 429, "headers": {"Retry-After": "0"}, "times": 1}));
    let _ = stand.call(&["chat", "hello"]).run().expect_code(0);
    stand.fault(&json!({"path": "/message$", "status": 500, "times": 1}));
    assert_eq!(stand.call(&["--json", "chat", "hello"]).run().expect_code(8).failure()["kind"], "platform");
    stand.fault(&json!({"path": "/message$", "status": "cut", "times": 1}));
    assert_eq!(stand.call(&["--json", "chat", "hello"]).run().expect_code(10).failure()["kind"], "cut");
    let _ = stand.call(&["chat", "hello"]).run().expect_code(0);
}

#[test]
fn a_wrong_secret_is_refused_by_the_sandbox_too() {
    let stand = Stand::start();
    let body = json!({"message": "hi"});
    let (status, _) = stand.http("POST", "/api/public/channels/docs/1.0/message", &body);
    assert!(status == 403 || status == 404, "{status}");
}
