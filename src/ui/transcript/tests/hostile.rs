//! Texts that were made to hurt: nothing of them reaches the screen as it was, and none costs more than what is seen.

use super::{Talk, draw, rows, said};
use crate::app::{Anchor, Scroll};
use crate::ui::markdown::SEGMENT_BYTES;
use crate::ui::transcript::Transcript;

/// Draws at the end, at the start and in the middle, and checks what it cost.
fn assert_bounded(text: &str) -> Vec<String> {
    let talk = Talk(vec![said(1, text)]);
    let mut transcript = Transcript::default();
    let mut shown = Vec::new();
    let middle = Scroll::At(Anchor { item: 1, row: 50_000 });
    for scroll in [Scroll::Follow, Scroll::At(Anchor { item: 1, row: 0 }), middle] {
        let before = transcript.stats();
        let (buf, _) = draw(&mut transcript, &talk, (88, 34), scroll);
        let rendered = transcript.stats().bytes_rendered - before.bytes_rendered;
        assert!(rendered <= 40 * SEGMENT_BYTES as u64, "{rendered} bytes rendered");
        shown.extend(rows(&buf));
    }
    assert_eq!(transcript.stats().bytes_scanned, text.len() as u64);
    shown
}

#[test]
fn a_word_of_ten_mebibytes() {
    let shown = assert_bounded(&"x".repeat(10 * 1024 * 1024));
    assert!(shown.iter().filter(|row| row.ends_with("xxxx")).count() > 90);
}

#[test]
fn a_million_lines() {
    assert_bounded(&"line\n".repeat(1_000_000));
    assert_bounded(&format!("```\n{}", "line\n".repeat(1_000_000)));
    assert_bounded(&"- line\n\n".repeat(500_000));
    assert_bounded(&"\n".repeat(3_000_000));
}

#[test]
fn ten_thousand_fences() {
    assert_bounded(&"```rust\nlet x = 1;\n```\n".repeat(10_000));
    assert_bounded(&"```\n".repeat(100_001));
}

#[test]
fn ten_thousand_quotes() {
    assert_bounded(&format!("{} end", ">".repeat(10_000)));
    assert_bounded(&format!("{}\n", "> ".repeat(200)).repeat(2_000));
}

#[test]
fn a_million_marks_on_a_letter() {
    let shown = assert_bounded(&format!("z{} end", "\u{336}".repeat(1_000_000)));
    assert!(shown.iter().any(|row| row.contains("<+") && row.contains("end")));
}

#[test]
fn sequences_bidi_and_tags() {
    let text = "\u{1b}]52;c;aGk=\u{7} \u{1b}[2J\u{9b}6n `\u{1b}P` [\u{202e}x](\u{1b}\\) &#27;[31m\n\n```\u{7}\n\u{1b}c\u{e0041}\n```\n\n|\u{1b}|\n|-|\n|\u{200b}|\n";
    let shown = assert_bounded(text).join("\n");
    for mark in ["␛]52;c;aGk=␇", "␛[2J\u{fffd}6n", "<U+202E>x", "␛[31m", "␛c<U+E0041>", "<U+200B>"] {
        assert!(shown.contains(mark), "{mark} is not in {shown}");
    }
}
