//! The Webhooks view, pure: events in, effects out.

mod answers;
mod chance;
mod following;
mod uses;

use crate::app::webhooks::{Change, Overlay, Selected, Side};
use crate::app::*;
use crate::domain::*;

fn now() -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000)
}

fn later(ms: i64) -> Timestamp {
    now().plus_millis(ms)
}

fn blank() -> State {
    let can = Capabilities { send: true, webhook: true, ..Capabilities::NONE };
    let channel = |name: &str, platform| {
        let view = ChannelInfo {
            name: ChannelName::new(name),
            label: SafeText::one_line(name),
            platform,
            sandbox: false,
            read_only: false,
        };
        (view, can)
    };
    let channels = vec![channel("flow", Platform::new("klaunch")), channel("lookups", Platform::new("optech"))];
    let mut state = State::new(channels, 0, 7);
    update(&mut state, Event::Open(ChannelEvent::Restored(Box::default())), now());
    state
}

fn handle_event(state: &mut State, event: WebhookEvent) -> Vec<Effect> {
    update(state, Event::Webhooks(event), now())
}

fn handle_action(state: &mut State, action: Action) -> Vec<Effect> {
    update(state, Event::Action(action), now())
}

fn press(state: &mut State, key: Key) -> Vec<Effect> {
    match resolve(&state.contexts(), key) {
        Some(action) => handle_action(state, action),
        None => Vec::new(),
    }
}

fn key(c: char) -> Key {
    Key::plain(Code::Char(c))
}

fn row(n: i64) -> DeliveryRow {
    let verdict = match n % 5 {
        0 => Verdict::Rejected(Refused::new(401, RefusalCode::SignatureWrong, "the signature is wrong")),
        1 => Verdict::Duplicate,
        _ => Verdict::Accepted,
    };
    DeliveryRow {
        id: DeliveryId(n),
        channel: ChannelName::new(if n % 2 == 0 { "flow" } else { "lookups" }),
        at: now(),
        trust: Some(Trust::Verified),
        verdict,
        replay: false,
        summary: format!("Summary {n}"),
        size: 2,
        conversation: None,
        message: None,
        request: None,
    }
}

fn rows(range: std::ops::RangeInclusive<i64>) -> Vec<DeliveryRow> {
    range.rev().map(row).collect()
}

fn delivery(body: &str) -> Delivery {
    Delivery {
        channel: ChannelName::new("flow"),
        at: now(),
        url: "http://127.0.0.1:8787/hooks/flow/k3y".into(),
        headers: vec![("authorization".into(), "Bearer s3cret".into())],
        body: body.as_bytes().to_vec().into(),
        replay: false,
    }
}

fn page_of(effects: &[Effect]) -> Option<(u64, Option<DeliveryId>)> {
    effects.iter().find_map(|e| match e {
        Effect::Webhooks(WebhookEffect::Page { ticket, before, .. }) => Some((*ticket, *before)),
        _ => None,
    })
}

/// The view, open, with deliveries 1 to 40 and ten rows on screen.
fn open() -> State {
    let mut state = blank();
    let effects = handle_action(&mut state, Action::ShowWebhooks);
    let (ticket, before) = page_of(&effects).unwrap();
    assert_eq!(before, None);
    let measured = WebhooksMeasured { list: Some(10), detail: 20, lines: 100 };
    handle_event(&mut state, WebhookEvent::Measured(measured));
    handle_event(&mut state, WebhookEvent::Page { ticket, rows: rows(1..=40), end: true });
    read(&mut state, "{}");
    state
}

/// Reads whatever delivery was asked for.
fn read(state: &mut State, body: &str) {
    while let Some(id) = state.webhooks.opening {
        handle_event(state, WebhookEvent::Opened(id, Some(Box::new(delivery(body)))));
    }
}

fn on_screen(state: &State) -> Vec<i64> {
    state.webhooks.list.visible(10).map(|(row, _)| row.id.0).collect()
}

fn selected(state: &State) -> i64 {
    state.webhooks.delivery_id().unwrap().0
}

fn notice(state: &State) -> &str {
    state.window.notice.as_ref().map_or("", |n| n.text.as_str())
}

fn request(id: &str, deadline_ms: i64) -> DataRequest {
    DataRequest {
        id: RequestId::new(id),
        channel: ChannelName::new("lookups"),
        key: "status".into(),
        inputs: "{}".into(),
        link: Some("https://api.example/1".into()),
        trust: Trust::Verified,
        received: now(),
        deadline: later(deadline_ms),
        state: RequestState::Received,
        answer: None,
        failure: None,
    }
}

/// The view with the first data request's editor open.
fn answering(deadline_ms: i64) -> State {
    let mut state = open();
    handle_event(&mut state, WebhookEvent::Requests(vec![request("r1", deadline_ms)]));
    handle_action(&mut state, Action::Up);
    press(&mut state, Key::plain(Code::Enter));
    assert_eq!(state.contexts(), [Context::Answer]);
    state
}

#[test]
fn the_views_are_switched_and_the_composer_keeps_its_text() {
    let mut state = blank();
    crate::app::testing::retype(&mut state, "half a tho", now());
    press(&mut state, key('3'));
    assert_eq!(state.window.view, ViewKind::Chat);
    press(&mut state, Key::alt(Code::Char('3')));
    assert_eq!((state.window.view, state.channel().composer.text.as_str()), (ViewKind::Webhooks, "half a tho"));
    press(&mut state, key('1'));
    assert_eq!((state.window.view, state.channel().composer.text.as_str()), (ViewKind::Chat, "half a tho"));
    state.window.focus = Focus::Transcript;
    press(&mut state, key('3'));
    assert_eq!(state.window.view, ViewKind::Webhooks);
    // The second time nothing is read again.
    assert_eq!(page_of(&handle_action(&mut state, Action::ShowWebhooks)), None);
}

#[test]
fn that_nothing_listens_is_said_once_with_the_way_out() {
    let mut state = blank();
    let failure = Failure::new(Kind::Network, "The listener is off: it is in use.").hint("Stop the other program.");
    let view = |state: ListenerState| ListenerView {
        state,
        address: "127.0.0.1:8787".into(),
        public: false,
        hooks: Vec::new(),
    };
    let off = WebhookEvent::Listener(view(ListenerState::Off(failure)));
    let effects = handle_event(&mut state, off.clone());
    assert_eq!(notice(&state), "The listener is off: it is in use. Stop the other program. It is tried again.");
    assert!(state.webhooks.is_deaf() && matches!(effects[..], [Effect::Wake(_)]));
    state.window.notice = None;
    handle_event(&mut state, off);
    assert_eq!(notice(&state), "");
    handle_event(&mut state, WebhookEvent::Listener(view(ListenerState::Listening)));
    assert_eq!((notice(&state), state.webhooks.is_deaf()), ("Listening on 127.0.0.1:8787 now.", false));
    state.window.notice = None;
    handle_event(&mut state, WebhookEvent::Listener(view(ListenerState::Listening)));
    assert_eq!(notice(&state), "");
}

#[test]
fn hooks_are_copied_and_tested_by_channel() {
    let mut state = open();
    let channel = ChannelName::new("flow");
    assert_eq!(press(&mut state, key('c')), [Effect::Webhooks(WebhookEffect::CopyHookUrl(channel.clone()))]);
    let effects =
        handle_event(&mut state, WebhookEvent::HookUrl(channel.clone(), Ok("http://h/hooks/flow/k".into())));
    assert_eq!(
        effects.first(),
        Some(&Effect::Copy(Clip { what: "The hook URL of flow".into(), text: "http://h/hooks/flow/k".into() }))
    );
    let test = Effect::Webhooks(WebhookEffect::SelfTest(channel.clone()));
    assert_eq!(press(&mut state, key('t')).first(), Some(&test));
    assert!(!press(&mut state, key('t')).contains(&test));
    handle_event(&mut state, WebhookEvent::SelfTested(channel, Ok("The sample came back verified.".into())));
    assert_eq!(press(&mut state, key('t')).first(), Some(&test));
}

#[test]
fn ctrl_c_stops_no_reply_that_is_not_seen() {
    let mut state = open();
    press(&mut state, Key::ctrl('c'));
    assert!(press(&mut state, Key::ctrl('c')).contains(&Effect::Quit));
}
