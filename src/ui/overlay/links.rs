//! The links of a message: what opening the selected one would open stands above them, whole.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::Listed;
use super::menu::{self, MenuSheet};
use crate::app::LinkMenu;
use crate::domain::SafeText;
use crate::ui::glyphs::Glyphs;

/// Draws them. Tells where they stand, and which of them is the first.
pub(super) fn draw(f: &mut Frame<'_>, room: Rect, links: &LinkMenu, glyphs: &Glyphs) -> Listed {
    let said = links.selected().map(|link| match &link.address {
        Some(address) => SafeText::one_line(&format!("Opens {address}")),
        None => SafeText::one_line(&format!("Is not opened: {}", link.target)),
    });
    let entries = links.entries.iter().map(|link| (&link.name, &link.target)).collect();
    let sheet = MenuSheet { title: " Links ", said: said.as_ref(), entries, selected: links.menu.selected };
    menu::draw(f, room, &sheet, glyphs)
}
