//! Code that is wider than its room: each row that goes on with a line is marked, whatever the code stands in.

use super::*;
use crate::domain::display_width;

/// The rows of code with whether each is marked as going on, and their text.
fn rows(text: &str, width: u16, ascii: bool) -> Vec<(bool, String)> {
    let styles = Styles::new(ascii);
    let mark = styles.code_goes_on();
    let rows = render(text, Kind::Prose, &Setting::new(width, styles));
    let row = |row: &Row| {
        let line: String = row.line.spans.iter().map(|span| &*span.content).collect();
        let (mut at, mut margin) = (0, 0);
        for cluster in line.chars() {
            if margin >= usize::from(row.margin) {
                break;
            }
            margin += display_width(cluster.encode_utf8(&mut [0; 4]));
            at += cluster.len_utf8();
        }
        (line[..at].ends_with(mark), line[at..].to_owned())
    };
    // Without the row that numbers the code.
    rows.iter().filter(|row| row.borders.is_empty()).map(row).collect()
}

fn line(marked: bool, text: &str) -> (bool, String) {
    (marked, text.to_owned())
}

#[test]
fn a_line_that_is_folded_is_told_from_two() {
    let text = "```\nrm -rf build target\nls\n```";
    let (one, two, three) = (line(false, "rm -rf "), line(true, "build t"), line(true, "arget"));
    for ascii in [false, true] {
        assert_eq!(rows(text, 9, ascii), [one.clone(), two.clone(), three.clone(), line(false, "ls")]);
        assert_eq!(rows(text, 40, ascii), [line(false, "rm -rf build target"), line(false, "ls")]);
    }
    assert_eq!(shown(text, 9), "╭ 1\n│ rm -rf\n» build t\n» arget\n│ ls\n");
}

#[test]
fn also_where_there_is_no_room_for_a_bar() {
    // So deep, and so narrow, that what stands left of code isn't drawn.
    for text in ["> > > > > ```\n> > > > > abcdefghijklmnop\n> > > > > ```", "```\nabcdefghijklmnopqrstuvwxyz\n```"] {
        for width in [8, 12] {
            let rows = rows(text, width, false);
            assert!(rows.len() > 1 && rows.iter().skip(1).all(|row| row.0), "{width}: {rows:?}");
            assert!(!rows[0].0);
        }
    }
}

proptest! {
    #[test]
    fn every_row_that_goes_on_is_marked_and_no_other(
        lines in prop::collection::vec("[a-z日é ]{0,30}", 1..8), width in 8_u16..40, quoted: bool,
    ) {
        let before = if quoted { "> " } else { "" };
        let code = lines.iter().fold(String::new(), |code, line| code + before + line + "\n");
        let rows = rows(&format!("{before}```\n{code}{before}```\n"), width, false);
        let mut again: Vec<String> = Vec::new();
        for (marked, text) in &rows {
            match again.last_mut().filter(|_| *marked) {
                Some(line) => line.push_str(text),
                None => again.push(text.clone()),
            }
        }
        let bare = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
        let lines: Vec<_> = lines.iter().map(|line| bare(line)).collect();
        let again: Vec<_> = again.iter().map(|line| bare(line)).collect();
        // Blank lines at both ends are no code.
        let trim = |lines: &[String]| lines.join("\n").trim_matches('\n').to_owned();
        prop_assert_eq!(trim(&again), trim(&lines));
    }
}
