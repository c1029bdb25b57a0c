//! Links of a segment: addresses that stand in the text as they are, and the list of the ones that don't.

use std::ops::Range;
use std::sync::Arc;

use super::flow::Flow;
use super::row::Piece;
use super::styles::Styles;
use crate::domain::SafeText;

/// A longer address is none that anybody follows.
const LONGEST: usize = 2 * 1024;
/// No more columns of a target are shown: beyond these it is data, and nothing to read.
const TARGET_COLUMNS: usize = 400;

/// The links that got a number, in their order.
#[derive(Debug, Default)]
pub(super) struct Targets {
    numbered: Vec<(u32, Arc<str>)>,
}

impl Targets {
    /// Puts the number behind the text of a link, in one word with it.
    pub(super) fn number(&mut self, number: u32, target: &Arc<str>, flow: &mut Flow, styles: Styles) {
        let text = SafeText::new(&format!("[{number}]"));
        flow.add(Piece { link: Some(Arc::clone(target)), ..Piece::border(text, styles.dim) });
        self.numbered.push((number, Arc::clone(target)));
    }

    /// The number and the target of each, as they stand under the block.
    pub(super) fn list(self, styles: Styles) -> impl Iterator<Item = (SafeText, Flow)> {
        self.numbered.into_iter().map(move |(number, target)| {
            let mut flow = Flow::default();
            flow.push_link(shown(&target), styles.dim, Some(target));
            (SafeText::new(&format!("[{number}] ")), flow)
        })
    }
}

/// A target as it is shown.
pub(super) fn shown(target: &str) -> SafeText {
    let text = SafeText::one_line(target);
    if text.as_str().len() <= TARGET_COLUMNS {
        return text;
    }
    text.truncate(TARGET_COLUMNS)
}

/// The first address in a text that stands there as it is: from its scheme to the last character that can be meant.
pub(super) fn bare(text: &str) -> Option<Range<usize>> {
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

    #[test]
    fn an_address_ends_where_it_is_meant_to() {
        let found = |text: &str| bare(text).map(|range| text[range].to_owned());
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
        assert_eq!(bare(&text), Some(0..18));
        assert_eq!(bare(&format!("https://a.example/{}", "x".repeat(200_000))), None);
        assert_eq!(bare(&"http:// ".repeat(4_000)), None);
    }
}
