//! What stands on a page to be used, and is nothing that it says: anchors of headings, buttons that copy.

use super::dom::{Id, Tree};
use super::model::is_blank;

/// What the page says for other eyes, or for a hand: a mark that leads to its own heading, a button that copies, the second
/// drawing of a formula.
pub(super) fn is_said_elsewhere(tree: &Tree, id: Id) -> bool {
    let mark = |c: char| is_blank(c) || matches!(c, '¶' | '§' | '#' | '🔗' | '\u{fe0f}' | '\u{f0c1}');
    match tree.name(id) {
        "a" => {
            let here = tree.attr(id, "href").is_some_and(|href| href.contains('#'));
            let anchor =
                ["headerlink", "anchor", "hash-link", "header-anchor", "anchorjs-link", "permalink", "anchor-link"];
            here && tree.says_only(id, mark) && !tree.holds(id, "img") && {
                tree.has_class(id, &anchor)
                    || tree
                        .around(id)
                        .take(3)
                        .any(|id| matches!(tree.name(id), "h1" | "h2" | "h3" | "h4" | "h5" | "h6"))
            }
        }
        "button" | "clipboard-copy" => is_copy_button(tree, id),
        "span" | "div" => tree.has_class(id, &["katex-html", "MathJax_Preview"]) || is_copy_button(tree, id),
        _ => false,
    }
}

/// Whether an element is there to be pressed, beside code.
fn is_copy_button(tree: &Tree, id: Id) -> bool {
    let copies = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.contains("copy") || text.contains("clipboard")
    };
    let says = || tree.all_text(id);
    let named = || {
        tree.classes(id).any(|class| {
            let class = class.to_ascii_lowercase();
            ["copybtn", "copy-b", "copy-code", "copybutton", "clipboard"].iter().any(|part| class.contains(part))
        })
    };
    match tree.name(id) {
        "button" => {
            let told = ["aria-label", "title"].iter().filter_map(|name| tree.attr(id, name)).any(copies);
            let aims =
                tree.attr(id, "data-clipboard-target").or_else(|| tree.attr(id, "data-clipboard-text")).is_some();
            let in_code = || tree.around(id).take(2).any(|id| tree.name(id) == "pre");
            told || aims || named() || in_code() || copies(&says()) && says().len() < 24
        }
        "clipboard-copy" => true,
        _ => named() && (says().trim().is_empty() || says().len() < 24 && copies(&says())),
    }
}
