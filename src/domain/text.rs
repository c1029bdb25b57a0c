//! Text that is safe to show: the one type that drawing takes, and the one table of widths.
//!
//! Owns [`SafeText`]. What is marked, and how, is `text/sanitise`; which character is what is `text/class`; how wide text
//! is, and where terminals disagree, is `text/width`. Knows no style and no screen.

mod class;
mod sanitise;
#[cfg(test)]
mod tests;
mod width;

use std::fmt;
use std::ops::Range;

pub use width::{cluster_bare, cluster_reach, cluster_width, cluster_within, clusters, display_width};

/// Text that cannot act on a terminal: no control, bidi or invisible character is left in it as it was.
///
/// The only way to make one is [`SafeText::new`], which marks what it takes out. Lines end with `\n` alone. Every
/// other cluster takes one to eight columns, and none has more than 16 code points.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct SafeText(String);

impl SafeText {
    /// Sanitises `raw`.
    pub fn new(raw: &str) -> Self {
        #[cfg(feature = "planted")]
        if super::PlantedFault::RawText.is_planted() {
            return Self(raw.to_owned());
        }
        Self(sanitise::sanitise(raw))
    }

    /// The same on one line: line ends become spaces.
    pub fn one_line(raw: &str) -> Self {
        let mut text = Self::new(raw).0;
        if text.contains('\n') {
            text = text.replace('\n', " ");
        }
        Self(text)
    }

    /// Our own words. They take the same way as anybody's.
    pub fn from_static(words: &'static str) -> Self {
        Self::new(words)
    }

    /// Whether `text` would pass unchanged: the question that the last line of defence asks of each cell.
    pub fn is_safe(text: &str) -> bool {
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (None, _) => true,
            (Some(only), None) => class::stands_alone(only),
            _ => sanitise::is_plain(text) || sanitise::sanitise(text) == text,
        }
    }

    /// The safe text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The safe text, owned.
    pub fn into_string(self) -> String {
        self.0
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The clusters with the byte each starts at, in order. `\n` is one of them.
    pub fn clusters(&self) -> impl Iterator<Item = (usize, &str)> {
        clusters(&self.0)
    }

    /// A part of the text, by bytes. A range that isn't one of [`clusters`](Self::clusters) is an empty part.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Self {
        Self(self.0.get(range).unwrap_or_default().to_owned())
    }

    /// Appends another safe text.
    pub fn push(&mut self, other: &Self) {
        self.0.push_str(&other.0);
    }

    /// Appends a part of another safe text, as [`part`](Self::part) gives it.
    pub fn push_part(&mut self, other: &Self, range: Range<usize>) {
        self.0.push_str(other.0.get(range).unwrap_or_default());
    }

    /// At most `columns` columns of it: what is cut off is told by an ellipsis. Meant for text of one line.
    #[must_use]
    pub fn truncate(&self, columns: usize) -> Self {
        if display_width(&self.0) <= columns {
            return self.clone();
        }
        if columns == 0 {
            return Self::default();
        }
        let mut used = 0;
        let mut end = 0;
        for (at, cluster) in self.clusters() {
            used += cluster_width(cluster);
            if used >= columns {
                break;
            }
            end = at + cluster.len();
        }
        let mut text = self.part(0..end);
        text.0.push('…');
        text
    }
}

impl fmt::Display for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
