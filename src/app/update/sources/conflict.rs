//! Conflicts: somebody else changed a row since its change was begun. Each ends with the user's word, and only then is
//! it applied: against what stood there when the user decided.

use super::staging;
use super::{apply, edit, list, refuse, say};
use crate::app::effect::Effect;
use crate::app::sources::{SourcesOverlay, can_merge, staged_name, staged_text};
use crate::app::state::State;
use crate::domain::{Applied, Change, ChangeId, ChangeState, Edit, Timestamp, Version, merge_texts};

/// Shows a conflict.
pub(super) fn show(state: &mut State, change: ChangeId) -> Vec<Effect> {
    state.channel.sources.overlay = Some(SourcesOverlay::Conflict { change, top: 0 });
    Vec::new()
}

/// Shows the conflict of the selected row.
pub(super) fn show_selected(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let change = state.channel.sources.selected_change().filter(|c| matches!(c.state, ChangeState::Conflict(_)));
    match change.map(|c| c.id.clone()) {
        Some(id) => show(state, id),
        None => say(state, "It has no conflict.", now),
    }
}

/// The first conflict that the last job met and that is still one.
pub(super) fn first_of_job(state: &State) -> Option<ChangeId> {
    let job = state.channel.sources.job.as_ref()?;
    let met = job.done.iter().filter(|(_, _, applied)| matches!(applied, Applied::Conflict(_)));
    met.map(|(id, _, _)| id.clone()).find(|id| is_conflict(state, id)).or_else(|| first(state))
}

fn is_conflict(state: &State, id: &ChangeId) -> bool {
    state.channel.sources.changes.get(id).is_some_and(|c| matches!(c.state, ChangeState::Conflict(_)))
}

fn first(state: &State) -> Option<ChangeId> {
    let mut staged = state.channel.sources.staged();
    staged.find(|c| matches!(c.state, ChangeState::Conflict(_))).map(|c| c.id.clone())
}

/// The conflict that is shown: its change, and what stands on the platform; none if the row is gone.
fn shown(state: &State) -> Option<(Change, Option<Version>)> {
    let change = state.channel.sources.conflict()?;
    let ChangeState::Conflict(theirs) = &change.state else { return None };
    Some((change.clone(), theirs.clone()))
}

/// Ends it with what was written here: theirs is now what it was begun from, and it is applied with the next ones.
pub(super) fn keep_mine(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let Some((mut change, theirs)) = shown(state) else { return Vec::new() };
    match theirs {
        Some(theirs) => {
            change.label.clone_from(&theirs.name);
            change.base = Some(theirs);
        }
        None if change.edit == Edit::Delete => {}
        None => {
            let Some(content) = staged_text(&change).map(str::to_owned) else {
                return refuse(state, "The row is gone and its text was never read: t drops the change.", now);
            };
            change.edit = Edit::Create(Version { name: staged_name(&change).to_owned(), content });
            change.row = None;
            change.base = None;
        }
    }
    change.state = ChangeState::Staged;
    change.at = now;
    state.channel.sources.overlay = None;
    let mut effects = Vec::new();
    // Where theirs is what mine was to be, nothing is left to be applied.
    if let Edit::Update { name, content } = change.edit.clone() {
        let name = name.unwrap_or_else(|| staged_name(&change).to_owned());
        let id = change.id.clone();
        effects.extend(staging::update(state, change, name, content));
        if state.channel.sources.changes.contains_key(&id) {
            state.channel.sources.resolved.push(id);
        }
    } else {
        state.channel.sources.resolved.push(change.id.clone());
        effects.push(staging::put(state, change));
    }
    effects.extend(next(state, now));
    effects
}

/// Ends it with what stands on the platform.
pub(super) fn take_theirs(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let Some((change, _)) = shown(state) else { return Vec::new() };
    state.channel.sources.overlay = None;
    let mut effects = vec![staging::forget(state, &change.id)];
    effects.extend(list::read_again(state));
    effects.extend(next(state, now));
    effects
}

/// Joins both in the editor: theirs is now what it was begun from.
pub(super) fn merge(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let Some((mut change, Some(theirs))) = shown(state).filter(|(change, _)| can_merge(change)) else {
        return refuse(state, "There are no two texts to join: m keeps yours, t takes theirs.", now);
    };
    let base = change.base.as_ref().map_or("", |base| base.content.as_str());
    let mine = staged_text(&change).unwrap_or_default();
    let (text, marks) = merge_texts(base, mine, &theirs.content);
    let name = match &change.edit {
        Edit::Update { name: Some(name), .. } => name.clone(),
        _ => theirs.name.clone(),
    };
    change.label.clone_from(&theirs.name);
    change.base = Some(theirs);
    change.state = ChangeState::Staged;
    change.at = now;
    state.channel.sources.overlay = None;
    let mut effects: Vec<Effect> =
        staging::update(state, change.clone(), name.clone(), Some(text.clone())).into_iter().collect();
    let written = state.channel.sources.changes.get(&change.id).cloned();
    change.edit = Edit::Update { name: Some(name), content: Some(text) };
    effects.extend(edit::write(state, written.unwrap_or(change), false));
    let said = match marks {
        0 => "Joined: nothing was changed in the same place by both.".to_owned(),
        n => format!("Joined, but for {} between marks.", super::count(n, "place", "places")),
    };
    effects.extend(say(state, &said, now));
    effects.extend(apply_resolved(state, now));
    effects
}

/// Leaves it for later. What was decided before is applied.
pub(super) fn later(state: &mut State, now: Timestamp) -> Vec<Effect> {
    state.channel.sources.overlay = None;
    let mut effects = say(state, "Kept as a conflict: c shows it again.", now);
    effects.extend(apply_resolved(state, now));
    effects
}

/// The next conflict; after the last one what was decided is applied.
fn next(state: &mut State, now: Timestamp) -> Vec<Effect> {
    match first(state) {
        Some(id) => show(state, id),
        None => apply_resolved(state, now),
    }
}

/// Applies what was decided, unless others are being applied: then after them.
pub(super) fn apply_resolved(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if state.channel.sources.resolved.is_empty() || state.channel.sources.applies() {
        return Vec::new();
    }
    let resolved = std::mem::take(&mut state.channel.sources.resolved);
    // What was touched again since waits for another word.
    let ready =
        |id: &&ChangeId| state.channel.sources.changes.get(id).is_some_and(|c| c.state == ChangeState::Staged);
    let ready: Vec<ChangeId> = resolved.iter().filter(ready).cloned().collect();
    if ready.is_empty() { Vec::new() } else { apply::start(state, &ready, now) }
}
