//! A channel to which nothing is written: what is typed stays, and nobody greets.

use super::*;

fn held(can: Capabilities, sandbox: bool) -> State {
    State::new(vec![(ChannelInfo { read_only: true, ..view("docs", sandbox) }, can)], 0, 7)
}

#[test]
fn what_is_written_stays_a_draft_and_nothing_goes_out() {
    let mut state = held(all(), false);
    let restored = Restored { rows: vec![RosterRow::new(id("c1"), "a title", Some(now()))], ..Restored::default() };
    handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::new(restored))));
    load(&mut state, Vec::new());
    type_text(&mut state, "a thought");
    let effects = handle_action(&mut state, Action::Send);
    let enqueues = |effect: &Effect| matches!(effect, Effect::Open(ChannelEffect::Enqueue(_)));
    assert!(!effects.iter().any(enqueues), "{effects:?}");
    assert_eq!(state.channel().composer.text.as_str(), "a thought");
    let notice = state.window.notice.as_ref().unwrap().text.as_str().to_owned();
    assert!(notice.contains("Read only") && notice.contains("kept"), "{notice}");
}

#[test]
fn an_offered_answer_is_not_sent() {
    let mut state = held(by_webhook(), false);
    let restored = Restored { rows: vec![RosterRow::new(id("c1"), "a title", Some(now()))], ..Restored::default() };
    handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::new(restored))));
    let mut offer = past(2, Role::Assistant, "which?", false);
    offer.message.extras.quick_replies = vec!["this".to_owned()];
    load(&mut state, vec![offer]);
    assert_eq!(state.channel().quick_replies(), ["this"]);
    let effects = handle_action(&mut state, Action::QuickReply(1));
    assert!(effects.iter().all(|effect| matches!(effect, Effect::Wake(_))), "{effects:?}");
}

#[test]
fn the_sandbox_is_not_asked_to_greet() {
    let begins = |effect: &Effect| matches!(effect, Effect::Open(ChannelEffect::Start(_)));
    let mut state = held(all(), true);
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::default())));
    assert!(!effects.iter().any(begins), "{effects:?}");
    let mut state = self::state(true);
    let effects = handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::default())));
    assert!(effects.iter().any(begins), "{effects:?}");
}
