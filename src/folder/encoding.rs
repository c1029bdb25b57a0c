//! Bytes as text: nothing is guessed and nothing replaced. A file's are UTF-8, or what begins with the mark of UTF-16 or
//! UTF-32.

use encoding_rs::{DecoderResult, Encoding, UTF_8};

/// The marks of UTF-32, and whether the highest byte comes first. One begins with UTF-16's.
const WIDEST: [(&[u8], bool); 2] = [(b"\xff\xfe\0\0", false), (b"\0\0\xfe\xff", true)];

/// The encoding that bytes should be in, and which of them is the first that begins no character in it, from 0.
pub(super) type NoText = (&'static str, usize);

/// The text, to the character; the mark of a wide encoding is no part of it, while UTF-8's is a byte like any.
pub(super) fn text(bytes: Vec<u8>) -> Result<String, NoText> {
    if let Some((mark, big)) = WIDEST.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        return widest(&bytes, mark.len(), *big);
    }
    match Encoding::for_bom(&bytes) {
        Some((encoding, mark)) if encoding != UTF_8 => decode(encoding, &bytes, mark),
        _ => String::from_utf8(bytes).map_err(|error| ("UTF-8", error.utf8_error().valid_up_to())),
    }
}

/// The text of bytes in an encoding, from one of them on.
pub(super) fn decode(encoding: &'static Encoding, bytes: &[u8], from: usize) -> Result<String, NoText> {
    let rest = bytes.get(from..).unwrap_or_default();
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(rest.len()).unwrap_or(rest.len());
    let mut text = String::with_capacity(room);
    match decoder.decode_to_string_without_replacement(rest, &mut text, true) {
        (DecoderResult::InputEmpty, _) => Ok(text),
        (DecoderResult::Malformed(bad, after), read) => {
            Err((encoding.name(), from + read.saturating_sub(usize::from(bad) + usize::from(after))))
        }
        (DecoderResult::OutputFull, read) => Err((encoding.name(), from + read)),
    }
}

/// That of UTF-32, which the library leaves out as the web does.
fn widest(bytes: &[u8], from: usize, big: bool) -> Result<String, NoText> {
    let mut text = String::new();
    for (n, chunk) in bytes.chunks(4).enumerate().skip(from / 4) {
        let unit = <[u8; 4]>::try_from(chunk).ok();
        let unit = unit.map(|four| if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) });
        text.push(unit.and_then(char::from_u32).ok_or(("UTF-32", n * 4))?);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_encodings_are_read_by_their_marks() {
        let wide = |big: bool, text: &str| -> Vec<u8> {
            let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
            "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(bytes).collect()
        };
        for sample in ["", "# Größe\r\n日本 👩\u{200d}👧\n"] {
            assert_eq!(text(wide(true, sample)).as_deref(), Ok(sample));
            assert_eq!(text(wide(false, sample)).as_deref(), Ok(sample));
            let four: Vec<u8> =
                format!("\u{feff}{sample}").chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
            assert_eq!(text(four).as_deref(), Ok(sample));
            let turned: Vec<u8> =
                format!("\u{feff}{sample}").chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
            assert_eq!(text(turned).as_deref(), Ok(sample));
        }
        assert_eq!(text(b"\xef\xbb\xbfa".to_vec()).as_deref(), Ok("\u{feff}a"));
    }

    #[test]
    fn what_is_none_is_named_with_its_byte() {
        assert_eq!(text(b"caf\xe9".to_vec()), Err(("UTF-8", 3)));
        assert_eq!(text(b"\xff\xfea\0\x00\xd8b\0".to_vec()), Err(("UTF-16LE", 4)));
        assert_eq!(text(b"\xff\xfea\0b".to_vec()), Err(("UTF-16LE", 4)));
        assert_eq!(text(b"\0\0\xfe\xff\0\x11\0\0".to_vec()), Err(("UTF-32", 4)));
    }
}
