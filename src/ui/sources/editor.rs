//! The row that is being written, drawn: its text, what is searched in it, and its preview.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::marks::staged;
use super::rows::NAMELESS;
use super::{Kept, Panes, grouped, titled};
use crate::app::sources::{Mark, RowEditor, Search};
use crate::app::{State, TextBuffer};
use crate::domain::{SafeText, display_width};
use crate::ui::glyphs::Glyphs;
use crate::ui::line_input::in_sight;
use crate::ui::popup::border_note;
use crate::ui::rendered;
use crate::ui::row_editor::{Endings, Facts, RowView};
use crate::ui::sheet::Sheet;
use crate::ui::{paint, theme};

/// Draws the text and its preview, as far as they have a place.
pub(super) fn draw(
    f: &mut Frame<'_>,
    panes: &Panes,
    state: &State,
    editor: &RowEditor,
    (row, kept): (&mut RowView, &mut Kept),
    glyphs: &Glyphs,
) {
    let focused = !state.window.is_covered() && state.channel().sources.overlay.is_none();
    if !panes.editor.is_empty() {
        written(f, panes.editor, state, editor, row, focused, glyphs);
    }
    if !panes.preview.is_empty() {
        let alone = panes.editor.is_empty();
        let name = SafeText::one_line(&editor.name);
        let title = if alone { format!("{name}{}preview", glyphs.dot) } else { "preview".to_owned() };
        let inner = titled(panes.preview, f.buffer_mut(), &title, Vec::new(), alone && focused, glyphs);
        preview(f, inner, &editor.text, kept, glyphs);
    }
}

fn written(
    f: &mut Frame<'_>,
    area: Rect,
    state: &State,
    editor: &RowEditor,
    row: &mut RowView,
    focused: bool,
    glyphs: &Glyphs,
) {
    let name = if editor.name.trim().is_empty() { NAMELESS } else { &editor.name };
    let inner = titled(area, f.buffer_mut(), name, vec![mark(state, editor, glyphs)], focused, glyphs);
    let line = editor.search.as_ref().filter(|_| inner.height > 2);
    let text = Rect { height: inner.height - u16::from(line.is_some()), ..inner };
    let cursor = row.draw(&editor.text, editor.search.as_ref(), text, f.buffer_mut(), glyphs.ascii);
    let mut at = cursor;
    if let Some(search) = line {
        let line = Rect { y: text.bottom(), height: 1, ..inner };
        let place = search_line(f, line, search, row.matches(&editor.text));
        if search.typing {
            at = Some(place);
        }
    }
    if let Some(at) = at.filter(|_| focused) {
        f.set_cursor_position(at);
    }
    let facts = describe(&Facts::for_buffer(&editor.text), usize::from(area.width).saturating_sub(6), glyphs);
    border_note(area, f.buffer_mut(), &facts, theme::DIM);
}

/// What is staged of the row so far.
fn mark(state: &State, editor: &RowEditor, glyphs: &Glyphs) -> (SafeText, Style) {
    match state.channel().sources.changes.get(&editor.change) {
        Some(change) => {
            let mark = Mark::for_change(change);
            let (glyph, style) = staged(mark, glyphs);
            (SafeText::one_line(&format!(" {glyph} {}, staged ", mark.word())), style)
        }
        None => (SafeText::from_static(" as it was "), theme::DIM),
    }
}

/// Where the cursor stands and how the lines end, as far as there is room.
fn describe(facts: &Facts, room: usize, glyphs: &Glyphs) -> SafeText {
    let mut parts = vec![format!("line {} of {}", grouped(facts.line), grouped(facts.lines))];
    parts.push(format!("column {}", facts.column));
    match facts.endings {
        Endings::Newlines => {}
        Endings::Returns => parts.push("CRLF".to_owned()),
        Endings::Mixed => parts.push("some CRLF".to_owned()),
    }
    if facts.open {
        parts.push("no newline at the end".to_owned());
    }
    while parts.len() > 1 && display_width(&parts.join(glyphs.dot)) > room {
        parts.pop();
    }
    SafeText::one_line(&format!(" {} ", parts.join(glyphs.dot)))
}

/// Draws the search line, and tells where its cursor stands.
fn search_line(f: &mut Frame<'_>, row: Rect, search: &Search, matches: (usize, usize)) -> Position {
    let found = match matches {
        _ if search.text.is_empty() => String::new(),
        (_, 0) => "not found".to_owned(),
        (0, all) => grouped(all),
        (nth, all) => format!("{} of {}", grouped(nth), grouped(all)),
    };
    let found = SafeText::one_line(&found);
    let columns = u16::try_from(display_width(found.as_str())).unwrap_or(0).min(row.width);
    let buf = f.buffer_mut();
    let lead = SafeText::from_static("search ");
    let at =
        paint::text(buf, (row.x, row.y), row.width, &lead, if search.typing { theme::ACCENT } else { theme::DIM });
    let room = row.width.saturating_sub(at + columns + 2);
    let seen = in_sight(&search.text, usize::from(room));
    paint::text(buf, (row.x + at, row.y), room, &seen.text(), theme::BOLD);
    let style = if columns > 0 && matches.1 == 0 { theme::WARN } else { theme::DIM };
    paint::text(buf, (row.right() - columns, row.y), columns, &found, style);
    Position { x: row.x + (at + seen.cursor()).min(row.width.saturating_sub(1)), y: row.y }
}

/// The text rendered, what the cursor stands in in sight.
fn preview(f: &mut Frame<'_>, area: Rect, text: &TextBuffer, kept: &mut Kept, glyphs: &Glyphs) {
    let buf = f.buffer_mut();
    if text.trim().is_empty() {
        let mut sheet = Sheet::default();
        sheet.note("What is written shows up here as the bot's people may see it.", theme::DIM);
        sheet.draw(area, buf, 0);
        return;
    }
    let lines = kept.rendered.lay(text, area.width, glyphs.ascii);
    let height = usize::from(area.height);
    let at = kept.rendered.row_at(text.at().min(rendered::BYTES));
    let top = at.saturating_sub(height / 3).min(lines.saturating_sub(height));
    kept.rendered.draw(area, buf, top);
}
