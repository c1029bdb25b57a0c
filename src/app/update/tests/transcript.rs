//! The open conversation: its history and where it is looked at.

use super::*;

#[test]
fn history_takes_the_place_of_a_turn_without_moving_it() {
    let mut state = open("c1");
    let (turn, _) = send(&mut state, "question");
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Sending)));
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Delta("answer".into()))));
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Done(Finish::Stop, None))));
    let keys = state.channel().turns.get(&turn).unwrap().keys;
    let history = vec![past(1, Role::User, "question", false), past(2, Role::Assistant, "answer", false)];
    let ticket = state.channel().chat.ticket;
    handle_event(
        &mut state,
        Event::Open(ChannelEvent::Stored(ticket, Box::new(Stored { history, ..Stored::default() }))),
    );
    assert_eq!(state.channel().chat.items, [TranscriptItem::History(0), TranscriptItem::History(1)]);
    assert_eq!(state.channel().chat.history.iter().map(|p| p.key).collect::<Vec<_>>(), [keys.0, keys.1]);
}

#[test]
fn scrolling_stays_at_its_text_and_follows_again_at_the_end() {
    let mut state = open("c1");
    let top = Anchor { item: 5, row: 10 };
    let measured = Measured { top: Some(top), at_top: false, at_bottom: true, rows: 20, ..Measured::default() };
    handle_event(&mut state, Event::Measured(measured));
    handle_action(&mut state, Action::PreviousPane);
    handle_action(&mut state, Action::PageUp);
    assert_eq!(state.channel().chat.scroll, Scroll::At(Anchor { item: 5, row: -8 }));
    let top = Anchor { item: 4, row: 3 };
    handle_event(&mut state, Event::Measured(Measured { top: Some(top), at_bottom: false, ..measured }));
    assert_eq!(state.channel().chat.scroll, Scroll::At(top));
    handle_action(&mut state, Action::PageDown);
    handle_event(&mut state, Event::Measured(measured));
    assert_eq!(state.channel().chat.scroll, Scroll::Follow);
}

#[test]
fn older_messages_are_loaded_once_the_oldest_is_seen() {
    let mut state = open("c1");
    let past = HistoryEntry::new(
        40,
        Message {
            id: MessageId::new("m"),
            role: Role::User,
            text: String::new(),
            created_at: Moment::default(),
            extras: crate::domain::Extras::default(),
        },
        false,
        None,
        None,
    );
    let ticket = state.channel().chat.ticket;
    let stored = Stored { history: vec![past], older: true, ..Stored::default() };
    handle_event(&mut state, Event::Open(ChannelEvent::Stored(ticket, Box::new(stored))));
    let measured = Measured {
        top: Some(Anchor { item: 1, row: 0 }),
        at_top: true,
        at_bottom: true,
        rows: 9,
        ..Measured::default()
    };
    let mut effects = handle_event(&mut state, Event::Measured(measured));
    effects.retain(|effect| !matches!(effect, Effect::Open(ChannelEffect::Message(MessageEffect::MarkRead { .. }))));
    assert_eq!(
        effects,
        [Effect::Open(ChannelEffect::LoadOlder { ticket, conversation: id("c1"), before: 40, limit: 200 })]
    );
    assert_eq!(handle_event(&mut state, Event::Measured(measured)), []);
}
