//! In which encoding a page's bytes are: by the mark at its beginning, by what it names itself, or UTF-8. Nothing is guessed
//! and nothing replaced: bytes that aren't the encoding's are an error.

use std::time::Duration;

use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};

use super::super::encoding::{NoText, decode};
use super::dom::Tree;
use super::parse::{PageLimits, parse};

/// So far into a page it names its encoding, in bytes. Browsers look at the first kilobyte, and some pages begin with a
/// licence.
const NAMED_WITHIN: usize = 8 << 10;

/// A page's text. The error is the encoding that it should be in, and where the first byte stands that is none of it.
///
/// A mark at the beginning says most; a text that is UTF-8 beyond ASCII is UTF-8, whatever an old line in it says; then
/// `<meta charset>`, `<meta http-equiv>` and the XML declaration are believed.
pub(in crate::folder) fn page_text(bytes: &[u8]) -> Result<String, NoText> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decode(encoding, bytes, mark);
    }
    match bytes {
        [b'<', 0, ..] => return decode(UTF_16LE, bytes, 0),
        [0, b'<', ..] => return decode(UTF_16BE, bytes, 0),
        _ => {}
    }
    let named = || named(bytes).unwrap_or(UTF_8);
    match std::str::from_utf8(bytes) {
        // Japanese mail's encoding is ASCII to the eye.
        Ok(text) if text.is_ascii() && named() == ISO_2022_JP => decode(ISO_2022_JP, bytes, 0),
        Ok(text) => Ok(text.to_owned()),
        Err(_) => decode(named(), bytes, 0),
    }
}

/// The encoding that a page names in itself.
fn named(bytes: &[u8]) -> Option<&'static Encoding> {
    let first = &bytes[..bytes.len().min(NAMED_WITHIN)];
    // What names an encoding is ASCII in all of them.
    let (first, _) = WINDOWS_1252.decode_without_bom_handling(first);
    let encoding = in_declaration(&first).or_else(|| in_meta(&first))?;
    match encoding {
        // A name that could be read is no name in UTF-16.
        _ if encoding == UTF_16LE || encoding == UTF_16BE => Some(UTF_8),
        _ if encoding == X_USER_DEFINED => Some(WINDOWS_1252),
        _ => Some(encoding),
    }
}

/// `<?xml version="1.0" encoding="…"?>`.
fn in_declaration(first: &str) -> Option<&'static Encoding> {
    let declaration = first.trim_start().strip_prefix("<?xml")?.split_once('>')?.0;
    label(declaration.split_once("encoding")?.1)
}

/// `="…"` or `=…`, as it stands in an attribute or in a content type.
fn label(text: &str) -> Option<&'static Encoding> {
    let text = text.trim_start().strip_prefix('=')?.trim_start();
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
    let name = match quote {
        Some(quote) => text[1..].split(quote).next(),
        None => text.split(|c: char| c.is_whitespace() || c == ';').next(),
    };
    Encoding::for_label(name?.as_bytes())
}

fn in_meta(first: &str) -> Option<&'static Encoding> {
    let limits = PageLimits { depth: NAMED_WITHIN, time: Duration::from_secs(5) };
    let tree = parse(first, limits).ok()?;
    tree.below(Tree::ROOT).filter(|id| tree.name(*id) == "meta").find_map(|id| {
        if let Some(name) = tree.attr(id, "charset") {
            return Encoding::for_label(name.as_bytes());
        }
        let is_type =
            tree.attr(id, "http-equiv").is_some_and(|name| name.trim().eq_ignore_ascii_case("content-type"));
        let content = tree.attr(id, "content").filter(|_| is_type)?.to_ascii_lowercase();
        label(content.split_once("charset")?.1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    #[test]
    fn a_mark_at_the_beginning_says_the_encoding() {
        let page = "<meta charset=iso-8859-1><p>Zürich 東京 😀";
        for (mark, bytes) in [
            (&b"\xef\xbb\xbf"[..], page.as_bytes().to_vec()),
            (b"\xff\xfe", utf16(page, false)),
            (b"\xfe\xff", utf16(page, true)),
        ] {
            let bytes = [mark, &bytes].concat();
            assert_eq!(page_text(&bytes).as_deref(), Ok(page));
        }
        // XML's, without a mark.
        assert_eq!(page_text(&utf16("<p>é", false)).as_deref(), Ok("<p>é"));
        assert_eq!(page_text(&utf16("<p>é", true)).as_deref(), Ok("<p>é"));
    }

    #[test]
    fn a_page_names_its_encoding_in_each_of_the_ways_there_are() {
        let german = b"<p>Z\xfcrich \x96 10\x80";
        for head in [
            "<meta charset=iso-8859-1>",
            "<meta charset=\"ISO-8859-1\"/>",
            "<META CHARSET=' windows-1252 '>",
            "<!-- <meta charset=utf-8> --><meta charset=latin1>",
            "<script>'<meta charset=koi8-r>'</script><meta charset=ascii>",
            "<meta http-equiv=Content-Type content=\"text/html; charset=iso-8859-1\">",
            "<meta content='text/html;charset = \"cp1252\"' http-equiv=' content-type '>",
            "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><!DOCTYPE html>",
            "<?xml version='1.0' encoding='iso8859-1' ?>",
            "<meta name=x content='charset=utf-8'><meta charset=nonsense><meta charset=x-user-defined>",
        ] {
            let bytes = [head.as_bytes(), german].concat();
            assert_eq!(page_text(&bytes).as_deref(), Ok(&*format!("{head}<p>Zürich – 10€")), "{head}");
        }
        let japanese =
            |label: &str, bytes: &[u8]| page_text(&[format!("<meta charset={label}>").as_bytes(), bytes].concat());
        for (label, bytes) in [
            ("shift_jis", &b"\x93\x8c\x8b\x9e"[..]),
            ("euc-jp", b"\xc5\xec\xb5\xfe"),
            ("iso-2022-jp", b"\x1b$BEl5~\x1b(B"),
            ("gb18030", b"\x96\x7c\xbe\xa9"),
        ] {
            assert_eq!(japanese(label, bytes).unwrap().split_once('>').unwrap().1, "東京", "{label}");
        }
        // What stands far behind a long licence is found, and what stands behind the whole page isn't looked for.
        let far = |bytes: usize| [&vec![b' '; bytes], &b"<meta charset=latin1>\xfc"[..]].concat();
        assert!(page_text(&far(4_000)).unwrap().ends_with('ü'));
        assert_eq!(page_text(&far(NAMED_WITHIN)), Err(("UTF-8", NAMED_WITHIN + 21)));
    }

    #[test]
    fn a_page_that_is_utf_8_is_read_as_such_and_nothing_is_replaced() {
        // Saved anew by an editor, with its old line in it.
        let page = "<meta charset=iso-8859-1><p>Zürich";
        assert_eq!(page_text(page.as_bytes()).as_deref(), Ok(page));
        assert_eq!(page_text(b"<p>plain").as_deref(), Ok("<p>plain"));
        assert_eq!(page_text(b""), Ok(String::new()));
        for (bytes, name, at) in [
            (&b"<p>Z\xfcrich"[..], "UTF-8", 4),
            (b"<meta charset=utf-8>\xfc", "UTF-8", 20),
            (b"<meta charset=utf-16>\xfc", "UTF-8", 21),
            (b"<meta charset=nonsense>\xfc", "UTF-8", 23),
            (b"\xff\xfea\x00\x00\xd8", "UTF-16LE", 4),
            (b"\xff\xfea\x00b", "UTF-16LE", 4),
            (b"\xef\xbb\xbfab\xff", "UTF-8", 5),
            (b"<meta charset=euc-jp>ab\xff", "EUC-JP", 23),
        ] {
            assert_eq!(page_text(bytes), Err((name, at)), "{}", String::from_utf8_lossy(bytes));
        }
    }
}
