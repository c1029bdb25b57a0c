//! Every vector, every header, and every bit.

use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::domain::{ChannelName, Timestamp};

const SECRET: &str = "test-secret";

fn delivery(body: &[u8], headers: &[(&str, &str)]) -> Delivery {
    Delivery {
        channel: ChannelName::new("lookups"),
        at: Timestamp::from_millis(0),
        url: "http://127.0.0.1/hooks/lookups".to_owned(),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        body: Bytes::copy_from_slice(body),
        replay: false,
    }
}

fn takes(body: &[u8], headers: &[(&str, &str)]) -> bool {
    is_signed(&delivery(body, headers), &Secret::new(SECRET))
}

fn signed(body: &str) -> String {
    signature(&Secret::new(SECRET), body.as_bytes())
}

#[test]
fn the_known_vectors_are_taken_in_every_header() {
    let quoted = "{\"data\":{\"note\":\"it\u{2019}s\"}}";
    let vectors = [
        ("", "pBvG2B1kE1dq4JlJleCtiaQW7Jc4lRXDYE9HciEi7us="),
        ("{\"data\":{\"key\":\"value\"}}", "UYwC5p9L8_Mxf_eXJCRKvjEZ7DLXmY-jKlkHNPbIwkU="),
        (quoted, "gIKxGZtaYQ8PKVXrqo7JokbCHSmVovg28h_0fo_3QQo="),
        (quoted, "UNYDhDkLjmIcAU7B0BJ42OpfePHQQ6LKnItkkCvOhHQ="),
    ];
    for (body, signature) in vectors {
        for name in TAKEN {
            assert!(takes(body.as_bytes(), &[(name, signature)]), "{name}: {body}");
            // The standard alphabet, no padding, hexadecimal digits.
            assert!(takes(body.as_bytes(), &[(name, &signature.replace('-', "+").replace('_', "/"))]));
            assert!(takes(body.as_bytes(), &[(name, signature.trim_end_matches('='))]));
            let hex = Signature::read(signature).unwrap().hex();
            assert!(takes(body.as_bytes(), &[(name, &hex)]));
        }
        for name in ["authorization", "x-signature", "x-optech", "X-Optech-Signature", "x-eko-signature"] {
            assert!(!takes(body.as_bytes(), &[(name, signature)]), "{name}");
        }
    }
}

#[test]
fn a_body_may_be_signed_as_it_is_or_in_ascii() {
    let body = "{\"a\": \"it\u{2019}s \u{1f600} caf\u{e9}\"}";
    let quoted = "{\"a\": \"it\\u2019s \u{1f600} caf\u{e9}\"}";
    let escaped = "{\"a\": \"it\\u2019s \\ud83d\\ude00 caf\\u00e9\"}";
    for form in [body, quoted, escaped] {
        assert!(takes(body.as_bytes(), &[("x-optech-signature", &signed(form))]), "{form}");
    }
    // Not the other way round, and no form between.
    assert!(!takes(escaped.as_bytes(), &[("x-optech-signature", &signed(body))]));
    assert!(!takes(body.as_bytes(), &[("x-optech-signature", &signed(&escaped.replace("\\u2019", "\u{2019}")))]));
    assert!(!takes(body.as_bytes(), &[("x-optech-signature", &signed(&body.replace(": ", ":")))]));
    // What is no text has one form.
    let raw = b"{\"a\":\"\xFF\xE2\x80\x99\"}";
    let raw_signature = signature(&Secret::new(SECRET), raw);
    assert!(takes(raw, &[("x-optech-signature", &raw_signature)]));
    assert!(!takes(raw, &[("x-optech-signature", &signed("{\"a\":\"\u{fffd}\u{2019}\"}"))]));
}

#[test]
fn all_signatures_have_to_be_right_and_single() {
    let body = "{\"key\":\"k\"}";
    let (good, bad) = (signed(body), signed("another"));
    let [one, two, three] = TAKEN;
    let takes = |headers: &[(&str, &str)]| takes(body.as_bytes(), headers);
    assert!(takes(&[(one, &good), (two, &good), (three, &good), ("content-type", "application/json")]));
    // Two spellings of one signature are both right.
    assert!(takes(&[(one, &good), (two, good.trim_end_matches('='))]));
    let wrong = ["", "x", "=", &bad, &good[1..], &format!("{good}="), &format!("{good},{good}"), &good[..42]];
    for wrong in wrong.into_iter().chain(["A".repeat(43).as_str(), "0".repeat(64).as_str(), &"A".repeat(500)]) {
        assert!(!takes(&[(one, wrong)]), "{wrong}");
        assert!(!takes(&[(one, &good), (two, wrong)]), "{wrong}");
        assert!(!takes(&[(two, wrong), (three, &good)]), "{wrong}");
    }
    assert!(!takes(&[(one, &good), (one, &good)]));
    assert!(!takes(&[(one, &good), (two, &good), (two, &bad)]));
    assert!(!takes(&[(one, &good), (two, &good), (two, &good)]));
    assert!(!takes(&[]));
    assert!(!takes(&[("content-type", &good)]));
    assert!(!is_signed(&delivery(body.as_bytes(), &[(one, &good)]), &Secret::new("test-secreu")));
    assert!(!is_signed(&delivery(body.as_bytes(), &[(one, &good)]), &Secret::new("")));
}

#[test]
fn no_flipped_bit_is_taken() {
    let body = "{\"key\":\"order\",\"inputs\":{\"id\":\"it\u{2019}s 7\"}}";
    for form in [body.to_owned(), body.replace(QUOTE, "\\u2019")] {
        let good = signed(&form);
        let mut bytes = body.as_bytes().to_vec();
        for bit in 0..bytes.len() * 8 {
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(!takes(&bytes, &[("x-optech-signature", &good)]), "bit {bit} of the body");
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        let hex = Signature::read(&good).unwrap().hex();
        for (at, digit) in hex.char_indices() {
            for bit in 0..4 {
                let flipped = format!("{:x}", digit.to_digit(16).unwrap() ^ (1 << bit));
                let mut mac = hex.clone();
                mac.replace_range(at..=at, &flipped);
                assert!(!takes(body.as_bytes(), &[("x-optech-webhook-signature", &mac)]), "bit {bit} of digit {at}");
            }
        }
        for length in 0..=200 {
            let (short, long) = (&good[..length.min(43)], format!("{good}{}", "A".repeat(length)));
            assert_eq!(takes(body.as_bytes(), &[("x-optech-signature", short)]), length >= 43, "{short}");
            assert_eq!(takes(body.as_bytes(), &[("x-optech-signature", &long)]), length == 0, "{long}");
        }
    }
}

#[test]
fn what_goes_out_is_ascii_and_means_the_same() {
    let data = " {\"note\":\"it\u{2019}s \u{1f600}\\u00e9\u{7f}\u{e9}\",\n\"n\":1} ";
    let body = answer_body(data);
    assert_eq!(body, "{\"data\":{\"note\":\"it\\u2019s \\ud83d\\ude00\\u00e9\u{7f}\\u00e9\",\n\"n\":1}}");
    let read = |json: &str| serde_json::from_str::<serde_json::Value>(json).unwrap();
    assert_eq!(read(&body)["data"], read(data));
    let headers = headers(&Secret::new(SECRET), body.as_bytes());
    assert_eq!(
        headers.each_ref().map(|(name, _)| name.as_str()),
        ["x-optech-signature", "x-optech-webhook-signature"]
    );
    for (name, value) in &headers {
        assert!(takes(body.as_bytes(), &[(name, value)]));
    }
    assert_eq!(signed("{\"data\":{\"key\":\"value\"}}"), "UYwC5p9L8_Mxf_eXJCRKvjEZ7DLXmY-jKlkHNPbIwkU=");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// The example's way: the quote escaped, standard base64, and two of its characters replaced.
    #[test]
    fn what_the_example_would_sign_is_taken_and_no_other_body(
        body in "[{}:, \n\\\\\"u2019a\u{2019}é\u{1f600}]{0,40}", other in "[{}:, \n\\\\\"u2019a\u{2019}]{0,40}", name in 0_usize..3,
    ) {
        let shaken = body.replace('\u{2019}', "\\u2019");
        let mac = Signature::from_parts(&Secret::new(SECRET), &[shaken.as_bytes()]);
        let theirs = mac.standard().replace('+', "-").replace('/', "_");
        prop_assert!(takes(body.as_bytes(), &[(TAKEN[name], &theirs)]));
        let same = [other.clone(), other.replace('\u{2019}', "\\u2019")].contains(&shaken);
        prop_assert_eq!(takes(other.as_bytes(), &[(TAKEN[name], &theirs)]), same, "{}", other);
    }
}
