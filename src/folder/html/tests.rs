//! Whole pages, and those that are refused.

use super::*;

mod code;
mod elements;
mod hostile;
mod random;
mod tables;

fn limits() -> PageLimits {
    PageLimits { depth: DEEPEST, time: LONGEST }
}

#[test]
fn a_page_becomes_its_text_under_its_title() {
    let page = "<!doctype html><html><head><title>\n Plans &amp; prices </title><style>b{}</style></head>\
        <body><script>evil()</script><p>It costs <b>9 €</b>.</p><ul><li>one</li><li>two</li></ul>\
        <table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table></body></html>";
    assert_eq!(
        markdown(page).unwrap(),
        "# Plans & prices\n\nIt costs **9 €**.\n\n- one\n- two\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n"
    );
}

#[test]
fn a_heading_of_the_first_order_is_the_title() {
    assert_eq!(markdown("<title>Site</title><h1>Page</h1><p>x</p>").unwrap(), "# Page\n\nx\n");
    assert_eq!(markdown("<title>Only</title>").unwrap(), "# Only\n");
    assert_eq!(markdown("plain").unwrap(), "plain\n");
    assert_eq!(markdown("").unwrap(), "\n");
    assert_eq!(markdown("<TITLE>İ ").unwrap(), "# İ\n");
    assert_eq!(markdown("<title>A *b* &lt;i></title>x").unwrap(), "# A \\*b\\* \\<i>\n\nx\n");
    // A heading in a list or a quote is the page's, too; an empty one isn't.
    assert_eq!(markdown("<title>T</title><ul><li><h1>H</h1></ul>").unwrap(), "- # H\n");
    assert_eq!(markdown("<title>T</title><h1></h1>x").unwrap(), "# T\n\nx\n");
}

#[test]
fn a_page_that_is_too_deep_is_refused() {
    for tag in ["<div>", "<b>", "<ul><li>", "<blockquote>", "<table><tr><td>"] {
        let deep = |times: usize| markdown(&format!("{}x", tag.repeat(times)));
        assert!(deep(40).unwrap().contains('x'), "{tag}");
        let most = (DEEPEST - 10) / tag.matches('<').count().max(1);
        let _ = deep(most);
        assert!(deep(3_000).unwrap_err().to_string().contains("nested"), "{tag}");
    }
}

#[test]
fn a_page_that_costs_too_much_is_given_up() {
    let limits = |time| PageLimits { depth: DEEPEST, time };
    assert_eq!(within("<p>x", limits(Duration::ZERO)), Err(PageError::Slow(0)));
    assert_eq!(within("<p><b><i>x", PageLimits { depth: 3, time: LONGEST }), Err(PageError::Deep(3)));
    // Elements that stay open are opened again in each paragraph: a few are a page's mistake, and read.
    let open = "<p><i class=a><i class=b><i class=c>x</p>".repeat(20);
    assert_eq!(markdown(&open).unwrap().matches('x').count(), 20);
}

#[test]
fn what_is_deep_is_not_set_in_for_ever() {
    let deep = format!("{}end", "<ul><li>x".repeat(60));
    let text = markdown(&deep).unwrap();
    assert!(text.lines().all(|line| line.len() < 80), "{text}");
    assert!(text.contains("end") && text.matches('x').count() == 60, "{text}");
}
