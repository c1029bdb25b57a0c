//! The overlay that makes a case of what was said: its name, the suite that it goes into, and for a new suite its file.

use crate::app::keymap::Context;
use crate::app::line_input::LineInput;
use crate::app::list_view::Menu;
use crate::config::NewTurn;
use crate::domain::{ChannelName, SafeText};

/// A case that is being made.
#[derive(Debug, Clone)]
pub struct NewCaseSheet {
    /// What is said, and what was replied.
    pub turns: Vec<NewTurn>,
    /// The channel of the conversation.
    pub channel: ChannelName,
    /// What it is to be called.
    pub name: LineInput,
    /// Which of the suites that are known it goes into; the last one stands for a new file.
    pub menu: Menu,
    /// The file of a new suite, once that is asked for.
    pub file: Option<LineInput>,
    /// Why it can't be so, since it was written last.
    pub problem: Option<SafeText>,
    /// Whether it is being written.
    pub writing: bool,
}

impl NewCaseSheet {
    /// One of these turns, under a name that is proposed: the first letter that is typed takes its place.
    pub fn new(channel: ChannelName, turns: Vec<NewTurn>, name: &str) -> Self {
        let mut name = LineInput::from(name);
        name.refresh();
        Self { turns, channel, name, menu: Menu::default(), file: None, problem: None, writing: false }
    }

    /// Whose keys work.
    pub fn context(&self) -> Context {
        if self.file.is_some() { Context::NewSuite } else { Context::NewCase }
    }
}
