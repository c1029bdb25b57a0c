//! How folder and source differ, as text: a headline for each row, and the lines that went and came.

use super::output::Style;
use crate::domain::{Hunk, SafeText, Side};
use crate::runtime::folder::{Changed, Difference};

/// All differences, safe to show.
pub(super) fn text(all: &[Difference], style: impl Fn(&str, Style) -> String) -> String {
    let mut text = String::new();
    for difference in all {
        let what = difference.path.as_deref().unwrap_or(&difference.name);
        let was = difference.was.as_ref().filter(|was| **was != difference.name);
        let names = was.map(|was| format!(" ({was} → {})", difference.name)).unwrap_or_default();
        let head = format!("{what}{names}: {}", difference.change.in_words());
        push(&mut text, &style(&safe(&head), Style::Bold));
        if !difference.hunks.is_empty() {
            let (old, new) = sides(difference);
            push(&mut text, &style(&safe(&format!("--- {old}")), Style::Dim));
            push(&mut text, &style(&safe(&format!("+++ {new}")), Style::Dim));
        }
        for hunk in &difference.hunks {
            push_hunk(&mut text, hunk, &style);
        }
    }
    text
}

/// What the two sides are called.
fn sides(difference: &Difference) -> (String, String) {
    let row = difference.was.as_ref().unwrap_or(&difference.name).clone();
    let file = difference.path.clone().unwrap_or_default();
    let nothing = || "/dev/null".to_owned();
    match difference.change {
        Changed::Created => (nothing(), file),
        Changed::Deleted | Changed::CreatedThere => (row, nothing()),
        _ => (row, file),
    }
}

fn push_hunk(text: &mut String, hunk: &Hunk, style: &impl Fn(&str, Style) -> String) {
    let count = |without: Side| hunk.lines.iter().filter(|line| line.side != without).count();
    let (old, new) = (count(Side::New), count(Side::Old));
    // A side without a line begins before its first, as everywhere.
    let start = |at: usize, count: usize| if count == 0 { at.saturating_sub(1) } else { at };
    let head = format!("@@ -{},{old} +{},{new} @@", start(hunk.old_start, old), start(hunk.new_start, new));
    push(text, &style(&head, Style::Dim));
    for line in &hunk.lines {
        let (sign, look) = match line.side {
            Side::Both => (' ', None),
            Side::Old => ('-', Some(Style::Red)),
            Side::New => ('+', Some(Style::Bold)),
        };
        let shown = format!("{sign}{}", safe(&line.text));
        push(text, &look.map_or_else(|| shown.clone(), |look| style(&shown, look)));
        if line.open {
            push(text, "\\ No newline at end of file");
        }
    }
}

fn push(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

fn safe(text: &str) -> String {
    SafeText::one_line(text).into_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hunks;

    fn difference(change: Changed, old: &str, new: &str) -> Difference {
        Difference {
            path: Some("a.md".to_owned()),
            name: "a".to_owned(),
            was: None,
            id: None,
            change,
            hunks: hunks(old, new, 1),
        }
    }

    fn plain(all: &[Difference]) -> String {
        text(all, |text, _| text.to_owned())
    }

    #[test]
    fn a_change_reads_like_any_unified_difference() {
        assert_eq!(
            plain(&[difference(Changed::Updated, "1\n2\n3\n", "1\ntwo\u{1b}[2J\n3")]),
            "a.md: changed here\n--- a\n+++ a.md\n@@ -1,3 +1,3 @@\n 1\n-2\n-3\n+two␛[2J\n+3\n\
             \\ No newline at end of file\n"
        );
        assert_eq!(
            plain(&[difference(Changed::Created, "", "1\n")]),
            "a.md: new here: a push makes the row\n--- /dev/null\n+++ a.md\n@@ -0,0 +1,1 @@\n+1\n"
        );
        let renamed = Difference { was: Some("b".to_owned()), ..difference(Changed::Renamed, "", "") };
        assert_eq!(plain(&[renamed]), "a.md (b → a): renamed here\n");
        assert_eq!(plain(&[]), "");
    }
}
