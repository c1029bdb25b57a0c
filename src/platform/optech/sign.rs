//! `OpTech`'s signatures: which headers hold one, over which bytes, in and out. Pure.
//!
//! The platform's pages and its own example name different headers, and the example signs the body with the right
//! single quote written as an escape. All of them are taken; out goes what every reader understands.

use std::fmt::Write as _;

use crate::domain::{Delivery, Secret};
use crate::signature::Signature;

/// The headers that a signature goes out in: the document's and the example's.
pub(super) const SENT: [&str; 2] = ["x-optech-signature", "x-optech-webhook-signature"];

/// The headers that a signature may come in.
pub(super) const TAKEN: [&str; 3] = [SENT[0], SENT[1], "x-lorikeet-signature"];

/// The one character that the example escapes before it signs.
const QUOTE: char = '\u{2019}';

/// Whether a delivery is signed by who knows the secret: every signature that it bears has to be right, and stand there
/// once. All is computed and compared whatever comes, so that the time it takes tells nothing.
pub(super) fn is_signed(delivery: &Delivery, secret: &Secret) -> bool {
    let raw: &[u8] = &delivery.body;
    #[cfg(feature = "planted")]
    let again = serde_json::from_slice::<serde_json::Value>(raw).map(|body| body.to_string()).unwrap_or_default();
    #[cfg(feature = "planted")]
    let raw = if crate::domain::PlantedFault::SignatureOverJson.is_planted() { again.as_bytes() } else { raw };
    let text = std::str::from_utf8(raw).ok();
    let quoted = text.map(|text| text.replace(QUOTE, "\\u2019"));
    let escaped = text.map(ascii);
    let bytes =
        |form: &Option<String>| Signature::from_parts(secret, &[form.as_ref().map_or(raw, |form| form.as_bytes())]);
    let right = [Signature::from_parts(secret, &[raw]), bytes(&quoted), bytes(&escaped)];
    let (mut present, mut good) = (0, 0);
    for name in TAKEN {
        let given = delivery.header(name).and_then(Signature::read);
        let compared = given.unwrap_or(right[0]);
        let any = right.iter().fold(false, |any, right| any | right.matches(&compared));
        present += usize::from(delivery.count(name) > 0);
        good += usize::from(any & given.is_some());
    }
    present > 0 && good == present
}

/// The signature of what goes out.
pub(super) fn signature(secret: &Secret, body: &[u8]) -> String {
    Signature::from_parts(secret, &[body]).url_safe()
}

/// The headers that sign what goes out.
pub(super) fn headers(secret: &Secret, body: &[u8]) -> [(String, String); 2] {
    let signature = signature(secret, body);
    SENT.map(|name| (name.to_owned(), signature.clone()))
}

/// What answers a request; `data` is JSON. All ASCII, so that there is one way to read and to sign it.
pub(super) fn answer_body(data: &str) -> String {
    format!("{{\"data\":{}}}", ascii(data.trim()))
}

/// JSON's text with every character beyond ASCII as its escape. In JSON these stand in texts alone.
fn ascii(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a String can't fail.
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    out
}

#[cfg(test)]
mod tests;
