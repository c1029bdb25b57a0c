//! The part of a page that is made: it stands between two comments, and is held against what the code says.

use std::fs;

use crate::pages::{read, root};

/// What writes all of them anew.
const WRITE: &str = "PATCHCORD_WRITE_DOCS=1 cargo test --test manual";

/// Puts `made` between the marks of `name`; nothing where the page has no such marks, or several.
fn put(page: &str, name: &str, made: &str) -> Option<String> {
    let begin = format!("<!-- made: {name} ({WRITE}) -->\n");
    let end = format!("<!-- end: {name} -->");
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    let twice = rest.contains(&begin) || after.contains(&end);
    (!twice).then(|| format!("{before}{begin}\n{}\n\n{end}{after}", made.trim_end()))
}

/// Fails where the part of that name differs from `made`; writes it where the environment asks for that.
#[track_caller]
pub(crate) fn hold(page: &str, name: &str, made: &str) {
    let kept = read(page);
    let wanted = put(&kept, name, made)
        .unwrap_or_else(|| panic!("{page} needs once: <!-- made: {name} ({WRITE}) --> … <!-- end: {name} -->"));
    if std::env::var_os("PATCHCORD_WRITE_DOCS").is_some() {
        fs::write(root().join(page), wanted).expect("writing the page");
        return;
    }
    let differs = || kept.lines().zip(wanted.lines()).find(|(a, b)| a != b);
    assert!(kept == wanted, "{page}: `{name}` is not what the code says ({:?}): {WRITE}", differs());
}

/// A table: its head and its rows. A bar in a cell would end it.
pub(crate) fn table<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let mut text = line(&head.map(str::to_owned));
    text.push_str(&line(&[const { "---" }; N].map(str::to_owned)));
    for row in rows {
        text.push_str(&line(&row.map(|cell| cell.replace('|', "\\|").replace('\n', " "))));
    }
    text
}

#[test]
fn only_what_stands_between_the_marks_is_made() {
    let page = format!("a\n<!-- made: x ({WRITE}) -->\nold\n<!-- end: x -->\nb\n");
    let new = put(&page, "x", "| new |\n").unwrap();
    assert_eq!(new, format!("a\n<!-- made: x ({WRITE}) -->\n\n| new |\n\n<!-- end: x -->\nb\n"));
    assert_eq!(put(&new, "x", "| new |\n").as_ref(), Some(&new));
    assert_eq!(put(&page, "y", ""), None);
    assert_eq!(put(&format!("{page}{page}"), "x", ""), None);
}
