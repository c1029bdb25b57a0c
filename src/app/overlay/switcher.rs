//! The overlay that lists the channels.

use crate::app::line_input::LineInput;
use crate::app::list_view::Menu;

/// The overlay that lists the channels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Switcher {
    /// What was typed to narrow the list.
    pub filter: LineInput,
    /// Which of those that are left is selected.
    pub menu: Menu,
}
