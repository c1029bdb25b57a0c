//! What is staged: put and taken back. Each change goes to the store as soon as it is made; what the store tells of them
//! all is taken in by `kept`.

use std::collections::HashMap;

use super::{count, effect, reading, short};
use crate::app::channel::Channel;
use crate::app::effect::{ChannelEffect, Effect};
use crate::app::sources::{Mark, Shown, SourcesEffect, SourcesOverlay, holds_text, staged_name};
use crate::app::update::ctx::{Ctx, refuse, say};
use crate::domain::{Change, ChangeId, ChangeState, Edit, RowId, Version};

/// Asks the store what is staged, where something can be; one question at a time.
pub(in crate::app::update) fn ask(channel: &mut Channel) -> Vec<Effect> {
    if !channel.capabilities.sources {
        return Vec::new();
    }
    let asking = &mut channel.sources.asking;
    if asking.under_way {
        asking.again = true;
        return Vec::new();
    }
    asking.under_way = true;
    asking.again = false;
    effect(SourcesEffect::Changes)
}

/// What the store has is not what it was asked for any more.
pub(super) fn outdate(channel: &mut Channel) {
    let asking = &mut channel.sources.asking;
    asking.again |= asking.under_way;
}

/// Closes what lies over the view where what it is about is gone.
pub(super) fn close_orphan(channel: &mut Channel) {
    let sources = &mut channel.sources;
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
pub(super) fn put(channel: &mut Channel, change: Change) -> Effect {
    let looks = |change: &Change| (Mark::for_change(change), staged_name(change).to_owned());
    let before = channel.sources.changes.get(&change.id).map(looks);
    let after = looks(&change);
    let effect = stage(channel, change);
    // At each key only the text is another one: the list stays as it is.
    if before != Some(after) {
        channel.sources.refilter();
    }
    effect
}

/// The same, and the list is brought up to date by who asks.
fn stage(channel: &mut Channel, change: Change) -> Effect {
    outdate(channel);
    channel.sources.changes.insert(change.id.clone(), change.clone());
    channel.sources.staging.insert(change.id.clone());
    Effect::Open(ChannelEffect::Sources(SourcesEffect::Stage(Box::new(change))))
}

/// Takes a change back.
pub(super) fn forget(channel: &mut Channel, id: &ChangeId) -> Effect {
    let effect = unstage(channel, id);
    channel.sources.refilter();
    close_orphan(channel);
    effect
}

/// Takes many changes back.
pub(super) fn forget_all(channel: &mut Channel, ids: &[ChangeId]) -> Vec<Effect> {
    let effects = ids.iter().map(|id| unstage(channel, id)).collect();
    channel.sources.refilter();
    close_orphan(channel);
    effects
}

fn unstage(channel: &mut Channel, id: &ChangeId) -> Effect {
    outdate(channel);
    let sources = &mut channel.sources;
    sources.changes.remove(id);
    sources.staging.remove(id);
    sources.unkept.remove(id);
    sources.rows.marked.remove(&Shown::New(id.clone()));
    Effect::Open(ChannelEffect::Sources(SourcesEffect::Unstage(id.clone())))
}

/// The newest change of each line of the selected source.
fn by_line(channel: &Channel) -> HashMap<Shown, &Change> {
    channel.sources.staged().map(|change| (Shown::for_change(change), change)).collect()
}

/// What a row of the selected source is, as far as it was read.
pub(super) fn base(channel: &Channel, row: &RowId) -> Option<Version> {
    let name = channel.sources.rows.row(row)?.name.clone();
    Some(Version { name, content: channel.sources.read_of(row)?.content.clone() })
}

/// The staged change of a row, or a new one.
pub(super) fn for_row(channel: &mut Channel, ctx: &mut Ctx<'_>, row: Option<&RowId>, edit: Edit) -> Option<Change> {
    if let Some(known) = row.and_then(|row| channel.sources.change_of(row)) {
        return Some(Change { edit, at: ctx.now, ..known.clone() });
    }
    fresh(channel, ctx, row, edit)
}

/// A new change of the selected source.
fn fresh(channel: &mut Channel, ctx: &mut Ctx<'_>, row: Option<&RowId>, edit: Edit) -> Option<Change> {
    let source = channel.sources.selected.clone()?;
    let label = row.and_then(|row| channel.sources.rows.row(row)).map(|row| row.name.clone()).unwrap_or_default();
    Some(Change {
        id: ctx.ids.next_change_id(ctx.now),
        channel: channel.info.name.clone(),
        source,
        row: row.cloned(),
        base: row.and_then(|row| base(channel, row)),
        label,
        edit,
        state: ChangeState::Staged,
        at: ctx.now,
    })
}

/// Stages a row's name and text; takes the change back where they are what they were.
pub(super) fn update(
    channel: &mut Channel,
    mut change: Change,
    name: String,
    content: Option<String>,
) -> Option<Effect> {
    let was = change.base.as_ref().map_or(&change.label, |base| &base.name);
    let name = (name != *was).then_some(name);
    let content = content.filter(|text| change.base.as_ref().is_none_or(|base| base.content != *text));
    if name.is_none() && content.is_none() {
        let staged = channel.sources.changes.contains_key(&change.id);
        return staged.then(|| forget(channel, &change.id));
    }
    change.edit = Edit::Update { name, content };
    Some(put(channel, change))
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
pub(super) fn delete(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let targets = channel.sources.rows.targets();
    let staged = by_line(channel);
    let (mut rows, mut back, mut fresh, mut lost) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for line in &targets {
        match (line, staged.get(line).copied()) {
            (_, Some(change)) if in_the_way(change).is_some() => {
                let why = in_the_way(change).unwrap_or_default();
                let name = short(staged_name(change));
                return refuse(ctx, &format!("{name}: {why}"));
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
        channel.sources.overlay = Some(SourcesOverlay::Discard { changes: lost, delete: rows });
        return Vec::new();
    }
    if rows.is_empty() {
        fresh.extend(back.iter().cloned());
    }
    let mut effects = forget_all(channel, &fresh);
    effects.extend(delete_rows(channel, ctx, &rows));
    effects.extend(reading::read_if_due(channel));
    if rows.is_empty() && !back.is_empty() {
        let text = format!("{} not to be deleted any more.", count(back.len(), "row is", "rows are"));
        effects.extend(say(ctx, &text));
    }
    effects
}

/// Stages the deletion of rows.
pub(super) fn delete_rows(channel: &mut Channel, ctx: &mut Ctx<'_>, rows: &[RowId]) -> Vec<Effect> {
    let known: Vec<Option<Change>> = {
        let staged = by_line(channel);
        rows.iter().map(|row| staged.get(&Shown::Row(row.clone())).map(|c| (*c).clone())).collect()
    };
    let mut effects = Vec::new();
    for (row, known) in rows.iter().zip(known) {
        let change = known.or_else(|| fresh(channel, ctx, Some(row), Edit::Delete));
        let Some(change) = change else { continue };
        let kept = touched(&change);
        effects.push(stage(channel, Change { edit: Edit::Delete, state: kept, at: ctx.now, ..change }));
    }
    channel.sources.refilter();
    if !rows.is_empty() {
        let text =
            format!("{} staged to be deleted: A applies, d takes it back.", count(rows.len(), "row is", "rows are"));
        effects.extend(say(ctx, &text));
    }
    effects
}

/// Throws away what is staged of the marked rows, or of the selected one; asks first where typed text would be lost.
pub(super) fn discard(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let targets = channel.sources.rows.targets();
    let staged = by_line(channel);
    let changes: Vec<&Change> = targets.iter().filter_map(|line| staged.get(line).copied()).collect();
    if changes.is_empty() {
        return say(ctx, "Nothing is staged of it.");
    }
    if changes.iter().any(|c| c.state == ChangeState::Applying) {
        return refuse(ctx, "It is being applied: wait for its end.");
    }
    let asks = changes.iter().any(|c| holds_text(c));
    let changes: Vec<ChangeId> = changes.into_iter().map(|c| c.id.clone()).collect();
    if asks {
        channel.sources.overlay = Some(SourcesOverlay::Discard { changes, delete: Vec::new() });
        return Vec::new();
    }
    throw_away(channel, ctx, &changes)
}

/// Throws changes away.
pub(super) fn throw_away(channel: &mut Channel, ctx: &mut Ctx<'_>, changes: &[ChangeId]) -> Vec<Effect> {
    // One that began to be applied meanwhile is out of hand.
    let free = |id: &&ChangeId| channel.sources.changes.get(id).is_some_and(|c| c.state != ChangeState::Applying);
    let free: Vec<ChangeId> = changes.iter().filter(free).cloned().collect();
    let mut effects = forget_all(channel, &free);
    let text = format!("{} thrown away.", count(effects.len(), "staged change was", "staged changes were"));
    effects.extend(reading::read_if_due(channel));
    effects.extend(say(ctx, &text));
    effects
}
