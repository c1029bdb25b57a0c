//! The Log view, drawn: the calls on the left, the selected one whole on the right.

mod detail;
mod list;
#[cfg(test)]
mod tests;

use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::frame::pane;
use super::glyphs::Glyphs;
use super::layout::Edges;
use super::popup::border_note;
use super::{paint, theme};
use crate::app::{LogMeasured, LogView, Pane, Side, State};
use crate::domain::{SafeText, Timestamp};

/// From this many columns on the selected call stands beside the list: below, neither would have room for an address.
const WITH_DETAIL: u16 = 100;

/// Where everything is. A pane that is not shown has no area.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Panes {
    list: Rect,
    detail: Rect,
}

impl Panes {
    /// Places the panes, with so many lines below them for what just happened. None where the screen is too small.
    pub(super) fn place(&mut self, screen: Rect, log: &LogView, notice: u16) -> Option<Edges> {
        let mut edges = Edges::new(screen)?;
        edges.notice(notice);
        let body = edges.body;
        (self.list, self.detail) = if body.width >= WITH_DETAIL {
            let left = (body.width * 11 / 20).clamp(40, 90);
            (Rect { width: left, ..body }, Rect { x: body.x + left, width: body.width - left, ..body })
        } else if log.side == Side::Detail {
            (Rect::default(), body)
        } else {
            (body, Rect::default())
        };
        Some(edges)
    }

    /// Draws the view and says what it measured.
    pub(super) fn draw(&self, f: &mut Frame<'_>, state: &State, glyphs: &Glyphs, now: Timestamp) -> LogMeasured {
        let mut measured = LogMeasured::default();
        if !self.list.is_empty() {
            measured.list = Some(list::draw(self.list, f.buffer_mut(), state, glyphs, now));
        }
        if !self.detail.is_empty() {
            (measured.detail, measured.lines) = self.draw_detail(f, state, glyphs, now);
        }
        measured
    }

    fn draw_detail(&self, f: &mut Frame<'_>, state: &State, glyphs: &Glyphs, now: Timestamp) -> (usize, usize) {
        let (area, buf) = (self.detail, f.buffer_mut());
        let focused = state.log.side == Side::Detail && !state.window.is_asked();
        let style = if focused { theme::ACCENT.patch(theme::BOLD) } else { theme::BOLD };
        let inner = pane(area, buf, vec![paint::fixed(" Call ", style)], Vec::new(), focused, glyphs);
        let sheet = detail::describe(state, now);
        let lines = sheet.draw(inner, buf, state.log.scroll);
        let rows = usize::from(inner.height);
        if lines > state.log.scroll + rows {
            let more = lines - rows - state.log.scroll;
            let text = SafeText::one_line(&format!(" {more} more {} ", if more == 1 { "row" } else { "rows" }));
            border_note(area, buf, &text, theme::DIM);
        }
        (rows, lines)
    }

    /// The pane at a place on screen; in the list with its nth row.
    pub(super) fn pane_at(&self, column: u16, row: u16) -> Option<(Pane, Option<usize>)> {
        let at = Position { x: column, y: row };
        if self.list.contains(at) {
            // The border and the filter line above, the foot and the border below.
            let first = self.list.y + 2;
            let rows = first..self.list.bottom().saturating_sub(2);
            return Some((Pane::Calls, rows.contains(&row).then(|| usize::from(row - first))));
        }
        self.detail.contains(at).then_some((Pane::CallDetail, None))
    }
}
