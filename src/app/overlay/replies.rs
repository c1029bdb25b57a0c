//! The overlay that lists the saved replies, and the line on which a place of one is filled.

use crate::app::keymap::Context;
use crate::app::line_input::LineInput;
use crate::app::list_view::Menu;
use crate::domain::SavedReply;

/// The saved replies, while they are listed.
#[derive(Debug, Clone, Default)]
pub struct ReplyMenu {
    /// What was typed to narrow the list.
    pub filter: LineInput,
    /// Which of those that are left is selected.
    pub menu: Menu,
    /// The place that is being filled, once one was chosen.
    pub asking: Option<ReplyPlace>,
}

/// A place of a saved reply that nobody but the user can fill.
#[derive(Debug, Clone)]
pub struct ReplyPlace {
    /// The saved reply; the list may be another before the place is filled.
    pub reply: SavedReply,
    /// The place's name.
    pub name: String,
    /// What it is filled with, as it is written.
    pub line: LineInput,
    /// What was filled before, by name.
    pub filled: Vec<(String, String)>,
}

impl ReplyMenu {
    /// Whose keys work.
    pub fn context(&self) -> Context {
        if self.asking.is_some() { Context::ReplyPlace } else { Context::Replies }
    }
}
