//! Segments: the same for every way of growing, and never in the middle of what belongs together.

use proptest::prelude::*;

use super::super::{Kind, SEGMENT_BYTES, Segment, Splitter};
use super::markdown;

fn segments(text: &str) -> Vec<Segment> {
    let mut splitter = Splitter::default();
    assert_eq!(splitter.advance(text), text.len());
    splitter.segments().collect()
}

fn parts(text: &str) -> Vec<&str> {
    segments(text).into_iter().map(|segment| &text[segment.range]).collect()
}

/// Grows the text by pieces of these sizes and compares with the whole; what was finished must stay as it was.
fn assert_grows(text: &str, sizes: &[usize]) {
    let whole = segments(text);
    let mut splitter = Splitter::default();
    let (mut at, mut turn, mut scanned) = (0, 0, 0);
    while at < text.len() {
        at = text.ceil_char_boundary((at + sizes[turn % sizes.len()].max(1)).min(text.len()));
        turn += 1;
        scanned += splitter.advance(&text[..at]);
        for index in 0..splitter.len() - 1 {
            assert_eq!(splitter.segment(index).as_ref(), whole.get(index), "at {at} of {text:?}");
        }
    }
    assert_eq!(scanned, text.len());
    assert_eq!(splitter.segments().collect::<Vec<_>>(), whole);
}

#[test]
fn ends_at_blank_lines_headings_and_fences() {
    assert_eq!(
        parts("a\nb\n\nc\n# h\nd\n```x\n\ne\n```\nf"),
        ["a\nb\n\n", "c\n", "# h\n", "d\n", "```x\n\ne\n```\n", "f"]
    );
    assert_eq!(parts("~~~\n```\n\n~~~\nx"), ["~~~\n```\n\n~~~\n", "x"]);
    assert_eq!(parts("````\n```\n\n````\n"), ["````\n```\n\n````\n", ""]);
    assert_eq!(parts("``` `inline`\n\nx"), ["``` `inline`\n\n", "x"]);
    assert_eq!(parts("#hash\n#\n\\# no\n"), ["#hash\n", "#\n", "\\# no\n"]);
}

#[test]
fn a_list_goes_on_over_blank_lines() {
    assert_eq!(parts("- a\n\n- b\n\n  more\n\nend"), ["- a\n\n- b\n\n  more\n\n", "end"]);
    assert_eq!(
        parts("1. a\n\n   ```\n   x\n\n   y\n   ```\n\n2. b\n\n# h\n"),
        ["1. a\n\n   ```\n   x\n\n   y\n   ```\n\n2. b\n\n", "# h\n", ""]
    );
    assert_eq!(parts("- a\n```\nx\n\n```\n"), ["- a\n", "```\nx\n\n```\n", ""]);
    assert_eq!(parts("- ```\n  x\n\n  y\n  ```\n\nend"), ["- ```\n  x\n\n  y\n  ```\n\n", "end"]);
}

#[test]
fn is_cut_where_it_is_too_large() {
    let prose = "word ".repeat(20_000);
    let code = format!("```rust\n{}```\nend", "let x = 1;\n".repeat(10_000));
    let list = format!("- {}\n", "item ".repeat(1_000)).repeat(30);
    let word = "ä".repeat(100_000);
    let lines = "a line of text\n".repeat(10_000);
    for text in [&prose, &code, &list, &word, &lines] {
        let segments = segments(text);
        assert!(segments.iter().all(|segment| segment.range.len() <= SEGMENT_BYTES));
        assert!(segments.len() >= text.len() / SEGMENT_BYTES);
        assert_eq!(segments.iter().map(|segment| segment.range.len()).sum::<usize>(), text.len());
        assert_grows(text, &[4097]);
        assert_grows(text, &[30_000, 7, 70_000]);
    }
    assert!(parts(&prose).iter().all(|part| part.is_empty() || part.ends_with(' ')));
    assert!(parts(&list).iter().all(|part| part.is_empty() || part.starts_with("- ")));
    let code_segments = segments(&code);
    assert_eq!(code_segments[0].kind, Kind::Fenced);
    assert!(matches!(code_segments[1].kind, Kind::Code(_)) && code_segments[1].glued);
    assert_eq!(code_segments.last().map(|segment| (segment.kind, segment.glued)), Some((Kind::Prose, false)));
    assert!(parts(&code)[..3].iter().all(|part| part.ends_with('\n')));
}

#[test]
fn the_rest_of_a_line_that_is_cut_is_behind_no_blank_line() {
    for rest in ["a* b@c# ", "# é ", "👩‍👩‍👧‍👦", "x"] {
        let text = format!("1. \n\n1. {}\nmore\n\nend", rest.repeat(2 * SEGMENT_BYTES / rest.len()));
        assert_grows(&text, &[1, 30_000]);
        assert_grows(&text, &[4097]);
        assert!(segments(&text)[1..3].iter().any(|segment| segment.glued), "{:?}", segments(&text));
    }
}

#[test]
fn what_goes_on_with_code_is_drawn_as_code() {
    let code = format!("```rust\n{}```\nend", "let _x_ = *1*;\n".repeat(5_000));
    let rows: String = segments(&code)
        .into_iter()
        .map(|segment| super::plain(&super::render(&code[segment.range], segment.kind, &super::setting(80))))
        .collect();
    assert_eq!(rows, format!("╭ 1 rust\n{}end\n", "│ let _x_ = *1*;\n".repeat(5_000)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn grows_to_the_same_segments(text in markdown(), sizes in prop::collection::vec(1_usize..20, 1..8)) {
        assert_grows(&text, &sizes);
        assert_grows(&text, &[1]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn grows_to_the_same_segments_when_large(
        pieces in prop::collection::vec((markdown(), 1_usize..800), 1..6),
        sizes in prop::collection::vec(1_usize..40_000, 1..8),
    ) {
        let text: String = pieces.into_iter().map(|(piece, times)| piece.repeat(times)).collect();
        assert_grows(&text, &sizes);
    }
}
