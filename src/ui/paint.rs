//! The one place that makes the toolkit's text: spans and lines from safe text, cells from clusters.
//!
//! Owns how text gets into a buffer, by the program's one width table, and the sweep over what was drawn. Decides
//! neither what is drawn nor where. `.clippy.toml` refuses the toolkit's own ways from strings to spans elsewhere.

use std::num::NonZeroU16;
use std::ops::Range;

use ratatui::buffer::{Buffer, Cell, CellDiffOption, CellWidth};
use ratatui::layout::{Alignment, Rect};
use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};

use crate::domain::{SafeText, cluster_width, clusters, display_width};

/// The mark behind which text goes from left to right again. Nobody's text has one.
pub(super) const LEFT_TO_RIGHT: char = '\u{200e}';

/// A span of safe text.
pub fn span(text: &SafeText, style: Style) -> Span<'static> {
    owned(text.clone(), style)
}

/// A span of safe text that isn't needed any more.
#[expect(clippy::disallowed_methods, reason = "this is the place")]
pub fn owned(text: SafeText, style: Style) -> Span<'static> {
    Span::styled(text.into_string(), style)
}

/// A span of our own words or glyphs.
#[expect(clippy::disallowed_methods, reason = "this is the place")]
pub fn fixed(words: &'static str, style: Style) -> Span<'static> {
    debug_assert!(SafeText::is_safe(words), "{words:?} is not fit to be drawn");
    Span::styled(words, style)
}

/// A line of spans.
pub fn line(spans: Vec<Span<'static>>) -> Line<'static> {
    Line::from(spans)
}

/// How many columns a line takes.
pub fn width(line: &Line<'_>) -> usize {
    line.spans.iter().map(|span| display_width(&span.content)).sum()
}

/// Draws a line at a place of the buffer, in at most `columns` columns; tells how many it took.
pub fn draw(buf: &mut Buffer, (x, y): (u16, u16), columns: u16, line: &Line<'_>) -> u16 {
    let mut at = x;
    for span in &line.spans {
        let left = columns.saturating_sub(at - x);
        let (taken, whole) = put(buf, (at, y), left, &span.content, line.style.patch(span.style));
        at += taken;
        if !whole {
            break;
        }
    }
    if line.spans.iter().any(|span| has_right_to_left(&span.content)) {
        isolate(buf, x..at, y);
    }
    at - x
}

/// What is drawn into the first row of an area by the program's width table, in place of the toolkit's.
pub trait Painted {
    /// Draws it; what has no room is left out at its end.
    fn paint(self, area: Rect, buf: &mut Buffer);
}

impl Painted for Line<'_> {
    fn paint(self, area: Rect, buf: &mut Buffer) {
        let area = Rect { height: area.height.min(1), ..area }.intersection(buf.area);
        if area.is_empty() {
            return;
        }
        buf.set_style(area, self.style);
        let free = area.width.saturating_sub(u16::try_from(width(&self)).unwrap_or(u16::MAX));
        let before = match self.alignment {
            Some(Alignment::Right) => free,
            Some(Alignment::Center) => free / 2,
            _ => 0,
        };
        draw(buf, (area.x + before, area.y), area.width - before, &self);
    }
}

/// Draws safe text at a place of the buffer, in at most `columns` columns; tells how many it took.
pub fn text(buf: &mut Buffer, at: (u16, u16), columns: u16, text: &SafeText, style: Style) -> u16 {
    let (taken, _) = put(buf, at, columns, text.as_str(), style);
    if has_right_to_left(text.as_str()) {
        isolate(buf, at.0..at.0 + taken, at.1);
    }
    taken
}

/// The columns that what stands in a cell takes, from the cell on.
pub(super) fn columns(cell: &Cell) -> u16 {
    let width = cluster_width(cell.symbol().trim_end_matches(LEFT_TO_RIGHT)).max(1);
    u16::try_from(width).unwrap_or(1)
}

/// Ends what is written from right to left in a part of a row, behind which something else is drawn now.
pub(super) fn end_right_to_left(buf: &mut Buffer, columns: Range<u16>, y: u16) {
    if columns.clone().any(|x| buf.cell((x, y)).is_some_and(|cell| has_right_to_left(cell.symbol()))) {
        isolate(buf, columns, y);
    }
}

/// Whether letters are in it that are written from right to left.
fn has_right_to_left(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(is_right_to_left)
}

fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Ends what is written from right to left where it was drawn, for terminals that put letters in their order themselves:
/// they would else take a border, and what is written behind it, for a part of it.
#[expect(clippy::disallowed_methods, reason = "this is the place")]
fn isolate(buf: &mut Buffer, columns: Range<u16>, y: u16) {
    let mut last = None;
    for x in columns.rev() {
        let Some(symbol) = buf.cell((x, y)).map(Cell::symbol).filter(|symbol| *symbol != " ") else { continue };
        last.get_or_insert(x);
        match symbol.chars().next() {
            Some(c) if is_right_to_left(c) => break,
            // Letters of the other direction end it as well.
            Some(c) if c.is_alphabetic() => return,
            _ => {}
        }
    }
    if let Some(cell) = last.and_then(|x| buf.cell_mut((x, y))) {
        let ended = format!("{}{LEFT_TO_RIGHT}", cell.symbol().trim_end_matches(LEFT_TO_RIGHT));
        cell.set_symbol(&ended);
    }
}

/// Cluster by cluster into cells: how many columns were taken, and whether all of it had room. What takes no column is
/// left out: safe text has no such cluster but line ends.
fn put(buf: &mut Buffer, (x, y): (u16, u16), columns: u16, content: &str, style: Style) -> (u16, bool) {
    let area = buf.area;
    if y < area.top() || y >= area.bottom() || x < area.left() {
        return (0, false);
    }
    let end = x.saturating_add(columns).min(area.right());
    let mut at = x;
    for (_, cluster) in clusters(content) {
        let Ok(taken @ 1..) = u16::try_from(cluster_width(cluster)) else { continue };
        if taken > end.saturating_sub(at) {
            return (at - x, false);
        }
        set_cell(buf, (at, y), cluster, taken, style);
        at += taken;
    }
    (at - x, true)
}

#[expect(clippy::disallowed_methods, reason = "this is the place")]
fn set_cell(buf: &mut Buffer, (x, y): (u16, u16), cluster: &str, taken: u16, style: Style) {
    if let Some(cell) = buf.cell_mut((x, y)) {
        cell.set_symbol(cluster).set_style(style).set_diff_option(CellDiffOption::None);
        cell.underline_color = Color::Reset;
        // The cell says how wide it is, where the toolkit's table says otherwise; never of ASCII.
        let others = |_: &NonZeroU16| cluster.len() > 1 && cell.cell_width() != taken;
        if let Some(width) = NonZeroU16::new(taken).filter(others) {
            cell.set_diff_option(CellDiffOption::ForcedWidth(width));
        }
    }
    for hidden in 1..taken {
        if let Some(cell) = buf.cell_mut((x + hidden, y)) {
            cell.reset();
        }
    }
}

/// Makes cells a part of the link with that number. The number stands where the colour of underlines would, which the
/// program doesn't use otherwise: so a cell changes when its link does, and what is drawn over it is no link.
pub fn link(buf: &mut Buffer, (x, y): (u16, u16), columns: u16, number: u32) {
    let [_, red, green, blue] = number.to_be_bytes();
    for x in x..x.saturating_add(columns) {
        if let Some(cell) = buf.cell_mut((x, y)) {
            cell.underline_color = Color::Rgb(red, green, blue);
        }
    }
}

/// The number of the link that a cell is a part of.
pub fn linked(cell: &Cell) -> Option<u32> {
    match cell.underline_color {
        Color::Rgb(red, green, blue) => Some(u32::from_be_bytes([0, red, green, blue])),
        _ => None,
    }
}

/// The number behind another one: as many as a cell can tell apart.
pub(super) const fn next_link(last: u32) -> u32 {
    (last + 1) & 0x00ff_ffff
}

/// The last line of defence, after everything is drawn: a cell that isn't safe becomes U+FFFD. Tells how many were.
#[expect(clippy::disallowed_methods, reason = "this is the place")]
pub fn sweep(buf: &mut Buffer) -> usize {
    let mut replaced = 0;
    for cell in &mut buf.content {
        let safe = match cell.symbol().as_bytes() {
            [byte] => matches!(byte, b' '..=b'~'),
            _ if cell.symbol().ends_with(LEFT_TO_RIGHT) => {
                let before = cell.symbol().trim_end_matches(LEFT_TO_RIGHT);
                !before.is_empty() && !before.contains('\n') && SafeText::is_safe(before)
            }
            symbol => !symbol.contains(&b'\n') && SafeText::is_safe(cell.symbol()),
        };
        if !safe {
            cell.set_symbol("\u{fffd}").set_diff_option(CellDiffOption::None);
            replaced += 1;
        }
    }
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ratatui::layout::Rect;

    fn row(buf: &Buffer) -> Vec<&str> {
        buf.content.iter().map(ratatui::buffer::Cell::symbol).collect()
    }

    #[test]
    fn draws_clusters_into_cells() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 6, 1));
        let line = line(vec![span(&SafeText::new("a日"), Style::new()), fixed("│é…", Style::new())]);
        assert_eq!((width(&line), draw(&mut buf, (0, 0), 6, &line)), (6, 6));
        assert_eq!(row(&buf), ["a", "日", " ", "│", "é", "…"]);
    }

    #[test]
    fn keeps_to_its_columns_and_to_the_buffer() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 5, 1));
        assert_eq!(text(&mut buf, (1, 0), 2, &SafeText::new("a日b"), Style::new()), 1);
        assert_eq!(row(&buf), [" ", "a", " ", " ", " "]);
        assert_eq!(text(&mut buf, (3, 0), 40, &SafeText::new("abc"), Style::new()), 2);
        assert_eq!(text(&mut buf, (0, 1), 40, &SafeText::new("abc"), Style::new()), 0);
        assert_eq!(text(&mut buf, (9, 0), 40, &SafeText::new("abc"), Style::new()), 0);
    }

    #[test]
    fn what_goes_from_right_to_left_ends_where_it_was_drawn() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 9, 1));
        let line = line(vec![span(&SafeText::new("שלום"), Style::new()), span(&SafeText::new(" לך!"), Style::new())]);
        assert_eq!(draw(&mut buf, (0, 0), 8, &line), 8);
        assert_eq!(row(&buf), ["ש", "ל", "ו", "ם", " ", "ל", "ך", "!\u{200e}", " "]);
        assert_eq!(sweep(&mut buf), 0);
        text(&mut buf, (0, 0), 9, &SafeText::new("שלום abc."), Style::new());
        assert_eq!(row(&buf).concat(), "שלום abc.", "ended already");
        // Nobody's own mark comes through: it is shown.
        text(&mut buf, (0, 0), 9, &SafeText::new("ש\u{200e}"), Style::new());
        assert_eq!(row(&buf)[..3], ["ש", "<", "U"]);
    }

    #[test]
    fn draws_nothing_behind_what_was_cut() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 4, 1));
        let line = line(vec![fixed("ab", Style::new()), fixed("日", Style::new()), fixed("c", Style::new())]);
        assert_eq!(draw(&mut buf, (0, 0), 3, &line), 2);
        assert_eq!(row(&buf), ["a", "b", " ", " "]);
    }

    #[test]
    fn forces_the_width_where_the_tables_differ() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 6, 1));
        assert_eq!(text(&mut buf, (0, 0), 6, &SafeText::new("\u{995}\u{9be}x"), Style::new()), 3);
        assert_eq!(row(&buf)[2], "x");
        let two = NonZeroU16::new(2).map(CellDiffOption::ForcedWidth);
        assert_eq!(Some(buf.content[0].diff_option), two);
    }

    #[test]
    fn a_conjunct_of_three_columns_is_whole() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 6, 2));
        assert_eq!(text(&mut buf, (0, 0), 6, &SafeText::new("स्त्रीx"), Style::new()), 5);
        assert_eq!((row(&buf)[0], row(&buf)[4]), ("स्त्री", "x"));
        let name = line(vec![span(&SafeText::new("স্ত্রী"), Style::new())]).alignment(Alignment::Right);
        name.paint(Rect::new(0, 1, 6, 1), &mut buf);
        assert_eq!((row(&buf)[8], row(&buf)[7]), ("স্ত্রী", " "));
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the sweep is for those who go round this place")]
    fn sweeps_what_came_another_way() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 6, 1));
        for (x, symbol) in ["a", "\u{1b}", "b\u{202e}", "│", "🇩🇪", "\u{200b}"].into_iter().enumerate() {
            buf.content[x].set_symbol(symbol);
        }
        assert_eq!(sweep(&mut buf), 3);
        assert_eq!(row(&buf), ["a", "\u{fffd}", "\u{fffd}", "│", "🇩🇪", "\u{fffd}"]);
        assert_eq!(sweep(&mut buf), 0);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_drawn_needs_no_sweep(raw in any::<String>(), x in 0_u16..5, columns in 0_u16..50) {
            let mut buf = Buffer::empty(Rect::new(0, 0, 40, 1));
            let safe = SafeText::new(&raw);
            let taken = text(&mut buf, (x, 0), columns, &safe, Style::new());
            prop_assert!(taken <= columns);
            prop_assert_eq!(sweep(&mut buf), 0);
        }
    }
}
