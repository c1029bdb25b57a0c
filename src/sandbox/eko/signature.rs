//! How Eko signs its webhooks: standard base64 over the raw body.

use crate::domain::Secret;
use crate::signature::Signature;

use super::super::signing::SigningInput;
use super::account::CLIENT_SECRET;

/// The header that goes with a webhook.
pub(super) fn sign(input: &SigningInput<'_>) -> Vec<(String, String)> {
    vec![("x-eko-signature".to_owned(), signature(CLIENT_SECRET, input.body))]
}

fn signature(secret: &str, body: &[u8]) -> String {
    Signature::from_parts(&Secret::new(secret), &[body]).standard()
}

#[cfg(test)]
mod tests {
    use crate::domain::Timestamp;

    use super::*;

    #[test]
    fn the_vector_of_the_scheme_comes_out() {
        assert_eq!(signature("test-secret", br#"{"events":[]}"#), "Va12JSFB+Fs03rxzdvh7icVLk546dmNGSrPkkClJW/U=");
    }

    #[test]
    fn one_header_bears_the_signature() {
        let url = "http://127.0.0.1:1/hooks/x".parse().unwrap();
        let now = Timestamp::from_millis(1_700_000_000_999);
        let headers = sign(&SigningInput { url: &url, idempotency_key: "once", now, body: b"{}" });
        assert_eq!(headers, [("x-eko-signature".to_owned(), signature(CLIENT_SECRET, b"{}"))]);
    }
}
