//! Addresses that may be followed: which of the targets that people write are ones, and where one stands in a text.
//!
//! A terminal gets such an address as a part of a control sequence and opens it with a click, a program as its argument: it
//! is one of the web or of mail, of characters that can't end a sequence, of a host that is what it seems, and not endless.

use std::fmt::Write as _;
use std::ops::Range;

/// A longer address is none that anybody follows.
const LONGEST: usize = 2 * 1024;

/// The address that may be handed on of a target; none where none may.
pub fn web_address(target: &str) -> Option<String> {
    let (scheme, rest) = target.split_once(':')?;
    let is = |name: &str| scheme.eq_ignore_ascii_case(name);
    let host = if is("http") || is("https") {
        let behind = rest.strip_prefix("//")?;
        let host = &behind[..behind.find(['/', '?', '#']).unwrap_or(behind.len())];
        // A name before an @ and letters of other scripts make a host look like another.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']');
        (!host.is_empty() && host.bytes().all(plain)).then_some(host)?
    } else {
        is("mailto").then_some("")?
    };
    let mut address = String::with_capacity(target.len());
    for c in target.chars() {
        match c {
            '!'..='~' => address.push(c),
            // Letters of other scripts behind the host, as they are written in an address.
            ' ' | '\u{a0}'.. if !host.is_empty() => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    // Writing to a String cannot fail.
                    let _ = write!(address, "%{byte:02X}");
                }
            }
            _ => return None,
        }
    }
    (address.len() <= LONGEST).then_some(address)
}

/// The first address in a text that stands there as it is: from its scheme to the last character that can be meant.
pub fn bare_address(text: &str) -> Option<Range<usize>> {
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.find("http")?;
        from = at + 4;
        let scheme = ["http://", "https://"].into_iter().find(|scheme| text[at..].starts_with(scheme));
        let apart = text[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric());
        let Some(scheme) = scheme.filter(|_| apart) else { continue };
        let end = at + length(&text[at..]);
        if end > at + scheme.len() {
            return Some(at..end);
        }
    }
}

/// How much of a text that begins with an address belongs to it.
fn length(text: &str) -> usize {
    let ends = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '`' | '|' | '\\' | '^');
    let near = &text[..text.floor_char_boundary(LONGEST)];
    let Some(end) = near.find(ends).or((near.len() == text.len()).then_some(near.len())) else { return 0 };
    let mut address = &near[..end];
    // What closes a sentence or a bracket around it isn't meant.
    while let Some(last) = address.chars().next_back() {
        let closes = |open: char, close: char| address.matches(close).count() > address.matches(open).count();
        let meant = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' => false,
            ')' => !closes('(', ')'),
            ']' => !closes('[', ']'),
            '}' => !closes('{', '}'),
            _ => !matches!(last, '。' | '、' | '，' | '）' | '」' | '”' | '’' | '…'),
        };
        if meant {
            break;
        }
        address = &address[..address.len() - last.len_utf8()];
    }
    address.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_of_the_web_and_of_mail_are_handed_on() {
        for target in
            ["https://a.example/b?c=d&e=f;g#h", "http://127.0.0.1:80", "mailto:a@b.example", "HTTPS://[::1]/"]
        {
            assert_eq!(web_address(target).as_deref(), Some(target));
        }
        assert_eq!(web_address("https://a.example/K\u{e4}se b").as_deref(), Some("https://a.example/K%C3%A4se%20b"));
        for target in [
            "",
            "ring.png",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "data:text/html,x",
            "ftp://a.example",
            "https:a.example",
            "https://",
            "https:///b",
            "https://bank.example@evil.example/",
            "https://a.example\\@evil.example/",
            "https://b\u{e4}nk.example/",
            "https://a.example/\u{1b}\\",
            "https://a.example/\u{7}",
            "https://a.example/\u{9c}",
            "https://a.example/\n",
            "mailto:a b@c.example",
            "mailto:\u{e4}@c.example",
        ] {
            assert_eq!(web_address(target), None, "{target:?}");
        }
        assert_eq!(web_address(&format!("https://a.example/{}", "x".repeat(LONGEST))), None);
    }

    #[test]
    fn an_address_ends_where_it_is_meant_to() {
        let found = |text: &str| bare_address(text).map(|range| text[range].to_owned());
        for (text, address) in [
            ("see https://a.example/b.", Some("https://a.example/b")),
            ("(https://a.example/b_(c))", Some("https://a.example/b_(c)")),
            ("https://a.example/?q=1&r=2, and", Some("https://a.example/?q=1&r=2")),
            ("xhttps://a.example then http://b.example!", Some("http://b.example")),
            ("https://de.example/Käse。", Some("https://de.example/Käse")),
            ("http:// https:// httpx", None),
            ("https://...", None),
        ] {
            assert_eq!(found(text).as_deref(), address, "{text}");
        }
    }

    #[test]
    fn many_brackets_take_no_long_time() {
        let text = format!("https://a.example/{}", ")".repeat(2_000));
        assert_eq!(bare_address(&text), Some(0..18));
        assert_eq!(bare_address(&format!("https://a.example/{}", "x".repeat(200_000))), None);
        assert_eq!(bare_address(&"http:// ".repeat(4_000)), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_handed_on_ends_no_sequence(path in any::<String>(), scheme in prop::sample::select(vec![
            "https://a.example/", "http://a.example?", "mailto:", "https://", "",
        ])) {
            if let Some(address) = web_address(&format!("{scheme}{path}")) {
                prop_assert!(address.bytes().all(|byte| byte.is_ascii_graphic()) && address.len() <= LONGEST);
            }
        }
    }
}
