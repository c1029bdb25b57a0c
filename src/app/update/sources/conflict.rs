//! Conflicts: somebody else changed a row since its change was begun. Each ends with the user's word, and only then is
//! it applied: against what stood there when the user decided.

use super::{apply, conflicts, editor, reading, staging};
use crate::app::channel::Channel;
use crate::app::effect::Effect;
use crate::app::sources::{can_merge, staged_name, staged_text};
use crate::app::update::ctx::{Ctx, refuse, say};
use crate::domain::{ChangeState, Edit, Version, merge_texts};

/// Shows the conflict of the selected row.
pub(super) fn show_selected(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let change = channel.sources.selected_change().filter(|c| matches!(c.state, ChangeState::Conflict(_)));
    match change.map(|c| c.id.clone()) {
        Some(id) => conflicts::show(channel, id),
        None => say(ctx, "It has no conflict."),
    }
}

/// Ends it with what was written here: theirs is now what it was begun from, and it is applied with the next ones.
pub(super) fn keep_mine(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some((mut change, theirs)) = conflicts::shown(channel) else { return Vec::new() };
    match theirs {
        Some(theirs) => {
            change.label.clone_from(&theirs.name);
            change.base = Some(theirs);
        }
        None if change.edit == Edit::Delete => {}
        None => {
            let Some(content) = staged_text(&change).map(str::to_owned) else {
                return refuse(ctx, "The row is gone and its text was never read: t drops the change.");
            };
            change.edit = Edit::Create(Version { name: staged_name(&change).to_owned(), content });
            change.row = None;
            change.base = None;
        }
    }
    change.state = ChangeState::Staged;
    change.at = ctx.now;
    channel.sources.overlay = None;
    let mut effects = Vec::new();
    // Where theirs is what mine was to be, nothing is left to be applied.
    if let Edit::Update { name, content } = change.edit.clone() {
        let name = name.unwrap_or_else(|| staged_name(&change).to_owned());
        let id = change.id.clone();
        effects.extend(staging::update(channel, change, name, content));
        if channel.sources.changes.contains_key(&id) {
            channel.sources.resolved.push(id);
        }
    } else {
        channel.sources.resolved.push(change.id.clone());
        effects.push(staging::put(channel, change));
    }
    effects.extend(next(channel, ctx));
    effects
}

/// Ends it with what stands on the platform.
pub(super) fn take_theirs(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some((change, _)) = conflicts::shown(channel) else { return Vec::new() };
    channel.sources.overlay = None;
    let mut effects = vec![staging::forget(channel, &change.id)];
    effects.extend(reading::read_again(channel));
    effects.extend(next(channel, ctx));
    effects
}

/// Joins both in the editor: theirs is now what it was begun from.
pub(super) fn merge(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some((mut change, Some(theirs))) = conflicts::shown(channel).filter(|(change, _)| can_merge(change)) else {
        return refuse(ctx, "There are no two texts to join: m keeps yours, t takes theirs.");
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
    change.at = ctx.now;
    channel.sources.overlay = None;
    let mut effects: Vec<Effect> =
        staging::update(channel, change.clone(), name.clone(), Some(text.clone())).into_iter().collect();
    let written = channel.sources.changes.get(&change.id).cloned();
    change.edit = Edit::Update { name: Some(name), content: Some(text) };
    effects.extend(editor::write(channel, ctx, written.unwrap_or(change), false));
    let said = match marks {
        0 => "Joined: nothing was changed in the same place by both.".to_owned(),
        n => format!("Joined, but for {} between marks.", super::count(n, "place", "places")),
    };
    effects.extend(say(ctx, &said));
    effects.extend(apply::apply_resolved(channel, ctx));
    effects
}

/// Leaves it for later. What was decided before is applied.
pub(super) fn later(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    channel.sources.overlay = None;
    let mut effects = say(ctx, "Kept as a conflict: c shows it again.");
    effects.extend(apply::apply_resolved(channel, ctx));
    effects
}

/// The next conflict; after the last one what was decided is applied.
fn next(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    match conflicts::first(channel) {
        Some(id) => conflicts::show(channel, id),
        None => apply::apply_resolved(channel, ctx),
    }
}
