//! Every fault that a signature can have on its way, with the adapters that check it.

use super::super::registry::signing::{eko, operator, optech};
use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);
const URL: &str = "https://bot.example/hooks/agents";
const JSON: &str = "{\"type\":\"x\",\"text\":\"é/<b>\",\"n\":1.0,\"a\":[1,{}]}";

/// What the platform would send now to [`URL`].
fn signed(adapter: &Arc<dyn Adapter>, body: &str) -> Delivery {
    signed_at(adapter, body, NOW)
}

fn signed_at(adapter: &Arc<dyn Adapter>, body: &str, at: Timestamp) -> Delivery {
    Delivery {
        channel: ChannelName::new("agents"),
        at: NOW,
        url: URL.to_owned(),
        headers: adapter.sign(body.as_bytes(), URL, at, "unique"),
        body: Bytes::from(body.to_owned()),
        replay: false,
    }
}

fn why(adapter: &Arc<dyn Adapter>, delivery: &Delivery) -> Refused {
    assert!(adapter.verify(delivery, NOW).is_err(), "only what is refused is explained");
    explain(&Case { delivery, adapter: adapter.as_ref(), now: NOW, others: &[], urls: &[] })
}

fn all() -> [Arc<dyn Adapter>; 3] {
    [eko("agents", "right"), optech("agents", "right"), operator("agents", "right")]
}

fn header(adapter: &Arc<dyn Adapter>) -> &'static [&'static str] {
    adapter.signature_scheme().unwrap().headers
}

#[test]
fn a_header_that_is_missing_or_doubled_is_named() {
    for adapter in all() {
        let right = signed(&adapter, JSON);
        assert!(adapter.verify(&right, NOW).is_ok());
        let without = |name: &str| {
            let mut less = right.clone();
            less.headers.retain(|(n, _)| n != name);
            less
        };
        let mut bare = right.clone();
        bare.headers.retain(|(n, _)| !header(&adapter).contains(&n.as_str()));
        let refused = why(&adapter, &bare);
        assert_eq!(refused.code, RefusalCode::SignatureMissing);
        assert_eq!(refused.detail["header"], header(&adapter)[0]);
        assert!(refused.reason.contains(header(&adapter)[0]), "{}", refused.reason);
        for name in adapter.signature_scheme().unwrap().needs {
            let refused = why(&adapter, &without(name));
            assert_eq!((refused.code, &refused.detail["header"]), (RefusalCode::SignatureMissing, &(*name).into()));
        }
        let mut twice = right.clone();
        let again = twice.headers.iter().find(|(n, _)| n == header(&adapter)[0]).unwrap().clone();
        twice.headers.push(again);
        let refused = why(&adapter, &twice);
        assert_eq!(refused.code, RefusalCode::SignatureWrong);
        assert!(refused.reason.contains("more than once"), "{}", refused.reason);
    }
}

#[test]
fn an_age_is_told_with_how_much_it_is_too_much() {
    let adapter = operator("agents", "right");
    for (off, key, by, words) in [
        (-31_000, "late_by_seconds", 1, "1 s older than the 30 s"),
        (-402_000, "late_by_seconds", 372, "6 min 12 s older"),
        (45_000, "early_by_seconds", 15, "15 s newer"),
        (7_230_000, "early_by_seconds", 7_200, "2 h 0 min newer"),
        (-30 * 86_400_000, "late_by_seconds", 2_591_970, "29 days older"),
    ] {
        let refused = why(&adapter, &signed_at(&adapter, JSON, NOW.plus_millis(off)));
        assert_eq!((refused.status, refused.code), (401, RefusalCode::SignatureStale), "{off}");
        assert_eq!((&refused.detail[key], &refused.detail["allowed_seconds"]), (&by.into(), &30.into()), "{off}");
        assert!(refused.reason.contains(words), "{}", refused.reason);
    }
    // An old one that isn't right is not merely old.
    let other = operator("agents", "wrong");
    let refused = why(&adapter, &signed_at(&other, JSON, NOW.plus_millis(-402_000)));
    assert_eq!(refused.code, RefusalCode::SignatureWrong);
    let mut millis = signed(&adapter, JSON);
    millis.headers.iter_mut().filter(|(n, _)| n.contains("timestamp")).for_each(|(_, v)| v.push_str("000"));
    assert!(why(&adapter, &millis).reason.contains("milliseconds"));
}

#[test]
fn another_channels_secret_is_named() {
    for (adapter, other) in all().into_iter().zip([eko("b", "two"), optech("b", "two"), operator("b", "two")]) {
        let delivery = signed(&other, JSON);
        assert!(adapter.verify(&delivery, NOW).is_err());
        let unrelated = eko("c", "three");
        let others = [(ChannelName::new("c"), unrelated), (ChannelName::new("b"), other)];
        let case = Case { delivery: &delivery, adapter: adapter.as_ref(), now: NOW, others: &others, urls: &[] };
        let refused = explain(&case);
        assert_eq!((refused.code, &refused.detail["channel"]), (RefusalCode::SignatureOtherSecret, &"b".into()));
        let case = Case { others: &others[..1], ..case };
        assert_eq!(explain(&case).code, RefusalCode::SignatureWrong);
    }
    // Also where the other is of another platform that signs in the same way.
    let (adapter, other) = (eko("agents", "right"), optech("b", "two"));
    let delivery = signed(&eko("agents", "two"), JSON);
    let others = [(ChannelName::new("b"), other)];
    let refused =
        explain(&Case { delivery: &delivery, adapter: adapter.as_ref(), now: NOW, others: &others, urls: &[] });
    assert_eq!((refused.code, &refused.detail["channel"]), (RefusalCode::SignatureOtherSecret, &"b".into()));
}

#[test]
fn a_body_that_was_written_anew_is_recognised() {
    let python = "{\"type\": \"x\", \"text\": \"\\u00e9/<b>\", \"n\": 1.0, \"a\": [1, {}]}";
    let php = "{\"type\":\"x\",\"text\":\"\\u00e9\\/<b>\",\"n\":1.0,\"a\":[1,{}]}";
    let go = "{\"type\":\"x\",\"text\":\"é/\\u003cb\\u003e\",\"n\":1.0,\"a\":[1,{}]}";
    let lines = "{\n  \"type\": \"x\",\n  \"text\": \"é/<b>\",\n  \"n\": 1.0,\n  \"a\": [\n    1,\n    {}\n  ]\n}";
    let texts = [JSON, python, php, go, lines];
    for adapter in all() {
        for sent in texts {
            for end in ["", "\n"] {
                let original = [sent, end].concat();
                for came in texts.iter().filter(|came| **came != original) {
                    let mut delivery = signed(&adapter, &original);
                    delivery.body = Bytes::from((*came).to_owned());
                    if adapter.verify(&delivery, NOW).is_ok() {
                        // One that its platform's own check forgives.
                        continue;
                    }
                    let refused = why(&adapter, &delivery);
                    assert_eq!(refused.code, RefusalCode::SignatureBodyRewritten, "{original:?} as {came:?}");
                    assert!(refused.detail["form"].is_string());
                }
            }
        }
        // What is no JSON at all can lose its ends too.
        for (sent, came) in [("a\nb", "a\r\nb"), ("x", "x\n"), ("x\n", "x"), ("\u{feff}x", "x"), ("x", " x ")] {
            let mut delivery = signed(&adapter, sent);
            delivery.body = Bytes::from(came.to_owned());
            assert_eq!(why(&adapter, &delivery).code, RefusalCode::SignatureBodyRewritten, "{sent:?} as {came:?}");
        }
        let mut other = signed(&adapter, JSON);
        other.body = Bytes::from(JSON.replace("\"x\"", "\"y\""));
        assert_eq!(why(&adapter, &other).code, RefusalCode::SignatureWrong, "another text is another text");
        other.body = Bytes::new();
        assert!(why(&adapter, &other).reason.contains("the body came empty"));
    }
}

#[test]
fn a_signature_in_another_spelling_is_recognised() {
    let base64 = |text: &str| {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(text)
    };
    for adapter in all() {
        let right = signed(&adapter, JSON);
        let name = header(&adapter)[0];
        let value = right.header(name).unwrap().to_owned();
        let with = |text: String| {
            let mut other = right.clone();
            let signatures = other.headers.iter_mut().filter(|(n, _)| header(&adapter).contains(&n.as_str()));
            signatures.for_each(|(_, value)| value.clone_from(&text));
            other
        };
        let percent: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
        let hex: String = value.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        for text in [
            format!("sha256={value}"),
            format!("SHA256={value}"),
            format!("v1={value}"),
            format!("\"{value}\""),
            percent,
            base64(&value),
            hex,
        ] {
            let refused = why(&adapter, &with(text.clone()));
            assert_eq!(refused.code, RefusalCode::SignatureEncoding, "{text}");
            assert!(refused.detail["encoding"].is_string());
        }
        for (text, words) in [
            (String::new(), "it is empty"),
            ("a".repeat(40), "SHA-1"),
            ("a".repeat(128), "SHA-512"),
            ("?".to_owned(), "1 characters"),
            ("x".repeat(5_000), "5000 characters"),
        ] {
            let refused = why(&adapter, &with(text));
            assert_eq!(refused.code, RefusalCode::SignatureEncoding, "{}", refused.reason);
            assert!(refused.reason.contains(words), "{}", refused.reason);
        }
    }
}

#[test]
fn another_url_is_named_beside_the_one_that_was_checked() {
    let adapter = operator("agents", "right");
    let delivery = Delivery { url: "http://127.0.0.1:8787/hooks/agents".to_owned(), ..signed(&adapter, JSON) };
    let url = |url: &str, shown: &str| SignedUrl { url: url.to_owned(), shown: shown.to_owned() };
    let urls = [url("https://else.example/hooks/agents", "no"), url(URL, "https://bot.example/[key]")];
    let case = Case { delivery: &delivery, adapter: adapter.as_ref(), now: NOW, others: &[], urls: &urls };
    let refused = explain(&case);
    assert_eq!(refused.code, RefusalCode::SignatureOtherUrl);
    assert_eq!(refused.detail["url"], "https://bot.example/[key]");
    assert_eq!(refused.detail["checked"], delivery.url);
    assert!(refused.reason.contains("https://bot.example/[key]; http://127.0.0.1:8787/hooks/agents was checked"));
    let refused = explain(&Case { urls: &urls[..1], ..case });
    assert_eq!((refused.code, &refused.detail["checked"]), (RefusalCode::SignatureWrong, &delivery.url.into()));
}

#[test]
fn what_explaining_costs_is_limited() {
    // The longest body there is, with more URLs than can be tried: what is spent is the budget, and not more.
    let adapter = operator("agents", "right");
    let mut delivery = signed(&adapter, JSON);
    delivery.body = Bytes::from(format!("[{}]", "1,".repeat(500_000) + "1"));
    let urls: Vec<SignedUrl> =
        (0..2_000).map(|n| SignedUrl { url: format!("https://{n}.example/"), shown: String::new() }).collect();
    let case = Case { delivery: &delivery, adapter: adapter.as_ref(), now: NOW, others: &[], urls: &urls };
    let scheme = adapter.signature_scheme().unwrap();
    let mut search = Search { case: &case, scheme, at: NOW, left: BUDGET };
    assert!(search.other_url().is_none() && search.other_body().is_none());
    assert!(search.left < delivery.body.len() * 3 + 1_024, "it went on for as long as it might: {}", search.left);
    assert!(!search.right(&delivery));
}
