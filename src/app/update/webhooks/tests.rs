//! The Webhooks view, pure: events in, effects out.

use proptest::prelude::*;

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
        let view =
            ChannelView { name: ChannelName::new(name), label: SafeText::one_line(name), platform, sandbox: false };
        (view, can)
    };
    let channels = vec![channel("flow", Platform::ALL[1]), channel("lookups", Platform::ALL[4])];
    let mut state = State::new(channels, 0, 7);
    update(&mut state, Event::Restored(Box::default()), now());
    state
}

fn happen(state: &mut State, event: WebhookEvent) -> Vec<Effect> {
    update(state, Event::Webhooks(event), now())
}

fn act(state: &mut State, action: Action) -> Vec<Effect> {
    update(state, Event::Action(action), now())
}

fn press(state: &mut State, key: Key) -> Vec<Effect> {
    match resolve(&state.contexts(), key) {
        Some(action) => act(state, action),
        None => Vec::new(),
    }
}

fn key(c: char) -> Key {
    Key::plain(Code::Char(c))
}

fn row(n: i64) -> DeliveryRow {
    let verdict = match n % 5 {
        0 => Verdict::Rejected { status: 401, reason: "the signature is wrong".into() },
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
    let effects = act(&mut state, Action::ShowWebhooks);
    let (ticket, before) = page_of(&effects).unwrap();
    assert_eq!(before, None);
    let measured = WebhooksMeasured { list: Some(10), detail: 20, lines: 100 };
    happen(&mut state, WebhookEvent::Measured(measured));
    happen(&mut state, WebhookEvent::Page { ticket, rows: rows(1..=40), end: true });
    read(&mut state, "{}");
    state
}

/// Reads whatever delivery was asked for.
fn read(state: &mut State, body: &str) {
    while let Some(id) = state.webhooks.opening {
        happen(state, WebhookEvent::Opened(id, Some(Box::new(delivery(body)))));
    }
}

fn on_screen(state: &State) -> Vec<i64> {
    state.webhooks.list.visible(10).map(|(row, _)| row.id.0).collect()
}

fn selected(state: &State) -> i64 {
    state.webhooks.delivery_id().unwrap().0
}

fn notice(state: &State) -> &str {
    state.notice.as_ref().map_or("", |n| n.text.as_str())
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
    happen(&mut state, WebhookEvent::Requests(vec![request("r1", deadline_ms)]));
    act(&mut state, Action::Up);
    press(&mut state, Key::plain(Code::Enter));
    assert_eq!(state.contexts(), [Context::Answer]);
    state
}

#[test]
fn the_views_are_switched_and_the_composer_keeps_its_text() {
    let mut state = blank();
    update(&mut state, Event::Typed("half a tho".into()), now());
    press(&mut state, key('3'));
    assert_eq!(state.view, ViewKind::Chat);
    press(&mut state, Key::alt(Code::Char('3')));
    assert_eq!((state.view, state.composer.text.as_str()), (ViewKind::Webhooks, "half a tho"));
    press(&mut state, key('1'));
    assert_eq!((state.view, state.composer.text.as_str()), (ViewKind::Chat, "half a tho"));
    state.focus = Focus::Transcript;
    press(&mut state, key('3'));
    assert_eq!(state.view, ViewKind::Webhooks);
    // The second time nothing is read again.
    assert_eq!(page_of(&act(&mut state, Action::ShowWebhooks)), None);
}

#[test]
fn the_newest_is_followed_and_nothing_else_moves() {
    let mut state = open();
    assert_eq!((selected(&state), on_screen(&state)[0]), (40, 40));
    let effects = happen(&mut state, WebhookEvent::Came(vec![row(41), row(42)]));
    assert_eq!((selected(&state), on_screen(&state)[0]), (42, 42));
    assert_eq!(effects, [Effect::Webhooks(WebhookEffect::Open(DeliveryId(42)))]);
    read(&mut state, "{}");
    act(&mut state, Action::Down);
    read(&mut state, "{}");
    let before = on_screen(&state);
    let effects = happen(&mut state, WebhookEvent::Came((43..=54).map(row).collect()));
    assert_eq!((on_screen(&state), selected(&state)), (before, 41));
    assert_eq!((state.webhooks.list.new_above, effects), (12, Vec::new()));
    act(&mut state, Action::Top);
    assert_eq!((selected(&state), state.webhooks.list.new_above), (54, 0));
}

#[test]
fn what_is_read_on_the_right_is_not_taken_away() {
    let mut state = open();
    act(&mut state, Action::NextPane);
    happen(&mut state, WebhookEvent::Came(vec![row(41)]));
    assert_eq!((selected(&state), state.webhooks.list.new_above), (40, 1));
    act(&mut state, Action::Back);
    assert_eq!(state.webhooks.side, Side::List);
    happen(&mut state, WebhookEvent::Came(vec![row(42)]));
    assert_eq!((selected(&state), state.webhooks.list.new_above), (40, 2));
}

#[test]
fn of_many_that_come_one_is_read_at_a_time() {
    let mut state = open();
    let mut opened = Vec::new();
    for n in 41..1_041 {
        opened.extend(happen(&mut state, WebhookEvent::Came(vec![row(n)])));
    }
    assert_eq!(opened, [Effect::Webhooks(WebhookEffect::Open(DeliveryId(41)))]);
    let then = happen(&mut state, WebhookEvent::Opened(DeliveryId(41), Some(Box::new(delivery("{}")))));
    assert_eq!(then, [Effect::Webhooks(WebhookEffect::Open(DeliveryId(1_040)))]);
}

#[test]
fn a_flood_does_not_fill_the_memory() {
    let mut state = open();
    for n in 0..300 {
        happen(&mut state, WebhookEvent::Came((n * 100 + 41..n * 100 + 141).map(row).collect()));
    }
    let list = &state.webhooks.list;
    assert_eq!((list.rows.len(), list.shown.len(), list.end), (10_000, 10_000, false));
}

#[test]
fn what_came_twice_stands_there_once() {
    let mut state = open();
    happen(&mut state, WebhookEvent::Came(vec![row(41), row(40), row(41), row(7)]));
    assert_eq!(state.webhooks.list.rows.len(), 41);
    let ids: Vec<i64> = state.webhooks.list.shown.iter().map(|id| id.0).collect();
    assert_eq!(ids, (1..=41).rev().collect::<Vec<_>>());
}

#[test]
fn older_pages_are_read_as_the_end_comes_near() {
    let mut state = blank();
    let (ticket, _) = page_of(&act(&mut state, Action::ShowWebhooks)).unwrap();
    happen(&mut state, WebhookEvent::Measured(WebhooksMeasured { list: Some(10), detail: 9, lines: 9 }));
    let effects = happen(&mut state, WebhookEvent::Page { ticket, rows: rows(801..=1_000), end: false });
    assert_eq!(page_of(&effects), None);
    let (ticket, before) = page_of(&act(&mut state, Action::Bottom)).unwrap();
    assert_eq!(before, Some(DeliveryId(801)));
    // A late answer to another question changes nothing.
    happen(&mut state, WebhookEvent::Page { ticket: ticket + 99, rows: rows(1..=2), end: true });
    assert_eq!(state.webhooks.list.rows.len(), 200);
    happen(&mut state, WebhookEvent::Page { ticket, rows: rows(601..=800), end: false });
    assert_eq!((state.webhooks.list.rows.len(), selected(&state)), (400, 801));
}

#[test]
fn a_filter_leaves_what_it_says_and_looks_only_so_far() {
    let mut state = open();
    let mut filter = |text: &str| {
        press(&mut state, key('/'));
        update(&mut state, Event::FilterTyped(text.into()), now());
        let left = state.webhooks.list.shown.iter().map(|id| id.0).collect::<Vec<_>>();
        press(&mut state, Key::plain(Code::Esc));
        left
    };
    assert_eq!(filter("summary 12"), [12]);
    assert_eq!(filter("channel:look state:rejected"), [35, 25, 15, 5]);
    assert_eq!(filter("FLOW 401 3"), [30]);
    assert_eq!(filter("flow duplicate"), [36, 26, 16, 6]);
    assert_eq!(filter("nothing like it"), [] as [i64; 0]);
    assert_eq!(state.webhooks.list.shown.len(), 40);
    // What comes is filtered as well.
    press(&mut state, key('/'));
    update(&mut state, Event::FilterTyped("duplicate".into()), now());
    happen(&mut state, WebhookEvent::Came((41..=50).map(row).collect()));
    assert_eq!(state.webhooks.list.shown.front(), Some(&DeliveryId(46)));
    // A filter that finds nothing goes through so many and rests.
    state.webhooks.list.end = false;
    let mut before = 0;
    let mut pages = 0;
    let mut effects = update(&mut state, Event::FilterTyped("xyz".into()), now());
    while let Some((ticket, _)) = page_of(&effects) {
        before -= 200;
        pages += 1;
        effects = happen(&mut state, WebhookEvent::Page { ticket, rows: rows(before..=before + 199), end: false });
    }
    assert!((20..30).contains(&pages) && state.webhooks.list.rests());
    assert!(page_of(&act(&mut state, Action::Bottom)).is_some());
}

#[test]
fn a_failed_page_is_asked_for_again_only_by_the_user() {
    let mut state = blank();
    act(&mut state, Action::ShowWebhooks);
    happen(&mut state, WebhookEvent::Failed(Failure::new(Kind::Failed, "the store is gone")));
    assert_eq!(page_of(&happen(&mut state, WebhookEvent::Measured(WebhooksMeasured::default()))), None);
    assert!(page_of(&act(&mut state, Action::Bottom)).is_some());
}

#[test]
fn the_selection_goes_through_both_lists() {
    let mut state = open();
    happen(&mut state, WebhookEvent::Requests(vec![request("late", 9_000), request("soon", 5_000)]));
    act(&mut state, Action::Up);
    act(&mut state, Action::Up);
    let Selected::Request(first) = state.webhooks.selected() else { panic!() };
    assert_eq!(first.id.as_str(), "soon");
    act(&mut state, Action::Up);
    for _ in 0..2 {
        act(&mut state, Action::Down);
    }
    assert_eq!(selected(&state), 40);
}

#[test]
fn an_answer_is_checked_and_sent_once() {
    let mut state = answering(9_000);
    let untouched = press(&mut state, Key::ctrl('s'));
    assert!(!untouched.iter().any(|e| matches!(e, Effect::Webhooks(_))));
    happen(&mut state, WebhookEvent::AnswerTyped("{\"a\": }".into()));
    let problem = state.webhooks.answer.as_ref().unwrap().problem.clone().unwrap();
    assert_eq!((problem.line, problem.column), (1, 7));
    press(&mut state, Key::ctrl_key(Code::Enter));
    assert_eq!(notice(&state), "Not sent: line 1, column 7: expected value.");
    happen(&mut state, WebhookEvent::AnswerTyped("[1]".into()));
    assert!(press(&mut state, Key::ctrl('s')).iter().all(|e| !matches!(e, Effect::Webhooks(_))));
    happen(&mut state, WebhookEvent::AnswerTyped("{\"a\": 1}".into()));
    let answer = WebhookEffect::Answer { request: RequestId::new("r1"), data: "{\"a\": 1}".into() };
    assert_eq!(press(&mut state, Key::ctrl('s')), [Effect::Webhooks(answer)]);
    assert!(press(&mut state, Key::ctrl('s')).iter().all(|e| !matches!(e, Effect::Webhooks(_))));
    let failed = Failure::new(Kind::Network, "no connection");
    happen(&mut state, WebhookEvent::Answered(RequestId::new("r1"), Err(failed)));
    assert_eq!(state.webhooks.answer.as_ref().map(|a| a.text.text.as_str()), Some("{\"a\": 1}"));
    press(&mut state, Key::ctrl('s'));
    happen(&mut state, WebhookEvent::Answered(RequestId::new("r1"), Ok(RequestState::Posted)));
    assert!(state.webhooks.answer.is_none() && state.webhooks.drafts.is_empty());
    assert_eq!(state.webhooks.requests.all[0].state, RequestState::Posted);
}

#[test]
fn too_late_is_not_sent_and_says_by_how_much() {
    let mut state = answering(5_000);
    happen(&mut state, WebhookEvent::AnswerTyped("{\"a\": 1}".into()));
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
fn the_list_holds_still_also_where_all_of_it_has_room() {
    let mut state = open();
    let measured = WebhooksMeasured { list: Some(60), detail: 20, lines: 100 };
    happen(&mut state, WebhookEvent::Measured(measured));
    act(&mut state, Action::Top);
    act(&mut state, Action::Down);
    read(&mut state, "{}");
    let before = on_screen(&state);
    happen(&mut state, WebhookEvent::Came(rows(41..=43)));
    assert_eq!((on_screen(&state), state.webhooks.list.new_above), (before, 3));
    act(&mut state, Action::Top);
    assert_eq!((on_screen(&state)[0], state.webhooks.list.new_above), (43, 0));
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
    let effects = happen(&mut state, off.clone());
    assert_eq!(notice(&state), "The listener is off: it is in use. Stop the other program. It is tried again.");
    assert!(state.is_deaf() && matches!(effects[..], [Effect::Wake(_)]));
    state.notice = None;
    happen(&mut state, off);
    assert_eq!(notice(&state), "");
    happen(&mut state, WebhookEvent::Listener(view(ListenerState::Listening)));
    assert_eq!((notice(&state), state.is_deaf()), ("Listening on 127.0.0.1:8787 now.", false));
    state.notice = None;
    happen(&mut state, WebhookEvent::Listener(view(ListenerState::Listening)));
    assert_eq!(notice(&state), "");
}

#[test]
fn a_body_that_was_not_changed_is_not_sent() {
    let mut state = open();
    assert!(matches!(
        act(&mut state, Action::ReplayEdited)[..],
        [Effect::Webhooks(WebhookEffect::EditReplay { .. })]
    ));
    let effects = update(&mut state, Event::Edited(Ok(None)), now());
    assert!(matches!(effects[..], [Effect::Wake(_)]) && state.webhooks.overlay.is_none());
    assert!(notice(&state).starts_with("Nothing was changed"));
}

#[test]
fn the_text_is_kept_as_long_as_the_request_lives() {
    let mut state = answering(60_000);
    happen(&mut state, WebhookEvent::AnswerTyped("{\"half".into()));
    press(&mut state, Key::plain(Code::Esc));
    press(&mut state, Key::plain(Code::Enter));
    assert_eq!(state.webhooks.answer.as_ref().unwrap().text.text, "{\"half");
    let effects = press(&mut state, Key::ctrl('o'));
    let edit = WebhookEffect::EditAnswer { request: RequestId::new("r1"), text: "{\"half".into() };
    assert_eq!(effects, [Effect::Webhooks(edit)]);
    happen(&mut state, WebhookEvent::Drafted(RequestId::new("r1"), "{\"b\": 2}".into()));
    assert_eq!(state.webhooks.answer.as_ref().unwrap().text.text, "{\"b\": 2}");
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

#[test]
fn a_replay_to_a_url_is_asked_about_first() {
    let mut state = open();
    press(&mut state, key('u'));
    for (typed, refused) in
        [("nonsense", true), ("ftp://h/x", true), ("http://u:p@h/", true), ("https://h:1/x", false)]
    {
        if let Some(Overlay::Prompt { text, .. }) = &mut state.webhooks.overlay {
            text.clear();
        }
        update(&mut state, Event::FilterTyped(typed.into()), now());
        press(&mut state, Key::plain(Code::Enter));
        let still = matches!(state.webhooks.overlay, Some(Overlay::Prompt { problem: Some(_), .. }));
        assert_eq!(still, refused, "{typed}");
    }
    assert_eq!(state.contexts(), [Context::Confirm]);
    assert_eq!(press(&mut state, Key::plain(Code::Enter)), []);
    let effects = press(&mut state, key('y'));
    let to = ReplayTarget::Url("https://h:1/x".into());
    let replay = WebhookEffect::Replay { delivery: DeliveryId(40), body: None, to };
    assert_eq!(effects.first(), Some(&Effect::Webhooks(replay)));
    // One at a time.
    assert!(press(&mut state, key('r')).iter().all(|e| !matches!(e, Effect::Webhooks(_))));
    let answer = Replayed { status: 200, body: String::new(), ms: 3, to: "h:1".into() };
    happen(&mut state, WebhookEvent::Replayed(Ok(answer)));
    let own = WebhookEffect::Replay { delivery: DeliveryId(40), body: None, to: ReplayTarget::Own };
    assert_eq!(press(&mut state, key('r')).first(), Some(&Effect::Webhooks(own)));
}

#[test]
fn an_edited_replay_is_asked_about_and_can_be_given_up() {
    let mut state = open();
    let effects = press(&mut state, key('R'));
    let edit = WebhookEffect::EditReplay { delivery: DeliveryId(40), text: "{}".into() };
    assert_eq!(effects, [Effect::Webhooks(edit)]);
    happen(&mut state, WebhookEvent::ReplayDrafted(DeliveryId(40), "{\"x\":1}".into()));
    assert_eq!(press(&mut state, Key::plain(Code::Esc)), []);
    assert_eq!(state.webhooks.overlay, None);
    happen(&mut state, WebhookEvent::ReplayDrafted(DeliveryId(40), "{\"x\":1}".into()));
    let effects = press(&mut state, key('y'));
    let replay =
        WebhookEffect::Replay { delivery: DeliveryId(40), body: Some("{\"x\":1}".into()), to: ReplayTarget::Own };
    assert_eq!(effects.first(), Some(&Effect::Webhooks(replay)));
}

#[test]
fn a_command_is_copied_without_its_secrets_unless_asked_for() {
    let mut state = open();
    let copied = |effects: Vec<Effect>| match effects.into_iter().next() {
        Some(Effect::Copy(text)) => text,
        other => panic!("{other:?}"),
    };
    let masked = copied(press(&mut state, key('y')));
    assert!(masked.starts_with("curl ") && !masked.contains("s3cret") && !masked.contains("k3y"), "{masked}");
    assert!(notice(&state).contains("sent to the terminal's clipboard"));
    assert!(copied(press(&mut state, key('Y'))).contains("s3cret"));
    act(&mut state, Action::Down);
    read(&mut state, &format!("\"{}\"", "x".repeat(100_000)));
    assert!(press(&mut state, key('y')).iter().all(|e| !matches!(e, Effect::Copy(_))));
    assert!(notice(&state).contains("nothing was sent"));
}

#[test]
fn two_deliveries_are_compared_by_their_paths() {
    let mut state = open();
    press(&mut state, key('='));
    assert!(state.webhooks.compared.is_none());
    press(&mut state, key('m'));
    press(&mut state, key('m'));
    assert!(state.webhooks.marked.is_none());
    press(&mut state, key('m'));
    act(&mut state, Action::Down);
    read(&mut state, "{\"a\":1}");
    press(&mut state, key('='));
    let compared = state.webhooks.compared.as_ref().unwrap();
    assert_eq!((compared.left, compared.right), (DeliveryId(40), DeliveryId(39)));
    let change = Change { path: ".a".into(), removed: None, added: Some("1".into()) };
    assert_eq!(compared.changes.as_ref().unwrap().told, [change]);
    press(&mut state, Key::plain(Code::Esc));
    assert!(state.webhooks.compared.is_none());
}

#[test]
fn a_delivery_leads_to_its_conversation() {
    let mut state = open();
    press(&mut state, key('o'));
    assert_eq!((state.view, notice(&state)), (ViewKind::Webhooks, "That delivery belongs to no conversation."));
    let conversation = ConversationId::new("c1");
    let brought = DeliveryRow {
        conversation: Some(conversation.clone()),
        message: Some(MessageId::new("m2")),
        channel: ChannelName::new("flow"),
        ..row(50)
    };
    happen(&mut state, WebhookEvent::Came(vec![brought.clone()]));
    press(&mut state, key('o'));
    assert_eq!((state.view, state.open_id()), (ViewKind::Chat, Some(&conversation)));
    let past = |seq: i64, id: &str| {
        let message = Message {
            id: MessageId::new(id),
            role: Role::Assistant,
            text: id.into(),
            created_at: Moment::default(),
            extras: Extras::default(),
        };
        Past::new(seq, message, false, None, None)
    };
    let history = vec![past(1, "m1"), past(2, "m2"), past(3, "m3")];
    let ticket = state.chat.ticket;
    update(&mut state, Event::Stored(ticket, Box::new(Stored { history, ..Stored::default() })), now());
    let item = state.chat.history[1].key;
    assert_eq!(state.chat.scroll, Scroll::At(Anchor { item, row: 0 }));
    // And back from there.
    update(
        &mut state,
        Event::Measured(Measured { top: Some(Anchor { item, row: 0 }), ..Measured::default() }),
        now(),
    );
    state.chat.scroll = Scroll::At(Anchor { item, row: 0 });
    let effects = press(&mut state, key('w'));
    let find =
        WebhookEffect::FindDelivery { conversation: conversation.clone(), message: Some(MessageId::new("m2")) };
    assert_eq!(effects, [Effect::Webhooks(find)]);
    happen(&mut state, WebhookEvent::Came(vec![row(51)]));
    happen(&mut state, WebhookEvent::FoundDelivery(Some(DeliveryId(50))));
    assert_eq!((state.view, selected(&state)), (ViewKind::Webhooks, 50));
    // Another channel's conversation opens the channel with it.
    happen(&mut state, WebhookEvent::Came(vec![DeliveryRow { channel: ChannelName::new("lookups"), ..brought }]));
    press(&mut state, key('o'));
    assert_eq!((state.view, &state.channel.name), (ViewKind::Chat, &ChannelName::new("lookups")));
    assert_eq!(state.open_id(), Some(&conversation));
}

#[test]
fn a_delivery_that_the_list_does_not_reach_to_is_read_all_the_same() {
    let mut state = blank();
    let effects = happen(&mut state, WebhookEvent::FoundDelivery(Some(DeliveryId(150))));
    assert!(effects.contains(&Effect::Webhooks(WebhookEffect::Open(DeliveryId(150)))));
    let (ticket, _) = page_of(&effects).unwrap();
    let effects = happen(&mut state, WebhookEvent::Page { ticket, rows: rows(301..=500), end: false });
    let (ticket, before) = page_of(&effects).unwrap();
    assert_eq!((before, selected(&state)), (Some(DeliveryId(301)), 150));
    happen(&mut state, WebhookEvent::Page { ticket, rows: rows(101..=300), end: false });
    assert_eq!((state.webhooks.seek, state.webhooks.list.selected), (None, Some(DeliveryId(150))));
    happen(&mut state, WebhookEvent::FoundDelivery(None));
    assert_eq!(notice(&state), "No webhook brought this message.");
}

#[test]
fn hooks_are_copied_and_tested_by_channel() {
    let mut state = open();
    let channel = ChannelName::new("flow");
    assert_eq!(press(&mut state, key('c')), [Effect::Webhooks(WebhookEffect::CopyHookUrl(channel.clone()))]);
    let effects = happen(&mut state, WebhookEvent::HookUrl(channel.clone(), Ok("http://h/hooks/flow/k".into())));
    assert_eq!(effects.first(), Some(&Effect::Copy("http://h/hooks/flow/k".into())));
    let test = Effect::Webhooks(WebhookEffect::SelfTest(channel.clone()));
    assert_eq!(press(&mut state, key('t')).first(), Some(&test));
    assert!(!press(&mut state, key('t')).contains(&test));
    happen(&mut state, WebhookEvent::SelfTested(channel, Ok("The sample came back verified.".into())));
    assert_eq!(press(&mut state, key('t')).first(), Some(&test));
}

#[test]
fn ctrl_c_stops_no_reply_that_is_not_seen() {
    let mut state = open();
    press(&mut state, Key::ctrl('c'));
    assert!(press(&mut state, Key::ctrl('c')).contains(&Effect::Quit));
}

fn any_event() -> impl Strategy<Value = Event> {
    let code = prop_oneof![
        "[1-3jkgGouRrymhtcpYqnw=/ ]".prop_map(|s| Code::Char(s.chars().next().unwrap_or('j'))),
        prop::sample::select(vec![Code::Enter, Code::Esc, Code::Tab, Code::Up, Code::Down, Code::PageUp, Code::End]),
    ];
    let webhook = prop_oneof![
        prop::collection::vec(1..99_i64, 0..5).prop_map(|ids| WebhookEvent::Came(ids.into_iter().map(row).collect())),
        (0..30_u64, 1..99_i64, any::<bool>()).prop_map(|(ticket, n, end)| WebhookEvent::Page {
            ticket,
            rows: rows(n..=n + 9),
            end
        }),
        (1..99_i64, any::<bool>())
            .prop_map(|(n, there)| WebhookEvent::Opened(DeliveryId(n), there.then(|| Box::new(delivery("{}"))))),
        prop::collection::vec(("[a-c]", -3_000..9_000_i64), 0..4)
            .prop_map(|list| { WebhookEvent::Requests(list.into_iter().map(|(id, ms)| request(&id, ms)).collect()) }),
        "[a-c]".prop_map(|id| WebhookEvent::Answered(RequestId::new(id), Ok(RequestState::Posted))),
        "[{}a\":]{0,5}".prop_map(WebhookEvent::AnswerTyped),
        (1..99_i64).prop_map(|n| WebhookEvent::ReplayDrafted(DeliveryId(n), "{}".into())),
        prop::option::of(1..99_i64).prop_map(|n| WebhookEvent::FoundDelivery(n.map(DeliveryId))),
        Just(WebhookEvent::Failed(Failure::new(Kind::Failed, "no"))),
        (0..30_usize, 0..9_usize, 0..99_usize).prop_map(|(list, detail, lines)| {
            WebhookEvent::Measured(WebhooksMeasured { list: (list > 0).then_some(list), detail, lines })
        }),
    ];
    prop_oneof![
        4 => code.prop_map(|code| Event::Action(resolve(&[Context::Deliveries, Context::Delivery, Context::Detail],
            Key::plain(code)).unwrap_or(Action::SendAnswer))),
        4 => webhook.prop_map(Event::Webhooks),
        1 => prop::sample::select(BINDINGS.iter().map(|b| b.action).collect::<Vec<_>>()).prop_map(Event::Action),
        1 => "[a-z:]{0,3}".prop_map(Event::FilterTyped),
        1 => Just(Event::FilterErased),
        1 => Just(Event::Tick),
        1 => (0..9_usize).prop_map(|n| Event::Click(Pane::Deliveries, n)),
        1 => (0..9_usize).prop_map(|n| Event::Click(Pane::Requests, n)),
        1 => (-3..3_i64).prop_map(|n| Event::Wheel(Pane::Deliveries, n)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever happens in whatever order: no panic, the list in order, the selection and the window inside it, no
    /// answer twice on its way, and none sent after its deadline.
    #[test]
    fn the_list_stays_whole_and_no_answer_is_sent_late(events in prop::collection::vec((any_event(), 0..400_i64), 1..120)) {
        let mut state = blank();
        let mut at = now();
        let mut sending = 0;
        for (event, ms) in events {
            at = at.plus_millis(ms);
            if matches!(event, Event::Webhooks(WebhookEvent::Answered(..))) {
                sending = 0;
            }
            let deadline =
                |state: &State, id: &RequestId| state.webhooks.requests.get(id).map(|r| r.deadline);
            for effect in update(&mut state, event, at) {
                match effect {
                    Effect::Webhooks(WebhookEffect::Answer { request, .. }) => {
                        sending += 1;
                        prop_assert!(deadline(&state, &request).is_some_and(|d| d > at));
                    }
                    Effect::Wake(when) => prop_assert!(when > at || state.notice.is_some() || state.quit_armed.is_some()),
                    _ => {}
                }
            }
            prop_assert!(sending <= 1);
            let list = &state.webhooks.list;
            prop_assert!(list.rows.iter().zip(list.rows.iter().skip(1)).all(|(a, b)| a.id > b.id));
            prop_assert!(list.shown.iter().zip(list.shown.iter().skip(1)).all(|(a, b)| a > b));
            prop_assert!(list.shown.iter().all(|id| list.row(*id).is_some()));
            prop_assert!(list.top <= list.shown.len() && list.new_above <= list.top);
        }
    }
}
