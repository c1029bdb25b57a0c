//! The overlay that lists the channels.

/// The overlay that lists the channels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Switcher {
    /// What was typed to narrow the list.
    pub filter: String,
    /// Which of those that are left is selected.
    pub selected: usize,
}
