//! The calls, drawn: one row each, failures marked.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

use crate::app::{Action, CallRow, Side, State};
use crate::domain::{ChannelName, SafeText, Timestamp, cluster_width, clusters, display_width};
use crate::ui::frame::{filter_line, pane};
use crate::ui::glyphs::Glyphs;
use crate::ui::paint::Painted as _;
use crate::ui::popup::keyed;
use crate::ui::sheet::{grouped, padded};
use crate::ui::{paint, theme};

/// The columns of a time: `59m`.
const TIME: usize = 3;
/// The columns of a method.
const METHOD: usize = 6;
/// From this many columns on a row says how long its call took.
const WITH_TOOK: usize = 46;
/// The columns of that.
const TOOK: usize = 9;

/// Draws the list and says how many rows it has for calls.
pub(super) fn draw(area: Rect, buf: &mut Buffer, state: &State, glyphs: &Glyphs, now: Timestamp) -> usize {
    let (log, list) = (&state.log, &state.log.list);
    let focused = log.side == Side::List && !state.window.is_asked();
    let style = if focused { theme::ACCENT.patch(theme::BOLD) } else { theme::PLAIN };
    let right = if list.new_above > 0 {
        let text = SafeText::one_line(&format!(" {} new above ", list.new_above));
        vec![paint::span(&text, theme::ACCENT.patch(theme::BOLD))]
    } else {
        Vec::new()
    };
    let inner = pane(area, buf, vec![paint::fixed(" Calls ", style)], right, focused, glyphs);
    if inner.height < 3 || inner.width < 8 {
        return 0;
    }
    let filter = Rect { height: 1, ..inner };
    let rows = Rect { y: inner.y + 1, height: inner.height - 2, ..inner };
    let foot = Rect { y: inner.bottom() - 1, height: 1, ..inner };
    filter_line(&list.filter, (log.filtering, focused), filter.width, glyphs).paint(filter, buf);
    let columns = usize::from(rows.width);
    if list.shown.is_empty() && list.failure.is_none() {
        let text = if list.fetching.is_some() {
            "loading…"
        } else if list.filter.trim().is_empty() {
            "no call was made yet"
        } else {
            "nothing matches"
        };
        let text = SafeText::from_static(text).truncate(columns);
        paint::line(vec![paint::span(&text, theme::DIM)]).paint(Rect { height: 1, ..rows }, buf);
    }
    let shown: Vec<_> = list.visible(usize::from(rows.height)).collect();
    let table = Table::new(&shown, columns);
    for ((row, selected), y) in shown.iter().zip(rows.top()..) {
        let line = Rect { y, height: 1, ..rows };
        table.line(row, glyphs, now).paint(line, buf);
        if *selected {
            buf.set_style(line, if log.side == Side::List { theme::SELECTED } else { theme::BOLD });
        }
    }
    let (text, style) = foot_text(state);
    paint::line(vec![paint::span(&SafeText::one_line(&text).truncate(columns), style)]).paint(foot, buf);
    usize::from(rows.height)
}

fn foot_text(state: &State) -> (String, Style) {
    let (list, free) = (&state.log.list, state.log.side == Side::List);
    if let Some(failure) = &list.failure {
        return (failure.message.clone(), theme::BAD);
    }
    let (loaded, shown) = (grouped(list.rows.len() as u64), grouped(list.shown.len() as u64));
    let text = if list.fetching.is_some() {
        format!("{loaded} loaded, reading on…")
    } else if list.rests() {
        let way = if free { keyed(state, Action::Bottom, "looks further back") } else { String::new() };
        let way = if way.is_empty() { "older ones are not looked at yet".to_owned() } else { way };
        format!("{shown} of {loaded}; {way}")
    } else if !list.filter.trim().is_empty() {
        format!("{shown} of {loaded}")
    } else if list.end {
        format!("{loaded} in all")
    } else {
        format!("{loaded} loaded")
    };
    (text, theme::DIM)
}

/// The glyph, the words and the style of how a call went.
pub(super) fn outcome(row: &CallRow, glyphs: &Glyphs) -> (&'static str, String, Style) {
    match row.status {
        None => (glyphs.failed, "none".to_owned(), theme::BAD),
        Some(status) if status >= 400 => (glyphs.failed, status.to_string(), theme::BAD),
        Some(status) => (glyphs.ok, status.to_string(), theme::BOT),
    }
}

/// How wide the columns are, by what is on screen.
struct Table {
    columns: usize,
    channel: usize,
}

impl Table {
    fn new(shown: &[(&CallRow, bool)], columns: usize) -> Self {
        let name = |row: &CallRow| display_width(row.channel.as_ref().map_or("", ChannelName::as_str));
        let channel = shown.iter().map(|(row, _)| name(row)).max().unwrap_or(0);
        Self { columns, channel: channel.min(if columns < 44 { 7 } else { 12 }) }
    }

    fn line(&self, row: &CallRow, glyphs: &Glyphs, now: Timestamp) -> Line<'static> {
        let (glyph, status, style) = outcome(row, glyphs);
        let time = SafeText::one_line(&format!("{:>TIME$} ", row.at.ago(now)));
        let outcome = padded(&SafeText::one_line(&format!("{glyph} {status}")), 7);
        let name = SafeText::one_line(row.channel.as_ref().map_or("", ChannelName::as_str)).truncate(self.channel);
        let channel = padded(&name, self.channel + 1);
        let method = padded(&SafeText::one_line(&row.method).truncate(METHOD), METHOD + 1);
        // From the path on: the host says little in a row, and stands beside it.
        let nth = if row.attempt > 1 { format!("try {} ", row.attempt) } else { String::new() };
        let nth = SafeText::one_line(&nth);
        let took = if self.columns >= WITH_TOOK { format!("{:>TOOK$}", took(row.ms)) } else { String::new() };
        let used = TIME + 1 + 7 + self.channel + 1 + METHOD + 1 + display_width(nth.as_str()) + took.len();
        let room = self.columns.saturating_sub(used);
        let path = padded(&ending(&SafeText::one_line(path(&row.url)), room), room);
        paint::line(vec![
            paint::span(&time, theme::DIM),
            paint::span(&outcome, style),
            paint::span(&channel, theme::PLAIN),
            paint::span(&method, if row.read { theme::DIM } else { theme::PLAIN }),
            paint::span(&nth, theme::WARN),
            paint::span(&path, theme::PLAIN),
            paint::owned(SafeText::one_line(&took), theme::DIM),
        ])
    }
}

/// What stands behind the host.
fn path(url: &str) -> &str {
    let behind = url.find("://").map_or(0, |at| at + 3);
    let path = url.get(behind..).and_then(|rest| rest.find('/')).map(|at| behind + at);
    path.and_then(|at| url.get(at..)).unwrap_or(url)
}

/// As much of a path as there is room for, its end: that says what was called.
fn ending(path: &SafeText, room: usize) -> SafeText {
    let text = path.as_str();
    let mut columns = display_width(text);
    if columns <= room {
        return path.clone();
    }
    // One column for what tells that something is left out.
    let mut from = 0;
    for (at, cluster) in clusters(text) {
        if columns < room {
            break;
        }
        columns -= cluster_width(cluster).min(columns);
        from = at + cluster.len();
    }
    let mut end = SafeText::from_static("…");
    end.push(&path.part(from..text.len()));
    end.truncate(room)
}

/// A time that a call took, in the unit that fits it.
pub(super) fn took(ms: u64) -> String {
    if ms < 10_000 { format!("{} ms", grouped(ms)) } else { format!("{} s", grouped(ms / 1_000)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_the_path_alone() {
        assert_eq!(path("https://h.example:8/a/b"), "/a/b");
        assert_eq!([path("https://h"), path("odd/x"), path("")], ["https://h", "/x", ""]);
        let end = |room| ending(&SafeText::one_line("/api/v1/日本"), room).as_str().to_owned();
        assert_eq!([end(12), end(9), end(4), end(0)], ["/api/v1/日本", "…/v1/日本", "…本", ""]);
        assert_eq!([took(7), took(1_234), took(61_500)], ["7 ms", "1,234 ms", "61 s"]);
    }
}
