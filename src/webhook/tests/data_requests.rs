//! Data requests: rules in time, late, failing, and absent.

use super::*;
use crate::webhook::RuleFn;

const QUESTION: &str = r#"{"id":"q","ack":"data","ask":"weather"}"#;

fn asking(rule: Option<RuleFn>, rule_time: Duration) -> Rig {
    Rig::with(|options| {
        options.routes[0].rule = rule;
        options.limits.rule_time = rule_time;
    })
}

/// A rule that says this when the gate opens.
fn gated(said: Result<&'static str, &'static str>) -> (watch::Sender<bool>, RuleFn) {
    let (open, gate) = watch::channel(false);
    let rule: RuleFn = Arc::new(move |request: &DataRequest| {
        let mut gate = gate.clone();
        (request.key == "weather").then(|| {
            async move {
                let _ = gate.wait_for(|open| *open).await;
                said.map(str::to_owned).map_err(str::to_owned)
            }
            .boxed()
        })
    });
    (open, rule)
}

fn at_once(said: Result<&'static str, &'static str>) -> RuleFn {
    let (open, rule) = gated(said);
    open.send_replace(true);
    rule
}

fn long() -> Duration {
    PATIENCE
}

#[test]
fn a_rule_answers_in_the_response_and_for_ever_the_same() {
    let rig = asking(Some(at_once(Ok("{\"sun\":true}"))), long());
    for _ in 0..2 {
        let answer = rig.ask(post("/hooks/docs", QUESTION));
        assert_eq!((answer.status, answer.body.as_str()), (200, "{\"data\":{\"sun\":true}}"));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("x-signed"), Some("yes"));
    }
    assert_eq!(rig.memory.requests.lock().unwrap()["q"].state, RequestState::Answered);
    assert!(rig.late.lock().unwrap().is_empty());
    // Also when the rule is gone.
    rig.listening.set_routes(vec![route("docs", None)]);
    assert_eq!(rig.ask(post("/hooks/docs", QUESTION)).status, 200);
}

#[test]
fn without_a_rule_the_answer_comes_later() {
    for rule in [None, Some(at_once(Ok("{}")))] {
        let has_rule = rule.is_some();
        let rig = asking(rule, long());
        let answer = rig.ask(post("/hooks/docs", r#"{"id":"q","ack":"data","ask":"other"}"#));
        assert_eq!((answer.status, answer.body.as_str()), (202, "{\"ok\":true}"), "{has_rule}");
        assert_eq!(rig.memory.requests.lock().unwrap()["q"].state, RequestState::Received);
        assert_eq!(rig.ask(post("/hooks/docs", r#"{"id":"q","ack":"data","ask":"other"}"#)).status, 202);
    }
}

#[test]
fn a_probe_is_answered_as_any_delivery() {
    let rig = asking(Some(at_once(Ok("{}"))), long());
    let answer = rig.ask(post("/hooks/docs", r#"{"id":"q","ack":"data"}"#));
    assert_eq!((answer.status, answer.body.as_str()), (200, "{\"ok\":true}"));
}

#[test]
fn what_a_rule_says_too_late_goes_elsewhere() {
    let (open, rule) = gated(Ok("{\"sun\":true}"));
    let rig = asking(Some(rule), Duration::from_millis(100));
    let answer = rig.ask(post("/hooks/docs", QUESTION));
    assert_eq!((answer.status, answer.body.as_str()), (202, "{\"ok\":true}"));
    assert!(rig.late.lock().unwrap().is_empty());
    open.send_replace(true);
    until("it is handed over", || !rig.late.lock().unwrap().is_empty());
    assert_eq!(*rig.late.lock().unwrap(), [("q".to_owned(), Ok("{\"sun\":true}".to_owned()))]);
    assert_eq!(rig.memory.requests.lock().unwrap()["q"].state, RequestState::Received, "it is theirs to post");
}

#[test]
fn a_rule_is_waited_for_until_the_deadline_at_most() {
    let (_open, rule) = gated(Ok("{}"));
    let rig = asking(Some(rule), long());
    let from = Instant::now();
    let answer = rig.ask(post("/hooks/docs", r#"{"id":"q","ack":"data","ask":"weather","deadline":100}"#));
    assert_eq!(answer.status, 202);
    assert!(from.elapsed() < long() / 2);
    let rig = asking(Some(at_once(Ok("{}"))), long());
    let answer = rig.ask(post("/hooks/docs", r#"{"id":"q","ack":"data","ask":"weather","deadline":-1}"#));
    assert_eq!(answer.status, 202, "nothing is answered after it");
}

#[test]
fn a_rule_that_fails_or_breaks_is_told_and_nothing_more() {
    let rig = asking(Some(at_once(Err("no such place"))), long());
    assert_eq!(rig.ask(post("/hooks/docs", QUESTION)).status, 202);
    assert_eq!(*rig.late.lock().unwrap(), [("q".to_owned(), Err("no such place".to_owned()))]);
    let breaking: RuleFn = Arc::new(|_| Some(async { panic!("as asked") }.boxed()));
    let rig = asking(Some(breaking), long());
    assert_eq!(rig.ask(post("/hooks/docs", QUESTION)).status, 202);
    assert_eq!(*rig.late.lock().unwrap(), [("q".to_owned(), Err("the rule broke".to_owned()))]);
}

#[test]
fn a_client_that_goes_away_takes_no_answer_with_it() {
    let (open, rule) = gated(Ok("{}"));
    let rig = asking(Some(rule), long());
    let mut client = rig.client();
    client.send(post("/hooks/docs", QUESTION));
    until("it is stored", || rig.memory.accepted() == 1);
    drop(client);
    // The listener sees the end on its own thread; once a later request is served, so is the end.
    until("the end is seen", || {
        rig.ask(post("/hooks/docs", QUESTION));
        open.receiver_count() > 1
    });
    for _ in 0..20 {
        rig.ask("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    open.send_replace(true);
    until("it is handed over, or stored as answered", || {
        !rig.late.lock().unwrap().is_empty()
            || rig.memory.requests.lock().unwrap()["q"].state == RequestState::Answered
    });
}
