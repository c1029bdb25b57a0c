//! What is told to who looks elsewhere, and where the user is brought back to.

use super::*;

/// A state whose window has lost the focus.
fn left(can: Capabilities) -> State {
    let mut state = opened(can);
    handle_event(&mut state, Event::Focus(false));
    state
}

/// What is told, in words.
fn announced(effects: &[Effect]) -> Vec<String> {
    let words = effects.iter().filter_map(|effect| match effect {
        Effect::Notify(told) => Some(told.title.as_str().to_owned()),
        _ => None,
    });
    words.collect()
}

fn delivery(message: Option<&str>, verdict: Verdict) -> DeliveryRow {
    DeliveryRow {
        id: DeliveryId(1),
        channel: ChannelName::new("flow"),
        at: now(),
        trust: Some(Trust::Verified),
        verdict,
        replay: false,
        summary: "what was said".to_owned(),
        size: 3,
        conversation: Some(id("c2")),
        message: message.map(MessageId::new),
        request: None,
    }
}

fn request(name: &str, received: i64, deadline: i64) -> DataRequest {
    DataRequest {
        id: RequestId::new(name),
        channel: ChannelName::new("lookups"),
        key: "order_status".to_owned(),
        inputs: "{}".to_owned(),
        link: None,
        trust: Trust::Verified,
        received: now().plus_millis(received),
        deadline: now().plus_millis(deadline),
        state: RequestState::Received,
        answer: None,
        failure: None,
    }
}

#[test]
fn a_message_that_came_is_told_and_nothing_else_that_came() {
    let mut state = left(by_webhook());
    for (message, verdict) in [(None, Verdict::Accepted), (Some("m"), Verdict::Duplicate)] {
        let came = Event::Webhooks(WebhookEvent::Came(vec![delivery(message, verdict)]));
        assert_eq!(announced(&handle_event(&mut state, came)), [""; 0]);
    }
    let came = Event::Webhooks(WebhookEvent::Came(vec![delivery(Some("m"), Verdict::Accepted); 3]));
    assert_eq!(announced(&handle_event(&mut state, came)), ["flow: 3 new messages"]);
}

#[test]
fn the_end_of_a_turn_is_told_as_it_ended() {
    for (step, expected) in [
        (Step::Done(Finish::Stop, None), &["flow: the reply is there"][..]),
        (Step::Done(Finish::Cut, None), &["flow: the reply stopped before its end"]),
        (Step::Done(Finish::Cancelled, None), &[]),
        (Step::Ended(OutState::Rejected, failure(Kind::Invalid)), &["flow: a message was not sent"]),
        (Step::Ended(OutState::Unknown, failure(Kind::Network)), &["flow: nobody knows whether a message arrived"]),
        (Step::Ended(OutState::Queued, failure(Kind::Network)), &[]),
    ] {
        let mut state = opened(Capabilities { stream: true, ..by_webhook() });
        let (turn, _) = send(&mut state, "hi");
        handle_event(&mut state, Event::Focus(false));
        let effects = handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn, step.clone())));
        assert_eq!(announced(&effects), expected, "{step:?}");
    }
}

#[test]
fn what_happens_on_a_channel_behind_the_screen_is_told_too() {
    let mut state = State::new(vec![(view("docs", false), all()), (view("flow", false), all())], 0, 7);
    handle_action(&mut state, Action::NextChannel);
    let (turn, _) = send(&mut state, "hi");
    handle_action(&mut state, Action::NextChannel);
    handle_event(&mut state, Event::Focus(false));
    let done = ChannelEvent::Turn(turn, Step::Done(Finish::Stop, None));
    let effects = handle_event(&mut state, Event::Channel(ChannelName::new("flow"), done));
    assert_eq!(announced(&effects), ["flow: the reply is there"]);
}

#[test]
fn a_data_request_is_told_when_it_comes_and_when_its_time_is_nearly_up() {
    let mut state = left(by_webhook());
    let take = |state: &mut State, requests: Vec<DataRequest>| {
        handle_event(state, Event::Webhooks(WebhookEvent::Requests(requests)))
    };
    assert_eq!(announced(&take(&mut state, vec![request("old", 0, 600_000)])), [""; 0], "it waited at the start");
    let both = vec![request("old", 0, 600_000), request("new", 0, 30_000)];
    let effects = take(&mut state, both.clone());
    assert_eq!(announced(&effects), ["lookups: data is asked for"]);
    assert!(effects.contains(&Effect::Wake(now().plus_millis(15_000))), "{effects:?}");
    assert_eq!(announced(&take(&mut state, both.clone())), [""; 0], "it is known");
    let mut at = |ms: i64| announced(&update(&mut state, Event::Tick, now().plus_millis(ms)));
    assert_eq!(at(14_999), [""; 0]);
    assert_eq!(at(15_000), ["lookups: a data request is about to expire"], "half of half a minute");
    assert_eq!(at(15_001), [""; 0], "once");
    assert_eq!(at(539_999), [""; 0]);
    assert_eq!(at(540_000), ["lookups: a data request is about to expire"], "a minute of ten");
}

#[test]
fn where_the_user_is_is_kept_as_it_changes_and_comes_back() {
    let kept = |effects: &[Effect]| {
        effects.iter().find_map(|e| if let Effect::KeepResume(resume) = e { Some(resume.clone()) } else { None })
    };
    let channels = || vec![(view("docs", false), all()), (view("flow", false), all())];
    let mut state = State::new(channels(), 0, 7);
    assert_eq!(kept(&handle_action(&mut state, Action::Help)), None, "before it is where it was, nothing is kept");
    handle_action(&mut state, Action::Back);
    resume(&mut state, None, now());
    let first = kept(&handle_event(&mut state, Event::Tick)).unwrap();
    assert_eq!((first.channel.as_str(), first.view), ("docs", ViewKind::Chat));
    assert_eq!(kept(&handle_event(&mut state, Event::Tick)), None, "nothing changed");
    let there = kept(&handle_action(&mut state, Action::NextChannel)).unwrap();
    assert_eq!(there.channel.as_str(), "flow");
    let webhooks = kept(&handle_action(&mut state, Action::ShowWebhooks)).unwrap();
    assert_eq!((webhooks.channel.as_str(), webhooks.view), ("flow", ViewKind::Webhooks));

    let mut again = State::new(channels(), 1, 7);
    let effects = resume(&mut again, Some(&webhooks), now());
    assert_eq!(again.window.view, ViewKind::Webhooks);
    assert!(effects.iter().any(|e| matches!(e, Effect::Webhooks(WebhookEffect::Page { .. }))), "{effects:?}");
    assert_eq!(kept(&update(&mut again, Event::Tick, now())), None, "it is where it was");

    let mut elsewhere = State::new(channels(), 0, 7);
    resume(&mut elsewhere, Some(&webhooks), now());
    assert_eq!(elsewhere.window.view, ViewKind::Chat, "another channel was asked for");
}

#[test]
fn the_pane_and_the_message_that_was_read_come_back_unless_somebody_typed() {
    let reading = Bookmark { conversation: id("c1"), message: MessageId::new("m3"), row: 2 };
    let was = Resume { focus: Focus::Roster, reading: Some(reading), ..Resume::at(ChannelName::new("docs")) };
    for typed in [false, true] {
        let mut state = state(false);
        resume(&mut state, Some(&was), now());
        if typed {
            type_text(&mut state, "x");
        }
        let rows = vec![RosterRow::new(id("c1"), "a title", Some(now()))];
        let restored = Restored { rows, ..Restored::default() };
        handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::new(restored))));
        load(&mut state, (1..=5).map(|seq| past(seq, Role::User, "hi", false)).collect());
        assert_eq!(state.window.focus, if typed { Focus::Composer } else { Focus::Roster });
        let Scroll::At(anchor) = state.channel().chat.scroll else { panic!("it follows the end") };
        assert_eq!(anchor.row, 2);
        // A row on is kept after a while, and at the latest when one leaves.
        let top = Anchor { row: 3, ..anchor };
        state.channel_mut().chat.measured.top = Some(top);
        let at = |state: &mut State, ms| update(state, Event::Tick, now().plus_millis(ms));
        let effects = at(&mut state, 0);
        assert!(effects.contains(&Effect::Wake(now().plus_millis(1_000))), "{effects:?}");
        let effects = at(&mut state, 1_000);
        let kept = effects
            .iter()
            .find_map(|e| if let Effect::KeepResume(resume) = e { resume.reading.clone() } else { None });
        assert_eq!(kept.map(|reading| (reading.message.to_string(), reading.row)), Some(("m3".to_owned(), 3)));
    }
}
