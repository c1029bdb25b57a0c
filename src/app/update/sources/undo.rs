//! The journal: what changes replaced, and putting it back.

use super::staging::outdate;
use super::{effect, reading, staging};
use crate::app::channel::Channel;
use crate::app::effect::Effect;
use crate::app::sources::{SourcesEffect, SourcesOverlay};
use crate::app::update::ctx::{Ctx, complain, refuse, say};
use crate::domain::{Applied, Replaced, SourceId};

/// Lists what can be put back in the selected source.
pub(super) fn show(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some(source) = channel.sources.selected.clone() else {
        return say(ctx, "Select a source first.");
    };
    channel.sources.overlay = Some(SourcesOverlay::Undo(0));
    effect(SourcesEffect::Journal(source))
}

/// The journal as it is now.
pub(super) fn came(channel: &mut Channel, source: &SourceId, journal: Vec<Replaced>) -> Vec<Effect> {
    let sources = &mut channel.sources;
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
pub(super) fn put_back(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some(SourcesOverlay::Undo(at)) = channel.sources.overlay else { return Vec::new() };
    let Some(entry) = channel.sources.journal.get(at) else {
        return say(ctx, "Nothing was changed from here yet.");
    };
    if entry.undone {
        return say(ctx, "That one has been put back already.");
    }
    if channel.sources.undoing.is_some() {
        return say(ctx, "Another one is still being put back.");
    }
    let n = entry.n;
    channel.sources.undoing = Some(n);
    effect(SourcesEffect::Undo(n))
}

/// An entry was put back, or not.
pub(super) fn undone(channel: &mut Channel, ctx: &mut Ctx<'_>, n: i64, applied: Applied) -> Vec<Effect> {
    outdate(channel);
    let sources = &mut channel.sources;
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
            say(ctx, &format!("Put back as a new row, its id is {id} now. s syncs it."))
        }
        Applied::Done(None) if made_anew => say(ctx, "Put back as a new row, with a new id. s syncs it."),
        Applied::Done(_) => say(ctx, "Put back. s syncs it: the bot does not know yet."),
        Applied::Already(_) => say(ctx, "It stands there as it was already."),
        Applied::Refused(failure) => complain(ctx, "Not put back. ", &failure),
        Applied::Unknown(failure) => complain(ctx, "It may have been put back or not. ", &failure),
        Applied::Conflict(_) => {
            refuse(ctx, "Somebody changed the row since: it is staged as a conflict, and c shows both.")
        }
        Applied::Cancelled => say(ctx, "Not put back."),
    };
    effects.extend(staging::ask(channel));
    effects.extend(reading::ask(channel, ctx));
    if let Some(source) = channel.sources.selected.clone() {
        effects.extend(effect(SourcesEffect::Journal(source)));
        effects.extend(reading::ask_rows(channel, ctx));
        effects.extend(reading::read_again(channel));
    }
    effects
}
