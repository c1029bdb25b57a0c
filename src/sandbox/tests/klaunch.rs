//! `KLaunch`: the endpoint's checks, and what comes by webhook.

use super::receiver::{ReceivedHook, Receiver};
use super::*;

fn send(client: &Client, extra: &Value) -> ClientResponse {
    let mut body = json!({ "channelID": "sandbox-flow", "token": "sandbox-flow-token" });
    body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    client.post("/klaunch/send", &body)
}

/// A sandbox that posts to a receiver.
fn stand() -> (Running, Client, Receiver) {
    let receiver = Receiver::start();
    let (running, client) = start(Options { hooks: Some(receiver.base()), ..Options::default() });
    (running, client, receiver)
}

fn messages(arrived: &[ReceivedHook]) -> Vec<String> {
    arrived.iter().map(|one| one.json()["message"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_keyword_opens_a_session_and_the_greeting_comes_by_webhook() {
    let (_running, client, receiver) = stand();
    let answer = send(&client, &json!({ "message": "#hello" }));
    let user = answer.json()["userID"].clone();
    let expected = json!({ "channelID": "sandbox-flow", "message": "#hello", "userID": user, "success": true });
    assert_eq!((answer.status, answer.json()), (200, expected));
    assert!(user.is_u64());

    let arrived = receiver.wait(1);
    assert_eq!(arrived[0].path, "/hooks/flow/sandbox-flow-hook");
    assert_eq!(arrived[0].header("content-type"), Some("application/json"));
    let body = arrived[0].json();
    assert_eq!((&body["channelID"], &body["userID"]), (&json!("sandbox-flow"), &user));
    assert!(body["message"].as_str().unwrap().contains("Patchcord"), "{body}");
    assert_eq!(body["quickReplies"].as_array().unwrap().len(), 3);
    assert!(body["timestamp"].as_i64().unwrap() > 1_500_000_000_000);
    assert!(body.get("adminID").is_none() && body.get("attachments").is_none());
}

#[test]
fn a_user_goes_on_and_is_remembered_also_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let receiver = Receiver::start();
    let options =
        || Options { data_dir: Some(dir.path().to_owned()), hooks: Some(receiver.base()), ..Options::default() };
    let user = {
        let (_running, client) = start(options());
        let question = "How does the outbox treat an unknown message?";
        let user = send(&client, &json!({ "message": question })).json()["userID"].clone();
        let other = send(&client, &json!({ "message": "hi" })).json()["userID"].clone();
        assert_ne!(user, other);
        let _ = receiver.wait(2);
        user
    };
    let (_running, client) = start(options());
    assert_eq!(send(&client, &json!({ "message": "tell me more", "userID": user })).status, 200);
    let arrived = receiver.wait(3);
    let more = messages(&arrived[2..]).remove(0);
    assert!(more.contains("*From"), "{more}");
    assert_eq!(arrived[2].json()["userID"], user);
    // They are no conversations of the other platform's.
    let listed = post(&client, "conversations", &json!({ "limit": 100 })).json().to_string();
    assert!(!listed.contains("outbox treat"), "{listed}");
}

#[test]
fn words_bring_pictures_people_repetition_and_disorder() {
    let (_running, client, receiver) = stand();
    let user = send(&client, &json!({ "message": "Show me a picture" })).json()["userID"].clone();
    let picture = receiver.wait(1)[0].json();
    let attachment = &picture["attachments"][0];
    let offset = usize::try_from(attachment["offset"].as_u64().unwrap()).unwrap();
    assert!((1..picture["message"].as_str().unwrap().len()).contains(&offset));
    let url = attachment["url"].as_str().unwrap();
    let file = client.get(url.split_once("/klaunch").map(|(_, rest)| format!("/klaunch{rest}")).unwrap().as_str());
    assert_eq!((file.status, file.header("content-type")), (200, Some("image/svg+xml")));
    assert!(file.text().starts_with("<svg"));

    let _ = send(&client, &json!({ "message": "a human, please", "userID": user }));
    let people = receiver.wait(3);
    assert!(people[1].json().get("adminID").is_none() && people[2].json()["adminID"].is_u64());
    assert!(people[1].json()["timestamp"].as_i64() < people[2].json()["timestamp"].as_i64());

    let _ = send(&client, &json!({ "message": "say it twice", "userID": user }));
    let twice = receiver.wait(5);
    assert_eq!(twice[3].body, twice[4].body);

    let _ = send(&client, &json!({ "message": "disorder", "userID": user }));
    let disorder = receiver.wait(7);
    assert!(disorder[5].json()["timestamp"].as_i64() > disorder[6].json()["timestamp"].as_i64());
    assert!(messages(&disorder)[5].contains("second, and"), "{disorder:?}");
}

#[test]
fn attachments_are_received() {
    let (_running, client, receiver) = stand();
    let attachments =
        json!([{ "base64": "data:image/png;base64,iVBORw0KGgo=" }, { "url": "https://example.com/b.jpg" }]);
    assert_eq!(send(&client, &json!({ "message": "", "attachments": attachments })).status, 200);
    let said = messages(&receiver.wait(1)).remove(0);
    assert!(
        said.contains("2 attachments") && said.contains("image/png, 8 bytes") && said.contains("b.jpg"),
        "{said}"
    );
}

#[test]
fn what_the_document_does_not_allow_is_refused() {
    let (_running, client, receiver) = stand();
    for (status, extra) in [
        (400, json!({})),
        (400, json!({ "message": 5 })),
        (400, json!({ "message": "  " })),
        (400, json!({ "message": "hi", "userID": "1" })),
        (400, json!({ "message": "hi", "userID": null })),
        (400, json!({ "message": "hi", "userID": 1.5 })),
        (404, json!({ "message": "hi", "userID": 999 })),
        (400, json!({ "message": "hi", "userId": 1 })),
        (400, json!({ "message": "hi", "attachments": "a.png" })),
        (400, json!({ "message": "hi", "attachments": [{ "url": "a.png" }] })),
        (401, json!({ "message": "hi", "token": "wrong" })),
        (404, json!({ "message": "hi", "channelID": "another" })),
    ] {
        let answer = send(&client, &extra);
        assert_eq!(answer.status, status, "{extra}: {}", answer.text());
        assert_eq!(answer.json()["success"], false, "{extra}");
        assert!(!answer.json()["error"].as_str().unwrap().is_empty());
    }
    assert_eq!(client.get("/klaunch/send").status, 405);
    assert_eq!(client.post("/klaunch/other", &json!({})).status, 404);
    let plain = client.request("POST", "/klaunch/send", "Content-Type: text/plain\r\n", b"{}").unwrap();
    assert_eq!(plain.status, 400);
    assert!(receiver.received().is_empty());
}

#[test]
fn faults_and_the_ledger_know_it_too() {
    let (_running, client, receiver) = stand();
    let fault = json!({ "path": "/klaunch/send$", "status": 429, "headers": { "Retry-After": "1" } });
    assert_eq!(client.post("/_sandbox/faults", &fault).status, 200);
    assert_eq!(send(&client, &json!({ "message": "hi" })).status, 429);
    assert_eq!(send(&client, &json!({ "message": "hi" })).status, 200);
    let _ = receiver.wait(1);
    let mut ledger = Value::Null;
    eventually("the webhook's answer in the ledger", || {
        ledger = client.get("/_sandbox/ledger").json();
        ledger["webhooks"][0]["status"] == 200
    });
    assert_eq!(ledger["requests"][0]["fault"], "429");
    assert_eq!(ledger["requests"][1]["direction"], "in");
    assert!(!ledger.to_string().contains("sandbox-flow-token"), "{ledger}");
    let webhook = &ledger["webhooks"][0];
    assert_eq!((&webhook["direction"], &webhook["tries"]), (&json!("out"), &json!(1)));
    assert_eq!(webhook["url"], format!("{}/flow/sandbox-flow-hook", receiver.base()));
    assert_eq!((&webhook["answer"]["ok"], &webhook["body"]["userID"]), (&json!(true), &json!(1)));
}
