//! Where a transcript is looked at. Positions are anchored to an item, never to a row from the top, so that text
//! which arrives or loads elsewhere does not move what is being read.

/// The row at the top of the viewport: that many rows below (or, negative, above) the first row of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// The item's key.
    pub item: u64,
    /// Rows from the item's first row.
    pub row: i64,
}

/// A place in an item's text that is to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passage {
    /// The item's key.
    pub item: u64,
    /// The byte of its text at which the place begins; none stands for the item as a whole.
    pub byte: Option<usize>,
}

/// Where the transcript is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scroll {
    /// The end, whatever arrives.
    #[default]
    Follow,
    /// That row at the top.
    At(Anchor),
    /// From where it was no further than to the item with that key: all of it if it fits, else its beginning.
    Show(u64),
    /// Where that place is seen: as it is where it is on screen already, else with a third of the screen above it.
    /// The next drawing tells the row that this puts at the top.
    To(Passage),
}
