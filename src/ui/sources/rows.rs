//! The rows of a source, drawn: as many as are seen, each with what is staged of it.

use std::collections::HashMap;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

use super::marks::staged;
use super::{count, grouped, has_keys, title_style};
use crate::app::sources::{Mark, Shown, Sources, SourcesPane, staged_name};
use crate::app::{Action, State};
use crate::domain::{Change, RowId, SafeText, display_width};
use crate::ui::frame::{filter_line, pane};
use crate::ui::glyphs::Glyphs;
use crate::ui::paint::Painted as _;
use crate::ui::popup::keyed;
use crate::ui::sheet::Sheet;
use crate::ui::{paint, theme};

/// What stands for a name that is none.
pub(super) const NAMELESS: &str = "(no name)";

/// Draws the list and says how many lines it has.
pub(super) fn draw(area: Rect, buf: &mut Buffer, state: &State, glyphs: &Glyphs) -> usize {
    let sources = &state.channel().sources;
    let rows = &sources.rows;
    let focused = has_keys(state, SourcesPane::Rows) || (sources.filtering && !state.window.is_covered());
    let inner = pane(area, buf, title(sources, focused, glyphs), Vec::new(), focused, glyphs);
    if inner.height < 3 || inner.width < 8 {
        return 0;
    }
    let body = Rect { y: inner.y + 1, height: inner.height - 2, ..inner };
    let foot = Rect { y: inner.bottom() - 1, height: 1, ..inner };
    let columns = usize::from(body.width);
    filter_line(&rows.filter, (sources.filtering, focused), inner.width, glyphs)
        .paint(Rect { height: 1, ..inner }, buf);
    if rows.shown.is_empty() {
        let mut sheet = Sheet::default();
        sheet.note(&empty(state), theme::DIM);
        sheet.draw(body, buf, 0);
    }
    let by_row: HashMap<&RowId, &Change> =
        sources.staged().filter_map(|change| Some((change.row.as_ref()?, change))).collect();
    let range = rows.range_ends();
    let shown = rows.shown.iter().enumerate().skip(rows.view.top);
    for ((place, shown), y) in shown.zip(body.top()..body.bottom()) {
        let change = match shown {
            Shown::New(id) => sources.changes.get(id),
            Shown::Row(id) => by_row.get(id).copied(),
        };
        let listed = match shown {
            Shown::Row(id) => rows.row(id).map_or("", |row| row.name.as_str()),
            Shown::New(_) => "",
        };
        let is_marked = rows.marked.contains(shown) || range.is_some_and(|(from, to)| (from..=to).contains(&place));
        let row = Rect { y, height: 1, ..body };
        let selected = rows.selected.as_ref() == Some(shown);
        let mark = match (is_marked, selected) {
            (true, _) => glyphs.marked,
            (false, true) => glyphs.open,
            (false, false) => " ",
        };
        line(change.map_or(listed, staged_name), change, (mark, is_marked), columns, glyphs).paint(row, buf);
        if selected {
            let here = sources.pane != SourcesPane::Sources;
            buf.set_style(
                row,
                if focused {
                    theme::SELECTED
                } else if here {
                    theme::BOLD
                } else {
                    theme::PLAIN
                },
            );
        }
    }
    let (text, style) = foot_text(state);
    paint::line(vec![paint::owned(SafeText::one_line(&text).truncate(columns), style)]).paint(foot, buf);
    usize::from(body.height)
}

fn title(sources: &Sources, focused: bool, glyphs: &Glyphs) -> Vec<ratatui::text::Span<'static>> {
    let rows = &sources.rows;
    let number = rows.listing.total.map_or(0, |n| usize::try_from(n).unwrap_or(usize::MAX)).max(rows.all.len());
    let number = if sources.selected.is_none() { String::new() } else { format!(" {}", grouped(number)) };
    let mut title = vec![paint::owned(SafeText::one_line(&format!(" Rows{number} ")), title_style(focused))];
    let staged = sources.staged().count();
    if staged > 0 {
        title.push(paint::owned(SafeText::one_line(glyphs.dot.trim_start()), theme::DIM));
        title.push(paint::owned(SafeText::one_line(&format!("{} staged ", grouped(staged))), theme::ACCENT));
    }
    title
}

/// How many are marked.
fn marked(sources: &Sources) -> Option<String> {
    match (sources.rows.range_ends(), sources.rows.marked.len()) {
        (Some((from, to)), _) => Some(format!("range of {}", grouped(to - from + 1))),
        (None, 0) => None,
        (None, n) => Some(format!("{} marked", grouped(n))),
    }
}

fn empty(state: &State) -> String {
    let sources = &state.channel().sources;
    if sources.selected.is_none() {
        return "A source's rows are listed here.".to_owned();
    }
    if !sources.rows.filter.trim().is_empty() {
        return "nothing matches".to_owned();
    }
    if sources.rows.listing.loading {
        return "loading…".to_owned();
    }
    if sources.rows.listing.failure.is_some() {
        return "The rows could not be read.".to_owned();
    }
    match keyed(state, Action::NewRow, "makes one") {
        make if make.is_empty() => "No rows yet.".to_owned(),
        make => format!("No rows yet: {make}."),
    }
}

fn line(
    name: &str,
    change: Option<&Change>,
    (mark, is_marked): (&'static str, bool),
    columns: usize,
    glyphs: &Glyphs,
) -> Line<'static> {
    let state = change.map(|change| {
        let mark = Mark::for_change(change);
        let (glyph, style) = staged(mark, glyphs);
        (SafeText::one_line(&format!("{glyph} {}", mark.word())), style)
    });
    let taken = state.as_ref().map_or(0, |(text, _)| display_width(text.as_str()) + 1);
    let room = columns.saturating_sub(2 + taken);
    let (name, style) = if name.trim().is_empty() {
        (SafeText::from_static(NAMELESS).truncate(room), theme::DIM)
    } else {
        (SafeText::one_line(name).truncate(room), name_style(is_marked))
    };
    let gap = columns.saturating_sub(2 + display_width(name.as_str()) + taken.saturating_sub(1));
    let mut spans = vec![
        paint::fixed(mark, theme::ACCENT),
        paint::fixed(" ", theme::PLAIN),
        paint::owned(name, style),
        paint::owned(SafeText::new(&" ".repeat(gap)), theme::PLAIN),
    ];
    if let Some((text, style)) = state {
        spans.push(paint::owned(text, style));
    }
    paint::line(spans)
}

fn name_style(is_marked: bool) -> Style {
    if is_marked { theme::BOLD } else { theme::PLAIN }
}

fn foot_text(state: &State) -> (String, Style) {
    let rows = &state.channel().sources.rows;
    let loaded = rows.all.len();
    if let Some(failure) = &rows.listing.failure {
        return (
            format!("not read: {} {}", failure.message, keyed(state, Action::Refresh, "tries again")),
            theme::BAD,
        );
    }
    if rows.listing.loading && state.channel().sources.selected.is_some() {
        let text = match rows.listing.total {
            Some(total) if total > loaded as u64 => {
                format!("loading {} of {}", grouped(loaded), grouped(usize::try_from(total).unwrap_or(usize::MAX)))
            }
            _ if loaded > 0 => format!("{} loaded, reading on…", grouped(loaded)),
            _ => return (String::new(), theme::DIM),
        };
        return (text, theme::DIM);
    }
    let number = match loaded {
        _ if !rows.filter.trim().is_empty() => format!("{} of {}", grouped(rows.shown.len()), grouped(loaded)),
        0 => String::new(),
        n => count(n, "row", "rows"),
    };
    match marked(&state.channel().sources) {
        Some(marked) => (format!("{marked}, {number}"), theme::ACCENT),
        None => (number, theme::DIM),
    }
}
