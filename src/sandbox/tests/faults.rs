//! Every fault does what it says, so often as it says, and no more.

use super::super::{Fault, FaultKind, script};
use super::client::End;
use super::*;

fn order(client: &Client, fault: &Value) {
    let answer = client.post("/_sandbox/faults", fault);
    assert_eq!(answer.status, 200, "{}", answer.text());
}

fn ask(client: &Client, stream: bool) -> ClientResponse {
    post(client, "message", &json!({ "message": "/echo one two three four five six seven", "stream": stream }))
}

fn contents(answer: &ClientResponse) -> String {
    let text = answer.text();
    let lines = text.split("\n\n").filter_map(|line| line.strip_prefix("data: "));
    let chunks = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    chunks.filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str().map(str::to_owned)).collect()
}

const WHOLE: &str = "one two three four five six seven";

#[test]
fn a_status_comes_with_its_headers_as_often_as_ordered_and_processes_nothing() {
    let (_running, client) = start_empty();
    order(&client, &json!({ "path": "/message$", "status": 429, "headers": { "Retry-After": "7" }, "times": 2 }));
    order(&client, &json!({ "path": "1\\.0/message", "status": 503, "body": "down for tea" }));
    for _ in 0..2 {
        let answer = ask(&client, true);
        assert_eq!((answer.status, answer.header("retry-after")), (429, Some("7")));
        assert_eq!(answer.json()["success"], json!(false));
    }
    assert_eq!(post(&client, "conversations", &json!({})).json()["pagination"]["total"], 0);
    let answer = ask(&client, false);
    assert_eq!((answer.status, answer.text().as_str()), (503, "down for tea"));
    assert_eq!(ask(&client, false).status, 200);
    let ledger = client.get("/_sandbox/ledger").json();
    assert_eq!((&ledger["requests"][0]["fault"], &ledger["requests"][0]["status"]), (&json!("429"), &json!(429)));
}

#[test]
fn a_cut_stream_breaks_off_and_the_reply_is_kept_whole() {
    let (_running, client) = start_empty();
    order(&client, &json!({ "path": "/message$", "status": "cut" }));
    let answer = ask(&client, true);
    assert_eq!((answer.status, answer.end), (200, End::Broken));
    let received = contents(&answer);
    assert!(!received.is_empty() && received != WHOLE && WHOLE.starts_with(&received), "{received}");
    assert!(!answer.text().contains("[DONE]"));
    assert_eq!(texts(&client, &newest(&client))[1].1, WHOLE);
    order(&client, &json!({ "path": "/message$", "status": "cut" }));
    let answer = ask(&client, false);
    assert_eq!((answer.status, answer.end), (200, End::Broken));
    assert!(!answer.body.is_empty());
    let again = ask(&client, true);
    assert_eq!((contents(&again).as_str(), again.end), (WHOLE, End::Whole));
}

#[test]
fn the_stream_can_go_wrong_in_its_middle() {
    let (_running, client) = start_empty();
    order(&client, &json!({ "path": "/message$", "status": "malformed" }));
    let answer = ask(&client, true);
    let text = answer.text();
    let lines: Vec<&str> = text.split("\n\n").filter_map(|line| line.strip_prefix("data: ")).collect();
    let broken = lines.iter().filter(|line| **line != "[DONE]" && serde_json::from_str::<Value>(line).is_err());
    assert_eq!((broken.count(), contents(&answer).as_str(), answer.end), (1, WHOLE, End::Whole));

    order(&client, &json!({ "path": "/message$", "status": "error" }));
    let answer = ask(&client, true);
    let last: Value = serde_json::from_str(answer.text().trim().rsplit("data: ").next().unwrap()).unwrap();
    assert!(last["error"]["message"].is_string(), "{last}");
    assert_eq!(texts(&client, &newest(&client)).len(), 1, "a reply that failed is not kept");

    order(&client, &json!({ "path": "/message$", "status": "no-done" }));
    let answer = ask(&client, true);
    assert_eq!((contents(&answer).as_str(), answer.end), (WHOLE, End::Whole));
    assert!(!answer.text().contains("[DONE]") && !answer.text().contains("\"stop\""));

    order(&client, &json!({ "path": "/message$", "status": "json" }));
    let answer = ask(&client, true);
    assert_eq!(
        (answer.header("content-type"), &answer.json()["response"]),
        (Some("application/json"), &json!(WHOLE))
    );

    order(&client, &json!({ "path": "/message$", "status": "html" }));
    let answer = ask(&client, true);
    assert!(answer.status == 200 && answer.header("content-type").unwrap().starts_with("text/html"));
    assert!(answer.text().starts_with("<!doctype html>"));
}

#[test]
fn a_dribble_comes_byte_by_byte_and_is_whole() {
    let (_running, client) = start_empty();
    for stream in [true, false] {
        order(&client, &json!({ "path": "/message$", "status": "dribble" }));
        let path = "/api/public/channels/sandbox/1.0/message";
        let body = json!({ "message": "/echo hello", "stream": stream }).to_string();
        let mut socket = client.send("POST", path, &client.json_headers(), body.as_bytes()).unwrap();
        super::client::read_head(&mut socket).unwrap();
        let mut whole = Vec::new();
        while let Some(chunk) = super::client::read_chunk(&mut socket).unwrap() {
            assert!(chunk.len() <= 1);
            if chunk.is_empty() {
                break;
            }
            whole.extend(chunk);
        }
        let whole = String::from_utf8(whole).unwrap();
        assert!(whole.contains("hello") && whole.contains("[DONE]") == stream, "{whole}");
    }
}

#[test]
fn a_reset_takes_the_message_and_answers_nothing() {
    let (_running, client) = start_empty();
    order(&client, &json!({ "path": "/message$", "status": "reset" }));
    let path = "/api/public/channels/sandbox/1.0/message";
    let body = json!({ "message": "/echo hello", "stream": true }).to_string();
    let answer = client.request("POST", path, &client.json_headers(), body.as_bytes());
    assert!(answer.is_err());
    let kept = texts(&client, &newest(&client));
    assert_eq!(kept.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(), ["/echo hello", "hello"]);
    assert_eq!(client.get("/_sandbox/ledger").json()["requests"][0]["status"], Value::Null);
}

#[test]
fn a_stall_holds_the_connection_open_and_keeps_the_reply() {
    let (running, client) = start_empty();
    order(&client, &json!({ "path": "/message$", "status": "stall" }));
    let path = "/api/public/channels/sandbox/1.0/message";
    let body = json!({ "message": "/echo one two three four", "stream": true }).to_string();
    let mut socket = client.send("POST", path, &client.json_headers(), body.as_bytes()).unwrap();
    assert_eq!(super::client::read_head(&mut socket).unwrap().0, 200);
    eventually("the reply is kept", || texts(&client, &newest(&client)).len() == 2);
    let mut came = String::new();
    while !came.contains("one") {
        came.push_str(&String::from_utf8(super::client::read_chunk(&mut socket).unwrap().unwrap()).unwrap());
    }
    socket.get_ref().set_read_timeout(Some(std::time::Duration::from_millis(50))).unwrap();
    while let Ok(Some(chunk)) = super::client::read_chunk(&mut socket) {
        assert!(!chunk.is_empty(), "the stream must not end");
        came.push_str(&String::from_utf8(chunk).unwrap());
    }
    assert!(!came.contains("[DONE]") && !came.contains("four"), "{came}");

    order(&client, &json!({ "path": "/conversations$", "status": "stall" }));
    let path = "/api/public/channels/sandbox/1.0/conversations";
    let mut waiting = client.send("POST", path, &client.json_headers(), b"{}").unwrap();
    waiting.get_ref().set_read_timeout(Some(std::time::Duration::from_millis(50))).unwrap();
    assert!(super::client::read_head(&mut waiting).is_err(), "no answer comes");
    // Stopping does not wait for those who stall.
    running.stop();
}

#[test]
fn a_slow_answer_is_the_same_answer() {
    let (_running, client) = start_empty();
    order(&client, &json!({ "path": "/message$", "status": "slow" }));
    let answer = post(&client, "message", &json!({ "message": "/echo hi", "stream": true }));
    assert_eq!((contents(&answer).as_str(), answer.end), ("hi", End::Whole));
}

#[test]
fn faults_come_from_the_options_and_the_script_alike() {
    let mut faults = script::parse("[[fault]]\npath = 'conversations'\nstatus = 500\n").unwrap();
    faults.push(Fault::new("conversations", FaultKind::Status(502)).unwrap().header("X-Tea", "yes").unwrap());
    let (_running, client) = start(Options { faults, ..Options::default() });
    let statuses: Vec<u16> = (0..3).map(|_| post(&client, "conversations", &json!({})).status).collect();
    assert_eq!(statuses, [500, 502, 200]);
    let wrong = client.post("/_sandbox/faults", &json!({ "path": "/message", "status": "cutt" }));
    assert!(wrong.status == 400 && wrong.text().contains("cut, stall"), "{}", wrong.text());
}

/// A conversation on Operator that has ended, and how to ask for its events.
fn replay(client: &Client) -> (String, String) {
    let head = "Operator-Version: 2025-06-19\r\nUser-Agent: a-test\r\nAuthorization: Bearer op_test_sandbox\r\n";
    let list = client.request("GET", "/conversations", head, b"").unwrap().json();
    let ended = list["data"].as_array().unwrap().iter().find(|item| item["status"] == "completed").unwrap();
    (format!("/conversations/{}/events", ended["id"].as_str().unwrap()), head.to_owned())
}

#[test]
fn a_stream_of_events_can_go_wrong_after_its_first() {
    let (_running, client) = start(Options::default());
    let (path, head) = replay(&client);
    let ask = |fault: &str| {
        order(&client, &json!({ "path": "/events$", "status": fault }));
        client.request("GET", &path, &head, b"")
    };
    let whole = client.request("GET", &path, &head, b"").unwrap();
    let frames = |answer: &ClientResponse| answer.text().matches("data: ").count();
    assert!(frames(&whole) > 2 && whole.end == End::Whole, "{}", whole.text());

    let cut = ask("cut").unwrap();
    assert_eq!((frames(&cut), cut.end), (1, End::Broken));
    let short = ask("no-done").unwrap();
    assert_eq!((frames(&short), short.end), (1, End::Whole));
    assert_eq!(ask("malformed").unwrap().text().matches("ev_broken").count(), 1);
    assert!(ask("error").unwrap().text().ends_with("\"server_error\"}}\n\n"));
    assert_eq!(ask("dribble").unwrap().text(), whole.text());
    assert_eq!(ask("json").unwrap().header("content-type"), Some("application/json"));
    assert!(ask("reset").is_err());
}

#[test]
fn every_platform_has_faults() {
    let (_running, client) = start(Options::default());
    let picture = "/klaunch/files/lighthouse.svg";
    let whole = client.get(picture).text();
    order(&client, &json!({ "path": "lighthouse", "status": "cut" }));
    let cut = client.get(picture);
    assert!(cut.end == End::Broken && whole.starts_with(&cut.text()) && cut.text().len() < whole.len());
    order(&client, &json!({ "path": "lighthouse", "status": "dribble" }));
    assert_eq!(client.get(picture).text(), whole);
    for path in ["/klaunch/send", "/ingest/x", "/oauth/token", "/bot/v1/users", "/conversations"] {
        order(&client, &json!({ "path": format!("^{path}$"), "status": 503, "headers": { "Retry-After": "1" } }));
        let answer = client.post(path, &json!({}));
        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")), "{path}");
        order(&client, &json!({ "path": path, "status": "reset" }));
        let head = client.json_headers();
        assert!(client.request("POST", path, &head, b"{}").is_err(), "{path}");
    }
}
