//! What is being read, told so that it is found again when its rows are made anew: at another width, or because the
//! text grew.
//!
//! Owns how a row of a part is named by the text above it, which is the same at every width. Knows no width.

use std::sync::Arc;

use ratatui::layout::Rect;
use unicode_segmentation::UnicodeSegmentation;

use super::cache::Rows;
use super::layout::{Frame, Place};
use super::{Items, Last, Transcript};
use crate::app::Scroll;
use crate::domain::cluster_width;
use crate::ui::markdown::Row;

/// So many characters tell a row of a table from its neighbours.
const TOLD: usize = 16;

/// A row of a part.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    item: u64,
    part: usize,
    spot: Spot,
}

/// A row by its text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Spot {
    /// How many characters stand above it: none that is blank or no text.
    above: usize,
    /// Which of the rows without text below them it is, if it has none itself.
    empty: Option<usize>,
    /// What it begins with, where a row has columns whose texts don't go on in the next row.
    cells: Option<String>,
}

impl Spot {
    fn of(rows: &[Row], at: usize) -> Self {
        let above = rows.iter().take(at).map(|row| letters(row).count()).sum();
        let Some(row) = rows.get(at) else { return Self { above, empty: None, cells: None } };
        let told: String = letters(row).take(TOLD).collect();
        let empty = |row: &&Row| letters(row).next().is_none();
        let empty = told.is_empty().then(|| rows.iter().take(at).rev().take_while(empty).count());
        let cells = (!row.borders.is_empty() && !told.is_empty()).then_some(told);
        Self { above, empty, cells }
    }

    /// The row that it is among these.
    fn find(&self, rows: &[Row]) -> usize {
        let mut above = 0;
        let mut empty = 0;
        let mut found = rows.len().saturating_sub(1);
        for (at, row) in rows.iter().enumerate() {
            let own = letters(row).count();
            if own == 0 && above == self.above && self.empty.is_some_and(|nth| nth == empty) {
                return at;
            }
            empty = if own == 0 { empty + 1 } else { 0 };
            above += own;
            if above > self.above {
                found = at;
                break;
            }
        }
        match &self.cells {
            Some(told) => nearest(rows, found, told),
            None => found,
        }
    }
}

/// The row nearest to that one that has the beginning of what is told.
fn nearest(rows: &[Row], about: usize, told: &str) -> usize {
    let shared = |row: &Row| letters(row).zip(told.chars()).take_while(|(a, b)| a == b).count();
    let best = rows.iter().enumerate().max_by_key(|(at, row)| (shared(row), usize::MAX - at.abs_diff(about)));
    best.filter(|(_, row)| shared(row) > 0).map_or(about, |(at, _)| at)
}

/// The text of a row, without what stands left of it and between its columns.
fn letters(row: &Row) -> impl Iterator<Item = char> {
    let mut column = 0;
    let clusters = row.line.spans.iter().flat_map(|span| span.content.graphemes(true));
    let text = clusters.filter(move |cluster| {
        let at = column;
        column += u16::try_from(cluster_width(cluster)).unwrap_or(0);
        at >= row.margin && !row.borders.iter().any(|border| border.contains(&at))
    });
    text.flat_map(str::chars).filter(|letter| !letter.is_whitespace())
}

impl Transcript {
    /// What is read, before the rows are made for another size; none where that stays as it is.
    pub(super) fn read_before(
        &mut self,
        items: &dyn Items,
        last: Option<&Last>,
        scroll: Scroll,
        area: Rect,
        ascii: bool,
    ) -> Option<Reading> {
        let drawn = |last: &&Last| (self.width, self.ascii, last.height) == (area.width, ascii, area.height);
        let last = last.filter(|last| !drawn(last))?;
        if last.is_asked(scroll) && last.reading.is_some() {
            return last.reading.clone();
        }
        let mut frame = Frame::new(self, items, self.width, self.ascii);
        let index = frame.index_of(last.top.item)?;
        let rows = frame.rows(Place { index, part: last.part, row: last.row });
        Some(Reading { item: last.top.item, part: last.part, spot: Spot::of(&rows, last.row) })
    }
}

impl Last {
    /// Whether what is asked for is what was shown.
    pub(super) fn is_asked(&self, scroll: Scroll) -> bool {
        self.request == scroll || scroll == Scroll::At(self.top)
    }
}

impl Frame<'_> {
    /// Where what was shown last at the top is now.
    pub(super) fn again(&mut self, index: usize, last: &Last, resized: Option<&Reading>) -> Option<Place> {
        if let Some(reading) = resized {
            let index = self.index_of(reading.item)?;
            let place = Place { index, part: reading.part, row: 0 };
            let rows = self.rows(place);
            return self.settle(Place { row: reading.spot.find(&rows), ..place });
        }
        let place = Place { index, part: last.part, row: last.row };
        let before = self.drawn(place);
        let rows = self.rows(place);
        let row = match before {
            // More of the same text can move what stands above: a list whose items come apart, a table that widens.
            Some(before) if !Arc::ptr_eq(&before, &rows) => Spot::of(&before, last.row).find(&rows),
            _ => last.row,
        };
        self.settle(Place { row, ..place })
    }

    /// The rows of a segment as they were drawn last.
    fn drawn(&mut self, place: Place) -> Option<Rows> {
        let (item, segment) = self.segment_at_place(place)?;
        self.last_rows(item, segment)
    }
}
