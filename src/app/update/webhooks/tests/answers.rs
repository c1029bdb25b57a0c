//! Data requests: the answer that is written, sent, kept, and too late.

use super::*;

#[test]
fn an_answer_is_checked_and_sent_once() {
    let mut state = answering(9_000);
    let untouched = press(&mut state, Key::ctrl('s'));
    assert!(!untouched.iter().any(|e| matches!(e, Effect::Webhooks(_))));
    crate::app::testing::retype(&mut state, "{\"a\": }", now());
    let problem = state.webhooks.answer.as_ref().unwrap().problem.clone().unwrap();
    assert_eq!((problem.line, problem.column), (1, 7));
    press(&mut state, Key::ctrl_key(Code::Enter));
    assert_eq!(notice(&state), "Not sent: line 1, column 7: expected value.");
    crate::app::testing::retype(&mut state, "[1]", now());
    assert!(press(&mut state, Key::ctrl('s')).iter().all(|e| !matches!(e, Effect::Webhooks(_))));
    crate::app::testing::retype(&mut state, "{\"a\": 1}", now());
    let answer = WebhookEffect::Answer { request: RequestId::new("r1"), data: "{\"a\": 1}".into() };
    assert_eq!(press(&mut state, Key::ctrl('s')), [Effect::Webhooks(answer)]);
    assert!(press(&mut state, Key::ctrl('s')).iter().all(|e| !matches!(e, Effect::Webhooks(_))));
    let failed = Failure::new(Kind::Network, "no connection");
    happen(&mut state, WebhookEvent::Answered(RequestId::new("r1"), Err(failed)));
    assert_eq!(state.webhooks.answer.as_ref().map(|a| a.text.as_str()), Some("{\"a\": 1}"));
    press(&mut state, Key::ctrl('s'));
    happen(&mut state, WebhookEvent::Answered(RequestId::new("r1"), Ok(RequestState::Posted)));
    assert!(state.webhooks.answer.is_none() && state.webhooks.drafts.is_empty());
    assert_eq!(state.webhooks.requests.all[0].state, RequestState::Posted);
}

#[test]
fn too_late_is_not_sent_and_says_by_how_much() {
    let mut state = answering(5_000);
    crate::app::testing::retype(&mut state, "{\"a\": 1}", now());
    for (ms, late) in [(5_000, 1), (8_500, 4)] {
        let effects = update(&mut state, Event::Action(Action::SendAnswer), later(ms));
        assert!(effects.iter().all(|e| !matches!(e, Effect::Webhooks(_))), "{effects:?}");
        assert_eq!(notice(&state), format!("Too late by {late} s, not sent."));
    }
    update(&mut state, Event::Tick, later(5_000));
    assert_eq!(state.webhooks.requests.all[0].state, RequestState::Expired);
    update(&mut state, Event::Action(Action::SendAnswer), later(9_000));
    assert_eq!(notice(&state), "Too late by 4 s, not sent.");
}

#[test]
fn the_text_is_kept_as_long_as_the_request_lives() {
    let mut state = answering(60_000);
    crate::app::testing::retype(&mut state, "{\"half", now());
    press(&mut state, Key::plain(Code::Esc));
    press(&mut state, Key::plain(Code::Enter));
    assert_eq!(state.webhooks.answer.as_ref().unwrap().text.as_str(), "{\"half");
    let effects = press(&mut state, Key::ctrl('o'));
    let edit = WebhookEffect::EditAnswer { request: RequestId::new("r1"), text: "{\"half".into() };
    assert_eq!(effects, [Effect::Webhooks(edit)]);
    happen(&mut state, WebhookEvent::Drafted(RequestId::new("r1"), "{\"b\": 2}".into()));
    assert_eq!(state.webhooks.answer.as_ref().unwrap().text.as_str(), "{\"b\": 2}");
    press(&mut state, Key::plain(Code::Esc));
    let over = DataRequest { state: RequestState::Answered, ..request("r1", 60_000) };
    happen(&mut state, WebhookEvent::Requests(vec![over]));
    assert!(state.webhooks.drafts.is_empty());
}

#[test]
fn a_countdown_wakes_once_a_second_and_only_while_it_is_seen() {
    let mut state = answering(3_500);
    let wakes = |effects: Vec<Effect>| -> Vec<i64> {
        let at = |e: Effect| if let Effect::Wake(at) = e { Some(at.millis() - now().millis()) } else { None };
        effects.into_iter().filter_map(at).collect()
    };
    assert_eq!(wakes(update(&mut state, Event::Tick, later(250))), [1_000]);
    assert_eq!(wakes(update(&mut state, Event::Tick, later(999))), [1_000]);
    assert_eq!(wakes(update(&mut state, Event::Tick, later(3_000))), [3_500]);
    state.view = ViewKind::Chat;
    assert_eq!(wakes(update(&mut state, Event::Tick, later(250))), [3_500]);
    let effects = update(&mut state, Event::Tick, later(3_500));
    assert_eq!(effects, [Effect::Webhooks(WebhookEffect::Requests)]);
    assert_eq!(update(&mut state, Event::Tick, later(4_000)), []);
}
