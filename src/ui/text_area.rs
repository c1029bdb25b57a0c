//! The text that is being written, on the screen: the composer's, a row's, an answer's.
//!
//! Owns where rows break and which of them are in sight. The text and its cursor are the core's, and looked at each time:
//! nothing of them is kept here, so an event never acts on what an earlier frame showed.

mod draw;
mod layout;
pub(super) mod lines;
#[cfg(test)]
mod tests;

use ratatui::layout::{Position, Rect};

use self::layout::Layout;
use crate::app::{Caret, TextBuffer};

/// Where a text is looked at.
#[derive(Debug, Default)]
pub struct TextArea {
    layout: Layout,
    /// The first row on screen.
    top: usize,
    /// Which text that is of.
    of: u64,
    /// Where it was drawn last.
    area: Rect,
}

impl TextArea {
    /// Brings the layout up to date with the text.
    fn follow(&mut self, text: &TextBuffer) {
        self.layout.follow(text, self.area.width);
        let (id, _) = text.stamp();
        if self.of != id {
            (self.of, self.top) = (id, 0);
        }
    }

    /// How many rows the text takes at that width, counted up to `most`.
    pub(super) fn rows(&mut self, text: &TextBuffer, width: u16, most: u16) -> u16 {
        self.area.width = width;
        self.follow(text);
        let last = usize::from(most.max(1)) - 1;
        let rows = (0..=last).rev().find(|row| self.layout.row(text, *row).is_some()).map_or(1, |row| row + 1);
        u16::try_from(rows).unwrap_or(most)
    }

    /// How many rows stand above the first one on screen.
    pub(super) fn above(&self) -> usize {
        self.top
    }

    /// Whether all of the text is on screen.
    pub fn is_whole(&mut self, text: &TextBuffer) -> bool {
        self.follow(text);
        self.top == 0 && self.layout.row(text, usize::from(self.area.height)).is_none()
    }

    /// How many rows a page is: a screen less one, so that the eye keeps its place.
    pub fn page(&self) -> isize {
        isize::from(i16::try_from(self.area.height.saturating_sub(1).max(1)).unwrap_or(i16::MAX))
    }

    /// The place so many rows up or down from the cursor, or as far as there are rows; none where there is none at all
    /// that way.
    pub fn rows_from(&mut self, text: &TextBuffer, by: isize) -> Option<Caret> {
        self.follow(text);
        let from = self.layout.row_of(text, text.at());
        let start = self.layout.row(text, from).map_or(0, |row| row.start);
        let column = || lines::columns_of(text.get(start..text.at()).unwrap_or_default());
        let goal = text.goal().unwrap_or_else(column);
        let to = (0..=from.saturating_add_signed(by)).rev().find(|row| self.layout.row(text, *row).is_some())?;
        (to != from).then(|| Caret { at: self.place_at(text, to, goal), goal: Some(goal) })
    }

    /// The place where the mouse points; none outside of the text's area.
    pub fn caret_at(&mut self, text: &TextBuffer, column: u16, row: u16) -> Option<Caret> {
        if !self.area.contains(Position { x: column, y: row }) {
            return None;
        }
        self.follow(text);
        let asked = self.top + usize::from(row - self.area.y);
        let row = (0..=asked).rev().find(|row| self.layout.row(text, *row).is_some())?;
        Some(Caret { at: self.place_at(text, row, usize::from(column - self.area.x)), goal: None })
    }

    /// The place of a row's column; never behind the row's last letter where the line goes on in the next row.
    fn place_at(&mut self, text: &TextBuffer, row: usize, column: usize) -> usize {
        let Some(here) = self.layout.row(text, row) else { return text.len() };
        let at = here.start + lines::byte_at(text.get(here.clone()).unwrap_or_default(), column);
        let goes_on = self.layout.row(text, row + 1).is_some_and(|next| next.start == here.end);
        if at == here.end && goes_on { text.before(at).max(here.start) } else { at }
    }
}
