//! Whether an answer is encoded. None is asked for, so one that is can't be read.

use reqwest::header::{CONTENT_ENCODING, HeaderMap};

/// The longest word that is quoted.
const LONGEST: usize = 40;

/// How a body is encoded, in the server's word; none where it stands as it is.
pub(super) fn named(headers: &HeaderMap) -> Option<String> {
    let mut words = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .map(|word| String::from_utf8_lossy(word.trim_ascii()).to_ascii_lowercase())
        .filter(|word| !word.is_empty() && word != "identity");
    let word = words.next()?;
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let word: String = word.chars().take_while(plain).take(LONGEST).collect();
    Some(if word.is_empty() { "unknown".to_owned() } else { word })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_named_and_none_is_none() {
        let name = |value: &'static str| {
            named(&HeaderMap::from_iter([(CONTENT_ENCODING, reqwest::header::HeaderValue::from_static(value))]))
        };
        assert_eq!(name("gzip").as_deref(), Some("gzip"));
        assert_eq!(name("identity, BR").as_deref(), Some("br"));
        assert_eq!(name("\"x\"").as_deref(), Some("unknown"));
        for none in ["", "identity", " Identity , "] {
            assert_eq!(name(none), None, "{none}");
        }
        assert_eq!(named(&HeaderMap::new()), None);
    }
}
