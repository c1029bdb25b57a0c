//! Texts on their way to a clipboard. How one gets there, and whether it did, is told by the floor that does it.

/// A text on its way to the clipboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clip {
    /// What it is, as a sentence begins with it: `The message`.
    pub what: String,
    /// The text, safe to be pasted anywhere.
    pub text: String,
}

/// How a text went to a clipboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Copied {
    /// It is in the clipboard of the desktop, which said so.
    Desktop,
    /// It was sent to the terminal by OSC 52, which says nothing; why the desktop's has it not, where that was tried.
    Terminal {
        /// Which multiplexer it goes through: `tmux`, `screen`.
        through: Option<&'static str>,
        /// Why the desktop's clipboard did not take it, where that was tried.
        instead: Option<String>,
        /// Whether the multiplexer said that it passes nothing on.
        stopped: bool,
    },
    /// No terminal takes so much: nothing was sent. It has so many bytes, of so many at most.
    TooLong(usize, usize),
    /// It stands in that file.
    File(String),
    /// It could not be written there.
    Failed(crate::domain::Failure),
}
