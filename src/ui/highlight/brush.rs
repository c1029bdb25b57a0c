//! What a text's code is coloured with while it is laid out, and whether it is worth laying out again.

use std::ops::Range;

use super::{Block, Colours, Ink};
use crate::domain::SafeText;

/// Colours for one part of a text. The default one has none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Brush<'a> {
    colours: Option<&'a Colours>,
    above: &'a str,
    open: bool,
    silent: bool,
    waits: bool,
}

/// What stands above a piece of code in its block.
pub struct Above<'a> {
    /// What the block's fence says.
    pub label: &'a str,
    /// The block's source from its fence on: what the lines of the piece are known by. Empty where the piece is the block.
    pub source: &'a str,
    /// The code in it, wanted when the lines of the piece aren't known.
    pub code: &'a dyn Fn() -> String,
}

impl<'a> Above<'a> {
    /// Above the first line of a block.
    pub fn nothing(label: &'a str) -> Self {
        Self { label, source: "", code: &String::new }
    }
}

impl<'a> Brush<'a> {
    /// Colours for a part of a text.
    pub fn new(colours: &'a Colours) -> Self {
        Self { colours: Some(colours), ..Self::default() }
    }

    /// The part goes on with a block of code; this much of it stands above.
    #[must_use]
    pub fn below(self, above: &'a str) -> Self {
        Self { above, ..self }
    }

    /// More may be written at the part's end.
    #[must_use]
    pub fn open(self, open: bool) -> Self {
        Self { open, ..self }
    }

    /// Takes what is known, and asks for nothing: for what isn't seen yet.
    #[must_use]
    pub fn silent(self) -> Self {
        Self { silent: true, ..self }
    }

    /// The source of the block above the part.
    pub fn above(&self) -> &'a str {
        self.above
    }

    /// The runs of a piece of code, without a gap; no ink where no language is known. A line that is being written is
    /// coloured when it ends, so that it doesn't flicker.
    pub fn code(&mut self, code: &SafeText, above: &Above<'_>, ends: bool) -> Vec<(Range<usize>, Option<Ink>)> {
        let block = Block { code, above, open: self.open && !ends, silent: self.silent };
        let Some(inked) = self.colours.and_then(|colours| colours.inked(&block)) else {
            return vec![(0..code.as_str().len(), None)];
        };
        self.waits |= inked.waits;
        inked.runs.into_iter().map(|(range, ink)| (range, Some(ink))).collect()
    }

    /// Whether there was code whose colours aren't known yet.
    pub fn waits(&self) -> bool {
        self.waits
    }
}
