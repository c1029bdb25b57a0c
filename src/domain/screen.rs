//! What the user says of the screen itself: how it looks, what moves, what the mouse does.

use super::Theme;

/// What the program does with the mouse. What it doesn't take, the terminal has only while it takes nothing at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MouseUse {
    /// The wheel scrolls.
    pub wheel: bool,
    /// A click picks, opens and sets the cursor.
    pub click: bool,
    /// Dragging marks text of the transcript, to be copied.
    pub select: bool,
}

impl MouseUse {
    /// All of it.
    pub const ALL: Self = Self { wheel: true, click: true, select: true };
    /// Nothing.
    pub const NONE: Self = Self { wheel: false, click: false, select: false };
    /// The words of each in the config file.
    pub const WORDS: [&str; 3] = ["wheel", "click", "select"];
}

/// The `[screen]` table of the config file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScreenSettings {
    /// The theme's name; none where the file names none. `auto` asks the terminal.
    pub theme: Option<String>,
    /// The themes beside those that come with the program.
    pub themes: Vec<Theme>,
    /// Whether lines and marks are ASCII. What people wrote stays as it is.
    pub ascii: bool,
    /// Whether what streams is drawn as it comes.
    pub motion: bool,
    /// What the program does with the mouse.
    pub mouse: MouseUse,
    /// Whether a start comes back to where the user was.
    pub restore: bool,
}

impl Default for ScreenSettings {
    fn default() -> Self {
        Self { theme: None, themes: Vec::new(), ascii: false, motion: true, mouse: MouseUse::ALL, restore: true }
    }
}
