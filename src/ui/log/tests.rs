//! Pictures of the Log view at three sizes.

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::app::{Action, ChannelInfo, Event, LogEffect, LogEvent, RanAgain, State, ViewKind, update};
use crate::app::{Effect, Key, TextInput};
use crate::domain::{Capabilities, ChannelName, LoggedCall, Platform, SECRET, SafeText, Timestamp};
use crate::ui::View;

const SIZES: [(u16, u16); 3] = [(120, 40), (80, 24), (40, 12)];

fn now() -> Timestamp {
    Timestamp::from_millis(1_760_000_000_000)
}

fn call(n: i64) -> LoggedCall {
    let (channel, method, path, status) = match n % 5 {
        0 => ("docs", "POST", "/api/external/conversations", Some(200)),
        1 => ("frontline", "GET", "/v2/users", Some(401)),
        2 => ("docs", "GET", "/api/external/sources/7bb301ad/rows/\u{1b}[31m\u{202e}", Some(200)),
        3 => ("agents", "POST", "/v1/conversations/日本語/messages", None),
        _ => ("agents", "GET", "/v1/conversations", Some(503)),
    };
    LoggedCall {
        id: n.to_string(),
        at: now().plus_millis((n - 40) * 47_000),
        channel: Some(ChannelName::new(channel)),
        method: method.into(),
        url: format!("https://platform.example:8443{path}"),
        query: n % 2 == 0,
        status,
        error: status.is_none().then(|| "no connection to platform.example: refused".into()),
        ms: u64::try_from(n).unwrap() * 700,
        bytes: if method == "POST" { 321 } else { 0 },
        attempt: if n % 5 == 4 { 3 } else { 1 },
        read: n % 5 != 3,
        again: false,
        headers: vec![("x-api-key".into(), SECRET.into()), ("x-odd".into(), "\u{1b}]0;title\u{7}".into())],
    }
}

fn event(state: &mut State, event: LogEvent) -> Vec<Effect> {
    update(state, Event::Log(event), now())
}

fn action(state: &mut State, action: Action) -> Vec<Effect> {
    update(state, Event::Action(action), now())
}

/// The view, open, with so many calls in the log of which a page was told.
fn opened() -> State {
    let info = ChannelInfo {
        name: ChannelName::new("docs"),
        label: SafeText::one_line("docs"),
        platform: Platform::new("chat-thing"),
        sandbox: false,
        read_only: false,
    };
    let can = Capabilities { sources: true, send: true, ..Capabilities::NONE };
    let mut state = State::new(vec![(info, can)], 0, 7);
    let asked = action(&mut state, Action::ShowLog);
    let [Effect::Log(LogEffect::Begin { ticket, limit })] = asked[..] else { panic!("{asked:?}") };
    assert_eq!((state.window.view, limit), (ViewKind::Log, 200));
    event(&mut state, LogEvent::Page { ticket, calls: (1..=40).rev().map(call).collect(), end: true });
    state
}

fn pictures(name: &str, state: &mut State) {
    for (width, height) in SIZES {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let mut view = View::new(false);
        // What is measured is told, as on the screen.
        for _ in 0..2 {
            let mut drawn = None;
            terminal.draw(|f| drawn = Some(view.draw(f, state, now()))).unwrap();
            let measured = drawn.and_then(|drawn| drawn.log).unwrap();
            event(state, LogEvent::Measured(measured));
        }
        let shown = terminal.backend().to_string();
        assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}') && !shown.contains('\u{7}'), "{shown}");
        insta::assert_snapshot!(format!("{name}-{width}x{height}"), terminal.backend());
    }
}

#[test]
fn calls_are_listed_and_one_is_shown_whole() {
    let mut state = opened();
    pictures("calls", &mut state);
    let copied = action(&mut state, Action::CopyCommand);
    assert!(
        matches!(&copied[..], [Effect::Copy(clip)] if clip.text.starts_with("curl -X POST 'https://platform.example:8443/api/external/conversations?QUERY'")
            && clip.text.contains("'x-api-key: '\"$X_API_KEY\"")),
        "{copied:?}"
    );
    for _ in 0..4 {
        action(&mut state, Action::Down);
    }
    action(&mut state, Action::Open);
    pictures("call", &mut state);
}

#[test]
fn a_read_is_made_again_and_its_answer_shown_and_a_write_never() {
    let mut state = opened();
    let asked = action(&mut state, Action::RunAgain);
    let key = match &asked[0] {
        Effect::Log(LogEffect::RunAgain(key, call)) => {
            assert!(call.read && call.id == "40");
            *key
        }
        other => panic!("{other:?}"),
    };
    assert!(action(&mut state, Action::RunAgain).iter().all(|effect| !matches!(effect, Effect::Log(_))));
    let body = SafeText::new("{\n  \"conversations\": []\n}");
    event(&mut state, LogEvent::RanAgain(key, Ok(RanAgain { status: 200, ms: 12, body, left_out: 0 })));
    action(&mut state, Action::Open);
    pictures("again", &mut state);
    action(&mut state, Action::Back);
    action(&mut state, Action::Down);
    action(&mut state, Action::Down);
    assert!(!state.log.selected().unwrap().read, "a write is selected");
    assert!(action(&mut state, Action::RunAgain).iter().all(|effect| !matches!(effect, Effect::Log(_))));
    let notice = state.window.notice.as_ref().unwrap();
    assert!(notice.bad && notice.text.as_str().starts_with("Only what reads"), "{notice:?}");
}

#[test]
fn a_filter_narrows_by_words_and_by_key_and_reads_on() {
    let mut state = opened();
    action(&mut state, Action::OnlyFailed);
    assert!(state.log.list.visible(100).all(|(row, _)| row.has_failed()) && state.log.list.shown.len() == 24);
    pictures("failed", &mut state);
    action(&mut state, Action::OnlyFailed);
    assert_eq!(state.log.list.shown.len(), 40);
    action(&mut state, Action::Filter);
    for letter in "frontline".chars() {
        update(&mut state, Event::Line(TextInput::Key(Key::plain(crate::app::Code::Char(letter)))), now());
    }
    assert!(state.log.list.shown.len() == 8 && state.log.filtering);
    // Esc clears the filter, and then leaves.
    action(&mut state, Action::Back);
    assert_eq!((state.log.list.shown.len(), state.window.view), (40, ViewKind::Log));
    action(&mut state, Action::Back);
    assert_eq!(state.window.view, ViewKind::Chat);
}

#[test]
fn the_newest_is_followed_until_an_older_one_is_read() {
    let mut state = opened();
    event(&mut state, LogEvent::Came(vec![call(41), call(42)]));
    assert_eq!(state.log.selected().unwrap().id, "42");
    action(&mut state, Action::Down);
    event(&mut state, LogEvent::Came(vec![call(43)]));
    assert_eq!(state.log.selected().unwrap().id, "41");
    assert_eq!(state.log.list.rows.front().unwrap().id, "43");
    // So many that the list begins anew.
    let asked = event(&mut state, LogEvent::Outrun);
    assert!(matches!(asked[..], [Effect::Log(LogEffect::Begin { .. })]) && state.log.list.rows.is_empty());
}
