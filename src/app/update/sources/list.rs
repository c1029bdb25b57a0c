//! The lists of sources and rows as they come, the row that is read, and what becomes of a source as a whole.

use super::{edit, effect, next_second, reading, staging};
use crate::app::channel::Channel;
use crate::app::effect::Effect;
use crate::app::sources::{SYNC_TOLD_MS, Sources, SourcesEffect, SourcesPane, Sync, SyncStep};
use crate::app::update::ctx::{Ctx, complain, refuse, say};
use crate::domain::{Failure, Page, Row, RowBody, RowId, Source, SourceId, SyncState};

/// More of the sources.
pub(super) fn listed(
    channel: &mut Channel,
    ctx: &mut Ctx<'_>,
    ticket: u64,
    page: Result<Page<Source>, Failure>,
    done: bool,
) -> Vec<Effect> {
    let sources = &mut channel.sources;
    if sources.listing.ticket != ticket || !sources.listing.loading {
        return Vec::new();
    }
    let whole = page.is_ok() && done;
    match page {
        Ok(page) => {
            sources.listing.total = page.total.or(sources.listing.total);
            sources.listing.failure = page.damage.failure().or(sources.listing.failure.take());
            for source in page.items {
                if !sources.coming.iter().any(|known| known.id == source.id) {
                    sources.coming.push(source);
                }
            }
        }
        Err(failure) => {
            sources.listing.failure = Some(failure);
            sources.listing.loading = false;
        }
    }
    if whole || sources.coming.len() > sources.list.len() {
        sources.list.clone_from(&sources.coming);
    }
    sources.listing.loading &= !done;
    choose(channel, ctx)
}

/// Selects a source where none is, or where the selected one is gone.
fn choose(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let sources = &mut channel.sources;
    // What is being written belongs to the selected one.
    if sources.editor.is_some() {
        return Vec::new();
    }
    let lives = sources.source().is_some() || sources.selected.is_some() && sources.listing.loading;
    if lives || sources.listing.failure.is_some() && sources.selected.is_some() {
        return Vec::new();
    }
    if let Some(first) = sources.list.first().map(|source| source.id.clone()) {
        return reading::select(channel, ctx, first);
    }
    reading::put_away(sources);
    if !sources.listing.loading {
        // Where there is none, one can be made there.
        sources.pane = SourcesPane::Sources;
    }
    Vec::new()
}

/// More of the rows.
pub(super) fn rows(channel: &mut Channel, ticket: u64, page: Result<Page<Row>, Failure>, done: bool) -> Vec<Effect> {
    let rows = &mut channel.sources.rows;
    if rows.listing.ticket != ticket || !rows.listing.loading {
        return Vec::new();
    }
    let well = page.is_ok();
    match page {
        Ok(page) => rows.page(page),
        Err(failure) => rows.listing.failure = Some(failure),
    }
    if done || !well {
        rows.end(well);
    }
    channel.sources.refilter();
    reading::read_if_due(channel)
}

/// A row was read.
pub(super) fn read(
    channel: &mut Channel,
    ctx: &mut Ctx<'_>,
    source: &SourceId,
    row: &RowId,
    result: Result<RowBody, Failure>,
) -> Vec<Effect> {
    let sources = &mut channel.sources;
    if let Some(at) = sources.reading.iter().position(|(s, r)| s == source && r == row) {
        sources.reading.remove(at);
    }
    let mut effects = Vec::new();
    if let Some(opened) = sources.opened.as_mut().filter(|o| o.source == *source && o.row == *row) {
        opened.body = Some(result);
        if let Some(awaited) = sources.awaited.take_if(|awaited| awaited.row == *row) {
            effects.extend(edit::open_read(channel, ctx, awaited.outside));
            effects.extend(edit::write_ahead(channel, ctx, awaited.typed));
        }
    }
    // Others may have been selected while as many as may be were read.
    effects.extend(reading::ask_opened(channel));
    effects
}

/// Asks the platform again: for what the pane shows that has the keys.
pub(super) fn refresh(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let mut effects = Vec::new();
    if channel.sources.pane == SourcesPane::Sources || channel.sources.selected.is_none() {
        effects.extend(reading::ask(channel, ctx));
    }
    effects.extend(reading::ask_rows(channel, ctx));
    effects.extend(reading::read_again(channel));
    effects.extend(staging::ask(channel));
    effects
}

/// Begins a sync of the selected source.
pub(super) fn sync(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some(source) = channel.sources.selected.clone() else {
        return say(ctx, "Select a source first.");
    };
    if channel.sources.is_syncing(&source) {
        return say(ctx, "It is being synced already.");
    }
    channel.sources.syncs.insert(source.clone(), Sync { since: ctx.now, step: SyncStep::Asking, ended: None });
    let mut effects = effect(SourcesEffect::Sync(source));
    match channel.sources.staged().count() {
        0 => {}
        n => {
            let staged = super::count(n, "change is", "changes are");
            effects.extend(say(ctx, &format!("{staged} staged and no part of this sync: A applies them.")));
        }
    }
    effects.extend(next_second(channel, ctx.window, ctx.now));
    effects
}

/// A sync went on.
pub(super) fn synced(channel: &mut Channel, ctx: &mut Ctx<'_>, source: SourceId, step: SyncStep) -> Vec<Effect> {
    let ended = matches!(step, SyncStep::Ended(_) | SyncStep::Failed(_));
    if let SyncStep::Running(told) | SyncStep::Ended(told) = &step {
        replace(&mut channel.sources, told);
    }
    let since = channel.sources.syncs.get(&source).filter(|s| s.ended.is_none()).map_or(ctx.now, |s| s.since);
    let sync = Sync { since, step: step.clone(), ended: ended.then_some(ctx.now) };
    let open = channel.sources.selected.as_ref() == Some(&source);
    channel.sources.syncs.insert(source, sync);
    let mut effects = match step {
        SyncStep::Asking | SyncStep::Running(_) => next_second(channel, ctx.window, ctx.now).into_iter().collect(),
        SyncStep::Ended(told) => match told.state {
            SyncState::Synced => say(ctx, "Synced: the bot knows it now."),
            SyncState::SyncError => {
                refuse(ctx, "The sync failed on the platform: the bot knows what it knew. s tries again.")
            }
            other => refuse(ctx, &format!("The sync ended, and the platform says {}.", other.as_str())),
        },
        SyncStep::Failed(failure) => complain(ctx, "The sync failed. ", &failure),
    };
    if ended {
        effects.push(Effect::Wake(ctx.now.plus_millis(SYNC_TOLD_MS)));
    }
    // The row's own standing is another one now.
    if ended && open {
        effects.extend(reading::read_again(channel));
    }
    effects
}

/// Puts a source in the place of what was known of it.
pub(super) fn replace(sources: &mut Sources, told: &Source) {
    for known in sources.list.iter_mut().chain(&mut sources.coming).filter(|known| known.id == told.id) {
        known.clone_from(told);
    }
}

/// A source was made, or not.
pub(super) fn created(channel: &mut Channel, ctx: &mut Ctx<'_>, result: Result<Source, Failure>) -> Vec<Effect> {
    channel.sources.making = false;
    let source = match result {
        Ok(source) => source,
        Err(failure) => return complain(ctx, "No source was made. ", &failure),
    };
    let id = source.id.clone();
    let sources = &mut channel.sources;
    if !sources.list.iter().any(|known| known.id == id) {
        sources.list.push(source.clone());
        sources.coming.push(source);
    }
    let mut effects = Vec::new();
    // Where something is being written, it stays in view.
    if sources.editor.is_none() && sources.overlay.is_none() {
        effects.extend(reading::select(channel, ctx, id));
        channel.sources.pane = SourcesPane::Rows;
        super::navigation::reveal_source(channel);
    }
    effects.extend(say(ctx, "A source was made. n makes its first row."));
    effects
}

/// A source was deleted, or not. What was staged in it can't be applied any more.
pub(super) fn deleted(
    channel: &mut Channel,
    ctx: &mut Ctx<'_>,
    source: &SourceId,
    result: Result<(), Failure>,
) -> Vec<Effect> {
    if let Err(failure) = result {
        return complain(ctx, "The source was not deleted. ", &failure);
    }
    let sources = &mut channel.sources;
    let staged: Vec<_> = sources.changes.values().filter(|c| c.source == *source).map(|c| c.id.clone()).collect();
    if sources.selected.as_ref() == Some(source) {
        sources.editor = None;
    }
    sources.list.retain(|known| known.id != *source);
    sources.coming.retain(|known| known.id != *source);
    sources.syncs.remove(source);
    let mut effects = staging::forget_all(channel, &staged);
    effects.extend(choose(channel, ctx));
    channel.sources.shelf.remove(source);
    super::navigation::reveal_source(channel);
    effects.extend(say(ctx, "The source was deleted."));
    effects
}
