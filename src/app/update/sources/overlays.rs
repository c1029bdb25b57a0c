//! What lies over the view: what a yes means in each, and the questions about a source as a whole.

use super::navigation::INTERVALS;
use super::{apply, conflict, edit, effect, list, staging, undo};
use crate::app::channel::Channel;
use crate::app::effect::Effect;
use crate::app::line_input::LineInput;
use crate::app::sources::{SourcesEffect, SourcesOverlay};
use crate::app::update::ctx::{Ctx, complain, refuse, say};
use crate::domain::{Failure, Source, SourceId};

/// So many characters of its id must be typed before a source is deleted.
const TYPED: usize = 8;

/// Does what is asked about.
pub(super) fn confirm(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    match channel.sources.overlay.clone() {
        Some(SourcesOverlay::Review { .. }) => apply::confirmed(channel, ctx),
        Some(SourcesOverlay::Undo(_)) => undo::put_back(channel, ctx),
        Some(SourcesOverlay::Name { row, text, problem }) => {
            let doubt = edit::doubt(channel, row.as_ref(), &text);
            if doubt.is_some() && doubt != problem {
                channel.sources.overlay = Some(SourcesOverlay::Name { row, text, problem: doubt });
                return Vec::new();
            }
            channel.sources.overlay = None;
            match row {
                None => edit::make(channel, ctx, text.as_str().to_owned()),
                Some(line) => edit::rename(channel, ctx, &line, text.as_str().to_owned()),
            }
        }
        Some(SourcesOverlay::DeleteSource { source, asked, text, .. }) => {
            if text.trim() != asked {
                return refuse(ctx, "That is not the beginning of its id: nothing was deleted.");
            }
            channel.sources.overlay = None;
            let mut effects = effect(SourcesEffect::Delete(source));
            effects.extend(say(ctx, "The source is being deleted."));
            effects
        }
        Some(SourcesOverlay::Interval(source, at)) => {
            channel.sources.overlay = None;
            let interval = INTERVALS.get(at).cloned().flatten();
            effect(SourcesEffect::Interval(source, interval))
        }
        Some(SourcesOverlay::Discard { changes, delete }) => {
            channel.sources.overlay = None;
            if delete.is_empty() {
                return staging::throw_away(channel, ctx, &changes);
            }
            // Those of rows that are to be deleted become deletions.
            let new = |id: &&_| channel.sources.changes.get(id).is_some_and(|c| c.row.is_none());
            let new: Vec<_> = changes.iter().filter(new).cloned().collect();
            let mut effects = staging::forget_all(channel, &new);
            effects.extend(staging::delete_rows(channel, ctx, &delete));
            effects
        }
        Some(SourcesOverlay::Conflict { .. } | SourcesOverlay::Results(_)) | None => Vec::new(),
    }
}

/// Closes what lies over the view. False where nothing does.
pub(super) fn close(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Option<Vec<Effect>> {
    match channel.sources.overlay.take()? {
        SourcesOverlay::Conflict { .. } => Some(conflict::later(channel, ctx)),
        _ => Some(Vec::new()),
    }
}

/// Asks whether a source is to be deleted: with the beginning of its id, which nobody types by chance.
pub(super) fn ask_delete(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let sources = &mut channel.sources;
    let Some(source) = sources.selected.clone() else { return say(ctx, "Select a source first.") };
    if sources.applies() {
        return refuse(ctx, "Changes are being applied: wait for their end.");
    }
    let listing = &sources.rows.listing;
    let rows =
        listing.total.or((!listing.loading && listing.failure.is_none()).then_some(sources.rows.all.len() as u64));
    let asked = source.as_str().chars().take(TYPED).collect();
    sources.overlay = Some(SourcesOverlay::DeleteSource { source, rows, asked, text: LineInput::default() });
    Vec::new()
}

/// Asks how often a source is to be synced by itself.
pub(super) fn ask_interval(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some(source) = channel.sources.source() else { return say(ctx, "Select a source first.") };
    let at = INTERVALS.iter().position(|interval| *interval == source.interval).unwrap_or(0);
    channel.sources.overlay = Some(SourcesOverlay::Interval(source.id.clone(), at));
    Vec::new()
}

/// A source's interval was set, or not.
pub(super) fn interval_set(
    channel: &mut Channel,
    ctx: &mut Ctx<'_>,
    source: &SourceId,
    result: Result<Source, Failure>,
) -> Vec<Effect> {
    match result {
        Ok(told) if told.id == *source => {
            list::replace(&mut channel.sources, &told);
            let text = match &told.interval {
                None => "It is synced only when you say so.".to_owned(),
                Some(interval) => format!("It is synced by itself every {}.", interval.as_str()),
            };
            say(ctx, &text)
        }
        Ok(_) => Vec::new(),
        Err(failure) => complain(ctx, "The interval was not set. ", &failure),
    }
}
