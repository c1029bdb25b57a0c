//! The keys, while they are shown: what narrows them, how far they are scrolled, and their end.

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::keymap::Context;
use crate::app::line_input::LineInput;
use crate::app::overlay::help::HelpSheet;
use crate::app::overlay::{Layer, Overlay};
use crate::app::text_buffer::TextInput;
use crate::app::window::Window;

/// So many rows make a page.
const PAGE: i64 = 10;

/// Shows them, those of who has the keys first.
pub(super) fn show(window: &mut Window, here: Vec<Context>) -> Vec<Effect> {
    window.open(Overlay::Help(HelpSheet { here, ..HelpSheet::default() }));
    Vec::new()
}

/// Does what an action means to them; none where it means what it means elsewhere.
pub(super) fn handle_action(window: &mut Window, action: Action) -> Option<Vec<Effect>> {
    match action {
        Action::Up => scroll(window, -1),
        Action::Down => scroll(window, 1),
        Action::PageUp => scroll(window, -PAGE),
        Action::PageDown => scroll(window, PAGE),
        Action::Back => back(window),
        _ => return None,
    }
    Some(Vec::new())
}

/// Something for the filter.
pub(super) fn write_filter(window: &mut Window, input: TextInput) {
    if let Some(sheet) = window.help_mut()
        && sheet.filter.take(input)
    {
        sheet.top = 0;
    }
}

/// So many rows further; the next drawing says where the end is.
pub(super) fn scroll(window: &mut Window, rows: i64) {
    if let Some(sheet) = window.help_mut() {
        sheet.top = sheet.top.saturating_add_signed(i16::try_from(rows).unwrap_or(0));
    }
}

/// They were drawn; this row can stand first at the most.
pub(super) fn measured(window: &mut Window, last: u16) {
    if let Some(sheet) = window.help_mut() {
        sheet.top = last.min(sheet.top);
    }
}

/// Takes the filter away; where there is none, the help.
fn back(window: &mut Window) {
    match window.help_mut().filter(|sheet| !sheet.filter.is_empty()) {
        Some(sheet) => (sheet.filter, sheet.top) = (LineInput::default(), 0),
        None => {
            window.close(Layer::Help);
        }
    }
}
