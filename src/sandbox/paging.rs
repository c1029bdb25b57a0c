//! Pages of a list, as the platforms' stores give them.

/// Which page is wanted.
pub(super) struct PageQuery {
    /// How many items it may have, at least one.
    pub(super) limit: usize,
    /// The id of the item before its first; none: from the beginning.
    pub(super) cursor: Option<String>,
}

/// A page: its items, and how many there are in all.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ListPage<T> {
    pub(super) items: Vec<T>,
    pub(super) total: usize,
}
