//! Moving about in the view: selections, panes, and where things are looked at.

use super::overlays::INTERVALS;
use super::{edit, list, say};
use crate::app::effect::Effect;
use crate::app::sources::{Show, SourcesOverlay, SourcesPane};
use crate::app::state::State;
use crate::domain::Timestamp;

/// Up or down by so many rows, wherever the keys are.
pub(super) fn step(state: &mut State, by: isize) -> Vec<Effect> {
    if overlay(state, by) {
        return Vec::new();
    }
    match state.channel.sources.pane {
        SourcesPane::Sources => {
            let at = state.channel.sources.place().unwrap_or(0).saturating_add_signed(by);
            select_source_at(state, at)
        }
        SourcesPane::Rows => {
            state.channel.sources.rows.step(by);
            list::read_if_due(state)
        }
        SourcesPane::Detail => {
            scroll(state, by);
            Vec::new()
        }
    }
}

/// A screen up or down.
pub(super) fn page(state: &mut State, by: isize) -> Vec<Effect> {
    let sources = &state.channel.sources;
    let height = match sources.pane {
        _ if sources.overlay.is_some() => sources.measured.detail.saturating_sub(1),
        SourcesPane::Sources => sources.measured.sources.unwrap_or(1),
        SourcesPane::Rows => sources.rows.height,
        SourcesPane::Detail => sources.measured.detail.saturating_sub(1),
    };
    step(state, isize::try_from(height.max(2) - 1).unwrap_or(1) * by)
}

/// To the first or the last.
pub(super) fn to_end(state: &mut State, last: bool) -> Vec<Effect> {
    step(state, if last { isize::MAX } else { isize::MIN })
}

/// Scrolls what lies over the view, or moves its selection. False where nothing does.
pub(super) fn overlay(state: &mut State, by: isize) -> bool {
    let sources = &mut state.channel.sources;
    let last = sources.measured.lines.saturating_sub(sources.measured.detail);
    let (at, last) = match &mut sources.overlay {
        None => return false,
        Some(
            SourcesOverlay::Review { top, .. } | SourcesOverlay::Conflict { top, .. } | SourcesOverlay::Results(top),
        ) => (top, last),
        Some(SourcesOverlay::Undo(at)) => (at, sources.journal.len().saturating_sub(1)),
        Some(SourcesOverlay::Interval(_, at)) => (at, INTERVALS.len() - 1),
        Some(_) => return true,
    };
    *at = at.saturating_add_signed(by).min(last);
    true
}

/// Scrolls the right pane.
pub(super) fn scroll(state: &mut State, by: isize) {
    if overlay(state, if state.channel.sources.overlay.is_some() { by } else { 0 }) {
        return;
    }
    let sources = &mut state.channel.sources;
    let last = sources.measured.lines.saturating_sub(sources.measured.detail);
    sources.scroll = sources.scroll.saturating_add_signed(by).min(last);
}

/// Selects the source at that place, the nearest one if there is none.
pub(super) fn select_source_at(state: &mut State, at: usize) -> Vec<Effect> {
    let at = at.min(state.channel.sources.list.len().saturating_sub(1));
    let Some(id) = state.channel.sources.list.get(at).map(|source| source.id.clone()) else { return Vec::new() };
    let effects = list::select(state, id);
    reveal_source(state);
    effects
}

/// Brings the selected source on screen.
pub(super) fn reveal_source(state: &mut State) {
    if let Some(at) = state.channel.sources.place() {
        let height = state.channel.sources.measured.sources.unwrap_or(1).max(1);
        state.channel.sources.top = state.channel.sources.top.clamp((at + 1).saturating_sub(height), at);
    }
    scroll_sources(state, 0);
}

/// Moves the list of sources without its selection.
pub(super) fn scroll_sources(state: &mut State, by: isize) {
    let sources = &mut state.channel.sources;
    let height = sources.measured.sources.unwrap_or(1).max(1);
    let most = sources.list.len().saturating_sub(height);
    sources.top = sources.top.saturating_add_signed(by).min(most);
}

/// The next pane gets the keys. What is being written is staged, so the editor may be left.
pub(super) fn next_pane(state: &mut State, by: usize, now: Timestamp) -> Vec<Effect> {
    if state.channel.sources.overlay.is_some() {
        return Vec::new();
    }
    let pane = state.channel.sources.pane;
    let effects = edit::leave(state, now);
    state.channel.sources.filtering = false;
    let order = [SourcesPane::Sources, SourcesPane::Rows, SourcesPane::Detail];
    let at = order.iter().position(|p| *p == pane).unwrap_or(0);
    state.channel.sources.pane = order.get((at + by) % order.len()).copied().unwrap_or_default();
    effects
}

/// Where the screen shows one pane at a time, it is the row's.
fn bring_in_sight(state: &mut State) {
    let sources = &mut state.channel.sources;
    if !sources.measured.side_by_side() {
        sources.pane = SourcesPane::Detail;
    }
}

/// Shows the row another way.
pub(super) fn show_next(state: &mut State) -> Vec<Effect> {
    let staged = state.channel.sources.selected_change().is_some();
    let sources = &mut state.channel.sources;
    sources.show = match sources.show {
        Show::Rendered => Show::Raw,
        // Where nothing is staged, there is no difference to see.
        Show::Raw if staged => Show::Difference,
        Show::Raw | Show::Difference => Show::Rendered,
    };
    sources.scroll = 0;
    bring_in_sight(state);
    Vec::new()
}

/// Shows what is staged of the row, or the row again.
pub(super) fn show_difference(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if state.channel.sources.show != Show::Difference && state.channel.sources.selected_change().is_none() {
        return say(state, "Nothing is staged of it.", now);
    }
    let sources = &mut state.channel.sources;
    let seen = sources.measured.side_by_side() || sources.pane == SourcesPane::Detail;
    sources.show = if sources.show == Show::Difference && seen { Show::Rendered } else { Show::Difference };
    sources.scroll = 0;
    bring_in_sight(state);
    Vec::new()
}

/// Marks the selected row, or takes its mark off, and goes on to the next one.
pub(super) fn mark(state: &mut State) -> Vec<Effect> {
    let rows = &mut state.channel.sources.rows;
    let Some(line) = rows.selected.clone() else { return Vec::new() };
    if !rows.marked.remove(&line) {
        rows.marked.insert(line);
    }
    rows.step(1);
    list::read_if_due(state)
}

/// Begins a range, or marks it.
pub(super) fn range(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let rows = &mut state.channel.sources.rows;
    if rows.range.is_none() {
        rows.range.clone_from(&rows.selected);
        return say(state, "A range begins here: go to its end, and v marks it.", now);
    }
    if let Some((first, last)) = rows.range_ends() {
        rows.marked.extend(rows.shown.iter().take(last + 1).skip(first).cloned());
    }
    rows.range = None;
    Vec::new()
}

/// Marks all rows that are shown, or none where all of them are marked.
pub(super) fn mark_all(state: &mut State) -> Vec<Effect> {
    let rows = &mut state.channel.sources.rows;
    if rows.shown.iter().all(|line| rows.marked.contains(line)) {
        rows.marked.clear();
    } else {
        rows.marked.extend(rows.shown.iter().cloned());
    }
    rows.range = None;
    Vec::new()
}
