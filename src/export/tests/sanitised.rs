//! Pages as another sanitiser sees them: it finds nothing to take out.

use std::collections::HashSet;

use super::page::{ATTRIBUTES, StartTag, TAGS};

/// The tags that open in the body of a page, once a sanitiser has been over it that allows what a page of ours may have.
pub(super) fn left_by_a_sanitiser(page: &str) -> Vec<StartTag> {
    let body = page.split_once("<body>").and_then(|(_, rest)| rest.split_once("</body>")).expect("a body").0;
    let own = ["html", "head", "meta", "title", "style", "body"];
    let mut sanitiser = ammonia::Builder::empty();
    sanitiser
        .tags(TAGS.into_iter().filter(|tag| !own.contains(tag)).collect::<HashSet<_>>())
        .clean_content_tags(HashSet::from(["script", "style"]))
        .generic_attributes(ATTRIBUTES.into_iter().collect())
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::PassThrough)
        .link_rel(None);
    opened(&sanitiser.clean(body).to_string())
}

/// The tags that open in HTML as the sanitiser writes it.
fn opened(html: &str) -> Vec<StartTag> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some((_, tag)) = rest.split_once('<') {
        rest = tag;
        if tag.starts_with('/') {
            continue;
        }
        let end = tag.find([' ', '>']).expect("a tag that ends");
        let (name, mut inner) = tag.split_at(end);
        let mut attributes = Vec::new();
        while let Some(attribute) = inner.strip_prefix(' ') {
            let (key, value) = attribute.split_once("=\"").expect("a value in quotes");
            let (value, after) = value.split_once('"').expect("a value that ends");
            attributes.push((key.to_owned(), decode(value)));
            inner = after;
        }
        rest = inner;
        found.push(StartTag { name: name.to_owned(), attributes });
    }
    found.into_iter().map(in_order).collect()
}

/// With the attributes in an order of their own: a sanitiser may turn it.
pub(super) fn in_order(mut tag: StartTag) -> StartTag {
    tag.attributes.sort();
    tag
}

fn decode(text: &str) -> String {
    let plain =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", "\u{a0}"), ("&amp;", "&")];
    plain.iter().fold(text.to_owned(), |text, (entity, meant)| text.replace(entity, meant))
}

#[test]
fn what_a_sanitiser_takes_is_seen() {
    let page = "<body><p onclick=\"x\">a</p><script>b</script><a href=\"javascript:x\">c</a></body>";
    let left = left_by_a_sanitiser(page);
    let bare = |name: &str| StartTag { name: name.to_owned(), attributes: Vec::new() };
    assert_eq!(left, [bare("p"), bare("a")]);
}
