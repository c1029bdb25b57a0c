//! The stream's form, and what stays of it.

use super::client::{read_chunk, read_head};
use super::*;

/// The `data:` lines of a stream.
fn data(body: &str) -> Vec<&str> {
    let lines = body.split("\n\n").filter(|line| !line.is_empty());
    lines.map(|line| line.strip_prefix("data: ").unwrap_or_else(|| panic!("{line:?}"))).collect()
}

/// The text of a stream's deltas.
fn spoken(body: &str) -> String {
    let chunks = data(body).into_iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    chunks.filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str().map(str::to_owned)).collect()
}

#[test]
fn a_stream_has_the_form_of_the_platforms_document() {
    let (_running, client) = start_empty();
    let answer = post(&client, "message", &json!({ "message": "Which key makes a new line?", "stream": true }));
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/event-stream")));
    let text = answer.text();
    let mut lines = data(&text);
    assert_eq!(lines.pop(), Some("[DONE]"));
    let chunks: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    for chunk in &chunks {
        let keys: Vec<&String> = chunk.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["id", "object", "created", "model", "choices"]);
        assert_eq!((&chunk["id"], &chunk["object"]), (&chunks[0]["id"], &json!("chat.completion.chunk")));
        assert!(chunk["id"].as_str().unwrap().starts_with("chatcmpl-") && chunk["created"].is_u64());
    }
    let choice = |delta: Value, finish: Value| json!([{ "delta": delta, "index": 0, "finish_reason": finish }]);
    assert_eq!(chunks[0]["choices"], choice(json!({ "role": "assistant" }), Value::Null));
    assert_eq!(chunks[chunks.len() - 1]["choices"], choice(json!({}), json!("stop")));
    for chunk in &chunks[1..chunks.len() - 1] {
        let content = &chunk["choices"][0]["delta"]["content"];
        assert_eq!(chunk["choices"], choice(json!({ "content": content }), Value::Null));
        assert!((1..=3).contains(&content.as_str().unwrap().split_whitespace().count()), "{content}");
    }
    let kept = texts(&client, &newest(&client));
    assert_eq!(kept[1], ("assistant".to_owned(), spoken(&text)));
    assert!(spoken(&text).contains("Ctrl+J"));
}

#[test]
fn an_echo_comes_back_exactly() {
    let (_running, client) = start_empty();
    let hostile = "\u{1b}]52;c;AAAA\u{7}\u{202e}gpj.exe \r\n\u{9b}2J e\u{301}\u{1f469}\u{200d}\u{1f680}  ";
    let message = format!("/echo {hostile}");
    let streamed = post(&client, "message", &json!({ "message": message, "stream": true }));
    assert_eq!(spoken(&streamed.text()), hostile);
    let whole = post(&client, "message", &json!({ "message": message, "stream": false })).json();
    assert_eq!(whole["response"], json!(hostile));
}

#[test]
fn a_flood_has_as_many_deltas_as_asked() {
    let (_running, client) = start_empty();
    let answer = post(&client, "message", &json!({ "message": "/flood 5000", "stream": true })).text();
    assert_eq!(data(&answer).len(), 5000 + 3);
    let text = spoken(&answer);
    assert!(text.starts_with("1 2 3 ") && text.ends_with("4999 5000\n\n"));
}

#[test]
fn a_client_that_goes_away_leaves_the_whole_reply_behind() {
    // At a pace at which the reply would take hours.
    let running =
        Sandbox::start(Options { pace: Pace::WordsPerSecond(0.01), seed_conversations: false, ..Options::default() });
    let running = running.unwrap();
    let client = Client::new(running.addr(), running.secret());
    let body = json!({ "message": "/echo one two three four five six", "stream": true }).to_string();
    let path = "/api/public/channels/sandbox/1.0/message";
    let mut socket = client.send("POST", path, &client.json_headers(), body.as_bytes()).unwrap();
    assert_eq!(read_head(&mut socket).unwrap().0, 200);
    let role = String::from_utf8(read_chunk(&mut socket).unwrap().unwrap()).unwrap();
    assert!(role.contains("assistant"), "{role}");
    let first = String::from_utf8(read_chunk(&mut socket).unwrap().unwrap()).unwrap();
    assert_eq!(spoken(&first), "one");
    let id = newest(&client);
    assert_eq!(texts(&client, &id).len(), 1, "not kept before it is spoken");
    drop(socket);
    eventually("the reply is kept", || texts(&client, &id).len() == 2);
    assert_eq!(texts(&client, &id)[1].1, "one two three four five six");
}

#[test]
fn stopping_keeps_the_reply_that_nobody_reads() {
    let dir = tempfile::tempdir().unwrap();
    let options =
        || Options { data_dir: Some(dir.path().to_owned()), seed_conversations: false, ..Options::default() };
    let (running, client) = start(options());
    // Far more than the sockets' buffers hold.
    let body = json!({ "message": "/flood 200000", "stream": true }).to_string();
    let path = "/api/public/channels/sandbox/1.0/message";
    let mut socket = client.send("POST", path, &client.json_headers(), body.as_bytes()).unwrap();
    assert_eq!(read_head(&mut socket).unwrap().0, 200);
    running.stop();
    let (_running, client) = start(options());
    let kept = texts(&client, &newest(&client));
    assert!(kept[1].1.ends_with(" 199999 200000\n\n"));
}

#[test]
fn stopping_keeps_the_reply_that_was_being_spoken() {
    let dir = tempfile::tempdir().unwrap();
    let options = |pace| Options {
        data_dir: Some(dir.path().to_owned()),
        pace,
        seed_conversations: false,
        ..Options::default()
    };
    let running = Sandbox::start(options(Pace::WordsPerSecond(0.01))).unwrap();
    let client = Client::new(running.addr(), running.secret());
    let body = json!({ "message": "/echo one two three", "stream": true }).to_string();
    let path = "/api/public/channels/sandbox/1.0/message";
    let mut socket = client.send("POST", path, &client.json_headers(), body.as_bytes()).unwrap();
    assert_eq!(read_head(&mut socket).unwrap().0, 200);
    running.stop();
    let (_running, client) = start(options(Pace::Unlimited));
    let kept = texts(&client, &newest(&client));
    assert_eq!(kept[1], ("assistant".to_owned(), "one two three".to_owned()));
}
