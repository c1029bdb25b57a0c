//! Pictures of the Webhooks view at three sizes, and what drawing a large body costs.

use std::time::Instant;

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::app::webhooks::Overlay;
use crate::app::{
    Action, ChannelInfo, Effect, Event, HookView, ListenerState, ListenerView, State, WebhookEffect, WebhookEvent,
    update,
};
use crate::domain::{
    Capabilities, ChannelName, ConversationId, DataRequest, Delivery, DeliveryId, DeliveryRow, Failure, Kind,
    Platform, RefusalCode, Refused, RequestId, RequestState, SafeText, Timestamp, Trust, Verdict,
};
use crate::ui::View;

const SIZES: [(u16, u16); 3] = [(120, 40), (80, 24), (40, 12)];

fn now() -> Timestamp {
    Timestamp::from_millis(1_760_000_000_000)
}

fn handle_event(state: &mut State, event: WebhookEvent) -> Vec<Effect> {
    update(state, Event::Webhooks(event), now())
}

fn handle_action(state: &mut State, action: Action) -> Vec<Effect> {
    update(state, Event::Action(action), now())
}

fn row(n: i64) -> DeliveryRow {
    let reason = "the signature is right, and 6 min 12 s older than the 30 s that are allowed";
    let rejected = Verdict::Rejected(Refused::new(401, RefusalCode::SignatureStale, reason));
    let (channel, trust, verdict, summary) = match n % 6 {
        0 => ("lookups", Some(Trust::Verified), Verdict::Accepted, "data request order_status"),
        1 => ("flow", Some(Trust::Unsigned), Verdict::Accepted, "bot: \u{1b}[31mYour order is on its way\u{202e}"),
        2 => ("frontline", Some(Trust::Unverified), Verdict::Accepted, "ann: 日本語のメッセージ"),
        3 => ("agents", None, rejected, "conversation.ended"),
        4 => ("flow", Some(Trust::Unsigned), Verdict::Duplicate, "bot: Your order is on its way"),
        _ => ("agents", Some(Trust::Verified), Verdict::Accepted, "conversation.started"),
    };
    DeliveryRow {
        id: DeliveryId(n),
        channel: ChannelName::new(channel),
        at: now().plus_millis((n - 40) * 47_000),
        trust,
        verdict,
        replay: n == 35,
        summary: summary.into(),
        size: 1_234,
        conversation: (n % 6 == 1).then(|| ConversationId::new("user-12388")),
        message: None,
        request: None,
    }
}

const BODY: &str = r#"{"type":"conversation.ended","id":"evt_1","amount":1.0,"nested":{"tags":["a","b"],"text":"it\u2019s <b>\u001b[31m</b>"},"long":"a text that is so long that it has to be wrapped onto another row of the pane, at a space if there is one"}"#;

fn delivery(n: i64, body: &str) -> Delivery {
    let headers = [
        ("host", "hooks.example.com"),
        ("content-type", "application/json"),
        ("authorization", "Bearer abcdef"),
        ("x-eko-signature", "Va12JSFB+Fs03rxzdvh7icVLk546dmNGSrPkkClJW/U="),
        ("x-odd", "\u{1b}]0;title\u{7}"),
    ];
    Delivery {
        channel: ChannelName::new("flow"),
        at: row(n).at,
        url: "https://hooks.example.com/hooks/flow/s3cr3t".into(),
        headers: headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
        body: body.as_bytes().to_vec().into(),
        replay: false,
    }
}

fn request(id: &str, ms: i64, became: RequestState) -> DataRequest {
    DataRequest {
        id: RequestId::new(id),
        channel: ChannelName::new("lookups"),
        key: "order_status".into(),
        inputs: r#"{"order":12388,"email":"ann@example.com"}"#.into(),
        link: Some("https://api.optech.ai/hooks/reply/1".into()),
        trust: Trust::Verified,
        received: now().plus_millis(-8_000),
        deadline: now().plus_millis(ms),
        state: became,
        answer: (became == RequestState::Failed).then(|| r#"{"status":"sent"}"#.into()),
        failure: (became == RequestState::Failed)
            .then(|| Failure::new(Kind::Platform, "the platform refused the answer (400)")),
    }
}

fn listener() -> ListenerView {
    let hook = |name: &str, key: &str, note: Option<&str>| HookView {
        channel: ChannelName::new(name),
        url: SafeText::one_line(&format!("https://hooks.example.com/hooks/{name}{key}")),
        note: note.map(str::to_owned),
    };
    ListenerView {
        state: ListenerState::Listening,
        address: "127.0.0.1:8787".into(),
        public: false,
        hooks: vec![
            hook("flow", "/***", None),
            hook("frontline", "", Some("Its client secret could not be had: EKO_CLIENT_SECRET is not set.")),
            hook("lookups", "", None),
        ],
    }
}

fn empty() -> State {
    let view = ChannelInfo {
        name: ChannelName::new("flow"),
        label: SafeText::one_line("flow"),
        platform: Platform::new("klaunch"),
        sandbox: false,
        read_only: false,
    };
    let mut state = State::new(vec![(view, Capabilities { send: true, webhook: true, ..Capabilities::NONE })], 0, 7);
    handle_event(&mut state, WebhookEvent::Listener(listener()));
    state
}

fn ticket(effects: &[Effect]) -> u64 {
    let found = effects.iter().find_map(|e| match e {
        Effect::Webhooks(WebhookEffect::Page { ticket, .. }) => Some(*ticket),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no page was asked for: {effects:?}"))
}

/// Reads whatever delivery was asked for.
fn read(state: &mut State, body: &str) {
    while let Some(id) = state.webhooks.opening {
        handle_event(state, WebhookEvent::Opened(id, Some(Box::new(delivery(id.0, body)))));
    }
}

fn full() -> State {
    let mut state = empty();
    let effects = handle_action(&mut state, Action::ShowWebhooks);
    let rows = (1..=40).rev().map(row).collect();
    handle_event(&mut state, WebhookEvent::Page { ticket: ticket(&effects), rows, end: true });
    read(&mut state, BODY);
    picture(&mut View::new(false), &mut state, (80, 24));
    state
}

fn with_requests() -> State {
    let mut state = full();
    let requests = vec![
        request("r1", 9_000, RequestState::Received),
        request("r2", 582_000, RequestState::Received),
        request("r3", 60_000, RequestState::Posted),
        request("r4", 60_000, RequestState::Failed),
        request("r5", -1, RequestState::Received),
    ];
    handle_event(&mut state, WebhookEvent::Requests(requests));
    state
}

fn picture(view: &mut View, state: &mut State, size: (u16, u16)) -> String {
    drawn(view, state, size).to_string()
}

fn drawn(view: &mut View, state: &mut State, (width, height): (u16, u16)) -> TestBackend {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    // A second time with what the first one measured, as the screen does.
    for _ in 0..2 {
        let mut drawn = None;
        terminal.draw(|frame| drawn = view.draw(frame, state, now()).webhooks).unwrap();
        if let Some(measured) = drawn {
            handle_event(state, WebhookEvent::Measured(measured));
        }
    }
    terminal.backend().clone()
}

fn pictures(name: &str, state: &mut State) {
    for size in SIZES {
        let mut view = View::new(false);
        let drawn = drawn(&mut view, state, size);
        let mut picture = drawn.to_string();
        covers(size, &mut view, state);
        crate::ui::tests::truth::assert_true(&picture, state);
        // Exact times depend on where the test runs.
        for ms in (0..41).map(|n| (n - 40) * 47_000).chain([-8_000, 9_000, 582_000, 60_000, -1]) {
            picture = picture.replace(&now().plus_millis(ms).exact(), "2025-10-09 08:53:20");
        }
        let styled = crate::ui::tests::styles::with_styles(&picture, drawn.buffer());
        insta::assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), styled);
    }
}

/// What lies over the view covers it.
fn covers(size: (u16, u16), view: &mut View, state: &State) {
    let glyphs = view.glyphs;
    let area = crate::ui::popup::tests::assert_covers(size, |f| {
        let room = ratatui::layout::Rect { y: 1, height: f.area().height - 2, ..f.area() };
        super::overlay::draw(f, room, state, &glyphs);
    });
    assert_eq!(area.is_empty(), state.webhooks.overlay.is_none());
    if !area.is_empty() && !state.window.is_covered() && state.window.notice.is_none() {
        crate::ui::popup::tests::assert_covered(size, view, state, area);
    }
}

#[test]
fn the_list_and_a_delivery() {
    let mut state = full();
    for _ in 0..3 {
        handle_action(&mut state, Action::Down);
    }
    read(&mut state, BODY);
    picture(&mut View::new(false), &mut state, (120, 40));
    handle_event(&mut state, WebhookEvent::Came((41..53).map(row).collect()));
    pictures("list", &mut state);
    handle_action(&mut state, Action::NextPane);
    pictures("delivery", &mut state);
}

#[test]
fn a_rejected_one() {
    let mut state = full();
    handle_action(&mut state, Action::Filter);
    update(&mut state, Event::typed("state:rejected agents".into()), now());
    read(&mut state, "not json\n\u{1b}[2J");
    pictures("rejected", &mut state);
}

#[test]
fn data_requests_with_their_countdown() {
    let mut state = with_requests();
    (0..3).for_each(|_| _ = handle_action(&mut state, Action::Down));
    pictures("requests", &mut state);
    // From the deliveries too what waits is answered.
    handle_action(&mut state, Action::Top);
    read(&mut state, BODY);
    pictures("requested", &mut state);
}

#[test]
fn an_answer_with_a_mistake_in_it() {
    let mut state = with_requests();
    for _ in 0..5 {
        handle_action(&mut state, Action::Up);
    }
    handle_action(&mut state, Action::Open);
    crate::app::testing::retype(&mut state, "{\n  \"status\": oops\n}", now());
    pictures("answer", &mut state);
}

#[test]
fn two_deliveries_compared() {
    let mut state = full();
    handle_action(&mut state, Action::Mark);
    state.window.notice = None;
    handle_action(&mut state, Action::Down);
    read(
        &mut state,
        r#"{"type":"conversation.started","id":"evt_1","nested":{"tags":["a","c","d"]},"new key":null}"#,
    );
    handle_action(&mut state, Action::Mark);
    pictures("diff", &mut state);
}

#[test]
fn the_question_before_a_replay() {
    let mut state = full();
    handle_action(&mut state, Action::ReplayTo);
    update(&mut state, Event::typed("ftp://x".into()), now());
    handle_action(&mut state, Action::Confirm);
    pictures("prompt", &mut state);
    for _ in 0..7 {
        update(&mut state, Event::erased(), now());
    }
    update(&mut state, Event::typed("https://bot.example:8443/hook".into()), now());
    handle_action(&mut state, Action::Confirm);
    pictures("confirm", &mut state);
}

#[test]
fn the_hooks() {
    let mut state = empty();
    let effects = handle_action(&mut state, Action::ShowWebhooks);
    handle_event(&mut state, WebhookEvent::Page { ticket: ticket(&effects), rows: Vec::new(), end: true });
    pictures("empty", &mut state);
    handle_action(&mut state, Action::Hooks);
    handle_action(&mut state, Action::SelfTest);
    state.window.notice = None;
    let channel = ChannelName::new("flow");
    let failure = Failure::new(Kind::Network, "hooks.example.com did not answer within 10 s")
        .hint("Is the tunnel running that public_url names?");
    handle_event(&mut state, WebhookEvent::SelfTested(channel, Err(failure)));
    state.window.notice = None;
    let busy = Failure::new(Kind::Failed, "another program has port 8787")
        .hint("Set [listener] bind to another port, or end that program.");
    let view = ListenerView { state: ListenerState::Off(busy), public: true, ..listener() };
    handle_event(&mut state, WebhookEvent::Listener(view));
    handle_action(&mut state, Action::Down);
    pictures("hooks", &mut state);
}

#[test]
fn every_size_draws() {
    let mut view = View::new(true);
    let mut answering = with_requests();
    for _ in 0..5 {
        handle_action(&mut answering, Action::Up);
    }
    handle_action(&mut answering, Action::Open);
    let mut asking = full();
    handle_action(&mut asking, Action::ReplayTo);
    let mut hooks = full();
    hooks.webhooks.overlay = Some(Overlay::Hooks(2));
    for state in [&mut with_requests(), &mut answering, &mut asking, &mut hooks] {
        for width in (1..=130).step_by(9) {
            for height in (1..=45).step_by(2) {
                let drawn = picture(&mut view, state, (width, height));
                assert!(!drawn.contains('\u{1b}'));
            }
        }
    }
}

#[test]
fn a_body_of_a_mebibyte_stays_fast() {
    let mut state = full();
    let items: Vec<String> = (0..80_000).map(|n| format!("\"日本 {n}\"")).collect();
    let body = format!("[{}]", items.join(","));
    assert!(body.len() > 1024 * 1024);
    handle_action(&mut state, Action::Down);
    read(&mut state, &body);
    handle_action(&mut state, Action::NextPane);
    let mut view = View::new(false);
    picture(&mut view, &mut state, (120, 40));
    handle_action(&mut state, Action::Bottom);
    let begun = Instant::now();
    let drawn = picture(&mut view, &mut state, (120, 40));
    let took = begun.elapsed();
    assert!(drawn.contains("bytes more"), "{drawn}");
    // Two frames of an unoptimised build on a busy machine.
    assert!(took.as_millis() < 1_000, "{took:?}");
    println!("two frames: {took:?}");
}
