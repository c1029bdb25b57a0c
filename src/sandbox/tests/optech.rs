//! `OpTech`: data requests, their answers both ways, and what is refused.

use std::net::SocketAddr;

use super::receiver::{ReceivedHook, Receiver};
use super::*;
use crate::domain::Secret;
use crate::signature::Signature;

const SECRET: &str = "sandbox-optech-secret";

fn signature(body: &[u8]) -> String {
    Signature::from_parts(&Secret::new(SECRET), &[body]).url_safe()
}

fn deliver(client: &Client, url: &str, event: &Value) -> ClientResponse {
    client.post("/_sandbox/deliver", &json!({ "platform": "optech", "url": url, "event": event }))
}

/// Posts an answer to a link, as the document has it.
fn ingest(addr: SocketAddr, link: &str, body: &str, headers: &str) -> ClientResponse {
    let path = link.strip_prefix(&format!("http://{addr}")).unwrap();
    Client::new(addr, "").request("POST", path, headers, body.as_bytes()).unwrap()
}

fn good_headers(body: &str) -> String {
    format!(
        "Content-Type: application/json\r\nAuthorization: Basic sandbox-optech\r\nX-Optech-Signature: {}\r\n",
        signature(body.as_bytes())
    )
}

/// Delivers a request to a receiver that accepts it; gives what it arrived.
fn asked(client: &Client, event: &Value) -> ReceivedHook {
    let receiver = Receiver::answering(|_| (202, String::new()));
    let answer = deliver(client, &format!("http://{}/anything", receiver.addr()), event);
    assert_eq!((answer.status, &answer.json()["status"]), (200, &json!(202)), "{}", answer.text());
    receiver.wait(1).remove(0)
}

fn link_of(arrived: &ReceivedHook) -> String {
    arrived.json()["link"].as_str().unwrap().to_owned()
}

#[test]
fn a_request_is_one_that_every_receiver_can_read_and_verify() {
    let (running, client) = start_empty();
    let event = json!({ "key": "order_status", "inputs": { "note": "it\u{2019}s \u{1f389}", "n": 5 } });
    let arrived = asked(&client, &event);
    assert_eq!(arrived.path, "/anything");
    assert!(arrived.body.is_ascii(), "{arrived:?}");
    let right = signature(&arrived.body);
    for name in ["x-optech-signature", "x-optech-webhook-signature"] {
        assert_eq!(arrived.header(name), Some(right.as_str()), "{name}");
    }
    assert_eq!(arrived.header("content-type"), Some("application/json"));
    let body = arrived.json();
    let keys: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["link", "key", "inputs", "data"]);
    assert_eq!((&body["key"], &body["inputs"], &body["data"]), (&event["key"], &event["inputs"], &event["inputs"]));
    assert!(link_of(&arrived).starts_with(&format!("{}/ingest/", running.base_url())));
    assert_ne!(link_of(&arrived), link_of(&asked(&client, &event)));
}

#[test]
fn what_the_receiver_answers_is_told() {
    let (running, client) = start_empty();
    let receiver = Receiver::answering(|_| (200, r#"{"data":{"status":"sent"}}"#.to_owned()));
    let url = format!("http://{}/hooks/lookups", receiver.addr());
    let delivered = deliver(&client, &url, &json!({ "key": "order_status", "inputs": {} })).json();
    assert_eq!((&delivered["status"], &delivered["json"]["data"]["status"]), (&json!(200), &json!("sent")));
    assert_eq!(
        (&delivered["headers"]["x-receiver"], &delivered["body"]),
        (&json!("test"), &json!(r#"{"data":{"status":"sent"}}"#))
    );
    // That was the answer: there is no second one.
    let late = r#"{"data":{}}"#;
    let answer = ingest(running.addr(), &link_of(&receiver.wait(1)[0]), late, &good_headers(late));
    assert_eq!(answer.status, 409, "{}", answer.text());
    let webhook = client.get("/_sandbox/ledger").json()["webhooks"][0].clone();
    assert_eq!((&webhook["status"], &webhook["answer"]["data"]["status"]), (&json!(200), &json!("sent")));
}

#[test]
fn an_answer_may_come_while_its_request_still_waits() {
    let (running, client) = start_empty();
    let addr = running.addr();
    // As the vendor's example server does: it posts the answer, and then accepts the request.
    let receiver = Receiver::answering(move |arrived| {
        let body = r#"{"data":{"answer":42}}"#;
        let headers = good_headers(body).replace("X-Optech-Signature", "X-Optech-Webhook-Signature");
        let answer = ingest(addr, &link_of(arrived), body, &headers);
        (202, answer.text())
    });
    let delivered =
        deliver(&client, &format!("http://{}/", receiver.addr()), &json!({ "key": "k", "inputs": {} })).json();
    assert_eq!(delivered["status"], 202);
    assert_eq!(delivered["json"], json!({ "code": 200, "data": "ok" }), "what the sandbox answered at its link");
    let ledger = client.get("/_sandbox/ledger").json();
    assert_eq!((&ledger["requests"][0]["status"], &ledger["webhooks"][0]["status"]), (&json!(200), &json!(202)));
    assert_eq!(ledger["requests"][0]["headers"]["authorization"], "[secret]");
}

#[test]
fn an_answer_at_the_link_is_checked() {
    let (running, client) = start_empty();
    let addr = running.addr();
    let link = link_of(&asked(&client, &json!({ "key": "k", "inputs": {} })));
    let body = r#"{"data":{"a":"b"}}"#;
    let good = good_headers(body);
    let encoded = good.replace("Basic sandbox-optech", "Basic c2FuZGJveC1vcHRlY2g6");
    let bearer = good.replace("Basic", "Bearer");
    let unsigned = "Content-Type: application/json\r\nAuthorization: Basic sandbox-optech\r\n";
    let two = format!("{good}X-Optech-Webhook-Signature: {}\r\n", signature(b"another"));
    let plain = good.replace("application/json", "text/plain");
    for (status, body, headers) in [
        (401, body, encoded.as_str()),
        (401, body, &bearer),
        (401, body, unsigned),
        (401, r#"{"data":{"a":"c"}}"#, &good),
        (401, body, &two),
        (415, body, &plain),
        (400, "[]", &good_headers("[]")),
        (400, r#"{"data":5}"#, &good_headers(r#"{"data":5}"#)),
        (400, r#"{"data":{},"more":1}"#, &good_headers(r#"{"data":{},"more":1}"#)),
        (400, "", &good_headers("")),
        (200, body, &good),
        (409, body, &good),
    ] {
        let answer = ingest(addr, &link, body, headers);
        assert_eq!(answer.status, status, "{body} {headers}: {}", answer.text());
    }
    let unknown = format!("http://{addr}/ingest/0123456789abcdef");
    assert_eq!(ingest(addr, &unknown, body, &good).status, 404);
    assert_eq!(client.get(link.strip_prefix(&format!("http://{addr}")).unwrap()).status, 405);
    let expired = asked(&client, &json!({ "key": "k", "inputs": {}, "deadline": 0 }));
    assert!(expired.json().get("deadline").is_none());
    assert_eq!(ingest(addr, &link_of(&expired), body, &good).status, 410);
}

#[test]
fn an_event_may_be_wrong_on_purpose() {
    let (_running, client) = start_empty();
    let hostile = json!({ "key": "k", "inputs": { "a": 1 }, "link": "http://127.0.0.1:1/elsewhere", "data": null });
    let arrived = asked(&client, &hostile);
    assert_eq!(arrived.json(), json!({ "link": "http://127.0.0.1:1/elsewhere", "key": "k", "inputs": { "a": 1 } }));
    let right = |one: &ReceivedHook| one.header("x-optech-signature") == Some(signature(&one.body).as_str());
    assert!(right(&arrived));
    let wrong = asked(&client, &json!({ "key": "k", "inputs": {}, "signature": "wrong" }));
    assert!(!right(&wrong) && wrong.header("x-optech-signature").is_some());
    let none = asked(&client, &json!({ "key": "k", "inputs": {}, "signature": "none" }));
    assert!(none.header("x-optech-signature").is_none() && none.header("x-optech-webhook-signature").is_none());
    let headers = json!({ "X-Optech-Webhook-Signature": null, "content-type": "text/plain", "x-more": "1" });
    let edited = asked(&client, &json!({ "key": "k", "inputs": {}, "headers": headers }));
    assert!(right(&edited) && edited.header("x-optech-webhook-signature").is_none());
    assert_eq!((edited.header("content-type"), edited.header("x-more")), (Some("text/plain"), Some("1")));
}

#[test]
fn it_asks_of_its_own_accord_where_it_may() {
    let receiver = Receiver::answering(|_| (202, String::new()));
    let (_running, _client) = start(Options { simulation: true, hooks: Some(receiver.base()), ..Options::default() });
    let asked = || receiver.received().into_iter().find(|one| one.path == "/hooks/lookups");
    eventually("a data request", || asked().is_some());
    let first = asked().unwrap();
    assert_eq!(first.header("x-optech-signature"), Some(signature(&first.body).as_str()));
    assert!(first.json()["inputs"].is_object() && first.json()["key"].is_string());
}
