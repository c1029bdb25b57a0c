//! Webhooks on their way: to a receiver that is not there yet, that fails, that moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::receiver::Receiver;
use super::*;

fn say(client: &Client, text: &str, user: Option<u64>) -> u64 {
    let mut body = json!({ "channelID": "sandbox-flow", "token": "sandbox-flow-token", "message": text });
    if let Some(user) = user {
        body["userID"] = json!(user);
    }
    client.post("/klaunch/send", &body).json()["userID"].as_u64().unwrap()
}

fn webhooks(client: &Client) -> Vec<Value> {
    client.get("/_sandbox/ledger").json()["webhooks"].as_array().unwrap().clone()
}

#[test]
fn a_receiver_that_comes_later_gets_everything_in_order() {
    let gone = Receiver::start();
    let (addr, base) = (gone.addr(), gone.base());
    drop(gone);
    let (_running, client) = start(Options { hooks: Some(base), ..Options::default() });
    let user = say(&client, "/echo one", None);
    eventually("a try that was refused", || {
        webhooks(&client).first().is_some_and(|one| one["error"].is_string() && one["tries"] == 1)
    });
    for text in ["/echo two", "/echo three"] {
        say(&client, text, Some(user));
    }
    let receiver = Receiver::at(addr, |_| (200, String::new()));
    let texts: Vec<Value> = receiver.wait(3).iter().map(|one| one.json()["message"].clone()).collect();
    assert_eq!(texts, ["one", "two", "three"]);
    let first = &webhooks(&client)[0];
    assert!(first["tries"].as_u64().unwrap() > 1 && first["error"].is_null(), "{first}");
}

#[test]
fn a_receiver_that_fails_is_tried_again_and_one_that_refuses_is_not() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let receiver = Receiver::answering(move |_| match counted.fetch_add(1, Ordering::SeqCst) {
        0 => (503, String::new()),
        1 => (404, String::new()),
        _ => (200, String::new()),
    });
    let (_running, client) = start(Options { hooks: Some(receiver.base()), ..Options::default() });
    say(&client, "/echo refused", None);
    eventually("a refusal", || webhooks(&client).first().is_some_and(|one| one["status"] == 404));
    assert_eq!(webhooks(&client)[0]["tries"], 2);
    say(&client, "/echo taken", None);
    assert_eq!(receiver.wait(3)[2].json()["message"], "taken");
    eventually("the second in the ledger", || webhooks(&client).get(1).is_some_and(|one| one["status"] == 200));
}

#[test]
fn where_webhooks_go_may_be_said_later_and_anew() {
    let (running, client) = start_empty();
    say(&client, "/echo one", None);
    let (first, second) = (Receiver::start(), Receiver::start());
    running.set_hooks(&first.base()).unwrap();
    assert_eq!(first.wait(1)[0].json()["message"], "one");
    running.set_hooks(&format!("http://{}/elsewhere/", second.addr())).unwrap();
    say(&client, "/echo two", None);
    assert_eq!(second.wait(1)[0].path, "/elsewhere/flow/sandbox-flow-hook");
    assert_eq!(first.received().len(), 1);
}

#[test]
fn webhooks_leave_this_machine_only_with_leave() {
    let (running, _client) = start_empty();
    for wrong in ["http://192.0.2.1/hooks", "https://hooks.example.com", "hooks", "ftp://127.0.0.1/"] {
        assert!(running.set_hooks(wrong).is_err(), "{wrong}");
    }
    let refused = Sandbox::start(Options { hooks: Some("http://192.0.2.1/".to_owned()), ..Options::default() });
    assert!(refused.unwrap_err().to_string().contains("loopback"));
}

#[test]
fn five_channels_are_ready_to_use() {
    let (running, _client) =
        start(Options { hooks: Some("http://127.0.0.1:9/hooks".to_owned()), ..Options::default() });
    let names: Vec<String> = running.channels().iter().map(|channel| channel.name.as_str().to_owned()).collect();
    assert_eq!(names, ["sandbox", "flow", "agents", "frontline", "lookups"]);
    let config = running.config_toml();
    assert!(config.contains("[listener]\nbind = \"127.0.0.1:9\""), "{config}");
    assert!(config.contains(&format!("send_url = \"{}/klaunch/send\"", running.base_url())), "{config}");
}
