//! What waits behind a reply.

use super::*;

/// A conversation in which a reply streams and these wait behind it.
fn waiting(texts: &[&str]) -> (State, TurnId, Vec<TurnId>) {
    let mut state = open("c1");
    let (first, _) = send(&mut state, "first");
    for step in [Step::Sending, Step::Sent, Step::Delta("so far".into())] {
        handle_event(&mut state, Event::Open(ChannelEvent::Turn(first.clone(), step)));
    }
    let behind = texts.iter().map(|text| send(&mut state, text).0).collect();
    (state, first, behind)
}

fn queue(state: &State) -> Vec<String> {
    state.channel().queue().iter().map(|local| local.turn.text.clone()).collect()
}

fn asked(effects: &[Effect]) -> Vec<QueueEffect> {
    let asked = effects.iter().filter_map(|effect| match effect {
        Effect::Open(ChannelEffect::Queue(effect)) => Some(effect.clone()),
        _ => None,
    });
    asked.collect()
}

fn answer(state: &mut State, event: QueueEvent) -> Vec<Effect> {
    handle_event(state, Event::Open(ChannelEvent::Queue(event)))
}

fn done(state: &mut State, turn: &TurnId) -> Vec<Effect> {
    handle_event(state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Done(Finish::Stop, None))))
}

fn turn_of(state: &State, id: &TurnId) -> Turn {
    state.channel().turns.get(id).expect("the turn").turn.clone()
}

#[test]
fn what_waits_is_listed_where_the_user_writes_and_not_among_what_was_sent() {
    let (mut state, first, behind) = waiting(&["one", "two"]);
    assert_eq!(queue(&state), ["one", "two"]);
    let items = &state.channel().chat.items;
    assert!(items.contains(&TranscriptItem::Ask(first.clone())));
    assert!(!items.contains(&TranscriptItem::Ask(behind[0].clone())));
    assert_eq!(dispatched(&done(&mut state, &first)), [behind[0].clone()]);
    assert_eq!(queue(&state), ["two"]);
    assert!(state.channel().chat.items.contains(&TranscriptItem::Ask(behind[0].clone())));
}

#[test]
fn esc_stops_the_reply_and_nothing_leaves_before_the_user_says_so() {
    let (mut state, first, behind) = waiting(&["one", "two"]);
    let effects = handle_action(&mut state, Action::Back);
    assert_eq!(asked(&effects), [QueueEffect::Hold(behind.clone())]);
    assert!(effects.contains(&Effect::Open(ChannelEffect::Stop(first.clone()))), "{effects:?}");
    let said = state.window.notice.as_ref().expect("a notice").text.to_string();
    assert_eq!(said, "Stopped. 2 messages are held and will not go out by themselves: Ctrl+G sends them.");
    answer(&mut state, QueueEvent::Held(behind.clone()));
    let stopped = Step::Done(Finish::Cancelled, None);
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::Turn(first, stopped)));
    assert_eq!(dispatched(&effects), []);
    assert_eq!(queue(&state), ["one", "two"]);
    // What is written now is told to go; what is held stays.
    let (new, then) = send(&mut state, "now");
    assert_eq!(dispatched(&then), std::slice::from_ref(&new));
    assert_eq!(dispatched(&done(&mut state, &new)), []);
    assert_eq!(queue(&state), ["one", "two"]);

    let effects = handle_action(&mut state, Action::ReleaseQueue);
    assert_eq!(asked(&effects), [QueueEffect::Release(Some(id("c1")))]);
    let turns = behind.iter().map(|id| Turn { queue: QueueEntry::default(), ..turn_of(&state, id) }).collect();
    let effects = answer(&mut state, QueueEvent::Released(turns));
    assert_eq!(dispatched(&effects), [behind[0].clone()], "one behind the other");
    assert_eq!(dispatched(&done(&mut state, &behind[0])), [behind[1].clone()]);
}

#[test]
fn what_another_window_let_go_of_is_not_sent_from_here() {
    let (mut state, first, behind) = waiting(&["one"]);
    handle_action(&mut state, Action::Back);
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(first, Step::Done(Finish::Cancelled, None))));
    let effects = answer(&mut state, QueueEvent::Released(Vec::new()));
    assert_eq!(dispatched(&effects), []);
    assert!(!turn_of(&state, &behind[0]).text.is_empty());
}

#[test]
fn one_is_taken_back_into_the_composer_and_has_its_place_again() {
    let (mut state, first, behind) = waiting(&["one", "two", "three"]);
    state.window.focus = Focus::Composer;
    handle_event(&mut state, Event::Text(TextInput::Rows { up: true, to: None }));
    assert_eq!(state.window.focus, Focus::Queue, "it stands above the empty text");
    handle_action(&mut state, Action::Up);
    let effects = handle_action(&mut state, Action::QueueEdit);
    assert_eq!(asked(&effects), [QueueEffect::TakeBack(behind[1].clone())]);
    assert_eq!(queue(&state), ["one", "two", "three"], "the outbox decides");

    let ids: Vec<TurnId> = std::iter::once(first.clone()).chain(behind.clone()).collect();
    answer(&mut state, QueueEvent::Ranked(ids.into_iter().zip(1..).collect()));
    let taken = turn_of(&state, &behind[1]);
    answer(&mut state, QueueEvent::TakenBack(Box::new(taken)));
    assert_eq!((queue(&state), state.channel().composer.text.as_str()), (vec!["one".into(), "three".into()], "two"));
    assert_eq!(state.window.focus, Focus::Composer);

    type_text(&mut state, "two, better");
    let effects = handle_action(&mut state, Action::Send);
    let Some(Effect::Open(ChannelEffect::Message(MessageEffect::SendInstead { turn, of }))) = effects.first() else {
        panic!("not in its place: {effects:?}")
    };
    assert_eq!((turn.text.as_str(), of, turn.queue.held), ("two, better", &behind[1], false));
    let new = turn.id.clone();
    assert_eq!(handle_event(&mut state, Event::Open(ChannelEvent::Committed(new.clone()))), []);
    assert_eq!(queue(&state), ["one", "two, better", "three"]);
    assert_eq!(dispatched(&done(&mut state, &first)), [behind[0].clone()]);
    assert_eq!(dispatched(&done(&mut state, &behind[0])), [new]);
}

#[test]
fn nothing_is_taken_back_over_what_is_being_written() {
    let (mut state, _, _) = waiting(&["one"]);
    type_text(&mut state, "something");
    state.window.focus = Focus::Queue;
    assert_eq!(asked(&handle_action(&mut state, Action::QueueEdit)), []);
    assert_eq!(state.channel().composer.text.as_str(), "something");
}

#[test]
fn what_has_left_meanwhile_says_so_and_stays() {
    let (mut state, _, behind) = waiting(&["one"]);
    state.window.focus = Focus::Queue;
    handle_action(&mut state, Action::QueueEdit);
    answer(&mut state, QueueEvent::Gone(behind[0].clone(), Some(OutState::Sending)));
    let said = state.window.notice.as_ref().expect("a notice").text.to_string();
    assert!(said.starts_with("It has left already"), "{said}");
    assert_eq!(state.channel().composer.text.as_str(), "");
    assert!(state.channel().turns.contains_key(&behind[0]));
}

#[test]
fn what_is_dropped_comes_back_to_its_place() {
    let (mut state, _, behind) = waiting(&["one", "two"]);
    state.window.focus = Focus::Queue;
    handle_action(&mut state, Action::Top);
    assert_eq!(asked(&handle_action(&mut state, Action::QueueDrop)), [QueueEffect::Drop(behind[0].clone())]);
    let dropped = turn_of(&state, &behind[0]);
    answer(&mut state, QueueEvent::Dropped(Box::new(dropped)));
    assert_eq!(queue(&state), ["two"]);
    let effects = handle_action(&mut state, Action::QueueUndo);
    let Some(Effect::Open(ChannelEffect::Message(MessageEffect::SendInstead { turn, of }))) = effects.first() else {
        panic!("not brought back: {effects:?}")
    };
    assert_eq!((turn.text.as_str(), of), ("one", &behind[0]));
    assert_ne!(&turn.id, of, "what was cancelled is never sent under its id");
    assert!(asked(&handle_action(&mut state, Action::QueueUndo)).is_empty());
    assert_eq!(queue(&state).len(), 2);
}

#[test]
fn the_outboxes_order_is_the_one_in_which_they_leave() {
    let (mut state, first, behind) = waiting(&["one", "two"]);
    state.window.focus = Focus::Queue;
    handle_action(&mut state, Action::Bottom);
    let effects = handle_action(&mut state, Action::QueueUp);
    assert_eq!(asked(&effects), [QueueEffect::Move { turn: behind[1].clone(), up: true }]);
    let ranks = vec![(first.clone(), 1), (behind[1].clone(), 2), (behind[0].clone(), 3)];
    answer(&mut state, QueueEvent::Ranked(ranks));
    assert_eq!(queue(&state), ["two", "one"]);
    let (last, _) = send(&mut state, "last");
    assert_eq!(queue(&state), ["two", "one", "last"]);
    assert_eq!(dispatched(&done(&mut state, &first)), [behind[1].clone()]);
    assert_eq!(dispatched(&done(&mut state, &behind[1])), [behind[0].clone()]);
    assert_eq!(dispatched(&done(&mut state, &behind[0])), [last]);
}

#[test]
fn what_was_withdrawn_elsewhere_lets_the_next_one_go() {
    let (mut state, first, behind) = waiting(&["one", "two"]);
    done(&mut state, &first);
    let withdrawn = Step::Withdrawn { held: false };
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::Turn(behind[0].clone(), withdrawn)));
    assert_eq!(dispatched(&effects), [behind[1].clone()]);
    assert!(!state.channel().turns.contains_key(&behind[0]));
    assert_eq!(state.channel().composer.text.as_str(), "", "its words are where they were taken to");
}

#[test]
fn what_a_killed_program_left_waits_for_the_users_word() {
    let mut state = state(false);
    let restored = Restored { rows: vec![RosterRow::new(id("c1"), "a title", Some(now()))], ..Restored::default() };
    handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::new(restored))));
    let mut source = open("c1");
    let (one, _) = send(&mut source, "one");
    let turn = Turn { queue: QueueEntry { held: true, ..QueueEntry::default() }, ..turn_of(&source, &one) };
    let ticket = state.channel().chat.ticket;
    let stored = Stored { turns: vec![turn], ..Stored::default() };
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::Stored(ticket, Box::new(stored))));
    assert_eq!((queue(&state), dispatched(&effects)), (vec!["one".to_owned()], vec![]));
    assert!(state.channel().undecided().is_none(), "one list of them is enough");
    assert!(state.offers(Action::ReleaseQueue));
    let effects = handle_action(&mut state, Action::ReleaseQueue);
    assert_eq!(asked(&effects), [QueueEffect::Release(Some(id("c1")))]);
}

#[test]
fn a_draft_that_was_taken_back_before_a_kill_still_has_its_place_and_what_goes_with_it() {
    let mut state = state(false);
    let restored = Restored { rows: vec![RosterRow::new(id("c1"), "a title", Some(now()))], ..Restored::default() };
    handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::new(restored))));
    let mut source = open("c1");
    let (one, _) = send(&mut source, "one");
    let attach = vec![Attach::Url("https://files.example.com/a.png".to_owned())];
    let turn = Turn { state: OutState::Cancelled, attach, ..turn_of(&source, &one) };
    let ticket = state.channel().chat.ticket;
    let draft = Some("one, half".to_owned());
    let stored = Stored { draft, instead: Some(one.clone()), taken_back: Some(turn), ..Stored::default() };
    handle_event(&mut state, Event::Open(ChannelEvent::Stored(ticket, Box::new(stored))));
    assert_eq!(state.channel().composer.attach.len(), 1);
    let effects = handle_action(&mut state, Action::Send);
    let Some(Effect::Open(ChannelEffect::Message(MessageEffect::SendInstead { turn, of }))) = effects.first() else {
        panic!("not in its place: {effects:?}")
    };
    assert_eq!((turn.text.as_str(), turn.attach.len(), of), ("one, half", 1, &one));
}

#[test]
fn tab_reaches_what_waits() {
    let (mut state, _, _) = waiting(&["one"]);
    state.window.focus = Focus::Composer;
    let mut seen = Vec::new();
    for _ in 0..4 {
        handle_action(&mut state, Action::NextPane);
        seen.push(state.window.focus);
    }
    assert_eq!(seen, [Focus::Roster, Focus::Transcript, Focus::Queue, Focus::Composer]);
    handle_event(&mut state, Event::Text(TextInput::Rows { up: true, to: None }));
    handle_action(&mut state, Action::Down);
    assert_eq!(state.window.focus, Focus::Composer, "below the last one is the text");
}
