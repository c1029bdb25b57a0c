//! The rows of a text at a width, by the bytes where they begin: laid out from the top as far as somebody looks, and
//! after a change only from the row before it on, until rows are met again that were there before.

use std::ops::Range;

use super::lines;
use crate::app::{Splice, TextBuffer};

/// After so many rows that meet none of those from before, one of them ends early where such a row begins: a key at one
/// end of a megabyte would else lay out all of it.
const APART: usize = 1_000;

/// So many runs of rows from before are kept.
const TAILS: usize = 32;

/// The rows of one text.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// The text and the width it is of.
    stamp: (u64, u64),
    width: u16,
    /// Where rows begin, in order; the first is 0.
    starts: Vec<usize>,
    /// Where rows behind those began before the last changes, as bytes of the text as it is now: runs of rows that follow
    /// each other, the nearest run and in it the nearest row last.
    tails: Vec<Vec<usize>>,
    /// Whether there is no row behind `starts`.
    whole: bool,
    /// How many rows were laid out since the last change without meeting those.
    apart: usize,
}

impl Layout {
    /// Takes over what changed.
    pub(super) fn follow(&mut self, text: &TextBuffer, width: u16) {
        if self.width == width && !self.starts.is_empty() {
            if self.stamp == text.stamp() {
                return;
            }
            if let Some(splices) = text.splices_since(self.stamp) {
                splices.for_each(|splice| self.splice(*splice));
                self.stamp = text.stamp();
                return;
            }
        }
        *self = Self { stamp: text.stamp(), width, starts: vec![0], ..Self::default() };
    }

    /// Forgets the rows that a change may have moved. Some before it too: where a row breaks at a space, the letter that was
    /// too much for it may stand two rows below, alone, and what is behind that may join it.
    fn splice(&mut self, Splice { at, removed, inserted }: Splice) {
        let row = self.starts.partition_point(|start| *start <= at).saturating_sub(4);
        let behind = self.starts.split_off(row + 1);
        // Rows that began in what was taken out, or right at it, are gone; those behind it have moved along. Runs of rows
        // can't be joined: nobody has laid out what is between.
        let moved = |start: usize| (start > at + removed).then(|| start - removed + inserted);
        self.tails.push(behind.into_iter().rev().collect());
        for tail in &mut self.tails {
            *tail = tail.drain(..).filter_map(moved).collect();
        }
        self.tails.retain(|tail| !tail.is_empty());
        if self.tails.len() > TAILS {
            // The farthest is the longest as a rule.
            self.tails.remove(1);
        }
        (self.whole, self.apart) = (false, 0);
    }

    /// The row with that number, by bytes, its line end not counted; none behind the last one.
    pub(super) fn row(&mut self, text: &TextBuffer, row: usize) -> Option<Range<usize>> {
        while self.starts.len() <= row + 1 && !self.whole {
            self.lay(text);
        }
        let start = *self.starts.get(row)?;
        let end = match self.starts.get(row + 1) {
            Some(next) => text.line_end_before(*next).max(start),
            None => text.len(),
        };
        Some(start..end)
    }

    /// The row in which a place stands.
    pub(super) fn row_of(&mut self, text: &TextBuffer, at: usize) -> usize {
        while !self.whole && self.starts.last().is_none_or(|last| *last <= at) {
            self.lay(text);
        }
        self.starts.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// Lays one more row out.
    fn lay(&mut self, text: &TextBuffer) {
        let from = self.starts.last().copied().unwrap_or(0);
        // The last column is the cursor's, behind a full row.
        match lines::next_row(text, from, usize::from(self.width.saturating_sub(1).max(1))) {
            None => self.whole = true,
            Some(next) => {
                let early = self.pass(from, next);
                self.apart += 1;
                let early = early.filter(|_| self.apart > APART);
                self.starts.push(early.unwrap_or(next));
                let met = self.tails.last().and_then(|tail| tail.last()) == Some(&next);
                if let Some(tail) = self.tails.pop_if(|_| met || early.is_some()) {
                    self.starts.extend(tail.into_iter().rev().skip(usize::from(met && early.is_none())));
                    self.apart = 0;
                }
            }
        }
    }

    /// Passes by the rows that began before a place. The last of them that began behind another place.
    fn pass(&mut self, from: usize, next: usize) -> Option<usize> {
        let mut last = None;
        while let Some(tail) = self.tails.last_mut() {
            while tail.last().is_some_and(|known| *known < next) {
                last = tail.pop();
            }
            if !tail.is_empty() {
                break;
            }
            // The rows of another run don't follow it.
            last = None;
            self.tails.pop();
        }
        last.filter(|known| *known > from)
    }
}
