//! What is new since the user left a conversation.

use super::*;

/// What the store holds, with what was seen of it.
fn stored(seen: Option<&str>, seqs: std::ops::RangeInclusive<i64>, older: bool) -> Stored {
    let history = seqs.map(|seq| past(seq, Role::Assistant, "said", false)).collect();
    let seen = seen.map(|id| MessageRef::Filed(MessageId::new(id)));
    Stored { history, older, seen, ..Stored::default() }
}

fn tell(state: &mut State, stored: Stored) -> Vec<Effect> {
    let ticket = state.channel().chat.ticket;
    handle_event(state, Event::Open(ChannelEvent::Stored(ticket, Box::new(stored))))
}

/// The end was drawn.
fn drawn(state: &mut State) -> Vec<Effect> {
    let item = state.channel().chat.history.first().map_or(0, |past| past.key);
    let top = Some(Anchor { item, row: 0 });
    handle_event(
        state,
        Event::Measured(Measured { top, at_top: true, at_bottom: true, rows: 20, ..Measured::default() }),
    )
}

/// The message above which the line stands.
fn new_from(state: &State) -> Option<&str> {
    let key = state.channel().chat.read_marker.new_from?;
    state.channel().chat.history.iter().find(|past| past.key == key).map(|past| past.message.id.as_str())
}

/// A conversation that was just opened, on a platform whose history is still being read.
fn opening() -> State {
    let mut state = state(false);
    let restored = Restored { rows: vec![RosterRow::new(id("c1"), "a title", Some(now()))], ..Restored::default() };
    handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::new(restored))));
    state
}

fn read(state: &mut State, new: usize) -> Vec<Effect> {
    let read = Fetched { new, got: 0, total: None, complete: true, problem: None };
    handle_event(state, Event::Open(ChannelEvent::HistoryPage(id("c1"), Ok(read))))
}

fn kept(effects: &[Effect]) -> Option<&MessageRef> {
    effects.iter().find_map(|effect| match effect {
        Effect::Open(ChannelEffect::Message(MessageEffect::MarkRead { last, .. })) => Some(last),
        _ => None,
    })
}

#[test]
fn the_line_stands_above_what_came_since_and_stays_there() {
    let mut state = opening();
    tell(&mut state, stored(Some("m3"), 1..=5, false));
    assert_eq!(new_from(&state), Some("m4"));
    drawn(&mut state);
    read(&mut state, 0);
    let effects = drawn(&mut state);
    assert_eq!(kept(&effects), None, "told with the page before");
    assert_eq!(state.channel().chat.read_marker.kept, Some(MessageRef::Filed(MessageId::new("m5"))));
    // What comes while the end is looked at is no news, and the line stays until the conversation is left.
    let effects = tell(&mut state, stored(Some("m5"), 1..=6, false));
    assert_eq!(new_from(&state), Some("m4"));
    assert_eq!(kept(&effects), Some(&MessageRef::Filed(MessageId::new("m6"))));
    state.window.focus = Focus::Transcript;
    assert!(state.offers(Action::ToNew));
    handle_action(&mut state, Action::ToNew);
    let item = state.channel().chat.history[3].key;
    assert_eq!(state.channel().chat.scroll, Scroll::At(Anchor { item, row: 0 }));
}

#[test]
fn what_the_platform_tells_first_is_new_too() {
    let mut state = opening();
    tell(&mut state, stored(Some("m3"), 1..=3, false));
    assert_eq!(kept(&drawn(&mut state)), None, "more may have come meanwhile");
    assert_eq!(new_from(&state), None);
    read(&mut state, 2);
    tell(&mut state, stored(Some("m3"), 1..=5, false));
    assert_eq!(new_from(&state), Some("m4"));
    drawn(&mut state);
    assert_eq!(state.channel().chat.read_marker.kept, Some(MessageRef::Filed(MessageId::new("m5"))));
}

#[test]
fn what_was_never_seen_has_no_line_and_is_seen_from_then_on() {
    let mut state = opening();
    tell(&mut state, stored(None, 1..=3, false));
    read(&mut state, 0);
    assert_eq!(kept(&drawn(&mut state)), Some(&MessageRef::Filed(MessageId::new("m3"))));
    assert_eq!(new_from(&state), None);
    state.window.focus = Focus::Transcript;
    assert!(!state.offers(Action::ToNew));
    handle_action(&mut state, Action::ToNew);
    assert!(state.window.notice.is_some());
}

#[test]
fn ones_own_words_are_no_news() {
    let mut state = opening();
    let mut told = stored(Some("m1"), 1..=1, false);
    told.history.push(past(2, Role::User, "mine", false));
    told.history.push(past(3, Role::Assistant, "theirs", false));
    tell(&mut state, told);
    assert_eq!(new_from(&state), Some("m3"));
}

#[test]
fn what_comes_while_the_end_is_out_of_sight_is_new() {
    let mut state = opening();
    tell(&mut state, stored(Some("m3"), 1..=3, false));
    read(&mut state, 0);
    drawn(&mut state);
    state.channel_mut().chat.scroll = Scroll::At(Anchor { item: state.channel_mut().chat.history[0].key, row: 0 });
    let effects = tell(&mut state, stored(Some("m3"), 1..=4, false));
    assert_eq!((new_from(&state), kept(&effects)), (Some("m4"), None));
    // Once that was seen, what comes next in the same way has the line.
    state.channel_mut().chat.scroll = Scroll::Follow;
    drawn(&mut state);
    state.window.view = ViewKind::Webhooks;
    tell(&mut state, stored(Some("m4"), 1..=5, false));
    assert_eq!(new_from(&state), Some("m5"));
}

#[test]
fn where_more_is_new_than_is_loaded_the_line_goes_up_with_the_pages() {
    let mut state = opening();
    tell(&mut state, stored(Some("m3"), 10..=12, true));
    assert_eq!(new_from(&state), Some("m10"));
    let ticket = state.channel().chat.ticket;
    let older = (1..=9).map(|seq| past(seq, Role::Assistant, "said", false)).collect();
    handle_event(&mut state, Event::Open(ChannelEvent::Older(ticket, older, false)));
    assert_eq!(new_from(&state), Some("m4"));
}

#[test]
fn a_reply_that_was_seen_is_not_new_once_the_history_has_it() {
    let mut state = opening();
    tell(&mut state, stored(Some("m3"), 1..=3, false));
    read(&mut state, 0);
    drawn(&mut state);
    let (turn, _) = send(&mut state, "hm");
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Sending)));
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Delta("yes".into()))));
    let effects =
        handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Done(Finish::Stop, None))));
    let seen = MessageRef::Reply(turn);
    assert!(kept(&effects).is_none_or(|kept| *kept == seen));
    assert_eq!(state.channel().chat.read_marker.kept, Some(seen));
    // In another view, the history takes it in.
    state.window.view = ViewKind::Webhooks;
    let mut told = stored(Some("m5"), 1..=3, false);
    told.history.push(past(4, Role::User, "hm", false));
    told.history.push(past(5, Role::Assistant, "yes", false));
    tell(&mut state, told);
    assert_eq!(new_from(&state), None);
}

#[test]
fn a_channel_that_was_seen_to_its_end_has_no_line_when_it_is_opened_again() {
    let mut state = State::new(vec![(view("docs", false), all()), (view("flow", false), by_webhook())], 0, 7);
    let restored = Restored { rows: vec![RosterRow::new(id("c1"), "a title", Some(now()))], ..Restored::default() };
    handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::new(restored))));
    tell(&mut state, stored(Some("m3"), 1..=5, false));
    read(&mut state, 0);
    drawn(&mut state);
    assert_eq!(new_from(&state), Some("m4"));
    let ticket = state.channel().chat.ticket;
    handle_action(&mut state, Action::NextChannel);
    let behind = ChannelEvent::Stored(ticket, Box::new(stored(Some("m5"), 1..=6, false)));
    handle_event(&mut state, Event::Channel(ChannelName::new("docs"), behind));
    handle_action(&mut state, Action::NextChannel);
    assert_eq!(new_from(&state), Some("m6"));
}
