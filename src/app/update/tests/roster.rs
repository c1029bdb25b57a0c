//! The list of conversations.

use super::*;

#[test]
fn the_roster_says_of_a_message_what_the_transcript_says() {
    let mut state = open("c1");
    let (turn, _) = send(&mut state, "one");
    let step = Step::Ended(OutState::Unknown, failure(Kind::UnknownDelivery));
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn, step)));
    let row = |state: &State| state.channel().roster.rows.iter().find(|r| r.id == id("c1")).and_then(|r| r.state);
    assert_eq!(row(&state), Some(OutState::Unknown));
    let ticket = state.channel().chat.ticket;
    handle_event(&mut state, Event::Open(ChannelEvent::Stored(ticket, Box::default())));
    assert_eq!(row(&state), None, "the history has it");
}

#[test]
fn the_roster_reads_on_where_the_newest_stand_last() {
    let mut state = state(false);
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::default())));
    let Some(Effect::Open(ChannelEffect::FetchRoster { ticket, cursor: None })) = effects.last() else {
        panic!("{effects:?}")
    };
    let conversation = |n: i64| Conversation {
        id: id(&format!("c{n}")),
        title: String::new(),
        created_at: Moment::at(now().plus_millis(n)),
        details: Vec::new(),
    };
    let page = |from: i64, next: Option<&str>| Page {
        items: (from..from + 100).map(conversation).collect(),
        total: Some(200),
        next: next.map(str::to_owned),
        ..Page::default()
    };
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::RosterPage(*ticket, Ok(page(0, Some("c99"))))));
    let Some(Effect::Open(ChannelEffect::FetchRoster { ticket, cursor: Some(cursor) })) = effects.first() else {
        panic!("{effects:?}")
    };
    assert_eq!(cursor, "c99");
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::RosterPage(*ticket, Ok(page(100, None)))));
    assert_eq!(effects, []);
    assert!(state.channel().roster.complete);
    assert_eq!(state.channel().roster.rows.first().map(|r| r.id.as_str()), Some("c199"));
}

#[test]
fn a_list_that_goes_round_in_a_circle_is_left() {
    let mut state = state(false);
    state.channel_mut().roster.cursor = Some("x".into());
    state.channel_mut().roster.followed.insert("x".into());
    state.channel_mut().roster.fetching = Some(1);
    let page = Page { next: Some("x".into()), ..Page::default() };
    assert_eq!(handle_event(&mut state, Event::Open(ChannelEvent::RosterPage(1, Ok(page)))), []);
    assert!(state.channel().roster.complete);
    let said = state.channel().roster.failure.as_ref().map(|failure| failure.message.as_str());
    assert_eq!(said, Some("the list is not whole: after 0 it leads back to what was read already"));
}

#[test]
fn a_list_that_is_shorter_than_it_is_counted_says_so() {
    let mut state = state(false);
    state.channel_mut().roster.fetching = Some(1);
    let page = Page { total: Some(60), ..Page::default() };
    assert_eq!(handle_event(&mut state, Event::Open(ChannelEvent::RosterPage(1, Ok(page)))), []);
    let said = state.channel().roster.failure.as_ref().map(|failure| failure.message.as_str());
    assert_eq!(said, Some("the list is not whole: the platform counts 60, and told 0"));
    // A page that is read again, whole, takes it back.
    state.channel_mut().roster.fetching = Some(2);
    handle_event(
        &mut state,
        Event::Open(ChannelEvent::RosterPage(2, Ok(Page { total: Some(0), ..Page::default() }))),
    );
    assert_eq!(state.channel().roster.failure, None);
}

#[test]
fn a_filter_is_written_no_more_once_another_view_is_shown() {
    for view in [Action::ShowWebhooks, Action::ShowSearch, Action::ShowSources] {
        let mut state = open("c1");
        state.window.focus = Focus::Roster;
        handle_action(&mut state, Action::Filter);
        handle_event(&mut state, Event::typed("one".into()));
        handle_action(&mut state, view);
        handle_action(&mut state, Action::ShowChat);
        let roster = &state.channel().roster;
        assert_eq!((roster.filtering, roster.filter.as_str()), (false, "one"), "{view:?}");
    }
}
