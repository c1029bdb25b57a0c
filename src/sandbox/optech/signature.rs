//! How `OpTech` signs, both ways: base64 with `-` and `_`, padded, over the raw body.

use std::fmt::Write as _;

use serde_json::Value;

use crate::domain::Secret;
use crate::signature::Signature;

use super::super::signing::SigningInput;
use super::account::CLIENT_SECRET;

/// Either name may bear the signature; both do no harm. The document has the first name, the vendor's example reads the
/// second.
pub(super) const HEADERS: [&str; 2] = ["x-optech-signature", "x-optech-webhook-signature"];

/// The headers that go with a webhook: under both names that are about.
pub(super) fn sign(input: &SigningInput<'_>) -> Vec<(String, String)> {
    let signature = signature(CLIENT_SECRET, input.body);
    HEADERS.map(|name| (name.to_owned(), signature.clone())).to_vec()
}

/// The signature of a body.
pub(super) fn signature(secret: &str, body: &[u8]) -> String {
    Signature::from_parts(&Secret::new(secret), &[body]).url_safe()
}

/// JSON in ASCII alone: receivers differ in what they sign where a character is not.
pub(super) fn ascii_json(value: &Value) -> String {
    let mut out = String::new();
    for c in value.to_string().chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                // Writing to a string can't fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::domain::Timestamp;

    use super::*;

    #[test]
    fn the_vectors_of_the_scheme_come_out() {
        let signature = |body: &str| signature("test-secret", body.as_bytes());
        assert_eq!(signature(""), "pBvG2B1kE1dq4JlJleCtiaQW7Jc4lRXDYE9HciEi7us=");
        assert_eq!(signature(r#"{"data":{"key":"value"}}"#), "UYwC5p9L8_Mxf_eXJCRKvjEZ7DLXmY-jKlkHNPbIwkU=");
        assert_eq!(
            signature("{\"data\":{\"note\":\"it\u{2019}s\"}}"),
            "gIKxGZtaYQ8PKVXrqo7JokbCHSmVovg28h_0fo_3QQo="
        );
        let note = ascii_json(&json!({ "data": { "note": "it\u{2019}s" } }));
        assert_eq!(signature(&note), "UNYDhDkLjmIcAU7B0BJ42OpfePHQQ6LKnItkkCvOhHQ=");
    }

    #[test]
    fn two_headers_bear_the_signature() {
        let url = "http://127.0.0.1:1/hooks/x".parse().unwrap();
        let now = Timestamp::from_millis(1_700_000_000_999);
        let headers = sign(&SigningInput { url: &url, idempotency_key: "once", now, body: b"{}" });
        let signature = signature(CLIENT_SECRET, b"{}");
        let expected = ["x-optech-signature", "x-optech-webhook-signature"];
        assert_eq!(headers, expected.map(|name| (name.to_owned(), signature.clone())));
    }

    #[test]
    fn ascii_json_is_ascii_and_the_same_json() {
        let value = json!({ "a\u{e9}": "\u{1f389} it\u{2019}s \"\n\\ \u{7f}", "b": [1, null] });
        let text = ascii_json(&value);
        assert!(text.is_ascii(), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
