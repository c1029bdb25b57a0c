//! Scrolling shows every row exactly once, in order, at every size.

use proptest::prelude::*;

use super::{Said, Talk, draw, everything, rows, said};
use crate::app::{Anchor, Scroll};
use crate::ui::transcript::{Measured, Transcript};

fn talk() -> Talk {
    let paragraph = |n: usize| format!("Paragraph {n}, {}\n\n", "which goes on and on ".repeat(n % 7));
    let line = |n: usize| format!("let line_{n} = {n};\n");
    let long: String = (0..60).map(paragraph).collect();
    let code: String = (0..80).map(line).collect();
    Talk(vec![
        said(10, "short"),
        said(11, &long),
        Said { notes: vec!["sent", "a failure whose explanation is long enough to wrap"], ..said(12, "") },
        said(13, &format!("```\n{code}```\n\n- a\n\n- b\n")),
        Said { growing: true, head: "", ..said(14, "open end") },
    ])
}

fn by(measured: &Measured, rows: i64) -> Scroll {
    let top = measured.top.unwrap();
    Scroll::At(Anchor { row: top.row + rows, ..top })
}

/// A row of the full layout some rows on.
fn moved(row: usize, by: i64) -> usize {
    usize::try_from(i64::try_from(row).unwrap() + by).unwrap_or(0)
}

/// Walks from the end to the start and back by steps of some rows, and compares each view with the full layout.
fn assert_walks(talk: &Talk, (width, height): (u16, u16), step: usize) {
    let all = everything(talk, width);
    let page = usize::from(height).min(all.len());
    let mut transcript = Transcript::default();
    let (buf, mut measured) = draw(&mut transcript, talk, (width, height), Scroll::Follow);
    let mut top = all.len() - page;
    assert_eq!(rows(&buf)[..page], all[top..]);
    let signed = i64::try_from(step).unwrap();
    while top > 0 {
        assert!(!measured.at_top);
        let (buf, next) = draw(&mut transcript, talk, (width, height), by(&measured, -signed));
        measured = next;
        top = top.saturating_sub(step);
        assert_eq!(rows(&buf)[..page], all[top..top + page], "up at {top}");
    }
    assert!(measured.at_top);
    let (same, again) = draw(&mut transcript, talk, (width, height), by(&measured, -signed));
    assert_eq!((rows(&same)[..page].to_vec(), again), (all[..page].to_vec(), measured));
    while top + page < all.len() {
        assert!(!measured.at_bottom);
        let (buf, next) = draw(&mut transcript, talk, (width, height), by(&measured, signed));
        measured = next;
        top = (top + step).min(all.len() - page);
        assert_eq!(rows(&buf)[..page], all[top..top + page], "down at {top}");
    }
    assert!(measured.at_bottom);
}

#[test]
fn every_row_is_shown_once() {
    for size in [(80, 24), (20, 1), (5, 7), (120, 40)] {
        for step in [1, 3, 7] {
            assert_walks(&talk(), size, step);
        }
    }
}

#[test]
fn every_row_of_a_large_text_is_shown_once() {
    // Too large to be laid out whole: what is above the view is guessed, and wrongly.
    let paragraph = |n: usize| format!("{n}\n\n{}\n\n- {}\n\n", "a b ".repeat(n % 90), "日本 ".repeat(n % 50));
    let talk =
        Talk(vec![said(1, "before"), said(2, &(0..200).map(paragraph).collect::<String>()), said(3, "behind")]);
    assert!(talk.0[1].text.len() > crate::ui::markdown::SEGMENT_BYTES);
    for step in [2, 11] {
        assert_walks(&talk, (60, 11), step);
    }
}

#[test]
fn positions_are_normalised() {
    let talk = talk();
    let mut transcript = Transcript::default();
    let all = everything(&talk, 60);
    // The third item's author line is found in the full layout by its notes.
    let third = all.iter().position(|row| row == "  sent").unwrap() - 1;
    for row in [-i64::try_from(third).unwrap(), -30, -1, 0, 1, 2] {
        let (buf, measured) = draw(&mut transcript, &talk, (60, 10), Scroll::At(Anchor { item: 12, row }));
        let top = moved(third, row);
        assert_eq!(rows(&buf), all[top..top + 10], "row {row}");
        assert!(measured.top.unwrap().row >= 0);
        assert_eq!(draw(&mut Transcript::default(), &talk, (60, 10), by(&measured, 0)).0, buf);
    }
    let (buf, measured) = draw(&mut transcript, &talk, (60, 10), Scroll::At(Anchor { item: 12, row: 5_000 }));
    assert!(measured.at_bottom && rows(&buf) == all[all.len() - 10..]);
    let (buf, measured) = draw(&mut transcript, &talk, (60, 10), Scroll::At(Anchor { item: 12, row: -1_000_000 }));
    assert!(measured.at_top && rows(&buf) == all[..10]);
    let (buf, _) = draw(&mut transcript, &talk, (60, 10), Scroll::At(Anchor { item: 99, row: 0 }));
    assert_eq!(rows(&buf), all[all.len() - 10..]);
}

#[test]
fn short_content_stands_at_the_top() {
    let (buf, measured) = draw(&mut Transcript::default(), &Talk(vec![said(1, "hi")]), (20, 5), Scroll::Follow);
    assert_eq!(rows(&buf), ["  bot  10:07", "▎ hi", "", "", ""]);
    assert!(measured.at_top && measured.at_bottom);
}

#[test]
fn a_resize_keeps_what_is_read_in_view() {
    let talk = talk();
    let mut transcript = Transcript::default();
    let mut scroll = Scroll::At(Anchor { item: 11, row: 40 });
    let mut seen = String::new();
    for width in [80, 33, 120, 21, 80, 50] {
        let (buf, measured) = draw(&mut transcript, &talk, (width, 12), scroll);
        let paragraph = |rows: &[String]| {
            let found = rows.iter().find_map(|row| row.split_once("Paragraph ").map(|(_, rest)| rest.to_owned()));
            found.and_then(|rest| rest.split_once(',').map(|(number, _)| number.to_owned()))
        };
        let first = paragraph(&rows(&buf)).unwrap();
        if seen.is_empty() {
            seen = first.clone();
        }
        let near = seen.parse::<i32>().unwrap().abs_diff(first.parse::<i32>().unwrap());
        assert!(near <= 2, "was at {seen}, is at {first}");
        scroll = by(&measured, 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_walks_show_the_full_layout(
        (width, height) in (1_u16..100, 1_u16..30),
        steps in prop::collection::vec(-60_i64..60, 1..20),
    ) {
        let talk = talk();
        let all = everything(&talk, width);
        let page = usize::from(height).min(all.len());
        let mut transcript = Transcript::default();
        let (_, mut measured) = draw(&mut transcript, &talk, (width, height), Scroll::Follow);
        let mut top = all.len() - page;
        for step in steps {
            let (buf, next) = draw(&mut transcript, &talk, (width, height), by(&measured, step));
            measured = next;
            top = moved(top, step).min(all.len() - page);
            let shown = rows(&buf);
            prop_assert_eq!(&shown[..page], &all[top..top + page]);
        }
    }

    #[test]
    fn random_sizes_and_positions_never_panic(
        moves in prop::collection::vec((0_u16..120, 0_u16..50, 8_u64..17, -5_000_i64..5_000, any::<bool>()), 1..12),
    ) {
        let talk = talk();
        let mut transcript = Transcript::default();
        for (width, height, item, row, follow) in moves {
            let scroll = if follow { Scroll::Follow } else { Scroll::At(Anchor { item, row }) };
            let (_, measured) = draw(&mut transcript, &talk, (width, height), scroll);
            prop_assert!(measured.rows <= height);
        }
    }
}
