//! Each platform's webhooks: those that are its own are verified and read, and nobody else's are believed.

use bytes::Bytes;
use patchcord::domain::{Delivery, Meaning, Secret, SecretRef, SettingValue, Timestamp, Trust};
use serde_json::{Value, json};

use crate::{Subject, open, subjects};

/// Those that post webhooks.
fn hooked() -> Vec<Subject> {
    subjects().into_iter().filter(|subject| subject.can.webhook).collect()
}

/// Whether an adapter takes a delivery for its platform's.
fn trusted(subject: &Subject, delivery: &Delivery) -> bool {
    subject.adapter.verify(delivery, Timestamp::now()) == Ok(Trust::Verified)
}

/// The headers that only a signature needs.
fn signatures(delivery: &Delivery) -> Vec<String> {
    let named = |name: &&String| name.starts_with("x-") && !name.starts_with("x-patchcord");
    delivery.headers.iter().map(|(name, _)| name).filter(named).cloned().collect()
}

#[test]
fn its_own_are_verified_and_read_and_nobody_elses_are() {
    for subject in hooked() {
        let good = subject.deliver(&subject.event());
        let signs = !signatures(&good).is_empty();
        let trust = subject.adapter.verify(&good, Timestamp::now()).expect("it is the platform's");
        assert_eq!(trust, if signs { Trust::Verified } else { Trust::Unsigned }, "{}", subject.name);
        let reception = subject.adapter.receive(&good).expect("it can be read");
        assert_eq!(reception.inbound.len(), 1, "{}", subject.name);
        assert!(!matches!(reception.inbound[0].meaning, Meaning::Probe { .. }), "{}", subject.name);
        // The same again is the same, and another one is not.
        let again = subject.adapter.receive(&good).expect("it can be read");
        assert_eq!(again.inbound[0].key, reception.inbound[0].key, "{}", subject.name);

        let mut refused = 0;
        if signs {
            for bit in 0..good.body.len() * 8 {
                let mut body = good.body.to_vec();
                body[bit / 8] ^= 1 << (bit % 8);
                assert!(
                    !trusted(&subject, &Delivery { body: body.into(), ..good.clone() }),
                    "{}: bit {bit}",
                    subject.name
                );
                refused += 1;
            }
            for name in signatures(&good) {
                refused += misuse(&subject, &good, &name);
            }
            let bare = Delivery {
                headers: vec![("content-type".to_owned(), "application/json".to_owned())],
                ..good.clone()
            };
            assert!(!trusted(&subject, &bare), "{}: without a signature", subject.name);
        }
        another_channels(&subject, &good, signs);
        println!("PASS webhooks {} refused={refused}", subject.name);
    }
}

/// One header, wrong in every way.
fn misuse(subject: &Subject, good: &Delivery, name: &str) -> usize {
    let at = good.headers.iter().position(|(n, _)| n == name).expect("it is there");
    let value = good.headers[at].1.clone();
    let with = |text: String| {
        let mut delivery = good.clone();
        delivery.headers[at].1 = text;
        delivery
    };
    let mut wrong: Vec<String> =
        vec![String::new(), "x".to_owned(), format!("{value}{value}"), "é".repeat(50), "A".repeat(5_000)];
    // Without its padding it is the same signature.
    let whole = value.trim_end_matches('=').len();
    wrong.extend((0..whole).map(|end| value[..end].to_owned()));
    for (place, old) in value.char_indices() {
        let new = if old == '1' { '2' } else { '1' };
        wrong.push(value.chars().enumerate().map(|(n, c)| if n == place { new } else { c }).collect());
    }
    let count = wrong.len();
    for text in wrong {
        assert!(!trusted(subject, &with(text.clone())), "{}: {name}: {text:?}", subject.name);
    }
    let mut twice = good.clone();
    twice.headers.push((name.to_owned(), value));
    assert!(!trusted(subject, &twice), "{}: {name} twice", subject.name);
    count + 1
}

/// Another channel of the same platform is another secret, another id, or another URL.
fn another_channels(subject: &Subject, good: &Delivery, signs: bool) {
    let mut other = subject.channel.clone();
    for (key, value) in other.settings.iter_mut() {
        match value {
            SettingValue::Secret(_) if signs => *value = SecretRef::Plain(Secret::new("another secret")).into(),
            SettingValue::Text(_) if !signs && key == "channel_id" => *value = "another".into(),
            _ => {}
        }
    }
    let adapter = open(&other).0;
    if signs {
        assert!(adapter.verify(good, Timestamp::now()).is_err(), "{}: another's secret", subject.name);
    } else {
        let rejection = adapter.receive(good).expect_err("another's body");
        assert_eq!(rejection.status, 400, "{}: {rejection:?}", subject.name);
    }
}

#[test]
fn a_sample_of_its_own_and_a_replay_signed_anew_are_accepted() {
    for subject in hooked() {
        let (adapter, now) = (&subject.adapter, Timestamp::now());
        let good = subject.deliver(&subject.event());
        let sample = adapter.sample(now).expect("who posts webhooks has a sample");
        for (body, real) in [(sample, false), (good.body.clone(), true)] {
            let headers: Vec<(String, String)> = adapter.sign(&body, &good.url, now, "once");
            let lower = |(name, value): (String, String)| (name.to_ascii_lowercase(), value);
            let delivery = Delivery {
                headers: headers.into_iter().map(lower).collect(),
                body,
                at: now,
                replay: true,
                ..good.clone()
            };
            let trust = adapter.verify(&delivery, now).unwrap_or_else(|e| panic!("{}: {e:?}", subject.name));
            assert!(trust != Trust::Unverified, "{}", subject.name);
            let reception = adapter.receive(&delivery).unwrap_or_else(|e| panic!("{}: {e:?}", subject.name));
            let harmless = |m: &Meaning| matches!(m, Meaning::Probe { .. });
            // A sample has no effect.
            assert!(
                real || reception.inbound.iter().all(|i| harmless(&i.meaning)),
                "{}: {reception:?}",
                subject.name
            );
        }
    }
}

#[test]
fn hostile_bodies_are_refused_or_read_and_never_break_it() {
    for subject in hooked() {
        let good = subject.deliver(&subject.event());
        let mut bodies: Vec<Vec<u8>> = [
            "",
            " ",
            "null",
            "5",
            "\"x\"",
            "[]",
            "[[[]]]",
            "{}",
            "{",
            "}",
            "{\"a\"",
            "\u{feff}{}",
            "{\"events\":{}}",
            "{\"events\":[null]}",
            "{\"events\":[[]]}",
            "{\"type\":5}",
            "{\"key\":null}",
            "{\"key\":[]}",
            "{\"key\":\"k\",\"link\":{}}",
            "{\"channelID\":{},\"userID\":[]}",
            "{\"userID\":1e400}",
            "{\"a\":\"\\ud800\"}",
            "<html>",
            "a=b&c=d",
            "{\"message\":\"\\u0000\"}",
        ]
        .iter()
        .map(|body| body.as_bytes().to_vec())
        .collect();
        bodies.push(vec![0xff; 100]);
        bodies.push([&b"{\"a\":"[..], &b"[".repeat(100_000)].concat());
        bodies.push(format!("{{\"a\":[{}1]}}", "1,".repeat(50_000)).into_bytes());
        bodies.push(format!("{{{}\"a\":1}}", "\"k\":{},".repeat(20_000)).into_bytes());
        bodies.extend((0..good.body.len()).map(|end| good.body[..end].to_vec()));
        // Each value of a good one in turn is something else.
        let whole: Value = serde_json::from_slice(&good.body).expect("JSON");
        let others = [
            json!(null),
            json!(true),
            json!(-1),
            json!(1e300),
            json!(""),
            json!([]),
            json!({}),
            json!([[{}]]),
            json!("x".repeat(10_000)),
        ];
        let mut paths = Vec::new();
        walk(&whole, String::new(), &mut paths);
        for path in &paths {
            for other in &others {
                let mut changed = whole.clone();
                *changed.pointer_mut(path).expect("it is there") = other.clone();
                bodies.push(changed.to_string().into_bytes());
            }
        }
        let count = bodies.len();
        for body in bodies {
            let delivery = Delivery { body: Bytes::from(body), ..good.clone() };
            let _ = subject.adapter.verify(&delivery, Timestamp::now());
            if let Err(rejection) = subject.adapter.receive(&delivery) {
                assert!([400, 401].contains(&rejection.status), "{}: {rejection:?}", subject.name);
                assert!(rejection.reason.len() < 300, "{}: {rejection:?}", subject.name);
                for secret in &subject.secrets {
                    assert!(!rejection.reason.contains(secret), "{}: {rejection:?}", subject.name);
                }
            }
        }
        println!("PASS hostile {} n={count}", subject.name);
    }
}

fn walk(value: &Value, path: String, paths: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                walk(value, format!("{path}/{key}"), paths);
            }
        }
        Value::Array(items) => {
            for (n, value) in items.iter().enumerate() {
                walk(value, format!("{path}/{n}"), paths);
            }
        }
        _ => {}
    }
    paths.push(path);
}
