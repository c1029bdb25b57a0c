//! The keys, while they are shown: how far they are scrolled, and their end.

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::overlay::{Layer, Overlay};
use crate::app::window::Window;

/// So many rows make a page.
const PAGE: i64 = 10;

/// Shows them from the first on.
pub(super) fn show(window: &mut Window) -> Vec<Effect> {
    window.open(Overlay::Help(0));
    Vec::new()
}

/// Does what an action means to them; none where it means what it means elsewhere.
pub(super) fn handle_action(window: &mut Window, action: Action) -> Option<Vec<Effect>> {
    match action {
        Action::Up => scroll(window, -1),
        Action::Down => scroll(window, 1),
        Action::PageUp => scroll(window, -PAGE),
        Action::PageDown => scroll(window, PAGE),
        Action::Back => {
            window.close(Layer::Help);
        }
        _ => return None,
    }
    Some(Vec::new())
}

/// So many rows further; the next drawing says where the end is.
pub(super) fn scroll(window: &mut Window, rows: i64) {
    if let Some(top) = window.help_mut() {
        *top = top.saturating_add_signed(i16::try_from(rows).unwrap_or(0));
    }
}

/// They were drawn; this row can stand first at the most.
pub(super) fn measured(window: &mut Window, last: u16) {
    if let Some(top) = window.help_mut() {
        *top = last.min(*top);
    }
}
