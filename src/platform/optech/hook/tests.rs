//! What each webhook means, which are one request, and what hostile ones do.

use proptest::prelude::*;
use serde_json::json;

use super::*;

const BASE: &str = "https://api.optech.ai";
const DEADLINE: Timestamp = Timestamp::from_millis(601_000);

fn read(body: &str) -> Result<Reception, Rejection> {
    receive(body.as_bytes(), BASE, DEADLINE)
}

fn asked(value: &Value) -> (String, Asked) {
    let mut reception = read(&value.to_string()).unwrap();
    assert_eq!((reception.ack, reception.inbound.len()), (Ack::Data, 1));
    let inbound = reception.inbound.remove(0);
    match inbound.meaning {
        Meaning::Request(asked) => (inbound.key, asked),
        other => panic!("{other:?}"),
    }
}

fn request() -> Value {
    json!({"link": "https://api.optech.ai/ingest/id-1", "key": "order", "inputs": {"order": "7", "when": null}})
}

#[test]
fn a_request_is_read_in_both_its_forms() {
    let (key, request) = asked(&request());
    assert_eq!(key, "link/id-1");
    let expected = Asked {
        key: "order".to_owned(),
        inputs: r#"{"order":"7","when":null}"#.to_owned(),
        link: Some("https://api.optech.ai/ingest/id-1".to_owned()),
        deadline: DEADLINE,
    };
    assert_eq!(request, expected);
    let inputs = |value: Value| asked(&value).1.inputs;
    assert_eq!(inputs(json!({"key": "k", "data": {"a": 1}})), r#"{"a":1}"#);
    assert_eq!(inputs(json!({"key": "k", "data": {"a": 1}, "inputs": {"b": 2}})), r#"{"b":2}"#);
    assert_eq!(inputs(json!({"key": "k", "data": {"a": 1}, "inputs": null})), r#"{"a":1}"#);
    assert_eq!(inputs(json!({"key": "k"})), "{}");
    assert_eq!(asked(&json!({"key": 7})).1.key, "7");
    assert_eq!(read(&self::request().to_string()).unwrap().summary, r#"order {"order":"7","when":null}"#);
    let long = read(&json!({"key": "k", "inputs": {"a": "x\n\u{1b}".repeat(900)}}).to_string()).unwrap().summary;
    assert!(long.chars().count() <= 200 && !long.contains(char::is_control), "{long}");
}

#[test]
fn a_validation_is_a_probe_and_nothing_more() {
    let bodies = [
        json!({"key": "validation"}),
        json!({"key": "validation", "token": "t", "validationToken": "v"}),
        json!({"key": "validation", "link": "https://evil.example", "data": 3}),
    ];
    for body in bodies {
        let reception = read(&body.to_string()).unwrap();
        assert_eq!((reception.ack, reception.summary.as_str()), (Ack::Plain("OK"), "validation"));
        assert!(matches!(reception.inbound[..], [Inbound { meaning: Meaning::Probe { .. }, .. }]), "{body}");
    }
}

#[test]
fn what_is_no_request_is_refused_by_the_name_of_its_field() {
    let no_link = "link is not https://api.optech.ai/ingest/<id>";
    let table = [
        (String::new(), "expected a JSON object, found an empty body"),
        ("[]".to_owned(), "expected a JSON object, found JSON that is no object"),
        ("<p>".to_owned(), "expected a JSON object, found an HTML page"),
        (json!({}).to_string(), "key is missing, or no text"),
        (json!({"key": ""}).to_string(), "key is missing, or no text"),
        (json!({"key": null}).to_string(), "key is missing, or no text"),
        (json!({"key": ["k"]}).to_string(), "key is missing, or no text"),
        (json!({"key": "k", "inputs": "s3cret"}).to_string(), "inputs is no object"),
        (json!({"key": "k", "inputs": {}, "data": [1]}).to_string(), "data is no object"),
        (json!({"key": "k", "link": 3}).to_string(), no_link),
        (json!({"key": "k", "link": ""}).to_string(), no_link),
        (json!({"key": "k", "link": {}}).to_string(), no_link),
        (json!({"key": "k", "link": "https://evil.example/ingest/x"}).to_string(), no_link),
        (json!({"key": "k", "link": "https://api.optech.ai\\@evil.example/ingest/x"}).to_string(), no_link),
        (json!({"key": "k", "link": "https://api.optech.ai/ingest/%2e%2e"}).to_string(), no_link),
    ];
    for (body, reason) in table {
        assert_eq!(read(&body), Err(Rejection::malformed(reason)), "{body}");
    }
    assert_eq!(read(&"{\"key\":".repeat(65)).unwrap_err().status, 400);
}

#[test]
fn equal_requests_have_equal_keys_and_others_have_others() {
    let key = |value: &Value| asked(value).0;
    let mut again = request();
    again["inputs"] = json!({"order": "8"});
    again["link"] = json!("https://api.optech.ai:443/ingest/id-1");
    // A link takes one answer, whatever is asked with it.
    assert_eq!(key(&again), key(&request()));
    let mut other = request();
    other["link"] = json!("https://api.optech.ai/ingest/id-1/b");
    assert_eq!(key(&other), "link/id-1/b");
    other["link"] = json!("https://api.optech.ai/ingest/ID-1");
    assert_ne!(key(&other), key(&request()));
    let [one, two] = [json!({"key": "k", "inputs": {"a": 1}}), json!({"key": "k", "inputs": {"a": 2}})];
    assert_eq!(key(&one), key(&one.clone()));
    assert_ne!(key(&one), key(&two));
    assert!(key(&one).starts_with("body/"), "{}", key(&one));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..200), at in 0_usize..120, cut in 0_usize..4) {
        drop(receive(&body, BASE, DEADLINE));
        let good = request().to_string().into_bytes();
        let (at, end) = (at.min(good.len()), (at + cut).min(good.len()));
        let mutated = [&good[..at], &body[..body.len().min(3)], &good[end..]].concat();
        match receive(&mutated, BASE, DEADLINE) {
            Err(rejection) => prop_assert_eq!(rejection.status, 400),
            Ok(reception) => for inbound in reception.inbound {
                let Meaning::Request(asked) = inbound.meaning else { continue };
                prop_assert!(asked.link.is_none_or(|link| link.starts_with("https://api.optech.ai/ingest/")));
            },
        }
    }

    #[test]
    fn no_values_make_it_panic(key in ".{0,8}", link in ".{0,30}", number in any::<f64>()) {
        for value in [json!(key), json!(link), json!(number), json!([key]), json!({"k": {"k": link}}), json!(null)] {
            for field in ["key", "link", "inputs", "data"] {
                let mut request = request();
                request[field] = value.clone();
                let read = read(&request.to_string());
                prop_assert!(field != "link" || value.is_null() || read.is_err(), "{}", value);
                prop_assert!(read.is_ok_and(|r| r.inbound.len() == 1) || !value.is_null() || field == "key");
            }
        }
    }
}
