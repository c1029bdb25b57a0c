//! The overlay that lists the channels.

use crate::app::line_input::LineInput;

/// The overlay that lists the channels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Switcher {
    /// What was typed to narrow the list.
    pub filter: LineInput,
    /// Which of those that are left is selected.
    pub selected: usize,
}
