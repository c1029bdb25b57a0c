//! What is searched for, marked in the texts: on which rows it is and in which columns, also where it is wrapped; and
//! in which row a place of the source text is.
//!
//! Owns how the places of a source text and those of what is shown of it belong together. Knows no query: what is
//! searched for comes in as something that finds places.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::Sought;
use super::cache::Rows;
use super::layout::{Frame, Place};
use crate::app::Passage;
use crate::domain::{cluster_width, clusters};
use crate::ui::markdown::{End, Row};
use crate::ui::theme;

/// Stands for what is drawn between two texts: no text has it.
const APART: char = '\u{ffff}';

/// A place on one row. One that is wrapped has several of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) row: usize,
    /// The columns that it takes, from the row's first on.
    pub(super) columns: Range<usize>,
    /// Which of the segment's places it is.
    pub(super) nth: usize,
}

/// The marks of a segment's rows.
pub(super) fn marks(rows: &Rows, sought: &dyn Sought) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut line = Joined::default();
    let mut nth = 0;
    for (at, row) in rows.iter().enumerate() {
        line.add(at, row);
        match row.end {
            End::Word => {}
            End::Space => line.text.push(' '),
            End::Line => line.end(sought, &mut nth, &mut marks),
        }
    }
    line.end(sought, &mut nth, &mut marks);
    marks
}

/// Rows that belong together: one line of the text, put together again.
#[derive(Debug, Default)]
struct Joined {
    text: String,
    cells: Vec<Cell>,
}

/// A cluster of the line and where it stands.
#[derive(Debug)]
struct Cell {
    bytes: Range<usize>,
    row: usize,
    columns: Range<usize>,
}

impl Joined {
    /// Adds the text of a row. What only stands around it breaks it.
    fn add(&mut self, at: usize, row: &Row) {
        let shown: String = row.line.spans.iter().map(|span| span.content.as_ref()).collect();
        let mut column = 0;
        for (_, cluster) in clusters(&shown) {
            let from = u16::try_from(column).unwrap_or(u16::MAX);
            let columns = column..column + cluster_width(cluster);
            column = columns.end;
            if from < row.margin {
                continue;
            }
            if row.borders.iter().any(|border| border.contains(&from)) {
                self.text.push(APART);
                continue;
            }
            let start = self.text.len();
            self.text.push_str(cluster);
            self.cells.push(Cell { bytes: start..self.text.len(), row: at, columns });
        }
    }

    /// Looks for what is marked in the line, and begins another one.
    fn end(&mut self, sought: &dyn Sought, nth: &mut usize, marks: &mut Vec<Mark>) {
        for place in sought.on_screen(&self.text) {
            let first = self.cells.partition_point(|cell| cell.bytes.end <= place.start);
            let cells = self.cells.get(first..).unwrap_or_default();
            let mut found: Option<Mark> = None;
            for cell in cells.iter().take_while(|cell| cell.bytes.start < place.end) {
                match &mut found {
                    Some(mark) if mark.row == cell.row => mark.columns.end = cell.columns.end,
                    _ => {
                        marks.extend(found.replace(Mark { row: cell.row, columns: cell.columns.clone(), nth: *nth }));
                    }
                }
            }
            marks.extend(found);
            *nth += 1;
        }
        self.text.clear();
        self.cells.clear();
    }
}

/// The marks of the part that was drawn last, for its next rows.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    part: Option<(usize, usize)>,
    marks: Vec<Mark>,
    /// Which of them is the one that was gone to last.
    current: Option<usize>,
}

impl Frame<'_> {
    /// Marks what is to be marked on a row that was drawn there.
    pub(super) fn mark_row(&mut self, buf: &mut Buffer, row: Rect, place: Place, drawn: &mut Drawn) {
        let Some(sought) = self.sought else { return };
        if place.part == 0 {
            return self.mark_head(buf, row, place, sought);
        }
        if drawn.part != Some((place.index, place.part)) {
            *drawn = Drawn { part: Some((place.index, place.part)), ..Drawn::default() };
            let Some((key, bytes)) = self.source(place) else { return };
            let places = sought.in_text(key);
            if places.is_empty() {
                return;
            }
            let rows = self.rows(place);
            drawn.marks = marks(&rows, sought);
            drawn.current = sought
                .current()
                .filter(|(item, _)| *item == key)
                .and_then(|(_, nth)| nth_of(places, &bytes, places.get(nth)?.start));
            let last = drawn.marks.last().map(|mark| mark.nth);
            drawn.current = drawn.current.map(|nth| nth.min(last.unwrap_or(0)));
        }
        for mark in drawn.marks.iter().filter(|mark| mark.row == place.row) {
            let style = if drawn.current == Some(mark.nth) { theme::FOUND_HERE } else { theme::FOUND };
            paint_over(buf, row, &mark.columns, style);
        }
    }

    /// Marks the author line of the message that was gone to, where it was found as a whole.
    fn mark_head(&mut self, buf: &mut Buffer, row: Rect, place: Place, sought: &dyn Sought) {
        let Some((item, nth)) = sought.current() else { return };
        let here = self.looked_at(place.index).is_some_and(|(key, _)| key == item);
        if here && sought.in_text(item).get(nth).is_some_and(Range::is_empty) {
            let columns = self.rows(place).first().map_or(0, |row| crate::ui::paint::width(&row.line));
            paint_over(buf, row, &(0..columns), theme::FOUND_HERE);
        }
    }

    /// The first and the last place of the text between two rows, about: whole segments.
    pub(super) fn seen(&mut self, first: Place, last: Place) -> Option<(Passage, Passage)> {
        let mut spot = |place: Place, end: bool| {
            let bytes = self.source(place).map(|(_, bytes)| bytes);
            let (item, length) = self.looked_at(place.index)?;
            let byte = match bytes {
                Some(bytes) if end => bytes.end,
                Some(bytes) => bytes.start,
                None if place.part == 0 => 0,
                None => length,
            };
            Some(Passage { item, byte: Some(byte) })
        };
        Some((spot(first, false)?, spot(last, true)?))
    }

    /// The place on screen of a place in the source text.
    pub(super) fn passage(&mut self, passage: Passage) -> Option<Place> {
        let index = self.index_of(passage.item)?;
        let Some(byte) = passage.byte else { return Some(Place { index, part: 0, row: 0 }) };
        let at = self.segment_at(index, byte)?;
        let place = Place { index, part: at + 1, row: 0 };
        let rows = self.rows(place);
        let (key, bytes) = self.source(place)?;
        let found = self.sought.and_then(|sought| {
            let nth = nth_of(sought.in_text(key), &bytes, byte)?;
            let marks = marks(&rows, sought);
            marks.iter().find(|mark| mark.nth == nth).or(marks.last()).map(|mark| mark.row)
        });
        // Where what is shown has it nowhere, as far down in the segment as the byte is.
        let about = || rows.len() * byte.saturating_sub(bytes.start) / bytes.len().max(1);
        Some(Place { row: found.unwrap_or_else(about), ..place })
    }
}

/// Which of a segment's places the one at that byte is.
fn nth_of(places: &[Range<usize>], segment: &Range<usize>, byte: usize) -> Option<usize> {
    let first = places.partition_point(|place| place.start < segment.start);
    let at = places.partition_point(|place| place.start < byte);
    (segment.contains(&byte) && places.get(at).is_some_and(|place| place.start == byte)).then(|| at - first)
}

fn paint_over(buf: &mut Buffer, row: Rect, columns: &Range<usize>, style: Style) {
    let edge = |column: usize| row.x.saturating_add(u16::try_from(column).unwrap_or(u16::MAX)).min(row.right());
    let (from, to) = (edge(columns.start), edge(columns.end));
    buf.set_style(Rect { x: from, width: to - from, height: 1, ..row }, style);
}
