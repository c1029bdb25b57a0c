//! Moving about in the view: selections, panes, and where things are looked at.

use super::{edit, reading};
use crate::app::channel::Channel;
use crate::app::effect::Effect;
use crate::app::sources::{Show, SourcesOverlay, SourcesPane};
use crate::app::update::ctx::{Ctx, say};
use crate::domain::SyncInterval;

/// How often a source can be synced by itself, in the order of the overlay.
pub(super) const INTERVALS: [Option<SyncInterval>; 4] =
    [None, Some(SyncInterval::Day), Some(SyncInterval::Week), Some(SyncInterval::Month)];

/// Up or down by so many rows, wherever the keys are.
pub(super) fn step(channel: &mut Channel, ctx: &mut Ctx<'_>, by: isize) -> Vec<Effect> {
    if overlay(channel, by) {
        return Vec::new();
    }
    match channel.sources.pane {
        SourcesPane::Sources => {
            let at = channel.sources.place().unwrap_or(0).saturating_add_signed(by);
            select_source_at(channel, ctx, at)
        }
        SourcesPane::Rows => {
            channel.sources.rows.step(by);
            reading::read_if_due(channel)
        }
        SourcesPane::Detail => {
            scroll(channel, by);
            Vec::new()
        }
    }
}

/// A screen up or down.
pub(super) fn page(channel: &mut Channel, ctx: &mut Ctx<'_>, by: isize) -> Vec<Effect> {
    let sources = &channel.sources;
    let height = match sources.pane {
        _ if sources.overlay.is_some() => sources.measured.detail.saturating_sub(1),
        SourcesPane::Sources => sources.measured.sources.unwrap_or(1),
        SourcesPane::Rows => sources.rows.view.height,
        SourcesPane::Detail => sources.measured.detail.saturating_sub(1),
    };
    step(channel, ctx, isize::try_from(height.max(2) - 1).unwrap_or(1) * by)
}

/// To the first or the last.
pub(super) fn to_end(channel: &mut Channel, ctx: &mut Ctx<'_>, last: bool) -> Vec<Effect> {
    step(channel, ctx, if last { isize::MAX } else { isize::MIN })
}

/// Scrolls what lies over the view, or moves its selection. False where nothing does.
pub(super) fn overlay(channel: &mut Channel, by: isize) -> bool {
    let sources = &mut channel.sources;
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
pub(super) fn scroll(channel: &mut Channel, by: isize) {
    if overlay(channel, if channel.sources.overlay.is_some() { by } else { 0 }) {
        return;
    }
    let sources = &mut channel.sources;
    let last = sources.measured.lines.saturating_sub(sources.measured.detail);
    sources.scroll = sources.scroll.saturating_add_signed(by).min(last);
}

/// Selects the source at that place, the nearest one if there is none.
pub(super) fn select_source_at(channel: &mut Channel, ctx: &mut Ctx<'_>, at: usize) -> Vec<Effect> {
    let at = at.min(channel.sources.list.len().saturating_sub(1));
    let Some(id) = channel.sources.list.get(at).map(|source| source.id.clone()) else { return Vec::new() };
    let effects = reading::select(channel, ctx, id);
    reveal_source(channel);
    effects
}

/// Brings the selected source on screen.
pub(super) fn reveal_source(channel: &mut Channel) {
    if let Some(at) = channel.sources.place() {
        let height = channel.sources.measured.sources.unwrap_or(1).max(1);
        channel.sources.top = channel.sources.top.clamp((at + 1).saturating_sub(height), at);
    }
    scroll_sources(channel, 0);
}

/// Moves the list of sources without its selection.
pub(super) fn scroll_sources(channel: &mut Channel, by: isize) {
    let sources = &mut channel.sources;
    let height = sources.measured.sources.unwrap_or(1).max(1);
    let most = sources.list.len().saturating_sub(height);
    sources.top = sources.top.saturating_add_signed(by).min(most);
}

/// The next pane gets the keys. What is being written is staged, so the editor may be left.
pub(super) fn next_pane(channel: &mut Channel, ctx: &mut Ctx<'_>, by: usize) -> Vec<Effect> {
    if channel.sources.overlay.is_some() {
        return Vec::new();
    }
    let pane = channel.sources.pane;
    let effects = edit::leave(channel, ctx);
    channel.sources.filtering = false;
    let order = [SourcesPane::Sources, SourcesPane::Rows, SourcesPane::Detail];
    let at = order.iter().position(|p| *p == pane).unwrap_or(0);
    channel.sources.pane = order.get((at + by) % order.len()).copied().unwrap_or_default();
    effects
}

/// Where the screen shows one pane at a time, it is the row's.
fn bring_in_sight(channel: &mut Channel) {
    let sources = &mut channel.sources;
    if !sources.measured.side_by_side() {
        sources.pane = SourcesPane::Detail;
    }
}

/// Shows the row another way.
pub(super) fn show_next(channel: &mut Channel) -> Vec<Effect> {
    let staged = channel.sources.selected_change().is_some();
    let sources = &mut channel.sources;
    sources.show = match sources.show {
        Show::Rendered => Show::Raw,
        // Where nothing is staged, there is no difference to see.
        Show::Raw if staged => Show::Difference,
        Show::Raw | Show::Difference => Show::Rendered,
    };
    sources.scroll = 0;
    bring_in_sight(channel);
    Vec::new()
}

/// Shows what is staged of the row, or the row again.
pub(super) fn show_difference(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if channel.sources.show != Show::Difference && channel.sources.selected_change().is_none() {
        return say(ctx, "Nothing is staged of it.");
    }
    let sources = &mut channel.sources;
    let seen = sources.measured.side_by_side() || sources.pane == SourcesPane::Detail;
    sources.show = if sources.show == Show::Difference && seen { Show::Rendered } else { Show::Difference };
    sources.scroll = 0;
    bring_in_sight(channel);
    Vec::new()
}

/// Marks the selected row, or takes its mark off, and goes on to the next one.
pub(super) fn mark(channel: &mut Channel) -> Vec<Effect> {
    let rows = &mut channel.sources.rows;
    let Some(line) = rows.selected.clone() else { return Vec::new() };
    if !rows.marked.remove(&line) {
        rows.marked.insert(line);
    }
    rows.step(1);
    reading::read_if_due(channel)
}

/// Begins a range, or marks it.
pub(super) fn range(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let rows = &mut channel.sources.rows;
    if rows.range.is_none() {
        rows.range.clone_from(&rows.selected);
        return say(ctx, "A range begins here: go to its end, and v marks it.");
    }
    if let Some((first, last)) = rows.range_ends() {
        rows.marked.extend(rows.shown.iter().take(last + 1).skip(first).cloned());
    }
    rows.range = None;
    Vec::new()
}

/// Marks all rows that are shown, or none where all of them are marked.
pub(super) fn mark_all(channel: &mut Channel) -> Vec<Effect> {
    let rows = &mut channel.sources.rows;
    if rows.shown.iter().all(|line| rows.marked.contains(line)) {
        rows.marked.clear();
    } else {
        rows.marked.extend(rows.shown.iter().cloned());
    }
    rows.range = None;
    Vec::new()
}
