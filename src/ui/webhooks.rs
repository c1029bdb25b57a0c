//! The Webhooks view, drawn: the lists on the left, what is selected on the right, questions over both.

mod answer;
mod delivery;
mod hooks;
mod layout;
mod list;
mod overlay;
mod requests;
#[cfg(test)]
mod tests;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::frame::pane;
use super::glyphs::Glyphs;
use super::popup::border_note;
use super::sheet::Sheet;
use super::text_area::TextArea;
use super::{paint, theme};
use crate::app::webhooks::{Compared, Selected, Side};
use crate::app::{State, WebhooksMeasured};
use crate::domain::{SafeText, Timestamp};

pub(super) use layout::Panes;

/// Draws the view and says what it measured.
pub(super) fn draw(
    f: &mut Frame<'_>,
    panes: &Panes,
    state: &State,
    editor: &mut TextArea,
    glyphs: &Glyphs,
    now: Timestamp,
) -> WebhooksMeasured {
    let mut measured = WebhooksMeasured::default();
    let webhooks = &state.webhooks;
    if !panes.requests.is_empty() {
        requests::draw(panes.requests, panes.first_request, f.buffer_mut(), state, glyphs, now);
    }
    if !panes.list.is_empty() {
        measured.list = Some(list::draw(panes.list, f.buffer_mut(), state, glyphs, now));
    }
    if !panes.detail.is_empty() {
        let (title, sheet) = selected(state, glyphs, now);
        (measured.detail, measured.lines) = detail(panes.detail, f.buffer_mut(), state, &title, &sheet, glyphs);
    }
    if let Some(answer) = &webhooks.answer {
        answer::draw(f, panes.answer, state, answer, editor, glyphs, now);
    }
    // What was just said, and the keys, stay in sight.
    let screen = f.area();
    let room = Rect { y: screen.y + panes.header.height, height: panes.notice.y - panes.header.bottom(), ..screen };
    overlay::draw(f, room, state, glyphs);
    measured
}

/// What stands in the right pane.
fn selected(state: &State, glyphs: &Glyphs, now: Timestamp) -> (SafeText, Sheet) {
    let webhooks = &state.webhooks;
    if let Some(compared) = &webhooks.compared {
        let title = format!(" Delivery {} compared with {} ", compared.left.0, compared.right.0);
        return (SafeText::one_line(&title), changes(compared));
    }
    // The request that is being answered, whatever happens to the selection.
    let answered = webhooks.answer.as_ref().and_then(|a| webhooks.requests.get(&a.request));
    match (answered, webhooks.selected()) {
        (Some(request), _) | (None, Selected::Request(request)) => (
            SafeText::from_static(" Data request "),
            requests::details(state, request, answered.is_some(), glyphs, now),
        ),
        (None, Selected::Delivery(id, row)) => {
            (SafeText::one_line(&format!(" Delivery {} ", id.0)), delivery::details(state, id, row, glyphs, now))
        }
        (None, Selected::None) if !webhooks.is_empty() => {
            let mut sheet = Sheet::default();
            sheet.note("Nothing is selected.", theme::DIM);
            (SafeText::from_static(" Delivery "), sheet)
        }
        (None, Selected::None) => (SafeText::from_static(" Hooks "), hooks::details(state, None, glyphs)),
    }
}

/// Draws the right pane; tells how many rows it has, and how many its text takes.
fn detail(
    area: Rect,
    buf: &mut Buffer,
    state: &State,
    title: &SafeText,
    sheet: &Sheet,
    glyphs: &Glyphs,
) -> (usize, usize) {
    let webhooks = &state.webhooks;
    let focused = webhooks.side == Side::Detail && webhooks.answer.is_none() && webhooks.overlay.is_none();
    let focused = focused && !state.window.is_asked();
    let title = title.truncate(usize::from(area.width).saturating_sub(4));
    let left = vec![paint::span(&title, if focused { theme::ACCENT.patch(theme::BOLD) } else { theme::BOLD })];
    let inner = pane(area, buf, left, Vec::new(), focused, glyphs);
    let lines = sheet.draw(inner, buf, webhooks.scroll);
    let rows = usize::from(inner.height);
    if lines > webhooks.scroll + rows {
        let more = lines - rows - webhooks.scroll;
        let text = SafeText::one_line(&format!(" {more} more {} ", if more == 1 { "row" } else { "rows" }));
        border_note(area, buf, &text, theme::DIM);
    }
    (rows, lines)
}

/// What differs, as lines that go and lines that come.
fn changes(compared: &Compared) -> Sheet {
    let mut sheet = Sheet::default();
    let Some(changes) = &compared.changes else {
        sheet.note("One of the two is no JSON, so there is nothing to compare by path.", theme::WARN);
        return sheet;
    };
    if changes.told.is_empty() {
        sheet.note("Both say the same. Order of keys and white space do not count.", theme::PLAIN);
        return sheet;
    }
    for change in &changes.told {
        for (sign, value, style) in [("- ", &change.removed, theme::BAD), ("+ ", &change.added, theme::BOT)] {
            if let Some(value) = value {
                sheet.pair(sign, style, &format!("{}: {value}", change.path), style);
            }
        }
    }
    if changes.more > 0 {
        sheet.note(&format!("… {} more differences", changes.more), theme::DIM);
    }
    sheet
}
