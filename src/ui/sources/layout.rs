//! Where the panes of the Sources view are, for every size.

use ratatui::layout::{Position, Rect};

use crate::app::Pane;
use crate::app::sources::{Sources, SourcesPane};
use crate::ui::layout::{Edges, TWO_PANES};

/// So many sources are shown at the most where their rows are shown too; others are scrolled to.
const SOURCES: usize = 6;
/// From this many columns on the preview stands beside the text; below it under it, where there are rows enough.
const BESIDE: u16 = 84;
/// From this many rows on the preview stands under the text; else in its place.
const UNDER: u16 = 18;

/// Where everything is. A pane that is not shown has no area.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::ui) struct Panes {
    /// The first line.
    pub(in crate::ui) header: Rect,
    /// The sources, with their border.
    pub(super) sources: Rect,
    /// The rows, with their border.
    pub(super) rows: Rect,
    /// What is selected, with its border.
    pub(super) detail: Rect,
    /// The text that is being written, with its border.
    pub(super) editor: Rect,
    /// Its preview, with its border.
    pub(super) preview: Rect,
    /// What just happened.
    pub(in crate::ui) notice: Rect,
    /// The keys.
    pub(in crate::ui) hints: Rect,
    /// Whether the screen is too small for anything.
    pub(in crate::ui) too_small: bool,
}

impl Panes {
    /// Places the panes. `notice` is how many lines the notice needs.
    pub(in crate::ui) fn new(screen: Rect, sources: &Sources, notice: u16) -> Self {
        let mut panes = Self::default();
        let Some(mut edges) = Edges::new(screen) else {
            panes.too_small = true;
            return panes;
        };
        panes.notice = edges.notice(notice);
        (panes.header, panes.hints) = (edges.header, edges.hints);
        let (width, body) = (screen.width, edges.body);
        if width >= TWO_PANES {
            let left = (width * 27 / 100).clamp(28, 46);
            panes.lists(Rect { width: left, ..body }, sources);
            panes.right(Rect { x: body.x + left, width: width - left, ..body }, sources);
        } else if sources.editor.is_some() || sources.pane == SourcesPane::Detail {
            panes.right(body, sources);
        } else if sources.pane == SourcesPane::Sources {
            panes.sources = body;
        } else {
            panes.rows = body;
        }
        panes
    }

    fn lists(&mut self, area: Rect, sources: &Sources) {
        let wanted = u16::try_from(sources.list.len().clamp(1, SOURCES)).unwrap_or(1);
        let height = (wanted + 2).min((area.height / 3).max(3));
        self.sources = Rect { height, ..area };
        self.rows = Rect { y: area.y + height, height: area.height - height, ..area };
    }

    fn right(&mut self, area: Rect, sources: &Sources) {
        let Some(editor) = &sources.editor else {
            self.detail = area;
            return;
        };
        self.editor = area;
        if !editor.preview {
            return;
        }
        if area.width >= BESIDE {
            self.editor.width = area.width.div_ceil(2);
            self.preview = Rect { x: self.editor.right(), width: area.width - self.editor.width, ..area };
        } else if area.height >= UNDER {
            self.editor.height = area.height.div_ceil(2);
            self.preview = Rect { y: self.editor.bottom(), height: area.height - self.editor.height, ..area };
        } else {
            (self.editor, self.preview) = (Rect::default(), area);
        }
    }

    /// The pane on whose lower border it is told what is under way: the one furthest to the right.
    pub(super) fn last(&self) -> Rect {
        [self.editor, self.preview, self.detail, self.rows, self.sources]
            .into_iter()
            .find(|area| !area.is_empty())
            .unwrap_or_default()
    }

    /// The pane at a place on screen; in a list with its nth row.
    pub(in crate::ui) fn pane_at(&self, column: u16, row: u16) -> Option<(Pane, Option<usize>)> {
        let at = Position { x: column, y: row };
        let nth = |area: Rect, above: u16| {
            let first = area.y + above;
            (first..area.bottom().saturating_sub(1)).contains(&row).then(|| usize::from(row - first))
        };
        if self.sources.contains(at) {
            return Some((Pane::Sources, nth(self.sources, 1)));
        }
        if self.rows.contains(at) {
            // The border and the filter line stand above the first.
            return Some((Pane::Rows, nth(self.rows, 2)));
        }
        let right = [self.detail, self.editor, self.preview];
        right.iter().any(|area| area.contains(at)).then_some((Pane::Row, None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::TextBuffer;
    use crate::app::sources::RowEditor;
    use crate::domain::ChangeId;

    #[test]
    fn panes_fill_every_size_and_never_overlap() {
        let editor = |preview| RowEditor {
            change: ChangeId::new("c"),
            row: None,
            base: None,
            name: String::new(),
            text: TextBuffer::default(),
            preview,
            search: None,
            outside: false,
        };
        for pane in [SourcesPane::Sources, SourcesPane::Rows, SourcesPane::Detail] {
            for editor in [None, Some(editor(false)), Some(editor(true))] {
                let mut sources = Sources::default();
                (sources.pane, sources.editor) = (pane, editor);
                for (width, height) in (1..200).flat_map(|width| (1..60).map(move |height| (width, height))) {
                    let screen = Rect::new(0, 0, width, height);
                    let p = Panes::new(screen, &sources, 2);
                    let panes = [p.header, p.sources, p.rows, p.detail, p.editor, p.preview, p.notice, p.hints];
                    let area: u32 = panes.iter().map(|p| p.area()).sum();
                    assert_eq!(area, if p.too_small { 0 } else { screen.area() }, "{width}x{height} {p:?}");
                    for (i, a) in panes.iter().enumerate() {
                        assert_eq!(a.intersection(screen), *a);
                        for b in panes.iter().skip(i + 1) {
                            assert_eq!(a.intersection(*b).area(), 0, "{width}x{height} {p:?}");
                        }
                    }
                }
            }
        }
    }
}
