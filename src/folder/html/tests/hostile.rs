//! Pages that would act: what becomes of them holds nothing that a sanitiser would take out.

use pulldown_cmark::{Event, Options, Parser, Tag};

use super::super::markdown;

/// Where the links and pictures of a markdown text lead. Panics at a tag that a browser would act on.
fn targets(text: &str) -> Vec<String> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut targets = Vec::new();
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                targets.push(dest_url.into_string());
            }
            Event::Html(tag) | Event::InlineHtml(tag) => {
                assert!(tag.starts_with("</") || !ammonia::clean(&tag).is_empty(), "{tag}");
            }
            _ => {}
        }
    }
    targets
}

/// Whether a sanitiser leaves a link its target.
fn is_left(target: &str) -> bool {
    ammonia::clean(&format!("<a href=\"{}\">x</a>", ammonia::clean_text(target))).contains("href=")
}

#[test]
fn what_is_kept_of_a_page_is_what_a_sanitiser_leaves() {
    let acts = [
        "javascript:alert(1)",
        " JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "java\tscript:alert(1)",
        "&#106;avascript:alert(1)",
        "&#x6a;&#97;vascript&colon;alert(1)",
        "\u{1}javascript:alert(1)",
        "vbscript:x",
        "data:text/html,&lt;script>alert(1)&lt;/script>",
        "blob:https://x.example/1",
    ];
    let leads = ["https://x.example/a?b=c#d", "http://x.example", "mailto:a@x.example", "tel:+15551234", "a/b.html"];
    for href in acts.into_iter().chain(leads) {
        for page in [
            format!("<p><a href=\"{href}\">word</a></p>"),
            format!("<p><a href='{href}'><img src=\"{href}\" alt=word></a>"),
            format!("<table><tr><th>a<td><a href=\"{href}\">word</a></table>"),
            format!("<svg><a xlink:href=\"{href}\" href=\"{href}\"><text>word</text></a></svg>"),
            format!("<base href=\"{href}\"><ul><li><a href=\"{href}\">word</a></ul>"),
            format!(
                "<p>word<iframe src=\"{href}\"></iframe><form action=\"{href}\"><button formaction=\"{href}\">x</button></form>"
            ),
        ] {
            let text = markdown(&page).unwrap();
            for target in targets(&text) {
                assert!(is_left(&target), "{target:?} of {page}");
            }
            assert!(!text.contains("alert(1)") || !acts.contains(&href), "{text:?} of {page}");
        }
    }
    // So that nothing is kept is not why.
    assert_eq!(targets(&markdown("<a href='https://x.example/a'>word</a>").unwrap()), ["https://x.example/a"]);
    assert!(!is_left("javascript:alert(1)"));
}

#[test]
fn what_runs_or_is_written_to_be_run_is_no_text() {
    for page in [
        "<p>word<script>alert(1)</script>",
        "<p>word<style>b{background:url(javascript:alert(1))}</style>",
        "<p>word<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
        "<p onclick=\"alert(1)\" style=\"x:expression(alert(1))\">word</p>",
        "<p>word<img src=x onerror=alert(1)>",
        "<p>word<template><script>alert(1)</script></template>",
        "<p>word<!-- <script>alert(1)</script> -->",
        "<p>word<iframe srcdoc=\"&lt;script>alert(1)&lt;/script>\"></iframe>",
    ] {
        let text = markdown(page).unwrap();
        assert!(text.contains("word") && !text.contains("<script"), "{text:?} of {page}");
        targets(&text);
        let cleaned = ammonia::clean(page);
        assert!(
            !text.contains("alert(1)") || cleaned.contains("alert(1)"),
            "{text:?} of {page}, cleaned {cleaned:?}"
        );
    }
}
