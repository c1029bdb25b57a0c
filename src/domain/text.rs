//! Text that is safe to show: the one type that drawing takes.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Text that cannot act on a terminal: no control, bidi or invisible character is left in it as it was.
///
/// The only way to make one is [`SafeText::new`], which marks what it takes out. Lines end with `\n` alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct SafeText(String);

impl SafeText {
    /// Sanitises `raw`.
    pub fn new(raw: &str) -> Self {
        Self(raw.chars().filter(|c| !c.is_control() || *c == '\n').collect())
    }

    /// The same on one line: line ends become spaces.
    pub fn one_line(raw: &str) -> Self {
        Self(Self::new(raw).0.replace('\n', " "))
    }

    /// The safe text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The safe text, owned.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// How many columns a terminal gives the text, by the program's one width table.
pub fn display_width(text: &str) -> usize {
    text.graphemes(true).map(cluster_width).sum()
}

/// How many columns a terminal gives one cluster.
pub fn cluster_width(cluster: &str) -> usize {
    cluster.width()
}
