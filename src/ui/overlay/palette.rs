//! The palette: a line to find by, what it leaves, and below it the command that does the same.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Listed;
use crate::app::{Action, Palette, PaletteEntry, State};
use crate::domain::{SafeText, display_width};
use crate::ui::frame::pane;
use crate::ui::glyphs::Glyphs;
use crate::ui::line_input::in_sight;
use crate::ui::paint::Painted as _;
use crate::ui::popup::{cover, keyed, keyed_title};
use crate::ui::{paint, theme};

/// The most columns of the box.
const WIDEST: u16 = 100;
/// The most rows of what is left.
const ROWS: u16 = 18;
/// From this many columns on an entry says what kind of thing it is.
const WITH_KIND: usize = 44;
/// The columns of that.
const KIND: usize = 13;
/// The most columns of keys.
const KEYS: usize = 20;

/// Draws it over the screen.
pub(super) fn draw(f: &mut Frame<'_>, room: Rect, state: &State, palette: &Palette, glyphs: &Glyphs) -> Listed {
    let buf = f.buffer_mut();
    let width = room.width.saturating_sub(4).min(WIDEST);
    // The box keeps its place while what is left grows less: as high as all of it would be.
    let rows = u16::try_from(palette.entries.len()).unwrap_or(ROWS).clamp(1, ROWS);
    let height = (rows + 4).min(room.height.saturating_sub(1));
    let area = Rect { x: room.x + (room.width - width) / 2, y: room.y + (room.height - height) / 4, width, height };
    cover(area, buf);
    let asks = if palette.beside { " Which one beside? " } else { " Find an action or a place " };
    let title = vec![paint::fixed(asks, theme::ACCENT.patch(theme::BOLD))];
    let close = SafeText::one_line(&keyed_title(state, Action::Back, "closes"));
    let right = if width >= 48 { vec![paint::owned(close, theme::DIM)] } else { Vec::new() };
    let inner = pane(area, buf, title, right, true, glyphs);
    let mut line = vec![paint::fixed("> ", theme::ACCENT)];
    line.extend(in_sight(&palette.filter, usize::from(inner.width).saturating_sub(3)).spans(theme::ACCENT, glyphs));
    paint::line(line).paint(Rect { height: 1.min(inner.height), ..inner }, buf);
    let foot = Rect { y: inner.bottom().saturating_sub(1), height: 1.min(inner.height), ..inner };
    let rows = Rect { y: inner.y + 1, height: inner.height.saturating_sub(2), ..inner };
    if palette.shown.is_empty() {
        paint::line(vec![paint::fixed("nothing matches", theme::DIM)]).paint(Rect { height: 1, ..rows }, buf);
    }
    let top = palette.menu.top(usize::from(rows.height));
    for (y, (place, at)) in (0..rows.height).zip(palette.shown.iter().enumerate().skip(top)) {
        let Some(entry) = palette.entries.get(*at) else { continue };
        let row = Rect { y: rows.y + y, height: 1, ..rows };
        draw_entry(row, buf, entry);
        if place == palette.menu.selected {
            buf.set_style(row, theme::SELECTED);
        }
    }
    command(foot, buf, state, palette.selected());
    (rows, top)
}

/// One of them: its kind, its name, what else is said of it, and its keys on the right.
fn draw_entry(row: Rect, buf: &mut Buffer, entry: &PaletteEntry) {
    let mut left = usize::from(row.width);
    let mut spans = Vec::new();
    if left >= WITH_KIND {
        let kind = SafeText::one_line(&format!("{:KIND$}", entry.item.kind()));
        left -= KIND;
        spans.push(paint::owned(kind, theme::DIM));
    }
    let keys = entry.keys.truncate(KEYS.min(left / 3));
    left = left.saturating_sub(display_width(keys.as_str()) + 1);
    let label = entry.label.truncate(left);
    left -= display_width(label.as_str());
    spans.push(paint::owned(label, theme::PLAIN));
    if left > 4 && !entry.aside.as_str().is_empty() {
        let aside = SafeText::one_line(&format!("  {}", entry.aside.as_str())).truncate(left);
        left -= display_width(aside.as_str());
        spans.push(paint::owned(aside, theme::DIM));
    }
    spans.push(paint::owned(SafeText::new(&" ".repeat(left + 1)), theme::PLAIN));
    spans.push(paint::owned(keys, theme::ACCENT));
    paint::line(spans).paint(row, buf);
}

/// The command that does what is selected, with the key that copies it.
fn command(foot: Rect, buf: &mut Buffer, state: &State, selected: Option<&PaletteEntry>) {
    let columns = usize::from(foot.width);
    let Some(command) = selected.and_then(|entry| entry.command.as_deref()) else { return };
    let copies = keyed(state, Action::CopyEquivalent, "copies");
    let text = SafeText::one_line(&format!("$ {command}"));
    let beside = display_width(text.as_str()) + display_width(&copies) + 2 <= columns;
    let text = text.truncate(columns);
    let gap = columns.saturating_sub(display_width(text.as_str()) + display_width(&copies));
    let mut spans = vec![paint::owned(text, theme::PLAIN)];
    if beside {
        spans.push(paint::owned(SafeText::one_line(&format!("{}{copies}", " ".repeat(gap))), theme::DIM));
    }
    paint::line(spans).paint(foot, buf);
}
