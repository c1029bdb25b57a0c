//! The line on which is written what conversations are given: labels, a note, a time.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::{Action, DeskPrompt, DeskPromptKind, State};
use crate::domain::SafeText;
use crate::ui::glyphs::Glyphs;
use crate::ui::popup::{framed, keyed, typed};
use crate::ui::transcript::wrapped;
use crate::ui::{paint, theme};

/// Draws it.
pub(super) fn draw(f: &mut Frame<'_>, room: Rect, state: &State, prompt: &DeskPrompt, glyphs: &Glyphs) {
    let (title, does) = match prompt.kind {
        DeskPromptKind::Labels => (" Labels ", "keeps them"),
        DeskPromptKind::Note => (" Note ", "keeps it; empty forgets it"),
        DeskPromptKind::Snooze => (" Snooze until ", "puts it out of the way till then"),
    };
    let inner = framed(f, room, (title, " Esc cancels "), 7, glyphs);
    let of = match prompt.of.len() {
        1 => "of 1 conversation".to_owned(),
        many => format!("of {many} conversations"),
    };
    let of = SafeText::one_line(&of);
    paint::text(f.buffer_mut(), (inner.x, inner.y), inner.width, &of, theme::DIM);
    typed(f, Rect { y: inner.y + 1, height: 1, ..inner }, &prompt.line);
    let (said, style) = match &prompt.problem {
        Some(problem) => (problem, theme::BAD),
        None => (&prompt.hint, theme::DIM),
    };
    let last = inner.bottom().saturating_sub(1);
    for (y, row) in (inner.y + 2..last).zip(wrapped(said, style, usize::from(inner.width))) {
        paint::draw(f.buffer_mut(), (inner.x, y), inner.width, &row);
    }
    let does = SafeText::one_line(&keyed(state, Action::Confirm, does)).truncate(usize::from(inner.width));
    paint::text(f.buffer_mut(), (inner.x, last), inner.width, &does, theme::DIM);
}
