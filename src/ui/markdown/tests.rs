//! The splitter against every way of growing, the rows against every width, and how it all looks.

mod folded;
mod look;
mod row;
mod split;

use proptest::prelude::*;

use super::{Kind, Row, Setting, Styles, render};
use crate::domain::SafeText;
use crate::ui::paint;

/// The rows as text, without the blanks at their ends.
fn plain(rows: &[Row]) -> String {
    rows.iter()
        .map(|row| row.line.spans.iter().map(|span| &*span.content).collect::<String>().trim_end().to_owned() + "\n")
        .collect()
}

fn setting(width: u16) -> Setting {
    Setting::new(width, Styles::default())
}

fn shown(text: &str, width: u16) -> String {
    plain(&render(text, Kind::Prose, &setting(width)))
}

/// Pieces that markdown gives a meaning, and words.
fn markdown() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "\n",
        "\n\n",
        "  \n",
        "# ",
        "## ",
        "- ",
        "* ",
        "1. ",
        "23) ",
        "> ",
        "    ",
        "  ",
        "\t",
        "```",
        "```rust\n",
        "~~~\n",
        "`",
        "``",
        "*",
        "**",
        "_",
        "~~",
        "[",
        "](",
        ")",
        "!",
        "![",
        "<",
        ">",
        "https://a.example/b",
        "<b>",
        "<!--",
        "-->",
        "|",
        "| a | b |\n|---|--:|\n",
        "---",
        "===\n",
        "[x] ",
        "&#27;",
        "&amp;",
        "&#x202E;",
        "\\",
        "word",
        "another",
        "e\u{301}",
        "日本語",
        "👩‍👩‍👧‍👦",
        "\u{1b}[31m",
        "\u{202e}",
        " ",
        " ",
        " ",
        "[ref]: /url\n",
        "[ref]",
        "- [ ] ",
        "<a@b.example>",
        "supercalifragilisticexpialidocious",
        "\r\n",
    ]);
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

fn assert_fits(text: &str, kind: Kind, width: u16) {
    for row in render(text, kind, &setting(width)) {
        assert!(
            paint::width(&row.line) <= usize::from(width),
            "{} columns of {width}: {row:?}",
            paint::width(&row.line)
        );
        for span in &row.line.spans {
            assert!(SafeText::is_safe(&span.content) && !span.content.contains('\n'), "{span:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_row_is_wider_than_the_width(text in markdown(), width in 1_u16..=200) {
        assert_fits(&text, Kind::Prose, width);
    }

    #[test]
    fn no_row_of_any_text_is_wider(text in any::<String>(), width in 1_u16..=60) {
        assert_fits(&text, Kind::Prose, width);
    }

    #[test]
    fn every_word_is_shown(
        words in prop::collection::vec("[a-z]{2,9}", 1..30),
        glue in prop::collection::vec(prop::sample::select(vec![
            " ", "\n", "\n\n", "\n- ", "\n1. ", "\n> ", "\n# ", " **", "** ", " `", "` ", "\n```\n", "\n    ", " | ", "\n|-|-|\n",
            " ![", "](", ")", " [", "]: ", "<", ">", "\n  - ", "\n> > - ", "\n***\n", " ~~", "\n<div>\n", "</p>",
        ]), 30),
        width in 20_u16..=120,
    ) {
        let text: String = words.iter().zip(&glue).flat_map(|(word, glue)| [word.as_str(), glue]).collect();
        // Titles of links are the one thing that isn't shown; these texts have none.
        let shown: String = shown(&text, width).chars().filter(char::is_ascii_lowercase).collect();
        // Cells beyond a table's header are left out, as the table extension says; tables have a test of their own.
        if !text.contains("|-|-|") {
            for word in &words {
                prop_assert!(shown.contains(word.as_str()), "{} is not in {} of {:?}", word, shown, text);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_letter_of_a_table_is_shown(
        rows in prop::collection::vec(prop::array::uniform3("[a-z]{1,12}( [a-z]{1,5}){0,3}"), 1..8),
        width in 1_u16..=120,
    ) {
        let line = |cells: &[String; 3]| format!("| {} |\n", cells.join(" | "));
        let (head, body) = rows.split_first().unwrap();
        let text = format!("{}|---|--:|:-:|\n{}", line(head), body.iter().map(line).collect::<String>());
        let letters = |text: &str| ('a'..='z').map(|c| text.matches(c).count()).collect::<Vec<_>>();
        // Where a table is drawn as pairs, its header stands again in each of them.
        let (shown, asked) = (letters(&shown(&text, width)), letters(&text));
        prop_assert!(shown.iter().zip(&asked).all(|(shown, asked)| shown >= asked), "letters are missing of {:?}", text);
    }
}

#[test]
fn entities_are_sanitised_after_they_are_decoded() {
    assert_eq!(shown("&#27;[31m &#x202E;x &#8203;", 40), "␛[31m <U+202E>x <U+200B>\n");
    assert_eq!(shown("`\u{1b}]0;x\u{7}` [a](<x\u{202e}y>)", 60), "`␛]0;x␇` a[1]\n[1] x<U+202E>y\n");
    assert_eq!(shown("```\u{1b}c\n\u{9b}2J\n```", 60), "╭ 1 ␛c\n│ \u{fffd}2J\n");
    assert_eq!(shown("a&#x301;", 60), "a\u{301}\n");
}

#[test]
fn deep_nesting_is_shown_at_a_limited_depth() {
    let deep = shown(&format!("{} end", ">".repeat(10_000)), 80);
    assert_eq!(deep, format!("{}end\n", "┃ ".repeat(16)));
    assert!(shown(&format!("{}end", "- ".repeat(10_000)), 80).contains("end"));
    assert!(shown(&format!("{}end", "[".repeat(20_000)), 80).contains("end"));
    assert!(shown(&format!("{}end{}", "*a ".repeat(8_000), "*".repeat(8_000)), 80).contains("end"));
    assert!(shown(&format!("{}end", "![".repeat(10_000)), 80).contains("end"));
    let lazy = format!("{}\n{}", ">".repeat(10_000), "a\n".repeat(10_000));
    assert!(shown(&lazy, 80).len() < 200_000);
    let wide = format!("|{}\n|{}\n{}", "a|".repeat(3_000), "-|".repeat(3_000), "|b\n".repeat(3_000));
    assert!(shown(&wide, 80).contains("a: b\n"));
}

#[test]
fn code_is_cut_and_not_wrapped() {
    assert_eq!(shown("```\nlet a = \"b c d\";\n```", 12), "╭ 1\n│ let a = \"b\n»  c d\";\n");
    assert_eq!(shown("    a\n\n    b", 12), "╭ 1\n│ a\n│\n│ b\n");
}

#[test]
fn prose_is_set_to_a_hundred_columns() {
    let rows = render(&"word ".repeat(100), Kind::Prose, &setting(180));
    assert!(rows.iter().all(|row| paint::width(&row.line) <= 100));
    assert!(paint::width(&rows[0].line) > 90);
}
