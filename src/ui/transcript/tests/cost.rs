//! What a frame costs, counted and not timed.

use super::{Said, Talk, draw, said};
use crate::app::{Anchor, Scroll};
use crate::ui::markdown::SEGMENT_BYTES;
use crate::ui::transcript::{Stats, Transcript};

fn since(before: Stats, after: Stats) -> Stats {
    Stats {
        bytes_scanned: after.bytes_scanned - before.bytes_scanned,
        segments_rendered: after.segments_rendered - before.segments_rendered,
        bytes_rendered: after.bytes_rendered - before.bytes_rendered,
    }
}

#[test]
fn a_stream_is_read_once_and_only_its_open_end_is_rendered() {
    let mut transcript = Transcript::default();
    let mut talk = Talk(vec![Said { growing: true, ..said(1, "") }]);
    let mut open_bytes = 0;
    let deltas: u64 = 16_384;
    for delta in 0..deltas {
        let open = talk.0[0].text.rfind("\n\n").map_or(0, |at| at + 2);
        talk.0[0].text.push_str(if delta % 40 == 39 { "\n\n" } else { "delta " });
        open_bytes += (talk.0[0].text.len() - open) as u64;
        draw(&mut transcript, &talk, (40, 4), Scroll::Follow);
    }
    let stats = transcript.stats();
    assert_eq!(stats.bytes_scanned, talk.0[0].text.len() as u64);
    // Each delta renders the open end; each segment is rendered once more when it is finished.
    assert!(stats.bytes_rendered <= open_bytes + talk.0[0].text.len() as u64, "{stats:?}, open {open_bytes}");
    assert!(stats.segments_rendered <= deltas + deltas / 40 + 1, "{stats:?}");
}

#[test]
fn a_frame_without_a_change_renders_nothing() {
    let talk = Talk((0..100).map(|key| said(key, "some *text* here\n\nand more")).collect());
    let mut transcript = Transcript::default();
    draw(&mut transcript, &talk, (80, 24), Scroll::Follow);
    let before = transcript.stats();
    draw(&mut transcript, &talk, (80, 24), Scroll::Follow);
    assert_eq!(transcript.stats(), before);
}

#[test]
fn a_long_list_costs_what_is_seen_of_it() {
    let talk = Talk((0..100_000).map(|key| said(key, "some text here\n\nand more")).collect());
    let mut transcript = Transcript::default();
    draw(&mut transcript, &talk, (80, 24), Scroll::Follow);
    assert!(transcript.stats().segments_rendered < 24, "{:?}", transcript.stats());
    let (_, measured) = draw(&mut transcript, &talk, (80, 24), Scroll::At(Anchor { item: 50_000, row: -100_000 }));
    assert!(transcript.stats().segments_rendered < 48, "{:?}", transcript.stats());
    assert!(measured.top.is_some_and(|top| top.item < 45_000));
}

#[test]
fn a_long_text_costs_what_is_seen_of_it() {
    let text = "A paragraph of some words.\n\n".repeat(400_000);
    let mut transcript = Transcript::default();
    let mut talk = Talk(vec![said(1, &text)]);
    let (_, measured) = draw(&mut transcript, &talk, (80, 24), Scroll::Follow);
    assert!(measured.at_bottom);
    assert_eq!(transcript.stats().bytes_scanned, text.len() as u64);
    for row in [0, 1_000_000, 500_000, 123_456, 799_000] {
        let before = transcript.stats();
        let (_, measured) = draw(&mut transcript, &talk, (80, 24), Scroll::At(Anchor { item: 1, row }));
        let cost = since(before, transcript.stats());
        assert!(cost.segments_rendered < 30 && cost.bytes_scanned == 0, "{cost:?}");
        let top = measured.top.unwrap().row;
        assert!(top.abs_diff(row.min(799_977)) < 10, "{top} for {row}");
    }
    talk.0[0].text.push_str("One more.");
    let before = transcript.stats();
    draw(&mut transcript, &talk, (80, 24), Scroll::Follow);
    let cost = since(before, transcript.stats());
    assert_eq!(cost.bytes_scanned, 9);
    assert!(cost.bytes_rendered < 2 * SEGMENT_BYTES as u64);
}
