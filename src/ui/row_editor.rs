//! The row that is being written, on the screen: its text with what is searched in it, and what is said of it.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::text_area::{TextArea, lines};
use crate::app::TextBuffer;
use crate::app::sources::{Search, places};

/// Where a row's text is looked at.
#[derive(Debug, Default)]
pub(super) struct RowView {
    /// Its rows on the screen.
    pub(super) area: TextArea,
    /// What was searched last, in which version of which text, and where that stands.
    asked: String,
    searched: (u64, u64),
    places: Vec<Range<usize>>,
}

impl RowView {
    /// Draws the text and says where the cursor stands.
    pub(super) fn draw(
        &mut self,
        text: &TextBuffer,
        search: Option<&Search>,
        area: Rect,
        buf: &mut Buffer,
        ascii: bool,
    ) -> Option<Position> {
        let asked = search.map_or("", |search| search.text.as_str());
        if self.asked != asked || self.searched != text.stamp() {
            self.places = places(text, asked);
            self.asked.clear();
            self.asked.push_str(asked);
            self.searched = text.stamp();
        }
        self.area.draw(text, area, buf, &self.places, ascii)
    }

    /// Which match the cursor stands at, from 1 (0 for none), and how many there are in the text that was drawn.
    pub(super) fn matches(&self, text: &TextBuffer) -> (usize, usize) {
        let nth = self.places.iter().position(|place| place.start == text.at()).map_or(0, |n| n + 1);
        (nth, self.places.len())
    }
}

/// How the lines of a text end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Endings {
    /// With a newline.
    Newlines,
    /// With a carriage return and a newline.
    Returns,
    /// Some so, some so.
    Mixed,
}

/// What is said of a text and the cursor in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Facts {
    /// The cursor's line, from 1.
    pub(super) line: usize,
    /// Its column, from 1.
    pub(super) column: usize,
    /// How many lines there are.
    pub(super) lines: usize,
    /// How they end.
    pub(super) endings: Endings,
    /// Whether no newline ends the text.
    pub(super) open: bool,
}

impl Facts {
    /// The facts of a text.
    pub(super) fn for_buffer(text: &TextBuffer) -> Self {
        let (line, lines) = text.line_numbers();
        let start = text.line_start(text.at());
        let column = lines::columns_of(text.get(start..text.at()).unwrap_or_default()) + 1;
        let returns = text.matches("\r\n").count();
        let endings = match (returns, lines - 1) {
            (0, _) => Endings::Newlines,
            (some, all) if some == all => Endings::Returns,
            _ => Endings::Mixed,
        };
        Self { line, column, lines, endings, open: !text.is_empty() && !text.ends_with('\n') }
    }
}
