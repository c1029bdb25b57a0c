//! A file's bytes as text: UTF-8, and what begins with the mark of UTF-16 or UTF-32.

/// What a mark says, and whether the highest byte comes first. UTF-32's begins with UTF-16's.
const MARKS: [(&[u8], &str, usize, bool); 4] = [
    (b"\xff\xfe\0\0", "UTF-32", 4, false),
    (b"\0\0\xfe\xff", "UTF-32", 4, true),
    (b"\xff\xfe", "UTF-16", 2, false),
    (b"\xfe\xff", "UTF-16", 2, true),
];

/// The text, to the character; the mark of a wide encoding is no part of it, while UTF-8's is a byte like any. Otherwise
/// what the bytes should be, and which of them begins no character, from 0.
pub(super) fn text(bytes: Vec<u8>) -> Result<String, (&'static str, usize)> {
    let Some((mark, name, width, big)) = MARKS.iter().find(|(mark, ..)| bytes.starts_with(mark)) else {
        return String::from_utf8(bytes).map_err(|error| ("UTF-8", error.utf8_error().valid_up_to()));
    };
    let body = bytes.get(mark.len()..).unwrap_or_default();
    let whole = body.chunks_exact(*width);
    let end = bytes.len() - whole.remainder().len();
    let unit = |chunk: &[u8]| {
        let fold = |number: u32, byte: &u8| (number << 8) | u32::from(*byte);
        if *big { chunk.iter().fold(0, fold) } else { chunk.iter().rev().fold(0, fold) }
    };
    let units: Vec<u32> = whole.map(unit).collect();
    if end < bytes.len() {
        return Err((name, end));
    }
    let (mut text, mut at) = (String::new(), mark.len());
    if *width == 4 {
        for unit in units {
            text.push(char::from_u32(unit).ok_or((*name, at))?);
            at += 4;
        }
        return Ok(text);
    }
    let halves = units.into_iter().map(|unit| u16::try_from(unit).unwrap_or_default());
    for found in char::decode_utf16(halves) {
        let found = found.map_err(|_| (*name, at))?;
        at += 2 * found.len_utf16();
        text.push(found);
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
        }
        assert_eq!(text(b"\xef\xbb\xbfa".to_vec()).as_deref(), Ok("\u{feff}a"));
    }

    #[test]
    fn what_is_none_is_named_with_its_byte() {
        assert_eq!(text(b"caf\xe9".to_vec()), Err(("UTF-8", 3)));
        assert_eq!(text(b"\xff\xfea\0\x00\xd8b\0".to_vec()), Err(("UTF-16", 4)));
        assert_eq!(text(b"\xff\xfea\0b".to_vec()), Err(("UTF-16", 4)));
        assert_eq!(text(b"\0\0\xfe\xff\0\x11\0\0".to_vec()), Err(("UTF-32", 4)));
    }
}
