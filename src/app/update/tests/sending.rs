//! Turns: what is sent, in which order, and what becomes of it.

use super::*;

#[test]
fn a_message_waits_for_the_conversation_that_is_being_opened() {
    let mut state = open("c1");
    handle_action(&mut state, Action::NewConversation);
    let place = state.channel().chat.place.clone();
    let (turn, then) = send(&mut state, "early");
    assert_eq!(then, []);
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::Started(place, Ok((id("c2"), None)))));
    assert_eq!(dispatched(&effects), [turn]);
    assert!(
        effects
            .iter()
            .any(|e| matches!(e, Effect::Open(ChannelEffect::Dispatch(t)) if t.conversation == Some(id("c2"))))
    );
}

#[test]
fn a_second_message_waits_for_the_first_reply() {
    let mut state = open("c1");
    let (first, then) = send(&mut state, "one");
    assert_eq!(dispatched(&then), std::slice::from_ref(&first));
    let (second, then) = send(&mut state, "two");
    assert_eq!(then, []);
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(first.clone(), Step::Sending)));
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(first.clone(), Step::Sent)));
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::Turn(first, Step::Done(Finish::Stop, None))));
    assert_eq!(dispatched(&effects), [second]);
}

#[test]
fn a_reply_is_whole_at_its_end_and_the_next_message_waits_for_its_streams() {
    let mut state = open("c1");
    let (first, _) = send(&mut state, "one");
    let (second, _) = send(&mut state, "two");
    for step in [Step::Sending, Step::Sent, Step::Delta("all".into())] {
        handle_event(&mut state, Event::Open(ChannelEvent::Turn(first.clone(), step)));
    }
    assert_eq!(state.channel().active().map(|t| &t.turn.id), Some(&first));
    let finish = |state: &State| state.channel().turns.get(&first).unwrap().turn.reply.as_ref().unwrap().finish;
    let effects =
        handle_event(&mut state, Event::Open(ChannelEvent::Turn(first.clone(), Step::Finished(Finish::Length))));
    assert_eq!((dispatched(&effects), finish(&state)), (vec![], Some(Finish::Length)));
    // Nothing of it is left to be stopped.
    assert_ne!(state.channel().active().map(|t| &t.turn.id), Some(&first));
    // A platform that says so of every piece goes on.
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(first.clone(), Step::Delta(" of it".into()))));
    assert_eq!(finish(&state), None);
    assert_eq!(state.channel().active().map(|t| &t.turn.id), Some(&first));
    let effects =
        handle_event(&mut state, Event::Open(ChannelEvent::Turn(first.clone(), Step::Done(Finish::Stop, None))));
    assert_eq!((dispatched(&effects), finish(&state)), (vec![second], Some(Finish::Stop)));
    assert_eq!(state.channel().turns.get(&first).unwrap().turn.reply.as_ref().unwrap().text, "all of it");
}

#[test]
fn while_the_platform_is_asked_again_no_answer_is_awaited() {
    let mut state = open("c");
    let (turn, _) = send(&mut state, "hello");
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Sending)));
    assert!(state.channel().chat.items.contains(&TranscriptItem::Answer(turn.clone())));
    handle_event(
        &mut state,
        Event::Open(ChannelEvent::Turn(turn.clone(), Step::Waiting(now().plus_millis(5_000), "busy".into()))),
    );
    assert!(!state.channel().chat.items.contains(&TranscriptItem::Answer(turn.clone())));
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Sending)));
    assert!(state.channel().chat.items.contains(&TranscriptItem::Answer(turn)));
}

#[test]
fn what_waits_behind_an_unknown_one_is_held_for_the_users_word() {
    let mut state = open("c1");
    let (first, _) = send(&mut state, "one");
    let (second, _) = send(&mut state, "two");
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(first.clone(), Step::Sending)));
    let step = Step::Ended(OutState::Unknown, failure(Kind::UnknownDelivery));
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::Turn(first.clone(), step)));
    assert_eq!(dispatched(&effects), []);
    assert!(effects.contains(&Effect::Open(ChannelEffect::Queue(QueueEffect::Hold(vec![second.clone()])))));
    assert_eq!(state.channel().undecided().map(|t| t.turn.id.clone()), Some(first));
    assert_eq!(state.channel().queue().iter().map(|t| t.turn.id.clone()).collect::<Vec<_>>(), [second]);
    let effects = handle_action(&mut state, Action::ReleaseQueue);
    assert_eq!(effects, [Effect::Open(ChannelEffect::Queue(QueueEffect::Release(Some(id("c1")))))]);
}

#[test]
fn a_message_sent_again_goes_to_the_conversation_in_which_it_is_shown() {
    let mut state = open("c1");
    let (old, _) = send(&mut state, "one");
    let step = Step::Ended(OutState::Unknown, failure(Kind::UnknownDelivery));
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(old.clone(), step)));
    // The store still files it under the conversation that had no id.
    let mut new = state.channel().turns.get(&old).expect("the turn").turn.clone();
    (new.id, new.state, new.conversation) = (TurnId::new("again"), OutState::Queued, None);
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::Replaced(old, Box::new(new))));
    let to = effects.iter().find_map(|e| match e {
        Effect::Open(ChannelEffect::Dispatch(turn)) => turn.conversation.clone(),
        _ => None,
    });
    assert_eq!(to, Some(id("c1")));
}

#[test]
fn a_message_sent_again_goes_out_also_when_the_store_was_read_meanwhile() {
    let mut state = open("c1");
    let (old, _) = send(&mut state, "one");
    let step = Step::Ended(OutState::Unknown, failure(Kind::UnknownDelivery));
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(old.clone(), step)));
    let mut new = state.channel().turns.get(&old).expect("the turn").turn.clone();
    (new.id, new.state, new.failure) = (TurnId::new("again"), OutState::Queued, None);
    let ticket = state.channel().chat.ticket;
    let stored = Stored { turns: vec![new.clone()], ..Stored::default() };
    handle_event(&mut state, Event::Open(ChannelEvent::Stored(ticket, Box::new(stored))));
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::Replaced(old, Box::new(new.clone()))));
    assert_eq!(dispatched(&effects), [new.id]);
}

#[test]
fn a_reply_that_was_seen_to_end_is_not_taken_back_by_what_was_read_before() {
    let mut state = open("c1");
    let (turn, _) = send(&mut state, "one");
    // The store was read while the reply was under way, and the answer comes after its end.
    let mut before = state.channel().turns.get(&turn).expect("the turn").turn.clone();
    (before.state, before.message_id) = (OutState::Sent, Some(MessageId::new("m1")));
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Sending)));
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Sent)));
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Delta(Piece::from("whole")))));
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Done(Finish::Stop, None))));
    let ticket = state.channel().chat.ticket;
    handle_event(
        &mut state,
        Event::Open(ChannelEvent::Stored(ticket, Box::new(Stored { turns: vec![before], ..Stored::default() }))),
    );
    let local = &state.channel().turns.get(&turn).expect("the turn").turn;
    assert_eq!(local.reply.as_ref().map(|reply| reply.text.as_str()), Some("whole"));
    assert_eq!(local.message_id, Some(MessageId::new("m1")));
    assert!(state.channel().chat.items.contains(&TranscriptItem::Answer(turn)));
}

#[test]
fn a_message_that_ended_is_not_under_way_again_by_what_was_read_before() {
    for out in [OutState::Unknown, OutState::Sent] {
        let mut state = open("c1");
        let (turn, _) = send(&mut state, "one");
        let mut before = state.channel().turns.get(&turn).expect("the turn").turn.clone();
        before.state = OutState::Sending;
        handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Sending)));
        handle_event(
            &mut state,
            Event::Open(ChannelEvent::Turn(turn.clone(), Step::Ended(out, failure(Kind::UnknownDelivery)))),
        );
        let ticket = state.channel().chat.ticket;
        handle_event(
            &mut state,
            Event::Open(ChannelEvent::Stored(ticket, Box::new(Stored { turns: vec![before], ..Stored::default() }))),
        );
        let local = state.channel().turns.get(&turn).expect("the turn");
        assert_eq!(local.turn.state, out);
        assert_eq!(local.needs_word(), out == OutState::Unknown);
    }
}

#[test]
fn a_message_that_never_left_is_read_again_once_it_waits() {
    let mut state = open("c1");
    let (turn, _) = send(&mut state, "one");
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Sending)));
    let effects = handle_event(
        &mut state,
        Event::Open(ChannelEvent::Turn(turn, Step::Ended(OutState::Queued, failure(Kind::Network)))),
    );
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Open(ChannelEffect::Load { .. }))), "{effects:?}");
}

#[test]
fn a_refused_message_gives_its_text_back() {
    let mut state = open("c1");
    let (turn, _) = send(&mut state, "precious");
    type_text(&mut state, "next");
    let step = Step::Ended(OutState::Rejected, failure(Kind::Unauthorized));
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), step)));
    assert_eq!(state.channel().composer.text.as_str(), "precious\nnext");
    assert!(effects.contains(&Effect::Open(ChannelEffect::Drop(turn))));
    assert!(
        effects
            .iter()
            .any(|e| matches!(e, Effect::Open(ChannelEffect::SaveDraft { text, .. }) if text == "precious\nnext"))
    );
    assert_eq!(state.channel().link, Link::Trouble(Kind::Unauthorized));
}

#[test]
fn a_message_that_could_not_be_stored_is_back_in_the_composer() {
    let mut state = open("c1");
    type_text(&mut state, "precious");
    let effects = handle_action(&mut state, Action::Send);
    let Some(Effect::Open(ChannelEffect::Enqueue(turn))) = effects.first() else { panic!() };
    handle_event(&mut state, Event::Open(ChannelEvent::CommitFailed(turn.id.clone(), failure(Kind::Failed))));
    assert_eq!(state.channel().composer.text.as_str(), "precious");
    assert!(state.channel().turns.is_empty());
}

#[test]
fn the_fate_of_a_message_is_asked_for_three_times_and_then_by_the_user() {
    let mut state = open("c1");
    let (turn, _) = send(&mut state, "hm");
    let step = Step::Ended(OutState::Unknown, failure(Kind::UnknownDelivery));
    let mut effects = handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn, step)));
    let mut asked = 0;
    while effects.iter().any(|e| matches!(e, Effect::Open(ChannelEffect::Refresh { .. }))) {
        asked += 1;
        assert!(asked <= 3, "asks for ever");
        let read = Fetched { new: 0, got: 0, total: None, complete: true, problem: None };
        effects = handle_event(&mut state, Event::Open(ChannelEvent::HistoryPage(id("c1"), Ok(read))));
    }
    assert_eq!(asked, 3);
    state.window.focus = Focus::Transcript;
    assert!(matches!(
        handle_action(&mut state, Action::CheckAgain).first(),
        Some(Effect::Open(ChannelEffect::Refresh { after_ms: 0, .. }))
    ));
}

#[test]
fn an_answer_that_makes_no_sense_is_told_where_the_reply_would_be() {
    let mut state = open("c1");
    let (turn, _) = send(&mut state, "hm");
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Sending)));
    let step = Step::Ended(OutState::Sent, failure(Kind::Platform));
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), step)));
    assert!(effects.iter().any(|e| matches!(e, Effect::Open(ChannelEffect::Refresh { .. }))), "{effects:?}");
    assert_eq!(state.channel().chat.items, [TranscriptItem::Ask(turn.clone()), TranscriptItem::Answer(turn)]);
    assert!(state.channel().undecided().is_none());
}

#[test]
fn a_cut_reply_is_kept_and_looked_for() {
    let mut state = open("c1");
    let (turn, _) = send(&mut state, "long");
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Sending)));
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Delta("half".into()))));
    let step = Step::Done(Finish::Cut, Some(failure(Kind::Cut)));
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), step)));
    assert!(effects.iter().any(|e| matches!(e, Effect::Open(ChannelEffect::Refresh { .. }))));
    let local = state.channel().turns.get(&turn).unwrap();
    assert_eq!(local.turn.reply.as_ref().map(|r| (r.text.as_str(), r.finish)), Some(("half", Some(Finish::Cut))));
    assert!(local.reply_failure.is_some());
}
