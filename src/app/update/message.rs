//! One message: what is known of it, and writing the last one again.

use super::{conversation, refuse, save_draft, say, seen, webhooks};
use crate::app::action::Action;
use crate::app::attach::Attached;
use crate::app::chat::Part;
use crate::app::copy::{Clip, Picked};
use crate::app::effect::Effect;
use crate::app::event::{Event, Step};
use crate::app::message::{MessageEffect, MessageEvent, MessageMeasured, MessageSheet, Told, value};
use crate::app::over::Over;
use crate::app::scroll::{Anchor, Scroll};
use crate::app::state::State;
use crate::app::window::{Focus, ViewKind};
use crate::domain::{OutState, Timestamp, TurnId};
use crate::export::sanitised;

/// Does what an action means there; none where it means something else.
pub(super) fn act(state: &mut State, action: Action, now: Timestamp) -> Option<Vec<Effect>> {
    if matches!(state.window.over, Some(Over::Message(_))) {
        return sheet(state, action, now);
    }
    if state.window.is_covered() || state.window.view != ViewKind::Chat || state.window.focus != Focus::Transcript {
        return None;
    }
    match action {
        Action::ShowMessage => Some(show(state, now)),
        Action::EditLast => Some(edit_last(state, now)),
        Action::ToNew => Some(seen::go(state, now)),
        Action::PreviousOwn if state.channel.chat.picked.is_some() => own(state, true),
        Action::NextOwn if state.channel.chat.picked.is_some() => own(state, false),
        _ => None,
    }
}

/// Takes what came of it.
pub(super) fn happen(state: &mut State, event: MessageEvent) -> Vec<Effect> {
    match event {
        MessageEvent::Read(ticket, read) => {
            let channel = state.channel.info.name.clone();
            if let Some(Over::Message(sheet)) = state.window.over.as_mut().filter(|_| !state.behind)
                && sheet.ticket == ticket
            {
                sheet.told = match read {
                    Ok(Some(record)) => Told::here(*record, &channel),
                    Ok(None) => Told::Unknown,
                    Err(failure) => Told::Failed(failure),
                };
            }
            Vec::new()
        }
        MessageEvent::Measured(measured) => {
            if let Some(Over::Message(sheet)) = &mut state.window.over {
                sheet.measured = measured;
                sheet.top = sheet.top.min(measured.last);
            }
            Vec::new()
        }
        MessageEvent::NotInstead(of) => not_instead(state, of),
    }
}

/// What an action means to the sheet.
fn sheet(state: &mut State, action: Action, now: Timestamp) -> Option<Vec<Effect>> {
    let Some(Over::Message(sheet)) = &mut state.window.over else { return None };
    let MessageMeasured { rows, last } = sheet.measured;
    let page = rows.saturating_sub(2).max(1);
    match action {
        Action::Down => sheet.top = (sheet.top + 1).min(last),
        Action::Up => sheet.top = sheet.top.saturating_sub(1),
        Action::PageDown => sheet.top = (sheet.top + page).min(last),
        Action::PageUp => sheet.top = sheet.top.saturating_sub(page),
        Action::Top => sheet.top = 0,
        Action::Bottom => sheet.top = last,
        Action::Copy => return Some(copy(state, now)),
        Action::ToDelivery => return Some(to_delivery(state, now)),
        Action::Back => state.window.over = None,
        // It is of no use in another view.
        Action::ShowChat | Action::ShowSources | Action::ShowWebhooks | Action::ShowSearch | Action::Channels => {
            state.window.over = None;
            return None;
        }
        _ => return None,
    }
    Some(Vec::new())
}

/// Scrolls the sheet, if it is there.
pub(super) fn wheel(state: &mut State, rows: i64) {
    if let Some(Over::Message(sheet)) = &mut state.window.over {
        let by = isize::try_from(rows).unwrap_or(0);
        sheet.top = sheet.top.saturating_add_signed(by).min(sheet.measured.last);
    }
}

fn copy(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let channel = state.channel.info.name.clone();
    let Some(Over::Message(sheet)) = &state.window.over else { return Vec::new() };
    match sheet.record().map(|record| value(record, &channel)) {
        Some(value) => {
            let text = serde_json::to_string_pretty(&value).unwrap_or_default();
            let what = "The message's JSON".to_owned();
            vec![Effect::Copy(Clip { what, text: sanitised(&text) })]
        }
        None => say(state, "There is nothing of it to copy.", now),
    }
}

/// From the sheet to the webhook that brought the message.
fn to_delivery(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let Some(Over::Message(sheet)) = &state.window.over else { return Vec::new() };
    let found = sheet.record().and_then(|record| record.delivery.as_ref().map(|delivery| delivery.0.id));
    if found.is_some() {
        state.window.over = None;
    }
    webhooks::found(state, found, now)
}

/// Opens the sheet on the message that is meant.
fn show(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let Some(part) = state.channel.meant().and_then(|at| state.channel.chat.parts.get(at)).cloned() else {
        return say(state, "There is no message here yet.", now);
    };
    let Some(key) = conversation::key_of(state, &part) else { return Vec::new() };
    let told = match (&part, state.channel.greeted()) {
        (Part::Greeting, Some(record)) => Told::here(record, &state.channel.info.name),
        _ => Told::Reading,
    };
    let ticket = state.ids.next_number();
    let measured = MessageMeasured::default();
    state.window.over = Some(Over::Message(MessageSheet { key, top: 0, measured, ticket, told }));
    ask(state)
}

/// Asks for what is known of the message that the sheet is on.
fn ask(state: &mut State) -> Vec<Effect> {
    let Some(Over::Message(sheet)) = &state.window.over else { return Vec::new() };
    let (key, ticket) = (sheet.key, sheet.ticket);
    let part = state.channel.chat.parts.iter().find(|part| conversation::key_of(state, part) == Some(key));
    let Some(which) = part.and_then(|part| state.channel.reference(part)) else { return Vec::new() };
    let conversation = state.channel.open_id().cloned();
    vec![Effect::Message(MessageEffect::Read { ticket, conversation, which })]
}

/// Whether something happened by which more may be known of a message.
pub(super) fn stirs(event: &Event) -> bool {
    match event {
        Event::Stored(..) | Event::Committed(_) | Event::Replaced(..) => true,
        Event::Turn(_, step) => !matches!(step, Step::Delta(_)),
        _ => false,
    }
}

/// Something happened by which more may be known: what is shown is read again.
pub(super) fn follow(state: &mut State) -> Vec<Effect> {
    if matches!(&state.window.over, Some(Over::Message(_))) { ask(state) } else { Vec::new() }
}

/// The user's own message before or after the one that is picked is picked; none where there is none.
fn own(state: &mut State, before: bool) -> Option<Vec<Effect>> {
    let picked = state.channel.chat.picked?;
    let at = state.channel.part_of(picked.key)?;
    let is_own = |at: &usize| state.channel.chat.parts.get(*at).is_some_and(|part| conversation::is_own(state, part));
    let found =
        if before { (0..at).rev().find(is_own) } else { (at + 1..state.channel.chat.parts.len()).find(is_own) };
    let Some(key) = found.and_then(|at| state.channel.chat.parts.get(at)).and_then(|part| state.channel.key_of(part)) else {
        return Some(Vec::new());
    };
    state.channel.chat.picked = Some(Picked { key, ..picked });
    state.channel.chat.scroll = Scroll::At(Anchor { item: key, row: 0 });
    Some(Vec::new())
}

/// Writes the user's own message that is picked, or the last one, again: its text goes into the composer. What did not go
/// through, or of which nobody knows, is given up when that is sent, and not before.
fn edit_last(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if let Some(why) = state.channel.mute() {
        return refuse(state, why, now);
    }
    let Some(own) = state.channel.own_meant().cloned() else {
        return say(state, "You have written nothing here yet.", now);
    };
    if !state.channel.composer.is_empty() {
        return refuse(state, "Something is being written: send it first, or take it out.", now);
    }
    let (text, attach, instead) = match &own {
        Part::Past(at) => match state.channel.chat.past(*at) {
            Some(past) => (past.message.text.clone(), Vec::new(), None),
            None => return Vec::new(),
        },
        Part::Ask(id) => match state.channel.turns.get(id) {
            Some(local) if local.live && matches!(local.turn.state, OutState::Queued | OutState::Sending) => {
                return refuse(state, "It is on its way. Esc stops it.", now);
            }
            Some(local) => {
                let attach = local.turn.attach.iter().cloned().map(Attached::from).collect();
                (local.turn.text.clone(), attach, local.needs_word().then(|| id.clone()))
            }
            None => return Vec::new(),
        },
        Part::Details | Part::Greeting | Part::Answer(_) => return Vec::new(),
    };
    state.channel.write(&mut state.ids, text);
    state.channel.composer.attach = attach;
    state.channel.composer.instead = instead;
    state.window.focus = state.channel.home();
    state.channel.chat.picked = None;
    // Before the text: whenever the program ends, what is kept is known to stand in that one's place.
    let mut effects: Vec<Effect> = bind(state).into_iter().collect();
    effects.extend(save_draft(state));
    effects
}

/// Keeps in whose place the text in the composer is being written.
pub(super) fn bind(state: &State) -> Option<Effect> {
    let of = state.channel.composer.instead.clone()?;
    Some(Effect::Message(MessageEffect::Bind { conversation: state.channel.open_id().cloned(), of }))
}

/// A turn could not be put in the place of that one: it is there as it was, and its words are in the composer.
fn not_instead(state: &mut State, of: TurnId) -> Vec<Effect> {
    state.channel.composer.instead = Some(of);
    let mut effects: Vec<Effect> = bind(state).into_iter().collect();
    effects.extend(state.channel.open_id().map(|id| conversation::reload(state, id, 0)));
    effects
}
