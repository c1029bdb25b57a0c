//! What is known of one message, and writing the last one again.

use super::*;
use crate::app::chat::selection::Picked;

/// A record of a message of the history, as the floors above answer it.
fn record(text: &str) -> Record {
    let HistoryEntry { message, .. } = past(4, Role::Assistant, text, false);
    let (received, finish, first_word_ms, took_ms) = (None, Some(Finish::Stop), Some(400), Some(2_400));
    let (conversation, sending, delivery) = (Some(id("c1")), None, None);
    Record { conversation, message, filed: true, received, finish, first_word_ms, took_ms, sending, delivery }
}

fn asked(effects: &[Effect]) -> (u64, MessageRef) {
    match effects {
        [Effect::Open(ChannelEffect::Message(MessageEffect::Read { ticket, which, .. }))] => (*ticket, which.clone()),
        other => panic!("{other:?}"),
    }
}

/// A conversation with two messages of the user's and two of the bot's, the transcript with the keys.
fn talked() -> State {
    let mut state = open("c1");
    let said = [(2, Role::User, "one"), (4, Role::Assistant, "1"), (6, Role::User, "two"), (8, Role::Assistant, "2")];
    load(&mut state, said.into_iter().map(|(seq, role, text)| past(seq, role, text, false)).collect());
    state.window.focus = Focus::Transcript;
    state
}

fn message_sheet(state: &State) -> &MessageSheet {
    match state.window.overlay() {
        Some(Overlay::Message(sheet)) => sheet,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_message_that_is_picked_is_shown_and_else_the_last() {
    let mut state = talked();
    let (_, which) = asked(&handle_action(&mut state, Action::ShowMessage));
    assert_eq!(which, MessageRef::Filed(MessageId::new("m8")));
    handle_action(&mut state, Action::Back);
    assert!(state.window.overlay().is_none());
    state.channel_mut().chat.picked = Some(Picked { key: state.channel_mut().chat.history[1].key, from: None });
    let (ticket, which) = asked(&handle_action(&mut state, Action::ShowMessage));
    assert_eq!(which, MessageRef::Filed(MessageId::new("m4")));
    assert_eq!(state.contexts(), [Context::Message]);
    assert!(!state.offers(Action::Copy) && !state.offers(Action::ToDelivery));
    // An answer to what is asked no more.
    let late = MessageEvent::Read(ticket + 100, Ok(None));
    handle_event(&mut state, Event::Open(ChannelEvent::Message(late)));
    assert!(matches!(message_sheet(&state).told, LoadState::Reading));
    handle_event(
        &mut state,
        Event::Open(ChannelEvent::Message(MessageEvent::Read(ticket, Ok(Some(Box::new(record("1"))))))),
    );
    let LoadState::Here(_, sections) = &message_sheet(&state).told else { panic!("not here") };
    let facts: Vec<_> = sections.iter().flat_map(|section| &section.facts).collect();
    let fact = |name: &str| facts.iter().find(|(n, _)| n == name).map(|(_, text)| text.as_str());
    assert_eq!((fact("id"), fact("first word")), (Some("m4"), Some("0.400 s after it was asked for")));
    assert_eq!((fact("whole after"), fact("end")), (Some("2.400 s"), Some("whole")));
    let copied = handle_action(&mut state, Action::Copy);
    let [Effect::Copy(clip)] = copied.as_slice() else { panic!("{copied:?}") };
    assert!(clip.text.contains("\"first_word_ms\": 400") && clip.text.contains("\"conversation_id\": \"c1\""));
}

#[test]
fn the_sheet_scrolls_within_what_was_measured() {
    let mut state = talked();
    handle_action(&mut state, Action::ShowMessage);
    handle_event(
        &mut state,
        Event::Open(ChannelEvent::Message(MessageEvent::Measured(MessageMeasured { rows: 10, last: 30 }))),
    );
    handle_action(&mut state, Action::PageDown);
    assert_eq!(message_sheet(&state).top, 8);
    handle_action(&mut state, Action::Bottom);
    handle_event(&mut state, Event::Wheel(Pane::Overlay, 9));
    assert_eq!(message_sheet(&state).top, 30);
    handle_event(
        &mut state,
        Event::Open(ChannelEvent::Message(MessageEvent::Measured(MessageMeasured { rows: 20, last: 12 }))),
    );
    assert_eq!(message_sheet(&state).top, 12);
    handle_action(&mut state, Action::Top);
    handle_action(&mut state, Action::Up);
    assert_eq!(message_sheet(&state).top, 0);
}

#[test]
fn what_is_shown_is_read_again_when_the_turn_goes_on() {
    let mut state = open("c1");
    let (turn, _) = send(&mut state, "hm");
    state.window.focus = Focus::Transcript;
    handle_action(&mut state, Action::ShowMessage);
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Sending)));
    let again = effects
        .iter()
        .find(|effect| matches!(effect, Effect::Open(ChannelEffect::Message(MessageEffect::Read { .. }))));
    assert!(again.is_some(), "{effects:?}");
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn, Step::Delta("word".into()))));
    assert_eq!(effects, [], "a delta says nothing of the delivery");
}

#[test]
fn own_messages_are_gone_to_from_the_one_that_is_picked() {
    let mut state = talked();
    let keys: Vec<u64> = state.channel().chat.history.iter().map(|past| past.key).collect();
    state.channel_mut().chat.picked = Some(Picked { key: keys[3], from: Some(keys[3]) });
    handle_action(&mut state, Action::PreviousOwn);
    assert_eq!(state.channel().chat.picked, Some(Picked { key: keys[2], from: Some(keys[3]) }));
    assert_eq!(state.channel().chat.scroll, Scroll::At(Anchor { item: keys[2], row: 0 }));
    handle_action(&mut state, Action::PreviousOwn);
    assert_eq!(state.channel().chat.picked.unwrap().key, keys[0]);
    handle_action(&mut state, Action::PreviousOwn);
    assert_eq!(state.channel().chat.picked.unwrap().key, keys[0], "there is none before");
    handle_action(&mut state, Action::NextOwn);
    assert_eq!(state.channel().chat.picked.unwrap().key, keys[2]);
}

#[test]
fn the_last_message_is_written_again_and_goes_out_as_a_new_one() {
    let mut state = talked();
    assert!(state.offers(Action::EditLast));
    let effects = handle_action(&mut state, Action::EditLast);
    assert_eq!((state.channel().composer.text.as_str(), state.window.focus), ("two", Focus::Composer));
    assert!(matches!(&effects[..], [Effect::Open(ChannelEffect::SaveDraft { text, .. })] if text == "two"));
    let effects = handle_action(&mut state, Action::Send);
    assert!(matches!(&effects[0], Effect::Open(ChannelEffect::Enqueue(turn)) if turn.text == "two"));
}

#[test]
fn what_is_being_written_is_not_lost_to_it() {
    let mut state = talked();
    type_text(&mut state, "precious");
    state.window.focus = Focus::Transcript;
    handle_action(&mut state, Action::EditLast);
    assert_eq!(state.channel().composer.text.as_str(), "precious");
    assert!(state.window.notice.as_ref().is_some_and(|notice| notice.bad));
}

#[test]
fn what_nobody_knows_the_fate_of_is_given_up_when_its_new_words_are_sent_and_not_before() {
    let mut state = open("c1");
    let (old, _) = send(&mut state, "helo");
    handle_event(
        &mut state,
        Event::Open(ChannelEvent::Turn(old.clone(), Step::Ended(OutState::Unknown, failure(Kind::UnknownDelivery)))),
    );
    state.window.focus = Focus::Transcript;
    handle_action(&mut state, Action::EditLast);
    assert!(state.channel().turns.contains_key(&old), "nothing was given up yet");
    assert_eq!(state.channel().composer.instead.as_ref(), Some(&old));
    type_text(&mut state, "hello");
    let effects = handle_action(&mut state, Action::Send);
    let Effect::Open(ChannelEffect::Message(MessageEffect::SendInstead { turn, of })) = &effects[0] else {
        panic!("{effects:?}")
    };
    assert_eq!((turn.text.as_str(), of), ("hello", &old));
    assert!(!state.channel().turns.contains_key(&old) && state.channel().composer.instead.is_none());
    // It could not be written down: both are there again.
    handle_event(&mut state, Event::Open(ChannelEvent::CommitFailed(turn.id.clone(), failure(Kind::Failed))));
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::Message(MessageEvent::NotInstead(old.clone()))));
    let bound =
        Effect::Open(ChannelEffect::Message(MessageEffect::Bind { conversation: Some(id("c1")), of: old.clone() }));
    assert!(
        matches!(&effects[..], [first, Effect::Open(ChannelEffect::Load { .. })] if *first == bound),
        "{effects:?}"
    );
    assert_eq!(
        (state.channel().composer.text.as_str(), state.channel().composer.instead.as_ref()),
        ("hello", Some(&old))
    );
}

#[test]
fn what_stands_in_the_place_of_another_does_so_in_the_next_run_too() {
    let mut state = open("c1");
    let (old, _) = send(&mut state, "helo");
    handle_event(
        &mut state,
        Event::Open(ChannelEvent::Turn(old.clone(), Step::Ended(OutState::Unknown, failure(Kind::UnknownDelivery)))),
    );
    state.window.focus = Focus::Transcript;
    let effects = handle_action(&mut state, Action::EditLast);
    // Kept before the text is.
    let bound =
        Effect::Open(ChannelEffect::Message(MessageEffect::Bind { conversation: Some(id("c1")), of: old.clone() }));
    let at = |wanted: &dyn Fn(&Effect) -> bool| effects.iter().position(wanted);
    assert!(
        at(&|e| *e == bound) < at(&|e| matches!(e, Effect::Open(ChannelEffect::SaveDraft { .. }))),
        "{effects:?}"
    );
    assert!(at(&|e| *e == bound).is_some(), "{effects:?}");
    let turn = state.channel().turns[&old].turn.clone();

    // Whether that one still waits for the user's word decides.
    for (fate, waits) in [(OutState::Unknown, true), (OutState::Sent, false)] {
        let mut next = super::state(false);
        let rows = vec![RosterRow::new(id("c1"), "a title", Some(now()))];
        handle_event(
            &mut next,
            Event::Open(ChannelEvent::Restored(Box::new(Restored { rows, ..Restored::default() }))),
        );
        let turn = Turn { state: fate, ..turn.clone() };
        let (draft, instead) = (Some("hello".to_owned()), Some(old.clone()));
        let kept = Stored { turns: vec![turn], draft, instead, ..Stored::default() };
        let ticket = next.channel().chat.ticket;
        handle_event(&mut next, Event::Open(ChannelEvent::Stored(ticket, Box::new(kept))));
        assert_eq!(next.channel().composer.text.as_str(), "hello");
        let effects = handle_action(&mut next, Action::Send);
        let in_place = |effect: &Effect| {
            matches!(effect, Effect::Open(ChannelEffect::Message(MessageEffect::SendInstead { .. })))
        };
        assert_eq!(effects.iter().any(in_place), waits, "{fate:?}: {effects:?}");
    }
}

#[test]
fn one_that_arrived_after_all_is_not_given_up() {
    let mut state = open("c1");
    let (old, _) = send(&mut state, "helo");
    handle_event(
        &mut state,
        Event::Open(ChannelEvent::Turn(old.clone(), Step::Ended(OutState::Unknown, failure(Kind::UnknownDelivery)))),
    );
    state.window.focus = Focus::Transcript;
    handle_action(&mut state, Action::EditLast);
    load(&mut state, vec![past(2, Role::User, "helo", false)]);
    let effects = handle_action(&mut state, Action::Send);
    assert!(matches!(&effects[0], Effect::Open(ChannelEffect::Enqueue(_))), "{effects:?}");
}

#[test]
fn what_is_on_its_way_is_not_written_again() {
    let mut state = open("c1");
    let (turn, _) = send(&mut state, "hm");
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn, Step::Sending)));
    state.window.focus = Focus::Transcript;
    handle_action(&mut state, Action::EditLast);
    assert_eq!(state.channel().composer.text.as_str(), "");
    assert!(state.window.notice.as_ref().is_some_and(|notice| notice.bad));
}

#[test]
fn where_nothing_can_be_sent_nothing_is_written_again() {
    let mut state = opened(Capabilities { local: true, ..Capabilities::NONE });
    load(&mut state, vec![past(2, Role::User, "old", false)]);
    state.window.focus = Focus::Transcript;
    assert!(!state.offers(Action::EditLast));
    handle_action(&mut state, Action::EditLast);
    assert_eq!(state.channel().composer.text.as_str(), "");
}

#[test]
fn overlays_lie_one_on_the_other_and_the_topmost_has_the_keys() {
    let mut state = talked();
    let (ticket, _) = asked(&handle_action(&mut state, Action::ShowMessage));
    handle_action(&mut state, Action::Help);
    state.window.open(Overlay::Leave(2));
    let layers = |state: &State| state.window.overlays().map(Overlay::context).collect::<Vec<_>>();
    assert_eq!(layers(&state), [Context::Message, Context::Help, Context::Leave]);
    // What comes for one that lies below reaches it, and changes nothing above.
    let read = MessageEvent::Read(ticket, Ok(None));
    handle_event(&mut state, Event::Open(ChannelEvent::Message(read)));
    assert!(matches!(message_sheet(&state).told, LoadState::Unknown));
    for (context, below) in [(Context::Leave, 2), (Context::Help, 1), (Context::Message, 0)] {
        assert_eq!(state.contexts(), [context]);
        handle_action(&mut state, Action::Back);
        assert_eq!(layers(&state).len(), below);
    }
    assert!(!state.window.is_covered());
    // One of a kind at most; what belongs to a view lies under what lies over all of them.
    handle_action(&mut state, Action::Help);
    handle_action(&mut state, Action::Down);
    handle_action(&mut state, Action::Help);
    assert_eq!((layers(&state), state.window.help()), (vec![Context::Help], Some(0)));
    let naming = SearchNaming { name: "one".to_owned().into() };
    state.window.open(Overlay::SearchNaming(naming));
    assert_eq!(layers(&state), [Context::SearchName, Context::Help]);
    // In another view it waits, and is there again.
    state.window.view = ViewKind::Webhooks;
    assert_eq!((layers(&state), state.window.overlay().is_some()), (vec![Context::Help], true));
}
