//! How Operator signs its webhooks: hexadecimal, over address, idempotency key, time and body.

use url::Url;

use crate::domain::Secret;
use crate::signature::Signature;

use super::super::signing::SigningInput;
use super::account::SIGNING_KEY;

/// The headers that go with a webhook.
pub(super) fn sign(input: &SigningInput<'_>) -> Vec<(String, String)> {
    let SigningInput { url, idempotency_key, now, body } = input;
    let seconds = now.millis() / 1000;
    let signature = signature(SIGNING_KEY, url, idempotency_key, seconds, body);
    vec![
        ("x-timestamp".to_owned(), seconds.to_string()),
        ("x-idempotency-key".to_owned(), (*idempotency_key).to_owned()),
        ("x-signature".to_owned(), signature),
    ]
}

/// Over `url:key:time:body`, the URL without its query.
fn signature(key: &str, url: &Url, idempotency_key: &str, seconds: i64, body: &[u8]) -> String {
    let mut plain = url.clone();
    plain.set_query(None);
    plain.set_fragment(None);
    let head = format!("{plain}:{idempotency_key}:{seconds}:");
    Signature::from_parts(&Secret::new(key), &[head.as_bytes(), body]).hex()
}

#[cfg(test)]
mod tests {
    use crate::domain::Timestamp;

    use super::*;

    #[test]
    fn the_vector_of_the_scheme_comes_out() {
        let url: Url = "https://example.com/hook?a=1#b".parse().unwrap();
        assert_eq!(
            signature("test-key", &url, "idem-1", 1_700_000_000, br#"{"type":"conversation.ended"}"#),
            "1432423f4671fb69f09874bb380daec6c8a24b6e32ae7ee9b86c810fe3cb9201"
        );
    }

    #[test]
    fn three_headers_go_with_a_webhook() {
        let url = "http://127.0.0.1:1/hooks/x".parse().unwrap();
        let now = Timestamp::from_millis(1_700_000_000_999);
        let headers = sign(&SigningInput { url: &url, idempotency_key: "once", now, body: b"{}" });
        let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["x-timestamp", "x-idempotency-key", "x-signature"]);
        assert_eq!((headers[0].1.as_str(), headers[1].1.as_str()), ("1700000000", "once"));
    }
}
