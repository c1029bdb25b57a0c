//! The core, pure: events in, effects out.

mod attach;
mod background;
mod chance;
mod channels;
mod configured;
mod copying;
mod desk;
mod details;
mod find;
mod keys;
mod lines;
mod long;
mod message;
mod new_case;
mod offer;
mod opening;
mod outside;
mod queue;
mod read_marker;
mod read_only;
mod reading;
mod recall;
mod replies;
mod roster;
mod search;
mod sending;
mod sequences;
mod split;
mod store_changes;
mod telling;
mod themes;
mod transcript;
mod transfer;
mod webhook;

use super::*;
use crate::app::*;
use crate::domain::*;

fn now() -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000)
}

fn all() -> Capabilities {
    Capabilities { start: true, send: true, stream: true, list: true, history: true, ..Capabilities::NONE }
}

fn view(name: &str, sandbox: bool) -> ChannelInfo {
    let label = SafeText::one_line(name);
    ChannelInfo {
        name: ChannelName::new(name),
        label,
        platform: Platform::new("chat-thing"),
        sandbox,
        read_only: false,
    }
}

fn state(sandbox: bool) -> State {
    State::new(vec![(view("docs", sandbox), all())], 0, 7)
}

/// What a platform can do that answers by webhook, and takes files.
fn by_webhook() -> Capabilities {
    let can = Capabilities::NONE;
    Capabilities { send: true, webhook: true, local: true, quick_replies: true, attach: true, ..can }
}

/// The same where the program is the bot.
fn as_bot() -> Capabilities {
    Capabilities { is_bot: true, ..by_webhook() }
}

/// A state of one channel that can do that, in which conversation c1 is open and loaded.
fn opened(can: Capabilities) -> State {
    let mut state = State::new(vec![(view("flow", false), can)], 0, 7);
    let restored = Restored { rows: vec![RosterRow::new(id("c1"), "a title", Some(now()))], ..Restored::default() };
    handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::new(restored))));
    load(&mut state, Vec::new());
    state
}

/// What the store holds of the open conversation.
fn load(state: &mut State, history: Vec<HistoryEntry>) -> Vec<Effect> {
    let ticket = state.channel().chat.ticket;
    handle_event(state, Event::Open(ChannelEvent::Stored(ticket, Box::new(Stored { history, ..Stored::default() }))))
}

fn past(seq: i64, role: Role, text: &str, ours: bool) -> HistoryEntry {
    let message = Message {
        id: MessageId::new(format!("m{seq}")),
        role,
        text: text.into(),
        created_at: Moment::at(now()),
        extras: Extras::default(),
    };
    HistoryEntry::new(seq, message, ours, None, None)
}

fn id(text: &str) -> ConversationId {
    ConversationId::new(text)
}

fn handle_event(state: &mut State, event: Event) -> Vec<Effect> {
    update(state, event, now())
}

fn handle_action(state: &mut State, action: Action) -> Vec<Effect> {
    handle_event(state, Event::Action(action))
}

/// A state in which that conversation is open, loaded and read to its end.
fn open(name: &str) -> State {
    let mut state = state(false);
    let restored = Restored { rows: vec![RosterRow::new(id(name), "a title", Some(now()))], ..Restored::default() };
    handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::new(restored))));
    let ticket = state.channel().chat.ticket;
    handle_event(&mut state, Event::Open(ChannelEvent::Stored(ticket, Box::default())));
    let read = Fetched { new: 0, got: 0, total: Some(0), complete: true, problem: None };
    handle_event(&mut state, Event::Open(ChannelEvent::HistoryPage(id(name), Ok(read))));
    assert_eq!(state.channel().chat.place, ConversationRef::Known(id(name)));
    state
}

fn type_text(state: &mut State, text: &str) -> Vec<Effect> {
    crate::app::testing::retype(state, text, now())
}

/// Types and sends, and brings the turn into the outbox. Returns its id and what its commit led to.
fn send(state: &mut State, text: &str) -> (TurnId, Vec<Effect>) {
    type_text(state, text);
    let effects = handle_action(state, Action::Send);
    let Some(Effect::Open(ChannelEffect::Enqueue(turn))) = effects.first() else {
        panic!("not enqueued: {effects:?}")
    };
    let turn = turn.id.clone();
    let then = handle_event(state, Event::Open(ChannelEvent::Committed(turn.clone())));
    (turn, then)
}

fn dispatched(effects: &[Effect]) -> Vec<TurnId> {
    let turns = effects.iter().filter_map(|e| match e {
        Effect::Open(ChannelEffect::Dispatch(turn)) => Some(turn.id.clone()),
        _ => None,
    });
    turns.collect()
}

fn failure(kind: Kind) -> Failure {
    Failure::new(kind, "it went wrong")
}
