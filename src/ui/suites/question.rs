//! The question whether so many messages are to be sent.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::marks::messages;
use crate::app::{Action, RunQuestion, State};
use crate::ui::glyphs::Glyphs;
use crate::ui::popup::{framed, keyed, keyed_title, width};
use crate::ui::sheet::{Sheet, grouped};
use crate::ui::theme;

/// Draws it.
pub(super) fn draw(f: &mut Frame<'_>, room: Rect, state: &State, question: &RunQuestion, glyphs: &Glyphs) {
    let mut said = Sheet::default();
    let cases = question.cases.len();
    said.note(
        &format!(
            "{} {} would be asked, which costs {} at most.",
            grouped(cases as u64),
            if cases == 1 { "case" } else { "cases" },
            messages(question.messages)
        ),
        theme::PLAIN,
    );
    said.blank();
    let ways = [keyed(state, Action::Confirm, "asks them"), keyed(state, Action::Back, "asks nobody")];
    let ways: Vec<String> = ways.into_iter().filter(|way| !way.is_empty()).collect();
    said.note(&ways.join("; "), theme::DIM);
    let height = said.height(width(room).saturating_sub(4)) + 2;
    let inner = framed(f, room, (" Ask the bot ", &keyed_title(state, Action::Back, "cancels")), height, glyphs);
    said.draw(inner, f.buffer_mut(), 0);
}
