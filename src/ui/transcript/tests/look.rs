//! What a transcript looks like at three sizes.

use super::{Said, Talk, draw, rows, said};
use crate::app::Scroll;
use crate::ui::transcript::Transcript;

fn talk() -> Talk {
    Talk(vec![
        Said { head: "you  10:07", ..said(1, "How many planets are there in the *solar system*?") },
        Said {
            head: "bot  10:07 · first word 0.4 s · 61 words/s",
            notes: vec!["cut: the connection was closed before the reply ended. What came is kept."],
            ..said(
                2,
                "There are **eight** planets:\n\n| planet | moons |\n|--|--:|\n| Mercury | 0 |\n\n```sh\nls planets\n```\n",
            )
        },
        Said { growing: true, ..said(3, "And the dwarf planets, of which Pluto is the one that") },
    ])
}

#[test]
fn pictures() {
    for (width, height) in [(80, 24), (40, 12), (24, 30)] {
        let (buf, _) = draw(&mut Transcript::default(), &talk(), (width, height), Scroll::Follow);
        insta::assert_snapshot!(
            format!("transcript_{width}x{height}"),
            crate::ui::tests::styles::with_styles(&rows(&buf).join("\n"), &buf)
        );
    }
}

#[test]
fn in_ascii() {
    let area = ratatui::layout::Rect::new(0, 0, 40, 24);
    let mut buf = ratatui::buffer::Buffer::empty(area);
    let mut talk = talk();
    talk.0[1].head = "bot  10:07";
    Transcript::default().draw(&mut buf, area, &talk, Scroll::Follow, true);
    let text = rows(&buf).join("\n");
    assert!(text.is_ascii(), "{text}");
    assert!(text.contains("| is the one that_"), "{text}");
}

#[test]
fn an_empty_growing_item_shows_its_open_end() {
    let talk = Talk(vec![Said { growing: true, ..said(1, "") }]);
    let (buf, measured) = draw(&mut Transcript::default(), &talk, (20, 4), Scroll::Follow);
    assert_eq!(rows(&buf), ["  bot  10:07", "▎ ▌", "", ""]);
    assert_eq!(measured.rows, 2);
}

#[test]
fn nothing_is_shown_of_nothing() {
    let mut transcript = Transcript::default();
    let (_, measured) = draw(&mut transcript, &Talk::default(), (20, 4), Scroll::Follow);
    assert_eq!((measured.top, measured.rows, measured.at_top, measured.at_bottom), (None, 0, true, true));
    let silent = Talk(vec![Said { key: 1, ..Said::default() }]);
    let (_, measured) = draw(&mut transcript, &silent, (20, 4), Scroll::Follow);
    assert_eq!((measured.top, measured.rows), (None, 0));
    for size in [(0, 4), (4, 0), (1, 1), (2, 1), (5, 2)] {
        draw(&mut transcript, &talk(), size, Scroll::Follow);
    }
}
