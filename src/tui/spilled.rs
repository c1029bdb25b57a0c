//! What stands right of a letter that some terminals make wider than it is: an emoji of several, whose parts they set
//! side by side.
//!
//! Owns which cells these are. A frame that draws such a letter draws them after it, whether they changed or not, so
//! that nothing of it is left over there.

use std::cell::RefCell;
use std::rc::Rc;

use ratatui::buffer::{Buffer, Cell};

use crate::domain::display_width;

/// The cells of a frame that are right of such letters, with where the letter is.
pub(super) type Spilled = Rc<RefCell<Vec<Spill>>>;

/// One such letter.
pub(super) struct Spill {
    /// Its column and row.
    pub(super) letter: (u16, u16),
    /// What stands where its parts may have been set.
    pub(super) cells: Vec<(u16, u16, Cell)>,
}

/// Those of a frame.
pub(super) fn of(buf: &Buffer) -> Vec<Spill> {
    let at = |index: usize| buf.pos_of(index);
    let letters = buf.content.iter().enumerate().filter_map(|(index, cell)| {
        let (own, parts) = columns(cell.symbol())?;
        Some((at(index), own, parts))
    });
    letters
        .map(|((x, y), own, parts)| {
            let right = buf.area.right();
            let cells = (x.saturating_add(own).min(right)..x.saturating_add(parts).min(right))
                .filter_map(|x| buf.cell((x, y)).map(|cell| (x, y, cell.clone())));
            Spill { letter: (x, y), cells: cells.collect() }
        })
        .collect()
}

/// The columns of a letter and those of its parts, where these are more.
fn columns(letter: &str) -> Option<(u16, u16)> {
    // Nearly all are one character.
    if letter.len() < 5 {
        return None;
    }
    let mut one = [0; 4];
    let parts: usize = letter.chars().map(|c| display_width(c.encode_utf8(&mut one))).sum();
    let own = display_width(letter);
    if parts > own { Some((u16::try_from(own).ok()?, u16::try_from(parts).ok()?)) } else { None }
}
