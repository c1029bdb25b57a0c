//! A small reader of HTML, strict: it knows the tags and attributes that a page may have, and panics at any other.

const VOID: [&str; 3] = ["br", "hr", "meta"];
pub(super) const ATTRIBUTES: [&str; 16] = [
    "aria-label",
    "charset",
    "class",
    "content",
    "data-language",
    "datetime",
    "dir",
    "href",
    "http-equiv",
    "id",
    "lang",
    "name",
    "rel",
    "role",
    "start",
    "title",
];
pub(super) const TAGS: [&str; 44] = [
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "main",
    "nav",
    "section",
    "header",
    "article",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "p",
    "div",
    "span",
    "a",
    "b",
    "em",
    "strong",
    "del",
    "code",
    "pre",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "bdi",
    "time",
    "blockquote",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "br",
    "hr",
];

/// A tag that opens something, with its attributes decoded.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct StartTag {
    /// Its name.
    pub(super) name: String,
    /// Its attributes.
    pub(super) attributes: Vec<(String, String)>,
}

/// Every tag that opens, and all text, decoded. Panics where tags are not balanced, or not of those that a page may have.
pub(super) fn parse(page: &str) -> (Vec<StartTag>, String) {
    let (mut opened, mut text, mut stack) = (Vec::new(), String::new(), Vec::new());
    let mut rest = page.strip_prefix("<!doctype html>").unwrap_or(page);
    while let Some(at) = rest.find('<') {
        text.push_str(&decode(&rest[..at]));
        let inner = &rest[at + 1..];
        // No attribute of ours has a `>` in it: they are escaped.
        let end = inner.find('>').expect("a tag that ends");
        let (tag, after) = (&inner[..end], &inner[end + 1..]);
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(stack.pop().as_deref(), Some(name), "closes what is not open, before {rest:.200}");
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(!name.is_empty() && TAGS.contains(&name), "the tag {tag:?}");
        opened.push(StartTag { name: name.to_owned(), attributes: pairs(attributes) });
        if name == "style" {
            let end = rest.find("</style>").expect("the style ends");
            rest = &rest[end..];
        }
        if !VOID.contains(&name) {
            stack.push(name.to_owned());
        }
    }
    text.push_str(&decode(rest));
    assert_eq!(stack, Vec::<String>::new(), "left open");
    (opened, text)
}

fn pairs(mut rest: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    while !rest.trim().is_empty() {
        let (name, after) = rest.trim_start().split_once("=\"").expect("an attribute with a value in quotes");
        let (value, after) = after.split_once('"').expect("a value that ends");
        assert!(ATTRIBUTES.contains(&name), "the attribute {name:?}");
        pairs.push((name.to_owned(), decode(value)));
        rest = after;
    }
    pairs
}

/// Decodes the five entities; panics at a character that had to be one, and at any other.
fn decode(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        assert!(!"<>\"".contains(c), "{c} stands as it is in {text:?}");
        if c != '&' {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let known = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&#39;", '\'')];
        let (entity, meant) = known.iter().find(|(entity, _)| rest.starts_with(entity)).expect("an entity");
        out.push(*meant);
        rest = &rest[entity.len()..];
    }
    out
}
