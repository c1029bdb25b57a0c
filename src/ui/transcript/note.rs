//! Notes: what is told beside the messages, in rows.

use ratatui::style::Style;
use ratatui::text::Line;

use crate::domain::SafeText;
use crate::ui::markdown::{Flow, Row};

/// Notes are set to the columns of prose.
pub(super) const NOTE_COLUMNS: usize = 100;

/// A note in rows.
pub(super) fn noted(note: &SafeText, style: Style, room: usize) -> Vec<Row> {
    let mut flow = Flow::default();
    flow.push(note.clone(), style);
    flow.rows(room.min(NOTE_COLUMNS))
}

/// The lines of a note.
pub(in crate::ui) fn wrapped(note: &SafeText, style: Style, room: usize) -> Vec<Line<'static>> {
    noted(note, style, room).into_iter().map(|row| row.line).collect()
}
