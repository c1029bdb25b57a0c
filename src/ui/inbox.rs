//! The inbox, drawn: the conversations of all channels, with what is kept of each.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::frame::{filter_line, pane};
use super::glyphs::Glyphs;
use super::line_input::in_sight;
use super::sources::grouped;
use super::{paint, theme};
use crate::app::{DeskListRow, Pane, State};
use crate::domain::{DeskEntry, DeskFilter, OutState, SafeText, Timestamp, display_width};
use crate::ui::paint::Painted as _;

/// The columns of a row's mark and the space behind it.
const MARK: usize = 2;
/// The most columns of a channel's name.
const CHANNEL: usize = 14;
/// From so many columns on the last words stand behind the title.
const WITH_WORDS: usize = 90;

/// What the view keeps between frames.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    rows: Rect,
}

impl Inbox {
    /// Draws the view. Tells how many rows it has room for, and where the terminal's cursor stands if the line has the
    /// keys.
    pub(super) fn draw(
        &mut self,
        area: Rect,
        buf: &mut Buffer,
        state: &State,
        glyphs: &Glyphs,
        now: Timestamp,
    ) -> (usize, Option<(u16, u16)>) {
        let desk = &state.desk;
        let focused = !state.window.is_covered();
        let style = if focused { theme::ACCENT.patch(theme::BOLD) } else { theme::PLAIN };
        let left = vec![paint::fixed(" Inbox ", style), paint::fixed("all channels ", theme::DIM)];
        let inner = pane(area, buf, left, Vec::new(), focused, glyphs);
        self.rows = Rect::default();
        if inner.height < 3 || inner.width < 8 {
            return (0, None);
        }
        let line = Rect { height: 1, ..inner };
        let rows = Rect { y: inner.y + 1, height: inner.height - 2, ..inner };
        let foot = Rect { y: inner.bottom() - 1, height: 1, ..inner };
        self.rows = rows;
        let mut cursor = None;
        if desk.filtering && focused {
            let seen = in_sight(&desk.line, usize::from(line.width).saturating_sub(3));
            cursor = Some((line.x + 2 + seen.cursor(), line.y));
            paint::text(buf, (line.x, line.y), line.width, &SafeText::from_static("/ "), theme::ACCENT);
            paint::text(buf, (line.x + 2, line.y), line.width - 2, &seen.text(), theme::BOLD);
        } else {
            filter_line(&desk.line, (false, focused), line.width, glyphs).paint(line, buf);
        }
        if desk.rows.is_empty() {
            let text = SafeText::from_static(empty(state)).truncate(usize::from(rows.width));
            paint::line(vec![paint::owned(text, theme::DIM)]).paint(Rect { height: 1, ..rows }, buf);
        }
        let channels = channel_columns(state, usize::from(rows.width));
        let position = desk.position();
        let shown = desk.rows.iter().enumerate().skip(desk.view.top);
        for (y, (at, row)) in (rows.top()..rows.bottom()).zip(shown) {
            let place = Rect { y, height: 1, ..rows };
            row_line(state, row, (usize::from(rows.width), channels), glyphs, now).paint(place, buf);
            if position == Some(at) {
                buf.set_style(place, theme::SELECTED);
            }
        }
        paint::line(vec![foot_span(state, usize::from(foot.width), glyphs)]).paint(foot, buf);
        (usize::from(rows.height), cursor)
    }

    /// What is at a place on screen: the nth row of the list.
    pub(super) fn pane_at(&self, column: u16, row: u16) -> Option<(Pane, Option<usize>)> {
        let inside = self.rows.contains(Position { x: column, y: row });
        inside.then(|| (Pane::Inbox, Some(usize::from(row - self.rows.y))))
    }
}

/// How many columns the names of channels have: as many as they need, if there is room.
fn channel_columns(state: &State, width: usize) -> usize {
    let widest = state.channels.iter().map(|tab| display_width(tab.info.label.as_str())).max().unwrap_or(0);
    widest.min(CHANNEL).min(width / 4)
}

fn empty(state: &State) -> &'static str {
    let desk = &state.desk;
    if !desk.loaded && desk.failure.is_none() {
        "loading…"
    } else if desk.wanted() == DeskFilter::default() {
        "nothing here: what comes on any channel stands here"
    } else {
        "nothing is so: Esc shows all"
    }
}

/// The mark before a row, and its word where it stands for a state.
fn mark(state: &State, row: &DeskListRow, glyphs: &Glyphs) -> (&'static str, &'static str, Style) {
    let item = &row.item;
    let known =
        state.channel_at(&item.channel).and_then(|at| state.channels.get(at)?.roster.row(&item.conversation.id));
    let unread = known.map_or(item.unread, |row| row.unread);
    if state.desk.marked.contains(&row.key()) {
        return (glyphs.marked, "marked", theme::ACCENT);
    }
    match known.and_then(|row| row.state) {
        Some(OutState::Unknown) => return (glyphs.unknown, "unknown", theme::WARN),
        Some(OutState::Rejected) => return (glyphs.failed, "rejected", theme::BAD),
        _ => {}
    }
    if item.entry.reminds() {
        (glyphs.conflict, "reminder", theme::WARN)
    } else if unread {
        (glyphs.unread, "unread", theme::ACCENT)
    } else if known.map_or(item.has_draft, |row| row.draft) {
        (glyphs.draft, "draft", theme::PLAIN)
    } else {
        (" ", "", theme::PLAIN)
    }
}

/// What is kept of a conversation, in a few words.
pub(super) fn kept(entry: &DeskEntry) -> String {
    let mut words: Vec<String> = entry.labels.iter().map(|label| format!("#{label}")).collect();
    let states = [
        (entry.pinned, "pinned"),
        (!entry.note.is_empty(), "noted"),
        (entry.archived.is_some(), "archived"),
        (entry.sleeps(), "snoozed"),
    ];
    words.extend(states.into_iter().filter(|(is_so, _)| *is_so).map(|(_, word)| word.to_owned()));
    words.join(" ")
}

fn row_line(
    state: &State,
    row: &DeskListRow,
    (columns, channels): (usize, usize),
    glyphs: &Glyphs,
    now: Timestamp,
) -> Line<'static> {
    let (glyph, word, style) = mark(state, row, glyphs);
    let ago = row.item.activity.map_or_else(String::new, |at| at.ago(now));
    let right = SafeText::one_line(if word.is_empty() { &ago } else { word });
    let channel = SafeText::one_line(row.item.channel.as_str()).truncate(channels);
    let channel_gap = channels - display_width(channel.as_str()) + 2;
    let mut room = columns.saturating_sub(MARK + channels + 2 + display_width(right.as_str()) + 1);
    // What is kept has at most half of what is left.
    let kept = SafeText::one_line(&kept(&row.item.entry)).truncate(room / 2);
    let kept_columns = if kept.is_empty() { 0 } else { display_width(kept.as_str()) + 1 };
    room = room.saturating_sub(kept_columns);
    let untitled = row.label.as_str().trim().is_empty();
    let title = if untitled && row.words.is_empty() {
        SafeText::from_static("(no message yet)").truncate(room)
    } else if untitled {
        row.words.truncate(room)
    } else {
        row.label.truncate(room)
    };
    let mut left = room.saturating_sub(display_width(title.as_str()));
    let mut spans = vec![
        paint::fixed(glyph, style),
        paint::fixed(" ", theme::PLAIN),
        paint::owned(channel, theme::DIM),
        blanks(channel_gap),
        paint::owned(title, if word == "unread" { theme::BOLD } else { theme::PLAIN }),
    ];
    let says_more = !untitled && row.words != row.label && !row.words.is_empty();
    if columns >= WITH_WORDS && says_more && left > 8 {
        let words = row.words.truncate(left - 3);
        left -= display_width(words.as_str()) + 3;
        spans.push(paint::fixed("   ", theme::PLAIN));
        spans.push(paint::owned(words, theme::DIM));
    }
    spans.push(blanks(left));
    if kept_columns > 0 {
        spans.push(paint::fixed(" ", theme::PLAIN));
        spans.push(paint::owned(kept, theme::ACCENT));
    }
    spans.push(paint::fixed(" ", theme::PLAIN));
    spans.push(paint::owned(right, if word.is_empty() { theme::DIM } else { style }));
    paint::line(spans)
}

fn blanks(columns: usize) -> Span<'static> {
    paint::owned(SafeText::new(&" ".repeat(columns)), theme::PLAIN)
}

/// What narrows the list, and how much of it is here.
fn foot_span(state: &State, columns: usize, glyphs: &Glyphs) -> Span<'static> {
    let desk = &state.desk;
    if let Some(failure) = &desk.failure {
        let text = SafeText::one_line(&format!("not read: {} (r)", failure.message)).truncate(columns);
        return paint::owned(text, theme::BAD);
    }
    let wanted = desk.wanted();
    let mut words = vec![format!("{}{}", grouped(desk.rows.len()), if desk.next.is_some() { "+" } else { "" })];
    let only = [
        (wanted.unread, "unread"),
        (wanted.waiting, "waiting"),
        (wanted.pinned, "pinned"),
        (wanted.archived, "archived"),
        (wanted.snoozed, "snoozed"),
    ];
    words.extend(only.into_iter().filter(|(is_so, _)| *is_so).map(|(_, word)| format!("only {word}")));
    words.extend(wanted.label.iter().map(|label| format!("only #{label}")));
    if !desk.marked.is_empty() {
        words.push(format!("{} marked", desk.marked.len()));
    }
    if desk.range.is_some() {
        words.push("v ends the range".to_owned());
    }
    let narrowed = wanted != DeskFilter::default();
    let text = SafeText::one_line(&words.join(glyphs.dot)).truncate(columns);
    paint::owned(text, if narrowed { theme::ACCENT } else { theme::DIM })
}
