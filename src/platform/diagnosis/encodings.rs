//! Signatures in spellings that no platform of ours uses: what they would be in one of ours. Pure.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::signature::Signature;

/// Longer than any spelling.
const LONGEST: usize = 400;
/// How other senders introduce theirs.
const PREFIXES: [&str; 6] = ["sha256=", "sha256:", "hmac-sha256=", "hmac-sha256 ", "v1=", "v0="];

/// What the text may mean, and how it is written then.
pub(super) fn read(given: &str) -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    if given.len() > LONGEST {
        return found;
    }
    let lower = given.to_ascii_lowercase();
    for prefix in PREFIXES {
        if let Some(rest) = lower.strip_prefix(prefix).and_then(|rest| given.get(given.len() - rest.len()..)) {
            found.push((rest.trim().to_owned(), "introduced by the name of its algorithm"));
        }
    }
    let plain = given.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'');
    if plain != given {
        found.push((plain.to_owned(), "in quotes, or with blanks around it"));
    }
    if given.contains('%') {
        // A form's pair says itself; its + would be a blank, and here it is one of base64's own.
        let text = given.replace('+', "%2B").replace('=', "%3D");
        found.extend(
            url::form_urlencoded::parse(text.as_bytes()).map(|(text, _)| (text.into_owned(), "percent-encoded")),
        );
    }
    if given.contains(' ') {
        found.push((given.replace(' ', "+"), "base64 whose + came as a blank"));
    }
    if given.contains(':') || given.contains('-') {
        found.push((given.replace([':', '-'], ""), "hexadecimal with marks between its digits"));
    }
    if let Ok(inner) = STANDARD.decode(given)
        && let Ok(text) = String::from_utf8(inner)
    {
        found.push((text, "in base64 twice, or base64 of its hexadecimal digits"));
    }
    if let Some(text) = unhexed(given) {
        found.push((text, "hexadecimal digits of its base64"));
    }
    found
}

/// The text behind hexadecimal digits.
fn unhexed(given: &str) -> Option<String> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let pairs = given.as_bytes().chunks(2);
    let bytes: Option<Vec<u8>> =
        pairs.map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect();
    String::from_utf8(bytes?).ok().filter(|text| !text.is_empty())
}

/// Why the text can't be a signature of ours; none where it can.
pub(super) fn unreadable(given: &str) -> Option<Cow<'static, str>> {
    if Signature::read(given).is_some() {
        return None;
    }
    Some(match given.trim_end_matches('=').len() {
        0 => "it is empty".into(),
        40 | 27 => "it is as long as one of SHA-1; SHA-256 is wanted".into(),
        128 | 86 => "it is as long as one of SHA-512; SHA-256 is wanted".into(),
        length => {
            format!("64 hexadecimal digits or base64 of 32 bytes are wanted, and it has {length} characters").into()
        }
    })
}
