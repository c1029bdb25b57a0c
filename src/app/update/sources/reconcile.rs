//! What the store tells of all that is staged, and what it could not keep: nothing that was written gives way to it.

use std::collections::BTreeMap;

use super::staging::{ask, close_orphan};
use super::{editor, effect, reading};
use crate::app::channel::Channel;
use crate::app::effect::Effect;
use crate::app::sources::{SourcesEffect, staged_name, staged_text};
use crate::app::update::ctx::{Ctx, complain};
use crate::domain::{Change, ChangeId, ChangeState, Failure, Version};

/// A change could not be kept by the store. Why may be found there: another process may be applying it.
pub(super) fn unkept(channel: &mut Channel, ctx: &mut Ctx<'_>, id: ChangeId, failure: &Failure) -> Vec<Effect> {
    let news = channel.sources.unkept.insert(id);
    let mut effects = complain(ctx, "What you wrote could not be stored, and is kept here. ", failure);
    // A store that can keep nothing is not asked again and again.
    if news {
        effects.extend(ask(channel));
    }
    effects
}

/// All that is staged, as the store has it. The text under the editor wins, and what the store could not keep.
pub(super) fn came(channel: &mut Channel, ctx: &mut Ctx<'_>, changes: Vec<Change>) -> Vec<Effect> {
    let asking = std::mem::take(&mut channel.sources.asking);
    if asking.again {
        return ask(channel);
    }
    let sources = &channel.sources;
    let job = sources.job.as_ref().filter(|job| !job.ended).map(|job| &job.source);
    let mut told: BTreeMap<ChangeId, Change> = changes.into_iter().map(|c| (c.id.clone(), c)).collect();
    let mut rescued = Vec::new();
    for (id, ours) in &sources.changes {
        if ours.state == ChangeState::Applying && job == Some(&ours.source) {
            // What became of it comes by itself, whatever the store knew of it a moment before or after.
            told.insert(id.clone(), ours.clone());
        } else if sources.unkept.contains(id) && told.get(id).is_none_or(|theirs| theirs.edit != ours.edit) {
            rescued.push(ours.clone());
        }
    }
    let held = sources.editor.as_ref().and_then(|e| sources.changes.get(&e.change)).cloned();
    let seen = |id: &ChangeId| told.get(id).is_some_and(|theirs| !rescued.iter().any(|ours| ours.id == theirs.id));
    channel.sources.unkept.retain(|id| !seen(id));
    channel.sources.staging.clear();
    channel.sources.changes = told;
    let mut effects = Vec::new();
    for ours in rescued {
        if held.as_ref().is_none_or(|held| held.id != ours.id) {
            effects.extend(rescue(channel, ctx, ours));
        }
    }
    if let Some(ours) = held {
        let told = channel.sources.changes.get(&ours.id).filter(|c| c.edit != ours.edit);
        let same = told.is_none() && channel.sources.changes.contains_key(&ours.id);
        let theirs = told.is_some_and(|c| c.state != ChangeState::Applying);
        // Two windows that write the same change would take its place from each other for ever.
        if theirs && !channel.sources.unkept.contains(&ours.id) {
            effects.extend(editor::part(channel, ctx));
        }
        // Another process may be applying it: what is written goes on beside that, against what it makes.
        if !same {
            effects.extend(editor::keep(channel, ctx));
        }
    }
    close_orphan(channel);
    channel.sources.refilter();
    effects.extend(reading::read_if_due(channel));
    effects
}

/// Tells the store again of a change that it could not keep; beside what another process applies, under another id.
fn rescue(channel: &mut Channel, ctx: &mut Ctx<'_>, mut ours: Change) -> Vec<Effect> {
    if let Some(theirs) = channel.sources.changes.get(&ours.id).filter(|c| c.state == ChangeState::Applying) {
        let name = staged_name(theirs).to_owned();
        let made = staged_text(theirs).map(|text| Version { name, content: text.to_owned() });
        ours.base = made.or(ours.base);
        channel.sources.unkept.remove(&ours.id);
        ours.id = ctx.ids.next_change_id(ctx.now);
        ours.state = ChangeState::Staged;
    }
    channel.sources.changes.insert(ours.id.clone(), ours.clone());
    effect(SourcesEffect::Stage(Box::new(ours)))
}
