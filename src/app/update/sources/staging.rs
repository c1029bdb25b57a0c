//! What is staged: put and taken back. Each change goes to the store as soon as it is made; what the store tells of them
//! all is taken in by `kept`.

use std::collections::HashMap;

use super::{count, effect, list, refuse, say, short};
use crate::app::effect::Effect;
use crate::app::sources::{Mark, Shown, SourcesEffect, SourcesOverlay, holds_text, staged_name};
use crate::app::state::State;
use crate::domain::{Change, ChangeId, ChangeState, Edit, RowId, Timestamp, Version};

/// Asks the store what is staged, where something can be; one question at a time.
pub(in crate::app::update) fn ask(state: &mut State) -> Vec<Effect> {
    if !state.channel.capabilities.sources {
        return Vec::new();
    }
    let asking = &mut state.channel.sources.asking;
    if asking.under_way {
        asking.again = true;
        return Vec::new();
    }
    asking.under_way = true;
    asking.again = false;
    effect(SourcesEffect::Changes)
}

/// What the store has is not what it was asked for any more.
pub(super) fn outdate(state: &mut State) {
    let asking = &mut state.channel.sources.asking;
    asking.again |= asking.under_way;
}

/// Closes what lies over the view where what it is about is gone.
pub(super) fn close_orphan(state: &mut State) {
    let sources = &mut state.channel.sources;
    let known = &sources.changes;
    let alone = match &mut sources.overlay {
        Some(SourcesOverlay::Review { changes, .. } | SourcesOverlay::Discard { changes, .. }) => {
            changes.retain(|id| known.contains_key(id));
            changes.is_empty()
        }
        Some(SourcesOverlay::Conflict { change, .. }) => {
            !known.get(change).is_some_and(|c| matches!(c.state, ChangeState::Conflict(_)))
        }
        _ => false,
    };
    if alone {
        sources.overlay = None;
    }
}

/// Stages a change, in the place of what was staged under its id.
pub(super) fn put(state: &mut State, change: Change) -> Effect {
    let looks = |change: &Change| (Mark::of(change), staged_name(change).to_owned());
    let before = state.channel.sources.changes.get(&change.id).map(looks);
    let after = looks(&change);
    let effect = stage(state, change);
    // At each key only the text is another one: the list stays as it is.
    if before != Some(after) {
        state.channel.sources.refilter();
    }
    effect
}

/// The same, and the list is brought up to date by who asks.
fn stage(state: &mut State, change: Change) -> Effect {
    outdate(state);
    state.channel.sources.changes.insert(change.id.clone(), change.clone());
    state.channel.sources.staging.insert(change.id.clone());
    Effect::Sources(SourcesEffect::Stage(Box::new(change)))
}

/// Takes a change back.
pub(super) fn forget(state: &mut State, id: &ChangeId) -> Effect {
    let effect = unstage(state, id);
    state.channel.sources.refilter();
    close_orphan(state);
    effect
}

/// Takes many changes back.
pub(super) fn forget_all(state: &mut State, ids: &[ChangeId]) -> Vec<Effect> {
    let effects = ids.iter().map(|id| unstage(state, id)).collect();
    state.channel.sources.refilter();
    close_orphan(state);
    effects
}

fn unstage(state: &mut State, id: &ChangeId) -> Effect {
    outdate(state);
    let sources = &mut state.channel.sources;
    sources.changes.remove(id);
    sources.staging.remove(id);
    sources.unkept.remove(id);
    sources.rows.marked.remove(&Shown::New(id.clone()));
    Effect::Sources(SourcesEffect::Unstage(id.clone()))
}

/// The newest change of each line of the selected source.
fn by_line(state: &State) -> HashMap<Shown, &Change> {
    state.channel.sources.staged().map(|change| (Shown::of(change), change)).collect()
}

/// What a row of the selected source is, as far as it was read.
pub(super) fn base(state: &State, row: &RowId) -> Option<Version> {
    let name = state.channel.sources.rows.row(row)?.name.clone();
    Some(Version { name, content: state.channel.sources.read_of(row)?.content.clone() })
}

/// The staged change of a row, or a new one.
pub(super) fn of(state: &mut State, row: Option<&RowId>, edit: Edit, now: Timestamp) -> Option<Change> {
    if let Some(known) = row.and_then(|row| state.channel.sources.change_of(row)) {
        return Some(Change { edit, at: now, ..known.clone() });
    }
    fresh(state, row, edit, now)
}

/// A new change of the selected source.
fn fresh(state: &mut State, row: Option<&RowId>, edit: Edit, now: Timestamp) -> Option<Change> {
    let source = state.channel.sources.selected.clone()?;
    let label =
        row.and_then(|row| state.channel.sources.rows.row(row)).map(|row| row.name.clone()).unwrap_or_default();
    Some(Change {
        id: state.ids.next_change_id(now),
        channel: state.channel.info.name.clone(),
        source,
        row: row.cloned(),
        base: row.and_then(|row| base(state, row)),
        label,
        edit,
        state: ChangeState::Staged,
        at: now,
    })
}

/// Stages a row's name and text; takes the change back where they are what they were.
pub(super) fn update(state: &mut State, mut change: Change, name: String, content: Option<String>) -> Option<Effect> {
    let was = change.base.as_ref().map_or(&change.label, |base| &base.name);
    let name = (name != *was).then_some(name);
    let content = content.filter(|text| change.base.as_ref().is_none_or(|base| base.content != *text));
    if name.is_none() && content.is_none() {
        let staged = state.channel.sources.changes.contains_key(&change.id);
        return staged.then(|| forget(state, &change.id));
    }
    change.edit = Edit::Update { name, content };
    Some(put(state, change))
}

/// What a change that is touched is then: it waits. Of what may have been done, the row must be asked first still.
pub(super) fn touched(change: &Change) -> ChangeState {
    match &change.state {
        unknown @ ChangeState::Unknown(_) => unknown.clone(),
        _ => ChangeState::Staged,
    }
}

/// Why a change can't be touched now.
pub(super) fn in_the_way(change: &Change) -> Option<&'static str> {
    match change.state {
        ChangeState::Applying => Some("It is being applied: wait for its end."),
        ChangeState::Conflict(_) => Some("Somebody else changed it too: c shows both."),
        _ => None,
    }
}

/// Stages the deletion of the marked rows, or of the selected one; takes it back where all of them are staged to go.
/// Asks first where something that was typed would be lost.
pub(super) fn delete(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let targets = state.channel.sources.rows.targets();
    let staged = by_line(state);
    let (mut rows, mut back, mut fresh, mut lost) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for line in &targets {
        match (line, staged.get(line).copied()) {
            (_, Some(change)) if in_the_way(change).is_some() => {
                let why = in_the_way(change).unwrap_or_default();
                let name = short(staged_name(change));
                return refuse(state, &format!("{name}: {why}"), now);
            }
            (Shown::New(id), Some(change)) => {
                let to = if holds_text(change) { &mut lost } else { &mut fresh };
                to.push(id.clone());
            }
            (Shown::Row(_), Some(change)) if change.edit == Edit::Delete => back.push(change.id.clone()),
            (Shown::Row(row), change) => {
                lost.extend(change.filter(|c| holds_text(c)).map(|c| c.id.clone()));
                rows.push(row.clone());
            }
            (Shown::New(_), None) => {}
        }
    }
    if !lost.is_empty() {
        lost.extend(fresh);
        state.channel.sources.overlay = Some(SourcesOverlay::Discard { changes: lost, delete: rows });
        return Vec::new();
    }
    if rows.is_empty() {
        fresh.extend(back.iter().cloned());
    }
    let mut effects = forget_all(state, &fresh);
    effects.extend(delete_rows(state, &rows, now));
    effects.extend(list::read_if_due(state));
    if rows.is_empty() && !back.is_empty() {
        let text = format!("{} not to be deleted any more.", count(back.len(), "row is", "rows are"));
        effects.extend(say(state, &text, now));
    }
    effects
}

/// Stages the deletion of rows.
pub(super) fn delete_rows(state: &mut State, rows: &[RowId], now: Timestamp) -> Vec<Effect> {
    let known: Vec<Option<Change>> = {
        let staged = by_line(state);
        rows.iter().map(|row| staged.get(&Shown::Row(row.clone())).map(|c| (*c).clone())).collect()
    };
    let mut effects = Vec::new();
    for (row, known) in rows.iter().zip(known) {
        let change = known.or_else(|| fresh(state, Some(row), Edit::Delete, now));
        let Some(change) = change else { continue };
        let kept = touched(&change);
        effects.push(stage(state, Change { edit: Edit::Delete, state: kept, at: now, ..change }));
    }
    state.channel.sources.refilter();
    if !rows.is_empty() {
        let text =
            format!("{} staged to be deleted: A applies, d takes it back.", count(rows.len(), "row is", "rows are"));
        effects.extend(say(state, &text, now));
    }
    effects
}

/// Throws away what is staged of the marked rows, or of the selected one; asks first where typed text would be lost.
pub(super) fn discard(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let targets = state.channel.sources.rows.targets();
    let staged = by_line(state);
    let changes: Vec<&Change> = targets.iter().filter_map(|line| staged.get(line).copied()).collect();
    if changes.is_empty() {
        return say(state, "Nothing is staged of it.", now);
    }
    if changes.iter().any(|c| c.state == ChangeState::Applying) {
        return refuse(state, "It is being applied: wait for its end.", now);
    }
    let asks = changes.iter().any(|c| holds_text(c));
    let changes: Vec<ChangeId> = changes.into_iter().map(|c| c.id.clone()).collect();
    if asks {
        state.channel.sources.overlay = Some(SourcesOverlay::Discard { changes, delete: Vec::new() });
        return Vec::new();
    }
    throw_away(state, &changes, now)
}

/// Throws changes away.
pub(super) fn throw_away(state: &mut State, changes: &[ChangeId], now: Timestamp) -> Vec<Effect> {
    // One that began to be applied meanwhile is out of hand.
    let free =
        |id: &&ChangeId| state.channel.sources.changes.get(id).is_some_and(|c| c.state != ChangeState::Applying);
    let free: Vec<ChangeId> = changes.iter().filter(free).cloned().collect();
    let mut effects = forget_all(state, &free);
    let text = format!("{} thrown away.", count(effects.len(), "staged change was", "staged changes were"));
    effects.extend(list::read_if_due(state));
    effects.extend(say(state, &text, now));
    effects
}
