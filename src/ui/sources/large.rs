//! A box over nearly all of the view.

use crate::domain::SafeText;
use crate::ui::glyphs::Glyphs;
use crate::ui::popup::sized;
use ratatui::Frame;
use ratatui::layout::Rect;

/// A box over nearly all that it may cover.
pub(super) fn large(f: &mut Frame<'_>, room: Rect, title: &str, right: &str, glyphs: &Glyphs) -> Rect {
    let air = |n: u16, least: u16| if n > least { n - 4 } else { n };
    let size = (air(room.width, 60), if room.height > 16 { room.height - 2 } else { room.height });
    let right = if right.is_empty() { SafeText::default() } else { SafeText::one_line(&format!(" {right} ")) };
    sized(f, room, (&SafeText::one_line(title), &right), size, glyphs)
}
