//! What lies over the view: what a yes means in each, and the questions about a source as a whole.

use super::{apply, complain, conflict, edit, effect, list, refuse, say, staging, undo};
use crate::app::effect::Effect;
use crate::app::sources::{SourcesEffect, SourcesOverlay};
use crate::app::state::State;
use crate::domain::{Failure, Source, SourceId, SyncInterval, Timestamp};

/// So many characters of its id must be typed before a source is deleted.
const TYPED: usize = 8;

/// How often a source can be synced by itself, in the order of the overlay.
pub(super) const INTERVALS: [Option<SyncInterval>; 4] =
    [None, Some(SyncInterval::Day), Some(SyncInterval::Week), Some(SyncInterval::Month)];

/// Does what is asked about.
pub(super) fn confirm(state: &mut State, now: Timestamp) -> Vec<Effect> {
    match state.channel.sources.overlay.clone() {
        Some(SourcesOverlay::Review { .. }) => apply::confirmed(state, now),
        Some(SourcesOverlay::Undo(_)) => undo::put_back(state, now),
        Some(SourcesOverlay::Name { row, text, problem }) => {
            let doubt = edit::doubt(state, row.as_ref(), &text);
            if doubt.is_some() && doubt != problem {
                state.channel.sources.overlay = Some(SourcesOverlay::Name { row, text, problem: doubt });
                return Vec::new();
            }
            state.channel.sources.overlay = None;
            match row {
                None => edit::make(state, text, now),
                Some(line) => edit::rename(state, &line, text, now),
            }
        }
        Some(SourcesOverlay::DeleteSource { source, asked, text, .. }) => {
            if text.trim() != asked {
                return refuse(state, "That is not the beginning of its id: nothing was deleted.", now);
            }
            state.channel.sources.overlay = None;
            let mut effects = effect(SourcesEffect::Delete(source));
            effects.extend(say(state, "The source is being deleted.", now));
            effects
        }
        Some(SourcesOverlay::Interval(source, at)) => {
            state.channel.sources.overlay = None;
            let interval = INTERVALS.get(at).cloned().flatten();
            effect(SourcesEffect::Interval(source, interval))
        }
        Some(SourcesOverlay::Discard { changes, delete }) => {
            state.channel.sources.overlay = None;
            if delete.is_empty() {
                return staging::throw_away(state, &changes, now);
            }
            // Those of rows that are to be deleted become deletions.
            let new = |id: &&_| state.channel.sources.changes.get(id).is_some_and(|c| c.row.is_none());
            let new: Vec<_> = changes.iter().filter(new).cloned().collect();
            let mut effects = staging::forget_all(state, &new);
            effects.extend(staging::delete_rows(state, &delete, now));
            effects
        }
        Some(SourcesOverlay::Conflict { .. } | SourcesOverlay::Results(_)) | None => Vec::new(),
    }
}

/// Closes what lies over the view. False where nothing does.
pub(super) fn close(state: &mut State, now: Timestamp) -> Option<Vec<Effect>> {
    match state.channel.sources.overlay.take()? {
        SourcesOverlay::Conflict { .. } => Some(conflict::later(state, now)),
        _ => Some(Vec::new()),
    }
}

/// Asks whether a source is to be deleted: with the beginning of its id, which nobody types by chance.
pub(super) fn ask_delete(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let sources = &mut state.channel.sources;
    let Some(source) = sources.selected.clone() else { return say(state, "Select a source first.", now) };
    if sources.applies() {
        return refuse(state, "Changes are being applied: wait for their end.", now);
    }
    let listing = &sources.rows.listing;
    let rows =
        listing.total.or((!listing.loading && listing.failure.is_none()).then_some(sources.rows.all.len() as u64));
    let asked = source.as_str().chars().take(TYPED).collect();
    sources.overlay = Some(SourcesOverlay::DeleteSource { source, rows, asked, text: String::new() });
    Vec::new()
}

/// Asks how often a source is to be synced by itself.
pub(super) fn ask_interval(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let Some(source) = state.channel.sources.source() else { return say(state, "Select a source first.", now) };
    let at = INTERVALS.iter().position(|interval| *interval == source.interval).unwrap_or(0);
    state.channel.sources.overlay = Some(SourcesOverlay::Interval(source.id.clone(), at));
    Vec::new()
}

/// A source's interval was set, or not.
pub(super) fn interval_set(
    state: &mut State,
    source: &SourceId,
    result: Result<Source, Failure>,
    now: Timestamp,
) -> Vec<Effect> {
    match result {
        Ok(told) if told.id == *source => {
            list::replace(&mut state.channel.sources, &told);
            let text = match &told.interval {
                None => "It is synced only when you say so.".to_owned(),
                Some(interval) => format!("It is synced by itself every {}.", interval.as_str()),
            };
            say(state, &text, now)
        }
        Ok(_) => Vec::new(),
        Err(failure) => complain(state, "The interval was not set. ", &failure, now),
    }
}
