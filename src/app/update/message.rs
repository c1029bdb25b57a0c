//! One message: what is known of it, and writing the last one again.

use super::{Request, draft, load, read_marker, refuse, save_draft, say, transcript};
use crate::app::action::Action;
use crate::app::channel::Channel;
use crate::app::chat::TranscriptItem;
use crate::app::chat::attach::Attached;
use crate::app::chat::scroll::{Anchor, Scroll};
use crate::app::chat::selection::Picked;
use crate::app::clip::Clip;
use crate::app::effect::{ChannelEffect, Effect};
use crate::app::event::{ChannelEvent, Step};
use crate::app::overlay::Overlay;
use crate::app::overlay::message::{LoadState, MessageEffect, MessageEvent, MessageMeasured, MessageSheet, value};
use crate::app::update::ctx::Ctx;
use crate::app::view::{Focus, ViewKind};
use crate::domain::{OutState, TurnId};
use crate::export::sanitised;

/// Does what an action means there; none where it means something else.
pub(super) fn handle_action(channel: &mut Channel, ctx: &mut Ctx<'_>, action: Action) -> Option<Vec<Effect>> {
    if matches!(ctx.window.overlay(), Some(Overlay::Message(_))) {
        return handle_in_details(channel, ctx, action);
    }
    if ctx.window.is_covered() || ctx.window.view != ViewKind::Chat || ctx.window.focus != Focus::Transcript {
        return None;
    }
    match action {
        Action::ShowMessage => Some(show(channel, ctx)),
        Action::EditLast => Some(edit_last(channel, ctx)),
        Action::ToNew => Some(read_marker::go(channel, ctx)),
        Action::PreviousOwn if channel.chat.picked.is_some() => own(channel, true),
        Action::NextOwn if channel.chat.picked.is_some() => own(channel, false),
        _ => None,
    }
}

/// Takes what came of it.
pub(super) fn handle_event(channel: &mut Channel, ctx: &mut Ctx<'_>, event: MessageEvent) -> Vec<Effect> {
    match event {
        MessageEvent::Read(ticket, read) => {
            let channel = channel.info.name.clone();
            if let Some(Overlay::Message(sheet)) = ctx.window.overlay_mut().filter(|_| ctx.on_screen)
                && sheet.ticket == ticket
            {
                sheet.told = match read {
                    Ok(Some(record)) => LoadState::here(*record, &channel),
                    Ok(None) => LoadState::Unknown,
                    Err(failure) => LoadState::Failed(failure),
                };
            }
            Vec::new()
        }
        MessageEvent::Measured(measured) => {
            if let Some(Overlay::Message(sheet)) = ctx.window.overlay_mut() {
                sheet.measured = measured;
                sheet.top = sheet.top.min(measured.last);
            }
            Vec::new()
        }
        MessageEvent::NotInstead(of) => not_instead(channel, of),
    }
}

/// What an action means to the sheet.
fn handle_in_details(channel: &mut Channel, ctx: &mut Ctx<'_>, action: Action) -> Option<Vec<Effect>> {
    let Some(Overlay::Message(sheet)) = ctx.window.overlay_mut() else { return None };
    let MessageMeasured { rows, last } = sheet.measured;
    let page = rows.saturating_sub(2).max(1);
    match action {
        Action::Down => sheet.top = (sheet.top + 1).min(last),
        Action::Up => sheet.top = sheet.top.saturating_sub(1),
        Action::PageDown => sheet.top = (sheet.top + page).min(last),
        Action::PageUp => sheet.top = sheet.top.saturating_sub(page),
        Action::Top => sheet.top = 0,
        Action::Bottom => sheet.top = last,
        Action::Copy => return Some(copy(channel, ctx)),
        Action::ToDelivery => return Some(to_delivery(ctx)),
        Action::Back => {
            ctx.window.take_overlay();
        }
        // It is of no use in another view.
        other if other.leaves_view() => {
            ctx.window.take_overlay();
            return None;
        }
        _ => return None,
    }
    Some(Vec::new())
}

/// Scrolls the sheet, if it is there.
pub(super) fn wheel(ctx: &mut Ctx<'_>, rows: i64) {
    if let Some(Overlay::Message(sheet)) = ctx.window.overlay_mut() {
        let by = isize::try_from(rows).unwrap_or(0);
        sheet.top = sheet.top.saturating_add_signed(by).min(sheet.measured.last);
    }
}

fn copy(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let channel = channel.info.name.clone();
    let Some(Overlay::Message(sheet)) = ctx.window.overlay() else { return Vec::new() };
    match sheet.record().map(|record| value(record, &channel)) {
        Some(value) => {
            let text = serde_json::to_string_pretty(&value).unwrap_or_default();
            let what = "The message's JSON".to_owned();
            vec![Effect::Copy(Clip { what, text: sanitised(&text) })]
        }
        None => say(ctx, "There is nothing of it to copy."),
    }
}

/// From the sheet to the webhook that brought the message.
fn to_delivery(ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some(Overlay::Message(sheet)) = ctx.window.overlay() else { return Vec::new() };
    let found = sheet.record().and_then(|record| record.delivery.as_ref().map(|delivery| delivery.0.id));
    if found.is_some() {
        ctx.window.take_overlay();
    }
    ctx.ask(Request::ShowDelivery(found))
}

/// Opens the sheet on the message that is meant.
fn show(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some(part) = channel.target_message().and_then(|at| channel.chat.items.get(at)).cloned() else {
        return say(ctx, "There is no message here yet.");
    };
    let Some(key) = channel.key_of(&part) else { return Vec::new() };
    let told = match (&part, channel.greeted()) {
        (TranscriptItem::Greeting, Some(record)) => LoadState::here(record, &channel.info.name),
        _ => LoadState::Reading,
    };
    let ticket = ctx.ids.next_number();
    let measured = MessageMeasured::default();
    ctx.window.open(Overlay::Message(MessageSheet { key, top: 0, measured, ticket, told }));
    ask(channel, ctx)
}

/// Asks for what is known of the message that the sheet is on.
fn ask(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some(Overlay::Message(sheet)) = ctx.window.overlay() else { return Vec::new() };
    let (key, ticket) = (sheet.key, sheet.ticket);
    let part = channel.chat.items.iter().find(|part| channel.key_of(part) == Some(key));
    let Some(which) = part.and_then(|part| channel.reference(part)) else { return Vec::new() };
    let conversation = channel.open_id().cloned();
    vec![Effect::Open(ChannelEffect::Message(MessageEffect::Read { ticket, conversation, which }))]
}

/// Whether something happened by which more may be known of a message.
pub(super) fn affects_details(event: &ChannelEvent) -> bool {
    match event {
        ChannelEvent::Stored(..) | ChannelEvent::Committed(_) | ChannelEvent::Replaced(..) => true,
        ChannelEvent::Turn(_, step) => !matches!(step, Step::Delta(_)),
        _ => false,
    }
}

/// Something happened by which more may be known: what is shown is read again.
pub(super) fn follow(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if matches!(ctx.window.overlay(), Some(Overlay::Message(_))) { ask(channel, ctx) } else { Vec::new() }
}

/// The user's own message before or after the one that is picked is picked; none where there is none.
fn own(channel: &mut Channel, before: bool) -> Option<Vec<Effect>> {
    let picked = channel.chat.picked?;
    let at = channel.part_of(picked.key)?;
    let is_own = |at: &usize| channel.chat.items.get(*at).is_some_and(|part| transcript::is_own(channel, part));
    let found = if before { (0..at).rev().find(is_own) } else { (at + 1..channel.chat.items.len()).find(is_own) };
    let Some(key) = found.and_then(|at| channel.chat.items.get(at)).and_then(|part| channel.key_of(part)) else {
        return Some(Vec::new());
    };
    channel.chat.picked = Some(Picked { key, ..picked });
    channel.chat.scroll = Scroll::At(Anchor { item: key, row: 0 });
    Some(Vec::new())
}

/// Writes the user's own message that is picked, or the last one, again: its text goes into the composer. What did not go
/// through, or of which nobody knows, is given up when that is sent, and not before.
fn edit_last(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if let Some(why) = channel.send_blocker() {
        return refuse(ctx, why);
    }
    let Some(own) = channel.target_own_message().cloned() else {
        return say(ctx, "You have written nothing here yet.");
    };
    if !channel.composer.is_empty() {
        return refuse(ctx, "Something is being written: send it first, or take it out.");
    }
    let (text, attach, instead) = match &own {
        TranscriptItem::History(at) => match channel.chat.past(*at) {
            Some(past) => (past.message.text.clone(), Vec::new(), None),
            None => return Vec::new(),
        },
        TranscriptItem::Ask(id) => match channel.turns.get(id) {
            Some(local) if local.live && matches!(local.turn.state, OutState::Queued | OutState::Sending) => {
                return refuse(ctx, "It is being handed over and can't be taken back. Esc stops it.");
            }
            Some(local) => {
                let attach = local.turn.attach.iter().cloned().map(Attached::from).collect();
                (local.turn.text.clone(), attach, local.needs_word().then(|| id.clone()))
            }
            None => return Vec::new(),
        },
        TranscriptItem::Details | TranscriptItem::Greeting | TranscriptItem::Answer(_) => return Vec::new(),
    };
    channel.write(ctx.ids, text);
    channel.composer.attach = attach;
    channel.composer.instead = instead;
    ctx.window.focus = channel.default_focus();
    channel.chat.picked = None;
    // Before the text: whenever the program ends, what is kept is known to stand in that one's place.
    let mut effects: Vec<Effect> = draft::bind(channel).into_iter().collect();
    effects.extend(save_draft(channel));
    effects
}

/// A turn could not be put in the place of that one: it is there as it was, and its words are in the composer.
fn not_instead(channel: &mut Channel, of: TurnId) -> Vec<Effect> {
    channel.composer.instead = Some(of);
    let mut effects: Vec<Effect> = draft::bind(channel).into_iter().collect();
    effects.extend(channel.open_id().map(|id| load::reload(channel, id, 0)));
    effects
}
