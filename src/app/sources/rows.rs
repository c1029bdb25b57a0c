//! The rows of a source as the list shows them: filtered live, marked, new ones that are staged first.

use std::collections::BTreeSet;

use super::Listing;
use crate::domain::{ChangeId, Row, RowId};

/// The rows of the selected source.
#[derive(Debug, Default)]
pub struct Rows {
    /// As far as they are loaded, in the platform's order.
    pub all: Vec<Row>,
    /// How far that is.
    pub listing: Listing,
    /// What is typed to narrow the list.
    pub filter: String,
    /// What the list shows, in its order.
    pub shown: Vec<Shown>,
    /// The selected one.
    pub selected: Option<Shown>,
    /// The first one on screen.
    pub top: usize,
    /// The marked ones.
    pub marked: BTreeSet<RowId>,
    /// Where a range that is being marked begins.
    pub range: Option<usize>,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// A new row that is staged.
    New(ChangeId),
    /// A row of the platform's.
    Row(RowId),
}
