//! The Search view: what was said anywhere, found by words and attributes.

use super::keymap::Context;

/// The Search view.
#[derive(Debug, Default)]
pub struct SearchView {
    /// Whether the list has the keys; otherwise the line.
    pub listing: bool,
}

impl SearchView {
    /// Who has the keys, the innermost first.
    pub fn contexts(&self) -> Vec<Context> {
        vec![if self.listing { Context::Found } else { Context::SearchLine }]
    }
}

/// The list of searches that are kept.
#[derive(Debug, Default)]
pub struct Kept {}

/// The name under which a search is to be kept.
#[derive(Debug, Default)]
pub struct Naming {}

/// Something to do for searches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchEffect {}

/// Something that happened to searches.
#[derive(Debug, Clone)]
pub enum SearchEvent {}
