//! What waits behind a reply, drawn above the message that is being written: numbered, in the order in which it leaves.

use ratatui::text::Span;

use super::glyphs::Glyphs;
use super::popup::keyed;
use super::{paint, theme};
use crate::app::{Action, Focus, PendingTurn, State, short_name};
use crate::domain::{SafeText, display_width};

/// So many messages are shown at once, and so many on a screen with few rows.
const ROWS: [usize; 2] = [5, 2];
/// A message that is listed is looked at up to here: it is one line.
const LOOKED_AT: usize = 2_000;

/// The lines at that width; none where nothing waits.
pub(super) fn lines(state: &State, columns: usize, low: bool, glyphs: &Glyphs) -> Vec<Vec<Span<'static>>> {
    let queue = state.channel().queue();
    let focused = state.window.focus == Focus::Queue && !state.window.is_covered();
    if queue.is_empty() && !focused {
        return Vec::new();
    }
    let mut lines = vec![heading(state, &queue, columns, glyphs)];
    let last = queue.len().saturating_sub(1);
    let selected = queue.iter().position(|local| state.channel().waiting.selected.as_ref() == Some(&local.turn.id));
    let selected = selected.unwrap_or(last);
    let rows = ROWS[usize::from(low)].min(queue.len());
    // The selected one stands among them; without the keys, those that leave next.
    let first = if focused { selected.saturating_sub(rows.saturating_sub(1)).min(queue.len() - rows) } else { 0 };
    for (at, local) in queue.iter().enumerate().skip(first).take(rows) {
        lines.push(row(local, at + 1, focused && at == selected, columns, glyphs));
    }
    lines
}

/// How many wait, for what, and the way on.
fn heading(state: &State, queue: &[&PendingTurn], columns: usize, glyphs: &Glyphs) -> Vec<Span<'static>> {
    let held = queue.iter().filter(|local| local.turn.queue.held).count();
    let (said, style) = match (queue.len(), held) {
        (0, _) => ("nothing waits any more".to_owned(), theme::DIM),
        (n, 0) => (format!("{} {n} waiting: sent when the reply ends", glyphs.queued), theme::DIM),
        (n, held) if n == held => (format!("{} {n} held: not sent until you say so", glyphs.held), theme::WARN),
        (n, held) => (format!("{} {n} waiting, {held} of them held", glyphs.held), theme::WARN),
    };
    let focused = state.window.focus == Focus::Queue;
    let undo =
        state.offers(Action::QueueUndo).then(|| keyed(state, Action::QueueUndo, "brings back what was dropped"));
    let ways = [
        (held > 0).then(|| keyed(state, Action::ReleaseQueue, "sends them")),
        (held == 0 && state.stops_on_back()).then(|| "Esc stops it and holds these".to_owned()),
        if focused {
            undo
        } else {
            (!queue.is_empty() && state.window.focus == Focus::Composer).then(|| "Up: edit".to_owned())
        },
    ];
    let mut spans = vec![(SafeText::one_line(&said).truncate(columns), style)];
    let mut used = display_width(spans[0].0.as_str());
    for way in ways.into_iter().flatten().filter(|way| !way.is_empty()) {
        let way = SafeText::one_line(&format!("{}{way}", glyphs.dot));
        let wide = display_width(way.as_str());
        if used + wide > columns {
            break;
        }
        used += wide;
        spans.push((way, theme::DIM));
    }
    spans.into_iter().map(|(text, style)| paint::owned(text, style)).collect()
}

/// One message: its number, its first words, and what there is to say of it.
fn row(local: &PendingTurn, number: usize, selected: bool, columns: usize, glyphs: &Glyphs) -> Vec<Span<'static>> {
    let turn = &local.turn;
    let style = if selected { theme::SELECTED } else { theme::PLAIN };
    let mark = if turn.queue.held { glyphs.held } else { " " };
    let number = SafeText::one_line(&format!("{mark} {number} "));
    let mut told = Vec::new();
    if !turn.attach.is_empty() {
        let names: Vec<String> = turn.attach.iter().map(short_name).collect();
        told.push(format!("attached: {}", names.join(", ")));
    }
    if turn.queue.elsewhere {
        told.push("in another window".to_owned());
    }
    if let Some(failure) = &turn.failure {
        told.push(format!("not sent: {}", failure.sentence()));
    }
    let told = told.join(", ");
    let told = if told.is_empty() { told } else { format!("{}{told}", glyphs.dot) };
    let room = columns.saturating_sub(display_width(number.as_str()));
    let told = SafeText::one_line(&told).truncate(room / 2);
    let end = turn.text.floor_char_boundary(LOOKED_AT);
    let text = SafeText::one_line(turn.text.get(..end).unwrap_or_default().trim());
    let text = text.truncate(room.saturating_sub(display_width(told.as_str())));
    let used = display_width(text.as_str()) + display_width(told.as_str());
    let rest = SafeText::one_line(&" ".repeat(room.saturating_sub(used)));
    vec![
        paint::owned(number, if selected { style } else { theme::DIM }),
        paint::owned(text, style),
        paint::owned(told, if selected { style } else { theme::DIM }),
        paint::owned(rest, style),
    ]
}
