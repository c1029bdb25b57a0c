//! A signature and the body that it is for: what was signed passes, and nothing else does.

use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use hmac::{Hmac, KeyInit as _, Mac as _};
use patchcord::domain::{Timestamp, Trust};
use patchcord::platform::Adapter;
use patchcord::signature::Signature;
use sha2::Sha256;

use super::{SECRET, Target, adapter, delivery};

pub(super) const TARGET: Target = Target {
    name: "signature",
    words: &[
        "=",
        "==",
        "-",
        "_",
        "+",
        "/",
        "\n",
        "\u{2019}",
        "\\u2019",
        "{\"key\":",
        "\"",
        "0123456789abcdef",
        "A",
        " ",
    ],
    usual: 10_000,
    run,
};

static ADAPTER: LazyLock<Arc<dyn Adapter>> = LazyLock::new(|| {
    adapter(
        "[[channels]]\nname = \"fuzzed\"\nplatform = \"optech\"\nclient_id = \"id\"\n\
         client_secret = { env = \"KEY\" }\n",
    )
});

/// The first byte says which bit is turned, what comes before the first line end is tried as a signature, the rest is
/// the body.
fn run(data: &[u8]) {
    let Some((&bit, rest)) = data.split_first() else { return };
    let at = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let (offered, body) = (String::from_utf8_lossy(&rest[..at]), rest.get(at + 1..).unwrap_or_default());
    let right = forms(body).map(|form| mac(&form));
    let honest = base64(right[usize::from(bit) % right.len()]);
    assert!(passes(&honest, body), "what is signed passes");
    let is_right =
        Signature::read(&offered).is_some_and(|offered| right.iter().any(|mac| offered.hex() == hex(*mac)));
    assert_eq!(passes(&offered, body), is_right, "{offered:?}");
    let mut turned = right[0];
    turned[usize::from(bit) / 8] ^= 1 << (bit % 8);
    assert!(!passes(&base64(turned), body), "a bit of the signature is turned");
    if !body.is_empty() {
        let mut other = body.to_vec();
        let place = usize::from(bit) % other.len();
        other[place] ^= 1 << (bit % 8);
        assert!(!passes(&base64(right[0]), &other), "a bit of the body is turned");
    }
}

fn passes(signature: &str, body: &[u8]) -> bool {
    let delivery = delivery(&[("x-optech-signature", signature)], body);
    matches!(ADAPTER.verify(&delivery, Timestamp::from_millis(0)), Ok(Trust::Verified))
}

/// What may have been signed: the body as it came; with the one character escaped that the platform's example escapes;
/// with all escaped that isn't ASCII. What isn't UTF-8 can only have been signed as it came.
fn forms(body: &[u8]) -> [Vec<u8>; 3] {
    let raw = body.to_vec();
    let Ok(text) = std::str::from_utf8(body) else { return [raw.clone(), raw.clone(), raw] };
    let mut ascii = String::new();
    for c in text.chars() {
        if c.is_ascii() {
            ascii.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(ascii, "\\u{unit:04x}");
            }
        }
    }
    [raw, text.replace('\u{2019}', "\\u2019").into_bytes(), ascii.into_bytes()]
}

fn mac(bytes: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key of any length");
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

fn base64(mac: [u8; 32]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE.encode(mac)
}

fn hex(mac: [u8; 32]) -> String {
    mac.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
