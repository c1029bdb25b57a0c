//! Finds the row that stands at the top: step by step where it is near, by known and guessed heights where it is far.

use super::Last;
use super::layout::{Frame, Place};
use super::reading::Reading;
use crate::app::{Anchor, Passage, Scroll};

/// Up to this many rows are walked one part after the other, each of them laid out.
const NEAR: usize = 1024;

impl Frame<'_> {
    /// The place of an anchor, none if there is nothing to show. What was shown last is gone on from, so that rows are
    /// never skipped or shown twice because of a guess.
    pub(super) fn locate(
        &mut self,
        anchor: Anchor,
        last: Option<&Last>,
        resized: Option<&Reading>,
        height: usize,
    ) -> Option<Place> {
        if let Some(last) = last
            && let Some(index) = self.index_of(last.top.item)
        {
            let by = anchor.row.saturating_sub(last.top.row);
            let same = last.is_asked(Scroll::At(anchor));
            if same || (last.top.item == anchor.item && by.unsigned_abs() <= NEAR as u64) {
                let from = self.again(index, last, resized)?;
                return Some(self.walk(from, if same { 0 } else { by }));
            }
        }
        let Some(index) = self.index_of(anchor.item) else { return self.top_of_end(height) };
        if anchor.row.unsigned_abs() <= NEAR as u64 {
            let from = self.settle(Place { index, part: 0, row: 0 })?;
            return Some(self.walk(from, anchor.row));
        }
        self.jump(index, anchor.row)
    }

    /// The place that stands at the top where a passage is seen: what stood there last, if it is on screen with it.
    pub(super) fn bring(&mut self, passage: Passage, last: Option<&Last>, height: usize) -> Option<Place> {
        let Some(target) = self.passage(passage) else { return self.top_of_end(height) };
        let target = self.settle(target)?;
        if let Some(last) = last
            && let Some(index) = self.index_of(last.top.item)
            && let Some(top) = self.settle(Place { index, part: last.part, row: last.row })
            && self.places(top, height).contains(&target)
        {
            return Some(top);
        }
        Some(self.up(target, height / 3))
    }

    /// The place from which an item is seen with as little movement as can be: all of it if it fits, else its beginning.
    pub(super) fn reveal(&mut self, key: u64, last: Option<&Last>, height: usize) -> Option<Place> {
        let from = match last.and_then(|last| Some((self.index_of(last.top.item)?, last))) {
            Some((index, last)) => self.settle(Place { index, part: last.part, row: last.row })?,
            None => self.top_of_end(height)?,
        };
        let Some(index) = self.index_of(key) else { return Some(from) };
        let first = self.settle(Place { index, part: 0, row: 0 })?;
        if first <= from {
            return Some(first);
        }
        let gap = self.parts(index).saturating_sub(1);
        let end = self.places(first, height).into_iter().rev().find(|place| place.index == index && place.part < gap);
        let top = self.up(end.unwrap_or(first), height.saturating_sub(1));
        Some(from.max(top))
    }

    /// The place from which the last rows fill the height; the first one, if they don't.
    pub(super) fn top_of_end(&mut self, height: usize) -> Option<Place> {
        let index = self.count.checked_sub(1)?;
        let part = self.parts(index).checked_sub(1)?;
        let end = self.settle(Place { index, part, row: usize::MAX })?;
        Some(self.up(end, height.saturating_sub(1)))
    }

    /// The places of up to `height` rows from one on.
    pub(super) fn places(&mut self, top: Place, height: usize) -> Vec<Place> {
        let mut places = Vec::with_capacity(height);
        let mut part = Some(top);
        while let Some(place) = part.filter(|_| places.len() < height) {
            let rows = self.height(place.index, place.part);
            places.extend((place.row..rows).take(height - places.len()).map(|row| Place { row, ..place }));
            part = self.next(place);
        }
        places
    }

    /// The row above a place.
    pub(super) fn above(&mut self, place: Place) -> Option<Place> {
        if place.row > 0 {
            return Some(Place { row: place.row - 1, ..place });
        }
        let above = self.previous(place)?;
        let rows = self.height(above.index, above.part);
        Some(Place { row: rows.saturating_sub(1), ..above })
    }

    /// The row below a place.
    pub(super) fn below(&mut self, place: Place) -> Option<Place> {
        if place.row + 1 < self.height(place.index, place.part) {
            return Some(Place { row: place.row + 1, ..place });
        }
        self.next(place)
    }

    fn walk(&mut self, from: Place, by: i64) -> Place {
        let rows = usize::try_from(by.unsigned_abs()).unwrap_or(usize::MAX);
        if by < 0 { self.up(from, rows) } else { self.down(from, rows) }
    }

    /// Rows up, at most to the first.
    fn up(&mut self, mut place: Place, mut rows: usize) -> Place {
        while rows > place.row {
            let Some(previous) = self.previous(place) else { return Place { row: 0, ..place } };
            rows -= place.row + 1;
            let height = self.height(previous.index, previous.part);
            place = Place { row: height.saturating_sub(1), ..previous };
        }
        Place { row: place.row - rows, ..place }
    }

    /// Rows down, at most to the last.
    fn down(&mut self, mut place: Place, mut rows: usize) -> Place {
        loop {
            let left = self.height(place.index, place.part).saturating_sub(place.row + 1);
            if rows <= left {
                return Place { row: place.row + rows, ..place };
            }
            let Some(next) = self.next(place) else { return Place { row: place.row + left, ..place } };
            rows -= left + 1;
            place = next;
        }
    }

    /// The first row of the next part that has any.
    fn next(&mut self, mut place: Place) -> Option<Place> {
        loop {
            place = if place.part + 1 < self.parts(place.index) {
                Place { part: place.part + 1, row: 0, ..place }
            } else if place.index + 1 < self.count {
                Place { index: place.index + 1, part: 0, row: 0 }
            } else {
                return None;
            };
            if self.height(place.index, place.part) > 0 {
                return Some(place);
            }
        }
    }

    /// The first row of the part before that has any.
    fn previous(&mut self, mut place: Place) -> Option<Place> {
        loop {
            place = if place.part > 0 {
                Place { part: place.part - 1, row: 0, ..place }
            } else {
                let index = place.index.checked_sub(1)?;
                Place { index, part: self.parts(index).checked_sub(1)?, row: 0 }
            };
            if self.height(place.index, place.part) > 0 {
                return Some(place);
            }
        }
    }

    /// The nearest row that there is.
    pub(super) fn settle(&mut self, place: Place) -> Option<Place> {
        let part = place.part.min(self.parts(place.index).checked_sub(1)?);
        let place = Place { part, ..place };
        let height = self.height(place.index, place.part);
        if height > 0 {
            return Some(Place { row: place.row.min(height - 1), ..place });
        }
        self.next(place).or_else(|| {
            let last = self.previous(place)?;
            let height = self.height(last.index, last.part);
            Some(Place { row: height.saturating_sub(1), ..last })
        })
    }

    /// The place of a row that is far away, by what is known and guessed.
    fn jump(&mut self, mut index: usize, row: i64) -> Option<Place> {
        let mut rows = usize::try_from(row.unsigned_abs()).unwrap_or(usize::MAX);
        if row < 0 {
            loop {
                let Some(previous) = index.checked_sub(1) else {
                    return self.settle(Place { index: 0, part: 0, row: 0 });
                };
                index = previous;
                let about = self.rows_about(index);
                if rows <= about {
                    rows = about - rows;
                    break;
                }
                rows -= about;
            }
        } else {
            loop {
                let about = self.rows_about(index);
                if rows < about {
                    break;
                }
                if index + 1 >= self.count {
                    return self.settle(Place { index, part: usize::MAX, row: usize::MAX });
                }
                rows -= about;
                index += 1;
            }
        }
        let place = self.find(index, rows);
        self.settle(place)
    }
}
