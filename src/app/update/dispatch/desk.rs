//! What is done to conversations at the desk: pinned, labelled, noted, archived, snoozed, looked at; many at once, again,
//! and taken back. It concerns conversations of any channel, so the dispatcher does it.

use std::collections::HashMap;

use crate::app::action::Action;
use crate::app::desk::{DeskDeed, DeskEffect, DeskEvent, DeskKey, DeskPrompt, DeskPromptKind, DeskUndo, HOME};
use crate::app::effect::Effect;
use crate::app::line_input::LineInput;
use crate::app::overlay::Overlay;
use crate::app::state::State;
use crate::app::text_buffer::TextInput;
use crate::app::update::{desk, store_changes};
use crate::app::view::{Focus, ViewKind};
use crate::domain::{
    ConversationId, DeskChange, DeskChanged, DeskEntry, DeskRow, Failure, LATER_FORMS, Label, SafeText, Timestamp,
    later, read_labels,
};

/// So many labels that are used already are named as a hint.
const NAMED: usize = 8;

/// Does what an action means at the desk; none where it means something else.
pub(in crate::app::update) fn handle_action(
    state: &mut State,
    action: Action,
    now: Timestamp,
) -> Option<Vec<Effect>> {
    if let Some(effects) = state.on_desk(now, |desk, ctx| desk::handle_action(desk, ctx, action)) {
        return Some(effects);
    }
    if action == Action::Back && returns(state) {
        return Some(state.on_desk(now, desk::show));
    }
    let effects = match action {
        Action::Pin => toggle(state, now, |entry| entry.pinned, DeskChange::Pin),
        Action::Archive => toggle(state, now, |entry| entry.archived.is_some(), DeskChange::Archive),
        Action::Label => ask(state, DeskPromptKind::Labels, now),
        Action::Note => ask(state, DeskPromptKind::Note, now),
        Action::Snooze => ask(state, DeskPromptKind::Snooze, now),
        Action::MarkRead => do_to(state, DeskDeed::Read, targets(state), now),
        Action::Repeat => repeat(state, now),
        Action::UndoDesk => undo(state, now),
        Action::MarkConversationRange => {
            state.channel_mut().roster.mark_range();
            Vec::new()
        }
        _ => return None,
    };
    Some(effects)
}

/// Whether stepping back leads to the list: the conversation was opened from it, and nothing here is to be left first.
fn returns(state: &State) -> bool {
    let free = state.window.view == ViewKind::Chat && !state.window.is_covered() && !state.stops_on_back();
    let reading = match state.window.focus {
        Focus::Transcript => true,
        // What is being written is left by going to what is read.
        Focus::Composer => state.channel().composer.is_empty() && state.channel().composer.prompt.is_none(),
        Focus::Roster => state.channel().roster.filter.is_empty() && !state.channel().roster.filtering,
    };
    let inner = state.channel().is_picked() || state.channel().chat.find.is_some();
    state.desk.opened && free && reading && !inner && state.window.notice.is_none()
}

/// The conversations that are meant: the marked ones, or the selected or the open one.
fn targets(state: &State) -> Vec<DeskKey> {
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
fn entry(state: &State, (channel, id): &DeskKey) -> DeskEntry {
    let listed = || {
        let mut rows = state.desk.rows.iter().map(|row| &row.item);
        rows.find(|item| item.channel == *channel && item.conversation.id == *id).map(|item| item.entry.clone())
    };
    let kept = state.channel_at(channel).and_then(|at| state.channels.get(at)?.roster.kept.get(id).cloned());
    kept.or_else(listed).unwrap_or_default()
}

/// Does it to all of them; where it is so of all, takes it back.
fn toggle(
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
fn do_to(state: &mut State, deed: DeskDeed, targets: Vec<DeskKey>, now: Timestamp) -> Vec<Effect> {
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
fn set_unread(state: &mut State, keys: &[DeskKey], unread: bool) -> (Vec<DeskKey>, Vec<Effect>) {
    let mut changed = Vec::new();
    let mut effects = Vec::new();
    for (channel, id) in keys {
        for row in &mut state.desk.rows {
            if row.item.channel == *channel && row.item.conversation.id == *id {
                row.item.unread = unread;
            }
        }
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
fn repeat(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let Some(deed) = state.desk.last.clone() else {
        state.say("Nothing was done here yet that could be done again.", now);
        return state.wake();
    };
    let targets = targets(state);
    do_to(state, deed, targets, now)
}

/// Takes back what was done last.
fn undo(state: &mut State, now: Timestamp) -> Vec<Effect> {
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

/// Asks for labels, a note or a time.
fn ask(state: &mut State, kind: DeskPromptKind, now: Timestamp) -> Vec<Effect> {
    let of = targets(state);
    let [first, ..] = of.as_slice() else {
        state.say("No conversation is selected.", now);
        return state.wake();
    };
    let (kept, one) = (entry(state, first), of.len() == 1);
    if kind == DeskPromptKind::Note && one && kept.note.contains('\n') {
        state.say("This note has several lines: `patchcord conversations note` prints and replaces it.", now);
        return state.wake();
    }
    if kind == DeskPromptKind::Snooze && of.iter().all(|key| entry(state, key).sleeps()) {
        return do_to(state, DeskDeed::Change(DeskChange::Wake), of, now);
    }
    let mut line = LineInput::default();
    if kind == DeskPromptKind::Note && one {
        line.set(&kept.note);
    }
    let hint = match kind {
        DeskPromptKind::Labels => labels_hint(state, if one { &kept.labels } else { &[] }),
        DeskPromptKind::Note => "for you alone: no platform and no export has it".to_owned(),
        DeskPromptKind::Snooze => format!("{LATER_FORMS}; empty: until somebody writes"),
    };
    let hint = SafeText::one_line(&hint);
    state.window.open(Overlay::Desk(DeskPrompt { kind, line, of, problem: None, hint }));
    Vec::new()
}

/// The labels that it has, and those that are used elsewhere, the most used first.
fn labels_hint(state: &State, has: &[Label]) -> String {
    let mut used: HashMap<&Label, usize> = HashMap::new();
    for label in state.channels.iter().flat_map(|tab| tab.roster.kept.values()).flat_map(|entry| &entry.labels) {
        *used.entry(label).or_default() += 1;
    }
    let mut used: Vec<(&Label, usize)> = used.into_iter().filter(|(label, _)| !has.contains(label)).collect();
    used.sort_by(|(a, many), (b, more)| more.cmp(many).then_with(|| a.cmp(b)));
    let names = |labels: &mut dyn Iterator<Item = &Label>| labels.map(Label::as_str).collect::<Vec<_>>().join(" ");
    let has_names = names(&mut has.iter());
    let others = names(&mut used.into_iter().take(NAMED).map(|(label, _)| label));
    match (has_names.is_empty(), others.is_empty()) {
        (true, true) => "words; with a - before it, one is taken off".to_owned(),
        (true, false) => format!("used: {others}"),
        (false, true) => format!("it has: {has_names}; -{} takes it off", has.first().map_or("", Label::as_str)),
        (false, false) => format!("it has: {has_names}; used: {others}"),
    }
}

/// Something for the line of what was asked.
pub(in crate::app::update) fn write_line(state: &mut State, input: TextInput) {
    if let Some(Overlay::Desk(prompt)) = state.window.overlay_mut()
        && prompt.line.take(input)
    {
        prompt.problem = None;
    }
}

/// Does what an action means while something is asked.
pub(in crate::app::update) fn answer(state: &mut State, action: Action, now: Timestamp) -> Option<Vec<Effect>> {
    let Some(Overlay::Desk(prompt)) = state.window.overlay_mut() else { return None };
    match action {
        Action::Back => {
            state.window.take_overlay();
            Some(Vec::new())
        }
        Action::Confirm => {
            let text = prompt.line.trim().to_owned();
            let change = match prompt.kind {
                DeskPromptKind::Labels if text.is_empty() => {
                    state.window.take_overlay();
                    return Some(Vec::new());
                }
                DeskPromptKind::Labels => read_labels(&text),
                DeskPromptKind::Note => Ok(DeskChange::Note(text)),
                DeskPromptKind::Snooze if text.is_empty() => Ok(DeskChange::Snooze(None)),
                DeskPromptKind::Snooze => match later(&text, now) {
                    Some(until) => Ok(DeskChange::Snooze(Some(until))),
                    None => Err(format!("That names no time to come. It takes {LATER_FORMS}.")),
                },
            };
            match change {
                Ok(change) => {
                    let of = std::mem::take(&mut prompt.of);
                    state.window.take_overlay();
                    Some(do_to(state, DeskDeed::Change(change), of, now))
                }
                Err(why) => {
                    prompt.problem = Some(SafeText::one_line(&why));
                    Some(Vec::new())
                }
            }
        }
        _ => None,
    }
}

/// Takes what happened at the desk.
pub(in crate::app::update) fn handle_event(state: &mut State, event: DeskEvent, now: Timestamp) -> Vec<Effect> {
    match event {
        DeskEvent::Kept(version, rows) => {
            state.desk.version = Some(version);
            keep_all(state, rows);
            let mut effects = next_wake(state);
            effects.extend(state.on_desk(now, desk::changed));
            effects
        }
        DeskEvent::Page(ticket, page) => state.on_desk(now, |desk, ctx| desk::page(desk, ctx, ticket, page)),
        DeskEvent::Measured(height) => state.on_desk(now, |desk, ctx| desk::measured(desk, ctx, height)),
        DeskEvent::Changed(change, Ok(changed)) => done(state, &change, changed, now),
        DeskEvent::Restored(Ok(rows)) => {
            state.say("Taken back.", now);
            keep(state, &rows);
            after(state, now)
        }
        DeskEvent::Changed(_, Err(failure)) | DeskEvent::Restored(Err(failure)) => complain(state, &failure, now),
        DeskEvent::Woken(changed, awake) => woken(state, &changed, awake, now),
    }
}

fn complain(state: &mut State, failure: &Failure, now: Timestamp) -> Vec<Effect> {
    state.complain("", failure, now);
    state.wake()
}

/// A change was made: it is told, can be taken back, and what was marked for it is so no more.
fn done(state: &mut State, change: &DeskChange, changed: DeskChanged, now: Timestamp) -> Vec<Effect> {
    keep(state, &changed.after);
    let silent = *change == DeskChange::Wake && changed.before.iter().all(|row| row.entry.reminds());
    if !silent {
        let of = many(changed.after.len());
        let what = match change {
            DeskChange::Pin(true) => "pinned".to_owned(),
            DeskChange::Pin(false) => "not pinned any more".to_owned(),
            DeskChange::Archive(true) => "archived, until somebody writes".to_owned(),
            DeskChange::Archive(false) => "back from the archive".to_owned(),
            DeskChange::Label { .. } => "labelled".to_owned(),
            DeskChange::Note(_) => "noted".to_owned(),
            DeskChange::Snooze(Some(until)) => format!("snoozed until {}", until.exact()),
            DeskChange::Snooze(None) => "snoozed until somebody writes".to_owned(),
            DeskChange::Wake => "awake".to_owned(),
        };
        state.say(&format!("{of} {what}; U takes it back."), now);
        state.desk.undo = Some(DeskUndo::Kept(changed.before));
        unmark(state);
    }
    after(state, now)
}

fn many(count: usize) -> String {
    if count == 1 { "1 conversation".to_owned() } else { format!("{count} conversations") }
}

/// What is kept changed: the list may be another, and the next wake is at another time.
fn after(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let mut effects = next_wake(state);
    effects.extend(state.on_desk(now, desk::changed));
    effects.extend(state.wake());
    effects
}

fn unmark(state: &mut State) {
    if state.window.view == HOME {
        state.desk.marked.clear();
        state.desk.range = None;
    } else if state.window.focus == Focus::Roster {
        state.channel_mut().roster.unmark();
    }
}

/// All of which something is kept, of every channel.
fn keep_all(state: &mut State, rows: Vec<DeskRow>) {
    let mut by_channel: HashMap<_, HashMap<ConversationId, DeskEntry>> = HashMap::new();
    for row in rows {
        by_channel.entry(row.channel).or_default().insert(row.conversation, row.entry);
    }
    for channel in &mut state.channels {
        channel.roster.keep_all(by_channel.remove(&channel.info.name).unwrap_or_default());
    }
}

/// What is kept of these conversations.
fn keep(state: &mut State, rows: &[DeskRow]) {
    for channel in &mut state.channels {
        let name = channel.info.name.clone();
        let of = rows.iter().filter(|row| row.channel == name);
        channel.roster.keep(of.map(|row| (row.conversation.clone(), row.entry.clone())));
    }
    for row in rows {
        let listed = state
            .desk
            .rows
            .iter_mut()
            .find(|listed| listed.item.channel == row.channel && listed.item.conversation.id == row.conversation);
        if let Some(listed) = listed {
            listed.item.entry = row.entry.clone();
        }
        if !row.entry.reminds() {
            let is_it = |awake: &DeskRow| awake.channel == row.channel && awake.conversation == row.conversation;
            state.desk.awake.retain(|awake| !is_it(awake));
            state.desk.told.remove(&(row.channel.clone(), row.conversation.clone()));
        }
    }
}

/// Asks to be told when the next sleep ends.
fn next_wake(state: &mut State) -> Vec<Effect> {
    let entries = state.channels.iter().flat_map(|channel| channel.roster.kept.values());
    let sleeping = entries.filter(|entry| entry.sleeps()).filter_map(|entry| entry.snooze?.until);
    state.desk.wakes_at = sleeping.min();
    state.desk.wakes_at.map(Effect::Wake).into_iter().collect()
}

/// A moment came: what sleeps may be due.
pub(in crate::app::update) fn tick(state: &mut State, now: Timestamp) -> Vec<Effect> {
    match state.desk.wakes_at {
        Some(at) if at <= now => {
            state.desk.wakes_at = None;
            vec![Effect::Desk(DeskEffect::Wake(None))]
        }
        Some(at) => vec![Effect::Wake(at)],
        None => Vec::new(),
    }
}

/// The store has something new in a conversation: it may wake, or come back, and the list is another.
pub(in crate::app::update) fn news(state: &mut State, at: usize, id: &ConversationId, now: Timestamp) -> Vec<Effect> {
    let Some(channel) = state.channels.get(at) else { return Vec::new() };
    let away = channel.roster.kept.get(id).is_some_and(DeskEntry::is_away);
    let key = (channel.info.name.clone(), id.clone());
    let mut effects: Vec<Effect> = away.then(|| Effect::Desk(DeskEffect::Wake(Some(key)))).into_iter().collect();
    effects.extend(state.on_desk(now, desk::changed));
    effects
}

/// Something woke: it is said once in this run, and stands in the frame until it is looked at.
fn woken(state: &mut State, changed: &[DeskRow], awake: Vec<DeskRow>, now: Timestamp) -> Vec<Effect> {
    keep(state, changed);
    state.desk.awake = awake;
    let open = state.window.view == ViewKind::Chat && state.channel().open_id().is_some();
    let looked_at =
        state.channel().open_id().filter(|_| open).cloned().map(|id| (state.channel().info.name.clone(), id));
    let new: Vec<DeskKey> =
        state.desk.awake.iter().map(|row| (row.channel.clone(), row.conversation.clone())).collect();
    let new: Vec<DeskKey> = new.into_iter().filter(|key| !state.desk.told.contains(key)).collect();
    if let Some((channel, id)) = new.first() {
        let title = state.channel_at(channel).and_then(|at| state.channels.get(at)?.roster.row(id));
        let name = title.map(|row| row.label.truncate(40)).filter(|label| !label.is_empty());
        let name = name.unwrap_or_else(|| SafeText::one_line(id.as_str()).truncate(40));
        let more = if new.len() > 1 { format!(", and {} more", new.len() - 1) } else { String::new() };
        let said = format!("Reminder: {} ({channel}){more}. 0 shows the inbox.", name.as_str());
        state.say(&said, now);
        state.desk.told.extend(new);
    }
    let mut effects = after(state, now);
    if let Some(key) = looked_at {
        effects.extend(seen(state, &key));
    }
    effects
}

/// The open conversation was read from the store: whoever woke is looked at.
pub(in crate::app::update) fn opened(state: &State) -> Option<Effect> {
    let id = state.channel().open_id().filter(|_| state.window.view == ViewKind::Chat)?;
    seen(state, &(state.channel().info.name.clone(), id.clone()))
}

/// A conversation is before the user's eyes: whoever woke was looked at.
fn seen(state: &State, key: &DeskKey) -> Option<Effect> {
    entry(state, key).reminds().then(|| Effect::Desk(DeskEffect::Change(vec![key.clone()], DeskChange::Wake)))
}
