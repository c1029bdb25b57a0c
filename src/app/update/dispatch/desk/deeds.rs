//! What is done to conversations: to which of them, at once, again and back.

use std::collections::HashSet;

use crate::app::desk::{DeskDeed, DeskEffect, DeskKey, DeskUndo, HOME};
use crate::app::effect::Effect;
use crate::app::state::State;
use crate::app::update::store_changes;
use crate::app::view::Focus;
use crate::domain::{ConversationId, DeskChange, DeskEntry, Timestamp};

/// The conversations that are meant: the marked ones, or the selected or the open one.
pub(super) fn targets(state: &State) -> Vec<DeskKey> {
    if state.window.view == HOME {
        return state.desk.targets();
    }
    let channel = state.channel();
    let key = |id: &ConversationId| (channel.info.name.clone(), id.clone());
    if state.window.focus == Focus::Roster {
        if channel.roster.marked.is_empty() {
            return channel.roster.selected.as_ref().map(key).into_iter().collect();
        }
        return channel.roster.marked().map(|row| key(&row.id)).collect();
    }
    channel.open_id().map(key).into_iter().collect()
}

/// What is kept of a conversation, as far as it is known here.
pub(super) fn entry(state: &State, (channel, id): &DeskKey) -> DeskEntry {
    let listed = || {
        let mut rows = state.desk.rows.iter().map(|row| &row.item);
        rows.find(|item| item.channel == *channel && item.conversation.id == *id).map(|item| item.entry.clone())
    };
    let kept = state.channel_at(channel).and_then(|at| state.channels.get(at)?.roster.kept.get(id).cloned());
    kept.or_else(listed).unwrap_or_default()
}

/// Does it to all of them; where it is so of all, takes it back.
pub(super) fn toggle(
    state: &mut State,
    now: Timestamp,
    is_so: impl Fn(&DeskEntry) -> bool,
    change: fn(bool) -> DeskChange,
) -> Vec<Effect> {
    let targets = targets(state);
    let all = targets.iter().all(|key| is_so(&entry(state, key)));
    do_to(state, DeskDeed::Change(change(!all)), targets, now)
}

/// Does something to conversations; it can be repeated, and once it is done taken back.
pub(super) fn do_to(state: &mut State, deed: DeskDeed, targets: Vec<DeskKey>, now: Timestamp) -> Vec<Effect> {
    if targets.is_empty() {
        state.say("No conversation is selected.", now);
        return state.wake();
    }
    state.desk.last = Some(deed.clone());
    match deed {
        DeskDeed::Change(change) => vec![Effect::Desk(DeskEffect::Change(targets, change))],
        DeskDeed::Read => {
            let read = set_unread(state, &targets, false);
            let said = format!("{} marked as read; U takes it back.", many(read.0.len()));
            state.say(&said, now);
            state.desk.undo = Some(DeskUndo::Unread(read.0));
            unmark(state);
            let mut effects = read.1;
            effects.extend(state.wake());
            effects
        }
    }
}

/// Says of conversations whether something in them is new. Which were otherwise before, and what is to be done.
pub(super) fn set_unread(state: &mut State, keys: &[DeskKey], unread: bool) -> (Vec<DeskKey>, Vec<Effect>) {
    let mut changed = Vec::new();
    let mut effects = Vec::new();
    let meant: HashSet<&DeskKey> = keys.iter().collect();
    for row in &mut state.desk.rows {
        if meant.contains(&row.key()) {
            row.item.unread = unread;
        }
    }
    for (channel, id) in keys {
        let Some(at) = state.channel_at(channel) else { continue };
        let Some(tab) = state.channels.get_mut(at) else { continue };
        if let Some(row) = tab.roster.row_mut(id).filter(|row| row.unread != unread) {
            row.unread = unread;
            changed.push((channel.clone(), id.clone()));
        }
    }
    for tab in &mut state.channels {
        if changed.iter().any(|(channel, _)| *channel == tab.info.name) {
            tab.count_unread();
            effects.extend(store_changes::remember(tab).map(|effect| effect.for_channel(&tab.info.name)));
        }
    }
    (changed, effects)
}

/// Does again what was done last, to what is meant now.
pub(super) fn repeat(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let Some(deed) = state.desk.last.clone() else {
        state.say("Nothing was done here yet that could be done again.", now);
        return state.wake();
    };
    let targets = targets(state);
    do_to(state, deed, targets, now)
}

/// Takes back what was done last.
pub(super) fn undo(state: &mut State, now: Timestamp) -> Vec<Effect> {
    match state.desk.undo.take() {
        Some(DeskUndo::Kept(rows)) => vec![Effect::Desk(DeskEffect::Restore(rows))],
        Some(DeskUndo::Unread(keys)) => {
            let (_, mut effects) = set_unread(state, &keys, true);
            state.say("Taken back.", now);
            effects.extend(state.wake());
            effects
        }
        None => {
            state.say("There is nothing to take back.", now);
            state.wake()
        }
    }
}

pub(super) fn many(count: usize) -> String {
    if count == 1 { "1 conversation".to_owned() } else { format!("{count} conversations") }
}

pub(super) fn unmark(state: &mut State) {
    if state.window.view == HOME {
        state.desk.marked.clear();
        state.desk.range = None;
    } else if state.window.focus == Focus::Roster {
        state.channel_mut().roster.unmark();
    }
}
