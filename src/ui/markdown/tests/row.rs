//! What a row tells of itself beside what it looks like.

use std::fmt::Write;

use proptest::prelude::*;

use super::{Kind, Row, markdown, render, setting};
use crate::domain::{cluster_width, display_width};
use crate::ui::markdown::End;
use crate::ui::paint;
use unicode_segmentation::UnicodeSegmentation;

fn rows(text: &str, width: u16) -> Vec<Row> {
    render(text, Kind::Prose, &setting(width))
}

/// The text of the rows as it was before it was broken into them, a `\t` where borders of a table stand.
fn unwrapped(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        // A label or a rule.
        if !row.borders.is_empty() && row.borders[0] == (row.margin..u16::try_from(paint::width(&row.line)).unwrap())
        {
            continue;
        }
        let line: String = row.line.spans.iter().map(|span| &*span.content).collect();
        let mut column = 0;
        for cluster in line.graphemes(true) {
            let at = u16::try_from(column).unwrap();
            column += cluster_width(cluster);
            if at >= row.margin && !row.borders.iter().any(|border| border.contains(&at)) {
                text.push_str(cluster);
            } else if at >= row.margin && !text.is_empty() && !text.ends_with(['\t', '\n']) {
                text.push('\t');
            }
        }
        match row.end {
            End::Line => text.push('\n'),
            End::Space => text.push(' '),
            End::Word => {}
        }
    }
    text
}

#[test]
fn what_was_wrapped_can_be_put_together_again() {
    assert_eq!(unwrapped(&rows("one two three", 8)), "one two three\n");
    assert_eq!(unwrapped(&rows("onetwothree four", 4)), "onetwothree four\n");
    assert_eq!(unwrapped(&rows("日本語のテキスト", 5)), "日本語のテキスト\n");
    assert_eq!(unwrapped(&rows("> quoted words\n> - and an item", 10)), "quoted words\n\nand an item\n");
    assert_eq!(unwrapped(&rows("```\nlet a = \"b c\";\n  d\n```", 8)), "let a = \"b c\";\n  d\n");
    assert_eq!(unwrapped(&rows("one\\\ntwo", 80)), "one\ntwo\n");
}

#[test]
fn borders_of_a_table_are_no_text() {
    let table = rows("| a | b |\n|---|--:|\n| 1 | 2 |\n", 40);
    assert_eq!(unwrapped(&table), "a\tb\t\n1\t2\t\n");
}

#[test]
fn links_keep_their_columns_and_targets() {
    let row = &rows("> see [the **list**](https://a.example/b) now", 80)[0];
    let link = &row.links[0];
    assert_eq!((link.columns.clone(), &*link.target), (6..17, "https://a.example/b"));
    let wrapped = rows("[one two three](https://a.example)", 8);
    let parts: Vec<_> = wrapped.iter().flat_map(|row| row.links.iter()).map(|link| link.columns.clone()).collect();
    assert_eq!(parts[..2], [0..7, 0..8]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ranges_lie_on_the_row_in_order(text in markdown(), width in 1_u16..=90) {
        for row in rows(&text, width) {
            let columns: usize = row.line.spans.iter().map(|span| display_width(&span.content)).sum();
            let columns = u16::try_from(columns).unwrap();
            prop_assert!(row.margin <= columns);
            for ranges in [row.borders.to_vec(), row.links.iter().map(|link| link.columns.clone()).collect()] {
                let mut at = row.margin;
                for range in ranges {
                    prop_assert!(at <= range.start && range.start < range.end && range.end <= columns, "{row:?}");
                    at = range.end;
                }
            }
        }
    }

    #[test]
    fn words_come_back_as_they_were(words in prop::collection::vec("[a-z日本é]{1,14}", 1..30), width in 1_u16..=60) {
        let mut text = String::new();
        for word in &words {
            write!(text, "{word} ").unwrap();
        }
        // A cluster that is wider than the row is shown by a substitute.
        prop_assume!(width > 1);
        prop_assert_eq!(unwrapped(&rows(&text, width)), format!("{}\n", text.trim_end()));
    }
}
