//! Formulas: what was written where the page kept it, or else what is drawn, on one line.

use super::dom::{Id, Tree};
use super::inline::{lowered, raised};

/// What the author wrote, of a formula that says so.
pub(super) fn formula(tree: &Tree, id: Id) -> Option<String> {
    let tex = |id: &Id| {
        tree.name(*id) == "annotation" && tree.attr(*id, "encoding").is_some_and(|encoding| encoding.contains("tex"))
    };
    let written = tree.below(id).find(tex).map(|id| tree.all_text(id));
    let written = written.or_else(|| tree.attr(id, "alttext").map(str::to_owned))?;
    let written = written.split_whitespace().collect::<Vec<_>>().join(" ");
    (!written.is_empty()).then_some(written)
}

/// A formula that is a script.
pub(super) fn script(tree: &Tree, id: Id) -> Option<String> {
    let is_formula =
        tree.name(id) == "script" && tree.attr(id, "type").is_some_and(|kind| kind.starts_with("math/tex"));
    let written = is_formula.then(|| tree.all_text(id))?;
    Some(written.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|written| !written.is_empty())
}

/// What is drawn.
pub(super) fn words(tree: &Tree, id: Id) -> String {
    if let Some(text) = tree.text(id) {
        return text.trim().to_owned();
    }
    let parts: Vec<String> = match tree.name(id) {
        "annotation" | "annotation-xml" => return String::new(),
        _ => tree.children(id).iter().map(|child| words(tree, *child)).filter(|part| !part.is_empty()).collect(),
    };
    let grouped = |part: &String| {
        if part.chars().count() > 1 && !part.chars().all(char::is_alphanumeric) {
            format!("({part})")
        } else {
            part.clone()
        }
    };
    match (tree.name(id), &parts[..]) {
        ("msup" | "mover", [base, over]) => format!("{base}{}", raised(over)),
        ("msub" | "munder", [base, under]) => format!("{base}{}", lowered(under)),
        ("msubsup" | "munderover", [base, under, over]) => format!("{base}{}{}", lowered(under), raised(over)),
        ("mfrac", [above, below]) => format!("{}/{}", grouped(above), grouped(below)),
        ("msqrt", parts) => format!("√({})", parts.concat()),
        ("mroot", [base, root]) => format!("{}√({base})", raised(root)),
        ("mtr", parts) => parts.join(", "),
        ("mtable", parts) => parts.join("; "),
        ("mo", [sign]) if sign.chars().count() == 1 && "=<>≤≥≠≈+−±→⇒∈".contains(sign.as_str()) => {
            format!(" {sign} ")
        }
        (_, parts) => parts.concat(),
    }
}
