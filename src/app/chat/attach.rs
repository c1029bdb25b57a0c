//! Pictures and files: those that came stand in a message's text where their platform says, those that go out have a
//! short name. Nothing is read or fetched here.

use url::Url;

use crate::domain::{Attach, Attachment, SafeText};

/// Something that goes out with the next message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// What.
    pub attach: Attach,
    /// What it is called on screen.
    pub label: SafeText,
}

impl Attached {
    /// With a label that somebody else made.
    pub fn new(attach: Attach, label: &str) -> Self {
        Self { attach, label: SafeText::one_line(label) }
    }
}

impl From<Attach> for Attached {
    fn from(attach: Attach) -> Self {
        let label = SafeText::one_line(&short_name(&attach));
        Self { attach, label }
    }
}

/// The file's name, or a URL's host and last part.
pub fn short_name(attach: &Attach) -> String {
    match attach {
        Attach::Path(path) => path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
        Attach::Url(url) => url_name(url, None),
        Attach::Offer(text) => format!("[{}]", short(text)),
    }
}

/// Whether what was typed names something on the network rather than a file.
pub(in crate::app) fn is_url(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// `host/name`, without a query, which may hold a secret.
fn url_name(url: &str, name: Option<&str>) -> String {
    let parsed = Url::parse(url).ok();
    let last = parsed.as_ref().and_then(|u| u.path_segments()?.rfind(|s| !s.is_empty()).map(str::to_owned));
    let name = name.map(str::to_owned).filter(|n| !n.trim().is_empty()).or(last);
    match (parsed.as_ref().and_then(Url::host_str), name) {
        (Some(host), Some(name)) => format!("{host}/{}", short(&name)),
        (Some(host), None) => host.to_owned(),
        // What went out from here has no URL.
        (None, Some(name)) if parsed.is_some() || url.is_empty() => short(&name),
        _ => short(url),
    }
}

/// The first characters of a text that may be of any length.
fn short(text: &str) -> String {
    const MOST: usize = 60;
    if text.chars().nth(MOST).is_none() {
        return text.to_owned();
    }
    text.chars().take(MOST - 1).chain(['…']).collect()
}

/// A message's text with a paragraph for each attachment, at the first line break from its offset on that can hold one.
/// None where there is none.
pub(in crate::app) fn mixed(text: &str, attachments: &[Attachment]) -> Option<String> {
    if attachments.is_empty() {
        return None;
    }
    let (breaks, fence) = breaks(text);
    let mut placed: Vec<(usize, usize)> = attachments
        .iter()
        .enumerate()
        .map(|(n, attachment)| {
            let from = attachment.offset.map_or(text.len(), |offset| byte_of(text, offset));
            (breaks.iter().copied().find(|at| *at >= from).unwrap_or(text.len()), n)
        })
        .collect();
    placed.sort_unstable();
    let mut out = String::with_capacity(text.len() + attachments.len() * 80);
    let mut done = 0;
    for place in placed.chunk_by(|(a, _), (b, _)| a == b) {
        let at = place.first().map_or(done, |(at, _)| *at);
        out.push_str(text.get(done..at).unwrap_or_default());
        if at == text.len()
            && let Some(fence) = &fence
        {
            // What was never closed would swallow what follows.
            out.push('\n');
            out.push_str(fence);
        }
        for attachment in place.iter().filter_map(|(_, n)| attachments.get(*n).map(|a| paragraph(n + 1, a))) {
            if !out.is_empty() {
                out.push_str("\n\n");
            }
            out.push_str(&attachment);
        }
        if at < text.len() {
            out.push_str("\n\n");
        }
        done = at;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Some(out)
}

/// The byte at which a character begins; the end, if there are not so many.
fn byte_of(text: &str, offset: u64) -> usize {
    usize::try_from(offset).ok().and_then(|n| text.char_indices().nth(n)).map_or(text.len(), |(at, _)| at)
}

/// Where a paragraph can stand: the start, each line's end outside of a code block and of a table, and the end. Besides,
/// what closes a code block that is still open at the end.
fn breaks(text: &str) -> (Vec<usize>, Option<String>) {
    let mut breaks = Vec::new();
    let mut open: Option<(char, usize)> = None;
    let mut at = 0;
    if !text.is_empty() {
        breaks.push(0);
    }
    let row = |line: &str| line.trim_start().starts_with('|');
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        at += line.len();
        open = match (fence(line.trim_end()), open) {
            (Some((mark, len, _)), None) => Some((mark, len)),
            (Some((mark, len, true)), Some((opened, least))) if mark == opened && len >= least => None,
            (_, open) => open,
        };
        let within_table = row(line) && lines.peek().is_some_and(|next| row(next));
        if open.is_none() && !within_table && line.ends_with('\n') {
            breaks.push(at);
        }
    }
    if breaks.last() != Some(&text.len()) {
        breaks.push(text.len());
    }
    (breaks, open.map(|(mark, len)| std::iter::repeat_n(mark, len).collect()))
}

/// What a line that begins or ends a code block is made of, how long that is, and whether nothing follows it.
fn fence(line: &str) -> Option<(char, usize, bool)> {
    let bare = line.trim_start_matches(' ');
    let mark = bare.chars().next().filter(|c| matches!(c, '`' | '~') && line.len() - bare.len() < 4)?;
    let len = bare.chars().take_while(|c| *c == mark).count();
    let rest = bare.trim_start_matches(mark);
    // Backticks that come again on the line are code within it.
    (len >= 3 && !(mark == '`' && rest.contains('`'))).then(|| (mark, len, rest.trim().is_empty()))
}

/// `[attachment 1: host/name]`, as markdown that says just that.
fn paragraph(n: usize, attachment: &Attachment) -> String {
    let said = format!("[attachment {n}: {}]", url_name(&attachment.url, attachment.name.as_deref()));
    let mut out = String::with_capacity(said.len() + 8);
    for c in said.chars() {
        if c.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(if c.is_control() { ' ' } else { c });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(offset: Option<u64>, url: &str) -> Attachment {
        Attachment { url: url.to_owned(), offset, name: None }
    }

    fn plain(text: &str, attachments: &[Attachment]) -> String {
        mixed(text, attachments).unwrap_or_default().replace('\\', "")
    }

    #[test]
    fn an_attachment_stands_at_the_next_line_break() {
        let one = [at(Some(2), "https://cdn.example/a/b.png?token=x")];
        let said = "[attachment 1: cdn.example/b.png]";
        assert_eq!(plain("Look here\nand there", &one), format!("Look here\n\n\n{said}\n\nand there"));
        assert_eq!(plain("Look", &[at(Some(9_999), "https://cdn.example/b.png")]), format!("Look\n\n{said}"));
        assert_eq!(plain("Look", &[at(None, "https://cdn.example/b.png")]), format!("Look\n\n{said}"));
        assert_eq!(plain("Look", &[at(Some(0), "https://cdn.example/b.png")]), format!("{said}\n\nLook"));
        assert_eq!(plain("", &one), said);
        assert_eq!(mixed("text", &[]), None);
    }

    #[test]
    fn offsets_count_characters() {
        let text = "日本\n日本";
        let between = "日本\n\n\n[attachment 1: x]\n\n日本";
        assert_eq!([plain(text, &[at(Some(2), "x")]), plain(text, &[at(Some(3), "x")])], [between, between]);
        assert_eq!(plain(text, &[at(Some(4), "x")]), "日本\n日本\n\n[attachment 1: x]");
    }

    #[test]
    fn code_and_tables_are_not_torn() {
        let code = "a\n```\nlet x;\n```\nb";
        assert!(plain(code, &[at(Some(3), "x")]).contains("let x;\n```\n\n\n[attachment 1: x]\n\nb"));
        let open = "```rs\nlet x;";
        assert_eq!(plain(open, &[at(Some(3), "x")]), "```rs\nlet x;\n```\n\n[attachment 1: x]");
        let table = "| a |\n|---|\n| b |\nc";
        assert!(plain(table, &[at(Some(1), "x")]).contains("| b |\n\n\n[attachment 1: x]"));
    }

    #[test]
    fn what_it_is_called_is_no_markup() {
        let name = Some("*bold* `code` [x](y)\n# <b>".to_owned());
        let own = Attachment { url: String::new(), offset: None, name: Some("note.txt".into()) };
        assert!(mixed("t", &[own]).unwrap().contains("attachment 1\\: note\\.txt"), "a file of ours has no URL");
        let made = mixed("t", &[Attachment { url: "https://h/".into(), offset: None, name }]).unwrap();
        assert!(!made.contains("# <") && made.lines().count() == 3, "{made}");
        assert!(made.contains("\\*bold\\* \\`code\\` \\[x\\]\\(y\\)"), "{made}");
    }

    #[test]
    fn names_are_short_and_tell_no_query() {
        assert_eq!(short_name(&Attach::Url("https://h.example/p/a.png?sig=secret".into())), "h.example/a.png");
        assert_eq!(short_name(&Attach::Url("https://h.example".into())), "h.example");
        assert_eq!(short_name(&Attach::Path("/tmp/x/a.png".into())), "a.png");
        assert!(
            short_name(&Attach::Url(format!("data:image/png;base64,{}", "A".repeat(9_999)))).chars().count() < 99
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_of_the_text_is_lost(
            text in "[a日\\n`~| ]{0,40}",
            offsets in prop::collection::vec(prop::option::of(0_u64..50), 1..4),
        ) {
            let all: Vec<_> = offsets.iter().map(|o| at(*o, "https://h/x")).collect();
            let made = mixed(&text, &all).unwrap();
            let mut rest = text.chars().filter(|c| !c.is_whitespace()).peekable();
            for c in made.chars() {
                if rest.peek() == Some(&c) {
                    rest.next();
                }
            }
            prop_assert!(rest.peek().is_none());
            prop_assert_eq!(made.matches("\\[attachment").count(), all.len());
        }
    }
}
