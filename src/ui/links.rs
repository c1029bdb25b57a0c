//! Links on the screen: which may be handed to the terminal, and the number that each has in the cells.
//!
//! Owns what an address must be, for a terminal gets it as a part of a control sequence and opens it with a click: one of
//! the web or of mail, of characters that can't end the sequence, of a host that is what it seems, and not endless.

use std::collections::HashMap;
use std::fmt::Write;
use std::ops::Range;
use std::sync::Arc;

use ratatui::buffer::Buffer;

use super::paint;

/// No longer address is handed on.
const LONGEST: usize = 2 * 1024;
/// So many targets keep their numbers; then the rest get new ones.
const KEPT: usize = 4 * 1024;

/// A link where it was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    /// Its first cell.
    pub(super) at: (u16, u16),
    /// How many cells it takes.
    pub(super) columns: u16,
    /// Where it leads, as it came.
    pub(super) target: Arc<str>,
}

impl Shown {
    /// A link on a row that was drawn from `x` on, as far as the row has room.
    pub(super) fn new((x, y): (u16, u16), room: u16, columns: &Range<u16>, target: &Arc<str>) -> Option<Self> {
        let (start, end) = (columns.start.min(room), columns.end.min(room));
        (start < end).then(|| Self { at: (x + start, y), columns: end - start, target: Arc::clone(target) })
    }
}

/// The numbers of targets, and the addresses of the ones on screen.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// A number stands for one target for ever, so that a cell changes when its target does.
    numbers: HashMap<Arc<str>, Option<(u32, Arc<str>)>>,
    last: u32,
    shown: Vec<(u32, Arc<str>)>,
}

impl Links {
    /// Nothing is on screen yet.
    pub(super) fn begin(&mut self) {
        self.shown.clear();
        if self.numbers.len() > KEPT {
            self.numbers.clear();
        }
    }

    /// Marks the cells of links.
    pub(super) fn mark(&mut self, buf: &mut Buffer, seen: &[Shown]) {
        for link in seen {
            let last = &mut self.last;
            let number = self.numbers.entry(Arc::clone(&link.target)).or_insert_with_key(|target| {
                let address = address(target)?;
                *last = paint::next_link(*last);
                Some((*last, address.into()))
            });
            if let Some((number, address)) = number {
                paint::link(buf, link.at, link.columns, *number);
                self.shown.push((*number, Arc::clone(address)));
            }
        }
    }

    /// The numbers that cells on the screen have, with the addresses.
    pub(super) fn shown(&self) -> &[(u32, Arc<str>)] {
        &self.shown
    }
}

/// The address that a terminal gets of a target; none if it gets none.
fn address(target: &str) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ratatui::layout::Rect;

    #[test]
    fn addresses_of_the_web_and_of_mail_are_handed_on() {
        for target in
            ["https://a.example/b?c=d&e=f;g#h", "http://127.0.0.1:80", "mailto:a@b.example", "HTTPS://[::1]/"]
        {
            assert_eq!(address(target).as_deref(), Some(target));
        }
        assert_eq!(address("https://a.example/K\u{e4}se b").as_deref(), Some("https://a.example/K%C3%A4se%20b"));
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
            assert_eq!(address(target), None, "{target:?}");
        }
        assert_eq!(address(&format!("https://a.example/{}", "x".repeat(LONGEST))), None);
    }

    #[test]
    fn a_target_keeps_its_number_and_another_gets_another() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 10, 2));
        let mut links = Links::default();
        let seen = |at, columns, target: &str| Shown { at, columns, target: target.into() };
        let (a, b) = ("https://a.example", "https://b.example");
        links.begin();
        links.mark(&mut buf, &[seen((0, 0), 3, a), seen((5, 0), 9, b), seen((0, 1), 2, a), seen((4, 1), 2, "x:y")]);
        let number = |buf: &Buffer, x, y| paint::linked(&buf[(x, y)]);
        let (first, second) = (number(&buf, 0, 0), number(&buf, 5, 0));
        assert!(first.is_some() && second.is_some() && first != second);
        assert_eq!([number(&buf, 2, 0), number(&buf, 3, 0), number(&buf, 9, 0)], [first, None, second]);
        assert_eq!([number(&buf, 1, 1), number(&buf, 4, 1)], [first, None]);
        links.begin();
        links.mark(&mut buf, &[seen((7, 1), 1, b)]);
        assert_eq!(number(&buf, 7, 1), second);
        assert_eq!(links.shown(), [(second.unwrap(), Arc::from(b))]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_handed_on_ends_no_sequence(path in any::<String>(), scheme in prop::sample::select(vec![
            "https://a.example/", "http://a.example?", "mailto:", "https://", "",
        ])) {
            if let Some(address) = address(&format!("{scheme}{path}")) {
                prop_assert!(address.bytes().all(|byte| byte.is_ascii_graphic()) && address.len() <= LONGEST);
            }
        }
    }
}
