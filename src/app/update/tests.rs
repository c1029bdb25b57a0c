//! The core, pure: events in, effects out.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::app::*;
use crate::domain::*;

fn now() -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000)
}

fn all() -> Capabilities {
    Capabilities { start: true, send: true, stream: true, list: true, history: true, ..Capabilities::NONE }
}

fn state(sandbox: bool) -> State {
    let view = ChannelView {
        name: ChannelName::new("docs"),
        label: SafeText::one_line("docs"),
        platform: Platform::ChatThing,
        sandbox,
    };
    State::new(view, all(), 7)
}

fn id(text: &str) -> ConversationId {
    ConversationId::new(text)
}

fn happen(state: &mut State, event: Event) -> Vec<Effect> {
    update(state, event, now())
}

fn act(state: &mut State, action: Action) -> Vec<Effect> {
    happen(state, Event::Action(action))
}

/// A state in which that conversation is open, loaded and read to its end.
fn open(name: &str) -> State {
    let mut state = state(false);
    let restored = Restored { rows: vec![Row::new(id(name), "a title", Some(now()))], ..Restored::default() };
    happen(&mut state, Event::Restored(Box::new(restored)));
    let ticket = state.chat.ticket;
    happen(&mut state, Event::Stored(ticket, Box::default()));
    let read = Fetched { new: 0, got: 0, total: Some(0), complete: true };
    happen(&mut state, Event::HistoryPage(id(name), Ok(read)));
    assert_eq!(state.chat.place, Place::Known(id(name)));
    state
}

fn type_text(state: &mut State, text: &str) -> Vec<Effect> {
    happen(state, Event::Typed(text.to_owned()))
}

/// Types and sends, and brings the turn into the outbox. Returns its id and what its commit led to.
fn send(state: &mut State, text: &str) -> (TurnId, Vec<Effect>) {
    type_text(state, text);
    let effects = act(state, Action::Send);
    let Some(Effect::Enqueue(turn)) = effects.first() else { panic!("not enqueued: {effects:?}") };
    let turn = turn.id.clone();
    let then = happen(state, Event::Committed(turn.clone()));
    (turn, then)
}

fn dispatched(effects: &[Effect]) -> Vec<TurnId> {
    let turns = effects.iter().filter_map(|e| match e {
        Effect::Dispatch(turn) => Some(turn.id.clone()),
        _ => None,
    });
    turns.collect()
}

fn failure(kind: Kind) -> Failure {
    Failure::new(kind, "it went wrong")
}

#[test]
fn a_newcomer_is_greeted_by_the_sandbox_and_gets_an_answer() {
    let mut state = state(true);
    let effects = happen(&mut state, Event::Restored(Box::default()));
    let place = state.chat.place.clone();
    assert!(effects.contains(&Effect::Start(place.clone())));
    happen(&mut state, Event::Started(place, Ok((id("c1"), Some("Hello!".into())))));
    assert_eq!(state.chat.parts, [Part::Greeting]);
    let (turn, then) = send(&mut state, "hi");
    assert_eq!(dispatched(&then), std::slice::from_ref(&turn));
    happen(&mut state, Event::Turn(turn.clone(), Step::Sending));
    happen(&mut state, Event::Turn(turn.clone(), Step::Sent));
    for piece in ["Hi ", "the", "re"] {
        happen(&mut state, Event::Turn(turn.clone(), Step::Delta(piece.into())));
    }
    happen(&mut state, Event::Turn(turn.clone(), Step::Done(Finish::Stop, None)));
    assert_eq!(state.chat.parts, [Part::Greeting, Part::Ask(turn.clone()), Part::Answer(turn.clone())]);
    let local = state.turns.get(&turn).unwrap();
    assert_eq!(local.turn.reply.as_ref().map(|r| r.text.as_str()), Some("Hi there"));
    assert_eq!(local.words, 2);
    assert!(!local.live);
    assert_eq!(state.roster.rows.first().map(|r| r.title.as_str()), Some("hi"));
}

#[test]
fn somebody_with_a_channel_starts_no_conversation_by_looking() {
    let mut state = state(false);
    let effects = happen(&mut state, Event::Restored(Box::default()));
    assert!(!effects.iter().any(|e| matches!(e, Effect::Start(_))), "{effects:?}");
    let (_, then) = send(&mut state, "hi");
    assert!(matches!(then.as_slice(), [Effect::Dispatch(turn)] if turn.conversation.is_none()));
}

#[test]
fn a_message_waits_for_the_conversation_that_is_being_opened() {
    let mut state = open("c1");
    act(&mut state, Action::NewConversation);
    let place = state.chat.place.clone();
    let (turn, then) = send(&mut state, "early");
    assert_eq!(then, []);
    let effects = happen(&mut state, Event::Started(place, Ok((id("c2"), None))));
    assert_eq!(dispatched(&effects), [turn]);
    assert!(effects.iter().any(|e| matches!(e, Effect::Dispatch(t) if t.conversation == Some(id("c2")))));
}

#[test]
fn what_is_typed_is_kept_and_comes_back_with_its_conversation() {
    let mut state = open("c1");
    let effects = type_text(&mut state, "half a tho");
    assert_eq!(effects, [Effect::SaveDraft { conversation: Some(id("c1")), text: "half a tho".into() }]);
    act(&mut state, Action::NewConversation);
    assert_eq!(state.composer.text, "");
    state.roster.selected = Some(id("c1"));
    act(&mut state, Action::Open);
    type_text(&mut state, "more");
    let ticket = state.chat.ticket;
    let stored = Stored { draft: Some("half a tho".into()), ..Stored::default() };
    happen(&mut state, Event::Stored(ticket, Box::new(stored)));
    assert_eq!(state.composer.text, "half a tho\nmore");
}

#[test]
fn what_is_typed_before_anything_is_known_goes_along() {
    let mut state = state(false);
    type_text(&mut state, "quick");
    let restored = Restored { rows: vec![Row::new(id("c1"), "t", None)], ..Restored::default() };
    let effects = happen(&mut state, Event::Restored(Box::new(restored)));
    assert_eq!(state.composer.text, "quick");
    let load = effects.iter().position(|e| matches!(e, Effect::Load { .. })).unwrap();
    let save = Effect::SaveDraft { conversation: Some(id("c1")), text: "quick".into() };
    assert!(effects.iter().position(|e| *e == save).unwrap() > load, "the kept text must be read first");
    let stored = Stored { draft: Some("kept".into()), ..Stored::default() };
    let ticket = state.chat.ticket;
    let effects = happen(&mut state, Event::Stored(ticket, Box::new(stored)));
    assert_eq!(effects, [Effect::SaveDraft { conversation: Some(id("c1")), text: "kept\nquick".into() }]);
}

#[test]
fn a_text_kept_for_a_new_conversation_is_shown_again_and_never_overwritten() {
    let mut state = state(false);
    type_text(&mut state, "quick");
    let restored = Restored {
        rows: vec![Row::new(id("c1"), "t", None)],
        open: Some(id("c1")),
        draft: Some("kept".into()),
        ..Restored::default()
    };
    let effects = happen(&mut state, Event::Restored(Box::new(restored)));
    assert_eq!(state.composer.text, "kept\nquick");
    assert!(effects.contains(&Effect::SaveDraft { conversation: None, text: "kept\nquick".into() }));
}

#[test]
fn a_kept_text_follows_a_new_conversation_to_its_id_in_whatever_order_the_answers_come() {
    for started_first in [false, true] {
        let mut state = open("c1");
        act(&mut state, Action::NewConversation);
        let (place, ticket) = (state.chat.place.clone(), state.chat.ticket);
        let started = Event::Started(place, Ok((id("c2"), None)));
        let stored = Stored { draft: Some("kept".into()), ..Stored::default() };
        let stored = Event::Stored(ticket, Box::new(stored));
        let order = if started_first { [started, stored] } else { [stored, started] };
        let mut effects = Vec::new();
        for event in order {
            effects.extend(happen(&mut state, event));
        }
        assert_eq!(state.composer.text, "kept");
        let saved = Effect::SaveDraft { conversation: Some(id("c2")), text: "kept".into() };
        let cleared = Effect::SaveDraft { conversation: None, text: String::new() };
        let at = |effect: &Effect| effects.iter().position(|e| e == effect);
        assert!(at(&saved).unwrap() < at(&cleared).unwrap(), "{started_first} {effects:?}");
    }
}

#[test]
fn a_new_conversation_is_not_opened_beside_an_unused_one() {
    let mut state = open("c1");
    let effects = act(&mut state, Action::NewConversation);
    assert_eq!(effects.iter().filter(|e| matches!(e, Effect::Start(_))).count(), 1);
    let (place, ticket) = (state.chat.place.clone(), state.chat.ticket);
    assert_eq!(act(&mut state, Action::NewConversation), []);
    happen(&mut state, Event::Stored(ticket, Box::default()));
    happen(&mut state, Event::Started(place, Ok((id("c2"), Some("Hello".into())))));
    assert_eq!(act(&mut state, Action::NewConversation), []);
    send(&mut state, "used");
    assert!(act(&mut state, Action::NewConversation).iter().any(|e| matches!(e, Effect::Start(_))));
}

#[test]
fn a_late_answer_for_another_conversation_is_dropped() {
    let mut state = open("c1");
    let old = state.chat.ticket;
    act(&mut state, Action::NewConversation);
    let stored = Stored { draft: Some("not here".into()), ..Stored::default() };
    happen(&mut state, Event::Stored(old, Box::new(stored)));
    happen(&mut state, Event::Older(old, Vec::new(), true));
    assert_eq!((state.composer.text.as_str(), state.chat.older), ("", false));
}

#[test]
fn a_second_message_waits_for_the_first_reply() {
    let mut state = open("c1");
    let (first, then) = send(&mut state, "one");
    assert_eq!(dispatched(&then), std::slice::from_ref(&first));
    let (second, then) = send(&mut state, "two");
    assert_eq!(then, []);
    happen(&mut state, Event::Turn(first.clone(), Step::Sending));
    happen(&mut state, Event::Turn(first.clone(), Step::Sent));
    let effects = happen(&mut state, Event::Turn(first, Step::Done(Finish::Stop, None)));
    assert_eq!(dispatched(&effects), [second]);
}

#[test]
fn while_the_platform_is_asked_again_no_answer_is_awaited() {
    let mut state = open("c");
    let (turn, _) = send(&mut state, "hello");
    happen(&mut state, Event::Turn(turn.clone(), Step::Sending));
    assert!(state.chat.parts.contains(&Part::Answer(turn.clone())));
    happen(&mut state, Event::Turn(turn.clone(), Step::Waiting(now().plus_millis(5_000), "busy".into())));
    assert!(!state.chat.parts.contains(&Part::Answer(turn.clone())));
    happen(&mut state, Event::Turn(turn.clone(), Step::Sending));
    assert!(state.chat.parts.contains(&Part::Answer(turn)));
}

#[test]
fn what_waits_behind_an_unknown_one_is_held_for_the_users_word() {
    let mut state = open("c1");
    let (first, _) = send(&mut state, "one");
    let (second, _) = send(&mut state, "two");
    happen(&mut state, Event::Turn(first.clone(), Step::Sending));
    let step = Step::Ended(OutState::Unknown, failure(Kind::UnknownDelivery));
    let effects = happen(&mut state, Event::Turn(first, step));
    assert_eq!(dispatched(&effects), []);
    assert_eq!(state.undecided().map(|t| t.turn.id.clone()), Some(second.clone()));
    state.focus = Focus::Transcript;
    assert_eq!(act(&mut state, Action::SendAgain), [Effect::SendAgain(second)]);
}

#[test]
fn a_new_conversations_message_from_another_run_is_shown_at_once() {
    let mut state = state(false);
    let mut turn = {
        let mut other = open("c1");
        let (id, _) = send(&mut other, "left behind");
        other.turns.get(&id).expect("the turn").turn.clone()
    };
    turn.conversation = None;
    let rows = vec![Row::new(id("c1"), "a title", Some(now()))];
    let restored = Restored { rows, waiting: vec![turn.clone()], ..Restored::default() };
    happen(&mut state, Event::Restored(Box::new(restored)));
    assert_eq!(state.chat.parts, [Part::Ask(turn.id.clone())]);
    assert_eq!(state.undecided().map(|t| t.turn.id.clone()), Some(turn.id));
}

#[test]
fn a_message_sent_again_goes_to_the_conversation_in_which_it_is_shown() {
    let mut state = open("c1");
    let (old, _) = send(&mut state, "one");
    let step = Step::Ended(OutState::Unknown, failure(Kind::UnknownDelivery));
    happen(&mut state, Event::Turn(old.clone(), step));
    // The store still files it under the conversation that had no id.
    let mut new = state.turns.get(&old).expect("the turn").turn.clone();
    (new.id, new.state, new.conversation) = (TurnId::new("again"), OutState::Queued, None);
    let effects = happen(&mut state, Event::Replaced(old, Box::new(new)));
    let to = effects.iter().find_map(|e| match e {
        Effect::Dispatch(turn) => turn.conversation.clone(),
        _ => None,
    });
    assert_eq!(to, Some(id("c1")));
}

#[test]
fn a_message_sent_again_goes_out_also_when_the_store_was_read_meanwhile() {
    let mut state = open("c1");
    let (old, _) = send(&mut state, "one");
    let step = Step::Ended(OutState::Unknown, failure(Kind::UnknownDelivery));
    happen(&mut state, Event::Turn(old.clone(), step));
    let mut new = state.turns.get(&old).expect("the turn").turn.clone();
    (new.id, new.state, new.failure) = (TurnId::new("again"), OutState::Queued, None);
    let ticket = state.chat.ticket;
    let stored = Stored { turns: vec![new.clone()], ..Stored::default() };
    happen(&mut state, Event::Stored(ticket, Box::new(stored)));
    let effects = happen(&mut state, Event::Replaced(old, Box::new(new.clone())));
    assert_eq!(dispatched(&effects), [new.id]);
}

#[test]
fn the_roster_says_of_a_message_what_the_transcript_says() {
    let mut state = open("c1");
    let (turn, _) = send(&mut state, "one");
    let step = Step::Ended(OutState::Unknown, failure(Kind::UnknownDelivery));
    happen(&mut state, Event::Turn(turn, step));
    let row = |state: &State| state.roster.rows.iter().find(|r| r.id == id("c1")).and_then(|r| r.state);
    assert_eq!(row(&state), Some(OutState::Unknown));
    let ticket = state.chat.ticket;
    happen(&mut state, Event::Stored(ticket, Box::default()));
    assert_eq!(row(&state), None, "the history has it");
}

#[test]
fn a_refused_message_gives_its_text_back() {
    let mut state = open("c1");
    let (turn, _) = send(&mut state, "precious");
    type_text(&mut state, "next");
    let step = Step::Ended(OutState::Rejected, failure(Kind::Unauthorized));
    let effects = happen(&mut state, Event::Turn(turn.clone(), step));
    assert_eq!(state.composer.text, "precious\nnext");
    assert!(effects.contains(&Effect::Drop(turn)));
    assert!(effects.iter().any(|e| matches!(e, Effect::SaveDraft { text, .. } if text == "precious\nnext")));
    assert_eq!(state.link, Link::Trouble(Kind::Unauthorized));
}

#[test]
fn a_message_that_could_not_be_stored_is_back_in_the_composer() {
    let mut state = open("c1");
    type_text(&mut state, "precious");
    let effects = act(&mut state, Action::Send);
    let Some(Effect::Enqueue(turn)) = effects.first() else { panic!() };
    happen(&mut state, Event::CommitFailed(turn.id.clone(), failure(Kind::Failed)));
    assert_eq!(state.composer.text, "precious");
    assert!(state.turns.is_empty());
}

#[test]
fn the_fate_of_a_message_is_asked_for_three_times_and_then_by_the_user() {
    let mut state = open("c1");
    let (turn, _) = send(&mut state, "hm");
    let step = Step::Ended(OutState::Unknown, failure(Kind::UnknownDelivery));
    let mut effects = happen(&mut state, Event::Turn(turn, step));
    let mut asked = 0;
    while effects.iter().any(|e| matches!(e, Effect::Refresh { .. })) {
        asked += 1;
        assert!(asked <= 3, "asks for ever");
        let read = Fetched { new: 0, got: 0, total: None, complete: true };
        effects = happen(&mut state, Event::HistoryPage(id("c1"), Ok(read)));
    }
    assert_eq!(asked, 3);
    state.focus = Focus::Transcript;
    assert!(matches!(act(&mut state, Action::CheckAgain).first(), Some(Effect::Refresh { after_ms: 0, .. })));
}

#[test]
fn a_cut_reply_is_kept_and_looked_for() {
    let mut state = open("c1");
    let (turn, _) = send(&mut state, "long");
    happen(&mut state, Event::Turn(turn.clone(), Step::Sending));
    happen(&mut state, Event::Turn(turn.clone(), Step::Delta("half".into())));
    let step = Step::Done(Finish::Cut, Some(failure(Kind::Cut)));
    let effects = happen(&mut state, Event::Turn(turn.clone(), step));
    assert!(effects.iter().any(|e| matches!(e, Effect::Refresh { .. })));
    let local = state.turns.get(&turn).unwrap();
    assert_eq!(local.turn.reply.as_ref().map(|r| (r.text.as_str(), r.finish)), Some(("half", Some(Finish::Cut))));
    assert!(local.reply_failure.is_some());
}

#[test]
fn an_answer_that_makes_no_sense_is_told_where_the_reply_would_be() {
    let mut state = open("c1");
    let (turn, _) = send(&mut state, "hm");
    happen(&mut state, Event::Turn(turn.clone(), Step::Sending));
    let step = Step::Ended(OutState::Sent, failure(Kind::Platform));
    let effects = happen(&mut state, Event::Turn(turn.clone(), step));
    assert!(effects.iter().any(|e| matches!(e, Effect::Refresh { .. })), "{effects:?}");
    assert_eq!(state.chat.parts, [Part::Ask(turn.clone()), Part::Answer(turn)]);
    assert!(state.undecided().is_none());
}

#[test]
fn escape_goes_back_one_level_at_a_time() {
    let mut state = open("c1");
    let (turn, _) = send(&mut state, "go");
    state.focus = Focus::Transcript;
    act(&mut state, Action::Help);
    assert_eq!(act(&mut state, Action::Back), []);
    assert_eq!(state.help, None);
    assert_eq!(act(&mut state, Action::Back), [Effect::Stop(turn.clone())]);
    happen(&mut state, Event::Turn(turn, Step::Done(Finish::Cancelled, None)));
    act(&mut state, Action::Back);
    assert_eq!(state.focus, Focus::Composer);
}

#[test]
fn ctrl_c_stops_then_warns_then_quits_and_never_takes_the_draft() {
    let mut state = open("c1");
    let (turn, _) = send(&mut state, "go");
    type_text(&mut state, "draft");
    assert_eq!(act(&mut state, Action::Interrupt), [Effect::Stop(turn.clone())]);
    happen(&mut state, Event::Turn(turn, Step::Done(Finish::Cancelled, None)));
    assert!(!act(&mut state, Action::Interrupt).contains(&Effect::Quit));
    let effects = act(&mut state, Action::Interrupt);
    assert_eq!(effects.last(), Some(&Effect::Quit));
    assert!(effects.contains(&Effect::SaveDraft { conversation: Some(id("c1")), text: "draft".into() }));
}

#[test]
fn the_second_ctrl_c_must_come_soon() {
    let mut state = open("c1");
    act(&mut state, Action::Interrupt);
    let late = now().plus_millis(3_000);
    update(&mut state, Event::Tick, late);
    let effects = update(&mut state, Event::Action(Action::Interrupt), late);
    assert!(!effects.contains(&Effect::Quit));
}

#[test]
fn the_roster_reads_on_where_the_newest_stand_last() {
    let mut state = state(false);
    let effects = happen(&mut state, Event::Restored(Box::default()));
    let Some(Effect::FetchRoster { ticket, cursor: None }) = effects.last() else { panic!("{effects:?}") };
    let conversation = |n: i64| Conversation {
        id: id(&format!("c{n}")),
        title: String::new(),
        created_at: Moment::at(now().plus_millis(n)),
        details: Vec::new(),
    };
    let page = |from: i64, next: Option<&str>| Page {
        items: (from..from + 100).map(conversation).collect(),
        total: Some(200),
        next: next.map(str::to_owned),
    };
    let effects = happen(&mut state, Event::RosterPage(*ticket, Ok(page(0, Some("c99")))));
    let Some(Effect::FetchRoster { ticket, cursor: Some(cursor) }) = effects.first() else { panic!("{effects:?}") };
    assert_eq!(cursor, "c99");
    let effects = happen(&mut state, Event::RosterPage(*ticket, Ok(page(100, None))));
    assert_eq!(effects, []);
    assert!(state.roster.complete);
    assert_eq!(state.roster.rows.first().map(|r| r.id.as_str()), Some("c199"));
}

#[test]
fn a_list_that_goes_round_in_a_circle_is_left() {
    let mut state = state(false);
    state.roster.cursor = Some("x".into());
    state.roster.fetching = Some(1);
    let page = Page { items: Vec::new(), total: None, next: Some("x".into()) };
    assert_eq!(happen(&mut state, Event::RosterPage(1, Ok(page))), []);
    assert!(state.roster.complete);
}

#[test]
fn history_takes_the_place_of_a_turn_without_moving_it() {
    let mut state = open("c1");
    let (turn, _) = send(&mut state, "question");
    happen(&mut state, Event::Turn(turn.clone(), Step::Sending));
    happen(&mut state, Event::Turn(turn.clone(), Step::Delta("answer".into())));
    happen(&mut state, Event::Turn(turn.clone(), Step::Done(Finish::Stop, None)));
    let keys = state.turns.get(&turn).unwrap().keys;
    let past = |seq: i64, role: Role, text: &str| Past {
        key: 0,
        seq,
        message: Message {
            id: MessageId::new(format!("m{seq}")),
            role,
            text: text.into(),
            created_at: Moment::default(),
            extras: crate::domain::Extras::default(),
        },
        first_word_ms: None,
        took_ms: None,
        words: 0,
    };
    let history = vec![past(1, Role::User, "question"), past(2, Role::Assistant, "answer")];
    let ticket = state.chat.ticket;
    happen(&mut state, Event::Stored(ticket, Box::new(Stored { history, ..Stored::default() })));
    assert_eq!(state.chat.parts, [Part::Past(0), Part::Past(1)]);
    assert_eq!(state.chat.history.iter().map(|p| p.key).collect::<Vec<_>>(), [keys.0, keys.1]);
}

#[test]
fn scrolling_stays_at_its_text_and_follows_again_at_the_end() {
    let mut state = open("c1");
    let top = Anchor { item: 5, row: 10 };
    let measured = Measured { top: Some(top), at_top: false, at_bottom: true, rows: 20 };
    happen(&mut state, Event::Measured(measured));
    act(&mut state, Action::PreviousPane);
    act(&mut state, Action::PageUp);
    assert_eq!(state.chat.scroll, Scroll::At(Anchor { item: 5, row: -8 }));
    let top = Anchor { item: 4, row: 3 };
    happen(&mut state, Event::Measured(Measured { top: Some(top), at_bottom: false, ..measured }));
    assert_eq!(state.chat.scroll, Scroll::At(top));
    act(&mut state, Action::PageDown);
    happen(&mut state, Event::Measured(measured));
    assert_eq!(state.chat.scroll, Scroll::Follow);
}

#[test]
fn older_messages_are_loaded_once_the_oldest_is_seen() {
    let mut state = open("c1");
    let past = Past {
        key: 1,
        seq: 40,
        message: Message {
            id: MessageId::new("m"),
            role: Role::User,
            text: String::new(),
            created_at: Moment::default(),
            extras: crate::domain::Extras::default(),
        },
        first_word_ms: None,
        took_ms: None,
        words: 0,
    };
    let ticket = state.chat.ticket;
    let stored = Stored { history: vec![past], older: true, ..Stored::default() };
    happen(&mut state, Event::Stored(ticket, Box::new(stored)));
    let measured = Measured { top: Some(Anchor { item: 1, row: 0 }), at_top: true, at_bottom: true, rows: 9 };
    let effects = happen(&mut state, Event::Measured(measured));
    assert_eq!(effects, [Effect::LoadOlder { ticket, conversation: id("c1"), before: 40 }]);
    assert_eq!(happen(&mut state, Event::Measured(measured)), []);
}

/// A random event, for turns and conversations that may or may not exist.
fn any_event() -> impl Strategy<Value = Event> {
    let action = prop::sample::select(BINDINGS.iter().map(|b| b.action).collect::<Vec<_>>());
    let place = prop_oneof![(0..4_u64).prop_map(Place::New), "[ab]".prop_map(|s| Place::Known(id(&s)))];
    let result = prop_oneof![Just(Err(failure(Kind::Network))), "[ab]".prop_map(|s| Ok((id(&s), None)))];
    prop_oneof![
        4 => action.prop_map(Event::Action),
        3 => "[a-z ]{0,6}".prop_map(Event::Typed),
        1 => "[a-z]{1,2}".prop_map(Event::FilterTyped),
        1 => Just(Event::FilterErased),
        1 => (-3..3_i64).prop_map(|n| Event::Wheel(Pane::Transcript, n)),
        1 => (0..5_usize).prop_map(|n| Event::Click(Pane::Roster, n)),
        1 => Just(Event::Tick),
        1 => (0..9_u64, any::<bool>(), any::<bool>()).prop_map(|(item, at_top, at_bottom)| {
            let top = Some(Anchor { item, row: 0 });
            Event::Measured(Measured { top, at_top, at_bottom, rows: 7 })
        }),
        1 => (place, result).prop_map(|(place, result)| Event::Started(place, result)),
        1 => "[ab]".prop_map(|s| {
            Event::HistoryPage(id(&s), Ok(Fetched { new: 1, got: 1, total: None, complete: true }))
        }),
        1 => Just(Event::Restored(Box::new(Restored {
            rows: vec![Row::new(id("a"), "A", None), Row::new(id("b"), "B", Some(now()))],
            ..Restored::default()
        }))),
    ]
}

/// What a courier would say next of a dispatched turn.
fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::Sending),
        Just(Step::Sent),
        "[ab]".prop_map(|s| Step::Bound(id(&s))),
        Just(Step::Waiting(now(), "busy".into())),
        "[a-z ]{0,4}".prop_map(|s| Step::Delta(s.as_str().into())),
        prop::sample::select(vec![Finish::Stop, Finish::Cut, Finish::Cancelled]).prop_map(|f| Step::Done(f, None)),
        prop::sample::select(vec![OutState::Rejected, OutState::Unknown, OutState::Queued, OutState::Cancelled])
            .prop_map(|s| Step::Ended(s, failure(Kind::Network))),
    ]
}

proptest! {
    /// Whatever happens in whatever order: no panic, no turn handed over twice, never two at once in a conversation,
    /// and nothing that was typed and sent vanishes without an effect that keeps it.
    #[test]
    fn no_turn_is_ever_handed_over_twice(
        events in prop::collection::vec((any_event(), any_step(), 0..8_usize), 1..120),
    ) {
        let mut state = state(false);
        let mut handed: HashMap<TurnId, u32> = HashMap::new();
        let mut enqueued: Vec<TurnId> = Vec::new();
        for (event, step, pick) in events {
            let mut effects = happen(&mut state, event);
            if let Some(turn) = enqueued.get(pick).cloned() {
                effects.extend(if handed.contains_key(&turn) {
                    happen(&mut state, Event::Turn(turn, step))
                } else {
                    happen(&mut state, Event::Committed(turn))
                });
            }
            for effect in effects {
                match effect {
                    Effect::Enqueue(turn) => enqueued.push(turn.id),
                    Effect::Dispatch(turn) => {
                        prop_assert!(enqueued.contains(&turn.id));
                        let times = handed.entry(turn.id).or_default();
                        *times += 1;
                        prop_assert_eq!(*times, 1);
                    }
                    _ => {}
                }
            }
            for local in state.turns.values().filter(|t| t.live && t.turn.state == OutState::Sending) {
                let busy = state.turns_in(&local.place).filter(|t| t.live && t.turn.state == OutState::Sending);
                prop_assert_eq!(busy.count(), 1);
            }
        }
    }
}
