//! How much of the layout on screen is out of date, and to which inputs that matters.

use super::input::Hangs;

/// What of a layout is out of date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stale {
    /// Nothing.
    Nothing,
    /// A text was written: it may take more rows, and no other columns.
    Rows,
    /// Anything may be elsewhere.
    All,
}

impl Stale {
    /// Whether an input means something else before the screen is laid out.
    pub(super) fn matters_to(self, hangs: Hangs) -> bool {
        match hangs {
            Hangs::Nowhere => false,
            Hangs::Columns => self == Self::All,
            Hangs::Layout => self != Self::Nothing,
        }
    }

    /// What it is after such an input.
    pub(super) fn after(self, hangs: Hangs) -> Self {
        if hangs == Hangs::Layout { Self::All } else { self.max(Self::Rows) }
    }
}
