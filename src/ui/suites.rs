//! The Tests view, drawn: suites with their cases on the left, the selected one whole on the right.

mod answers;
mod detail;
mod list;
mod marks;
mod question;
mod stack;
#[cfg(test)]
mod tests;
mod words;

use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use self::stack::Stack;
use super::frame::pane;
use super::glyphs::Glyphs;
use super::highlight::Colours;
use super::layout::Edges;
use super::popup::border_note;
use super::{paint, theme};
use crate::app::{Pane, Side, State, SuitesMeasured, SuitesView};
use crate::domain::{SafeText, Timestamp};

/// From this many columns on what is selected stands beside the list: below, neither would have room for an answer.
const WITH_DETAIL: u16 = 100;

/// Where everything is, and the answers that were rendered. A pane that is not shown has no area.
#[derive(Debug, Default)]
pub(super) struct Panes {
    list: Rect,
    detail: Rect,
    stack: Stack,
}

impl Panes {
    /// The same with code in colours.
    pub(super) fn coloured(colours: Colours) -> Self {
        Self { stack: Stack::coloured(colours), ..Self::default() }
    }

    /// Places the panes, with so many lines below them for what just happened. None where the screen is too small.
    pub(super) fn place(&mut self, screen: Rect, suites: &SuitesView, notice: u16) -> Option<Edges> {
        let mut edges = Edges::new(screen)?;
        edges.notice(notice);
        let body = edges.body;
        (self.list, self.detail) = if body.width >= WITH_DETAIL {
            let left = (body.width * 2 / 5).clamp(40, 72);
            (Rect { width: left, ..body }, Rect { x: body.x + left, width: body.width - left, ..body })
        } else if suites.side == Side::Detail {
            (Rect::default(), body)
        } else {
            (body, Rect::default())
        };
        Some(edges)
    }

    /// Draws the view and says what it measured.
    pub(super) fn draw(
        &mut self,
        f: &mut Frame<'_>,
        state: &State,
        glyphs: &Glyphs,
        now: Timestamp,
    ) -> SuitesMeasured {
        let mut measured = SuitesMeasured::default();
        if !self.list.is_empty() {
            measured.list = Some(list::draw(self.list, f.buffer_mut(), state, glyphs, now));
        }
        if !self.detail.is_empty() {
            (measured.detail, measured.lines) = self.draw_detail(f, state, glyphs, now);
        }
        measured
    }

    fn draw_detail(&mut self, f: &mut Frame<'_>, state: &State, glyphs: &Glyphs, now: Timestamp) -> (usize, usize) {
        let (area, buf) = (self.detail, f.buffer_mut());
        let focused = state.suites.side == Side::Detail && !state.window.is_asked();
        let style = if focused { theme::ACCENT.patch(theme::BOLD) } else { theme::BOLD };
        let case = state.suites.selected_case().is_some();
        let title = paint::fixed(if case { " Case " } else { " Suite " }, style);
        // Where the list is out of sight, how far a run is stands here.
        let right = if self.list.is_empty() { list::progress(state, area.width, glyphs) } else { Vec::new() };
        let inner = pane(area, buf, vec![title], right, focused, glyphs);
        detail::describe(&mut self.stack, state, glyphs, now);
        let lines = self.stack.draw(inner, buf, state.suites.scroll, glyphs.ascii);
        let rows = usize::from(inner.height);
        if lines > state.suites.scroll + rows {
            let more = lines - rows - state.suites.scroll;
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
            return Some((Pane::Suites, rows.contains(&row).then(|| usize::from(row - first))));
        }
        self.detail.contains(at).then_some((Pane::CaseDetail, None))
    }
}

/// Draws the question whether so much is to be asked, if it is asked.
pub(super) fn draw_question(f: &mut Frame<'_>, room: Rect, state: &State, glyphs: &Glyphs) {
    if let Some(question) = &state.suites.question {
        question::draw(f, room, state, question, glyphs);
    }
}
