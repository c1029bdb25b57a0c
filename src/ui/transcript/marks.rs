//! What the mouse marks in a transcript: from one place of its text to another, and that text as it was before it was
//! broken into rows.
//!
//! A place is named by its item, so that the mark stays on its text while the view scrolls or more comes in. Bars,
//! margins and borders are no text: they are neither shown as marked nor taken along.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::layout::{Frame, Place};
use super::{Items, Transcript};
use crate::domain::{cluster_width, clusters};
use crate::ui::markdown::{End, Row};
use crate::ui::theme;

/// More than this is not taken along: it is not what anybody marks by hand.
const MOST: usize = 4 * 1024 * 1024;
/// A line of more rows is not looked at as a whole.
const LINE_ROWS: usize = 2048;

/// A place in the text: a cell of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    key: u64,
    part: usize,
    row: usize,
    column: u16,
}

/// How much a click takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// The word.
    Word,
    /// The line as it was written, on however many rows.
    Line,
}

/// What stands on the screen: where, and of which item each row is.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) area: Rect,
    pub(super) indent: u16,
    pub(super) rows: Vec<(u64, usize, usize)>,
    pub(super) marked: Option<(Spot, Spot)>,
}

impl Transcript {
    /// The place that the mouse points at; beside the text the nearest one.
    pub fn spot_at(&self, column: u16, row: u16) -> Option<Spot> {
        let Seen { area, indent, rows, .. } = &self.seen;
        let last = u16::try_from(rows.len()).ok()?.checked_sub(1)?;
        let (top, bottom) = (area.y, area.y + last);
        let (key, part, line) = *rows.get(usize::from(row.clamp(top, bottom) - top))?;
        let column = match row {
            _ if row < top => 0,
            _ if row > bottom => u16::MAX - 1,
            _ => column.saturating_sub(area.x + indent),
        };
        Some(Spot { key, part, row: line, column })
    }

    /// The key of the item that the mouse points at.
    pub fn key_at(&self, column: u16, row: u16) -> Option<u64> {
        let Seen { area, rows, .. } = &self.seen;
        let inside = area.contains(Position { x: column, y: row });
        rows.get(usize::from(row.checked_sub(area.y)?)).filter(|_| inside).map(|(key, ..)| *key)
    }

    /// How far above or below the rows on the screen that row is, and so which way to scroll.
    pub fn beyond(&self, row: u16) -> i64 {
        let area = self.seen.area;
        if row < area.top() { -1 } else { i64::from(row >= area.bottom()) }
    }

    /// Marks from one place to another, both included; or nothing.
    pub fn mark(&mut self, marked: Option<(Spot, Spot)>) {
        self.seen.marked = marked;
    }

    /// Marks the word or the line at a place.
    pub fn mark_around(&mut self, items: &dyn Items, at: Spot, span: Span) {
        let Some(mut frame) = self.again(items) else { return };
        let marked = frame.around(at, span);
        self.seen.marked = marked;
    }

    /// The text that is marked.
    pub fn marked_text(&mut self, items: &dyn Items) -> Option<String> {
        let marked = self.seen.marked?;
        let mut frame = self.again(items)?;
        let (from, to) = frame.ordered(marked)?;
        Some(frame.text(from, to))
    }

    /// The items as they were drawn last.
    fn again<'f>(&'f mut self, items: &'f dyn Items) -> Option<Frame<'f>> {
        let (width, ascii) = (self.width, self.ascii);
        (width > 0 && !items.is_empty()).then(|| Frame::new(self, items, width, ascii))
    }
}

/// A row that is looked at, and a column of it.
type Cell = (Place, u16);

impl Frame<'_> {
    /// Where a place is now. What was laid out anew may have fewer rows.
    fn place(&mut self, spot: Spot) -> Option<Cell> {
        let index = self.index_of(spot.key)?;
        let part = spot.part.min(self.parts(index).checked_sub(1)?);
        let rows = self.height(index, part);
        Some((Place { index, part, row: spot.row.min(rows.saturating_sub(1)) }, spot.column))
    }

    /// Both ends of what is marked, the first one first.
    fn ordered(&mut self, (from, to): (Spot, Spot)) -> Option<(Cell, Cell)> {
        let (from, to) = (self.place(from)?, self.place(to)?);
        Some(if from <= to { (from, to) } else { (to, from) })
    }

    /// Shows what is marked of the rows that were drawn.
    pub(super) fn show_marked(&mut self, buf: &mut Buffer, area: Rect, shown: &[Place], marked: (Spot, Spot)) {
        let Some((from, to)) = self.ordered(marked) else { return };
        for (place, y) in shown.iter().zip(area.top()..) {
            if *place < from.0 || *place > to.0 {
                continue;
            }
            let rows = self.rows(*place);
            let Some(row) = rows.get(place.row) else { continue };
            for (column, width, _) in cells(row, columns_of(*place, from, to)) {
                let x = area.x.saturating_add(column).min(area.right());
                let width = width.min(area.right() - x);
                buf.set_style(Rect { x, y, width, height: 1 }, theme::SELECTED);
            }
        }
    }

    /// The text between two cells, both included.
    fn text(&mut self, from: Cell, to: Cell) -> String {
        let mut text = String::new();
        let mut next = Some(from.0);
        while let Some(place) = next.filter(|place| *place <= to.0 && text.len() < MOST) {
            let rows = self.rows(place);
            if let Some(row) = rows.get(place.row) {
                add_row(&mut text, row, columns_of(place, from, to));
                if place < to.0 && !is_border(row) {
                    match row.end {
                        End::Line => {
                            text.truncate(text.trim_end_matches(['\t', ' ']).len());
                            text.push('\n');
                        }
                        End::Space => text.push(' '),
                        End::Word => {}
                    }
                }
            }
            next = self.below(place);
        }
        text.trim_end().trim_start_matches('\n').to_owned()
    }

    /// The first and the last cell of the word or the line around a place.
    fn around(&mut self, at: Spot, span: Span) -> Option<(Spot, Spot)> {
        let (place, column) = self.place(at)?;
        let rows = self.rows(place);
        let goes_on = |row: usize| rows.get(row).is_some_and(|row| row.end != End::Line);
        let (mut first, mut last) = (place.row, place.row);
        while first > 0 && goes_on(first - 1) && place.row - first < LINE_ROWS {
            first -= 1;
        }
        while goes_on(last) && last + 1 < rows.len() && last - place.row < LINE_ROWS {
            last += 1;
        }
        let mut letters: Vec<(usize, u16, bool)> = Vec::new();
        let mut pointed = None;
        for (nth, row) in rows.iter().enumerate().take(last + 1).skip(first) {
            for (cell, width, cluster) in cells(row, 0..u16::MAX) {
                if nth == place.row && (cell..cell + width).contains(&column) {
                    pointed = Some(letters.len());
                }
                letters.push((nth, cell, is_word(cluster)));
            }
            if row.end == End::Space && nth < last {
                letters.push((nth, u16::MAX - 1, false));
            }
        }
        let (from, to) = match span {
            Span::Line => (0, letters.len().checked_sub(1)?),
            Span::Word => {
                let at = pointed.filter(|at| letters.get(*at).is_some_and(|letter| letter.2))?;
                let before = letters.iter().take(at).rev().take_while(|letter| letter.2).count();
                let behind = letters.iter().skip(at + 1).take_while(|letter| letter.2).count();
                (at - before, at + behind)
            }
        };
        let spot = |(row, column, _): (usize, u16, bool)| Spot { key: at.key, part: place.part, row, column };
        Some((spot(*letters.get(from)?), spot(*letters.get(to)?)))
    }
}

/// The columns of a row that lie between two cells.
fn columns_of(place: Place, from: Cell, to: Cell) -> std::ops::Range<u16> {
    let first = if place == from.0 { from.1 } else { 0 };
    let behind = if place == to.0 { to.1.saturating_add(1) } else { u16::MAX };
    first..behind
}

/// The clusters of a row's text within these columns: each with its column and how many it takes.
fn cells(row: &Row, within: std::ops::Range<u16>) -> impl Iterator<Item = (u16, u16, &str)> {
    let mut at = 0_u16;
    let pieces = row.line.spans.iter().flat_map(|span| clusters(&span.content).map(|(_, cluster)| cluster));
    pieces.filter_map(move |cluster| {
        let width = u16::try_from(cluster_width(cluster)).unwrap_or(0);
        let column = at;
        at = at.saturating_add(width);
        let text = column >= row.margin && !row.borders.iter().any(|border| border.contains(&column));
        let inside = column < within.end && at > within.start;
        (text && inside && width > 0).then_some((column, width, cluster))
    })
}

/// Adds a row's text; where a border of a table stands between two cells, a tab.
fn add_row(text: &mut String, row: &Row, within: std::ops::Range<u16>) {
    let begun = text.len();
    let mut behind = None;
    for (column, width, cluster) in cells(row, within) {
        if behind.is_some_and(|behind| column > behind) && text.len() > begun {
            text.truncate(begun + text.get(begun..).unwrap_or_default().trim_end_matches(' ').len());
            text.push('\t');
        }
        text.push_str(cluster);
        behind = Some(column + width);
    }
}

/// Whether there is nothing on the row but what is drawn around text.
fn is_border(row: &Row) -> bool {
    !row.borders.is_empty() && cells(row, 0..u16::MAX).next().is_none()
}

/// Whether a cluster is part of a word, an address or a path.
fn is_word(cluster: &str) -> bool {
    !cluster.chars().any(|c| c.is_whitespace() || "\"'`()[]{}<>|,;│".contains(c))
}
