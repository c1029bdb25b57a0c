//! News that nobody here asked for.

use super::*;

fn load_row(effects: &[Effect]) -> bool {
    effects.iter().any(|e| matches!(e, Effect::Open(ChannelEffect::LoadRow(_))))
}

#[test]
fn the_open_conversation_is_read_again_where_it_is() {
    let mut state = opened(by_webhook());
    load(&mut state, vec![past(2, Role::User, "hi", true)]);
    let anchor = Scroll::At(Anchor { item: 1, row: 3 });
    state.channel_mut().chat.scroll = anchor;
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::News(id("c1"))));
    let ticket = state.channel().chat.ticket;
    assert!(
        matches!(&effects[0], Effect::Open(ChannelEffect::Load { ticket: t, conversation: Some(c), .. }) if *t == ticket && *c == id("c1"))
    );
    load(&mut state, vec![past(2, Role::User, "hi", true), past(4, Role::Assistant, "hello", false)]);
    assert_eq!((state.channel().chat.scroll, state.channel().chat.items.len()), (anchor, 2));
    assert!(!state.channel().roster.row(&id("c1")).unwrap().unread);
}

#[test]
fn what_another_process_wrote_is_read_and_is_no_news() {
    let mut state = opened(by_webhook());
    let effects = handle_event(&mut state, Event::ChangedElsewhere);
    assert!(
        matches!(
            &effects[..],
            [
                Effect::Open(ChannelEffect::Load { .. }),
                Effect::Open(ChannelEffect::LoadRow(_)),
                Effect::Desk(DeskEffect::Load(None))
            ]
        ),
        "{effects:?}"
    );
    load(&mut state, vec![past(2, Role::User, "from the other window", true)]);
    assert_eq!((state.channel().chat.items.len(), state.channels[0].unread), (1, 0));
    assert_eq!(
        handle_event(&mut State::new(vec![(view("flow", false), by_webhook())], 0, 7), Event::ChangedElsewhere),
        [Effect::Desk(DeskEffect::Load(None))],
        "of conversations there is none to be read"
    );
}

#[test]
fn another_one_is_marked_and_moves_up_until_it_is_opened() {
    let mut state = opened(by_webhook());
    state.channel_mut().roster.merge([RosterRow::new(id("old"), "old", Some(Timestamp::from_millis(1)))]);
    let later = now().plus_millis(9);
    let effects = update(&mut state, Event::Open(ChannelEvent::News(id("old"))), later);
    assert!(load_row(&effects) && !effects.iter().any(|e| matches!(e, Effect::Open(ChannelEffect::Load { .. }))));
    let first = &state.channel().roster.rows[0];
    assert_eq!((first.id.as_str(), first.unread, first.activity), ("old", true, Some(later)));
    assert_eq!(state.channels[0].unread, 1);
    state.channel_mut().roster.selected = Some(id("old"));
    handle_action(&mut state, Action::Open);
    assert_eq!((state.channel().roster.row(&id("old")).unwrap().unread, state.channels[0].unread), (false, 0));
}

#[test]
fn one_that_nobody_knew_gets_a_row_and_then_its_name() {
    let mut state = opened(by_webhook());
    assert!(load_row(&handle_event(&mut state, Event::Open(ChannelEvent::News(id("new"))))));
    assert_eq!(state.channels[0].unread, 1);
    let mut row = RosterRow::new(id("new"), "Ada", None);
    row.details = vec![("status".into(), "open".into())];
    handle_event(&mut state, Event::Open(ChannelEvent::RowLoaded(Box::new(row))));
    let row = state.channel().roster.row(&id("new")).unwrap();
    assert_eq!((row.title.as_str(), row.unread, row.details.len()), ("Ada", true, 1));
}

#[test]
fn news_behind_the_screen_are_new_also_in_the_conversation_that_stood_open_there() {
    let mut state = State::new(vec![(view("docs", false), all()), (view("flow", false), by_webhook())], 1, 7);
    let rows = vec![RosterRow::new(id("u1"), "u1", Some(now()))];
    handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::new(Restored { rows, ..Restored::default() }))));
    handle_action(&mut state, Action::NextChannel);
    let flow = ChannelName::new("flow");
    for conversation in ["u1", "u1", "u2"] {
        let effects = handle_event(&mut state, Event::Channel(flow.clone(), ChannelEvent::News(id(conversation))));
        assert!(effects.iter().all(|e| matches!(e, Effect::Channel(..))), "{effects:?}");
    }
    assert_eq!(state.news_elsewhere().map(|t| t.unread).collect::<Vec<_>>(), [2]);
    handle_action(&mut state, Action::NextChannel);
    assert_eq!(state.channels[1].unread, 1, "what is seen now is not new any more");
}

#[test]
fn what_is_new_is_remembered_and_still_new_after_a_restart() {
    let two = || State::new(vec![(view("docs", false), all()), (view("flow", false), by_webhook())], 0, 7);
    let at =
        |state: &mut State, event: ChannelEvent| handle_event(state, Event::Channel(ChannelName::new("flow"), event));
    let kept = |effects: &[Effect]| {
        effects.iter().find_map(|e| match e {
            Effect::Channel(_, ChannelEffect::RememberUnread(ids))
            | Effect::Open(ChannelEffect::RememberUnread(ids)) => Some(ids.clone()),
            _ => None,
        })
    };
    let mut state = two();
    assert_eq!(kept(&at(&mut state, ChannelEvent::News(id("u1")))), Some(vec![id("u1")]));
    assert_eq!(kept(&at(&mut state, ChannelEvent::News(id("u1")))), None);
    let ids = kept(&at(&mut state, ChannelEvent::News(id("u2")))).unwrap();
    assert_eq!(ids.len(), 2);
    let mut state = two();
    let effects = at(&mut state, ChannelEvent::Unread(ids));
    assert_eq!((state.channels[1].unread, effects.len()), (2, 3), "{effects:?}");
    handle_action(&mut state, Action::NextChannel);
    let rows = vec![RosterRow::new(id("u1"), "u1", Some(now())), RosterRow::new(id("u2"), "u2", None)];
    let effects = handle_event(
        &mut state,
        Event::Open(ChannelEvent::Restored(Box::new(Restored { rows, ..Restored::default() }))),
    );
    assert_eq!(kept(&effects), Some(vec![id("u2")]), "what is opened is seen");
    assert_eq!(state.channels[1].unread, 1);
}
