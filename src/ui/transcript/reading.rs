//! What is being read, told so that it is found again when its rows are made anew: at another width, or because the
//! text grew.
//!
//! Owns how a row of a part is named by the text above it, which is the same at every width. Knows no width.

use std::sync::Arc;

use ratatui::layout::Rect;

use super::cache::Rows;
use super::layout::{Frame, Place};
use super::{Items, Last, Transcript};
use crate::app::Scroll;
use crate::domain::{cluster_width, clusters};
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
    /// The row of a table that it shows: only there what stands above it depends on the width.
    record: Option<u32>,
    /// How many characters stand above it: none that is blank or no text. In a table, how many of the table's row do;
    /// else how many of all that is in no table.
    above: usize,
    /// Of so many in all.
    total: usize,
    /// Which of the rows without text below them it is, if it has none itself.
    empty: Option<usize>,
    /// How it begins: the first of its columns, or what stands behind its label.
    told: String,
    /// Which row it is, of how many.
    nth: (usize, usize),
}

impl Spot {
    fn from_rows(rows: &[Row], at: usize) -> Self {
        let record = rows.get(at).and_then(|row| row.record);
        let nth = (at, rows.len());
        let mut spot = Self { record, above: 0, total: 0, empty: None, told: String::new(), nth };
        let mut blank = 0;
        for (nth, row) in rows.iter().enumerate() {
            let own = spot.letters(row);
            if nth == at {
                (spot.above, spot.empty) = (spot.total, (own == 0).then_some(blank));
                spot.told = read_aloud(row);
            }
            blank = if letters(row).next().is_none() { blank + 1 } else { 0 };
            spot.total += own;
        }
        spot
    }

    /// How much of a row's text counts.
    fn letters(&self, row: &Row) -> usize {
        if row.record == self.record { letters(row).count() } else { 0 }
    }

    /// The row that it is among these.
    fn find(&self, rows: &[Row]) -> usize {
        let last = rows.len().saturating_sub(1);
        // Where the text is shown as it was written, a table is none.
        let about = || (self.nth.0 * rows.len() / self.nth.1.max(1)).min(last);
        if self.record.is_none() {
            let ends = self.above >= self.total;
            return self.find_at(rows, self.above).unwrap_or_else(|_| if ends { last } else { about() });
        }
        let total: usize = rows.iter().map(|row| self.letters(row)).sum();
        let (Ok(found) | Err(Some(found))) = self.find_at(rows, self.above * total / self.total.max(1)) else {
            // A table's head isn't shown where each row says it again.
            return rows.iter().position(|row| row.record > self.record).unwrap_or_else(about);
        };
        if self.told.is_empty() {
            return found;
        }
        let reads_it = |row: &Row| row.record == self.record && letters(row).collect::<String>().contains(&self.told);
        let rows = rows.iter().enumerate().filter(|(_, row)| reads_it(row)).map(|(at, _)| at);
        rows.min_by_key(|at| at.abs_diff(found)).unwrap_or(found)
    }

    /// The row that so much stands above; else the last that counts, if any does.
    fn find_at(&self, rows: &[Row], above: usize) -> Result<usize, Option<usize>> {
        let (mut before, mut blank, mut last) = (0, 0, None);
        for (at, row) in rows.iter().enumerate() {
            if row.record == self.record {
                let own = letters(row).count();
                if (own == 0 && before == above && self.empty == Some(blank)) || before + own > above {
                    return Ok(at);
                }
                before += own;
                last = Some(at);
            }
            blank = if letters(row).next().is_none() { blank + 1 } else { 0 };
        }
        Err(last)
    }
}

/// How the first text of a row begins: up to the border of its column, or behind the label of a list's line.
fn read_aloud(row: &Row) -> String {
    let first = placed(row).next().map_or(0, |(_, column)| column);
    let end = row.borders.iter().map(|border| border.start).find(|start| *start > first).unwrap_or(u16::MAX);
    let is_grid = row.borders.first().is_some_and(|border| border.start == row.margin);
    let text: String = placed(row).take_while(|(_, column)| *column < end).map(|(letter, _)| letter).collect();
    let text = match text.split_once(':') {
        Some((_, behind)) if !is_grid && !behind.is_empty() => behind,
        _ => &text,
    };
    text.chars().take(TOLD).collect()
}

/// The text of a row, without what stands left of it and between its columns.
fn letters(row: &Row) -> impl Iterator<Item = char> {
    placed(row).map(|(letter, _)| letter)
}

/// The same with the columns that it stands in.
fn placed(row: &Row) -> impl Iterator<Item = (char, u16)> {
    let mut column = 0;
    let pieces = row.line.spans.iter().flat_map(|span| clusters(&span.content).map(|(_, cluster)| cluster));
    let placed = pieces.map(move |cluster| {
        let at = column;
        column += u16::try_from(cluster_width(cluster)).unwrap_or(0);
        (cluster, at)
    });
    let text = placed.filter(|(_, at)| *at >= row.margin && !row.borders.iter().any(|border| border.contains(at)));
    let letters = text.flat_map(|(cluster, at)| cluster.chars().map(move |letter| (letter, at)));
    letters.filter(|(letter, _)| !letter.is_whitespace())
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
        let place = Place { index, part: last.part, row: last.row };
        // More of the text may have come since they were drawn.
        let rows = frame.drawn(place).unwrap_or_else(|| frame.rows(place));
        Some(Reading { item: last.top.item, part: last.part, spot: Spot::from_rows(&rows, last.row) })
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
            Some(before) if !Arc::ptr_eq(&before, &rows) => Spot::from_rows(&before, last.row).find(&rows),
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
