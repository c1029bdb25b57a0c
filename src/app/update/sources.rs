//! The Sources view: what happens to it. What the user asks of it by key stands in `actions`.

mod actions;
mod apply;
mod conflict;
mod conflicts;
pub(super) mod edit;
mod editor;
mod list;
mod navigation;
mod overlays;
mod reading;
mod reconcile;
mod staging;
#[cfg(test)]
mod tests;
mod undo;

pub(super) use actions::handle_action;
pub(super) use edit::unedited;
pub(super) use staging::ask as ask_changes;

use super::complain;
use crate::app::channel::Channel;
use crate::app::effect::{ChannelEffect, Effect};
use crate::app::event::Pane;
use crate::app::line_input::LineInput;
use crate::app::sources::{SourcesEffect, SourcesEvent, SourcesMeasured, SourcesOverlay, SourcesPane};
use crate::app::text_buffer::TextInput;
use crate::app::update::ctx::Ctx;
use crate::app::view::ViewKind;
use crate::app::window::Window;
use crate::domain::{Failure, SafeText, SourceId, Timestamp};

/// Shows the view. What is staged is read each time: another process may have staged something.
pub(super) fn show(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    ctx.window.view = ViewKind::Sources;
    channel.roster.filtering = false;
    if !channel.capabilities.sources {
        return Vec::new();
    }
    let mut effects = Vec::new();
    if !channel.sources.asked {
        channel.sources.asked = true;
        effects.extend(reading::ask(channel, ctx));
    }
    effects.extend(ask_changes(channel));
    effects.extend(reading::read_if_due(channel));
    effects.extend(next_second(channel, ctx.window, ctx.now));
    effects
}

/// Asks the platform for its sources, where nobody did.
pub(super) fn ask_once(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if std::mem::replace(&mut channel.sources.asked, true) { Vec::new() } else { reading::ask(channel, ctx) }
}

/// Goes to a source of the list; what is written is staged, so the editor may be left.
pub(super) fn go_to(channel: &mut Channel, ctx: &mut Ctx<'_>, source: &SourceId) -> Vec<Effect> {
    let Some(at) = channel.sources.list.iter().position(|other| other.id == *source) else { return Vec::new() };
    let mut effects = edit::leave(channel, ctx);
    channel.sources.overlay = None;
    channel.sources.pane = SourcesPane::Sources;
    effects.extend(navigation::select_source_at(channel, ctx, at));
    effects
}

/// Something of the view happened.
pub(super) fn handle_event(channel: &mut Channel, ctx: &mut Ctx<'_>, event: SourcesEvent) -> Vec<Effect> {
    match event {
        SourcesEvent::List { ticket, page, done } => list::listed(channel, ctx, ticket, page, done),
        SourcesEvent::Rows { ticket, page, done } => list::rows(channel, ticket, page, done),
        SourcesEvent::Row(source, row, result) => list::read(channel, ctx, &source, &row, result),
        SourcesEvent::Changes(changes) => reconcile::came(channel, ctx, changes),
        SourcesEvent::Journal(source, journal) => undo::came(channel, &source, journal),
        SourcesEvent::Applied(change, applied) => apply::applied(channel, ctx, &change, applied),
        SourcesEvent::ApplyEnded(source, result) => apply::ended(channel, ctx, &source, &result),
        SourcesEvent::Undone(n, applied) => undo::undone(channel, ctx, n, applied),
        SourcesEvent::Created(result) => list::created(channel, ctx, result),
        SourcesEvent::Deleted(source, result) => list::deleted(channel, ctx, &source, result),
        SourcesEvent::Interval(source, result) => overlays::interval_set(channel, ctx, &source, result),
        SourcesEvent::Sync(source, step) => list::synced(channel, ctx, source, step),
        SourcesEvent::Edited(change, text) => edit::edited(channel, ctx, &change, text),
        SourcesEvent::Unkept(change, failure) => reconcile::unkept(channel, ctx, change, &failure),
        SourcesEvent::Failed(failure) => failed(channel, ctx, &failure),
        SourcesEvent::Measured(measured) => {
            measure(channel, measured);
            Vec::new()
        }
    }
}

/// Something failed, and nobody says what: whatever waits for an answer waits no more.
fn failed(channel: &mut Channel, ctx: &mut Ctx<'_>, failure: &Failure) -> Vec<Effect> {
    let sources = &mut channel.sources;
    // An answer that comes all the same is old by then.
    sources.asking.again |= std::mem::take(&mut sources.asking.under_way);
    sources.reading.clear();
    sources.awaited = None;
    sources.undoing = None;
    sources.making = false;
    // It may have been the keeping of what is staged.
    let staging = std::mem::take(&mut sources.staging);
    sources.unkept.extend(staging);
    complain(ctx, "", failure)
}

/// Another process wrote to the store: it may have staged something, or applied it.
pub(super) fn changed_elsewhere(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if ctx.window.view == ViewKind::Sources && ctx.on_screen { ask_changes(channel) } else { Vec::new() }
}

/// A short and safe form of somebody's text, for a line of ours.
fn short(text: &str) -> SafeText {
    SafeText::one_line(if text.trim().is_empty() { "the row without a name" } else { text }).truncate(40)
}

/// So many of something, in words.
fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

fn measure(channel: &mut Channel, measured: SourcesMeasured) {
    let sources = &mut channel.sources;
    sources.measured = measured;
    if let Some(height) = measured.rows.filter(|height| *height != sources.rows.view.height) {
        sources.rows.view.height = height;
        sources.rows.reveal();
    }
    navigation::reveal_source(channel);
    navigation::scroll(channel, 0);
}

/// The next second, while a sync is seen to take its time.
pub(super) fn next_second(channel: &Channel, window: &Window, now: Timestamp) -> Option<Effect> {
    let seen = window.view == ViewKind::Sources && channel.capabilities.sources;
    let syncs = channel.sources.syncs.keys().any(|source| channel.sources.is_syncing(source));
    (seen && syncs).then(|| Effect::Wake(now.next_second()))
}

/// Something for the line that has the keys.
pub(super) fn write_line(channel: &mut Channel, input: TextInput) -> Vec<Effect> {
    let sources = &mut channel.sources;
    match &mut sources.overlay {
        Some(SourcesOverlay::Name { text, problem, .. }) => {
            if text.take(input) {
                *problem = None;
            }
            return Vec::new();
        }
        Some(SourcesOverlay::DeleteSource { text, .. }) => {
            text.take(input);
            return Vec::new();
        }
        Some(_) => return Vec::new(),
        None => {}
    }
    if let Some(editor) = &mut sources.editor {
        if let Some(search) = editor.search.as_mut().filter(|search| search.typing)
            && search.text.take(input)
        {
            edit::seek(editor);
        }
        return Vec::new();
    }
    if !sources.filtering {
        return Vec::new();
    }
    let mut filter = sources.rows.filter.clone();
    let changed = filter.take(input);
    if changed {
        return refilter(channel, filter);
    }
    // The cursor alone moved.
    sources.rows.filter = filter;
    Vec::new()
}

fn refilter(channel: &mut Channel, filter: LineInput) -> Vec<Effect> {
    channel.sources.rows.narrow(filter);
    channel.sources.refilter();
    reading::read_if_due(channel)
}

/// A click on one of its panes, on the nth row on screen. What is written is staged, so the editor may be left.
pub(super) fn click(channel: &mut Channel, ctx: &mut Ctx<'_>, pane: Pane, row: usize) -> Vec<Effect> {
    if channel.sources.overlay.is_some() || !channel.capabilities.sources {
        return Vec::new();
    }
    match pane {
        Pane::Sources => {
            let at = channel.sources.top + row;
            if at >= channel.sources.list.len() {
                return Vec::new();
            }
            let mut effects = edit::leave(channel, ctx);
            channel.sources.pane = SourcesPane::Sources;
            effects.extend(navigation::select_source_at(channel, ctx, at));
            effects
        }
        Pane::Rows => {
            let at = channel.sources.rows.view.top + row;
            if at >= channel.sources.rows.shown.len() {
                return Vec::new();
            }
            let mut effects = edit::leave(channel, ctx);
            channel.sources.pane = SourcesPane::Rows;
            channel.sources.filtering = false;
            channel.sources.rows.select(at);
            effects.extend(reading::read_if_due(channel));
            effects
        }
        _ => {
            if channel.sources.editor.is_none() {
                channel.sources.pane = SourcesPane::Detail;
            }
            Vec::new()
        }
    }
}

/// The wheel over one of its panes: rows, down is positive.
pub(super) fn wheel(channel: &mut Channel, pane: Pane, rows: i64) -> Vec<Effect> {
    let rows = isize::try_from(rows).unwrap_or(0);
    if channel.sources.overlay.is_some() {
        navigation::overlay(channel, rows);
        return Vec::new();
    }
    match pane {
        Pane::Sources => navigation::scroll_sources(channel, rows),
        Pane::Rows => channel.sources.rows.scroll(rows),
        _ => navigation::scroll(channel, rows),
    }
    Vec::new()
}

/// What the view asks for.
fn effect(effect: SourcesEffect) -> Vec<Effect> {
    vec![Effect::Open(ChannelEffect::Sources(effect))]
}
