//! The Sources view, drawn: sources and rows on the left, a row or its editor on the right, questions over both.

mod conflict;
mod detail;
mod difference;
mod editor;
mod job;
mod journal;
mod large;
mod layout;
mod list;
mod marks;
mod overlay;
mod questions;
mod results;
mod rows;
#[cfg(test)]
mod tests;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::frame::pane;
use super::glyphs::Glyphs;
use super::highlight::Colours;
use super::rendered::{Rendered, hash};
use super::row_editor::RowView;
use super::sheet::Sheet;
use super::{paint, theme};
use crate::app::sources::SourcesPane;
use crate::app::{SourcesMeasured, State};
use crate::domain::{SafeText, Timestamp};

pub(super) use layout::Panes;

/// What was made of texts and is kept while they stay the same: nothing that is seen twice is compared or rendered
/// twice.
#[derive(Debug, Default)]
pub(super) struct Kept {
    rendered: Rendered,
    /// The right pane's lines: raw, or a difference.
    detail: Made<Sheet>,
    /// The whole difference, or the results.
    overlay: Made<Sheet>,
    conflict: Made<conflict::Table>,
}

impl Kept {
    /// The same with code in colours.
    pub(super) fn coloured(colours: Colours) -> Self {
        Self { rendered: Rendered::coloured(colours), ..Self::default() }
    }
}

/// A thing, and what it was made of.
#[derive(Debug, Default)]
struct Made<T> {
    of: u64,
    thing: T,
}

impl<T> Made<T> {
    /// The thing, made anew where it was made of something else.
    fn get_or_make(&mut self, what: u64, make: impl FnOnce() -> T) -> &T {
        if self.of != what {
            *self = Self { of: what, thing: make() };
        }
        &self.thing
    }
}

/// Draws the view and says what it measured.
pub(super) fn draw(
    f: &mut Frame<'_>,
    panes: &Panes,
    state: &State,
    (row, kept): (&mut RowView, &mut Kept),
    glyphs: &Glyphs,
    now: Timestamp,
) -> SourcesMeasured {
    let mut measured = SourcesMeasured::default();
    if let Some(why) = state.sourceless() {
        sourceless(f.buffer_mut(), panes, &why);
        return measured;
    }
    if !panes.sources.is_empty() {
        measured.sources = Some(list::draw(panes.sources, f.buffer_mut(), state, glyphs, now));
    }
    if !panes.rows.is_empty() {
        measured.rows = Some(rows::draw(panes.rows, f.buffer_mut(), state, glyphs));
    }
    if !panes.detail.is_empty() {
        (measured.detail, measured.lines) = detail::draw(panes.detail, f.buffer_mut(), state, kept, glyphs, now);
    }
    if let Some(editor) = &state.channel().sources.editor {
        editor::draw(f, panes, state, editor, (&mut *row, kept), glyphs);
    }
    job::draw(panes.last(), f.buffer_mut(), state, glyphs, now);
    // What was just said, and the keys, stay in sight.
    let screen = f.area();
    let room = Rect { y: screen.y + panes.header.height, height: panes.notice.y - panes.header.bottom(), ..screen };
    if let Some(over) = overlay::draw(f, room, state, kept, glyphs, now) {
        (measured.detail, measured.lines) = over;
    }
    measured
}

/// Why there is nothing to see.
fn sourceless(buf: &mut Buffer, panes: &Panes, why: &str) {
    let area = [panes.sources, panes.rows, panes.detail].into_iter().fold(Rect::default(), Rect::union);
    let area = Rect {
        x: area.x + 2,
        y: area.y + 1,
        width: area.width.saturating_sub(4),
        height: area.height.saturating_sub(2),
    };
    let mut sheet = Sheet::default();
    sheet.note(why, theme::PLAIN);
    sheet.draw(area, buf, 0);
}

/// Whether a pane has the keys.
fn has_keys(state: &State, pane: SourcesPane) -> bool {
    let sources = &state.channel().sources;
    let covered = state.window.is_covered() || sources.overlay.is_some() || sources.editor.is_some();
    sources.pane == pane && !covered
}

/// A pane's title.
fn title_style(focused: bool) -> Style {
    if focused { theme::ACCENT.patch(theme::BOLD) } else { theme::PLAIN }
}

/// A pane of the right side, with its title cut to the room that what stands at the right leaves.
fn titled(
    area: Rect,
    buf: &mut Buffer,
    title: &str,
    right: Vec<(SafeText, Style)>,
    focused: bool,
    glyphs: &Glyphs,
) -> Rect {
    let taken: usize = right.iter().map(|(text, _)| crate::domain::display_width(text.as_str())).sum();
    let room = usize::from(area.width).saturating_sub(taken + 5);
    let mut text = SafeText::from_static(" ");
    text.push(&SafeText::one_line(title).truncate(room.saturating_sub(2)));
    text.push(&SafeText::from_static(" "));
    let style = if focused { theme::ACCENT.patch(theme::BOLD) } else { theme::BOLD };
    let right = right.into_iter().map(|(text, style)| paint::owned(text, style)).collect();
    pane(area, buf, vec![paint::owned(text, style)], right, focused, glyphs)
}

/// A number with its thousands apart.
pub(super) fn grouped(n: usize) -> String {
    super::sheet::grouped(n as u64)
}

/// One thing, or so many.
fn count(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{} {many}", grouped(n)) }
}
