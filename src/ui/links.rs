//! Links on the screen: the number that each has in the cells. Which may be handed to the terminal, `domain` says.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use ratatui::buffer::Buffer;

use super::paint;
use crate::domain::web_address;

/// So many targets keep their numbers; then the rest get new ones.
const KEPT: usize = 4 * 1024;

/// A link where it was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    /// Its first cell.
    pub(super) at: (u16, u16),
    /// How many cells it takes.
    pub(super) columns: u16,
    /// Where it leads, as it came.
    pub(super) target: Arc<str>,
}

impl Shown {
    /// A link on a row that was drawn from `x` on, as far as the row has room.
    pub(super) fn new((x, y): (u16, u16), room: u16, columns: &Range<u16>, target: &Arc<str>) -> Option<Self> {
        let (start, end) = (columns.start.min(room), columns.end.min(room));
        (start < end).then(|| Self { at: (x + start, y), columns: end - start, target: Arc::clone(target) })
    }
}

/// The numbers of targets, and the addresses of the ones on screen.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// A number stands for one target for ever, so that a cell changes when its target does.
    numbers: HashMap<Arc<str>, Option<(u32, Arc<str>)>>,
    last: u32,
    shown: Vec<(u32, Arc<str>)>,
}

impl Links {
    /// Nothing is on screen yet.
    pub(super) fn begin(&mut self) {
        self.shown.clear();
        if self.numbers.len() > KEPT {
            self.numbers.clear();
        }
    }

    /// Marks the cells of links.
    pub(super) fn mark(&mut self, buf: &mut Buffer, seen: &[Shown]) {
        for link in seen {
            let last = &mut self.last;
            let number = self.numbers.entry(Arc::clone(&link.target)).or_insert_with_key(|target| {
                let address = web_address(target)?;
                *last = paint::next_link(*last);
                Some((*last, address.into()))
            });
            if let Some((number, address)) = number {
                paint::link(buf, link.at, link.columns, *number);
                self.shown.push((*number, Arc::clone(address)));
            }
        }
    }

    /// The numbers that cells on the screen have, with the addresses.
    pub(super) fn shown(&self) -> &[(u32, Arc<str>)] {
        &self.shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;

    #[test]
    fn a_target_keeps_its_number_and_another_gets_another() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 10, 2));
        let mut links = Links::default();
        let seen = |at, columns, target: &str| Shown { at, columns, target: target.into() };
        let (a, b) = ("https://a.example", "https://b.example");
        links.begin();
        links.mark(&mut buf, &[seen((0, 0), 3, a), seen((5, 0), 9, b), seen((0, 1), 2, a), seen((4, 1), 2, "x:y")]);
        let number = |buf: &Buffer, x, y| paint::linked(&buf[(x, y)]);
        let (first, second) = (number(&buf, 0, 0), number(&buf, 5, 0));
        assert!(first.is_some() && second.is_some() && first != second);
        assert_eq!([number(&buf, 2, 0), number(&buf, 3, 0), number(&buf, 9, 0)], [first, None, second]);
        assert_eq!([number(&buf, 1, 1), number(&buf, 4, 1)], [first, None]);
        links.begin();
        links.mark(&mut buf, &[seen((7, 1), 1, b)]);
        assert_eq!(number(&buf, 7, 1), second);
        assert_eq!(links.shown(), [(second.unwrap(), Arc::from(b))]);
    }
}
