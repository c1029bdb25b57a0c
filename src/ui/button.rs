//! The mouse's button over the transcript.

use std::time::Instant;

use super::transcript::Spot;

/// What the button did last.
#[derive(Debug, Default)]
pub(super) struct Button {
    /// Where it is held down, and whether it has moved since.
    pub(super) held: Option<(Spot, bool)>,
    /// When and where it was pressed, and how often in a row.
    pub(super) last: Option<(Instant, (u16, u16), u8)>,
}
