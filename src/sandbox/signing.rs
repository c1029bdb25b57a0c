//! How each platform signs the webhooks that it posts, spelled out by hand from what is known of it.

use std::fmt::Write as _;

use serde_json::Value;
use url::Url;

use crate::domain::{Secret, Timestamp};
use crate::signature::Signature;

use super::credentials::{EKO_CLIENT_SECRET, OPERATOR_SIGNING_KEY, OPTECH_CLIENT_SECRET};

/// The scheme of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignatureScheme {
    /// Nothing is signed: `KLaunch`.
    Bare,
    /// The body, under both names that are about.
    OpTech,
    /// The body.
    Eko,
    /// Address, idempotency key, time and body.
    Operator,
}

impl SignatureScheme {
    /// The headers that go with a body. `once` is the same for each try of one webhook.
    pub(super) fn headers(self, url: &Url, once: &str, now: Timestamp, body: &[u8]) -> Vec<(String, String)> {
        let header = |name: &str, value: String| (name.to_owned(), value);
        match self {
            Self::Bare => Vec::new(),
            Self::OpTech => {
                let signature = optech(OPTECH_CLIENT_SECRET, body);
                // The document has the first name, the vendor's example reads the second.
                vec![header("x-optech-signature", signature.clone()), header("x-optech-webhook-signature", signature)]
            }
            Self::Eko => vec![header("x-eko-signature", eko(EKO_CLIENT_SECRET, body))],
            Self::Operator => {
                let seconds = now.millis() / 1000;
                let signature = operator(OPERATOR_SIGNING_KEY, url, once, seconds, body);
                vec![
                    header("x-timestamp", seconds.to_string()),
                    header("x-idempotency-key", once.to_owned()),
                    header("x-signature", signature),
                ]
            }
        }
    }
}

/// `OpTech`: base64 with `-` and `_`, padded, over the raw body; both ways.
pub(super) fn optech(secret: &str, body: &[u8]) -> String {
    Signature::of(&Secret::new(secret), &[body]).url_safe()
}

/// Eko: standard base64 over the raw body.
fn eko(secret: &str, body: &[u8]) -> String {
    Signature::of(&Secret::new(secret), &[body]).standard()
}

/// Operator: hexadecimal, over `url:key:time:body`, the URL without its query.
fn operator(key: &str, url: &Url, once: &str, seconds: i64, body: &[u8]) -> String {
    let mut plain = url.clone();
    plain.set_query(None);
    plain.set_fragment(None);
    let head = format!("{plain}:{once}:{seconds}:");
    Signature::of(&Secret::new(key), &[head.as_bytes(), body]).hex()
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

    use super::*;

    #[test]
    fn the_vectors_of_the_schemes_come_out() {
        let optech = |body: &str| optech("test-secret", body.as_bytes());
        assert_eq!(optech(""), "pBvG2B1kE1dq4JlJleCtiaQW7Jc4lRXDYE9HciEi7us=");
        assert_eq!(optech(r#"{"data":{"key":"value"}}"#), "UYwC5p9L8_Mxf_eXJCRKvjEZ7DLXmY-jKlkHNPbIwkU=");
        assert_eq!(optech("{\"data\":{\"note\":\"it\u{2019}s\"}}"), "gIKxGZtaYQ8PKVXrqo7JokbCHSmVovg28h_0fo_3QQo=");
        let note = ascii_json(&json!({ "data": { "note": "it\u{2019}s" } }));
        assert_eq!(optech(&note), "UNYDhDkLjmIcAU7B0BJ42OpfePHQQ6LKnItkkCvOhHQ=");
        assert_eq!(eko("test-secret", br#"{"events":[]}"#), "Va12JSFB+Fs03rxzdvh7icVLk546dmNGSrPkkClJW/U=");
        let url: Url = "https://example.com/hook?a=1#b".parse().unwrap();
        assert_eq!(
            operator("test-key", &url, "idem-1", 1_700_000_000, br#"{"type":"conversation.ended"}"#),
            "1432423f4671fb69f09874bb380daec6c8a24b6e32ae7ee9b86c810fe3cb9201"
        );
    }

    #[test]
    fn each_scheme_has_its_headers() {
        let url: Url = "http://127.0.0.1:1/hooks/x".parse().unwrap();
        let names = |scheme: SignatureScheme| {
            let headers = scheme.headers(&url, "once", Timestamp::from_millis(1_700_000_000_999), b"{}");
            headers.into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names(SignatureScheme::Bare), "");
        assert_eq!(names(SignatureScheme::OpTech), "x-optech-signature x-optech-webhook-signature");
        assert_eq!(names(SignatureScheme::Eko), "x-eko-signature");
        assert_eq!(names(SignatureScheme::Operator), "x-timestamp x-idempotency-key x-signature");
        let headers =
            SignatureScheme::Operator.headers(&url, "once", Timestamp::from_millis(1_700_000_000_999), b"{}");
        assert_eq!((headers[0].1.as_str(), headers[1].1.as_str()), ("1700000000", "once"));
    }

    #[test]
    fn ascii_json_is_ascii_and_the_same_json() {
        let value = json!({ "a\u{e9}": "\u{1f389} it\u{2019}s \"\n\\ \u{7f}", "b": [1, null] });
        let text = ascii_json(&value);
        assert!(text.is_ascii(), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
