//! Each row of the table of answers.

use std::sync::atomic::Ordering::SeqCst;

use super::*;

#[test]
fn what_is_stored_is_acknowledged_and_told() {
    let rig = Rig::new();
    let answer =
        rig.ask(post_with("/hooks/docs?token=t", "X-Sign: good\r\nX-Two: a\r\nX-Two: b\r\n", "{\"id\":\"1\"}"));
    assert_eq!((answer.status, answer.body.as_str()), (200, "{\"ok\":true}"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("connection"), None, "the connection stays");
    let arrival = rig.memory.last();
    assert_eq!(arrival.trust, Some(Trust::Verified));
    assert_eq!(arrival.summary, "one");
    let delivery = arrival.delivery;
    assert_eq!((delivery.channel.as_str(), delivery.at, delivery.replay), ("docs", NOW, false));
    assert_eq!(delivery.url, "http://127.0.0.1/hooks/docs", "without the query");
    assert_eq!(delivery.body.as_ref(), b"{\"id\":\"1\"}");
    assert_eq!((delivery.header("x-sign"), delivery.count("x-two")), (Some("good"), 2));
    until("it is told", || rig.changed.load(SeqCst) > 0);
}

#[test]
fn a_platform_that_wants_words_gets_them() {
    let answer = Rig::new().ask(post("/hooks/docs", r#"{"id":"1","ack":"plain"}"#));
    assert_eq!((answer.status, answer.body.as_str()), (200, "OK"));
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
}

#[test]
fn a_duplicate_is_answered_as_the_first_time() {
    let rig = Rig::new();
    let (first, second) = (rig.ask(event(1)), rig.ask(event(1)));
    assert_eq!((first.status, first.body), (second.status, second.body));
}

#[test]
fn what_the_adapter_refuses_is_shown_and_not_believed() {
    let rig = Rig::new();
    let signature = rig.ask(post_with("/hooks/docs", "X-Sign: bad\r\n", "{\"id\":\"1\"}"));
    assert_eq!(signature.status, 401);
    assert_eq!(signature.header("content-type"), Some("application/problem+json"));
    let detail = "the signature is missing or wrong";
    let problem = serde_json::json!({"status": 401, "title": "Unauthorized", "detail": detail});
    assert_eq!(signature.json(), problem);
    for body in ["", "{", "[1]", "{\"id\":7}"] {
        let answer = rig.ask(post("/hooks/docs", body));
        assert_eq!((answer.status, answer.json()["status"].as_u64()), (400, Some(400)), "{body}");
    }
    until("all are shown", || rig.memory.refused().len() == 5);
    let refused = rig.memory.refused();
    assert!(refused.contains(&(400, "there is no `id`".to_owned())), "{refused:?}");
    assert_eq!(refused.iter().filter(|(status, _)| *status == 401).count(), 1);
    assert_eq!(rig.memory.accepted(), 0);
    until("they are told", || rig.changed.load(SeqCst) > 0);
}

#[test]
fn methods_and_types_that_are_not_taken() {
    let rig = Rig::new();
    for method in ["GET", "PUT", "DELETE", "OPTIONS", "post"] {
        let answer = rig.ask(format!("{method} /hooks/docs HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")), "{method}");
    }
    let typed = |kind: &str, more: &str| {
        let head = format!("POST /hooks/docs HTTP/1.1\r\nHost: localhost\r\n{kind}{more}Content-Length: 10\r\n\r\n");
        rig.ask(head + "{\"id\":\"1\"}").status
    };
    for kind in ["", "Content-Type: text/plain\r\n", "Content-Type: application/jsonx\r\n"] {
        assert_eq!(typed(kind, ""), 415, "{kind}");
    }
    let json = "Content-Type: Application/JSON ; charset=utf-8\r\n";
    assert_eq!(typed(json, json), 415, "twice");
    assert_eq!(typed(json, "Content-Encoding: gzip\r\n"), 415);
    assert_eq!(typed(json, "Content-Encoding: identity\r\n"), 200);
    until("they are shown", || rig.memory.refused().len() == 10);
}

#[test]
fn pages_in_browsers_and_names_of_others_are_kept_out() {
    let rig = Rig::with(|options| options.public_url = Some("https://hooks.example.com".to_owned()));
    let from = |host: &str, more: &str| {
        let head = format!("POST /hooks/docs HTTP/1.1\r\n{host}Content-Type: application/json\r\n{more}");
        rig.ask(head + "Content-Length: 10\r\n\r\n{\"id\":\"1\"}").status
    };
    assert_eq!(from("Host: localhost:8787\r\n", ""), 200);
    assert_eq!(from("Host: hooks.example.com\r\n", ""), 200);
    assert_eq!(rig.memory.last().delivery.url, "https://hooks.example.com/hooks/docs");
    assert_eq!(from("Host: rebound.example.net\r\n", ""), 403);
    assert_eq!(from("Host: 10.1.2.3\r\n", ""), 403);
    for origin in ["https://hooks.example.com", "null", "http://localhost"] {
        assert_eq!(from("Host: localhost\r\n", &format!("Origin: {origin}\r\n")), 403, "{origin}");
    }
    assert_eq!(from("", ""), 400, "no host");
    assert_eq!(from("Host: localhost\r\nHost: localhost\r\n", ""), 400, "two hosts");
    assert_eq!(rig.memory.accepted(), 2);
}

#[test]
fn a_store_that_fails_acknowledges_nothing_until_it_works_again() {
    let rig = Rig::new();
    *rig.memory.broken.lock().unwrap() = Some(StoreError::Closed);
    let answer = rig.ask(event(1));
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("30")));
    *rig.memory.broken.lock().unwrap() = None;
    assert_eq!(rig.ask(event(1)).status, 200);
}

#[test]
fn framing_that_can_be_read_in_two_ways_is_refused() {
    let rig = Rig::new();
    let head = "POST /hooks/docs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    for (what, rest) in [
        ("two lengths", "Content-Length: 10\r\nContent-Length: 11\r\n\r\n{\"id\":\"1\"}"),
        ("a signed length", "Content-Length: +10\r\n\r\n{\"id\":\"1\"}"),
        ("chunked is not last", "Transfer-Encoding: chunked, gzip\r\n\r\n"),
        ("a space before the colon", "Content-Length : 10\r\n\r\n{\"id\":\"1\"}"),
        ("a folded line", "X-A: b\r\n c\r\nContent-Length: 10\r\n\r\n{\"id\":\"1\"}"),
        ("a NUL", "X-A: b\0c\r\nContent-Length: 10\r\n\r\n{\"id\":\"1\"}"),
    ] {
        let mut client = rig.client();
        client.send(format!("{head}{rest}"));
        assert_eq!(client.answer().status, 400, "{what}");
        assert_eq!(client.closed(), "", "{what}");
    }
    for rest in ["Transfer-Encoding: chunked\r\n\r\nzz\r\n", "Transfer-Encoding: chunked\r\n\r\n5 5\r\n{\"id\"\r\n"] {
        let mut client = rig.client();
        client.send(format!("{head}{rest}"));
        let answered = client.closed();
        assert!(!answered.contains(" 200 ") && !answered.contains(" 5"), "{answered}");
    }
    // Length and chunks: the chunks count, and nothing behind them is taken for a request.
    let mut client = rig.client();
    let smuggled = event(2);
    client.send(format!(
        "{head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\na\r\n{{\"id\":\"1\"}}\r\n0\r\n\r\n{smuggled}"
    ));
    client.answer();
    assert_eq!(client.closed(), "");
    assert!(rig.memory.accepted() <= 1);
}

#[test]
fn a_client_that_asks_first_is_told_to_go_on() {
    let rig = Rig::new();
    let mut client = rig.client();
    let body = "{\"id\":\"1\"}";
    let whole = post_with("/hooks/docs", "Expect: 100-continue\r\n", body);
    let (head, _) = whole.split_at(whole.len() - body.len());
    client.send(head);
    assert_eq!(client.answer().status, 100);
    client.send(body);
    assert_eq!(client.answer().status, 200);
    // Who would be refused anyway is not.
    let mut client = rig.client();
    client.send(head.replace("/docs", "/none"));
    assert_eq!(client.answer().status, 404);
}

#[test]
fn requests_behind_each_other_are_answered_in_their_order() {
    let rig = Rig::new();
    let mut client = rig.client();
    client.send(event(1) + &post("/hooks/docs", "{") + &event(2) + &post("/nowhere", "") + &event(3));
    let statuses: Vec<u16> = (0..5).map(|_| client.answer().status).collect();
    assert_eq!(statuses, [200, 400, 200, 404, 200]);
}

#[test]
fn a_panic_is_one_connections_end() {
    let rig = Rig::new();
    let mut client = rig.client();
    client.send(post("/hooks/docs", r#"{"panic":true}"#));
    assert_eq!(client.closed(), "");
    assert_eq!(rig.ask(event(1)).status, 200);
    let rig = Rig::with(|options| options.changed = Box::new(|| panic!("as asked")));
    assert_eq!([rig.ask(event(1)).status, rig.ask(event(2)).status], [200, 200]);
}
