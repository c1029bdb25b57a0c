//! What is not shown of a delivery: anything that lets its reader act as somebody.

/// What stands for a secret.
const MASK: &str = "***";

/// Whether a header may hold a secret, by its name.
fn hides(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(name.as_str(), "authorization" | "proxy-authorization" | "cookie" | "set-cookie")
        || ["token", "secret", "key", "password", "credential"].iter().any(|word| name.contains(word))
}

/// A header's value as it is shown: a secret as a mask, a signature shortened.
pub fn header(name: &str, value: &str) -> String {
    if name.to_ascii_lowercase().contains("signature") {
        return shortened(value);
    }
    // The platform's name for a request is no key to anything, and tells duplicates.
    if !hides(name) || name.eq_ignore_ascii_case("idempotency-key") {
        return value.to_owned();
    }
    match value.split_once(' ') {
        // The scheme says how, not what.
        Some((scheme, _)) if name.ends_with("authorization") && scheme.chars().all(|c| c.is_ascii_alphabetic()) => {
            format!("{scheme} {MASK}")
        }
        _ => MASK.to_owned(),
    }
}

/// Enough of a signature to tell two apart, and not enough to use.
fn shortened(value: &str) -> String {
    let start: String = value.chars().take(8).collect();
    if start.len() == value.len() { MASK.to_owned() } else { format!("{start}…") }
}

/// A URL of the listener without the key at its end.
pub fn url(url: &str) -> String {
    let Some((base, path)) = url.split_once("/hooks/") else { return url.to_owned() };
    match path.split_once('/') {
        Some((channel, key)) if !key.is_empty() => format!("{base}/hooks/{channel}/{MASK}"),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_and_the_rest_is_shown() {
        assert_eq!(header("authorization", "Bearer abc.def"), "Bearer ***");
        assert_eq!(header("authorization", "abcdef"), "***");
        assert_eq!(header("cookie", "a=b; c=d"), "***");
        assert_eq!(header("x-api-key", "k"), "***");
        assert_eq!(header("X-Auth-Token", "k.1 v"), "***");
        assert_eq!(header("x-client-secret", "s"), "***");
        assert_eq!(header("x-eko-signature", "Va12JSFB+Fs03rxzdvh7"), "Va12JSFB…");
        assert_eq!(header("x-eko-signature", "short"), "***");
        assert_eq!(header("content-type", "application/json"), "application/json");
        assert_eq!(header("idempotency-key", "idem-1"), "idem-1");
    }

    #[test]
    fn the_key_in_a_url_is_masked() {
        assert_eq!(url("http://127.0.0.1:8787/hooks/flow/s3cret"), "http://127.0.0.1:8787/hooks/flow/***");
        assert_eq!(url("http://127.0.0.1:8787/hooks/flow"), "http://127.0.0.1:8787/hooks/flow");
        assert_eq!(url("https://h.example/x"), "https://h.example/x");
    }
}
