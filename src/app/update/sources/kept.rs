//! What the store tells of all that is staged, and what it could not keep: nothing that was written gives way to it.

use std::collections::BTreeMap;

use super::staging::{ask, close_orphan};
use super::{complain, edit, effect, list};
use crate::app::effect::Effect;
use crate::app::sources::{SourcesEffect, staged_name, staged_text};
use crate::app::state::State;
use crate::domain::{Change, ChangeId, ChangeState, Failure, Timestamp, Version};

/// A change could not be kept by the store. Why may be found there: another process may be applying it.
pub(super) fn unkept(state: &mut State, id: ChangeId, failure: &Failure, now: Timestamp) -> Vec<Effect> {
    let news = state.channel.sources.unkept.insert(id);
    let mut effects = complain(state, "What you wrote could not be stored, and is kept here. ", failure, now);
    // A store that can keep nothing is not asked again and again.
    if news {
        effects.extend(ask(state));
    }
    effects
}

/// All that is staged, as the store has it. The text under the editor wins, and what the store could not keep.
pub(super) fn came(state: &mut State, changes: Vec<Change>, now: Timestamp) -> Vec<Effect> {
    let asking = std::mem::take(&mut state.channel.sources.asking);
    if asking.again {
        return ask(state);
    }
    let sources = &state.channel.sources;
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
    state.channel.sources.unkept.retain(|id| !seen(id));
    state.channel.sources.staging.clear();
    state.channel.sources.changes = told;
    let mut effects = Vec::new();
    for ours in rescued {
        if held.as_ref().is_none_or(|held| held.id != ours.id) {
            effects.extend(rescue(state, ours, now));
        }
    }
    if let Some(ours) = held {
        let told = state.channel.sources.changes.get(&ours.id).filter(|c| c.edit != ours.edit);
        let same = told.is_none() && state.channel.sources.changes.contains_key(&ours.id);
        let theirs = told.is_some_and(|c| c.state != ChangeState::Applying);
        // Two windows that write the same change would take its place from each other for ever.
        if theirs && !state.channel.sources.unkept.contains(&ours.id) {
            effects.extend(edit::part(state, now));
        }
        // Another process may be applying it: what is written goes on beside that, against what it makes.
        if !same {
            effects.extend(edit::keep(state, now));
        }
    }
    close_orphan(state);
    state.channel.sources.refilter();
    effects.extend(list::read_if_due(state));
    effects
}

/// Tells the store again of a change that it could not keep; beside what another process applies, under another id.
fn rescue(state: &mut State, mut ours: Change, now: Timestamp) -> Vec<Effect> {
    if let Some(theirs) = state.channel.sources.changes.get(&ours.id).filter(|c| c.state == ChangeState::Applying) {
        let name = staged_name(theirs).to_owned();
        let made = staged_text(theirs).map(|text| Version { name, content: text.to_owned() });
        ours.base = made.or(ours.base);
        state.channel.sources.unkept.remove(&ours.id);
        ours.id = state.ids.next_change_id(now);
        ours.state = ChangeState::Staged;
    }
    state.channel.sources.changes.insert(ours.id.clone(), ours.clone());
    effect(SourcesEffect::Stage(Box::new(ours)))
}
