//! The help overlay: every key, from the one table.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::app::{BINDINGS, Context, State, ViewKind};
use crate::domain::{SafeText, display_width};
use crate::ui::frame::pane;
use crate::ui::glyphs::Glyphs;
use crate::ui::paint::Painted as _;
use crate::ui::popup::cover;
use crate::ui::transcript::wrapped;
use crate::ui::{paint, theme};

/// The columns of the keys.
const KEYS: usize = 29;
/// Below this many columns keys and words share them.
const WITH_COLUMNS: usize = KEYS + 27;
/// The columns of the keys there.
const NARROW_KEYS: usize = 9;

/// Draws the help over the screen, from that row on, and says which row can stand first at the most.
pub(super) fn draw(screen: Rect, buf: &mut Buffer, state: &State, top: u16, glyphs: &Glyphs) -> u16 {
    let width = screen.width.saturating_sub(4).min(78);
    let height = screen.height.saturating_sub(2);
    let area =
        Rect { x: screen.x + (screen.width - width) / 2, y: screen.y + (screen.height - height) / 2, width, height };
    cover(area, buf);
    let title = vec![paint::fixed(" Keys ", theme::ACCENT.patch(theme::BOLD))];
    let close = vec![paint::fixed(" Esc closes ", theme::DIM)];
    let inner = pane(area, buf, title, close, true, glyphs);
    let lines = lines(inner.width, state.window.view);
    let last = lines.len().saturating_sub(usize::from(inner.height));
    for (n, line) in (0..inner.height).zip(lines.into_iter().skip(usize::from(top).min(last))) {
        line.paint(Rect { y: inner.y + n, height: 1, ..inner }, buf);
    }
    u16::try_from(last).unwrap_or(u16::MAX)
}

fn lines(width: u16, view: ViewKind) -> Vec<Line<'static>> {
    let room = usize::from(width);
    let mut lines = Vec::new();
    // Those of the view that is open first.
    let mut order = Context::ALL;
    let first = order.iter().position(|(of, _)| *of == view).unwrap_or(0);
    order.rotate_left(first);
    for (_, context) in order {
        if !lines.is_empty() {
            lines.push(paint::line(Vec::new()));
        }
        lines.push(paint::line(vec![paint::fixed(context.title(), theme::BOLD)]));
        for binding in BINDINGS.iter().filter(|b| b.context == context && !b.help.is_empty()) {
            let keys = binding.keys.iter().map(ToString::to_string).collect::<Vec<_>>().join("  ");
            if room < WITH_COLUMNS {
                lines.extend(narrow(&keys, binding.help, room));
                continue;
            }
            let help = wrapped(&SafeText::from_static(binding.help), theme::PLAIN, room.saturating_sub(KEYS + 3));
            for (n, text) in help.into_iter().enumerate() {
                let keys = SafeText::one_line(&format!("  {:KEYS$} ", if n == 0 { keys.as_str() } else { "" }));
                let keys = std::iter::once(paint::owned(keys, theme::ACCENT));
                lines.push(paint::line(keys.chain(text.spans).collect()));
            }
        }
    }
    lines.push(paint::line(Vec::new()));
    let text = "In the text of a row: Ctrl+_ takes the last step back, and Ctrl+Y takes that back. Ctrl+Left and \
                Ctrl+Right go by words, Ctrl+Home and Ctrl+End to its ends. Ctrl+W erases a word, Ctrl+K the rest of the \
                line. Tab goes on to the next pane; a tab is pasted.";
    if view == ViewKind::Sources {
        lines.extend(wrapped(&SafeText::from_static(text), theme::DIM, room));
        lines.push(paint::line(Vec::new()));
    }
    let text = "On every line that is written, a filter or a path: the arrows, Home and End, Ctrl+A and Ctrl+E move the \
                cursor, Ctrl+Left and Ctrl+Right by words. Ctrl+W erases a word, Ctrl+U and Ctrl+K what stands before \
                and behind it, and Ctrl+_ takes the last step back. Where something is searched, Alt+Up brings back what \
                was searched for before.";
    lines.extend(wrapped(&SafeText::from_static(text), theme::DIM, room));
    lines.push(paint::line(Vec::new()));
    let mouse = "The mouse scrolls and clicks. Hold Shift, or press F2, to select text with it.";
    lines.extend(wrapped(&SafeText::from_static(mouse), theme::DIM, room));
    lines
}

/// A row of the table where keys and words have no columns of their own: short keys before the words, longer ones above.
fn narrow(keys: &str, help: &'static str, room: usize) -> Vec<Line<'static>> {
    let indent = NARROW_KEYS + 3;
    let text = wrapped(&SafeText::from_static(help), theme::PLAIN, room.saturating_sub(indent).max(1));
    let keys_of = |keys: &str| paint::span(&SafeText::one_line(&format!("  {keys:NARROW_KEYS$} ")), theme::ACCENT);
    let mut lines = Vec::new();
    let mut first = if display_width(keys) > NARROW_KEYS {
        lines.push(paint::line(vec![keys_of(keys)]));
        keys_of("")
    } else {
        keys_of(keys)
    };
    for line in text {
        let spans = std::iter::once(std::mem::replace(&mut first, keys_of(""))).chain(line.spans);
        lines.push(Line::from(spans.collect::<Vec<_>>()));
    }
    lines
}
