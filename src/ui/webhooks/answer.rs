//! The answer to a data request that is being written, drawn: the editor, the countdown, and what is wrong with it.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::requests::standing;
use crate::app::webhooks::Answer;
use crate::app::{Action, Context, State};
use crate::domain::{SafeText, Timestamp, display_width};
use crate::ui::frame::pane;
use crate::ui::glyphs::Glyphs;
use crate::ui::text_area::TextArea;
use crate::ui::{paint, theme};

/// Draws the editor under its request.
pub(super) fn draw(
    f: &mut Frame<'_>,
    area: Rect,
    state: &State,
    answer: &Answer,
    editor: &mut TextArea,
    glyphs: &Glyphs,
    now: Timestamp,
) {
    if area.height < 4 {
        return;
    }
    let focused = !state.window.is_asked() && state.webhooks.overlay.is_none();
    let style = if focused { theme::ACCENT.patch(theme::BOLD) } else { theme::PLAIN };
    let request = state.webhooks.requests.get(&answer.request);
    let right = match request {
        Some(request) => {
            let (glyph, word, style) = standing(request, glyphs, now);
            vec![paint::span(&SafeText::one_line(&format!(" {glyph} {word} ")), style)]
        }
        None => vec![paint::fixed(" gone ", theme::BAD)],
    };
    let taken: usize = right.iter().map(|s| display_width(&s.content)).sum();
    let room = usize::from(area.width).saturating_sub(taken + 4);
    let key = request.map_or("", |r| r.key.as_str());
    let title = SafeText::one_line(&format!(" answer to {key} ")).truncate(room);
    let inner = pane(area, f.buffer_mut(), vec![paint::span(&title, style)], right, focused, glyphs);
    let text = Rect { height: inner.height.saturating_sub(1), ..inner };
    let (said, style) = match &answer.problem {
        _ if answer.sending => ("It is on its way…".to_owned(), theme::DIM),
        Some(problem) => (format!("line {}, column {}: {}", problem.line, problem.column, problem.what), theme::WARN),
        None => match state.window.key(&[Context::Answer], Action::SendAnswer) {
            key if key.is_empty() => ("A JSON object.".to_owned(), theme::DIM),
            key => (format!("A JSON object; {key} sends it."), theme::DIM),
        },
    };
    let said = SafeText::one_line(&said).truncate(usize::from(inner.width));
    let cursor = editor.draw(&answer.text, text, f.buffer_mut(), &[], glyphs.ascii);
    paint::text(f.buffer_mut(), (inner.x, inner.bottom().saturating_sub(1)), inner.width, &said, style);
    if let Some(cursor) = cursor.filter(|_| focused) {
        f.set_cursor_position(cursor);
    }
}
