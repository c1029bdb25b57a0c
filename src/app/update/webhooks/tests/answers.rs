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
    handle_event(&mut state, WebhookEvent::Answered(RequestId::new("r1"), Err(failed)));
    assert_eq!(state.webhooks.answer.as_ref().map(|a| a.text.as_str()), Some("{\"a\": 1}"));
    press(&mut state, Key::ctrl('s'));
    handle_event(&mut state, WebhookEvent::Answered(RequestId::new("r1"), Ok(RequestState::Posted)));
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
    handle_event(&mut state, WebhookEvent::Drafted(RequestId::new("r1"), "{\"b\": 2}".into()));
    assert_eq!(state.webhooks.answer.as_ref().unwrap().text.as_str(), "{\"b\": 2}");
    press(&mut state, Key::plain(Code::Esc));
    let over = DataRequest { state: RequestState::Answered, ..request("r1", 60_000) };
    handle_event(&mut state, WebhookEvent::Requests(vec![over]));
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
    state.window.view = ViewKind::Chat;
    assert_eq!(wakes(update(&mut state, Event::Tick, later(250))), [3_500]);
    let effects = update(&mut state, Event::Tick, later(3_500));
    assert_eq!(effects, [Effect::Webhooks(WebhookEffect::Requests)]);
    assert_eq!(update(&mut state, Event::Tick, later(4_000)), []);
}

/// The view as it is opened while these wait, with the newest delivery that of `mine` and all others of none.
fn waiting(requests: Vec<DataRequest>, mine: &str) -> State {
    let mut state = open();
    let brought = DeliveryRow { request: Some(RequestId::new(mine)), ..row(41) };
    handle_event(&mut state, WebhookEvent::Came(vec![brought]));
    handle_event(&mut state, WebhookEvent::Requests(requests));
    read(&mut state, "{}");
    state
}

fn answered(state: &State) -> Option<&str> {
    state.webhooks.answer.as_ref().map(|answer| answer.request.as_str())
}

#[test]
fn what_waits_is_the_first_thing_in_the_view() {
    let state = waiting(vec![request("late", 90_000), request("soon", 30_000)], "late");
    assert_eq!(state.webhooks.requests.selected().map(|r| r.id.as_str()), Some("soon"));
    assert_eq!(state.contexts().first(), Some(&Context::Waiting));
    // Also where they were known before the view was opened.
    let mut state = blank();
    handle_event(&mut state, WebhookEvent::Requests(vec![request("late", 90_000), request("soon", 30_000)]));
    assert_eq!(state.webhooks.requests.selected, None);
    handle_action(&mut state, Action::ShowWebhooks);
    assert_eq!(state.webhooks.requests.selected().map(|r| r.id.as_str()), Some("soon"));
    // What somebody chose stays.
    let mut state = open();
    handle_action(&mut state, Action::Down);
    handle_event(&mut state, WebhookEvent::Requests(vec![request("soon", 30_000)]));
    assert_eq!((state.webhooks.requests.selected.as_ref(), selected(&state)), (None, 39));
    handle_action(&mut state, Action::ShowChat);
    handle_action(&mut state, Action::ShowWebhooks);
    assert_eq!(state.webhooks.requests.selected, None);
}

#[test]
fn a_answers_what_waits_from_wherever_one_stands() {
    let requests = || {
        let over = DataRequest { state: RequestState::Answered, ..request("over", 10_000) };
        vec![request("late", 90_000), request("soon", 30_000), over]
    };
    let stands: [(&str, &[Action], &str); 6] = [
        ("late", &[], "soon"),
        ("late", &[Action::Down], "late"),
        ("late", &[Action::Down, Action::Down, Action::Down], "late"),
        ("late", &[Action::Top], "late"),
        ("late", &[Action::Top, Action::Open], "late"),
        ("late", &[Action::Bottom, Action::NextPane], "soon"),
    ];
    for (mine, way, expected) in stands {
        let mut state = waiting(requests(), mine);
        for action in way {
            handle_action(&mut state, *action);
        }
        let named = crate::app::key_for(&state.contexts(), Action::AnswerRequest);
        assert_eq!(named, Some(key('a')), "{way:?}");
        press(&mut state, key('a'));
        assert_eq!(answered(&state), Some(expected), "{way:?}");
        press(&mut state, Key::plain(Code::Esc));
        assert_eq!(answered(&state), None);
    }
    // Of a delivery whose request is over none of the others is answered.
    for (mine, said) in
        [("over", "Its data request is answered by now."), ("gone", "Its data request is over; others wait.")]
    {
        let mut state = waiting(requests(), mine);
        handle_action(&mut state, Action::Top);
        assert!(!state.contexts().contains(&Context::Requested));
        press(&mut state, key('a'));
        assert_eq!((answered(&state), notice(&state)), (None, said));
    }
    let mut state = open();
    press(&mut state, key('a'));
    assert_eq!((answered(&state), notice(&state)), (None, "No data request waits for an answer."));
}

/// Chat is open, and these wait, by their milliseconds from now.
fn waiting_behind_chat(deadlines: &[i64]) -> State {
    let mut state = blank();
    let requests = deadlines.iter().enumerate().map(|(n, ms)| request(&format!("r{n}"), *ms)).collect();
    handle_event(&mut state, WebhookEvent::Requests(requests));
    assert_eq!(state.window.view, ViewKind::Chat);
    state
}

#[test]
fn a_goes_to_the_first_deadline_from_any_view_and_back_once_it_is_answered() {
    for view in [ViewKind::Chat, ViewKind::Sources, ViewKind::Search] {
        let mut state = waiting_behind_chat(&[60_000, 9_000]);
        assert_eq!(notice(&state), "2 data requests wait, 9 s left: F3 answers.");
        (state.window.view, state.window.focus) = (view, Focus::Transcript);
        handle_action(&mut state, Action::AnswerRequest);
        assert_eq!(state.window.view, ViewKind::Webhooks);
        assert_eq!(state.webhooks.answer.as_ref().map(|a| a.request.as_str()), Some("r1"));
        crate::app::testing::retype(&mut state, "{\"a\": 1}", now());
        press(&mut state, Key::ctrl('s'));
        handle_event(&mut state, WebhookEvent::Answered(RequestId::new("r1"), Ok(RequestState::Posted)));
        assert_eq!((state.window.view, state.webhooks.answer.is_none()), (view, true));
    }
}

#[test]
fn the_keys_of_a_request_work_outside_text_and_in_it() {
    let mut state = waiting_behind_chat(&[9_000]);
    for focus in [Focus::Transcript, Focus::Roster] {
        state.window.focus = focus;
        assert_eq!(state.meaning(key('a')), Some(Action::AnswerRequest), "{focus:?}");
    }
    state.window.focus = Focus::Composer;
    assert_eq!(state.meaning(key('a')), None, "a letter is text there");
    assert_eq!(state.meaning(Key::plain(Code::F(3))), Some(Action::AnswerRequest));
    let mut none = blank();
    handle_action(&mut none, Action::AnswerRequest);
    assert_eq!((notice(&none), none.window.view), ("No data request waits for an answer.", ViewKind::Chat));
}

#[test]
fn esc_in_an_answer_keeps_it_and_goes_back_to_where_one_was() {
    let mut state = waiting_behind_chat(&[60_000]);
    handle_action(&mut state, Action::AnswerRequest);
    crate::app::testing::retype(&mut state, "{\"half", now());
    press(&mut state, Key::plain(Code::Esc));
    assert_eq!(state.window.view, ViewKind::Chat);
    handle_action(&mut state, Action::AnswerRequest);
    assert_eq!(state.webhooks.answer.as_ref().unwrap().text.as_str(), "{\"half");
}

#[test]
fn what_expired_unanswered_is_counted_until_somebody_looks() {
    let mut state = waiting_behind_chat(&[5_000, 60_000]);
    update(&mut state, Event::Tick, later(5_000));
    assert_eq!((state.webhooks.requests.waiting(), state.webhooks.requests.missed.len()), (1, 1));
    // Told again by the store, it is one all the same.
    let over = DataRequest { state: RequestState::Expired, ..request("r0", 5_000) };
    handle_event(&mut state, WebhookEvent::Requests(vec![over, request("r1", 60_000)]));
    assert_eq!(state.webhooks.requests.missed.len(), 1);
    handle_action(&mut state, Action::ShowWebhooks);
    assert_eq!(state.webhooks.requests.missed.len(), 0);
    let old = DataRequest { state: RequestState::Expired, ..request("old", 1) };
    let mut state = blank();
    handle_event(&mut state, WebhookEvent::Requests(vec![old]));
    assert_eq!(state.webhooks.requests.missed.len(), 0, "what was over before is no news");
}

#[test]
fn tab_stays_in_the_answer_and_goes_to_the_next_empty_value() {
    let mut state = answering(60_000);
    crate::app::testing::retype(&mut state, "{\"a\": \"\", \"b\": \"\"}", now());
    let mut at = |key| {
        press(&mut state, key);
        assert_eq!(state.contexts(), [Context::Answer]);
        state.webhooks.answer.as_ref().unwrap().text.at()
    };
    let tab = Key::plain(Code::Tab);
    assert_eq!([at(tab), at(tab), at(tab)], [7, 16, 7]);
    assert_eq!(at(Key::shift(Code::Tab)), 16);
}

#[test]
fn the_answer_has_the_keys_again_after_whatever_lay_over_it() {
    let mut state = answering(60_000);
    for (open, close) in [(Action::Help, Action::Back), (Action::Channels, Action::Back)] {
        handle_action(&mut state, open);
        assert_ne!(state.contexts(), [Context::Answer]);
        handle_action(&mut state, close);
        assert_eq!(state.contexts(), [Context::Answer], "{open:?}");
    }
    handle_action(&mut state, Action::Interrupt);
    assert_eq!(state.contexts(), [Context::Answer], "a notice has no keys");
    handle_action(&mut state, Action::ShowChat);
    handle_action(&mut state, Action::ShowWebhooks);
    assert_eq!(state.contexts(), [Context::Answer]);
}

#[test]
fn tab_reaches_the_data_requests_and_each_pane() {
    let mut state = open();
    handle_event(&mut state, WebhookEvent::Requests(vec![request("r1", 60_000)]));
    press(&mut state, key('g'));
    let stand = |state: &State| (matches!(state.webhooks.selected(), Selected::Request(_)), state.webhooks.side);
    let mut seen = Vec::new();
    for _ in 0..4 {
        handle_action(&mut state, Action::NextPane);
        seen.push(stand(&state));
    }
    let ring = [(false, Side::Detail), (true, Side::List), (true, Side::Detail), (false, Side::List)];
    assert_eq!(seen, ring);
    let mut back = Vec::new();
    for _ in 0..4 {
        handle_action(&mut state, Action::PreviousPane);
        back.push(stand(&state));
    }
    assert_eq!(back, [ring[2], ring[1], ring[0], ring[3]]);
}
