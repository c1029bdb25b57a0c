//! Opening: the store at once, the platform behind it, and what is typed meanwhile.

use super::*;

#[test]
fn a_newcomer_is_greeted_by_the_sandbox_and_gets_an_answer() {
    let mut state = state(true);
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::default())));
    let place = state.channel().chat.place.clone();
    assert!(effects.contains(&Effect::Open(ChannelEffect::Start(place.clone()))));
    handle_event(&mut state, Event::Open(ChannelEvent::Started(place, Ok((id("c1"), Some("Hello!".into()))))));
    assert_eq!(state.channel().chat.items, [TranscriptItem::Greeting]);
    let (turn, then) = send(&mut state, "hi");
    assert_eq!(dispatched(&then), std::slice::from_ref(&turn));
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Sending)));
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Sent)));
    for piece in ["Hi ", "the", "re"] {
        handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Delta(piece.into()))));
    }
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Done(Finish::Stop, None))));
    assert_eq!(
        state.channel().chat.items,
        [TranscriptItem::Greeting, TranscriptItem::Ask(turn.clone()), TranscriptItem::Answer(turn.clone())]
    );
    let local = state.channel().turns.get(&turn).unwrap();
    assert_eq!(local.turn.reply.as_ref().map(|r| r.text.as_str()), Some("Hi there"));
    assert_eq!(local.words, 2);
    assert!(!local.live);
    assert_eq!(state.channel().roster.rows.first().map(|r| r.title.as_str()), Some("hi"));
}

#[test]
fn somebody_with_a_channel_starts_no_conversation_by_looking() {
    let mut state = state(false);
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::default())));
    assert!(!effects.iter().any(|e| matches!(e, Effect::Open(ChannelEffect::Start(_)))), "{effects:?}");
    let (_, then) = send(&mut state, "hi");
    assert!(matches!(then.as_slice(), [Effect::Open(ChannelEffect::Dispatch(turn))] if turn.conversation.is_none()));
}

#[test]
fn what_is_typed_is_kept_and_comes_back_with_its_conversation() {
    let mut state = open("c1");
    let effects = type_text(&mut state, "half a tho");
    assert_eq!(
        effects,
        [Effect::Open(ChannelEffect::SaveDraft { conversation: Some(id("c1")), text: "half a tho".into() })]
    );
    handle_action(&mut state, Action::NewConversation);
    assert_eq!(state.channel().composer.text.as_str(), "");
    state.channel_mut().roster.selected = Some(id("c1"));
    handle_action(&mut state, Action::Open);
    type_text(&mut state, "more");
    let ticket = state.channel().chat.ticket;
    let stored = Stored { draft: Some("half a tho".into()), ..Stored::default() };
    handle_event(&mut state, Event::Open(ChannelEvent::Stored(ticket, Box::new(stored))));
    assert_eq!(state.channel().composer.text.as_str(), "half a tho\nmore");
}

#[test]
fn what_is_typed_before_anything_is_known_goes_along() {
    let mut state = state(false);
    type_text(&mut state, "quick");
    let restored = Restored { rows: vec![RosterRow::new(id("c1"), "t", None)], ..Restored::default() };
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::new(restored))));
    assert_eq!(state.channel().composer.text.as_str(), "quick");
    assert!(!effects.iter().any(is_draft), "what the store keeps for it isn't known yet: {effects:?}");
    let stored = Stored { draft: Some("kept".into()), ..Stored::default() };
    let ticket = state.channel().chat.ticket;
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::Stored(ticket, Box::new(stored))));
    let saved = Effect::Open(ChannelEffect::SaveDraft { conversation: Some(id("c1")), text: "kept\nquick".into() });
    assert_eq!(effects, [saved, Effect::Open(ChannelEffect::SaveDraft { conversation: None, text: String::new() })]);
}

fn is_draft(effect: &Effect) -> bool {
    matches!(effect, Effect::Open(ChannelEffect::SaveDraft { .. } | ChannelEffect::AppendDraft { .. }))
}

#[test]
fn what_the_store_keeps_is_never_overwritten_before_it_is_known() {
    let go_back = |state: &mut State| {
        state.channel_mut().roster.selected = Some(id("c1"));
        handle_action(state, Action::Open)
    };
    // Typed and sent at once: the text that is kept comes back into the composer.
    let mut state = open("c1");
    handle_action(&mut state, Action::NewConversation);
    go_back(&mut state);
    let ticket = state.channel().chat.ticket;
    assert_eq!(type_text(&mut state, "hi"), []);
    let effects = handle_action(&mut state, Action::Send);
    assert!(matches!(&effects[..], [Effect::Open(ChannelEffect::Enqueue(turn))] if turn.text == "hi"), "{effects:?}");
    let stored = Stored { draft: Some("kept".into()), ..Stored::default() };
    handle_event(&mut state, Event::Open(ChannelEvent::Stored(ticket, Box::new(stored))));
    assert_eq!(state.channel().composer.text.as_str(), "kept");
    // Typed, and left at once: it stands behind what is kept.
    handle_action(&mut state, Action::NewConversation);
    go_back(&mut state);
    type_text(&mut state, "more");
    let effects = handle_action(&mut state, Action::NewConversation);
    let appended = Effect::Open(ChannelEffect::AppendDraft { conversation: Some(id("c1")), text: "more".into() });
    let at = |effect: &Effect| effects.iter().position(|e| e == effect);
    let loads = effects.iter().position(|e| matches!(e, Effect::Open(ChannelEffect::Load { .. })));
    assert!(at(&appended).unwrap() < loads.unwrap(), "{effects:?}");
    // Typed, and the program ended at once.
    let mut state = open("c1");
    handle_action(&mut state, Action::NewConversation);
    go_back(&mut state);
    type_text(&mut state, "last");
    let effects: Vec<Effect> = (0..2).flat_map(|_| handle_action(&mut state, Action::Interrupt)).collect();
    assert_eq!(effects.last(), Some(&Effect::Quit));
    assert!(
        effects.contains(&Effect::Open(ChannelEffect::AppendDraft {
            conversation: Some(id("c1")),
            text: "last".into()
        })),
        "{effects:?}"
    );
    assert_eq!(handle_event(&mut state, Event::Ending), [], "once is enough");
    // A store that answers nothing keeps what is typed all the same.
    let effects = handle_event(&mut state, Event::StoreFailed(failure(Kind::Failed)));
    assert!(
        effects
            .contains(&Effect::Open(ChannelEffect::SaveDraft { conversation: Some(id("c1")), text: "last".into() })),
        "{effects:?}"
    );
}

#[test]
fn a_text_kept_for_a_new_conversation_is_shown_again_and_never_overwritten() {
    let mut state = state(false);
    type_text(&mut state, "quick");
    let restored = Restored {
        rows: vec![RosterRow::new(id("c1"), "t", None)],
        open: Some(id("c1")),
        draft: Some("kept".into()),
        ..Restored::default()
    };
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::new(restored))));
    assert_eq!(state.channel().composer.text.as_str(), "kept\nquick");
    assert!(
        effects.contains(&Effect::Open(ChannelEffect::SaveDraft { conversation: None, text: "kept\nquick".into() }))
    );
}

#[test]
fn a_kept_text_follows_a_new_conversation_to_its_id_in_whatever_order_the_answers_come() {
    for started_first in [false, true] {
        let mut state = open("c1");
        handle_action(&mut state, Action::NewConversation);
        let (place, ticket) = (state.channel().chat.place.clone(), state.channel().chat.ticket);
        let started = Event::Open(ChannelEvent::Started(place, Ok((id("c2"), None))));
        let stored = Stored { draft: Some("kept".into()), ..Stored::default() };
        let stored = Event::Open(ChannelEvent::Stored(ticket, Box::new(stored)));
        let order = if started_first { [started, stored] } else { [stored, started] };
        let mut effects = Vec::new();
        for event in order {
            effects.extend(handle_event(&mut state, event));
        }
        assert_eq!(state.channel().composer.text.as_str(), "kept");
        let saved = Effect::Open(ChannelEffect::SaveDraft { conversation: Some(id("c2")), text: "kept".into() });
        let cleared = Effect::Open(ChannelEffect::SaveDraft { conversation: None, text: String::new() });
        let at = |effect: &Effect| effects.iter().position(|e| e == effect);
        assert!(at(&saved).unwrap() < at(&cleared).unwrap(), "{started_first} {effects:?}");
    }
}

#[test]
fn a_new_conversation_is_not_opened_beside_an_unused_one() {
    let mut state = open("c1");
    let effects = handle_action(&mut state, Action::NewConversation);
    assert_eq!(effects.iter().filter(|e| matches!(e, Effect::Open(ChannelEffect::Start(_)))).count(), 1);
    let (place, ticket) = (state.channel().chat.place.clone(), state.channel().chat.ticket);
    assert!(matches!(handle_action(&mut state, Action::NewConversation)[..], [Effect::Wake(_)]), "it only says why");
    handle_event(&mut state, Event::Open(ChannelEvent::Stored(ticket, Box::default())));
    handle_event(&mut state, Event::Open(ChannelEvent::Started(place, Ok((id("c2"), Some("Hello".into()))))));
    assert!(matches!(handle_action(&mut state, Action::NewConversation)[..], [Effect::Wake(_)]), "it only says why");
    send(&mut state, "used");
    assert!(
        handle_action(&mut state, Action::NewConversation)
            .iter()
            .any(|e| matches!(e, Effect::Open(ChannelEffect::Start(_))))
    );
}

#[test]
fn a_late_answer_for_another_conversation_is_dropped() {
    let mut state = open("c1");
    let old = state.channel().chat.ticket;
    handle_action(&mut state, Action::NewConversation);
    let stored = Stored { draft: Some("not here".into()), ..Stored::default() };
    handle_event(&mut state, Event::Open(ChannelEvent::Stored(old, Box::new(stored))));
    handle_event(&mut state, Event::Open(ChannelEvent::Older(old, Vec::new(), true)));
    assert_eq!((state.channel().composer.text.as_str(), state.channel().chat.older), ("", false));
}

#[test]
fn a_new_conversations_message_from_another_run_is_shown_at_once() {
    let mut state = state(false);
    let mut turn = {
        let mut other = open("c1");
        let (id, _) = send(&mut other, "left behind");
        other.channel().turns.get(&id).expect("the turn").turn.clone()
    };
    turn.conversation = None;
    let rows = vec![RosterRow::new(id("c1"), "a title", Some(now()))];
    let restored = Restored { rows, waiting: vec![turn.clone()], ..Restored::default() };
    handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::new(restored))));
    assert_eq!(state.channel().chat.items, [TranscriptItem::Ask(turn.id.clone())]);
    assert_eq!(state.channel().undecided().map(|t| t.turn.id.clone()), Some(turn.id));
}
