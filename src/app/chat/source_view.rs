//! Which messages are shown as they were written.

use std::collections::BTreeSet;

/// Messages shown as they were written, not rendered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceView {
    /// How all are shown but the others.
    all: bool,
    /// The keys of the ones that are shown the other way.
    others: BTreeSet<u64>,
}

impl SourceView {
    /// Whether the message with that key is shown as it was written.
    pub fn shows(&self, key: u64) -> bool {
        self.all != self.others.contains(&key)
    }

    /// Shows all messages the other way.
    pub fn turn_all(&mut self) {
        *self = Self { all: !self.all, others: BTreeSet::new() };
    }

    /// Shows these messages the way that the first of them isn't shown.
    pub fn turn(&mut self, keys: &[u64]) {
        let raw = keys.first().is_some_and(|first| !self.shows(*first));
        for key in keys {
            if raw == self.all {
                self.others.remove(key);
            } else {
                self.others.insert(*key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_turn_alone_and_together() {
        let mut raw = SourceView::default();
        raw.turn(&[1, 2]);
        assert_eq!([1, 2, 3].map(|key| raw.shows(key)), [true, true, false]);
        raw.turn(&[2, 3]);
        assert_eq!([1, 2, 3].map(|key| raw.shows(key)), [true, false, false]);
        raw.turn_all();
        assert_eq!([1, 2, 3].map(|key| raw.shows(key)), [true, true, true]);
        raw.turn(&[3]);
        assert_eq!([1, 2, 3].map(|key| raw.shows(key)), [true, true, false]);
        raw.turn_all();
        assert_eq!(raw, SourceView::default());
    }
}
