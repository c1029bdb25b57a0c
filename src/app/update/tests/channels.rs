//! Several channels: one open, the others brought up to date behind the screen.

use super::*;

fn two() -> State {
    State::new(vec![(view("docs", false), all()), (view("flow", false), by_webhook())], 0, 7)
}

fn flow() -> ChannelName {
    ChannelName::new("flow")
}

fn at(state: &mut State, name: &str, event: ChannelEvent) -> Vec<Effect> {
    handle_event(state, Event::Channel(ChannelName::new(name), event))
}

fn restored(ids: &[&str]) -> ChannelEvent {
    let rows = ids.iter().map(|i| RosterRow::new(id(i), i, Some(now()))).collect();
    ChannelEvent::Restored(Box::new(Restored { rows, ..Restored::default() }))
}

#[test]
fn an_answer_for_the_open_channel_is_like_any() {
    let mut state = two();
    let effects = at(&mut state, "docs", restored(&["c1"]));
    assert!(effects.iter().any(|e| matches!(e, Effect::Open(ChannelEffect::Load { .. }))), "{effects:?}");
    assert_eq!(state.channel().open_id(), Some(&id("c1")));
}

#[test]
fn an_answer_for_a_parked_channel_changes_that_one_alone() {
    let mut state = two();
    at(&mut state, "docs", restored(&["c1"]));
    state.window.focus = Focus::Roster;
    handle_action(&mut state, Action::Help);
    let effects = at(&mut state, "flow", restored(&["u1"]));
    assert!(!effects.is_empty());
    assert!(effects.iter().all(|e| matches!(e, Effect::Channel(name, _) if *name == flow())), "{effects:?}");
    assert_eq!(
        (state.window.focus, state.window.help(), state.channel().open_id()),
        (Focus::Roster, Some(0), Some(&id("c1")))
    );
    assert_eq!(state.channel().roster.rows.len(), 1);
    assert_eq!(handle_event(&mut state, Event::Channel(ChannelName::new("gone"), restored(&["x"]))), []);
    handle_action(&mut state, Action::NextChannel);
    assert_eq!(state.channel().open_id(), Some(&id("u1")));
}

#[test]
fn a_notice_from_behind_says_whose_it_is_and_wakes_the_screen() {
    let mut state = two();
    let effects = at(&mut state, "flow", ChannelEvent::StoreFailed(failure(Kind::Failed)));
    let said = state.window.notice.clone().unwrap();
    assert_eq!(said.text.as_str(), "flow: It went wrong.");
    assert!(matches!(effects.as_slice(), [Effect::Wake(at)] if *at == said.until), "{effects:?}");
    at(&mut state, "flow", ChannelEvent::Restored(Box::default()));
    assert_eq!(state.window.notice, Some(said), "what happens without a word leaves it as it is");
}

#[test]
fn a_switch_keeps_the_text_and_restores_a_channel_once() {
    let mut state = two();
    at(&mut state, "docs", restored(&["c1"]));
    load(&mut state, Vec::new());
    type_text(&mut state, "half");
    let stamp = state.channel().composer.text.stamp();
    let effects = handle_action(&mut state, Action::NextChannel);
    let kept = ChannelEffect::SaveDraft { conversation: Some(id("c1")), text: "half".into() };
    assert_eq!(effects, [Effect::Channel(ChannelName::new("docs"), kept), Effect::Open(ChannelEffect::Restore)]);
    assert_eq!((state.channel().info.name.as_str(), state.channel().composer.text.as_str()), ("flow", ""));
    assert_ne!(state.channel().composer.text.stamp(), stamp, "the screen must take the other text over");
    let stamp = state.channel().composer.text.stamp();
    let effects = handle_action(&mut state, Action::PreviousChannel);
    assert_eq!(effects, [], "what the store keeps for the other one isn't known yet");
    assert_eq!(state.channel().composer.text.as_str(), "half");
    assert_ne!(state.channel().composer.text.stamp(), stamp);
}

#[test]
fn a_turn_goes_on_while_another_channel_is_open() {
    let mut state = two();
    at(&mut state, "docs", restored(&["c1"]));
    let (turn, _) = send(&mut state, "hi");
    handle_action(&mut state, Action::NextChannel);
    at(&mut state, "docs", ChannelEvent::Turn(turn.clone(), Step::Sending));
    at(&mut state, "docs", ChannelEvent::Turn(turn.clone(), Step::Delta("yes".into())));
    at(&mut state, "docs", ChannelEvent::Turn(turn.clone(), Step::Done(Finish::Stop, None)));
    assert!(state.channel().turns.is_empty());
    assert_eq!(state.news_elsewhere().map(|t| (t.info.name.as_str(), t.unread)).collect::<Vec<_>>(), [("docs", 1)]);
    handle_action(&mut state, Action::NextChannel);
    assert_eq!(state.news_elsewhere().count(), 0);
    let reply = state.channel().turns.get(&turn).and_then(|t| t.turn.reply.clone()).unwrap();
    assert_eq!((reply.text.as_str(), reply.finish), ("yes", Some(Finish::Stop)));
}

#[test]
fn the_list_of_channels_is_narrowed_and_opens() {
    let mut state = two();
    handle_action(&mut state, Action::Channels);
    assert_eq!(state.contexts(), [Context::Channels]);
    handle_event(&mut state, Event::typed("flw".into()));
    assert_eq!(state.listed_channels(), [1]);
    handle_event(&mut state, Event::erased());
    handle_action(&mut state, Action::Down);
    handle_action(&mut state, Action::Down);
    handle_action(&mut state, Action::Open);
    assert_eq!((state.channel().info.name.as_str(), state.window.switcher().is_some()), ("flow", false));
    handle_action(&mut state, Action::Channels);
    assert_eq!(state.window.switcher().map(|s| s.menu.selected), Some(1));
    handle_action(&mut state, Action::Back);
    assert!(state.window.switcher().is_none());
    handle_action(&mut state, Action::Channels);
    handle_event(&mut state, Event::Click(Pane::Channels, 0));
    assert_eq!(state.channel().info.name.as_str(), "docs");
    handle_action(&mut state, Action::Channels);
    handle_action(&mut state, Action::NextPane);
    assert!(
        state.window.switcher().is_none() && state.window.focus != Focus::Composer,
        "another key closes it and does what it does"
    );
}

#[test]
fn a_channel_alone_has_no_list() {
    let mut state = open("c1");
    handle_action(&mut state, Action::Channels);
    assert!(state.window.switcher().is_none() && state.window.notice.is_some());
    assert!(!state.offers(Action::Channels));
    assert_eq!(handle_action(&mut state, Action::NextChannel), []);
}

#[test]
fn a_place_that_is_not_there_opens_the_first() {
    let state = State::new(vec![(view("docs", false), all())], 9, 7);
    assert_eq!(state.channel().info.name.as_str(), "docs");
    let none = State::new(Vec::new(), 0, 7);
    assert!(none.listed_channels().is_empty() && none.channel().send_blocker().is_some());
}

#[test]
fn what_was_measured_holds_for_the_channel_that_is_opened() {
    let mut state = two();
    at(&mut state, "docs", restored(&["c1"]));
    handle_event(&mut state, Event::RosterMeasured(20));
    handle_event(&mut state, Event::Measured(Measured { rows: 12, ..Measured::default() }));
    for conversation in ["u1", "u2", "u3"] {
        at(&mut state, "flow", ChannelEvent::News(id(conversation)));
    }
    at(&mut state, "flow", restored(&["u1", "u2", "u3"]));
    handle_action(&mut state, Action::NextChannel);
    state.channel_mut().roster.selected = Some(id("u3"));
    handle_event(&mut state, Event::Open(ChannelEvent::News(id("u1"))));
    assert_eq!(
        (state.channel().roster.view.height, state.channel().roster.view.top, state.channel().chat.page()),
        (20, 0, 10)
    );
}

#[test]
fn where_nothing_can_be_sent_the_keys_are_never_in_the_composer() {
    let can = Capabilities { webhook: true, requests: true, ..Capabilities::NONE };
    let mut state = State::new(vec![(view("docs", false), all()), (view("data", false), can)], 0, 7);
    handle_action(&mut state, Action::NextChannel);
    let mut seen = vec![state.window.focus];
    let steps =
        [Action::NextPane, Action::NextPane, Action::NextPane, Action::PreviousPane, Action::Back, Action::Back];
    for action in steps {
        handle_action(&mut state, action);
        seen.push(state.window.focus);
    }
    handle_event(&mut state, Event::Click(Pane::Composer, 0));
    assert!(!seen.contains(&Focus::Composer) && seen.contains(&Focus::Roster), "{seen:?}");
    assert_eq!(state.window.focus, Focus::Transcript);
    let three = Key::plain(Code::Char('3'));
    assert_eq!(state.meaning(three), Some(Action::ShowWebhooks), "as the screen says");
    assert!(state.offers(Action::ShowWebhooks));
    handle_action(&mut state, Action::PreviousChannel);
    assert_eq!(state.window.focus, Focus::Composer);
}

#[test]
fn an_archive_stands_at_the_end_and_can_only_be_read() {
    let mut state = two();
    let archive = Capabilities { local: true, ..Capabilities::NONE };
    let found = vec![(view("archive", false), archive), (view("docs", false), archive)];
    assert_eq!(handle_event(&mut state, Event::Channels(found.clone())), []);
    handle_event(&mut state, Event::Channels(found));
    let names: Vec<&str> = state.channels.iter().map(|tab| tab.info.name.as_str()).collect();
    assert_eq!(names, ["docs", "flow", "archive"], "none is there twice");
    assert!(state.channel().capabilities.send, "a channel that is known stays as it is");
    handle_action(&mut state, Action::PreviousChannel);
    at(&mut state, "archive", restored(&["c1"]));
    assert_eq!((state.channel().info.name.as_str(), state.channel().open_id()), ("archive", Some(&id("c1"))));
    assert_eq!(state.channel().send_blocker(), Some("An archive can be read, not written to."));
    assert!(!state.offers(Action::Send) && !state.offers(Action::NewConversation));
    assert_eq!(state.channel().default_focus(), Focus::Transcript);
}
