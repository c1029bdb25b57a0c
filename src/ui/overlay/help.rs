//! The help overlay: the keys of what has them first, then every other, narrowed by what is typed.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::app::{Action, Bound, HelpSheet, State, ViewKind};
use crate::domain::{SafeText, display_width};
use crate::ui::frame::pane;
use crate::ui::glyphs::Glyphs;
use crate::ui::line_input::in_sight;
use crate::ui::paint::Painted as _;
use crate::ui::popup::{cover, keyed_title};
use crate::ui::transcript::wrapped;
use crate::ui::{paint, theme};

/// The columns of the keys.
const KEYS: usize = 29;
/// Below this many columns keys and words share them.
const WITH_COLUMNS: usize = KEYS + 27;
/// The columns of the keys there.
const NARROW_KEYS: usize = 9;

/// Draws the help over the screen, from its first row on, and says which row can stand first at the most.
pub(super) fn draw(f: &mut Frame<'_>, screen: Rect, state: &State, sheet: &HelpSheet, glyphs: &Glyphs) -> u16 {
    let buf = f.buffer_mut();
    let width = screen.width.saturating_sub(4).min(78);
    let height = screen.height.saturating_sub(1);
    let area =
        Rect { x: screen.x + (screen.width - width) / 2, y: screen.y + (screen.height - height) / 2, width, height };
    cover(area, buf);
    let place = sheet.here.first().map_or("", |context| context.title());
    let title = if place.is_empty() { " Keys ".to_owned() } else { format!(" Keys: {place} ") };
    let title = SafeText::one_line(&title).truncate(usize::from(width).saturating_sub(4));
    let does = if sheet.filter.is_empty() { "closes" } else { "clears" };
    let close = SafeText::one_line(&keyed_title(state, Action::Back, does));
    let fits = display_width(title.as_str()) + display_width(close.as_str()) + 4 <= usize::from(width);
    let close = if fits { vec![paint::owned(close, theme::DIM)] } else { Vec::new() };
    let inner = pane(area, buf, vec![paint::owned(title, theme::ACCENT.patch(theme::BOLD))], close, true, glyphs);
    let mut line = vec![paint::fixed("/ ", theme::ACCENT)];
    line.extend(in_sight(&sheet.filter, usize::from(inner.width).saturating_sub(3)).spans(theme::ACCENT, glyphs));
    if sheet.filter.is_empty() {
        line.push(paint::fixed(" type to find a key, or what it does", theme::DIM));
    }
    paint::line(line).paint(Rect { height: 1.min(inner.height), ..inner }, buf);
    let rows = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
    let lines = lines(rows.width, state, sheet);
    let last = lines.len().saturating_sub(usize::from(rows.height));
    for (n, line) in (0..rows.height).zip(lines.into_iter().skip(usize::from(sheet.top).min(last))) {
        line.paint(Rect { y: rows.y + n, height: 1, ..rows }, buf);
    }
    u16::try_from(last).unwrap_or(u16::MAX)
}

fn lines(width: u16, state: &State, sheet: &HelpSheet) -> Vec<Line<'static>> {
    let room = usize::from(width);
    let mut lines = Vec::new();
    for (context, rows) in sheet.sections(&state.window.keys, state.window.view) {
        if !lines.is_empty() {
            lines.push(paint::line(Vec::new()));
        }
        let mut heading = vec![paint::fixed(context.title(), theme::BOLD)];
        if sheet.here.contains(&context) {
            heading.push(paint::fixed("  here", theme::ACCENT));
        }
        lines.push(paint::line(heading));
        for row in rows {
            lines.extend(binding(row, room));
        }
    }
    if lines.is_empty() {
        lines.push(paint::line(vec![paint::fixed("no key does that", theme::DIM)]));
    }
    if sheet.filter.is_empty() {
        closing(&mut lines, state, room);
    }
    lines
}

/// One row of the table.
fn binding(row: &Bound, room: usize) -> Vec<Line<'static>> {
    let keys = if row.keys.is_empty() { "no key".to_owned() } else { row.spelt("  ") };
    // A row that lost its keys, or never had one, is done by its name: the palette finds it.
    let style = if row.keys.is_empty() { theme::DIM } else { theme::ACCENT };
    if room < WITH_COLUMNS {
        return narrow(&keys, row.binding.help, room);
    }
    let help = wrapped(&SafeText::from_static(row.binding.help), theme::PLAIN, room.saturating_sub(KEYS + 3));
    let mut lines = Vec::new();
    for (n, text) in help.into_iter().enumerate() {
        let keys = SafeText::one_line(&format!("  {:KEYS$} ", if n == 0 { keys.as_str() } else { "" }));
        lines.push(paint::line(std::iter::once(paint::owned(keys, style)).chain(text.spans).collect()));
    }
    lines
}

/// What no table has.
fn closing(lines: &mut Vec<Line<'static>>, state: &State, room: usize) {
    lines.push(paint::line(Vec::new()));
    let text = "In the text of a row: Ctrl+_ takes the last step back, and Ctrl+Y takes that back. Ctrl+Left and \
                Ctrl+Right go by words, Ctrl+Home and Ctrl+End to its ends. Ctrl+W erases a word, Ctrl+K the rest of the \
                line. Tab goes on to the next pane; a tab is pasted.";
    if state.window.view == ViewKind::Sources {
        lines.extend(wrapped(&SafeText::from_static(text), theme::DIM, room));
        lines.push(paint::line(Vec::new()));
    }
    let text = "On every line that is written, a filter or a path: the arrows, Home and End, Ctrl+A and Ctrl+E move the \
                cursor, Ctrl+Left and Ctrl+Right by words. Ctrl+W erases a word, Ctrl+U and Ctrl+K what stands before \
                and behind it, and Ctrl+_ takes the last step back. Where something is searched, Alt+Up brings back what \
                was searched for before.";
    lines.extend(wrapped(&SafeText::from_static(text), theme::DIM, room));
    lines.push(paint::line(Vec::new()));
    let or = match state.window.key(&[], Action::Mouse) {
        key if key.is_empty() => String::new(),
        key => format!(", or press {key},"),
    };
    let mouse = format!(
        "The mouse scrolls and clicks, also the views' names and the hints. Hold Shift{or} to select text with it."
    );
    lines.extend(wrapped(&SafeText::one_line(&mouse), theme::DIM, room));
    lines.push(paint::line(Vec::new()));
    let keys = "Keys can be changed: the table [keys] of the config file, and `patchcord keys` for their names.";
    lines.extend(wrapped(&SafeText::from_static(keys), theme::DIM, room));
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
