//! Webhooks of Operator's, and what is none.

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::json;

use super::super::super::hostile;
use super::*;
use crate::domain::{ChannelName, Timestamp};

fn delivery(headers: &[(&str, &str)], body: impl Into<Bytes>) -> Delivery {
    Delivery {
        channel: ChannelName::new("agents"),
        at: Timestamp::from_millis(1_700_000_000_000),
        url: "https://example.com/hook".to_owned(),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        body: body.into(),
        replay: false,
    }
}

fn received(body: &Value) -> (Inbound, String) {
    let mut reception = read(&delivery(&[], body.to_string())).unwrap();
    assert_eq!((reception.inbound.len(), reception.ack), (1, Ack::Ok));
    (reception.inbound.remove(0), reception.summary)
}

#[test]
fn what_happened_to_a_conversation_is_told_under_the_lists_names() {
    let (inbound, summary) = received(&json!({
        "id": "ev_1", "created_at": "2023-11-14T22:13:20Z", "agent_id": "ca_1@v0", "livemode": true,
        "conversation_id": "conv_1", "experimental": {"x": 1},
        "payload": {"type": "conversation.ended", "status": "no-answer", "custom_fields": {"plan": "gold"}},
    }));
    assert_eq!((inbound.key.as_str(), &*summary), ("001700000000000-ev_1", "conversation.ended · no-answer"));
    let Meaning::Event { conversation, kind, details } = inbound.meaning else { panic!("{inbound:?}") };
    assert_eq!((conversation.unwrap().as_str(), &*kind), ("conv_1", "conversation.ended"));
    let details: Vec<_> = details.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let expected =
        [("agent_id", "ca_1@v0"), ("livemode", "true"), ("status", "no-answer"), ("custom_fields.plan", "gold")];
    assert_eq!(details, expected);

    let flat = json!({
        "type": "conversation.custom_fields.updated",
        "conversation": {"id": "c", "status": "completed", "custom_fields": {"n": 1}},
    });
    let Meaning::Event { conversation, details, .. } = received(&flat).0.meaning else { panic!() };
    assert_eq!(conversation.unwrap().as_str(), "c");
    let expected = [("status", "completed"), ("custom_fields.n", "1")].map(|(n, v)| (n.to_owned(), v.to_owned()));
    assert_eq!(details, expected);
}

#[test]
fn what_was_said_is_a_message() {
    for (kind, role) in [("user.message.received", Role::User), ("agent.message.completed", Role::Assistant)] {
        let event = json!({
            "id": "ev_2", "created_at": 1_700_000_000_000_i64, "conversation_id": "c",
            "payload": {"type": kind, "text": "hello\nthere"},
        });
        let (inbound, summary) = received(&event);
        assert_eq!((inbound.key.as_str(), &*summary), ("001700000000000-ev_2", "hello there"));
        let Meaning::Message { conversation, title, message, reply: None } = inbound.meaning else { panic!() };
        assert_eq!((conversation.as_str(), &*title), ("c", "hello there"));
        assert_eq!((message.id.as_str(), message.role, &*message.text), ("ev_2", role, "hello\nthere"));
    }
    for event in [
        json!({"type": "agent.message.completed", "text": "of no conversation"}),
        json!({"type": "agent.tool_call.created", "conversation_id": "c", "payload": {"name": "find"}}),
        json!({"type": "something.new", "conversation_id": "c"}),
    ] {
        assert!(matches!(received(&event).0.meaning, Meaning::Event { .. }), "{event}");
    }
}

#[test]
fn an_event_is_known_by_its_id_else_by_the_key_of_its_request_else_by_its_body() {
    let key = |headers: &[(&str, &str)], body: &str| {
        read(&delivery(headers, body.to_owned())).unwrap().inbound[0].key.clone()
    };
    let headers = [(IDEMPOTENCY_KEY, "idem-1")];
    assert_eq!(key(&headers, r#"{"type":"a","id":"ev"}"#), "ev");
    assert_eq!(key(&headers, r#"{"type":"a"}"#), "idem-1");
    assert_eq!(key(&headers, r#"{"type":"a","created_at":"1970-01-01T00:00:01Z"}"#), "000000000001000-idem-1");
    let printed = key(&[], r#"{"type":"a"}"#);
    assert_eq!((printed.len(), printed.clone()), (32, key(&[(IDEMPOTENCY_KEY, "")], r#"{"type":"a"}"#)));
    assert_ne!(printed, key(&[], r#"{"type":"b"}"#));
}

#[test]
fn the_programs_own_test_has_no_effect() {
    let (inbound, _) = received(&json!({"type": "ping"}));
    assert!(matches!(inbound.meaning, Meaning::Probe { .. }));
    let (inbound, _) = received(&json!({"type": "ping", "conversation_id": "c"}));
    assert!(matches!(inbound.meaning, Meaning::Event { .. }));
}

#[test]
fn what_is_no_event_is_refused() {
    let table = [
        ("", "an empty body where an object should be"),
        ("[1]", "JSON that is no object where an object should be"),
        ("{\"payload\":{}}", "type is missing"),
        ("{\"type\":7}", "type is missing"),
    ];
    for (body, reason) in table {
        let rejection = read(&delivery(&[], body)).unwrap_err();
        assert_eq!((rejection.status, rejection.reason.as_str()), (400, reason));
    }
}

const NAMES: &[&str] =
    &["type", "payload", "id", "conversation_id", "conversation", "created_at", "text", "status", "custom_fields"];
const WORDS: &[&str] = &["conversation.ended", "agent.message.completed", "ping", "c", "2023-11-14T22:13:20Z"];

proptest! {
    #[test]
    fn no_body_is_too_much(body in hostile::json(NAMES, WORDS), bytes in proptest::collection::vec(any::<u8>(), 0..99)) {
        if let Ok(reception) = read(&delivery(&[], body.to_string())) {
            prop_assert!(reception.inbound.len() == 1 && !reception.inbound[0].key.is_empty());
            prop_assert!(!reception.summary.contains('\n'));
        }
        drop(read(&delivery(&[], bytes)));
    }
}
