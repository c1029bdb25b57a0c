//! A line of words some of which can be clicked: what each one does is kept with where it stands.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::paint;
use crate::app::Action;
use crate::domain::display_width;
use crate::ui::paint::Painted as _;

/// Where something stands that can be clicked, and what that does.
pub(super) type Spot = (Rect, Action);

/// The line, from its left end on.
#[derive(Debug, Default)]
pub(super) struct Clickable {
    spans: Vec<Span<'static>>,
    /// From which column to which, and what a click there does.
    spots: Vec<(usize, usize, Action)>,
    columns: usize,
}

impl Clickable {
    /// Puts words behind what stands there; a click on them does that.
    pub(super) fn put(&mut self, span: Span<'static>, action: Option<Action>) {
        let from = self.columns;
        self.columns += display_width(&span.content);
        if let Some(action) = action {
            self.spots.push((from, self.columns, action));
        }
        self.spans.push(span);
    }

    /// How many columns it has.
    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// Draws it, and says where it can be clicked.
    pub(super) fn paint(self, area: Rect, buf: &mut Buffer) -> Vec<Spot> {
        let end = usize::from(area.width);
        let column = |at: usize| u16::try_from(at.min(end)).unwrap_or(area.width);
        let spots = self.spots.iter().map(|(from, to, action)| {
            let (from, to) = (column(*from), column(*to));
            (Rect { x: area.x + from, width: to - from, ..area }, *action)
        });
        let spots = spots.filter(|(area, _)| !area.is_empty()).collect();
        paint::line(self.spans).paint(area, buf);
        spots
    }
}
