//! The journal: what changes replaced, and putting it back.

use super::staging::outdate;
use super::{complain, effect, list, refuse, say, staging};
use crate::app::effect::Effect;
use crate::app::sources::{SourcesEffect, SourcesOverlay};
use crate::app::state::State;
use crate::domain::{Applied, Replaced, SourceId, Timestamp};

/// Lists what can be put back in the selected source.
pub(super) fn show(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let Some(source) = state.channel.sources.selected.clone() else {
        return say(state, "Select a source first.", now);
    };
    state.channel.sources.overlay = Some(SourcesOverlay::Undo(0));
    effect(SourcesEffect::Journal(source))
}

/// The journal as it is now.
pub(super) fn came(state: &mut State, source: &SourceId, journal: Vec<Replaced>) -> Vec<Effect> {
    let sources = &mut state.channel.sources;
    if sources.selected.as_ref() != Some(source) {
        return Vec::new();
    }
    if let Some(SourcesOverlay::Undo(at)) = &mut sources.overlay {
        // The same entry stays selected where it is still there.
        let selected = sources.journal.get(*at).map(|entry| entry.n);
        let found = journal.iter().position(|entry| Some(entry.n) == selected);
        *at = found.unwrap_or(*at).min(journal.len().saturating_sub(1));
    }
    sources.journal = journal;
    Vec::new()
}

/// Puts the selected entry back.
pub(super) fn put_back(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let Some(SourcesOverlay::Undo(at)) = state.channel.sources.overlay else { return Vec::new() };
    let Some(entry) = state.channel.sources.journal.get(at) else {
        return say(state, "Nothing was changed from here yet.", now);
    };
    if entry.undone {
        return say(state, "That one has been put back already.", now);
    }
    if state.channel.sources.undoing.is_some() {
        return say(state, "Another one is still being put back.", now);
    }
    let n = entry.n;
    state.channel.sources.undoing = Some(n);
    effect(SourcesEffect::Undo(n))
}

/// An entry was put back, or not.
pub(super) fn undone(state: &mut State, n: i64, applied: Applied, now: Timestamp) -> Vec<Effect> {
    outdate(state);
    let sources = &mut state.channel.sources;
    if sources.undoing == Some(n) {
        sources.undoing = None;
    }
    let entry = sources.journal.iter_mut().find(|entry| entry.n == n);
    let made_anew = entry.as_ref().is_some_and(|entry| entry.became.is_none());
    let was = entry.as_ref().and_then(|entry| entry.row.clone());
    if let (Applied::Done(_) | Applied::Already(_), Some(entry)) = (&applied, entry) {
        entry.undone = true;
    }
    // What is to be done next is done in the view: sync it, or look at the conflict.
    let stays = matches!(applied, Applied::Refused(_) | Applied::Cancelled);
    if !stays && matches!(sources.overlay, Some(SourcesOverlay::Undo(_))) {
        sources.overlay = None;
    }
    let mut effects = match applied {
        Applied::Done(Some(id)) if was.as_ref().is_some_and(|was| *was != id) => {
            say(state, &format!("Put back as a new row, its id is {id} now. s syncs it."), now)
        }
        Applied::Done(None) if made_anew => say(state, "Put back as a new row, with a new id. s syncs it.", now),
        Applied::Done(_) => say(state, "Put back. s syncs it: the bot does not know yet.", now),
        Applied::Already(_) => say(state, "It stands there as it was already.", now),
        Applied::Refused(failure) => complain(state, "Not put back. ", &failure, now),
        Applied::Unknown(failure) => complain(state, "It may have been put back or not. ", &failure, now),
        Applied::Conflict(_) => {
            refuse(state, "Somebody changed the row since: it is staged as a conflict, and c shows both.", now)
        }
        Applied::Cancelled => say(state, "Not put back.", now),
    };
    effects.extend(staging::ask(state));
    effects.extend(list::ask(state));
    if let Some(source) = state.channel.sources.selected.clone() {
        effects.extend(effect(SourcesEffect::Journal(source)));
        effects.extend(list::ask_rows(state));
        effects.extend(list::read_again(state));
    }
    effects
}
