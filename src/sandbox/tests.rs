//! The sandbox from outside: over real HTTP, by a client written for these tests alone.

mod api;
mod client;
mod deliver;
mod eko;
mod faults;
mod hooks;
mod journal;
mod klaunch;
mod operator;
mod optech;
mod platforms;
mod receiver;
mod sources;
mod stream;
mod upstream;

use serde_json::{Value, json};

use super::{Options, Pace, Running, Sandbox};
use client::{Client, ClientResponse};

/// A sandbox as fast as it goes, and a client with the right secret.
fn start(options: Options) -> (Running, Client) {
    let running = Sandbox::start(Options { pace: Pace::Unlimited, ..options }).unwrap();
    let client = Client::new(running.addr(), running.secret());
    (running, client)
}

/// The same with nothing in its history.
fn start_empty() -> (Running, Client) {
    start(Options { seed_conversations: false, ..Options::default() })
}

/// A call of an endpoint of the right channel.
fn post(client: &Client, endpoint: &str, body: &Value) -> ClientResponse {
    client.post(&format!("/api/public/channels/sandbox/1.0/{endpoint}"), body)
}

/// The texts of a conversation's first hundred messages.
fn texts(client: &Client, conversation: &str) -> Vec<(String, String)> {
    let answer = post(client, "messages", &json!({ "conversationId": conversation, "limit": 100 }));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let messages = answer.json()["messages"].as_array().unwrap().clone();
    messages.iter().map(|message| (text(&message["role"]), text(&message["message"]))).collect()
}

/// The newest conversation's id.
fn newest(client: &Client) -> String {
    let answer = post(client, "conversations", &json!({ "limit": 1 })).json();
    answer["conversations"][0]["id"].as_str().unwrap().to_owned()
}

/// Waits until something holds, at most a while.
fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !holds() {
        assert!(std::time::Instant::now() < deadline, "still not: {what}");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}
