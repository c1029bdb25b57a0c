//! Where the panes of the Webhooks view are, for every size.

use ratatui::layout::{Position, Rect};

use crate::app::Pane;
use crate::app::webhooks::{Side, Webhooks};
use crate::ui::layout::{Edges, TWO_PANES};

/// So many data requests are shown at the most; others are scrolled to.
const REQUESTS: usize = 6;

/// Where everything is. A pane that is not shown has no area.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::ui) struct Panes {
    /// The first line.
    pub(in crate::ui) header: Rect,
    /// The data requests, with their border.
    pub(super) requests: Rect,
    /// Which data request stands first.
    pub(super) first_request: usize,
    /// The deliveries, with their border.
    pub(super) list: Rect,
    /// What is selected, with its border.
    pub(super) detail: Rect,
    /// The answer that is being written, with its border.
    pub(super) answer: Rect,
    /// What just happened.
    pub(in crate::ui) notice: Rect,
    /// The keys.
    pub(in crate::ui) hints: Rect,
    /// Whether the screen is too small for anything.
    pub(in crate::ui) too_small: bool,
}

impl Panes {
    /// Places the panes. `notice` is how many lines the notice needs.
    pub(in crate::ui) fn new(screen: Rect, webhooks: &Webhooks, notice: u16) -> Self {
        let mut panes = Self::default();
        let Some(mut edges) = Edges::new(screen) else {
            panes.too_small = true;
            return panes;
        };
        panes.notice = edges.notice(notice);
        (panes.header, panes.hints) = (edges.header, edges.hints);
        let (width, body) = (screen.width, edges.body);
        let reads = webhooks.side == Side::Detail || webhooks.answer.is_some() || webhooks.compared.is_some();
        // Where nothing ever came, the hooks say what to do about it.
        let reads = reads || (webhooks.is_empty() && webhooks.list.end);
        let (lists, detail) = if width >= TWO_PANES {
            let left = (width * 9 / 20).clamp(36, 72);
            (Rect { width: left, ..body }, Rect { x: body.x + left, width: width - left, ..body })
        } else if reads {
            (Rect::default(), body)
        } else {
            (body, Rect::default())
        };
        panes.lists(lists, webhooks);
        panes.details(detail, webhooks);
        panes
    }

    fn lists(&mut self, area: Rect, webhooks: &Webhooks) {
        if area.is_empty() {
            return;
        }
        let wanted = u16::try_from(webhooks.requests.all.len().min(REQUESTS)).unwrap_or(0);
        let rows = if wanted == 0 { 0 } else { (wanted + 2).min((area.height / 3).max(3)) };
        self.requests = Rect { height: rows, ..area };
        self.list = Rect { y: area.y + rows, height: area.height - rows, ..area };
        let shown = usize::from(rows.saturating_sub(2)).max(1);
        self.first_request = webhooks.requests.position().map_or(0, |at| (at + 1).saturating_sub(shown));
    }

    fn details(&mut self, area: Rect, webhooks: &Webhooks) {
        self.detail = area;
        if webhooks.answer.is_some() {
            let rows = (area.height / 2).max(5).min(area.height);
            self.answer = Rect { y: area.bottom() - rows, height: rows, ..area };
            self.detail.height = area.height - rows;
        }
    }

    /// The pane at a place on screen; in a list with its nth row, of the data requests with its place among all.
    pub(in crate::ui) fn pane_at(&self, column: u16, row: u16) -> Option<(Pane, Option<usize>)> {
        let at = Position { x: column, y: row };
        let nth = |area: Rect, above: u16, below: u16| {
            let first = area.y + above;
            (first..area.bottom().saturating_sub(below)).contains(&row).then(|| usize::from(row - first))
        };
        if self.requests.contains(at) {
            return Some((Pane::Requests, nth(self.requests, 1, 1).map(|n| n + self.first_request)));
        }
        if self.list.contains(at) {
            // The border and the filter line above, the foot and the border below.
            return Some((Pane::Deliveries, nth(self.list, 2, 2)));
        }
        self.detail.contains(at).then_some((Pane::Detail, None))
    }
}
