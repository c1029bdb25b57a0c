//! What a platform tells of a conversation besides its messages.

use super::*;

fn listed(details: usize) -> Event {
    let details = (0..details).map(|n| (format!("name {n}"), format!("value {n}"))).collect();
    let conversation = Conversation { id: id("c1"), title: "t".into(), created_at: Moment::at(now()), details };
    Event::Open(ChannelEvent::RosterPage(1, Ok(Page { items: vec![conversation], ..Page::default() })))
}

#[test]
fn they_stand_above_the_messages_as_soon_as_they_are_known() {
    let mut state = opened(Capabilities { list: true, ..Capabilities::NONE });
    assert_eq!(state.channel().chat.items, []);
    state.channel_mut().roster.fetching = Some(1);
    handle_event(&mut state, listed(20));
    assert_eq!(state.channel().chat.items, [TranscriptItem::Details]);
    assert_eq!(
        state.channel().chat.scroll,
        Scroll::At(Anchor { item: DETAILS, row: 0 }),
        "read from their beginning"
    );
    load(&mut state, vec![past(2, Role::User, "hi", false)]);
    assert_eq!((state.channel().chat.items.len(), state.channel().chat.scroll), (2, Scroll::Follow));
    handle_action(&mut state, Action::Details);
    assert!(state.channel().chat.whole_details);
    assert_eq!(state.channel().chat.scroll, Scroll::At(Anchor { item: DETAILS, row: 0 }));
}

#[test]
fn without_any_there_is_nothing_to_unfold() {
    let mut state = open("c1");
    handle_action(&mut state, Action::Details);
    assert!(!state.channel().chat.whole_details && state.channel().chat.items.is_empty());
}
