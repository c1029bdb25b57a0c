//! The Sources view: what happens to it. What the user asks of it by key stands in `actions`.

mod actions;
mod apply;
mod conflict;
pub(super) mod edit;
mod kept;
mod list;
mod overlays;
mod staging;
#[cfg(test)]
mod tests;
mod travel;
mod undo;

use super::{complain, printable, refuse, say};
use crate::app::effect::Effect;
use crate::app::event::Pane;
use crate::app::sources::{SourcesEffect, SourcesEvent, SourcesMeasured, SourcesOverlay, SourcesPane};
use crate::app::state::State;
use crate::app::window::ViewKind;
use crate::domain::{Failure, SafeText, Timestamp};

pub(super) use actions::act;
pub(super) use edit::unedited;
pub(super) use staging::ask as ask_changes;

/// Shows the view. What is staged is read each time: another process may have staged something.
pub(super) fn show(state: &mut State, now: Timestamp) -> Vec<Effect> {
    state.window.view = ViewKind::Sources;
    state.channel.roster.filtering = false;
    if !state.channel.capabilities.sources {
        return Vec::new();
    }
    let mut effects = Vec::new();
    if !state.channel.sources.asked {
        state.channel.sources.asked = true;
        effects.extend(list::ask(state));
    }
    effects.extend(ask_changes(state));
    effects.extend(list::read_if_due(state));
    effects.extend(next_second(state, now));
    effects
}

/// Something of the view happened.
pub(super) fn happen(state: &mut State, event: SourcesEvent, now: Timestamp) -> Vec<Effect> {
    match event {
        SourcesEvent::List { ticket, page, done } => list::listed(state, ticket, page, done),
        SourcesEvent::Rows { ticket, page, done } => list::rows(state, ticket, page, done),
        SourcesEvent::Row(source, row, result) => list::read(state, &source, &row, result, now),
        SourcesEvent::Changes(changes) => kept::came(state, changes, now),
        SourcesEvent::Journal(source, journal) => undo::came(state, &source, journal),
        SourcesEvent::Applied(change, applied) => apply::applied(state, &change, applied, now),
        SourcesEvent::ApplyEnded(source, result) => apply::ended(state, &source, &result, now),
        SourcesEvent::Undone(n, applied) => undo::undone(state, n, applied, now),
        SourcesEvent::Created(result) => list::created(state, result, now),
        SourcesEvent::Deleted(source, result) => list::deleted(state, &source, result, now),
        SourcesEvent::Interval(source, result) => overlays::interval_set(state, &source, result, now),
        SourcesEvent::Sync(source, step) => list::synced(state, source, step, now),
        SourcesEvent::Edited(change, text) => edit::edited(state, &change, text, now),
        SourcesEvent::Unkept(change, failure) => kept::unkept(state, change, &failure, now),
        SourcesEvent::Failed(failure) => failed(state, &failure, now),
        SourcesEvent::Measured(measured) => {
            measure(state, measured);
            Vec::new()
        }
    }
}

/// Something failed, and nobody says what: whatever waits for an answer waits no more.
fn failed(state: &mut State, failure: &Failure, now: Timestamp) -> Vec<Effect> {
    let sources = &mut state.channel.sources;
    // An answer that comes all the same is old by then.
    sources.asking.again |= std::mem::take(&mut sources.asking.under_way);
    sources.reading.clear();
    sources.awaited = None;
    sources.undoing = None;
    sources.making = false;
    // It may have been the keeping of what is staged.
    let staging = std::mem::take(&mut sources.staging);
    sources.unkept.extend(staging);
    complain(state, "", failure, now)
}

/// Another process wrote to the store: it may have staged something, or applied it.
pub(super) fn abroad(state: &mut State) -> Vec<Effect> {
    if state.window.view == ViewKind::Sources && !state.behind { ask_changes(state) } else { Vec::new() }
}

/// A short and safe form of somebody's text, for a line of ours.
fn short(text: &str) -> SafeText {
    SafeText::one_line(if text.trim().is_empty() { "the row without a name" } else { text }).truncate(40)
}

/// So many of something, in words.
fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

fn measure(state: &mut State, measured: SourcesMeasured) {
    let sources = &mut state.channel.sources;
    sources.measured = measured;
    if let Some(height) = measured.rows.filter(|height| *height != sources.rows.height) {
        sources.rows.height = height;
        sources.rows.reveal();
    }
    travel::reveal_source(state);
    travel::scroll(state, 0);
}

/// The next second, while a sync is seen to take its time.
pub(super) fn next_second(state: &State, now: Timestamp) -> Option<Effect> {
    let seen = state.window.view == ViewKind::Sources && state.channel.capabilities.sources;
    let syncs = state.channel.sources.syncs.keys().any(|source| state.channel.sources.is_syncing(source));
    (seen && syncs).then(|| Effect::Wake(now.next_second()))
}

/// Characters for the line that has the keys. Control characters are no part of any.
pub(super) fn line_typed(state: &mut State, text: &str) -> Vec<Effect> {
    let clean = printable(text);
    edit_line(state, |line| line.push_str(&clean))
}

/// Backspace on that line.
pub(super) fn line_erased(state: &mut State) -> Vec<Effect> {
    edit_line(state, |line| _ = line.pop())
}

fn edit_line(state: &mut State, change: impl FnOnce(&mut String)) -> Vec<Effect> {
    let sources = &mut state.channel.sources;
    match &mut sources.overlay {
        Some(SourcesOverlay::Name { text, problem, .. }) => {
            change(text);
            *problem = None;
            return Vec::new();
        }
        Some(SourcesOverlay::DeleteSource { text, .. }) => {
            change(text);
            return Vec::new();
        }
        Some(_) => return Vec::new(),
        None => {}
    }
    if let Some(editor) = &mut sources.editor {
        if let Some(search) = editor.search.as_mut().filter(|search| search.typing) {
            change(&mut search.text);
            edit::seek(editor);
        }
        return Vec::new();
    }
    if !sources.filtering {
        return Vec::new();
    }
    let mut filter = sources.rows.filter.clone();
    change(&mut filter);
    refilter(state, filter)
}

fn refilter(state: &mut State, filter: String) -> Vec<Effect> {
    state.channel.sources.rows.narrow(filter);
    state.channel.sources.refilter();
    list::read_if_due(state)
}

/// A click on one of its panes, on the nth row on screen. What is written is staged, so the editor may be left.
pub(super) fn click(state: &mut State, pane: Pane, row: usize, now: Timestamp) -> Vec<Effect> {
    if state.channel.sources.overlay.is_some() || !state.channel.capabilities.sources {
        return Vec::new();
    }
    match pane {
        Pane::Sources => {
            let at = state.channel.sources.top + row;
            if at >= state.channel.sources.list.len() {
                return Vec::new();
            }
            let mut effects = edit::leave(state, now);
            state.channel.sources.pane = SourcesPane::Sources;
            effects.extend(travel::select_source_at(state, at));
            effects
        }
        Pane::Rows => {
            let at = state.channel.sources.rows.top + row;
            if at >= state.channel.sources.rows.shown.len() {
                return Vec::new();
            }
            let mut effects = edit::leave(state, now);
            state.channel.sources.pane = SourcesPane::Rows;
            state.channel.sources.filtering = false;
            state.channel.sources.rows.select(at);
            effects.extend(list::read_if_due(state));
            effects
        }
        _ => {
            if state.channel.sources.editor.is_none() {
                state.channel.sources.pane = SourcesPane::Detail;
            }
            Vec::new()
        }
    }
}

/// The wheel over one of its panes: rows, down is positive.
pub(super) fn wheel(state: &mut State, pane: Pane, rows: i64) -> Vec<Effect> {
    let rows = isize::try_from(rows).unwrap_or(0);
    if state.channel.sources.overlay.is_some() {
        travel::overlay(state, rows);
        return Vec::new();
    }
    match pane {
        Pane::Sources => travel::scroll_sources(state, rows),
        Pane::Rows => state.channel.sources.rows.scroll(rows),
        _ => travel::scroll(state, rows),
    }
    Vec::new()
}

/// What the view asks for.
fn effect(effect: SourcesEffect) -> Vec<Effect> {
    vec![Effect::Sources(effect)]
}
