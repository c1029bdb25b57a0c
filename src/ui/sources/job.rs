//! What is under way, drawn on the lower border of the right pane, where it moves nothing: changes that are being
//! applied, and a sync.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::grouped;
use super::marks::synced;
use crate::app::sources::{Job, SYNC_TOLD_MS, SourcesOverlay};
use crate::app::{Action, State, SyncStep};
use crate::domain::{Applied, SafeText, SyncState, Timestamp, display_width};
use crate::ui::glyphs::Glyphs;
use crate::ui::popup::keyed;
use crate::ui::{paint, theme};

/// The columns of the bar, at the most and at the least.
const BAR: (usize, usize) = (24, 6);
/// Whether something is told.
pub(super) fn shows(state: &State, now: Timestamp) -> bool {
    running(state).is_some() || sync(state, now).is_some()
}

fn running(state: &State) -> Option<&Job> {
    state.channel().sources.job.as_ref().filter(|job| !job.ended)
}

/// Draws it over the border.
pub(super) fn draw(area: Rect, buf: &mut Buffer, state: &State, glyphs: &Glyphs, now: Timestamp) {
    let room = usize::from(area.width).saturating_sub(4);
    if area.height < 2 || room < 8 {
        return;
    }
    let parts = match running(state) {
        Some(job) => applying(job, state, room, glyphs),
        None => match sync(state, now) {
            Some((stands, since)) => syncing(&stands, since, glyphs),
            None => return,
        },
    };
    let (mut x, y) = (area.x + 2, area.bottom() - 1);
    let end = x + u16::try_from(room).unwrap_or(0);
    for (text, style) in parts {
        x += paint::text(buf, (x, y), end - x, &text, style);
    }
}

type Parts = Vec<(SafeText, Style)>;

fn applying(job: &Job, state: &State, room: usize, glyphs: &Glyphs) -> Parts {
    let done = job.done.len();
    let refused = job.done.iter().filter(|(.., came)| matches!(came, Applied::Refused(_))).count();
    let conflicts = job.done.iter().filter(|(.., came)| matches!(came, Applied::Conflict(_))).count();
    let mut text = format!("{} of {}", grouped(done), grouped(job.total));
    for (n, word) in [(refused, "refused"), (conflicts, "in conflict")] {
        if n > 0 {
            text = format!("{text}{}{} {word}", glyphs.dot, grouped(n));
        }
    }
    let covered = matches!(state.channel().sources.overlay, Some(SourcesOverlay::Review { .. }));
    let way = match job.cancelled {
        true => "cancelling: what is through stays".to_owned(),
        false if covered => String::new(),
        false => keyed(state, Action::CancelApply, "cancels"),
    };
    let with_way = if way.is_empty() { text.clone() } else { format!("{text}{}{way}", glyphs.dot) };
    let text = if display_width(&with_way) + 2 <= room { with_way } else { text };
    let text = SafeText::one_line(&format!(" {text} "));
    let mut parts = Parts::new();
    // The bar where there is room for it beside the words.
    let bar = room.saturating_sub(display_width(text.as_str()) + 2).min(BAR.0);
    if bar >= BAR.1 {
        let full = (done * bar).checked_div(job.total).unwrap_or(bar).min(bar);
        let [on, off] = glyphs.bar;
        parts.push((SafeText::from_static(" "), theme::PLAIN));
        parts.push((SafeText::one_line(&on.repeat(full)), theme::ACCENT));
        parts.push((SafeText::one_line(&off.repeat(bar - full)), theme::DIM));
    }
    parts.push((text, if refused + conflicts > 0 { theme::WARN } else { theme::PLAIN }));
    parts
}

/// The selected source's sync, and since when it runs, or how long it took.
fn sync(state: &State, now: Timestamp) -> Option<(SyncState, u64)> {
    let sync = state.channel().sources.syncs.get(state.channel().sources.selected.as_ref()?)?;
    match (&sync.step, sync.ended) {
        (SyncStep::Asking | SyncStep::Running(_), _) => Some((SyncState::Syncing, now.since(sync.since))),
        (SyncStep::Ended(source), Some(ended)) if now < ended.plus_millis(SYNC_TOLD_MS) => {
            Some((source.state.clone(), ended.since(sync.since)))
        }
        (SyncStep::Failed(_), Some(ended)) if now < ended.plus_millis(SYNC_TOLD_MS) => {
            Some((SyncState::SyncError, ended.since(sync.since)))
        }
        _ => None,
    }
}

fn syncing(stands: &SyncState, ms: u64, glyphs: &Glyphs) -> Parts {
    let (glyph, word, style) = synced(stands, glyphs);
    let text = format!(" {glyph} {word}{}{} s ", glyphs.dot, ms / 1_000);
    vec![(SafeText::one_line(&text), style)]
}
