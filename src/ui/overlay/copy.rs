//! The menu of what can be copied, drawn over the view.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::Listed;
use super::menu::{self, MenuSheet};
use crate::app::CopyMenu;
use crate::ui::glyphs::Glyphs;

/// Draws the menu. Tells where its entries stand, and which of them is the first.
pub(super) fn draw(f: &mut Frame<'_>, room: Rect, menu: &CopyMenu, glyphs: &Glyphs) -> Listed {
    let entries = menu.entries.iter().map(|entry| (&entry.name, &entry.detail)).collect();
    let sheet = MenuSheet { title: " Copy ", said: menu.why.as_ref(), entries, selected: menu.menu.selected };
    menu::draw(f, room, &sheet, glyphs)
}
