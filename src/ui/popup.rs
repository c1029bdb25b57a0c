//! What lies over a view, whatever is in it: a cleared box, a line that is being typed, a note on a border.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::widgets::{Clear, Widget};

use super::frame::pane;
use super::glyphs::Glyphs;
use super::line_input::in_sight;
use super::{paint, theme};
use crate::app::{Action, LineInput, State};
use crate::domain::{SafeText, display_width};

/// A question's box has at most so many columns.
const WIDEST: u16 = 76;

/// How wide the box of a question is.
pub(super) fn width(screen: Rect) -> u16 {
    screen.width.saturating_sub(4).min(WIDEST)
}

/// A cleared box in the middle of what it may cover, with a title on the left and on the right, and what is inside.
pub(super) fn framed(
    f: &mut Frame<'_>,
    room: Rect,
    titles: (&'static str, &str),
    height: u16,
    glyphs: &Glyphs,
) -> Rect {
    let titles = (&SafeText::from_static(titles.0), &SafeText::one_line(titles.1));
    sized(f, room, titles, (width(room), height), glyphs)
}

/// The same, as large as it is said to be, as far as there is room.
pub(super) fn sized(
    f: &mut Frame<'_>,
    room: Rect,
    (title, right): (&SafeText, &SafeText),
    (width, height): (u16, u16),
    glyphs: &Glyphs,
) -> Rect {
    let (width, height) = (width.min(room.width), height.min(room.height));
    let area = Rect { x: room.x + (room.width - width) / 2, y: room.y + (room.height - height) / 2, width, height };
    let buf = f.buffer_mut();
    cover(area, buf);
    let title = title.truncate(usize::from(width).saturating_sub(4));
    // What has no room beside the title goes.
    let fits = display_width(title.as_str()) + display_width(right.as_str()) + 4 <= usize::from(width);
    let right = if fits { vec![paint::span(right, theme::DIM)] } else { Vec::new() };
    let left = vec![paint::owned(title, theme::ACCENT.patch(theme::BOLD))];
    pane(area, buf, left, right, true, glyphs)
}

/// The most columns that one letter takes.
const WIDEST_LETTER: u16 = 16;

/// Empties an area for what is drawn over what is there: nothing of it shines through, neither letters nor links. Of a
/// letter that reaches across its border nothing is left outside either: half of one is none, and terminals disagree on
/// what it would look like.
pub(super) fn cover(area: Rect, buf: &mut Buffer) {
    let area = area.intersection(buf.area);
    if area.is_empty() {
        return;
    }
    for y in area.top()..area.bottom() {
        // One that begins before the area.
        for x in (buf.area.left().max(area.x.saturating_sub(WIDEST_LETTER))..area.x).rev() {
            let Some(columns) = buf.cell((x, y)).map(|cell| usize::from(paint::columns(cell))) else { break };
            if columns > usize::from(area.x - x) {
                (x..area.x).for_each(|x| blank(buf, x, y));
            }
            if columns > 1 {
                break;
            }
        }
        // One that begins in it.
        for x in area.left()..area.right() {
            let columns = buf.cell((x, y)).map_or(1, paint::columns);
            let end = x.saturating_add(columns).min(buf.area.right());
            (area.right()..end).for_each(|x| blank(buf, x, y));
        }
        paint::end_right_to_left(buf, buf.area.left()..area.left(), y);
    }
    Clear.render(area, buf);
}

/// A space where a letter was, in the colours of what is there.
fn blank(buf: &mut Buffer, x: u16, y: u16) {
    if let Some(cell) = buf.cell_mut((x, y)) {
        let style = cell.style();
        cell.reset();
        cell.set_style(style);
        cell.underline_color = ratatui::style::Color::Reset;
    }
}

/// A line that is being typed, with the terminal's cursor in it.
pub(super) fn typed(f: &mut Frame<'_>, line: Rect, text: &LineInput) {
    let seen = in_sight(text, usize::from(line.width).saturating_sub(1));
    paint::text(f.buffer_mut(), (line.x, line.y), line.width, &seen.text(), theme::BOLD);
    f.set_cursor_position(Position { x: line.x + seen.cursor().min(line.width.saturating_sub(1)), y: line.y });
}

/// A few words at the right end of a pane's lower border.
pub(super) fn border_note(area: Rect, buf: &mut Buffer, text: &SafeText, style: Style) {
    let text = text.truncate(usize::from(area.width).saturating_sub(4));
    let columns = u16::try_from(display_width(text.as_str())).unwrap_or(0);
    let x = area.x + area.width.saturating_sub(columns + 2);
    paint::text(buf, (x, area.bottom().saturating_sub(1)), columns, &text, style);
}

/// A key as it is bound now, with what it does: `Esc closes`. Empty where there is no such key.
pub(super) fn keyed(state: &State, action: Action, does: &str) -> String {
    match state.key(action) {
        key if key.is_empty() => String::new(),
        key => format!("{key} {does}"),
    }
}

/// The same as the title on the right of a box; empty where there is no such key.
pub(super) fn keyed_title(state: &State, action: Action, does: &str) -> String {
    match keyed(state, action, does) {
        text if text.is_empty() => text,
        text => format!(" {text} "),
    }
}

#[cfg(test)]
pub(super) mod tests;
