//! Lays out a table: columns fitted to the width, cells wrapped, and where there is no room for columns, each row as a
//! list of what its cells are.

use pulldown_cmark::Alignment;

use super::flow::Flow;
use super::row::{Laid, Piece};
use super::styles::Styles;
use crate::domain::{SafeText, display_width};

/// A word of up to this many columns isn't broken to fit a table: the list is easier to read then.
const KEPT_WORD: usize = 12;

/// So many rows behind its head say how wide the columns of a growing table are.
const FIRST_ROWS: usize = 1;
/// They are then wider than these need, to a multiple of this.
const STEP: usize = 4;

/// A table as its cells come in.
#[derive(Debug, Default)]
pub(super) struct Table {
    alignments: Vec<Alignment>,
    head: Vec<Flow>,
    rows: Vec<Vec<Flow>>,
    row: Vec<Flow>,
}

impl Table {
    pub(super) fn new(alignments: Vec<Alignment>) -> Self {
        Self { alignments, ..Self::default() }
    }

    pub(super) fn end_cell(&mut self, cell: Flow) {
        self.row.push(cell);
    }

    pub(super) fn end_head(&mut self) {
        self.head = std::mem::take(&mut self.row);
    }

    pub(super) fn end_row(&mut self) {
        self.rows.push(std::mem::take(&mut self.row));
    }

    /// How many rows it has, its head one of them.
    pub(super) fn records(&self) -> u32 {
        u32::try_from(self.rows.len() + 1).unwrap_or(u32::MAX)
    }

    /// The rows of it, each at most `width` columns wide and told from which of its own it is, the head 0. While it grows, its first rows say how wide the columns are,
    /// and what comes is wrapped into them: they would else move with every row.
    pub(super) fn layout(&self, width: usize, styles: Styles, growing: bool) -> Vec<Laid> {
        match self.columns(width, growing) {
            Some(columns) => self.grid(&columns, styles),
            None => self.list(width, styles),
        }
    }

    /// The columns' widths, if they fit side by side.
    fn columns(&self, width: usize, growing: bool) -> Option<Vec<usize>> {
        let count = self.head.len();
        let room = width.checked_sub(3 * count + 1)?;
        let mut natural = vec![0; count];
        let mut least = vec![1; count];
        for (at, row) in std::iter::once(&self.head).chain(&self.rows).enumerate() {
            for ((natural, least), cell) in natural.iter_mut().zip(&mut least).zip(row) {
                let (line, word) = cell.widths();
                if !growing {
                    *natural = line.max(*natural);
                } else if at <= FIRST_ROWS {
                    *natural = line.next_multiple_of(STEP).max(*natural);
                }
                *least = word.min(KEPT_WORD).max(*least);
            }
        }
        if least.iter().sum::<usize>() > room {
            return None;
        }
        // The widest give way first: the highest level that all of them under it fit into.
        let at_level = |level: usize| -> Vec<usize> {
            natural.iter().zip(&least).map(|(natural, least)| *natural.min(&level).max(least)).collect()
        };
        let (mut fits, mut exceeds) = (0, room + 1);
        while exceeds - fits > 1 {
            let level = fits.midpoint(exceeds);
            if at_level(level).iter().sum::<usize>() <= room {
                fits = level;
            } else {
                exceeds = level;
            }
        }
        let mut columns = at_level(fits);
        let mut left = room.saturating_sub(columns.iter().sum());
        for (column, natural) in columns.iter_mut().zip(&natural) {
            if left > 0 && *column < *natural {
                *column += 1;
                left -= 1;
            }
        }
        Some(columns)
    }

    fn grid(&self, columns: &[usize], styles: Styles) -> Vec<Laid> {
        let mut rows = self.grid_row(0, &self.head, columns, styles);
        let [left, cross, right] = styles.crossings();
        let spans: Vec<String> = columns.iter().map(|column| styles.rule().repeat(column + 2)).collect();
        let rule = format!("{left}{}{right}", spans.join(cross));
        rows.push(Laid { record: Some(0), ..Laid::new(vec![Piece::border(SafeText::new(&rule), styles.dim)]) });
        for (row, record) in self.rows.iter().zip(1..) {
            rows.extend(self.grid_row(record, row, columns, styles));
        }
        rows
    }

    /// One row of the table: as many rows as its highest cell.
    fn grid_row(&self, record: u32, cells: &[Flow], columns: &[usize], styles: Styles) -> Vec<Laid> {
        let wrapped: Vec<Vec<Laid>> = cells.iter().zip(columns).map(|(cell, column)| cell.laid(*column)).collect();
        let height = wrapped.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let bar = || Piece::border(SafeText::from_static(styles.cell_bar()), styles.dim);
        let spaces = |count: usize| Piece::border(SafeText::new(&" ".repeat(count)), ratatui::style::Style::new());
        (0..height)
            .map(|line| {
                let mut row = vec![bar()];
                for (at, column) in columns.iter().enumerate() {
                    let content = wrapped.get(at).and_then(|rows| rows.get(line)).cloned().unwrap_or_default();
                    let used: usize = content.pieces.iter().map(|piece| display_width(piece.text.as_str())).sum();
                    let free = column.saturating_sub(used);
                    let before = match self.alignments.get(at) {
                        Some(Alignment::Right) => free,
                        Some(Alignment::Center) => free / 2,
                        _ => 0,
                    };
                    row.push(spaces(1 + before));
                    row.extend(content.pieces);
                    row.push(spaces(1 + free - before));
                    row.push(bar());
                }
                Laid { record: Some(record), ..Laid::new(row) }
            })
            .collect()
    }

    /// Each row as lines of `head: cell`, an empty cell left out but in the first.
    fn list(&self, width: usize, styles: Styles) -> Vec<Laid> {
        let mut rows = Vec::new();
        let of = |record| move |row| Laid { record: Some(record), ..row };
        if self.rows.is_empty() {
            rows.extend(self.head.iter().flat_map(|head| head.laid(width)).map(of(0)));
        }
        for (row, record) in self.rows.iter().zip(1..) {
            if record > 1 && !rows.is_empty() {
                rows.push(of(record)(Laid::default()));
            }
            for (head, cell) in self.head.iter().zip(row) {
                if record > 1 && cell.is_empty() {
                    continue;
                }
                let mut flow = head.clone();
                flow.push(SafeText::from_static(": "), styles.heading);
                flow.append(cell);
                rows.extend(flow.laid(width).into_iter().map(of(record)));
            }
        }
        rows
    }
}
