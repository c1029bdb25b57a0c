//! The overlay that lists the themes. What is shown of it in colours is the theme itself: a sample stands behind each name.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Listed;
use crate::app::{State, ThemePicker};
use crate::domain::{SafeText, display_width};
use crate::ui::frame::pane;
use crate::ui::glyphs::Glyphs;
use crate::ui::paint::Painted as _;
use crate::ui::popup::cover;
use crate::ui::{paint, theme};

/// The most columns that a theme's name takes.
const NAME: usize = 20;

/// Draws the list over the screen, at its right, so that what it changes is seen beside it.
pub(super) fn draw(screen: Rect, buf: &mut Buffer, state: &State, picker: &ThemePicker, glyphs: &Glyphs) -> Listed {
    let themes = &state.window.themes;
    let names: Vec<&str> = themes.names().collect();
    let width = screen.width.saturating_sub(4).min(62);
    let wanted = u16::try_from(names.len()).unwrap_or(u16::MAX).saturating_add(3);
    let height = wanted.min(screen.height.saturating_sub(2));
    let x = screen.right().saturating_sub(width + 2);
    let area = Rect { x, y: screen.y + (screen.height - height) / 3, width, height };
    cover(area, buf);
    let title = vec![paint::fixed(" Themes ", theme::ACCENT.patch(theme::BOLD))];
    let keys = vec![paint::fixed(" Esc as before ", theme::DIM)];
    let inner = pane(area, buf, title, keys, true, glyphs);
    let sample = [
        ("accent", theme::ACCENT),
        ("you", theme::USER),
        ("bot", theme::BOT),
        ("person", theme::ADMIN),
        ("waits", theme::WARN),
        ("wrong", theme::BAD),
        ("quiet", theme::DIM),
    ];
    let mut spans = Vec::new();
    for (word, style) in sample {
        spans.extend([paint::fixed(word, style), paint::fixed(" ", theme::PLAIN)]);
    }
    paint::line(spans).paint(Rect { height: 1.min(inner.height), ..inner }, buf);
    let rows = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
    let columns = names.iter().map(|name| display_width(name)).max().unwrap_or(0).min(NAME);
    let top = picker.menu.top(usize::from(rows.height));
    for (y, (place, name)) in (0..rows.height).zip(names.iter().enumerate().skip(top)) {
        let row = Rect { y: rows.y + y, height: 1, ..rows };
        let chosen = *name == themes.chosen();
        let mark = if chosen { paint::fixed(glyphs.open, theme::ACCENT) } else { paint::fixed(" ", theme::PLAIN) };
        let text = SafeText::one_line(name).truncate(columns);
        let gap = " ".repeat(columns + 2 - display_width(text.as_str()));
        let about = SafeText::one_line(&themes.about(name));
        let spans = vec![
            mark,
            paint::fixed(" ", theme::PLAIN),
            paint::owned(text, if chosen { theme::BOLD } else { theme::PLAIN }),
            paint::owned(SafeText::new(&gap), theme::PLAIN),
            paint::owned(about.truncate(usize::from(row.width).saturating_sub(columns + 4)), theme::DIM),
        ];
        paint::line(spans).paint(row, buf);
        if place == picker.menu.selected {
            buf.set_style(row, theme::SELECTED);
        }
    }
    (rows, top)
}
