//! What is done to conversations at the desk: pinned, labelled, noted, archived, snoozed, looked at; many at once, again,
//! and taken back. It concerns conversations of any channel, so the dispatcher does it.

mod deeds;
mod prompt;
mod records;

use self::deeds::{do_to, many, repeat, targets, toggle, undo, unmark};
use self::prompt::ask;
use self::records::{after, keep, keep_all, next_wake};
use crate::app::action::Action;
use crate::app::desk::{DeskDeed, DeskEffect, DeskEvent, DeskKey, DeskPromptKind, DeskUndo, Reminder};
use crate::app::effect::Effect;
use crate::app::state::State;
use crate::app::update::desk;
use crate::app::view::{Focus, ViewKind};
use crate::domain::{ConversationId, DeskChange, DeskChanged, DeskEntry, DeskRow, Failure, SafeText, Timestamp};

pub(in crate::app::update) use self::prompt::{answer, write_line};
pub(in crate::app::update) use self::records::opened;

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
        state.window.notice = None;
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
        Focus::Composer | Focus::Queue => {
            state.channel().composer.is_empty() && state.channel().composer.prompt.is_none()
        }
        Focus::Roster => state.channel().roster.filter.is_empty() && !state.channel().roster.filtering,
    };
    let inner = state.channel().is_picked() || state.channel().chat.find.is_some();
    state.desk.opened && free && reading && !inner
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
    let mut effects: Vec<Effect> = away.then_some(Effect::Desk(DeskEffect::Wake(Some(key)))).into_iter().collect();
    effects.extend(state.on_desk(now, desk::changed));
    effects
}

/// Something woke: it is said once in this run, and stands in the frame until it is looked at.
fn woken(state: &mut State, changed: &[DeskRow], awake: Vec<Reminder>, now: Timestamp) -> Vec<Effect> {
    keep(state, changed);
    let new: Vec<&Reminder> = awake.iter().filter(|reminder| !state.desk.told.contains(&reminder.key)).collect();
    if let Some(first) = new.first() {
        let (channel, id) = &first.key;
        let shown = state.channel_at(channel).and_then(|at| state.channels.get(at)?.roster.row(id));
        let names = [shown.map(|row| row.label.clone()), Some(SafeText::one_line(&first.title))];
        let name = names.into_iter().flatten().find(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| SafeText::one_line(id.as_str())).truncate(40);
        let more = if new.len() > 1 { format!(", and {} more", new.len() - 1) } else { String::new() };
        let said = format!("Reminder: {} ({channel}){more}. 0 shows the inbox.", name.as_str());
        let told: Vec<DeskKey> = new.into_iter().map(|reminder| reminder.key.clone()).collect();
        state.say(&said, now);
        state.desk.told.extend(told);
    }
    state.desk.awake = awake;
    let mut effects = after(state, now);
    effects.extend(opened(state));
    effects
}
