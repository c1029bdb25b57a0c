//! What is kept of conversations, beside their rows; and what follows where that changes.

use std::collections::HashMap;

use super::deeds::entry;
use crate::app::desk::{DeskEffect, DeskKey};
use crate::app::effect::Effect;
use crate::app::state::State;
use crate::app::update::desk;
use crate::app::view::ViewKind;
use crate::domain::{ConversationId, DeskChange, DeskEntry, DeskRow, Timestamp};

/// All of which something is kept, of every channel.
pub(super) fn keep_all(state: &mut State, rows: Vec<DeskRow>) {
    let mut by_channel: HashMap<_, HashMap<ConversationId, DeskEntry>> = HashMap::new();
    for row in rows {
        by_channel.entry(row.channel).or_default().insert(row.conversation, row.entry);
    }
    for channel in &mut state.channels {
        channel.roster.keep_all(by_channel.remove(&channel.info.name).unwrap_or_default());
    }
}

/// What is kept of these conversations.
pub(super) fn keep(state: &mut State, rows: &[DeskRow]) {
    for channel in &mut state.channels {
        let name = channel.info.name.clone();
        let of = rows.iter().filter(|row| row.channel == name);
        channel.roster.keep(of.map(|row| (row.conversation.clone(), row.entry.clone())));
    }
    // However many there are, each list is gone through once.
    let changed: HashMap<DeskKey, &DeskEntry> =
        rows.iter().map(|row| ((row.channel.clone(), row.conversation.clone()), &row.entry)).collect();
    for listed in &mut state.desk.rows {
        if let Some(entry) = changed.get(&listed.key()) {
            listed.item.entry = (*entry).clone();
        }
    }
    let desk = &mut state.desk;
    let looked_at = |key: &DeskKey| changed.get(key).is_some_and(|entry| !entry.reminds());
    desk.awake.retain(|reminder| !looked_at(&reminder.key));
    desk.told.retain(|key| !looked_at(key));
}

/// Asks to be told when the next sleep ends.
pub(super) fn next_wake(state: &mut State) -> Vec<Effect> {
    let entries = state.channels.iter().flat_map(|channel| channel.roster.kept.values());
    let sleeping = entries.filter(|entry| entry.sleeps()).filter_map(|entry| entry.snooze?.until);
    state.desk.wakes_at = sleeping.min();
    state.desk.wakes_at.map(Effect::Wake).into_iter().collect()
}

/// What is kept changed: the list may be another, and the next wake is at another time.
pub(super) fn after(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let mut effects = next_wake(state);
    effects.extend(state.on_desk(now, desk::changed));
    effects.extend(state.wake());
    effects
}

/// A conversation is before the user's eyes: whoever woke was looked at.
pub(super) fn seen(state: &State, key: &DeskKey) -> Option<Effect> {
    entry(state, key).reminds().then(|| Effect::Desk(DeskEffect::Change(vec![key.clone()], DeskChange::Wake)))
}

/// What is on the screen was read from the store: whoever woke is looked at.
pub(in crate::app::update) fn opened(state: &State) -> Vec<Effect> {
    if state.window.view != ViewKind::Chat {
        return Vec::new();
    }
    let keys = state.on_screen().filter_map(|view| Some((view.channel.info.name.clone(), view.id()?.clone())));
    keys.filter_map(|key| seen(state, &key)).collect()
}
