//! The rows of a segment as they are made: what stands left of each row, and the blank rows between blocks.

use ratatui::style::Style;

use super::flow::Flow;
use super::row::{Laid, Row};
use crate::domain::{SafeText, display_width};

/// Prose is set to at most this many columns, however wide the pane.
const PROSE_COLUMNS: usize = 100;
/// Quotes and lists deeper than this are drawn at this depth.
const MAX_DEPTH: usize = 16;

/// A block that others stand in: a quote, a list item, a code block.
#[derive(Debug)]
struct Container {
    /// What stands left of its first row, until that is drawn.
    first: Option<(SafeText, Style)>,
    /// What stands left of the others.
    rest: (SafeText, Style),
    width: usize,
    /// Nothing stands in it yet.
    empty: bool,
    /// Too deep or too narrow to be drawn: its content stands in what is around it.
    flat: bool,
}

/// The rows made so far, and the blocks that are open.
#[derive(Debug)]
pub(super) struct Sheet {
    width: usize,
    rows: Vec<Row>,
    containers: Vec<Container>,
    /// Containers beyond the ones that are kept.
    deeper: usize,
    /// Nothing stands in the innermost of them yet.
    deeper_empty: bool,
    indent: usize,
    empty: bool,
}

impl Sheet {
    pub(super) fn new(width: usize) -> Self {
        let (rows, containers) = (Vec::new(), Vec::new());
        Self { width: width.max(1), rows, containers, deeper: 0, deeper_empty: false, indent: 0, empty: true }
    }

    pub(super) fn into_rows(self) -> Vec<Row> {
        self.rows
    }

    /// The columns that a row has for code and tables.
    pub(super) fn room(&self) -> usize {
        self.width.saturating_sub(self.indent).max(1)
    }

    /// The columns that a row has for prose.
    pub(super) fn prose_room(&self) -> usize {
        self.width.min(PROSE_COLUMNS).saturating_sub(self.indent).max(1)
    }

    /// Opens a container. What can't be drawn left of it is given back, to be drawn in it.
    pub(super) fn enter(&mut self, first: (SafeText, Style), rest: (SafeText, Style)) -> Option<(SafeText, Style)> {
        if self.containers.len() >= MAX_DEPTH {
            self.deeper += 1;
            self.deeper_empty = true;
            return Some(first);
        }
        let width = display_width(first.0.as_str());
        let flat = self.indent + width > self.width / 2;
        let (width, given_back, kept) = if flat { (0, Some(first), None) } else { (width, None, Some(first)) };
        self.indent += width;
        self.containers.push(Container { first: kept, rest, width, empty: true, flat });
        given_back
    }

    /// Closes the innermost container. A marker without content gets a row of its own.
    pub(super) fn leave(&mut self) {
        if self.deeper > 0 {
            self.deeper -= 1;
            self.deeper_empty = false;
            return;
        }
        if self.containers.last().is_some_and(|container| container.first.is_some()) {
            self.put(Laid::default());
        }
        if let Some(container) = self.containers.pop() {
            self.indent -= container.width;
        }
    }

    /// Whether there is a row.
    pub(super) fn has_rows(&self) -> bool {
        !self.rows.is_empty()
    }

    /// Whether nothing stands in the innermost container yet.
    pub(super) fn is_empty(&self) -> bool {
        let kept = self.containers.last().map_or(self.empty, |container| container.empty);
        if self.deeper > 0 { self.deeper_empty } else { kept }
    }

    /// Begins a block, with a blank row before it if `apart` and if it isn't the first in its container.
    pub(super) fn begin(&mut self, apart: bool) {
        if apart && !self.is_empty() {
            self.blank();
        }
        self.deeper_empty = false;
        match self.containers.last_mut() {
            Some(container) => container.empty = false,
            None => self.empty = false,
        }
    }

    /// A blank row inside what is open, an item whose marker isn't drawn yet left out.
    pub(super) fn blank(&mut self) {
        let mut prefix: Vec<(SafeText, Style)> = self
            .drawn()
            .filter(|container| container.first.is_none())
            .map(|container| container.rest.clone())
            .collect();
        while prefix.last().is_some_and(|(text, _)| text.as_str().trim_end_matches(' ').is_empty()) {
            prefix.pop();
        }
        self.rows.push(Laid::default().into_row(prefix));
    }

    /// One row.
    pub(super) fn put(&mut self, row: Laid) {
        let margin = self.margin();
        self.rows.push(row.into_row(margin));
    }

    /// One row, with something else than usual left of it: in the place of what the innermost container has there.
    pub(super) fn put_marked(&mut self, row: Laid, mark: (SafeText, Style)) {
        let (mut margin, bare) = (self.margin(), self.is_bare());
        match margin.last_mut().filter(|_| !bare) {
            Some(last) => *last = mark,
            None => margin.push(mark),
        }
        self.rows.push(row.into_row(margin));
    }

    /// What stands left of the next row.
    fn margin(&mut self) -> Vec<(SafeText, Style)> {
        let drawn = self.containers.iter_mut().filter(|container| !container.flat);
        drawn.map(|container| container.first.take().unwrap_or_else(|| container.rest.clone())).collect()
    }

    /// Whether nothing is drawn left of a row in the innermost container.
    pub(super) fn is_bare(&self) -> bool {
        self.deeper > 0 || self.containers.last().is_none_or(|container| container.flat)
    }

    /// A paragraph.
    pub(super) fn put_flow(&mut self, flow: &Flow) {
        for row in flow.laid(self.prose_room()) {
            self.put(row);
        }
    }

    fn drawn(&self) -> impl Iterator<Item = &Container> {
        self.containers.iter().filter(|container| !container.flat)
    }
}
