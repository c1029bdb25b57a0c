//! Pages: nothing of a message acts, and all of it is there to be read.

use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TextMergeStream};

use super::page::{StartTag, parse};
use super::sanitised::{in_order, left_by_a_sanitiser};
use super::*;

fn saying(text: &str) -> String {
    Format::Html.one(&Transcript { head: head(), messages: vec![message("m1", "assistant", text)] })
}

/// What stands within the message.
fn body(text: &str) -> String {
    let page = saying(text);
    let from = page.find("dir=\"auto\">\n").expect("the text begins");
    let from = page[from..].find("<div class=\"text\"").map_or(from, |at| from + at);
    let start = page[from..].find('\n').map_or(from, |at| from + at + 1);
    let end = page[start..].rfind("</div>\n</article>").expect("the text ends");
    page[start..start + end].to_owned()
}

/// Asserts that a page loads nothing, runs nothing and leads nowhere but to three kinds of addresses.
fn harmless(page: &str) -> (Vec<StartTag>, String) {
    let (opened, text) = parse(page);
    for StartTag { name, attributes } in &opened {
        for (attribute, value) in attributes {
            assert!(!attribute.starts_with("on") && attribute != "style" && attribute != "src", "{name} {attribute}");
            if attribute == "href" {
                let schemes = ["http://", "https://", "mailto:"];
                let own = value
                    .strip_prefix('#')
                    .is_some_and(|place| place.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
                assert!(own || schemes.iter().any(|scheme| value.starts_with(scheme)), "{value}");
                let rel = attributes.iter().any(|(name, value)| name == "rel" && value == "noopener noreferrer");
                assert!(own || rel, "{value}");
            }
        }
    }
    let policy = opened.iter().any(|tag| {
        tag.attributes.iter().any(|(_, value)| value.starts_with("default-src 'none'; style-src 'unsafe-inline'"))
    });
    assert!(policy, "the page says what it may load");
    let from = opened.iter().position(|tag| tag.name == "body").expect("a body");
    let copy = |tag: &StartTag| StartTag { name: tag.name.clone(), attributes: tag.attributes.clone() };
    let written: Vec<StartTag> = opened[from + 1..].iter().map(copy).map(in_order).collect();
    assert_eq!(left_by_a_sanitiser(page), written, "another sanitiser finds something to take out");
    for c in text.chars() {
        let hides =
            matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}');
        assert!(!hides && (!c.is_control() || c == '\n' || c == '\t'), "{c:?}");
    }
    (opened, text)
}

#[test]
fn a_page_says_what_it_holds() {
    let page = Format::Html.one(&full());
    let (opened, text) = harmless(&page);
    for said in [
        "How many planets?",
        "docs",
        "7b/1",
        "2024-16-01",
        "status",
        "<good>",
        "user",
        "narrator",
        "yesterday",
        "Mali",
        "unknown",
        "a.png",
        "javascript:alert(1)",
        "<b>No</b>",
        "2024-01-16 10:07:04 UTC",
        "Eight\u{3c}U+202E>.",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    let articles: Vec<&StartTag> = opened.iter().filter(|tag| tag.name == "article").collect();
    assert_eq!(articles.len(), 3);
    assert!(page.contains("<dt><bdi>Messages</bdi></dt><dd><bdi>3</bdi></dd>"), "{page}");
    assert!(page.contains("<article id=\"m2\" class=\"other\">"), "{page}");
    assert!(page.contains("<time datetime=\"2024-01-16T10:07:04.296Z\">"), "{page}");
    assert!(!page.contains("url(") && !page.contains("@import") && !page.contains("src="), "{page}");
}

#[test]
fn several_stand_below_a_list_of_them() {
    let page = Format::Html.many(&[transcript(), full()]);
    let (opened, text) = harmless(&page);
    assert!(
        text.contains("2 conversations, 5 messages") && text.contains("2 messages") && text.contains("3 messages")
    );
    let ids: Vec<&str> = opened
        .iter()
        .flat_map(|tag| tag.attributes.iter().filter(|(name, _)| name == "id").map(|(_, id)| id.as_str()))
        .collect();
    assert_eq!(ids, ["c1", "c1-m1", "c1-m2", "c2", "c2-m1", "c2-m2", "c2-m3"]);
    for (name, target) in opened.iter().flat_map(|tag| &tag.attributes) {
        if let ("href", Some(place)) = (name.as_str(), target.strip_prefix('#')) {
            assert!(ids.contains(&place), "{place}");
        }
    }
    let many_messages = Transcript { head: head(), messages: vec![message("m", "user", "x"); 1_234] };
    assert!(Format::Html.many(&[many_messages]).contains("1 conversation, 1,234 messages"));
}

#[test]
fn every_kind_of_markdown_has_its_tag() {
    for (markdown, html) in [
        ("# One\n\n###### Six", "<h3>One</h3>\n<h6>Six</h6>\n"),
        ("*a* **b** ~~c~~ `d<`", "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d&lt;</code></p>\n"),
        ("a\n\n\n\nb", "<p>a</p>\n<p>b</p>\n"),
        ("a  \nb\nc", "<p>a<br>\nb\nc</p>\n"),
        (
            "- a\n  1. b\n\n> c",
            "<ul>\n<li>a<ol start=\"1\">\n<li>b</li>\n</ol>\n</li>\n</ul>\n<blockquote>\n<p>c</p>\n</blockquote>\n",
        ),
        ("7. x", "<ol start=\"7\">\n<li>x</li>\n</ol>\n"),
        (
            "- [x] a\n- [ ] b",
            "<ul>\n<li><span class=\"task\" role=\"img\" aria-label=\"done\">☑</span> a</li>\n\
             <li><span class=\"task\" role=\"img\" aria-label=\"to do\">☐</span> b</li>\n</ul>\n",
        ),
        (
            "```rust,ignore\nlet a\t= 1 < 2;\n```",
            "<pre data-language=\"rust,ignore\"><code>let a\t= 1 &lt; 2;\n</code></pre>\n",
        ),
        ("---", "<hr>\n"),
        (
            "|a|b|\n|-|-:|\n|1<br>2|3|",
            "<div class=\"table\"><table>\n<thead><tr><th>a</th><th class=\"right\">b</th></tr></thead>\n<tbody>\n\
             <tr><td>1<br>2</td><td class=\"right\">3</td></tr>\n</tbody></table></div>\n",
        ),
        ("<b onclick=x>hi</b>", "<p>&lt;b onclick=x&gt;hi&lt;/b&gt;</p>\n"),
        ("<script>\nalert(1)\n</script>", "<pre class=\"raw\">&lt;script&gt;\nalert(1)\n&lt;/script&gt;</pre>\n"),
        ("&#x202e;x &lt;", "<p>&lt;U+202E&gt;x &lt;</p>\n"),
    ] {
        assert_eq!(body(markdown), html, "{markdown}");
        harmless(&saying(markdown));
    }
}

#[test]
fn a_line_that_a_person_ended_is_ended() {
    for (role, via, is_kept) in [
        ("user", None, true),
        ("admin", None, true),
        ("human", None, true),
        ("assistant", Some("push"), true),
        ("assistant", None, false),
    ] {
        let mut said = message("m1", role, "a\nb **c\nd**");
        said.extras.via = via.map(str::to_owned);
        let page = Format::Html.one(&Transcript { head: head(), messages: vec![said] });
        let text =
            if is_kept { "<p>a<br>\nb <strong>c<br>\nd</strong></p>" } else { "<p>a\nb <strong>c\nd</strong></p>" };
        assert!(page.contains(text), "{role}: {page}");
    }
}

#[test]
fn blank_lines_of_a_person_are_as_many_as_were_written() {
    let text = "a\n\n\n\nb\n\n- p\n\n\n- q\n\n> x\n>\n>\n> y";
    let mut said = message("m1", "user", text);
    let page = Format::Html.one(&Transcript { head: head(), messages: vec![said.clone()] });
    let items = "<ul>\n<li><p>p</p>\n<br>\n</li>\n<li><p>q</p>\n</li>\n</ul>";
    let quote = "<blockquote>\n<p>x</p>\n<br>\n<p>y</p>\n</blockquote>";
    let kept = format!("<p>a</p>\n<br>\n<br>\n<p>b</p>\n{items}\n{quote}\n");
    assert!(page.contains(&kept), "{page}");
    said.role = Role::Assistant;
    let page = Format::Html.one(&Transcript { head: head(), messages: vec![said] });
    assert!(!page.contains("<br>"), "{page}");
}

#[test]
fn a_link_leads_to_the_web_or_to_a_mailbox_and_a_picture_is_a_link() {
    let rel = "rel=\"noopener noreferrer\"";
    for (markdown, html) in [
        (
            "[a](https://x.example/?q=1&r=\"2\")",
            format!("<a href=\"https://x.example/?q=1&amp;r=%222%22\" {rel}>a</a>"),
        ),
        ("<a@x.example>", format!("<a href=\"mailto:a@x.example\" {rel}>a@x.example</a>")),
        ("[a](HTTP://x.example 't<')", format!("<a href=\"http://x.example/\" title=\"t&lt;\" {rel}>a</a>")),
        ("[a](javascript:alert)", "<span class=\"unlinked\">a</span> <code>javascript:alert</code>".to_owned()),
        ("[a](other.md)", "<span class=\"unlinked\">a</span> <code>other.md</code>".to_owned()),
        ("[a](<\u{1}java\tscript:x>)", "<span class=\"unlinked\">a</span> <code>␁java   script:x</code>".to_owned()),
        (
            "![alt *text*](https://x.example/p.png)",
            format!("<a class=\"picture\" href=\"https://x.example/p.png\" {rel}>alt text</a>"),
        ),
        (
            "![a](data:image/png;base64,AA)",
            "<span class=\"picture\">a</span> <code>data:image/png;base64,AA</code>".to_owned(),
        ),
        (
            "[![a](https://x.example/p.png)](https://y.example/)",
            format!("<a href=\"https://y.example/\" {rel}><span class=\"picture\">a</span></a>"),
        ),
        (
            "![a [b](https://z.example/)](https://x.example/)",
            format!("<a class=\"picture\" href=\"https://x.example/\" {rel}>a b</a>"),
        ),
    ] {
        assert_eq!(body(markdown), format!("<p>{html}</p>\n"), "{markdown}");
        harmless(&saying(markdown));
    }
}

#[test]
fn hostile_text_is_marked_wherever_it_stands() {
    let hostile =
        "</style></title></article><script>alert(1)</script>\u{1b}]0;x\u{7}\u{9b}\u{202e}\u{2066}\" onload='x' \u{0}";
    let mut all = full();
    all.head.title = hostile.to_owned();
    all.head.channel = ChannelName::new(hostile);
    all.head.id = ConversationId::new(hostile);
    all.head.created_at.raw = hostile.to_owned();
    all.head.details = vec![(hostile.to_owned(), hostile.to_owned())];
    for message in &mut all.messages {
        message.id = MessageId::new(hostile);
        message.role = Role::Other(hostile.to_owned());
        message.text = format!("{hostile}\n\n```{hostile}\n{hostile}\n```\n\n[x](<{hostile}>)\n\n{hostile}");
        message.created_at = Moment { at: None, raw: hostile.to_owned() };
        message.extras.author = Some(hostile.to_owned());
        message.extras.quick_replies = vec![hostile.to_owned()];
        message.extras.attachments =
            vec![Attachment { url: hostile.to_owned(), offset: None, name: Some(hostile.to_owned()) }];
    }
    harmless(&Format::Html.one(&all));
    harmless(&Format::Html.many(&[all.clone(), all]));
}

#[test]
fn what_is_nested_without_end_is_a_page_all_the_same() {
    harmless(&saying(&">".repeat(5_000)));
    harmless(&saying(&"- ".repeat(5_000)));
    harmless(&saying(&"![".repeat(5_000)));
    harmless(&saying(&"[a](".repeat(2_000)));
    harmless(&saying(&"*".repeat(20_000)));
}

/// Pieces that markdown and HTML are made of, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "<script>",
            "</script>",
            "<img src=x onerror=alert(1)>",
            "<a href='javascript:x'>",
            "</a>",
            "<!--",
            "-->",
            "<![CDATA[",
            "<?php",
            "javascript:",
            "data:text/html,<script>",
            "vbscript:x",
            "file:///etc",
            "https://e.example",
            "[",
            "](",
            ")",
            "![",
            "<",
            ">",
            "\"",
            "'",
            "&",
            "&#x3c;",
            "&lt;",
            "`",
            "```",
            "~~~ js\" onclick=\"x\n",
            "*",
            "**",
            "_",
            "~~",
            "|",
            "|-|-|\n",
            "\n",
            "\n\n",
            "- ",
            "1. ",
            "> ",
            "# ",
            "- [x] ",
            "    ",
            "\t",
            "\\",
            "===\n",
            "[x]: javascript:y\n",
            "[x]",
            "<br>",
            "\u{202e}",
            "\u{0}",
            "\u{1b}[2J",
            "\u{feff}",
            "\u{200d}",
            "e\u{301}",
            "שלום",
            "😀",
        ])
        .prop_map(str::to_owned),
        "[a-z :/<>\"'()&]{0,6}",
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// The words of a text that are no marks of markdown's: a definition that nothing refers to, for one, is nowhere.
fn read(text: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let words = TextMergeStream::new(Parser::new_ext(text, options)).map(|event| match event {
        Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => text.into_string(),
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(words))) => words.into_string(),
        _ => " ".to_owned(),
    });
    words.collect()
}

proptest! {
    #[test]
    fn no_markdown_acts(text in pieces(), title in pieces()) {
        let mut all = full();
        all.head.title = title;
        for message in &mut all.messages {
            message.text.clone_from(&text);
        }
        let page = Format::Html.one(&all);
        prop_assert!(!page.contains("<script"));
        let (opened, said) = harmless(&page);
        let shown: Vec<&str> = opened.iter().flat_map(|tag| &tag.attributes).map(|(_, value)| value.as_str()).collect();
        // What is no mark of markdown's is there: nothing is swallowed.
        let read = read(&text);
        for word in ["שלום", "😀", "onerror=alert"] {
            if read.contains(word) {
                prop_assert!(said.contains(word) || shown.iter().any(|value| value.contains(word)), "{word}");
            }
        }
    }
}
