//! What is searched for in what is shown.

use std::ops::Range;

/// What is searched for in the texts of the items.
pub trait Sought {
    /// Where the source text of an item has it, in order. Nothing is marked in an item where it is nowhere.
    fn in_text(&self, key: u64) -> &[Range<usize>];
    /// Where a text that is shown has it, in order.
    fn on_screen(&self, shown: &str) -> Vec<Range<usize>>;
    /// The place that was gone to last: its item, and which of the item's places.
    fn current(&self) -> Option<(u64, usize)>;
}
