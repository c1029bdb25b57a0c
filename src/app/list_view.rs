//! Where a list that is longer than the screen is looked at. What is selected is the list's own business: by place, or by
//! what it is where rows come and go.

/// The part of a long list that is on screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ListView {
    /// The first row on screen.
    pub top: usize,
    /// How many rows the screen has room for, as last drawn.
    pub height: usize,
}

impl ListView {
    /// Brings a row of so many on screen; where there is none, only keeps within the list.
    pub fn reveal(&mut self, row: Option<usize>, len: usize) {
        if let Some(row) = row {
            self.top = self.top.clamp((row + 1).saturating_sub(self.rows()), row);
        }
        self.scroll(0, len);
    }

    /// So many rows further, as far as the list of that length goes.
    pub fn scroll(&mut self, by: isize, len: usize) {
        self.top = self.top.saturating_add_signed(by).min(self.last_top(len));
    }

    /// The first row at the most: the last ones then fill the screen.
    pub fn last_top(&self, len: usize) -> usize {
        len.saturating_sub(self.rows())
    }

    /// How far a page goes: one row of the last one stays in sight.
    pub fn page(&self) -> isize {
        isize::try_from(self.height.max(2) - 1).unwrap_or(1)
    }

    /// Whether less than another screen is left of a list of that length.
    pub fn is_near_end(&self, len: usize) -> bool {
        self.top + self.rows() * 2 >= len
    }

    fn rows(&self) -> usize {
        self.height.max(1)
    }
}

/// A short list that is looked at around what is selected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Menu {
    /// The place of what is selected.
    pub selected: usize,
}

impl Menu {
    /// Moves the selection within so many.
    pub fn step(&mut self, by: isize, len: usize) {
        self.select(self.selected.saturating_add_signed(by), len);
    }

    /// Selects that one of so many, or the last.
    pub fn select(&mut self, place: usize, len: usize) {
        self.selected = place.min(len.saturating_sub(1));
    }

    /// The first of them on a screen of so many rows.
    pub fn top(self, height: usize) -> usize {
        (self.selected + 1).saturating_sub(height)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_revealed_is_on_screen_and_no_row_is_wasted(
            top in 0..200_usize, height in 0..30_usize, len in 1..120_usize, row in 0..120_usize, by in -150..150_isize,
        ) {
            let row = row.min(len - 1);
            let mut view = ListView { top, height };
            view.reveal(Some(row), len);
            prop_assert!(view.top <= row && row < view.top + height.max(1));
            prop_assert!(view.top <= view.last_top(len));
            let before = view.top;
            view.reveal(Some(row), len);
            prop_assert_eq!(view.top, before, "it does not move again");
            view.scroll(by, len);
            prop_assert!(view.top <= view.last_top(len));
            prop_assert_eq!(view.is_near_end(len), len <= view.top + 2 * height.max(1));
        }
    }

    #[test]
    fn a_menu_stays_within_its_entries() {
        let mut menu = Menu::default();
        for (by, selected) in [(1, 1), (9, 2), (isize::MAX, 2), (-1, 1), (isize::MIN, 0)] {
            menu.step(by, 3);
            assert_eq!(menu.selected, selected);
        }
        menu.step(1, 0);
        assert_eq!((menu.selected, Menu { selected: 7 }.top(4)), (0, 4));
    }
}
