//! Signatures: HMAC-SHA256 in the three spellings that the platforms use, compared in constant time. Floor 2.
//!
//! Owns the arithmetic and the spellings. Which header, which bytes and which key is the adapter's business.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::domain::Secret;

/// Longer than any spelling of 32 bytes; more is not even decoded.
const LONGEST: usize = 200;

/// Padding or not, but no stray bits.
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// A message authentication code: 32 bytes.
#[derive(Clone, Copy)]
pub struct Signature([u8; 32]);

impl Signature {
    /// Signs the parts, one after the other, with a secret's UTF-8 bytes.
    pub fn from_parts(secret: &Secret, parts: &[&[u8]]) -> Self {
        // A key of any length will do, so there is no error to speak of.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()) else { return Self([0; 32]) };
        for part in parts {
            mac.update(part);
        }
        Self(mac.finalize().into_bytes().into())
    }

    /// Reads one as a header has it: base64 in either alphabet, padded or not, or 64 hexadecimal digits.
    pub fn read(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let bytes = match text.len() {
            64 => hex_bytes(text)?,
            _ => URL_SAFE.decode(text).or_else(|_| STANDARD.decode(text)).ok()?,
        };
        Some(Self(bytes.try_into().ok()?))
    }

    /// Whether both are the same, in the same time whatever they are.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    /// Base64 with `-` and `_`, padded: `OpTech`'s spelling.
    pub fn url_safe(&self) -> String {
        general_purpose::URL_SAFE.encode(self.0)
    }

    /// Base64 with `+` and `/`, padded: Eko's spelling.
    pub fn standard(&self) -> String {
        general_purpose::STANDARD.encode(self.0)
    }

    /// Lower-case hexadecimal digits: Operator's spelling.
    pub fn hex(&self) -> String {
        hex(&self.0)
    }
}

/// Whether two texts are the same, in a time that tells nothing but their lengths.
pub fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

/// A fingerprint of the parts, 32 hexadecimal digits: tells equal things from others. Each part's length goes in, so
/// that moving a border makes another fingerprint.
pub fn fingerprint(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex(hash.finalize().get(..16).unwrap_or_default())
}

/// The SHA-256 of a text or a file, 64 lower-case hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |n: u8| char::from(DIGITS[usize::from(n & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

fn hex_bytes(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok());
    text.as_bytes().chunks(2).map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign(secret: &str, message: &str) -> Signature {
        Signature::from_parts(&Secret::new(secret), &[message.as_bytes()])
    }

    #[test]
    fn a_digest_is_plain_sha_256() {
        assert_eq!(digest(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(digest(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn the_platforms_vectors_come_out() {
        let optech = |body: &str| sign("test-secret", body).url_safe();
        assert_eq!(optech(""), "pBvG2B1kE1dq4JlJleCtiaQW7Jc4lRXDYE9HciEi7us=");
        assert_eq!(optech("{\"data\":{\"key\":\"value\"}}"), "UYwC5p9L8_Mxf_eXJCRKvjEZ7DLXmY-jKlkHNPbIwkU=");
        let quoted = "{\"data\":{\"note\":\"it\u{2019}s\"}}";
        assert_eq!(optech(quoted), "gIKxGZtaYQ8PKVXrqo7JokbCHSmVovg28h_0fo_3QQo=");
        let escaped = quoted.replace('\u{2019}', "\\u2019");
        assert_eq!(optech(&escaped), "UNYDhDkLjmIcAU7B0BJ42OpfePHQQ6LKnItkkCvOhHQ=");
        assert_eq!(sign("test-secret", "{\"events\":[]}").standard(), "Va12JSFB+Fs03rxzdvh7icVLk546dmNGSrPkkClJW/U=");
        let operator = |content: &str| {
            let head = "https://example.com/hook:idem-1:1700000000:";
            Signature::from_parts(&Secret::new("test-key"), &[head.as_bytes(), content.as_bytes()]).hex()
        };
        assert_eq!(
            operator("{\"type\":\"conversation.ended\"}"),
            "1432423f4671fb69f09874bb380daec6c8a24b6e32ae7ee9b86c810fe3cb9201"
        );
        assert_eq!(
            operator("{\"a\": \"1\", \"b\": \"2\"}"),
            "c976a8a23733ce03bc541ff4653933ae8934ed2dedd82f33cbee910077ddd7ad"
        );
    }

    #[test]
    fn every_spelling_is_read_and_nothing_else() {
        let signature = sign("k", "m");
        let spellings = [signature.url_safe(), signature.standard(), signature.hex(), signature.hex().to_uppercase()];
        for text in &spellings {
            assert!(Signature::read(text).unwrap().matches(&signature), "{text}");
            assert!(Signature::read(text.trim_end_matches('=')).unwrap().matches(&signature));
        }
        let hex = signature.hex();
        for text in ["", "x", "====", &hex[..63], &format!("{hex}0"), &"é".repeat(32), &"A".repeat(201)] {
            assert!(Signature::read(text).is_none_or(|s| !s.matches(&signature)), "{text}");
        }
        // The last character of 43 bears two bits too many.
        let stray = format!("{}{}", &signature.url_safe()[..42], 'B');
        assert!(Signature::read(&stray).is_none_or(|s| !s.matches(&signature)));
    }

    #[test]
    fn one_flipped_bit_is_another_signature() {
        let signature = sign("k", "message");
        for bit in 0..256 {
            let mut bytes = signature.0;
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(!Signature(bytes).matches(&signature));
        }
        assert!(!sign("k", "messagf").matches(&signature));
        assert!(!sign("l", "message").matches(&signature));
    }

    #[test]
    fn a_border_makes_a_difference() {
        assert_eq!(fingerprint(&[b"ab", b"c"]).len(), 32);
        assert_ne!(fingerprint(&[b"ab", b"c"]), fingerprint(&[b"a", b"bc"]));
        assert_eq!(fingerprint(&[b"a"]), fingerprint(&[b"a"]));
        assert!(same("a", "a") && !same("a", "b") && !same("a", "aa"));
    }
}
