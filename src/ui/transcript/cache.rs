//! The rows of the segments that were seen, the ones seen least recently dropped when there are too many.

use std::collections::HashMap;
use std::sync::Arc;

use crate::ui::markdown::Row;

/// The rows of one part of an item.
pub(super) type Rows = Arc<[Row]>;

/// The rows that are kept take about this much at most.
const MAX_BYTES: usize = 32 * 1024 * 1024;

/// What the rows were made of: they are made again when it changes.
#[expect(clippy::struct_excessive_bools, reason = "independent facts of one rendering, in any mixture")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) version: u64,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) width: u16,
    pub(super) cursor: bool,
    pub(super) raw: bool,
    pub(super) lines: bool,
    pub(super) ascii: bool,
}

#[derive(Debug)]
struct Cached {
    stamp: Stamp,
    rows: Rows,
    /// Colours of it weren't known yet: when that was, by their count.
    waits: Option<u64>,
    bytes: usize,
    used: u64,
}

/// Rows by item and segment.
#[derive(Debug, Default)]
pub(super) struct Cache {
    rows: HashMap<(u64, usize), Cached>,
    bytes: usize,
    clock: u64,
}

impl Cache {
    /// The rows of a segment, if they are there and made of that, with the colours that are known now.
    pub(super) fn get(&mut self, key: u64, segment: usize, stamp: Stamp, colours: u64) -> Option<Rows> {
        self.clock += 1;
        let same = |cached: &&mut Cached| cached.stamp == stamp && cached.waits.is_none_or(|then| then == colours);
        let cached = self.rows.get_mut(&(key, segment)).filter(same)?;
        cached.used = self.clock;
        Some(Arc::clone(&cached.rows))
    }

    /// The rows of a segment, whatever they were made of.
    pub(super) fn last(&self, key: u64, segment: usize) -> Option<Rows> {
        self.rows.get(&(key, segment)).map(|cached| Arc::clone(&cached.rows))
    }

    /// Keeps the rows of a segment.
    pub(super) fn insert(&mut self, key: u64, segment: usize, stamp: Stamp, rows: &Rows, waits: Option<u64>) {
        self.clock += 1;
        let bytes = bytes(rows);
        self.bytes += bytes;
        let cached = Cached { stamp, rows: Arc::clone(rows), waits, bytes, used: self.clock };
        if let Some(old) = self.rows.insert((key, segment), cached) {
            self.bytes -= old.bytes;
        }
        if self.bytes > MAX_BYTES {
            self.drop_oldest();
        }
    }

    /// Drops the rows of an item.
    pub(super) fn forget(&mut self, key: u64) {
        self.rows.retain(|(item, _), _| *item != key);
        self.bytes = self.rows.values().map(|cached| cached.bytes).sum();
    }

    /// Drops all rows.
    pub(super) fn clear(&mut self) {
        self.rows.clear();
        self.bytes = 0;
    }

    /// Drops the half that was used least recently, so that this is seldom.
    fn drop_oldest(&mut self) {
        let mut times: Vec<(u64, usize)> = self.rows.values().map(|cached| (cached.used, cached.bytes)).collect();
        times.sort_unstable();
        let mut left = self.bytes;
        let mut oldest = 0;
        for (used, bytes) in times {
            // What was made last stays, however large.
            if left <= MAX_BYTES / 2 || used == self.clock {
                break;
            }
            left -= bytes;
            oldest = used;
        }
        self.rows.retain(|_, cached| cached.used > oldest);
        self.bytes = left;
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}

/// What rows take, about.
fn bytes(rows: &Rows) -> usize {
    let of = |row: &Row| -> usize {
        let spans: usize = row.line.spans.iter().map(|span| size_of_val(span) + span.content.len()).sum();
        size_of_val(row) + spans + size_of_val(&*row.borders) + size_of_val(&*row.links)
    };
    rows.iter().map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::paint;
    use ratatui::style::Style;

    #[test]
    fn stays_within_its_size_and_keeps_the_newest() {
        let mut cache = Cache::default();
        let stamp =
            Stamp { version: 0, start: 0, end: 1, width: 80, cursor: false, raw: false, lines: false, ascii: false };
        let text = crate::domain::SafeText::new(&"x".repeat(1024 * 1024));
        let rows: Rows = Arc::from(vec![Row::from(paint::line(vec![paint::span(&text, Style::new())]))]);
        for segment in 0..100 {
            cache.insert(1, segment, stamp, &rows, None);
            assert!(cache.bytes() <= MAX_BYTES);
            assert!(cache.get(1, 0, stamp, 0).is_some(), "used again and again");
            assert!(cache.get(1, segment, stamp, 0).is_some());
        }
        assert!(cache.get(1, 1, stamp, 0).is_none());
        assert!(cache.get(1, 99, Stamp { width: 81, ..stamp }, 0).is_none());
        cache.forget(1);
        assert_eq!((cache.bytes(), cache.rows.len()), (0, 0));
    }
}
