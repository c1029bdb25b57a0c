//! The overlay that lists the channels.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Listed;
use crate::app::{Action, Channel, State, Switcher};
use crate::domain::{SafeText, display_width};
use crate::ui::first_line::link;
use crate::ui::frame::pane;
use crate::ui::glyphs::Glyphs;
use crate::ui::line_input::in_sight;
use crate::ui::paint::Painted as _;
use crate::ui::popup::{cover, keyed_title};
use crate::ui::{paint, theme};

/// The most columns that a channel's name takes.
const NAME: usize = 24;
/// The columns of its platform, and of its connection.
const COLUMNS: [usize; 2] = [12, 18];

/// From this width on the title says that they are the sandbox's.
const WITH_SANDBOX: u16 = 52;

/// Draws the list over the screen.
pub(super) fn draw(screen: Rect, buf: &mut Buffer, state: &State, switcher: &Switcher, glyphs: &Glyphs) -> Listed {
    let listed = state.listed_channels();
    let width = screen.width.saturating_sub(4).min(70);
    let wanted = u16::try_from(listed.len().max(1)).unwrap_or(u16::MAX).saturating_add(3);
    let height = wanted.min(screen.height.saturating_sub(2));
    let area =
        Rect { x: screen.x + (screen.width - width) / 2, y: screen.y + (screen.height - height) / 3, width, height };
    cover(area, buf);
    let mut title = vec![paint::fixed(" Channels ", theme::ACCENT.patch(theme::BOLD))];
    if state.channel().info.sandbox && width >= WITH_SANDBOX {
        title.push(paint::fixed("of the embedded sandbox ", theme::DIM));
    }
    let inner = pane(
        area,
        buf,
        title,
        vec![paint::owned(SafeText::one_line(&keyed_title(state, Action::Back, "closes")), theme::DIM)],
        true,
        glyphs,
    );
    let filter = in_sight(&switcher.filter, usize::from(inner.width).saturating_sub(3));
    let mut line = vec![paint::fixed("/ ", theme::ACCENT)];
    line.extend(filter.spans(theme::ACCENT, glyphs));
    paint::line(line).paint(Rect { height: 1.min(inner.height), ..inner }, buf);
    let rows = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
    if listed.is_empty() {
        paint::line(vec![paint::fixed("nothing matches", theme::DIM)]).paint(Rect { height: 1, ..rows }, buf);
    }
    let widest = state.channels.iter().map(|tab| display_width(tab.info.label.as_str()) + 2).max();
    let names = widest.unwrap_or(NAME).min(NAME).min(usize::from(rows.width) / 2);
    let top = switcher.menu.top(usize::from(rows.height));
    for (y, (place, tab)) in (0..rows.height).zip(listed.iter().enumerate().skip(top)) {
        let Some(tab) = state.channels.get(*tab) else { continue };
        let row = Rect { y: rows.y + y, height: 1, ..rows };
        entry(row, buf, state, tab, names, glyphs);
        if place == switcher.menu.selected {
            buf.set_style(row, theme::SELECTED);
        }
    }
    (rows, top)
}

fn entry(row: Rect, buf: &mut Buffer, state: &State, tab: &Channel, names: usize, glyphs: &Glyphs) {
    let open = tab.info.name == state.channel().info.name;
    let (mark, mark_style) = match (open, tab.unread) {
        (true, _) => (glyphs.open, theme::ACCENT),
        (false, 0) => (" ", theme::PLAIN),
        (false, _) => (glyphs.unread, theme::ACCENT),
    };
    let kind = tab.info.platform.id();
    let (word, style) = if open || tab.restored {
        link(state.link_of(&tab.info.name), tab.capabilities, state.webhooks.is_deaf())
    } else {
        ("", theme::DIM)
    };
    let new = if tab.unread == 0 { String::new() } else { format!("{} new", tab.unread) };
    // The name first, then what is new, then the rest, as far as there is room.
    let mut left = usize::from(row.width).saturating_sub(2 + display_width(&new) + 1);
    let mut spans = vec![paint::fixed(mark, mark_style), paint::fixed(" ", theme::PLAIN)];
    let name_style = if open { theme::BOLD } else { theme::PLAIN };
    let cells = [(tab.info.label.clone(), name_style), (SafeText::from_static(kind), theme::DIM)];
    let cells = cells.into_iter().chain([(SafeText::from_static(word), style)]);
    for ((text, style), columns) in cells.zip([names].into_iter().chain(COLUMNS)) {
        let columns = columns.min(left);
        let text = text.truncate(columns.saturating_sub(1));
        let gap = columns - display_width(text.as_str());
        left -= columns;
        spans.push(paint::owned(text, style));
        spans.push(paint::owned(SafeText::new(&" ".repeat(gap)), theme::PLAIN));
    }
    spans.push(paint::owned(SafeText::new(&" ".repeat(left)), theme::PLAIN));
    spans.push(paint::owned(SafeText::one_line(&format!("{new} ")), theme::ACCENT));
    paint::line(spans).paint(row, buf);
}
