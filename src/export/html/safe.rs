//! What may stand in a page: text without a tag and without a character that acts or hides, and addresses of three
//! schemes. Owns the escaping; there is no other in the room.

use url::Url;

use crate::domain::SafeText;

/// What every link to elsewhere says besides.
pub(super) const REL: &str = "rel=\"noopener noreferrer\"";

/// Where a link may lead.
const SCHEMES: [&str; 3] = ["http", "https", "mailto"];

/// Text, for between tags and within quotes. Controls and what turns the writing's direction are marked.
pub(super) fn text(raw: &str) -> String {
    escape(SafeText::new(raw).as_str())
}

/// The same, with tabs as they are: what is code keeps its columns in any font.
pub(super) fn code(raw: &str) -> String {
    raw.split('\t').map(text).collect::<Vec<_>>().join("\t")
}

/// The beginning of a text that may be as long as a file.
pub(super) fn short(raw: &str, columns: usize) -> String {
    // No cluster is wider than two columns, nor longer than 16 characters: enough to see that something was cut.
    let beginning: String = raw.chars().take(columns * 16).collect();
    escape(SafeText::one_line(&beginning).truncate(columns).as_str())
}

/// An address that a link may have, for within quotes; none for all others, a relative one among them: there is nothing
/// that it would be relative to.
pub(super) fn link(raw: &str) -> Option<String> {
    let url = Url::parse(raw).ok().filter(|url| SCHEMES.contains(&url.scheme()))?;
    // ASCII throughout, with what acts or hides written as percent signs and digits.
    Some(escape(url.as_str())).filter(|href| href.chars().all(|c| c.is_ascii_graphic()))
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
