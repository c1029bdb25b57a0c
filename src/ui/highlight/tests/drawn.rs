//! Code on a pane: plain at once, in colours when they are known, and laid out no more often than that.

use proptest::prelude::*;
use proptest::sample;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

use super::{Desk, PATIENT};
use crate::app::Scroll;
use crate::ui::highlight::Brush;
use crate::ui::markdown::{Kind, Row, Setting, Styles, render, render_inked};
use crate::ui::rendered::Rendered;
use crate::ui::transcript::{Item, Items, Transcript};

struct One<'a>(&'a str, bool);

impl Items for One<'_> {
    fn len(&self) -> usize {
        1
    }

    fn item(&self, _: usize) -> Item<'_> {
        Item { key: 1, text: self.0, growing: self.1, ..Item::default() }
    }

    fn index_of(&self, key: u64) -> Option<usize> {
        (key == 1).then_some(0)
    }
}

fn draw(transcript: &mut Transcript, one: &One<'_>) -> Buffer {
    let area = Rect::new(0, 0, 40, 14);
    let mut buf = Buffer::empty(area);
    transcript.draw(&mut buf, area, one, Scroll::Follow, false);
    buf
}

/// The colour and the weight of the first cell that shows the text.
fn style(buf: &Buffer, text: &str) -> (Color, Modifier) {
    let cells = &buf.content;
    let symbols: Vec<&str> = cells.iter().map(ratatui::buffer::Cell::symbol).collect();
    let wanted: Vec<String> = text.chars().map(String::from).collect();
    let at = symbols.windows(wanted.len()).position(|window| window == wanted).expect(text);
    (cells[at].fg, cells[at].modifier)
}

fn words(buf: &Buffer) -> String {
    buf.content.iter().map(ratatui::buffer::Cell::symbol).collect()
}

/// Draws until a text has its colour.
fn settle(desk: &Desk, mut draw: impl FnMut() -> Buffer, text: &str, colour: Color) -> Buffer {
    loop {
        let buf = draw();
        if style(&buf, text).0 == colour {
            return buf;
        }
        desk.wait();
    }
}

const CODE: &str =
    "Look:\n\n```rust\n// why\nlet 日本 = \"a\";\n```\n\nDone.\n\n- in a list:\n  ```py\n  def f(): pass\n  ```\n";

#[test]
fn code_is_plain_at_once_and_in_colours_when_they_are_known() {
    let desk = Desk::new(PATIENT);
    let mut transcript = Transcript::coloured(desk.colours.clone());
    let one = One(CODE, false);
    let before = draw(&mut transcript, &one);
    assert_eq!(style(&before, "let"), (Color::Reset, Modifier::empty()));
    settle(&desk, || draw(&mut transcript, &one), "let", Color::Magenta);
    let after = settle(&desk, || draw(&mut transcript, &one), "def", Color::Magenta);
    assert_eq!(words(&before), words(&after), "colours moved the text");
    assert_eq!(style(&after, "// why"), (Color::Reset, Modifier::DIM));
    assert_eq!(style(&after, "\"a\""), (Color::Green, Modifier::empty()));
    assert_eq!(style(&after, "Done."), (Color::Reset, Modifier::empty()));
    let stats = transcript.stats();
    for _ in 0..5 {
        assert_eq!(draw(&mut transcript, &one), after);
    }
    assert_eq!(transcript.stats(), stats, "laid out again for nothing");
}

#[test]
fn a_line_has_its_colours_when_it_ends_and_keeps_them() {
    let desk = Desk::new(PATIENT);
    let mut transcript = Transcript::coloured(desk.colours.clone());
    let start = "```rust\nlet a;\n";
    settle(&desk, || draw(&mut transcript, &One(start, true)), "let", Color::Magenta);
    let grown = format!("{start}fn b()");
    let buf = draw(&mut transcript, &One(&grown, true));
    assert_eq!((style(&buf, "let").0, style(&buf, "fn").0), (Color::Magenta, Color::Reset));
    let ended = format!("{grown}\nx");
    let buf = draw(&mut transcript, &One(&ended, true));
    assert_eq!(style(&buf, "let").0, Color::Magenta, "a finished line lost its colours");
    settle(&desk, || draw(&mut transcript, &One(&ended, true)), "fn", Color::Magenta);
    // Cut off in a line: that is its end.
    let mut transcript = Transcript::coloured(desk.colours.clone());
    settle(&desk, || draw(&mut transcript, &One(&grown, false)), "fn", Color::Magenta);
}

#[test]
fn the_parts_of_a_long_block_are_coloured_as_one() {
    let desk = Desk::new(PATIENT);
    let mut transcript = Transcript::coloured(desk.colours.clone());
    let text = format!("```rust\n/*\n{}end of it */ let x;\n```\n", "in the comment\n".repeat(3_000));
    assert!(text.len() > crate::ui::markdown::SEGMENT_BYTES);
    let buf = settle(&desk, || draw(&mut transcript, &One(&text, false)), "let", Color::Magenta);
    assert_eq!(style(&buf, "in the comment").1, Modifier::DIM);
    assert_eq!(style(&buf, "end of it").1, Modifier::DIM);
}

#[test]
fn what_is_seen_of_a_preview_has_colours() {
    let desk = Desk::new(PATIENT);
    let mut rendered = Rendered::coloured(desk.colours.clone());
    let text = format!("{CODE}\n{}\n```rust\nfn far() {{}}\n```\n", "more\n\n".repeat(50));
    let area = Rect::new(0, 0, 40, 14);
    let draw = |rendered: &mut Rendered, text: &str, from_end: bool| {
        let mut buf = Buffer::empty(area);
        let rows = rendered.lay(text, 40, false);
        rendered.draw(area, &mut buf, if from_end { rows - 14 } else { 0 });
        buf
    };
    settle(&desk, || draw(&mut rendered, &text, false), "let", Color::Magenta);
    let buf = settle(&desk, || draw(&mut rendered, &text, false), "def", Color::Magenta);
    assert_eq!(style(&buf, "// why").1, Modifier::DIM);
    assert_eq!(style(&draw(&mut rendered, &text, true), "fn").0, Color::Reset, "known before it was seen");
    settle(&desk, || draw(&mut rendered, &text, true), "fn", Color::Magenta);
    // Edited above: what is known stays.
    let edited = text.replace("Look:", "See:");
    assert_eq!(style(&draw(&mut rendered, &edited, false), "let").0, Color::Magenta);
}

#[test]
fn colours_never_move_the_text() {
    let desk = Desk::new(PATIENT);
    let config = ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() };
    let code = "[a-c1 \"'/*(){}<>=\\\\#:日é\u{301}👩\u{200d}\u{202e}\t\n]{0,120}";
    proptest!(config, |(code in code, label in sample::select(vec!["rust", "python", "html"]), width in 4_u16..60)| {
        let text = format!("```{label}\n{code}\n```\n");
        let words = |rows: &[Row]| rows.iter().map(|row| format!("{} {:?}", row.line, row.end)).collect::<Vec<_>>();
        let setting = Setting::new(width, Styles::default());
        let plain = words(&render(&text, Kind::Fenced, &setting));
        loop {
            let brush = Brush::new(&desk.colours);
            let (rows, waits) = render_inked(&text, Kind::Fenced, &setting, brush);
            prop_assert_eq!(&words(&rows), &plain);
            if !waits {
                break;
            }
            desk.wait();
        }
    });
}
