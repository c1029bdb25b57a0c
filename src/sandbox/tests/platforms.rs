//! A sixth platform: what it brings is a descriptor, and nothing else of the sandbox knows it.

use std::sync::Arc;

use axum::http::StatusCode;
use futures_util::future::BoxFuture;

use super::super::api::{ApiRequest, ApiResponse, ErrorResponse};
use super::super::emulation::{ChannelSetting, EmulatedPlatform, EmulationDescriptor, EventWebhook};
use super::super::platforms::PLATFORMS;
use super::super::{chat_thing, eko};
use super::receiver::Receiver;
use super::*;

const DUMMY: EmulationDescriptor = EmulationDescriptor {
    id: "dummy",
    channel: "puppet",
    settings: |base_url| {
        vec![
            ("base_url", ChannelSetting::Plain(base_url.to_owned())),
            ("string", ChannelSetting::Secret("hush-hush")),
        ]
    },
    roots: &["dummy"],
    secret_headers: &["x-dummy-key"],
    secret_fields: &["string"],
    webhooks: Some(|input| vec![("x-dummy-length".to_owned(), input.body.len().to_string())]),
    open: |_| Ok(Box::new(|_| Arc::new(Dummy))),
};

struct Dummy;

impl EmulatedPlatform for Dummy {
    fn respond<'a>(&'a self, request: &'a ApiRequest) -> BoxFuture<'a, ApiResponse> {
        Box::pin(async { ApiResponse::Json(StatusCode::OK, json!({ "dummy": request.path })) })
    }

    fn webhook(&self, event: Value) -> Result<EventWebhook, ErrorResponse> {
        Ok(EventWebhook::new(&json!({ "dummy": event })))
    }
}

fn start_with_dummy() -> (Running, Client) {
    let table = &[&chat_thing::DESCRIPTOR, &eko::DESCRIPTOR, &DUMMY];
    let running = Running::start(table, Options { pace: Pace::Unlimited, ..Options::default() }).unwrap();
    let client = Client::new(running.addr(), running.secret());
    (running, client)
}

#[test]
fn another_platform_answers_at_its_paths_and_the_others_at_theirs() {
    let (_running, client) = start_with_dummy();
    assert_eq!(client.get("/dummy/a/b").json(), json!({ "dummy": "/dummy/a/b" }));
    assert_eq!(client.get("/bot/v1/users").status, 401);
    // What is nobody's is the first one's; a platform that isn't in the table has no paths.
    for path in ["/dumm", "/", "/klaunch/send"] {
        let answer = client.get(path);
        assert_eq!((answer.status, &answer.json()["error"]), (404, &json!("no such endpoint")), "{path}");
    }
}

#[test]
fn another_platform_posts_signed_webhooks_and_its_secrets_are_masked() {
    let (_running, client) = start_with_dummy();
    let receiver = Receiver::start();
    let order = json!({ "platform": "dummy", "url": receiver.base(), "event": { "a": 1 } });
    assert_eq!(client.post("/_sandbox/deliver", &order).json()["status"], 200);
    let webhook = &receiver.wait(1)[0];
    assert_eq!(webhook.json(), json!({ "dummy": { "a": 1 } }));
    assert_eq!(webhook.header("x-dummy-length"), Some(webhook.body.len().to_string().as_str()));
    let unknown = json!({ "platform": "klaunch", "url": receiver.base(), "event": {} });
    assert_eq!(client.post("/_sandbox/deliver", &unknown).json()["error"], "platform must be one of eko, dummy");
    client.request("POST", "/dummy/x", "X-Dummy-Key: hush-hush\r\n", br#"{"string":"hush-hush"}"#).unwrap();
    let ledger = client.get("/_sandbox/ledger").json().to_string();
    assert!(ledger.contains("x-dummy-key") && !ledger.contains("hush-hush"), "{ledger}");
}

#[test]
fn another_platform_stands_in_the_printed_config() {
    let (running, _client) = start_with_dummy();
    let config = running.config_toml();
    let expected = format!(
        "[[channels]]\nname = \"puppet\"\nplatform = \"dummy\"\nbase_url = \"{}\"\n\
         string = {{ command = [\"echo\", \"hush-hush\"] }}\n",
        running.base_url()
    );
    assert!(config.ends_with(&expected), "{config}");
    assert_eq!(config.matches("[[channels]]").count(), 3);
    assert_eq!(PLATFORMS.len(), 5);
}
