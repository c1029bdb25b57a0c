//! What each webhook means, which are one event, and what hostile ones do.

use proptest::prelude::*;

use super::*;
use crate::domain::Moment;

const CHANNEL: &str = "D9LjuWl0jappznT5";

fn event() -> Value {
    json!({
        "channelID": CHANNEL,
        "message": "Hello **you**\nthere",
        "userID": 9,
        "timestamp": 1_700_000_000_123_i64,
        "quickReplies": ["Yes", "No"],
        "attachments": [{"offset": 5, "url": "https://x.example/a.png"}],
    })
}

fn with(field: &str, value: Value) -> Value {
    let mut event = event();
    event[field] = value;
    event
}

fn read(event: &Value) -> Result<Reception, Rejection> {
    receive(event.to_string().as_bytes(), CHANNEL)
}

fn only(event: &Value) -> Inbound {
    let mut reception = read(event).unwrap();
    assert_eq!((reception.ack, reception.inbound.len()), (Ack::Ok, 1));
    reception.inbound.remove(0)
}

fn message(event: &Value) -> (ConversationId, String, Message) {
    match only(event).meaning {
        Meaning::Message { conversation, title, message, reply: None } => (conversation, title, message),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_reply_is_read_with_all_that_comes_with_it() {
    let (conversation, title, message) = message(&event());
    assert_eq!((conversation.as_str(), title.as_str()), ("9", "user 9"));
    assert_eq!((&message.role, message.text.as_str()), (&Role::Assistant, "Hello **you**\nthere"));
    let at = Timestamp::from_millis(1_700_000_000_123);
    assert_eq!(message.created_at, Moment { at: Some(at), raw: "1700000000123".to_owned() });
    assert_eq!(message.extras.quick_replies, ["Yes", "No"]);
    let attachment = Attachment { url: "https://x.example/a.png".to_owned(), offset: Some(5), name: None };
    assert_eq!(message.extras.attachments, [attachment]);
    assert_eq!(message.extras.admin_id, None);
    let inbound = only(&event());
    assert_eq!(inbound.key, message.id.as_str());
    assert!(inbound.key.starts_with("001700000000123-"), "{}", inbound.key);
    assert_eq!(inbound.key.len(), 15 + 1 + 32);
    assert_eq!(read(&event()).unwrap().summary, "Hello **you** there");
}

#[test]
fn a_person_of_the_dashboard_is_an_admin() {
    for (id, expected) in [(json!(17), "17"), (json!("a7"), "a7"), (json!(0), "0")] {
        let (_, _, message) = message(&with("adminID", id));
        assert_eq!((message.role, message.extras.admin_id.as_deref()), (Role::Admin, Some(expected)));
    }
    for id in [json!(null), json!(""), json!(false), json!([])] {
        assert_eq!(message(&with("adminID", id)).2.role, Role::Assistant);
    }
}

#[test]
fn values_are_taken_in_the_forms_they_may_have() {
    assert_eq!(message(&with("userID", json!("9"))).0.as_str(), "9");
    let said = |value: Value| message(&with("message", value)).2.text;
    assert_eq!([said(json!("")), said(json!(null)), said(json!("7"))], ["", "", "7"]);
    let at = |value: Value| message(&with("timestamp", value)).2.created_at.at.map(Timestamp::millis);
    assert_eq!(at(json!("1700000000123")), Some(1_700_000_000_123));
    assert_eq!(at(json!("2023-11-14T22:13:20Z")), Some(1_700_000_000_000));
    assert_eq!([at(json!("soon")), at(json!(-5)), at(json!(i64::MAX))], [None; 3]);
    let replies = |value: Value| message(&with("quickReplies", value)).2.extras.quick_replies;
    assert_eq!(replies(json!(["a", 1, "", null, {"x": 1}, "a"])), ["a", "1", "a"]);
    assert_eq!(replies(json!("a")), Vec::<String>::new());
    let attachments = json!([
        "https://a", {"url": "https://b", "offset": "3", "name": "b.png"}, {"URL": "https://c", "position": 1},
        {"href": "https://d", "offset": -1, "type": "file"}, {"offset": 1}, null, "", 3
    ]);
    let read = message(&with("attachments", attachments)).2.extras.attachments;
    let read: Vec<_> = read.iter().map(|a| (a.url.as_str(), a.offset, a.name.as_deref())).collect();
    let expected = [
        ("https://a", None, None),
        ("https://b", Some(3), Some("b.png")),
        ("https://c", Some(1), None),
        ("https://d", None, Some("file")),
    ];
    assert_eq!(read, expected);
}

#[test]
fn what_names_nobody_is_a_test() {
    let mut nobody = event();
    nobody.as_object_mut().unwrap().remove("userID");
    let tests = [
        json!({}),
        json!({"test": true, "message": "It works"}),
        json!({"channelID": CHANNEL}),
        json!({"userID": 9, "message": "m"}),
        json!({"channelID": "another", "message": "m"}),
        json!({"channelID": CHANNEL, "userID": 9}),
        json!({"channelID": CHANNEL, "userID": 9, "message": null, "quickReplies": []}),
        with("userID", json!(null)),
        nobody,
    ];
    for test in tests {
        assert!(matches!(only(&test).meaning, Meaning::Probe { .. }), "{test}");
    }
    assert_eq!(read(&json!({})).unwrap().summary, "a test");
    assert_eq!(read(&json!({"message": "It\nworks"})).unwrap().summary, "It works");
    let ours = receive(&sample(CHANNEL, Timestamp::from_millis(7)), CHANNEL).unwrap();
    assert!(matches!(ours.inbound[0].meaning, Meaning::Probe { .. }));
    assert_ne!(
        ours.inbound[0].key,
        receive(&sample(CHANNEL, Timestamp::from_millis(8)), CHANNEL).unwrap().inbound[0].key
    );
}

#[test]
fn what_is_not_the_platforms_is_refused_by_the_name_of_its_field() {
    let refused = |body: &[u8]| receive(body, CHANNEL).unwrap_err();
    let other = refused(with("channelID", json!("s3cret-other")).to_string().as_bytes());
    assert_eq!(other, Rejection::malformed("channelID is another channel's"));
    let long = refused(with("userID", json!("9".repeat(201))).to_string().as_bytes());
    assert_eq!((long.status, long.reason.as_str()), (400, "userID is over 200 bytes"));
    for body in [&b""[..], b"hello", b"[]", b"null", b"\"x\"", b"<html>", b"{\"channelID\":", b"\xFF\xFE"] {
        assert_eq!(refused(body).status, 400);
    }
    assert!(refused("{\"a\":".repeat(70).as_bytes()).reason.contains("deep"));
}

#[test]
fn one_value_that_cannot_be_read_costs_no_message() {
    let said = |event: Value| match only(&event).meaning {
        Meaning::Message { message, .. } => (message.text, message.created_at.at.is_some(), message.created_at.raw),
        other => panic!("{other:?}"),
    };
    for (wrong, text) in [(json!(5), "5"), (json!(["a", {"text": "b"}]), "ab"), (json!({"x": 1}), "{\"x\":1}")] {
        assert_eq!(said(with("message", wrong)).0, text);
    }
    for (wrong, raw) in [(json!(null), ""), (json!({}), "{}"), (json!("soon"), "soon"), (json!([1]), "[1]")] {
        let (_, known, kept) = said(with("timestamp", wrong));
        assert_eq!((known, kept.as_str()), (false, raw));
    }
    let half = event().to_string().replacen("\"message\":\"", "\"message\":\"\\ud83d ", 1);
    let reception = receive(half.as_bytes(), CHANNEL).unwrap();
    assert!(
        reception.summary.starts_with('\u{FFFD}') && reception.summary.ends_with("[1 damaged]"),
        "{}",
        reception.summary
    );
}

#[test]
fn an_empty_message_is_summed_up_by_what_comes_with_it() {
    let mut event = with("message", json!(""));
    assert_eq!(read(&event).unwrap().summary, "an attachment");
    event["attachments"] = json!([]);
    assert_eq!(read(&event).unwrap().summary, "quick replies");
    event["quickReplies"] = json!([]);
    assert_eq!(read(&event).unwrap().summary, "an empty message");
}

#[test]
fn equal_events_have_equal_keys_and_others_have_others() {
    let key = |event: &Value| only(event).key;
    let first = key(&event());
    let rewritten = r#" {"attachments" : [ {"url":"https:\/\/x.example/a.png", "offset":5} ],
        "quickReplies":["Y\u0065s","No"],"timestamp":"1700000000123","userID":"9",
        "message":"Hello **you**\nthere","channelID":"D9LjuWl0jappznT5", "new field": 1}"#;
    assert_eq!(receive(rewritten.as_bytes(), CHANNEL).unwrap().inbound[0].key, first);
    let others = [
        with("message", json!("Hello **you**\nthere ")),
        with("userID", json!(10)),
        with("timestamp", json!(1_700_000_000_124_i64)),
        with("timestamp", json!("soon")),
        with("timestamp", json!("later")),
        with("quickReplies", json!(["Yes"])),
        with("quickReplies", json!(["No", "Yes"])),
        with("quickReplies", json!(["Yes\",\"No"])),
        with("attachments", json!([{"offset": 6, "url": "https://x.example/a.png"}])),
        with("attachments", json!([])),
        with("adminID", json!(1)),
        with("adminID", json!("2")),
    ];
    let mut keys: Vec<String> = others.iter().map(key).chain([first]).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), others.len() + 1);
    assert!(key(&with("timestamp", json!(999))) < key(&with("timestamp", json!(10_000))));
}

#[test]
fn text_that_would_act_on_a_terminal_is_kept_as_text() {
    let hostile = "\u{1b}]52;c;x\u{7}\u{202e}";
    let event = with("message", json!(hostile));
    assert_eq!(message(&event).2.text, hostile);
    assert!(!read(&event).unwrap().summary.contains(['\u{1b}', '\u{7}']));
}

/// JSON of every shape, with the platform's own names in it more often than not.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        Just(json!(CHANNEL)),
        ".{0,12}".prop_map(Value::from),
    ];
    let name = prop_oneof![
        Just("channelID".to_owned()),
        Just("userID".to_owned()),
        Just("message".to_owned()),
        Just("timestamp".to_owned()),
        Just("quickReplies".to_owned()),
        Just("attachments".to_owned()),
        Just("adminID".to_owned()),
        Just("url".to_owned()),
        Just("offset".to_owned()),
        ".{0,4}",
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((name.clone(), inner), 0..8)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_json_makes_it_panic(value in any_json()) {
        let mut event = event();
        if let (Some(event), Some(fields)) = (event.as_object_mut(), value.as_object()) {
            event.extend(fields.clone());
        }
        for value in [&value, &event] {
            match (receive(value.to_string().as_bytes(), CHANNEL), value.is_object()) {
                (Ok(reception), true) => prop_assert_eq!(reception.inbound.len(), 1),
                (Ok(_), false) => prop_assert!(false, "took {}", value),
                (Err(rejection), _) => prop_assert_eq!(rejection.status, 400),
            }
        }
    }

    #[test]
    fn no_bytes_make_it_panic(mut body in proptest::collection::vec(any::<u8>(), 0..300), at in 0_usize..200, cut in 0_usize..200) {
        drop(receive(&body, CHANNEL));
        let good = event().to_string().into_bytes();
        body.truncate(3);
        let (at, cut) = (at.min(good.len()), (at + cut % 4).min(good.len()));
        drop(receive(&[&good[..at], &body, &good[cut..]].concat(), CHANNEL));
    }
}
