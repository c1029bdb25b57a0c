//! Webhooks on order: each platform's form and signature, and what is refused.

use super::receiver::Receiver;
use super::*;
use crate::domain::Secret;
use crate::signature::Signature;

fn order(client: &Client, platform: &str, url: &str, event: &Value) -> ClientResponse {
    client.post("/_sandbox/deliver", &json!({ "platform": platform, "url": url, "event": event }))
}

#[test]
fn each_platform_signs_in_its_own_way() {
    let (_running, client) = start_empty();
    let receiver = Receiver::start();
    let url = format!("http://{}/hooks/x?query=1", receiver.addr());
    let event = json!({ "type": "message", "text": "it\u{2019}s" });
    for platform in ["klaunch", "eko", "operator"] {
        let answer = order(&client, platform, &url, &event);
        assert_eq!((answer.status, &answer.json()["status"]), (200, &json!(200)), "{}", answer.text());
    }
    let arrived = receiver.wait(3);
    let [klaunch, eko, operator] = &arrived[..] else { panic!("{arrived:?}") };

    let body = klaunch.json();
    assert_eq!((&body["channelID"], &body["text"]), (&json!("sandbox-flow"), &event["text"]));
    assert!(body["timestamp"].is_i64() && klaunch.headers.iter().all(|(name, _)| !name.contains("signature")));

    let signed = Signature::from_parts(&Secret::new("sandbox-eko-secret"), &[&eko.body]).standard();
    assert_eq!(eko.header("x-eko-signature"), Some(signed.as_str()));
    assert_eq!(eko.json(), json!({ "events": [event] }));

    assert_eq!(operator.json(), event);
    let (once, at) = (operator.header("x-idempotency-key").unwrap(), operator.header("x-timestamp").unwrap());
    let head = format!("http://{}/hooks/x:{once}:{at}:", receiver.addr());
    let signed = Signature::from_parts(&Secret::new("sandbox-signing-key"), &[head.as_bytes(), &operator.body]).hex();
    assert_eq!(operator.header("x-signature"), Some(signed.as_str()));
    let seconds = crate::domain::Timestamp::now().millis() / 1000;
    assert!((seconds - at.parse::<i64>().unwrap()).abs() < 30);
}

#[test]
fn another_url_can_be_signed_than_the_one_that_is_posted_to() {
    let (_running, client) = start_empty();
    let receiver = Receiver::start();
    let order = |public: &str| json!({ "platform": "operator", "url": receiver.base(), "public_url": public, "event": { "type": "ping" } });
    assert_eq!(client.post("/_sandbox/deliver", &order("https://bot.example/hooks/x?q=1")).status, 200);
    let arrived = receiver.wait(1).remove(0);
    let (once, at) = (arrived.header("x-idempotency-key").unwrap(), arrived.header("x-timestamp").unwrap());
    let head = format!("https://bot.example/hooks/x:{once}:{at}:");
    let signed = Signature::from_parts(&Secret::new("sandbox-signing-key"), &[head.as_bytes(), &arrived.body]).hex();
    assert_eq!(arrived.header("x-signature"), Some(signed.as_str()));
    for wrong in ["bot.example", "ftp://bot.example/", ""] {
        assert_eq!(client.post("/_sandbox/deliver", &order(wrong)).status, 400, "{wrong}");
    }
}

#[test]
fn a_list_of_events_and_a_text_go_as_they_are() {
    let (_running, client) = start_empty();
    let receiver = Receiver::start();
    let url = receiver.base();
    let _ = order(&client, "eko", &url, &json!({ "events": [] }));
    let text = json!({ "platform": "eko", "url": url, "event": {}, "body": "{\"events\":", "signature": "wrong" });
    assert_eq!(client.post("/_sandbox/deliver", &text).status, 200);
    let arrived = receiver.wait(2);
    assert_eq!(
        (arrived[0].body.as_slice(), arrived[1].body.as_slice()),
        (&b"{\"events\":[]}"[..], &b"{\"events\":"[..])
    );
    let signed = Signature::from_parts(&Secret::new("sandbox-eko-secret"), &[&arrived[1].body]).standard();
    assert_ne!(arrived[1].header("x-eko-signature"), Some(signed.as_str()));
}

#[test]
fn an_order_that_cannot_be_carried_out_is_refused() {
    let (_running, client) = start_empty();
    let gone = Receiver::start().base();
    let event = json!({ "key": "k", "inputs": {} });
    for (status, platform, url) in [
        (400, "optech", "http://192.0.2.1/hooks"),
        (400, "optech", "https://example.com/hooks"),
        (400, "optech", "file:///etc/passwd"),
        (400, "optech", ""),
        (400, "chat-thing", gone.as_str()),
        (400, "telegram", gone.as_str()),
        (502, "optech", gone.as_str()),
    ] {
        let answer = order(&client, platform, url, &event);
        assert_eq!(answer.status, status, "{platform} {url}: {}", answer.text());
        assert_eq!(answer.json()["success"], false);
    }
    for wrong in [
        json!([]),
        json!({ "platform": "eko", "url": gone }),
        json!({ "platform": "eko", "url": gone, "event": "x" }),
        json!({ "platform": "eko", "url": gone, "event": {}, "more": 1 }),
        json!({ "platform": "eko", "url": gone, "event": {}, "signature": "good" }),
        json!({ "platform": "eko", "url": gone, "event": {}, "headers": [] }),
        json!({ "platform": "optech", "url": gone, "event": {} }),
        json!({ "platform": "optech", "url": gone, "event": { "key": "k", "deadline": "soon" } }),
    ] {
        assert_eq!(client.post("/_sandbox/deliver", &wrong).status, 400, "{wrong}");
    }
    assert_eq!(client.get("/_sandbox/deliver").status, 405);
    let webhooks = client.get("/_sandbox/ledger").json()["webhooks"].clone();
    assert_eq!(webhooks.as_array().unwrap().len(), 1, "only the one that nobody took was posted: {webhooks}");
}
