//! The list of conversations, drawn.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::frame::{filter_line, pane};
use super::glyphs::Glyphs;
use super::{paint, theme};
use crate::app::{Action, Context, Focus, RosterRow, State};
use crate::domain::{DeskEntry, OutState, SafeText, Timestamp, display_width};
use crate::ui::paint::Painted as _;

/// The columns of a row's mark and the space behind it.
const MARK: usize = 2;

/// Draws the roster and says how many rows it has for conversations.
pub(super) fn draw(area: Rect, buf: &mut Buffer, state: &State, glyphs: &Glyphs, now: Timestamp) -> usize {
    let roster = &state.channel().roster;
    let focused = state.window.focus == Focus::Roster && !state.window.is_covered();
    let inner = pane(area, buf, vec![paint::fixed(" Conversations ", title(focused))], Vec::new(), focused, glyphs);
    if inner.height < 3 || inner.width < 8 {
        return 0;
    }
    let filter = Rect { height: 1, ..inner };
    let rows = Rect { y: inner.y + 1, height: inner.height - 2, ..inner };
    let foot = Rect { y: inner.y + inner.height - 1, height: 1, ..inner };
    filter_line(&roster.filter, (roster.filtering, focused), filter.width, glyphs).paint(filter, buf);
    let height = usize::from(rows.height);
    let columns = usize::from(rows.width);
    if roster.shown.is_empty() {
        paint::line(vec![paint::span(&SafeText::new(&empty(state)), theme::DIM)]).paint(rows, buf);
    }
    let shown = roster.visible_from(roster.view.top).take(height);
    for (n, (row, selected)) in (0..rows.height).zip(shown) {
        let line = Rect { y: rows.y + n, height: 1, ..rows };
        let open = state.channel().open_id() == Some(&row.id);
        let tags = roster.kept.get(&row.id).map(tags).unwrap_or_default();
        row_line(row, (open, roster.marked.contains(&row.id)), columns, (glyphs, &tags), now).paint(line, buf);
        if selected && focused {
            buf.set_style(line, theme::SELECTED);
        }
    }
    paint::line(vec![foot_span(state, columns, glyphs)]).paint(foot, buf);
    height
}

fn title(focused: bool) -> Style {
    if focused { theme::ACCENT.patch(theme::BOLD) } else { theme::PLAIN }
}

fn empty(state: &State) -> String {
    let roster = &state.channel().roster;
    let key = |action| state.window.key(&[Context::Roster], action);
    let said = if !roster.filter.is_empty() {
        "nothing matches"
    } else if roster.fetching.is_some() {
        "loading…"
    } else if state.channel().capabilities.requests && !state.channel().capabilities.send {
        match key(Action::ShowWebhooks) {
            key if key.is_empty() => "requests: in Webhooks",
            key => return format!("requests: press {key}"),
        }
    } else if !state.channel().capabilities.send {
        "none yet"
    } else if state.channel().capabilities.is_bot {
        "none: people write first"
    } else {
        match state.window.key(&[], Action::NewConversation) {
            key if key.is_empty() => "none yet",
            key => return format!("none yet: {key} begins one"),
        }
    };
    said.to_owned()
}

/// The mark and, where it stands for a state, its word. A row that is marked shows that in the state's place, beside the
/// state's word.
fn mark(row: &RosterRow, open: bool, marked: bool, glyphs: &Glyphs) -> (&'static str, Option<&'static str>, Style) {
    match state_mark(row, open, glyphs) {
        (_, word, style) if marked => {
            (glyphs.marked, word.or(Some("marked")), if word.is_some() { style } else { theme::ACCENT })
        }
        unmarked => unmarked,
    }
}

fn state_mark(row: &RosterRow, open: bool, glyphs: &Glyphs) -> (&'static str, Option<&'static str>, Style) {
    match row.state {
        Some(OutState::Unknown) => return (glyphs.unknown, Some("unknown"), theme::WARN),
        Some(OutState::Queued) => return (glyphs.queued, Some("queued"), theme::PLAIN),
        Some(OutState::Sending) => return (glyphs.sending, Some("sending"), theme::PLAIN),
        Some(OutState::Rejected) => return (glyphs.failed, Some("rejected"), theme::BAD),
        Some(OutState::Sent | OutState::Cancelled) | None => {}
    }
    if row.unread {
        (glyphs.unread, Some("unread"), theme::ACCENT)
    } else if row.draft && !open {
        (glyphs.draft, Some("draft"), theme::PLAIN)
    } else if open {
        (glyphs.open, None, theme::ACCENT)
    } else {
        (" ", None, theme::PLAIN)
    }
}

fn row_line(
    row: &RosterRow,
    (open, marked): (bool, bool),
    columns: usize,
    (glyphs, tags): (&Glyphs, &str),
    now: Timestamp,
) -> Line<'static> {
    let (glyph, word, style) = mark(row, open, marked, glyphs);
    let right = match word {
        Some(word) => SafeText::from_static(word),
        None => SafeText::one_line(&row.activity.map_or_else(String::new, |at| at.ago(now))),
    };
    let right_columns = display_width(right.as_str());
    let room = columns.saturating_sub(MARK + right_columns + 1);
    // What is kept of it has at most a third of that.
    let tags = SafeText::one_line(tags).truncate(room / 3);
    let tag_columns = if tags.is_empty() { 0 } else { display_width(tags.as_str()) + 1 };
    let room = room - tag_columns;
    let title = if row.label.as_str().trim().is_empty() {
        SafeText::from_static("(no message yet)").truncate(room)
    } else {
        row.label.truncate(room)
    };
    let gap = columns.saturating_sub(MARK + display_width(title.as_str()) + right_columns + tag_columns);
    paint::line(vec![
        paint::fixed(glyph, style),
        paint::fixed(" ", theme::PLAIN),
        paint::span(&title, title_style(row, open)),
        paint::span(&SafeText::new(&" ".repeat(gap)), theme::PLAIN),
        paint::owned(tags, theme::ACCENT),
        paint::fixed(if tag_columns > 0 { " " } else { "" }, theme::PLAIN),
        paint::span(&right, if word.is_some() { style } else { theme::DIM }),
    ])
}

/// What is kept of a conversation, for the few columns that a row has for it.
fn tags(entry: &DeskEntry) -> String {
    let pinned = entry.pinned.then_some("pin".to_owned());
    let woke = entry.reminds().then_some("due".to_owned());
    let labels = entry.labels.iter().map(|label| format!("#{label}"));
    woke.into_iter().chain(pinned).chain(labels).collect::<Vec<_>>().join(" ")
}

fn title_style(row: &RosterRow, open: bool) -> Style {
    if row.label.as_str().trim().is_empty() {
        theme::DIM
    } else if open {
        theme::BOLD
    } else {
        theme::PLAIN
    }
}

fn foot_span(state: &State, columns: usize, glyphs: &Glyphs) -> Span<'static> {
    let roster = &state.channel().roster;
    if let Some(failure) = &roster.failure {
        let text = SafeText::one_line(&format!("not read: {} (r)", failure.message)).truncate(columns);
        return paint::span(&text, theme::BAD);
    }
    let shown = roster.shown.len();
    let loaded = roster.rows.len();
    let total = roster.total.unwrap_or(0).max(loaded as u64);
    let text = if roster.filter.is_empty() { format!("{loaded} of {total}") } else { format!("{shown} of {total}") };
    let marked = match roster.marked.len() {
        0 => String::new(),
        n => format!("{}{n} marked", glyphs.dot),
    };
    let more = if roster.fetching.is_some() { " loading…" } else { "" };
    paint::span(&SafeText::one_line(&format!("{text}{marked}{more}")).truncate(columns), theme::DIM)
}
