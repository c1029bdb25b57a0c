//! A short list over the view: what is said above it, and its entries in two columns.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::Listed;
use crate::domain::{SafeText, display_width};
use crate::ui::glyphs::Glyphs;
use crate::ui::popup::{sized, width};
use crate::ui::{paint, theme};

/// The most columns of an entry's name, as a part of the width.
const NAME: u16 = 2;

/// What is drawn.
pub(super) struct MenuSheet<'a> {
    /// What it is.
    pub(super) title: &'static str,
    /// What is said above the entries.
    pub(super) said: Option<&'a SafeText>,
    /// Each entry's name, and what more there is to say of it.
    pub(super) entries: Vec<(&'a SafeText, &'a SafeText)>,
    /// Which of them is selected.
    pub(super) selected: usize,
}

/// Draws it. Tells where its entries stand, and which of them is the first.
pub(super) fn draw(f: &mut Frame<'_>, room: Rect, menu: &MenuSheet<'_>, glyphs: &Glyphs) -> Listed {
    let columns = width(room);
    let said = said(menu.said, columns.saturating_sub(4), room.height);
    let rows = menu.entries.len() + said.len() + usize::from(!said.is_empty());
    let height = u16::try_from(rows).unwrap_or(u16::MAX).saturating_add(2).min(room.height.saturating_sub(2));
    let count = SafeText::one_line(&format!(" {} of {} ", menu.selected + 1, menu.entries.len()));
    let title = SafeText::one_line(menu.title);
    let mut inner = sized(f, room, (&title, &count), (columns, height), glyphs);
    let buf = f.buffer_mut();
    for line in &said {
        paint::text(buf, (inner.x, inner.y), inner.width, line, theme::WARN);
        inner.y += 1;
        inner.height = inner.height.saturating_sub(1);
    }
    if !said.is_empty() {
        inner.y += 1;
        inner.height = inner.height.saturating_sub(1);
    }
    let top = (menu.selected + 1).saturating_sub(usize::from(inner.height));
    let name = names(&menu.entries, inner.width / NAME);
    for (entry, y) in menu.entries.iter().enumerate().skip(top).zip(inner.top()..inner.bottom()) {
        let (at, (entry, detail)) = entry;
        let selected = at == menu.selected;
        let mark = SafeText::from_static(if selected { glyphs.open } else { " " });
        paint::text(buf, (inner.x, y), 1, &mark, theme::ACCENT);
        let style = if selected { theme::ACCENT.patch(theme::BOLD) } else { theme::PLAIN };
        let own = if detail.is_empty() { inner.width.saturating_sub(2) } else { name };
        paint::text(buf, (inner.x + 2, y), own, &entry.truncate(usize::from(own)), style);
        let left = inner.width.saturating_sub(name + 4);
        paint::text(buf, (inner.x + name + 4, y), left, &detail.truncate(usize::from(left)), theme::DIM);
    }
    (inner, top)
}

/// The columns that the names take.
fn names(entries: &[(&SafeText, &SafeText)], most: u16) -> u16 {
    let named = entries.iter().filter(|(_, detail)| !detail.is_empty());
    let widest = named.map(|(name, _)| display_width(name.as_str())).max().unwrap_or(0);
    u16::try_from(widest).unwrap_or(u16::MAX).min(most)
}

/// What is said above the entries, in lines that leave room for one of them.
fn said(text: Option<&SafeText>, columns: u16, room: u16) -> Vec<SafeText> {
    let Some(text) = text else { return Vec::new() };
    let lines = crate::ui::sheet::wrapped(text.as_str(), usize::from(columns.max(8)));
    lines.into_iter().map(|range| text.part(range)).take(usize::from(room.saturating_sub(6).max(1))).collect()
}
