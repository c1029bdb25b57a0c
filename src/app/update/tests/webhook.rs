//! Platforms whose answers come by webhook, and those to which the program is the bot.

use super::*;

#[test]
fn nothing_is_asked_of_a_platform_that_keeps_no_list() {
    let mut state = State::new(vec![(view("flow", false), by_webhook())], 0, 7);
    let rows = vec![RosterRow::new(id("c1"), "t", Some(now()))];
    let mut effects = handle_event(
        &mut state,
        Event::Open(ChannelEvent::Restored(Box::new(Restored { rows, ..Restored::default() }))),
    );
    effects.extend(load(&mut state, Vec::new()));
    for focus in [Focus::Roster, Focus::Transcript] {
        state.window.focus = focus;
        effects.extend(handle_action(&mut state, Action::Refresh));
    }
    let asks = |e: &Effect| {
        matches!(
            e,
            Effect::Open(ChannelEffect::FetchRoster { .. } | ChannelEffect::Refresh { .. } | ChannelEffect::Start(_))
        )
    };
    assert!(!effects.iter().any(asks), "{effects:?}");
}

/// A message that was taken, with what that led to.
fn accepted(state: &mut State) -> (TurnId, Vec<Effect>) {
    let (turn, _) = send(state, "hi");
    handle_event(state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Sending)));
    assert_eq!(state.channel().chat.items, [TranscriptItem::Ask(turn.clone())], "no answer to the call is awaited");
    let effects = handle_event(state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Accepted)));
    (turn, effects)
}

#[test]
fn a_message_that_was_taken_moves_to_the_history_and_its_reply_is_awaited() {
    let mut state = opened(by_webhook());
    let (turn, effects) = accepted(&mut state);
    assert!(matches!(&effects[0], Effect::Open(ChannelEffect::Load { .. })), "{effects:?}");
    assert!(state.channel().active().is_none() && state.channel().undecided().is_none());
    let key = state.channel().turns.get(&turn).unwrap().keys.0;
    let effects = load(&mut state, vec![past(2, Role::User, "hi", true)]);
    assert_eq!(
        (state.channel().chat.items.as_slice(), state.channel().chat.history[0].key),
        (&[TranscriptItem::History(0)][..], key)
    );
    assert!(state.channel().turns.is_empty());
    assert_eq!(effects, [Effect::Wake(now().plus_millis(60_000))]);
    assert_eq!(state.channel().open_chat().late_at(), Some(now().plus_millis(60_000)));
    let late = now().plus_millis(60_000);
    assert_eq!(update(&mut state, Event::Tick, late), [], "told once");
    load(&mut state, vec![past(2, Role::User, "hi", true), past(4, Role::Assistant, "hello", false)]);
    assert!(state.channel().awaited().is_none());
}

#[test]
fn a_second_message_follows_the_first_one_that_was_taken() {
    let mut state = opened(by_webhook());
    let (first, _) = send(&mut state, "one");
    let (second, then) = send(&mut state, "two");
    assert_eq!(then, []);
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(first.clone(), Step::Sending)));
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::Turn(first, Step::Accepted)));
    assert_eq!(dispatched(&effects), [second]);
}

#[test]
fn a_message_taken_in_a_conversation_that_was_left_is_no_turn_any_more() {
    let mut state = opened(by_webhook());
    let (turn, _) = send(&mut state, "hi");
    state.channel_mut().roster.merge([RosterRow::new(id("c2"), "other", None)]);
    state.channel_mut().roster.selected = Some(id("c2"));
    handle_action(&mut state, Action::Open);
    assert_eq!(handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn, Step::Accepted))), []);
    assert!(state.channel().turns.is_empty());
}

#[test]
fn a_message_of_unknown_fate_is_no_question_for_a_platform_without_a_history() {
    let mut state = opened(by_webhook());
    let (turn, _) = send(&mut state, "hi");
    let step = Step::Ended(OutState::Unknown, failure(Kind::UnknownDelivery));
    let mut effects = handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), step)));
    state.window.focus = Focus::Transcript;
    effects.extend(handle_action(&mut state, Action::CheckAgain));
    assert!(!effects.iter().any(|e| matches!(e, Effect::Open(ChannelEffect::Refresh { .. }))), "{effects:?}");
    assert!(!state.offers(Action::CheckAgain));
    assert_eq!(handle_action(&mut state, Action::SendAgain), [Effect::Open(ChannelEffect::SendAgain(turn))]);
}

#[test]
fn to_people_the_program_is_the_bot() {
    let mut state = opened(as_bot());
    let (turn, _) = send(&mut state, "hello");
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Sending)));
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Accepted)));
    let key = state.channel().turns.get(&turn).unwrap().keys.0;
    load(&mut state, vec![past(2, Role::User, "hi", false), past(4, Role::Assistant, "hello", true)]);
    assert_eq!(state.channel().chat.history[1].key, key, "it stays where it is on screen");
    assert_eq!(
        state.channel().chat.history.iter().map(|p| state.channel().is_mine(p)).collect::<Vec<_>>(),
        [false, true]
    );
    assert!(state.channel().awaited().is_none(), "nobody owes the bot a reply");
    assert_eq!(
        state.channel().roster.row(&id("c1")).unwrap().title,
        "a title",
        "a person is not renamed by an answer"
    );
}

#[test]
fn the_seconds_of_a_direct_reply_are_counted_while_it_can_be_given() {
    let mut state = opened(as_bot());
    let until = now().plus_millis(2_500);
    let stored = |until| Box::new(Stored { reply_until: until, ..Stored::default() });
    let ticket = state.channel().chat.ticket;
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::Stored(ticket, stored(Some(until)))));
    assert_eq!(effects, [Effect::Wake(now().plus_millis(500))]);
    let mut at = now();
    let mut wakes = 0;
    let mut effects = effects;
    while let Some(Effect::Wake(next)) = effects.first() {
        assert!(*next > at, "never asked for a moment that has gone");
        at = *next;
        wakes += 1;
        effects = update(&mut state, Event::Tick, at);
    }
    assert_eq!((wakes, at), (3, until));
    assert_eq!(handle_event(&mut state, Event::Open(ChannelEvent::Stored(ticket, stored(None)))), []);
}

#[test]
fn where_nothing_can_be_sent_the_text_is_kept() {
    let list = Capabilities { list: true, ..Capabilities::NONE };
    let asks = Capabilities { webhook: true, requests: true, ..Capabilities::NONE };
    for can in [list, asks] {
        let mut state = opened(can);
        // Written when the config file still said otherwise.
        state.channel_mut().composer.text = TextBuffer::new(99, "hello".to_owned());
        let effects = handle_action(&mut state, Action::Send);
        assert!(effects.iter().all(|e| matches!(e, Effect::Wake(_))), "{effects:?}");
        assert_eq!(state.channel().composer.text.as_str(), "hello");
        assert!(state.window.notice.as_ref().is_some_and(|n| n.text.as_str().contains("kept")));
        handle_action(&mut state, Action::NewConversation);
        assert_eq!(state.channel().open_id(), Some(&id("c1")));
    }
}

#[test]
fn a_bot_begins_no_conversation() {
    let mut state = State::new(vec![(view("eko", false), as_bot())], 0, 7);
    handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::default())));
    type_text(&mut state, "anybody?");
    assert!(
        !handle_action(&mut state, Action::Send).iter().any(|e| matches!(e, Effect::Open(ChannelEffect::Enqueue(_))))
    );
    assert_eq!(state.channel().composer.text.as_str(), "anybody?");
    handle_action(&mut state, Action::NewConversation);
    assert_eq!(state.channel().chat.place, ConversationRef::New(0));
}

#[test]
fn a_second_new_conversation_is_not_begun_before_the_first_is_used() {
    let mut state = opened(Capabilities { start: true, ..by_webhook() });
    load(&mut state, vec![past(2, Role::User, "hi", true)]);
    assert!(matches!(
        handle_action(&mut state, Action::NewConversation)[..],
        [.., Effect::Open(ChannelEffect::Start(_))]
    ));
    let place = state.channel().chat.place.clone();
    handle_event(&mut state, Event::Open(ChannelEvent::Started(place, Ok((id("c2"), None)))));
    load(&mut state, Vec::new());
    let starts = |effects: &[Effect]| effects.iter().any(|e| matches!(e, Effect::Open(ChannelEffect::Start(_))));
    assert!(!starts(&handle_action(&mut state, Action::NewConversation)));
    assert_eq!((state.channel().open_id(), state.window.notice.is_some()), (Some(&id("c2")), true));
    load(&mut state, vec![past(2, Role::Assistant, "hello", false)]);
    assert!(!starts(&handle_action(&mut state, Action::NewConversation)));
    load(&mut state, vec![past(2, Role::Assistant, "hello", false), past(4, Role::User, "hi", true)]);
    assert!(starts(&handle_action(&mut state, Action::NewConversation)));
}
