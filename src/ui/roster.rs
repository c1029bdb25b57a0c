//! The list of conversations, drawn.

use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Rect};
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
    if !roster.fresh.is_empty() && !roster.filtering {
        let key = match state.window.key(&[Context::Roster], Action::TakeIn) {
            key if key.is_empty() => String::new(),
            key => format!(" ({key})"),
        };
        let (n, room) = (roster.fresh.len(), usize::from(filter.width).saturating_sub(9));
        let texts = [format!("{n} new above{key}"), format!("{n} new{key}")].map(|text| SafeText::one_line(&text));
        let [long, short] = texts;
        let text = if display_width(long.as_str()) <= room { long } else { short.truncate(room) };
        paint::line(vec![paint::owned(text, theme::ACCENT)]).alignment(Alignment::Right).paint(filter, buf);
    }
    let height = usize::from(rows.height);
    let columns = usize::from(rows.width);
    if roster.shown.is_empty() {
        paint::line(vec![paint::span(&SafeText::new(&empty(state)), theme::DIM)]).paint(rows, buf);
    }
    let shown = roster.visible_from(roster.view.top).take(height);
    for (n, (row, selected)) in (0..rows.height).zip(shown) {
        let line = Rect { y: rows.y + n, height: 1, ..rows };
        let open = state.channel().open_id() == Some(&row.id);
        let label = row.label.as_str();
        let alike =
            roster.visible_from(roster.view.top).take(height).filter(|(other, _)| other.label.as_str() == label);
        let told = Told {
            open,
            marked: roster.marked.contains(&row.id),
            alike: alike.count() > 1,
            is_bot: state.channel().capabilities.is_bot,
        };
        let tags = roster.kept.get(&row.id).map(tags).unwrap_or_default();
        row_line(row, told, columns, (glyphs, &tags), now).paint(line, buf);
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

/// What a row is besides what it says itself.
#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is by itself")]
struct Told {
    open: bool,
    marked: bool,
    /// Whether another one on the screen has the same name.
    alike: bool,
    /// Whether the program is the bot, so that people's messages are what is new.
    is_bot: bool,
}

/// So many letters of an id tell rows of one name apart.
const SHORT_ID: usize = 8;
/// Fewer columns than these say nothing of what was said last.
const LEAST_WORDS: usize = 8;

fn row_line(
    row: &RosterRow,
    told: Told,
    columns: usize,
    (glyphs, tags): (&Glyphs, &str),
    now: Timestamp,
) -> Line<'static> {
    let (glyph, word, style) = mark(row, told.open, told.marked, glyphs);
    let unseen = row.unseen.map_or(0, |(people, others)| if told.is_bot { people } else { others });
    let right = match word {
        // As many as are known to be.
        Some(_) if row.unread && row.state.is_none() && !told.marked && unseen > 0 => {
            let more = if unseen >= 100 { "+" } else { "" };
            SafeText::one_line(&format!("{}{more} new", unseen.min(99)))
        }
        Some(word) => SafeText::from_static(word),
        None => SafeText::one_line(&row.activity.map_or_else(String::new, |at| at.ago(now))),
    };
    let right_columns = display_width(right.as_str());
    let room = columns.saturating_sub(MARK + right_columns + 1);
    // What is kept of it has at most a third of that.
    let tags = SafeText::one_line(tags).truncate(room / 3);
    let tag_columns = if tags.is_empty() { 0 } else { display_width(tags.as_str()) + 1 };
    let room = room - tag_columns;
    let id: String = if told.alike { row.id.as_str().chars().take(SHORT_ID).collect() } else { String::new() };
    let id = if id.is_empty() { SafeText::default() } else { SafeText::one_line(&format!(" {id}")) };
    let id = id.truncate(room / 2);
    let named = room.saturating_sub(display_width(id.as_str()));
    let title = if row.label.as_str().trim().is_empty() {
        SafeText::from_static("(no message yet)").truncate(named)
    } else {
        row.label.truncate(named)
    };
    let used = display_width(title.as_str()) + display_width(id.as_str());
    // What was said last, where the name leaves room for it and says something else.
    let left = room.saturating_sub(used + 2);
    let last = row.last.as_ref().filter(|last| left >= LEAST_WORDS && !last.as_str().starts_with(row.label.as_str()));
    let last =
        last.map_or_else(SafeText::default, |last| SafeText::one_line(&format!("  {last}")).truncate(left + 2));
    let gap = columns.saturating_sub(MARK + used + display_width(last.as_str()) + right_columns + tag_columns);
    paint::line(vec![
        paint::fixed(glyph, style),
        paint::fixed(" ", theme::PLAIN),
        paint::span(&title, title_style(row, told.open)),
        paint::owned(id, theme::DIM),
        paint::owned(last, theme::DIM),
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
