//! Where the text is looked at: rows by their line and their place in it, found from the cursor on, never counted from
//! the top.

use std::ops::Range;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Manuscript, lines};
use crate::domain::SafeText;
use crate::ui::{paint, theme};

/// More lines than this are not kept laid out.
const LAID: usize = 4096;

/// A row: where its line begins, and which of the line's rows it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Passage {
    line: usize,
    row: usize,
}

impl Manuscript {
    /// The rows of the line that begins there. The last column is the cursor's, behind a full row.
    fn rows(&mut self, line: usize) -> Arc<[Range<usize>]> {
        let stamp = (self.written.version(), self.area.width);
        if self.laid_for != stamp || self.laid.len() > LAID {
            self.laid.clear();
            self.laid_for = stamp;
        }
        if let Some(rows) = self.laid.get(&line) {
            return Arc::clone(rows);
        }
        let text = self.written.text().get(line..self.written.line_end(line)).unwrap_or_default();
        let rows: Arc<[Range<usize>]> =
            lines::rows(text, usize::from(self.area.width.saturating_sub(1).max(1))).into();
        self.laid.insert(line, Arc::clone(&rows));
        rows
    }

    /// The row of a place in the text, and the place's byte in its line.
    fn spot(&mut self, at: usize) -> (Passage, usize) {
        let line = self.written.line_start(at);
        let inside = at - line;
        let rows = self.rows(line);
        let row = rows.partition_point(|row| row.start <= inside).saturating_sub(1);
        (Passage { line, row }, inside)
    }

    fn above(&mut self, spot: Passage) -> Option<Passage> {
        if spot.row > 0 {
            return Some(Passage { row: spot.row - 1, ..spot });
        }
        let line = self.written.line_start(spot.line.checked_sub(1)?);
        Some(Passage { line, row: self.rows(line).len().saturating_sub(1) })
    }

    fn below(&mut self, spot: Passage) -> Option<Passage> {
        if spot.row + 1 < self.rows(spot.line).len() {
            return Some(Passage { row: spot.row + 1, ..spot });
        }
        Some(Passage { line: self.written.next_line(spot.line)?, row: 0 })
    }

    /// So many rows up or down, as far as there are any.
    fn walk(&mut self, mut spot: Passage, rows: isize) -> Passage {
        for _ in 0..rows.unsigned_abs() {
            let next = if rows < 0 { self.above(spot) } else { self.below(spot) };
            let Some(next) = next else { break };
            spot = next;
        }
        spot
    }

    /// Moves the cursor by rows, in the column where the moves began.
    pub(super) fn step_rows(&mut self, by: isize) {
        let (spot, inside) = self.spot(self.written.at());
        let rows = self.rows(spot.line);
        let from = rows.get(spot.row).map_or(0, |row| row.start);
        let text = self.written.text();
        let column = lines::columns_of(text.get(spot.line + from..spot.line + inside).unwrap_or_default());
        let goal = self.goal.unwrap_or(column);
        let to = self.walk(spot, by);
        // Above the first row is its beginning, below the last its end.
        let at = match to {
            to if to == spot && by < 0 => 0,
            to if to == spot => self.written.text().len(),
            to => self.place_at(to, goal),
        };
        self.written.go(at);
        self.goal = Some(goal);
    }

    /// The place of a row's column; never behind the row's last letter where the line goes on in the next row.
    fn place_at(&mut self, spot: Passage, column: usize) -> usize {
        let rows = self.rows(spot.line);
        let Some(row) = rows.get(spot.row) else { return spot.line };
        let (from, to) = (spot.line + row.start, spot.line + row.end);
        let at = from + lines::byte_at(self.written.text().get(from..to).unwrap_or_default(), column);
        if at == to && spot.row + 1 < rows.len() { self.written.before(to).max(from) } else { at }
    }

    /// Puts the cursor where the mouse points, if that is in the text.
    pub fn click(&mut self, column: u16, row: u16) -> bool {
        if !self.area.contains(Position { x: column, y: row }) {
            return false;
        }
        let spot = self.walk(self.top, isize::try_from(row - self.area.y).unwrap_or(0));
        let at = self.place_at(spot, usize::from(column - self.area.x));
        self.written.go(at);
        self.goal = None;
        true
    }

    /// Moves the cursor by rows as the wheel does.
    pub fn wheel(&mut self, rows: i64) {
        self.step_rows(isize::try_from(rows).unwrap_or(0));
    }

    /// Brings the cursor into sight, with as little movement as possible; after a long jump into the middle.
    fn keep_in_sight(&mut self, height: isize) {
        let (cursor, _) = self.spot(self.written.at());
        // The text may have changed before the first row.
        let (top, _) = self.spot(self.top.line.min(self.written.text().len()));
        let rows = self.rows(top.line).len();
        self.top = Passage { line: top.line, row: self.top.row.min(rows.saturating_sub(1)) };
        let bottom = self.walk(self.top, height - 1);
        if cursor < self.top || cursor > bottom {
            let near_above = cursor >= self.walk(self.top, -height);
            let near_below = cursor <= self.walk(bottom, height);
            let back = match (cursor < self.top, near_above, near_below) {
                (true, true, _) => 0,
                (false, _, true) => height - 1,
                _ => height / 2,
            };
            self.top = self.walk(cursor, -back);
        }
        // Nothing is left empty below the end while there is text above.
        let bottom = self.walk(self.top, height - 1);
        let shown = (0..height).scan(Some(self.top), |spot, _| {
            let here = (*spot)?;
            *spot = self.below(here);
            Some(here)
        });
        let shown = isize::try_from(shown.count()).unwrap_or(height);
        if shown < height {
            self.top = self.walk(bottom, 1 - height);
        }
    }

    /// Draws the text and says where the cursor stands.
    pub fn draw(&mut self, area: Rect, buf: &mut Buffer, ascii: bool) -> Option<Position> {
        self.area = area;
        if area.is_empty() {
            return None;
        }
        self.keep_in_sight(isize::from(i16::try_from(area.height).unwrap_or(i16::MAX)));
        let at = self.written.at();
        let (cursor, inside) = self.spot(at);
        let mut position = None;
        let mut next = Some(self.top);
        for y in area.top()..area.bottom() {
            let Some(spot) = next else { break };
            let rows = self.rows(spot.line);
            let Some(row) = rows.get(spot.row).cloned() else { break };
            let (from, to) = (spot.line + row.start, spot.line + row.end);
            let part = self.written.text().get(from..to).unwrap_or_default();
            let first = self.found.places.partition_point(|place| place.end <= from);
            let near = self.found.places.get(first..).unwrap_or_default();
            let style = |byte: usize| match near.iter().take_while(|p| p.start <= from + byte).last() {
                Some(place) if place.contains(&(from + byte)) && place.contains(&at) => theme::SELECTED,
                Some(place) if place.contains(&(from + byte)) => theme::FOUND,
                _ => theme::PLAIN,
            };
            let taken = lines::paint(buf, (area.x, y), area.width, part, style);
            let ends_in_return = spot.row + 1 == rows.len() && self.written.text().get(to..to + 2) == Some("\r\n");
            if ends_in_return && taken < area.width {
                let mark = SafeText::from_static(if ascii { "$" } else { "␍" });
                paint::text(buf, (area.x + taken, y), area.width - taken, &mark, theme::DIM);
            }
            if spot == cursor {
                let before = part.get(..inside - row.start).unwrap_or_default();
                let column = u16::try_from(lines::columns_of(before)).unwrap_or(u16::MAX);
                position = Some(Position { x: area.x + column.min(area.width - 1), y });
            }
            next = self.below(spot);
        }
        position
    }
}
