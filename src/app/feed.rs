//! A list of what comes by itself (deliveries, calls): newest first, holding still while an older one is read, older ones
//! read on a page at a time, and a filter.

use std::collections::VecDeque;

use super::line_input::LineInput;
use super::list_view::ListView;
use crate::domain::Failure;

/// How many rows are read at a time.
pub(super) const PAGE: usize = 200;
/// More rows than these are not kept, while none of them is being looked at.
const KEPT: usize = 10_000;
/// A filter looks through so many by itself; beyond, the user asks by going to the end.
const SEARCHED: usize = 5_000;

/// One row of such a list.
pub trait FeedRow {
    /// What it is known by. A newer one has a greater one.
    type Id: Copy + Ord;
    /// What the list is narrowed by.
    type Filter: FeedFilter<Self>;

    /// What it is known by.
    fn id(&self) -> Self::Id;
}

/// What such a list is narrowed by, read from a line.
pub trait FeedFilter<R: ?Sized>: Default {
    /// Reads what was typed.
    fn read(text: &str) -> Self;
    /// Whether it leaves everything.
    fn is_empty(&self) -> bool;
    /// Whether it leaves this row.
    fn leaves(&self, row: &R) -> bool;
}

/// The rows that are loaded, and what a filter leaves of them.
#[derive(Debug)]
pub struct Feed<R: FeedRow> {
    /// All that are loaded, newest first.
    pub rows: VecDeque<R>,
    /// Those that the filter leaves, in the same order.
    pub shown: VecDeque<R::Id>,
    /// What the filter says.
    pub filter: LineInput,
    /// The selected one.
    pub selected: Option<R::Id>,
    /// The part of what is shown that is on screen.
    pub view: ListView,
    /// How many of the rows above the screen came since it was last at the top.
    pub new_above: usize,
    /// Whether the oldest is loaded.
    pub end: bool,
    /// The ticket of the page that is being read.
    pub fetching: Option<u64>,
    /// Why the last page could not be had.
    pub failure: Option<Failure>,
    parts: R::Filter,
}

impl<R: FeedRow> Default for Feed<R> {
    fn default() -> Self {
        Self {
            rows: VecDeque::new(),
            shown: VecDeque::new(),
            filter: LineInput::default(),
            selected: None,
            view: ListView::default(),
            new_above: 0,
            end: false,
            fetching: None,
            failure: None,
            parts: R::Filter::default(),
        }
    }
}

impl<R: FeedRow> Feed<R> {
    fn find(&self, id: R::Id) -> Result<usize, usize> {
        self.rows.binary_search_by(|row| id.cmp(&row.id()))
    }

    /// The row that is known by that, if it is loaded.
    pub fn row(&self, id: R::Id) -> Option<&R> {
        self.find(id).ok().and_then(|at| self.rows.get(at))
    }

    /// Where a row stands among the shown ones.
    pub fn position(&self, id: R::Id) -> Option<usize> {
        self.shown.binary_search_by(|other| id.cmp(other)).ok()
    }

    /// Where the selected row stands among the shown ones.
    pub fn selected_position(&self) -> Option<usize> {
        self.selected.and_then(|id| self.position(id))
    }

    /// Whether the newest is selected, or nothing that is shown.
    pub fn at_newest(&self) -> bool {
        self.selected_position().is_none_or(|at| at == 0)
    }

    /// The rows on screen, with whether each is selected.
    pub fn visible(&self, rows: usize) -> impl Iterator<Item = (&R, bool)> {
        self.shown
            .iter()
            .skip(self.view.top)
            .take(rows)
            .filter_map(|id| self.row(*id))
            .map(|row| (row, self.selected == Some(row.id())))
    }

    /// Puts a row in its place. Says where it stands among the shown ones, if it is new there.
    fn put(&mut self, row: R) -> Option<usize> {
        let id = row.id();
        let leaves = self.parts.leaves(&row);
        match self.find(id) {
            Ok(at) => {
                if let Some(known) = self.rows.get_mut(at) {
                    *known = row;
                }
                return None;
            }
            Err(at) => self.rows.insert(at, row),
        }
        if !leaves {
            return None;
        }
        let at = self.shown.binary_search_by(|other| id.cmp(other)).unwrap_or_else(|at| at);
        self.shown.insert(at, id);
        Some(at)
    }

    /// Takes rows that came. What is on screen stays where it is unless the newest is followed.
    pub fn came(&mut self, rows: Vec<R>, follow: bool) {
        for row in rows {
            if let Some(at) = self.put(row)
                && !follow
                && at <= self.view.top
                && self.shown.len() > 1
            {
                self.view.top += 1;
                self.new_above += 1;
            }
        }
        if follow {
            self.selected = self.shown.front().copied();
            self.view.top = 0;
        }
        self.forget_the_oldest();
        self.clamp();
    }

    /// Takes a page of older ones.
    pub fn page(&mut self, rows: Vec<R>, end: bool) {
        self.fetching = None;
        self.failure = None;
        self.end = end;
        for row in rows {
            self.put(row);
        }
        if self.selected.is_none() {
            self.selected = self.shown.front().copied();
        }
        self.clamp();
    }

    fn forget_the_oldest(&mut self) {
        let last_seen = self.shown.get(self.view.top + 2 * self.view.height.max(1)).copied();
        while self.rows.len() > KEPT
            && let Some(oldest) = self.rows.back().map(FeedRow::id)
            && last_seen.is_some_and(|seen| oldest < seen)
            && self.selected.is_none_or(|selected| oldest < selected)
        {
            self.rows.pop_back();
            if self.shown.back() == Some(&oldest) {
                self.shown.pop_back();
            }
            self.end = false;
        }
    }

    /// Takes another filter. The selection stays where it can.
    pub fn refilter(&mut self, filter: LineInput) {
        self.parts = R::Filter::read(&filter);
        self.filter = filter;
        self.shown = self.rows.iter().filter(|row| self.parts.leaves(row)).map(FeedRow::id).collect();
        self.new_above = 0;
        if self.selected_position().is_none() {
            self.selected = self.shown.front().copied();
            self.view.top = 0;
        }
        self.reveal();
    }

    /// Selects the shown row at that place, the nearest one if there is none, and brings it on screen.
    pub fn select(&mut self, position: usize) {
        let position = position.min(self.shown.len().saturating_sub(1));
        self.selected = self.shown.get(position).copied();
        self.reveal();
    }

    /// Moves the selection. Says whether it could not go so far up.
    pub fn step(&mut self, by: isize) -> bool {
        let Some(at) = self.selected_position() else {
            self.select(0);
            return false;
        };
        self.select(at.saturating_add_signed(by));
        by < 0 && at < by.unsigned_abs()
    }

    /// Brings the selected row on screen.
    pub fn reveal(&mut self) {
        let most = self.new_above + self.view.height.max(1);
        self.view.reveal(self.selected_position(), self.shown.len().max(most));
        self.clamp();
    }

    /// Moves the view without the selection.
    pub fn scroll(&mut self, by: isize) {
        self.view.top = self.view.top.saturating_add_signed(by);
        self.clamp();
    }

    fn clamp(&mut self) {
        // Also where all of them have room: those that came are above, until somebody goes there.
        let most = self.view.last_top(self.shown.len()).max(self.new_above);
        self.view.top = self.view.top.min(most).min(self.shown.len().saturating_sub(1));
        self.new_above = self.new_above.min(self.view.top);
    }

    /// Whether the view is so near to the end of what is loaded that the next page is due. `asked` says that the user
    /// went to the end, which looks further than a filter does by itself.
    pub fn wants_more(&self, asked: bool) -> bool {
        if self.end || self.fetching.is_some() || self.failure.is_some() && !asked {
            return false;
        }
        self.view.is_near_end(self.shown.len()) && (asked || self.parts.is_empty() || self.rows.len() < SEARCHED)
    }

    /// Whether a filter has given up looking further by itself.
    pub fn rests(&self) -> bool {
        !self.end && !self.parts.is_empty() && self.rows.len() >= SEARCHED
    }
}
