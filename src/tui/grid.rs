//! What stands on the terminal, and how the next frame is put in its place.
//!
//! Owns which cells are written and where the cursor goes for each. Terminals disagree about how wide some clusters are:
//! behind each of these the cursor is set anew, and what a wider reading may have covered is written again, so that a
//! disagreement stays in its cells. Nothing relies on what terminals do at the edges of cells: no row is erased to its
//! end, nothing is written into the right half of a letter that stays, no cluster is begun by a mark, and no cursor is
//! kept for later. What a cell looks like as bytes is `tui/pen`.

use ratatui::buffer::{Buffer, Cell, CellWidth};
use ratatui::layout::Rect;

use super::pen::Pen;
use crate::domain::{cluster_bare, cluster_reach, cluster_within};

/// The cells of the terminal.
#[derive(Debug)]
pub(super) struct Grid {
    /// What was written last.
    shown: Buffer,
    /// What is to stand there.
    next: Buffer,
    row: Row,
    /// Emoji are written by their first part alone.
    bare: bool,
}

/// What is known of the columns of one row while it is written.
#[derive(Debug, Default)]
struct Row {
    /// Has to be written again.
    stale: Vec<bool>,
    /// What stands there is a part of something wider, or may be.
    covered: Vec<bool>,
}

impl Row {
    fn begin(&mut self, columns: usize) {
        for marks in [&mut self.stale, &mut self.covered] {
            marks.clear();
            marks.resize(columns, false);
        }
    }

    fn mark(&mut self, from: usize, to: usize, covered: bool) {
        let to = to.min(self.stale.len());
        if let Some(cells) = self.stale.get_mut(from..to) {
            cells.fill(true);
        }
        if let Some(cells) = self.covered.get_mut(from..to).filter(|_| covered) {
            cells.fill(true);
        }
    }

    fn is_stale(&self, from: usize, to: usize) -> bool {
        self.stale.get(from..to.min(self.stale.len())).is_some_and(|cells| cells.contains(&true))
    }

    fn is_covered(&self, from: usize, to: usize) -> bool {
        self.covered.get(from..to.min(self.covered.len())).is_some_and(|cells| cells.contains(&true))
    }
}

impl Grid {
    /// The cells of a terminal that was cleared.
    pub(super) fn new(columns: u16, rows: u16) -> Self {
        let empty = Buffer::empty(Rect::new(0, 0, columns, rows));
        Self { shown: empty.clone(), next: empty, row: Row::default(), bare: false }
    }

    /// The same for GNU screen. It counts the parts of an emoji and moves the cursor of the terminal around it by that
    /// count, so that what the terminal draws as one takes the row with it.
    pub(super) fn bare(self, bare: bool) -> Self {
        Self { bare, ..self }
    }

    /// Takes the cells that are to stand there, and leaves others of the same size, of no meaning, in their place.
    pub(super) fn take(&mut self, frame: &mut Buffer) {
        std::mem::swap(&mut self.next, frame);
        if self.next.area != self.shown.area {
            self.shown = Buffer::empty(self.next.area);
        }
    }

    /// Writes what isn't there yet.
    pub(super) fn write(&mut self, pen: &mut Pen<'_>) {
        let columns = usize::from(self.next.area.width);
        if columns > 0 {
            let rows = self.shown.content.chunks(columns).zip(self.next.content.chunks(columns));
            for (y, (shown, next)) in (0..).zip(rows) {
                if shown != next {
                    write_row(&mut self.row, pen, y, (shown, next), self.bare);
                }
            }
        }
        std::mem::swap(&mut self.shown, &mut self.next);
    }
}

fn write_row(row: &mut Row, pen: &mut Pen<'_>, y: u16, (shown, next): (&[Cell], &[Cell]), bare: bool) {
    row.begin(next.len());
    // What goes leaves nothing behind, also where it may have reached further than it was given.
    let (mut old, mut new) = (0, 0);
    while let Some(cell) = shown.get(old) {
        let width = width(cell);
        while new < old {
            new += next.get(new).map_or(1, self::width);
        }
        if new != old || next.get(old) != Some(cell) {
            let reach = width.max(reach(cell).unwrap_or(0));
            row.mark(old, old + reach, reach > 1);
        }
        old += width;
    }
    let mut at = 0;
    while let Some(cell) = next.get(at) {
        let end = at + width(cell);
        if row.is_stale(at, end) {
            let blank = shown.get(at..end).is_some_and(|cells| cells.iter().all(|old| is_blank_under(old, cell)));
            let under = if blank && !row.is_covered(at, end) { Under::Blank } else { Under::Unknown };
            let reach = write_cell(pen, (at, y), cell, (end - at, next.len() - at), under, bare);
            if let Some(reach) = reach {
                row.mark(end, at + reach, true);
            }
        }
        at = end;
    }
}

/// What stands where a cell is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Under {
    /// Nothing that would be seen.
    Blank,
    /// Something, maybe.
    Unknown,
}

/// Writes a cell where it belongs. Tells how many columns it may have reached over, if terminals disagree.
fn write_cell(
    pen: &mut Pen<'_>,
    (at, y): (usize, u16),
    cell: &Cell,
    (width, room): (usize, usize),
    under: Under,
    bare: bool,
) -> Option<usize> {
    let x = u16::try_from(at).unwrap_or(u16::MAX);
    let columns = u16::try_from(width).unwrap_or(u16::MAX);
    pen.dress(cell);
    if width > room {
        // A row that ends within a letter shows none of it.
        pen.write_at((x, y), &" ".repeat(room), u16::try_from(room).unwrap_or(u16::MAX));
        return None;
    }
    let Some(reach) = reach(cell) else {
        pen.write_at((x, y), cell.symbol(), columns);
        return None;
    };
    // A terminal that takes fewer columns leaves the rest as it was.
    if under == Under::Unknown {
        pen.write_at((x, y), &" ".repeat(width), columns);
    }
    if bare {
        pen.write_at((x, y), &cluster_bare(cell.symbol()), columns);
    } else {
        pen.write_at((x, y), cluster_within(cell.symbol(), room), columns);
    }
    pen.lose_place();
    Some(reach)
}

/// Whether nothing is seen of what stands under a cell in the columns that the cell may leave as they are.
fn is_blank_under(old: &Cell, cell: &Cell) -> bool {
    old.symbol() == " "
        && old.bg == cell.bg
        && old.fg == cell.fg
        && old.modifier == cell.modifier
        && old.underline_color == cell.underline_color
}

fn width(cell: &Cell) -> usize {
    usize::from(cell.cell_width()).max(1)
}

/// How many columns a cell may reach over, if terminals disagree.
fn reach(cell: &Cell) -> Option<usize> {
    if cell.symbol().len() == 1 { None } else { cluster_reach(cell.symbol()) }
}

#[cfg(test)]
mod model;
#[cfg(test)]
mod programs;
#[cfg(test)]
mod tests;
