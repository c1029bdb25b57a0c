//! An HTML page as a row's markdown. Owns what of a page is kept; the conversion is the library's.

use std::io;
use std::rc::Rc;

use htmd::{HtmlToMarkdown, Node};

/// What of a page is not its text.
const NOT_TEXT: [&str; 8] = ["script", "style", "head", "title", "noscript", "template", "svg", "iframe"];

/// So deep are a page's tags at most: each is a call within a call, and no page that somebody wrote is deeper.
const DEEPEST: usize = 256;

/// The page's text as markdown, under its title where no heading of the first order says it.
pub fn markdown(page: &str) -> Result<String, io::Error> {
    let converter = HtmlToMarkdown::builder().skip_tags(NOT_TEXT.to_vec()).build();
    let tree = converter.html_to_tree(page)?;
    if is_too_deep(&tree) {
        return Err(io::Error::other(format!("its tags are nested more than {DEEPEST} deep")));
    }
    let mut text = converter.tree_to_markdown(&tree).trim().to_owned();
    if let Some(title) = title(page, &converter)
        && !text.lines().any(|line| line.starts_with("# "))
    {
        let below = if text.is_empty() { String::new() } else { format!("\n\n{text}") };
        text = format!("# {title}{below}");
    }
    text.push('\n');
    Ok(text)
}

fn is_too_deep(tree: &Rc<Node>) -> bool {
    let mut open = vec![(Rc::clone(tree), 0)];
    while let Some((node, depth)) = open.pop() {
        if depth > DEEPEST {
            return true;
        }
        open.extend(node.children.borrow().iter().map(|child| (Rc::clone(child), depth + 1)));
    }
    false
}

/// What stands between `<title>` and its end, on one line.
fn title(page: &str, converter: &HtmlToMarkdown) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    let from = lower.find("<title")?;
    let from = from + lower.get(from..)?.find('>')? + 1;
    let to = from + lower.get(from..)?.find("</title")?;
    // In a paragraph its entities are read as anybody's; a tag in a title is text.
    let text = page.get(from..to)?.replace('<', "&lt;");
    let text = converter.convert(&format!("<p>{text}</p>")).ok()?;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_becomes_its_text_under_its_title() {
        let page = "<!doctype html><html><head><title>\n Plans &amp; prices </title><style>b{}</style></head>\
            <body><script>evil()</script><p>It costs <b>9 €</b>.</p><ul><li>one</li><li>two</li></ul>\
            <table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table></body></html>";
        let text = markdown(page).unwrap();
        assert!(text.starts_with("# Plans & prices\n\nIt costs **9 €**.\n\n"), "{text}");
        assert!(
            text.contains("one") && text.contains("| 1 ") && !text.contains("evil") && !text.contains("b{}"),
            "{text}"
        );
        assert!(text.ends_with("|\n"), "{text}");
    }

    #[test]
    fn a_heading_of_the_first_order_is_the_title() {
        assert_eq!(markdown("<title>Site</title><h1>Page</h1><p>x</p>").unwrap(), "# Page\n\nx\n");
        assert_eq!(markdown("<title>Only</title>").unwrap(), "# Only\n");
        assert_eq!(markdown("plain").unwrap(), "plain\n");
        assert_eq!(markdown("").unwrap(), "\n");
        assert_eq!(markdown("<TITLE>İ ").unwrap(), "\n");
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
}
