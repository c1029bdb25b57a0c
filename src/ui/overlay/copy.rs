//! The menu of what can be copied, drawn over the view.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::Listed;
use crate::app::CopyMenu;
use crate::domain::{SafeText, display_width};
use crate::ui::glyphs::Glyphs;
use crate::ui::popup::{sized, width};
use crate::ui::{paint, theme};

/// The most columns of an entry's name, as a part of the width.
const NAME: u16 = 2;

/// Draws the menu. Tells where its entries stand, and which of them is the first.
pub(super) fn draw(f: &mut Frame<'_>, room: Rect, menu: &CopyMenu, glyphs: &Glyphs) -> Listed {
    let columns = width(room);
    let why = said(menu, columns.saturating_sub(4));
    let rows = menu.entries.len() + why.len() + usize::from(!why.is_empty());
    let height = u16::try_from(rows).unwrap_or(u16::MAX).saturating_add(2).min(room.height.saturating_sub(2));
    let count = SafeText::one_line(&format!(" {} of {} ", menu.menu.selected + 1, menu.entries.len()));
    let title = SafeText::from_static(" Copy ");
    let mut inner = sized(f, room, (&title, &count), (columns, height), glyphs);
    let buf = f.buffer_mut();
    for line in why {
        paint::text(buf, (inner.x, inner.y), inner.width, &line, theme::WARN);
        inner.y += 1;
        inner.height = inner.height.saturating_sub(1);
    }
    if menu.why.is_some() {
        inner.y += 1;
        inner.height = inner.height.saturating_sub(1);
    }
    let seen = usize::from(inner.height);
    let top = menu.menu.top(seen);
    let name = names(menu, inner.width / NAME);
    for (entry, y) in menu.entries.iter().enumerate().skip(top).zip(inner.top()..inner.bottom()) {
        let (at, entry) = entry;
        let selected = at == menu.menu.selected;
        let mark = SafeText::from_static(if selected { glyphs.open } else { " " });
        paint::text(buf, (inner.x, y), 1, &mark, theme::ACCENT);
        let style = if selected { theme::ACCENT.patch(theme::BOLD) } else { theme::PLAIN };
        let alone = entry.detail.is_empty();
        let own = if alone { inner.width.saturating_sub(2) } else { name };
        paint::text(buf, (inner.x + 2, y), own, &entry.name.truncate(usize::from(own)), style);
        let left = inner.width.saturating_sub(name + 4);
        let detail = entry.detail.truncate(usize::from(left));
        paint::text(buf, (inner.x + name + 4, y), left, &detail, theme::DIM);
    }
    (inner, top)
}

/// The columns that the names take.
fn names(menu: &CopyMenu, most: u16) -> u16 {
    let named = menu.entries.iter().filter(|entry| !entry.detail.is_empty());
    let widest = named.map(|entry| display_width(entry.name.as_str())).max().unwrap_or(0);
    u16::try_from(widest).unwrap_or(u16::MAX).min(most)
}

/// What is said above the entries, in lines.
fn said(menu: &CopyMenu, columns: u16) -> Vec<SafeText> {
    let Some(why) = &menu.why else { return Vec::new() };
    let lines = crate::ui::sheet::wrapped(why.as_str(), usize::from(columns.max(8)));
    lines.into_iter().map(|range| why.part(range)).collect()
}
