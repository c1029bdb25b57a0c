//! Documents as they really come: what is read of them, what is told as damaged, and what is refused.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn read(text: &str) -> Json {
    Json::read(text.as_bytes()).unwrap()
}

fn spots(json: &Json) -> Vec<(&str, &str)> {
    let name = |fault: &Fault| match fault {
        Fault::Text { .. } => "text",
        Fault::Token => "token",
        Fault::Missing => "missing",
        Fault::Deep => "deep",
        Fault::Twice => "twice",
        Fault::Kind => "kind",
    };
    json.damage.spots().iter().map(|spot| (spot.at.as_str(), name(&spot.fault))).collect()
}

#[test]
fn what_is_wrong_spoils_itself_alone() {
    type Spots<'a> = &'a [(&'a str, &'a str)];
    let table: [(&str, Value, Spots<'_>); 14] = [
        (r#"{"a":"\ud83d","b":1}"#, json!({"a": "\u{FFFD}", "b": 1}), &[("/a", "text")]),
        (r#"{"a":"x\ude00y\ud83d\ud83d\ude00"}"#, json!({"a": "x\u{FFFD}y\u{FFFD}\u{1F600}"}), &[("/a", "text")]),
        (r#"{"\ud83d":["\udc00"]}"#, json!({"\u{FFFD}": ["\u{FFFD}"]}), &[("", "text"), ("/\u{FFFD}/0", "text")]),
        (
            r#"[{"n":NaN},{"n":-Infinity}]"#,
            json!([{"n": "NaN"}, {"n": "-Infinity"}]),
            &[("/0/n", "token"), ("/1/n", "token")],
        ),
        (
            r#"{"a":True,"b":01,"c":.5,"d":+1,"e":'x'}"#,
            json!({"a": "True", "b": "01", "c": ".5", "d": "+1", "e": "'x'"}),
            &[("/a", "token"), ("/b", "token"), ("/c", "token"), ("/d", "token"), ("/e", "token")],
        ),
        (
            r#"{"total":,"last": }"#,
            json!({"total": null, "last": null}),
            &[("/total", "missing"), ("/last", "missing")],
        ),
        (r#"{"a":"\x41\u12g4\'"}"#, json!({"a": r"\x41\u12g4\'"}), &[("/a", "text")]),
        (r#"{"a":1,"a":2,"b":3,"b":3}"#, json!({"a": 2, "b": 3}), &[("/a", "twice")]),
        (r#"{"x/y~":["\ud800"]}"#, json!({"x/y~": ["\u{FFFD}"]}), &[("/x~1y~0/0", "text")]),
        // Nothing is lost by these.
        ("\u{FEFF} {\"a\":\"x\u{0}\n\u{1b}y\"}\n\0\0", json!({"a": "x\u{0}\n\u{1b}y"}), &[]),
        (r#"{"a":[1,2,],}"#, json!({"a": [1, 2]}), &[]),
        (r#"{"a":"\ud83d\ude00\u00e9\/\b\f\n\r\t\"\\"}"#, json!({"a": "\u{1F600}é/\u{8}\u{c}\n\r\t\"\\"}), &[]),
        (r#"{"$serde_json::private::Number":"x"}"#, json!({"$serde_json::private::Number": "x"}), &[]),
        ("\"alone\"", json!("alone"), &[]),
    ];
    for (text, value, damage) in table {
        let json = read(text);
        assert_eq!(json.value, value, "{text}");
        assert_eq!(spots(&json), damage, "{text}");
        assert_eq!(json.damage.many(), damage.len());
    }
    let json = Json::read(b"{\"a\":\"\xC3\",\"b\":\"\xC3\xA9\"}").unwrap();
    assert_eq!((json.value.clone(), spots(&json)), (json!({"a": "\u{FFFD}", "b": "é"}), vec![("/a", "text")]));
}

#[test]
fn numbers_keep_their_digits() {
    for digits in ["12345678901234567890123", "-0", "1.50", "1e+999", "0.1000000000000000055"] {
        let json = read(&format!("[{digits}]"));
        assert_eq!((json.value[0].to_string(), json.damage.many()), (digits.to_owned(), 0));
    }
    assert_eq!(read("[1E999]").value[0].to_string(), "1e+999");
    assert_eq!(read("17").value, json!(17));
}

#[test]
fn what_has_no_shape_is_refused_with_its_place() {
    let table: [(&str, NoJson); 16] = [
        ("", NoJson::Cut(0)),
        ("{\"a\":\"x", NoJson::Cut(7)),
        ("{\"a\":\"x\\", NoJson::Cut(8)),
        ("{\"a\":tru", NoJson::Cut(8)),
        ("{\"a\"", NoJson::Cut(4)),
        ("[1,", NoJson::Cut(3)),
        ("[", NoJson::Cut(1)),
        ("{a:1}", NoJson::Broken(1)),
        ("{\"a\" 1}", NoJson::Broken(5)),
        ("{\"a\":1 \"b\":2}", NoJson::Broken(7)),
        ("[1 2]", NoJson::Broken(3)),
        ("[,]", NoJson::Broken(1)),
        ("{,}", NoJson::Broken(1)),
        ("{]", NoJson::Broken(1)),
        ("{} x", NoJson::Broken(3)),
        ("Bad Gateway", NoJson::Broken(0)),
    ];
    for (text, why) in table {
        assert_eq!(Json::read(text.as_bytes()).err(), Some(why), "{text}");
    }
    assert_eq!(Json::read(b"NaN").err(), Some(NoJson::Broken(0)));
    assert_eq!(Json::value(b"{}"), Some(json!({})));
}

#[test]
fn what_is_too_deep_is_left_out_and_the_rest_is_read() {
    for deep in ["[".repeat(200_000) + &"]".repeat(200_000), "{\"a\":".repeat(200) + "\"]\\\"\"" + &"}".repeat(200)] {
        let json = read(&format!("{{\"deep\":{deep},\"b\":1}}"));
        assert_eq!((&json.value["b"], json.damage.many()), (&json!(1), 1));
        assert_eq!(json.damage.spots()[0].fault, Fault::Deep);
    }
    assert_eq!(Json::read("[".repeat(200_000).as_bytes()).err(), Some(NoJson::Cut(200_000)));
}

#[test]
fn damage_is_told_by_its_places() {
    assert_eq!(read("[1]").damage.words(), None);
    let one = read(r#"{"messages":[{"text":"\ud83d"}]}"#);
    let words = "1 value could not be read as sent: /messages/0/text (characters that can't be read)";
    assert_eq!(one.damage.words().as_deref(), Some(words));
    let many = read(&format!("[{}]", vec!["NaN"; 300].join(",")));
    assert_eq!((many.damage.many(), many.damage.spots().len()), (300, 100));
    assert!(many.damage.words().unwrap().ends_with("/2 (no JSON value); …"));
    let long = read(&format!("{{\"{}\":NaN}}", "é".repeat(500))).damage.words().unwrap();
    assert!(long.chars().count() < 200 && long.contains("é… (no"), "{long}");
}

/// The deltas of a reply, joined as they come.
fn joined(deltas: &[&str]) -> (Vec<String>, Option<char>) {
    let mut halves = HalfJoiner::default();
    let texts = deltas.iter().map(|delta| {
        let json = read(&format!("{{\"d\":\"{delta}\"}}"));
        halves.next(json.value["d"].as_str().unwrap(), &json.damage, |at| at == "/d")
    });
    let texts = texts.collect();
    (texts, halves.rest())
}

#[test]
fn halves_in_two_texts_are_one_character() {
    let bad = Some('\u{FFFD}');
    assert_eq!(joined(&["a\\ud83d", "\\ude00b"]), (vec!["a".into(), "\u{1F600}b".into()], None));
    assert_eq!(joined(&["\\ud83d", "", "\\ude00"]), (vec![String::new(), String::new(), "\u{1F600}".into()], None));
    assert_eq!(joined(&["a\\ud83d", "b"]), (vec!["a".into(), "\u{FFFD}b".into()], None));
    assert_eq!(joined(&["a\\ud83d"]), (vec!["a".into()], bad));
    assert_eq!(joined(&["\\ud83d", "\\ud83d"]), (vec![String::new(), "\u{FFFD}".into()], bad));
    assert_eq!(joined(&["\\ude00", "b"]), (vec!["\u{FFFD}".into(), "b".into()], None));
    assert_eq!(joined(&["\\ud83d", "\\ude00\\ud83d", "\\ude00"]).0.concat(), "\u{1F600}\u{1F600}");
    // What came as that character is no half.
    assert_eq!(joined(&["a\u{FFFD}", "\\ude00"]).0.concat(), "a\u{FFFD}\u{FFFD}");
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|f| json!(f)),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..5)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn good_json_is_read_as_everybody_reads_it(value in any_json(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let json = Json::read(text.as_bytes()).unwrap();
        prop_assert_eq!(&json.value, &value);
        prop_assert!(json.damage.is_none());
    }

    #[test]
    fn nothing_panics_and_what_serde_takes_is_taken(text in "[{}\\[\\],:\"\\\\\\nu0d8ceE+.1tfalsen é-]{0,40}") {
        let json = Json::read(text.as_bytes());
        if let Ok(value) = serde_json::from_str::<Value>(&text) {
            let json = json.unwrap();
            prop_assert_eq!(json.value, value);
        }
    }

    #[test]
    fn any_bytes_come_to_an_end(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let _ = Json::read(&bytes);
        let mut inside = b"{\"a\":\"".to_vec();
        inside.extend(bytes.iter().map(|byte| if matches!(byte, b'"' | b'\\') { b'.' } else { *byte }));
        inside.extend(b"\",\"b\":1}");
        prop_assert_eq!(&Json::read(&inside).unwrap().value["b"], &json!(1));
    }
}
