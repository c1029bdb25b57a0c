//! That what lies over a view covers it: whatever is below, the same cells are drawn.

use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::CellDiffOption;
use ratatui::style::{Color, Modifier, Style};

use super::*;
use crate::app::Pane;
use crate::ui::View;

/// What may lie below a screen: letters of one and of two columns, from right to left, of several code points, in styles,
/// and as parts of links.
fn junk(buf: &mut Buffer, seed: u16) {
    const LETTERS: [&str; 8] = ["日", "a", "👩‍👩‍👧", "ש", "e\u{301}", "한", "⚠\u{fe0f}", "क्षि"];
    let mut n = seed;
    for y in buf.area.top()..buf.area.bottom() {
        let mut x = buf.area.left() + (y + seed) % 2;
        while x < buf.area.right() {
            n = n.wrapping_mul(31).wrapping_add(7);
            let letter = if seed == 0 { "日" } else { LETTERS[usize::from(n >> 5) % LETTERS.len()] };
            let style =
                Style::new().fg(Color::Red).bg(Color::Blue).add_modifier(Modifier::REVERSED | Modifier::UNDERLINED);
            let taken = paint::text(buf, (x, y), buf.area.right() - x, &SafeText::from_static(letter), style);
            paint::link(buf, (x, y), taken, u32::from(n) + 1);
            x += taken.max(1);
        }
    }
}

/// What is drawn on a screen of that size over junk, or over nothing; and where the cursor is, if anywhere.
fn drawn(size: (u16, u16), seed: Option<u16>, draw: &mut impl FnMut(&mut Frame<'_>)) -> (Buffer, Option<Position>) {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
    let mut buffer = Buffer::default();
    terminal
        .draw(|f| {
            if let Some(seed) = seed {
                junk(f.buffer_mut(), seed);
            }
            draw(f);
            buffer = f.buffer_mut().clone();
        })
        .unwrap();
    let backend = terminal.backend();
    (buffer, backend.cursor_visible().then(|| backend.cursor_position()))
}

/// The smallest area that has all that was drawn on an empty screen.
fn bounds(buf: &Buffer) -> Rect {
    let empty = Buffer::empty(buf.area);
    let places = buf.area.positions().filter(|at| buf.cell(*at) != empty.cell(*at));
    places.map(|at| Rect { x: at.x, y: at.y, width: 1, height: 1 }).reduce(Rect::union).unwrap_or_default()
}

/// Holds what lies over a view, as it is drawn by itself, against what may lie below. Tells where it is.
pub(in crate::ui) fn assert_covers(size: (u16, u16), mut draw: impl FnMut(&mut Frame<'_>)) -> Rect {
    let (alone, cursor) = drawn(size, None, &mut draw);
    let area = bounds(&alone);
    for seed in 0..4 {
        let (over, over_cursor) = drawn(size, Some(seed), &mut draw);
        let (below, _) = drawn(size, Some(seed), &mut |_| ());
        assert_eq!(cursor, over_cursor);
        for at in over.area.positions() {
            let (is, was) = (&over[at], &below[at]);
            if area.contains(at) {
                assert_eq!(is, &alone[at], "{at} of {area}, over {was:?}");
            } else if is != was {
                let near =
                    at.x + 3 >= area.x && at.x < area.right() + 3 && (area.top()..area.bottom()).contains(&at.y);
                let ended = is.symbol().trim_end_matches('\u{200e}') == was.symbol().trim_end_matches('\u{200e}');
                assert!(
                    ended || near && is.symbol() == " " && paint::linked(is).is_none(),
                    "{at} beside {area}: {is:?}"
                );
            }
        }
        // No letter reaches across the border from outside.
        for y in area.top()..area.bottom() {
            for x in 0..area.x {
                assert!(x + paint::columns(&over[(x, y)]) <= area.x, "({x}, {y}) beside {area}");
            }
        }
    }
    area
}

/// The same for a state whose view is drawn as a whole: the cursor, the mouse and the links too.
pub(in crate::ui) fn assert_covered(size: (u16, u16), view: &mut View, state: &State, area: Rect) {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
    let mut linked = Vec::new();
    terminal
        .draw(|f| {
            view.draw(f, state, crate::domain::Timestamp::from_millis(1_760_000_000_000));
            linked = area.positions().filter(|at| paint::linked(&f.buffer_mut()[*at]).is_some()).collect();
        })
        .unwrap();
    assert_eq!(linked, [], "links within {area}");
    let backend = terminal.backend();
    if backend.cursor_visible() {
        assert!(area.contains(backend.cursor_position()), "{} outside {area}", backend.cursor_position());
    }
    for at in Rect::new(0, 0, size.0, size.1).positions() {
        let pane = view.pane_at(state, at.x, at.y).map(|(pane, _)| pane);
        assert!(matches!(pane, Some(Pane::Overlay | Pane::Help | Pane::Palette | Pane::Channels)), "{at}: {pane:?}");
    }
}

proptest! {
    #[test]
    fn nothing_of_what_is_covered_is_left(
        (x, y, width, height) in (0..30_u16, 0..8_u16, 1..30_u16, 1..8_u16), seed in any::<u16>(),
    ) {
        let area = Rect { x, y, width, height };
        let mut buf = Buffer::empty(Rect::new(0, 0, 30, 8));
        junk(&mut buf, seed);
        cover(area, &mut buf);
        for at in area.intersection(buf.area).positions() {
            prop_assert_eq!(&buf[at], &ratatui::buffer::Cell::EMPTY);
        }
        for y in area.intersection(buf.area).rows().map(|row| row.y) {
            for x in 0..area.x.min(30) {
                prop_assert!(x + paint::columns(&buf[(x, y)]) <= area.x);
                prop_assert!(buf[(x, y)].symbol() != " " || buf[(x, y)].diff_option == CellDiffOption::None);
            }
        }
    }
}
