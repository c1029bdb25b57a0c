//! The rows of a source as the list shows them: filtered live, marked, new ones that are staged first.

use crate::app::line_input::LineInput;
use crate::app::list_view::ListView;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::Listing;
use super::filter::Filter;
use super::staged::staged_name;
use crate::domain::{Change, ChangeId, Page, Row, RowId};

/// The rows of the selected source.
#[derive(Debug, Default)]
pub struct Rows {
    /// As far as they are loaded, in the platform's order.
    pub all: Vec<Row>,
    /// The rows of a list that is asked for anew, until it is whole.
    coming: Vec<Row>,
    /// Whether nothing was there when the listing was begun, so that each row is shown as it comes.
    first: bool,
    /// Where each of all stands.
    places: HashMap<RowId, usize>,
    /// How far that is.
    pub listing: Listing,
    /// What is typed to narrow the list.
    pub filter: LineInput,
    parts: Filter,
    /// Whether more of the filter was typed since what is shown was worked out: its first is selected then.
    narrowed: bool,
    /// What the list shows, in its order.
    pub shown: Vec<Shown>,
    /// The selected one.
    pub selected: Option<Shown>,
    /// A row that was made and is selected once it is listed.
    pub seek: Option<Sought>,
    /// The part of what is shown that is on screen.
    pub view: ListView,
    /// The marked ones.
    pub marked: BTreeSet<Shown>,
    /// Where a range that is being marked begins.
    pub range: Option<Shown>,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shown {
    /// A new row that is staged.
    New(ChangeId),
    /// A row of the platform's.
    Row(RowId),
}

impl Shown {
    /// The line on which a staged change is seen.
    pub fn for_change(change: &Change) -> Self {
        change.row.clone().map_or_else(|| Self::New(change.id.clone()), Self::Row)
    }
}

/// A row that was made and is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sought {
    /// Its id was told.
    Row(RowId),
    /// Only its name is known: the last one of that name.
    Named(String),
}

impl Rows {
    /// A row, if it is loaded.
    pub fn row(&self, id: &RowId) -> Option<&Row> {
        self.all.get(*self.places.get(id)?)
    }

    /// Where a line stands among the shown ones.
    pub fn position(&self, line: &Shown) -> Option<usize> {
        self.shown.iter().position(|other| other == line)
    }

    /// Where the selected line stands among the shown ones.
    pub fn selected_position(&self) -> Option<usize> {
        self.position(self.selected.as_ref()?)
    }

    /// The places of the range that is being marked, first and last.
    pub fn range_ends(&self) -> Option<(usize, usize)> {
        let (begin, end) = (self.position(self.range.as_ref()?)?, self.selected_position()?);
        Some((begin.min(end), begin.max(end)))
    }

    /// What an action is about: the marked ones, in the order of the list; the selected one where none is marked.
    pub fn targets(&self) -> Vec<Shown> {
        if self.marked.is_empty() {
            return self.selected.iter().cloned().collect();
        }
        let place = |line: &Shown| match line {
            Shown::New(_) => None,
            Shown::Row(id) => self.places.get(id).copied(),
        };
        let mut marked: Vec<Shown> = self.marked.iter().cloned().collect();
        marked.sort_by_key(place);
        marked
    }

    /// Begins a listing. What is there stays until the new list is whole.
    pub(in crate::app) fn begin(&mut self, ticket: u64) {
        self.coming.clear();
        self.first = self.all.is_empty();
        self.listing = Listing { ticket, loading: true, total: self.listing.total, failure: None };
    }

    /// Takes a page. At first each is shown as it comes; later the whole list takes the place of what is there.
    pub(in crate::app) fn page(&mut self, page: Page<Row>) {
        self.listing.total = page.total.or(self.listing.total);
        self.listing.failure = page.damage.failure().or(self.listing.failure.take());
        if self.first {
            for row in page.items {
                self.put(row);
            }
        } else {
            self.coming.extend(page.items);
        }
    }

    /// The list is whole, or as far as it came.
    pub(in crate::app) fn end(&mut self, whole: bool) {
        self.listing.loading = false;
        let coming = std::mem::take(&mut self.coming);
        if whole && !self.first {
            self.all.clear();
            self.places.clear();
            for row in coming {
                self.put(row);
            }
        }
    }

    /// A row that comes twice, since the pages moved under the reader, stands where it came first.
    fn put(&mut self, row: Row) {
        if let Some(known) = self.places.get(&row.id).and_then(|at| self.all.get_mut(*at)) {
            *known = row;
            return;
        }
        self.places.insert(row.id.clone(), self.all.len());
        self.all.push(row);
    }

    /// The row has another name now.
    pub(in crate::app) fn rename(&mut self, id: &RowId, name: &str) {
        if let Some(row) = self.places.get(id).and_then(|at| self.all.get_mut(*at)) {
            name.clone_into(&mut row.name);
        }
    }

    /// The row is gone.
    pub(in crate::app) fn take_out(&mut self, id: &RowId) {
        self.all.retain(|row| row.id != *id);
        self.places = self.all.iter().enumerate().map(|(at, row)| (row.id.clone(), at)).collect();
    }

    /// Takes another filter.
    pub(in crate::app) fn narrow(&mut self, filter: LineInput) {
        self.parts = Filter::read(&filter);
        self.narrowed = !filter.trim().is_empty() && filter.as_str() != self.filter.as_str();
        self.filter = filter;
        self.range = None;
    }

    /// Brings what is shown up to date. The selection stays where it can: on its line, or else at its place.
    pub(in crate::app) fn refilter(&mut self, staged: &[&Change]) {
        let place = self.selected_position();
        let by_row: HashMap<&RowId, &Change> = staged.iter().filter_map(|c| Some((c.row.as_ref()?, *c))).collect();
        let mut shown = Vec::with_capacity(self.all.len() + staged.len());
        let mut seen = HashSet::new();
        for change in staged {
            let line = match &change.row {
                None => Shown::New(change.id.clone()),
                // What is staged of a row that is gone must be seen all the same.
                Some(row) if !self.listing.loading && !self.places.contains_key(row) && seen.insert(row) => {
                    Shown::Row(row.clone())
                }
                Some(_) => continue,
            };
            shown.extend(self.parts.rank(staged_name(change), Some(change)).map(|rank| (rank, line)));
        }
        for row in &self.all {
            let change = by_row.get(&row.id).copied();
            let rank = self.parts.rank(change.map_or(&row.name, staged_name), change);
            shown.extend(rank.map(|rank| (rank, Shown::Row(row.id.clone()))));
        }
        shown.sort_by_key(|(rank, _)| *rank);
        self.shown = shown.into_iter().map(|(_, line)| line).collect();
        if !self.listing.loading {
            let known: HashSet<&Shown> = self.shown.iter().collect();
            let places = &self.places;
            let lives = |line: &Shown| match line {
                Shown::Row(id) => places.contains_key(id) || known.contains(line),
                Shown::New(id) => staged.iter().any(|c| c.id == *id),
            };
            self.marked.retain(lives);
        }
        if std::mem::take(&mut self.narrowed) {
            self.selected = self.shown.first().cloned();
        }
        self.settle(place);
    }

    fn settle(&mut self, place: Option<usize>) {
        let sought = match &self.seek {
            Some(Sought::Row(id)) => self.places.contains_key(id).then(|| id.clone()),
            Some(Sought::Named(name)) if !self.listing.loading => {
                self.all.iter().rev().find(|row| row.name == *name).map(|row| row.id.clone())
            }
            _ => None,
        };
        if let Some(id) = sought.map(Shown::Row).filter(|line| self.position(line).is_some()) {
            self.selected = Some(id);
            self.seek = None;
        }
        if self.selected_position().is_none() {
            let at = place.unwrap_or(0).min(self.shown.len().saturating_sub(1));
            self.selected = self.shown.get(at).cloned();
        }
        self.reveal();
    }

    /// Selects the shown line at that place, the nearest one if there is none, and brings it on screen.
    pub(in crate::app) fn select(&mut self, position: usize) {
        let position = position.min(self.shown.len().saturating_sub(1));
        self.selected = self.shown.get(position).cloned();
        self.seek = None;
        self.reveal();
    }

    /// Moves the selection.
    pub(in crate::app) fn step(&mut self, by: isize) {
        let at = self.selected_position().unwrap_or(0);
        self.select(at.saturating_add_signed(by));
    }

    /// Brings the selected line on screen.
    pub(in crate::app) fn reveal(&mut self) {
        self.view.reveal(self.selected_position(), self.shown.len());
    }

    /// Moves the view without the selection.
    pub(in crate::app) fn scroll(&mut self, by: isize) {
        self.view.scroll(by, self.shown.len());
    }
}
