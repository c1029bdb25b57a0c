//! Reading many conversations: the list under the hand, what it shows as one moves, and the way to what is unread.

use super::*;

/// A channel with five conversations, the first of them open, and its list with the keys beside the messages.
fn reading() -> State {
    let mut state = state(false);
    let rows =
        (0..5).map(|n| RosterRow::new(id(&format!("c{n}")), &format!("title {n}"), Some(now().plus_millis(-n))));
    let restored = Restored { rows: rows.collect(), ..Restored::default() };
    handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::new(restored))));
    load(&mut state, vec![past(1, Role::Assistant, "hello", false)]);
    handle_event(&mut state, Event::Beside(true));
    handle_event(&mut state, Event::RosterMeasured(10));
    state.window.focus = Focus::Roster;
    state.channel_mut().roster.select(0);
    handle_event(&mut state, Event::Tick);
    state
}

fn open_now(state: &State) -> &str {
    state.channel().open_id().map_or("", ConversationId::as_str)
}

fn list(state: &State) -> Vec<&str> {
    state.channel().roster.visible().map(|(row, _)| row.id.as_str()).collect()
}

fn news(state: &mut State, name: &str) {
    handle_event(state, Event::Open(ChannelEvent::News(id(name))));
}

fn asks_platform(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Open(ChannelEffect::Refresh { .. })))
}

#[test]
fn what_one_moves_over_is_shown_from_the_store_and_asked_for_only_where_one_rests() {
    let mut state = reading();
    news(&mut state, "c2");
    for _ in 0..2 {
        let effects = handle_action(&mut state, Action::Down);
        assert!(effects.iter().any(|e| matches!(e, Effect::Open(ChannelEffect::Load { .. }))), "{effects:?}");
        assert!(!asks_platform(&effects), "no storm of calls");
    }
    assert_eq!((open_now(&state), state.window.focus), ("c2", Focus::Roster));
    assert!(state.channel().roster.row(&id("c2")).unwrap().unread, "passed over is not read");
    load(&mut state, vec![past(1, Role::Assistant, "hi", false)]);
    // Too early, then rested.
    let early = update(&mut state, Event::Tick, now().plus_millis(300));
    assert!(!asks_platform(&early));
    let rested = update(&mut state, Event::Tick, now().plus_millis(600));
    assert!(asks_platform(&rested) && rested.contains(&Effect::Open(ChannelEffect::Remember(Some(id("c2"))))));
    assert!(!state.channel().roster.row(&id("c2")).unwrap().unread);
    let again = update(&mut state, Event::Tick, now().plus_millis(900));
    assert!(!asks_platform(&again), "once");
}

#[test]
fn where_the_list_stands_alone_nothing_is_opened_by_moving() {
    let mut state = reading();
    handle_event(&mut state, Event::Beside(false));
    handle_action(&mut state, Action::Down);
    assert_eq!(open_now(&state), "c0");
}

#[test]
fn the_list_keeps_its_order_under_the_hand_until_it_is_told() {
    let mut state = reading();
    for name in ["c4", "c9"] {
        news(&mut state, name);
    }
    assert_eq!(list(&state), ["c0", "c1", "c2", "c3", "c4"]);
    assert_eq!(state.channel().roster.fresh.len(), 2);
    // What is older than all that is shown is no news.
    let old = RosterRow::new(id("old"), "old", Some(now().plus_millis(-99)));
    handle_event(&mut state, Event::Open(ChannelEvent::RowLoaded(Box::new(old))));
    assert_eq!((list(&state).last().copied(), state.channel().roster.fresh.len()), (Some("old"), 2));
    handle_action(&mut state, Action::TakeIn);
    assert_eq!(list(&state).len(), 7);
    assert_eq!(state.channel().roster.fresh.len(), 0);
    assert!(list(&state)[..3].contains(&"c9") && list(&state)[..3].contains(&"c4"), "{:?}", list(&state));
}

#[test]
fn leaving_the_list_takes_in_what_came() {
    let mut state = reading();
    news(&mut state, "c9");
    assert!(!list(&state).contains(&"c9"));
    handle_action(&mut state, Action::NextPane);
    assert!(list(&state).contains(&"c9"));
}

#[test]
fn enter_goes_to_what_was_said_and_to_the_composer_where_nothing_was() {
    let mut state = reading();
    handle_action(&mut state, Action::Down);
    load(&mut state, vec![past(1, Role::Assistant, "hi", false)]);
    let effects = handle_action(&mut state, Action::Open);
    assert_eq!((open_now(&state), state.window.focus), ("c1", Focus::Transcript));
    assert!(asks_platform(&effects), "it is meant now");
    state.window.focus = Focus::Roster;
    handle_action(&mut state, Action::Down);
    handle_action(&mut state, Action::Open);
    load(&mut state, Vec::new());
    assert_eq!(state.window.focus, Focus::Transcript, "nobody knows yet");
    let read = Fetched { complete: true, ..Fetched::default() };
    handle_event(&mut state, Event::Open(ChannelEvent::HistoryPage(id("c2"), Ok(read))));
    assert_eq!(state.window.focus, Focus::Composer, "a letter is text where nobody reads");
}

#[test]
fn the_neighbours_are_a_key_away_and_the_keys_stay() {
    let mut state = reading();
    for focus in [Focus::Transcript, Focus::Composer] {
        state.window.focus = focus;
        handle_action(&mut state, Action::NextConversation);
        load(&mut state, vec![past(1, Role::Assistant, "hi", false)]);
        assert_eq!((open_now(&state), state.window.focus), ("c1", focus));
        handle_action(&mut state, Action::PreviousConversation);
        load(&mut state, vec![past(1, Role::Assistant, "hi", false)]);
        assert_eq!((open_now(&state), state.window.focus), ("c0", focus));
    }
    handle_action(&mut state, Action::PreviousConversation);
    assert!(state.window.notice.is_some(), "the end of the list says so");
}

#[test]
fn the_next_unread_one_is_found_here_first_and_then_on_other_channels() {
    let can = by_webhook();
    let channels = ["one", "two", "three"].map(|name| (view(name, false), can)).to_vec();
    let mut state = State::new(channels, 0, 7);
    for (name, conversation) in [("one", "a"), ("three", "x"), ("three", "y")] {
        let event = ChannelEvent::News(id(conversation));
        handle_event(&mut state, Event::Channel(ChannelName::new(name), event));
    }
    let mut seen = Vec::new();
    for _ in 0..3 {
        handle_action(&mut state, Action::NextUnread);
        assert_eq!(state.window.view, ViewKind::Chat);
        seen.push(format!("{} {}", state.channel().info.name, open_now(&state)));
    }
    seen[1..].sort();
    assert_eq!(seen, ["one a", "three x", "three y"]);
    handle_action(&mut state, Action::NextUnread);
    let said = state.window.notice.as_ref().expect("a notice").text.to_string();
    assert_eq!(said, "Nothing is unread.");
}

#[test]
fn what_another_window_has_read_is_not_new_here_any_more() {
    let mut state = opened(by_webhook());
    for name in ["c2", "c3"] {
        news(&mut state, name);
    }
    assert_eq!(state.channel().unread, 2);
    let effects = handle_event(&mut state, Event::ChangedElsewhere);
    for name in ["c2", "c3"] {
        assert!(effects.contains(&Effect::Open(ChannelEffect::LoadRow(id(name)))), "{effects:?}");
    }
    let read = RosterRow { unseen: Some((3, 0)), ..RosterRow::new(id("c2"), "two", None) };
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::RowLoaded(Box::new(read))));
    assert_eq!(state.channel().unread, 1);
    let kept = Effect::Open(ChannelEffect::RememberUnread(vec![id("c3")]));
    assert!(effects.contains(&kept), "{effects:?}");
    let unread = RosterRow { unseen: Some((0, 2)), ..RosterRow::new(id("c3"), "three", None) };
    handle_event(&mut state, Event::Open(ChannelEvent::RowLoaded(Box::new(unread))));
    assert_eq!(state.channel().unread, 1);
}

#[test]
fn what_the_user_asks_the_platform_for_goes_to_its_place_at_once() {
    let mut state = reading();
    news(&mut state, "c9");
    assert!(!list(&state).contains(&"c9"));
    let effects = handle_action(&mut state, Action::Refresh);
    assert!(list(&state).contains(&"c9"));
    let ticket = effects.iter().find_map(|effect| match effect {
        Effect::Open(ChannelEffect::FetchRoster { ticket, .. }) => Some(*ticket),
        _ => None,
    });
    let created_at = Moment::at(now().plus_millis(9));
    let newer = Conversation { id: id("newer"), title: "newer".into(), created_at, details: Vec::new() };
    let page = Page { items: vec![newer], ..Page::default() };
    handle_event(&mut state, Event::Open(ChannelEvent::RosterPage(ticket.expect("a page"), Ok(page))));
    assert_eq!(list(&state)[0], "newer");
}

#[test]
fn what_the_platform_told_before_the_store_said_anything_is_read_there() {
    let mut state = reading();
    handle_action(&mut state, Action::Down);
    handle_action(&mut state, Action::Open);
    assert_eq!((open_now(&state), state.window.focus), ("c1", Focus::Transcript));
    // All of it has come and is in the store, but what the store was asked first it answers as it was then: empty.
    let told = crate::app::event::Fetched { new: 3, got: 3, total: Some(3), complete: true, problem: None };
    handle_event(&mut state, Event::Open(ChannelEvent::HistoryPage(id("c1"), Ok(told))));
    load(&mut state, Vec::new());
    assert_eq!(state.window.focus, Focus::Transcript, "it isn't empty: what is in it is on its way");
    load(&mut state, vec![past(1, Role::Assistant, "hi", false)]);
    assert_eq!(state.window.focus, Focus::Transcript);
    // Where nothing is, one writes.
    handle_action(&mut state, Action::FocusRoster);
    handle_action(&mut state, Action::Down);
    handle_action(&mut state, Action::Open);
    load(&mut state, Vec::new());
    let told = crate::app::event::Fetched { new: 0, got: 0, total: Some(0), complete: true, problem: None };
    handle_event(&mut state, Event::Open(ChannelEvent::HistoryPage(id("c2"), Ok(told))));
    assert_eq!((open_now(&state), state.window.focus), ("c2", Focus::Composer));
}
