//! The question before the program ends while changes of rows are staged.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::{Action, State};
use crate::ui::glyphs::Glyphs;
use crate::ui::popup::{framed, keyed, width};
use crate::ui::sheet::Sheet;
use crate::ui::theme;

/// Draws the question: so many changes are staged.
pub(super) fn draw(f: &mut Frame<'_>, room: Rect, state: &State, staged: usize, glyphs: &Glyphs) {
    let mut sheet = Sheet::default();
    let what = if staged == 1 { "1 change is".to_owned() } else { format!("{staged} changes are") };
    sheet.note(&format!("{what} staged and not applied. Leave all the same?"), theme::BOLD);
    sheet.note("What is staged is kept, and is here again at the next start.", theme::PLAIN);
    let ways = [keyed(state, Action::Confirm, "leaves"), keyed(state, Action::Back, "stays")];
    sheet.note(&format!("{}.", ways.join(", ")), theme::DIM);
    let height = sheet.height(width(room).saturating_sub(4)).saturating_add(2);
    let inner = framed(f, room, (" Leave ", ""), height, glyphs);
    sheet.draw(inner, f.buffer_mut(), 0);
}
