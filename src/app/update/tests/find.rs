//! Searching in the open conversation.

use super::*;

fn said(n: i64) -> HistoryEntry {
    let text = match n % 3 {
        0 => format!("the moon of {n}, and a second moon"),
        1 => format!("Jupiter {n}"),
        _ => format!("nothing {n}"),
    };
    past(n, if n % 2 == 0 { Role::User } else { Role::Assistant }, &text, false)
}

/// A conversation of so many messages, of which the newest are loaded.
fn talk(from: i64, to: i64, older: bool) -> State {
    let mut state = open("c1");
    let ticket = state.channel().chat.ticket;
    let history = (from..to).map(said).collect();
    handle_event(
        &mut state,
        Event::Open(ChannelEvent::Stored(ticket, Box::new(Stored { history, older, ..Stored::default() }))),
    );
    state
}

fn search_for(state: &mut State, text: &str) -> Vec<Effect> {
    handle_action(state, Action::SearchHere);
    handle_event(state, Event::typed(text.to_owned()))
}

fn seq(state: &State, key: u64) -> i64 {
    state.channel().chat.history.iter().find(|past| past.key == key).map(|past| past.seq).unwrap()
}

/// The message and the place in it that was gone to.
fn at(state: &State) -> Option<(i64, usize)> {
    state.channel().chat.find.as_ref()?.current.map(|found| (seq(state, found.item), found.nth))
}

fn count(state: &State) -> (Option<usize>, usize) {
    state.channel().chat.find.as_ref().unwrap().count
}

/// The screen shows what is scrolled to.
fn drawn(state: &mut State) {
    let Scroll::To(spot) = state.channel().chat.scroll else { return };
    let top = Some(Anchor { item: spot.item, row: 0 });
    let seen = Some((Passage { byte: Some(0), ..spot }, Passage { byte: Some(1_000), ..spot }));
    handle_event(
        state,
        Event::Measured(Measured { top, at_top: false, at_bottom: false, rows: 20, seen, ..Measured::default() }),
    );
}

#[test]
fn what_is_typed_is_searched_from_the_end_backwards() {
    let mut state = talk(0, 30, false);
    search_for(&mut state, "moon");
    assert_eq!((at(&state), count(&state)), (Some((27, 1)), (Some(20), 20)));
    assert!(matches!(state.channel().chat.scroll, Scroll::To(Passage { byte: Some(_), .. })));
    drawn(&mut state);
    handle_action(&mut state, Action::Open);
    assert_eq!(state.contexts()[0], Context::Matches);
    for expected in [(27, 0), (24, 1), (24, 0), (21, 1)] {
        handle_action(&mut state, Action::PreviousMatch);
        assert_eq!(at(&state), Some(expected));
        drawn(&mut state);
    }
    handle_action(&mut state, Action::NextMatch);
    assert_eq!((at(&state), count(&state).0), (Some((24, 0)), Some(17)));
}

#[test]
fn the_ends_are_told_and_nothing_moves_there() {
    let mut state = talk(0, 4, false);
    search_for(&mut state, "moon");
    drawn(&mut state);
    let there = (at(&state), state.channel().chat.scroll);
    handle_action(&mut state, Action::NextMatch);
    assert_eq!((at(&state), state.channel().chat.scroll), there);
    assert_eq!(state.window.notice.as_ref().unwrap().text.as_str(), "That is the last place.");
    for _ in 0..3 {
        handle_action(&mut state, Action::PreviousMatch);
        drawn(&mut state);
    }
    assert_eq!(at(&state), Some((0, 0)));
    handle_action(&mut state, Action::PreviousMatch);
    assert_eq!(state.window.notice.as_ref().unwrap().text.as_str(), "That is the first place.");
    assert_eq!(at(&state), Some((0, 0)));
}

#[test]
fn leaving_a_search_moves_nothing_and_the_way_back_is_kept() {
    let mut state = talk(0, 60, false);
    let anchor = Anchor { item: state.channel().chat.history[30].key, row: 2 };
    state.channel_mut().chat.scroll = Scroll::At(anchor);
    let spot = Passage { item: anchor.item, byte: Some(4) };
    let measured = Measured {
        top: Some(anchor),
        at_top: false,
        at_bottom: false,
        rows: 20,
        seen: Some((spot, spot)),
        ..Measured::default()
    };
    handle_event(&mut state, Event::Measured(measured));
    search_for(&mut state, "moon");
    // The places at or before what was on screen are the nearest.
    assert_eq!(at(&state), Some((30, 0)));
    handle_action(&mut state, Action::Open);
    handle_action(&mut state, Action::PreviousMatch);
    drawn(&mut state);
    let seen = state.channel().chat.scroll;
    handle_action(&mut state, Action::Back);
    assert!(state.channel().chat.find.is_none());
    assert_eq!(state.channel().chat.scroll, seen);
    search_for(&mut state, "moon");
    handle_action(&mut state, Action::PreviousMatch);
    handle_action(&mut state, Action::Open);
    drawn(&mut state);
    handle_action(&mut state, Action::SearchOrigin);
    assert_eq!(state.channel().chat.scroll, seen);
    assert!(state.channel().chat.find.is_some(), "it goes on from there");
}

#[test]
fn without_a_place_the_view_is_where_the_search_began() {
    let mut state = talk(0, 30, false);
    search_for(&mut state, "moon");
    drawn(&mut state);
    assert_ne!(state.channel().chat.scroll, Scroll::Follow);
    handle_event(&mut state, Event::typed("x".to_owned()));
    assert_eq!((at(&state), count(&state), state.channel().chat.scroll), (None, (None, 0), Scroll::Follow));
    handle_event(&mut state, Event::erased());
    assert_eq!(at(&state), Some((27, 1)));
    handle_action(&mut state, Action::Back);
    assert_eq!(state.window.focus, Focus::Composer, "the keys are where they were");
}

#[test]
fn older_messages_are_loaded_until_there_is_a_place() {
    let mut state = talk(5_000, 5_200, true);
    let effects = search_for(&mut state, "\"moon of 999\"");
    let ticket = state.channel().chat.ticket;
    let older =
        |before: i64| Effect::Open(ChannelEffect::LoadOlder { ticket, conversation: id("c1"), before, limit: 2_000 });
    assert_eq!(effects, [older(5_000), Effect::Search(SearchEffect::Count(id("c1")))]);
    handle_event(&mut state, Event::Search(SearchEvent::Counted(id("c1"), 5_200)));
    assert_eq!(state.channel().chat.find.as_ref().unwrap().messages, Some(5_200));
    let effects =
        handle_event(&mut state, Event::Open(ChannelEvent::Older(ticket, (3_000..5_000).map(said).collect(), true)));
    assert_eq!(effects, [older(3_000)]);
    // What happens besides asks for nothing twice.
    assert_eq!(handle_event(&mut state, Event::Tick), []);
    assert_eq!(
        handle_event(&mut state, Event::Open(ChannelEvent::Older(ticket, (1_000..3_000).map(said).collect(), true))),
        [older(1_000)]
    );
    assert_eq!(
        handle_event(&mut state, Event::Open(ChannelEvent::Older(ticket, (0..1_000).map(said).collect(), false))),
        []
    );
    assert_eq!((at(&state), count(&state)), (Some((999, 0)), (Some(1), 1)));
    assert_eq!(state.channel().chat.find.as_ref().unwrap().seek, None);
}

#[test]
fn the_way_back_goes_on_in_older_messages_and_can_be_stopped() {
    let mut state = talk(300, 302, true);
    search_for(&mut state, "moon");
    handle_action(&mut state, Action::Open);
    assert_eq!(at(&state), Some((300, 1)));
    handle_action(&mut state, Action::PreviousMatch);
    let effects = handle_action(&mut state, Action::PreviousMatch);
    assert!(
        matches!(effects[..], [Effect::Open(ChannelEffect::LoadOlder { before: 300, limit: 2_000, .. }), _]),
        "{effects:?}"
    );
    let ticket = state.channel().chat.ticket;
    assert_eq!(
        handle_event(&mut state, Event::Open(ChannelEvent::Older(ticket, (296..300).map(said).collect(), true))),
        []
    );
    assert_eq!(at(&state), Some((297, 1)));
    handle_action(&mut state, Action::PreviousMatch);
    handle_action(&mut state, Action::PreviousMatch);
    // The first Esc stops the loading, what comes all the same moves nothing.
    handle_action(&mut state, Action::Back);
    assert!(state.channel().chat.find.is_some());
    assert_eq!(
        handle_event(&mut state, Event::Open(ChannelEvent::Older(ticket, (200..296).map(said).collect(), true))),
        []
    );
    assert_eq!(at(&state), Some((297, 0)));
    assert_eq!(count(&state).1, 2 * 34);
}

#[test]
fn a_reply_that_streams_is_searched_too() {
    let mut state = talk(0, 3, false);
    let (turn, _) = send(&mut state, "and the moons?");
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Sending)));
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Sent)));
    search_for(&mut state, "moon");
    assert_eq!(count(&state), (Some(3), 3));
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Delta("One mo".into()))));
    assert_eq!(count(&state).1, 3);
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Delta("on.".into()))));
    assert_eq!(count(&state), (Some(3), 4), "the place that was gone to is the same");
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn, Step::Done(Finish::Stop, None))));
    assert_eq!(count(&state).1, 4);
}

#[test]
fn attributes_take_whole_messages() {
    let mut state = talk(0, 30, false);
    search_for(&mut state, "role:user -moon");
    assert_eq!((at(&state), count(&state)), (Some((28, 0)), (Some(10), 10)));
    assert_eq!(
        state.channel().chat.scroll,
        Scroll::To(Passage { item: state.channel().chat.history[28].key, byte: None })
    );
    handle_event(&mut state, Event::typed(" Jupiter".to_owned()));
    assert_eq!(count(&state), (Some(5), 5));
    handle_event(&mut state, Event::typed(" after:nonsense".to_owned()));
    let finding = state.channel().chat.find.as_ref().unwrap();
    assert!(finding.problem.as_ref().is_some_and(|problem| problem.starts_with("after:")), "{:?}", finding.problem);
    handle_action(&mut state, Action::Open);
    assert!(state.channel().chat.find.as_ref().unwrap().writing, "what is wrong stays to be put right");
}

#[test]
fn another_search_takes_the_place_of_the_text_and_backspace_goes_on_with_it() {
    let mut state = talk(0, 30, false);
    search_for(&mut state, "moon");
    handle_action(&mut state, Action::Open);
    search_for(&mut state, "jup");
    assert_eq!(state.channel().chat.find.as_ref().unwrap().text, "jup");
    handle_action(&mut state, Action::Open);
    handle_action(&mut state, Action::SearchHere);
    handle_event(&mut state, Event::erased());
    assert_eq!(state.channel().chat.find.as_ref().unwrap().text, "ju");
}

#[test]
fn a_message_that_was_read_anew_is_searched_anew() {
    let mut state = talk(0, 6, false);
    search_for(&mut state, "moon");
    assert_eq!(count(&state).1, 4);
    let mut history: Vec<HistoryEntry> = (0..6).map(said).collect();
    history[3].message.text = history[3].message.text.replace("moon", "star");
    load(&mut state, history);
    assert_eq!(count(&state).1, 2);
}
