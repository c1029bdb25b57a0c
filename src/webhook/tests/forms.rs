//! Requests in the forms in which real senders and proxies write them: HTTP/1.0, absolute targets, half-closed sockets,
//! connections that are kept for long.

use std::net::Shutdown;

use super::*;

const JSON: &str = "Content-Type: application/json\r\n";
const BODY: &str = "Content-Length: 10\r\n\r\n{\"id\":\"1\"}";

#[test]
fn who_closes_its_side_behind_a_whole_request_is_stored_and_answered() {
    let rig = Rig::new();
    let chunked = format!(
        "POST /hooks/docs HTTP/1.1\r\nHost: localhost\r\n{JSON}Transfer-Encoding: chunked\r\n\r\n\
         a\r\n{{\"id\":\"c\"}}\r\n0\r\n\r\n"
    );
    let plain = (0..32).map(event);
    let old = format!("POST /hooks/docs HTTP/1.0\r\nHost: localhost\r\n{JSON}{BODY}").replace("\"1\"", "\"o\"");
    for (n, request) in plain.chain([chunked, old]).enumerate() {
        // The end comes with the request, or while the store is being waited for.
        let held = n % 2 == 0;
        rig.memory.hold(held);
        let mut client = rig.client();
        client.send(&request);
        if held {
            rig.memory.wait_for(n + 1);
        }
        client.stream.shutdown(Shutdown::Write).unwrap();
        rig.memory.hold(false);
        let answer = client.answer();
        assert_eq!((answer.status, client.closed().as_str()), (200, ""), "{request}");
    }
    assert_eq!(rig.memory.accepted(), 34);
}

#[test]
fn several_requests_before_a_half_close_are_all_answered() {
    let rig = Rig::new();
    let mut client = rig.client();
    client.send(event(1) + &event(2) + &event(3));
    client.stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!([200; 3], std::array::from_fn(|_| client.answer().status));
    assert_eq!(client.closed(), "");
    assert_eq!(rig.memory.accepted(), 3);
}

#[test]
fn half_a_request_before_a_half_close_is_not_believed() {
    let rig = Rig::new();
    let whole = event(1);
    for end in [1, 20, whole.len() - 11, whole.len() - 1] {
        let mut client = rig.client();
        client.send(&whole[..end]);
        client.stream.shutdown(Shutdown::Write).unwrap();
        assert!(!client.closed().contains(" 200 "), "{end}");
    }
    assert_eq!(rig.memory.accepted(), 0);
    assert_eq!(rig.ask(whole).status, 200);
}

#[test]
fn who_closes_while_a_rule_is_at_work_gets_its_words_by_the_other_way() {
    let (open, gate) = watch::channel(false);
    let rig = Rig::with(|options| {
        options.limits.rule_time = PATIENCE;
        options.routes[0].rule = Some(Arc::new(move |_: &DataRequest| {
            let mut gate = gate.clone();
            Some(
                async move {
                    let _ = gate.wait_for(|open| *open).await;
                    Ok("{}".to_owned())
                }
                .boxed(),
            )
        }));
    });
    let ask = |id: &str, link: &str| {
        let mut client = rig.client();
        client.send(post("/hooks/docs", &format!(r#"{{"id":"{id}","ack":"data","ask":"weather"{link}}}"#)));
        client.stream.shutdown(Shutdown::Write).unwrap();
        client
    };
    // It may only read on: then it learns that the answer comes later, and it does.
    let linked = ask("1", r#","link":"https://optech.example/answer""#).answer();
    assert_eq!((linked.status, linked.body.as_str()), (202, "{\"ok\":true}"));
    // Where there is no other way, the response is worth a try.
    let mut plain = ask("2", "");
    open.send_replace(true);
    assert_eq!(plain.answer().body, "{\"data\":{}}");
    until("what came later is handed over", || !rig.late.lock().unwrap().is_empty());
    assert_eq!(*rig.late.lock().unwrap(), [("1".to_owned(), Ok("{}".to_owned()))]);
}

#[test]
fn http_1_0_with_a_host_is_taken() {
    let rig = Rig::new();
    let old = |host: &str, more: &str| format!("POST /hooks/docs HTTP/1.0\r\n{host}{JSON}{more}{BODY}");
    let mut client = rig.client();
    // As nginx up to 1.28 speaks to what stands behind it.
    client.send(old("Host: 127.0.0.1:8787\r\n", "Connection: close\r\n"));
    assert_eq!(client.answer().status, 200);
    assert_eq!(client.closed(), "");
    assert_eq!(rig.memory.last().delivery.url, "http://127.0.0.1:8787/hooks/docs");
    let mut client = rig.client();
    client.send(old("Host: localhost\r\n", "").repeat(2));
    assert_eq!(client.answer().status, 200);
    assert_eq!(client.closed(), "", "without another word it ends after one");
    let mut client = rig.client();
    for _ in 0..2 {
        client.send(old("Host: localhost\r\n", "Connection: keep-alive\r\n"));
        let answer = client.answer();
        assert_eq!((answer.status, answer.header("connection")), (200, Some("keep-alive")));
    }
    assert_eq!(rig.ask(old("", "")).status, 400, "whom it is for is not clear");
    assert_eq!(rig.ask(old("Host: evil.test\r\n", "")).status, 403);
    // A length is the only end that a body has there.
    let open =
        format!("POST /hooks/docs HTTP/1.0\r\nHost: localhost\r\n{JSON}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    assert_eq!(rig.ask(open).status, 400);
    assert_eq!(rig.ask("GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n").status, 200);
}

#[test]
fn a_target_in_absolute_form_says_whom_it_is_for() {
    let rig = Rig::with(|options| options.public_url = Some("https://hooks.example.com".to_owned()));
    let to = |target: &str, host: &str| rig.ask(format!("POST {target} HTTP/1.1\r\n{host}{JSON}{BODY}")).status;
    for target in [
        "http://localhost/hooks/docs",
        "http://127.0.0.1:8787/hooks/docs?a=b",
        "https://hooks.example.com/hooks/docs",
    ] {
        assert_eq!(to(target, "Host: localhost\r\n"), 200, "{target}");
    }
    // What stands beside it doesn't count, and is not needed.
    assert_eq!(to("http://localhost/hooks/docs", "Host: hooks.example.com\r\n"), 200);
    assert_eq!(to("http://localhost/hooks/docs", "Host: elsewhere.test\r\n"), 200);
    assert_eq!(to("http://localhost/hooks/docs", ""), 200);
    assert_eq!(to("http://evil.test/hooks/docs", "Host: localhost\r\n"), 403);
    assert_eq!(to("http://user@evil.test/hooks/docs", "Host: localhost\r\n"), 403);
    assert_eq!(to("http://localhost@evil.test/hooks/docs", "Host: localhost\r\n"), 403);
    assert_eq!(to("http://localhost/hooks/docs", "Host: localhost\r\nHost: localhost\r\n"), 400);
    assert_eq!(to("ftp://localhost/hooks/docs", "Host: localhost\r\n"), 400);
    assert_eq!(to("http://localhost/other", "Host: localhost\r\n"), 404);
    for tunnel in
        ["CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n"]
    {
        assert!([400, 404].contains(&rig.ask(tunnel).status), "{tunnel}");
    }
    assert_eq!(rig.memory.accepted(), 6);
}
