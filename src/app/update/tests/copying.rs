//! Picking messages and copying them: which are meant, what goes out, what is said of it.

use super::*;

const CODE: &str =
    "Use **this**:\n\n```sh\nmake\tall\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[docs](https://d.example)\n\n";

/// A conversation of four messages, its transcript drawn to the end and with the keys.
fn talk() -> State {
    let mut state = open("c1");
    let history = vec![
        past(1, Role::User, "first question", true),
        past(2, Role::Assistant, "first answer\u{202e}", false),
        past(3, Role::User, "second question", true),
        past(4, Role::Assistant, CODE, false),
    ];
    load(&mut state, history);
    state.window.focus = Focus::Transcript;
    draw(&mut state, 1, 4, true);
    state
}

/// Says that the screen shows the messages between two places.
fn draw(state: &mut State, top: usize, bottom: usize, at_bottom: bool) {
    let key = |at: usize| state.channel().chat.history[at - 1].key;
    let (top, bottom) = (Some(Anchor { item: key(top), row: 0 }), Some(key(bottom)));
    handle_event(state, Event::Measured(Measured { top, at_bottom, bottom, rows: 20, ..Measured::default() }));
}

fn picked(state: &State) -> Vec<usize> {
    state.channel().picked().collect()
}

fn clip(effects: &[Effect]) -> Clip {
    match effects {
        [Effect::Copy(clip)] => clip.clone(),
        other => panic!("{other:?}"),
    }
}

fn notice(state: &State) -> &str {
    state.window.notice.as_ref().map_or("", |notice| notice.text.as_str())
}

#[test]
fn a_pick_begins_at_what_is_on_screen_and_goes_from_message_to_message() {
    let mut state = talk();
    draw(&mut state, 1, 3, false);
    handle_action(&mut state, Action::PickPrevious);
    assert_eq!(picked(&state), [2]);
    assert_eq!(state.contexts().first(), Some(&Context::Picked));
    handle_action(&mut state, Action::PickPrevious);
    assert_eq!(
        (picked(&state), state.channel().chat.scroll),
        (vec![1], Scroll::Show(state.channel().chat.history[1].key))
    );
    handle_action(&mut state, Action::PickNext);
    handle_action(&mut state, Action::PickNext);
    handle_action(&mut state, Action::PickNext);
    assert_eq!(picked(&state), [3], "there is none behind the last");
    handle_action(&mut state, Action::Back);
    assert!(picked(&state).is_empty());
    handle_action(&mut state, Action::PickNext);
    assert_eq!(picked(&state), [0], "the first on screen");
    let second = state.channel().chat.history[1].key;
    handle_event(&mut state, Event::Pick(second));
    assert_eq!(picked(&state), [1]);
}

#[test]
fn what_a_search_went_to_is_meant_while_it_is_on_screen() {
    let mut state = talk();
    handle_action(&mut state, Action::SearchHere);
    handle_event(&mut state, Event::typed("first question".to_owned()));
    handle_action(&mut state, Action::Open);
    assert_eq!(clip(&handle_action(&mut state, Action::Copy)).text, "first question");
    // Scrolled away from it, nobody thinks of it.
    draw(&mut state, 2, 3, false);
    assert_eq!(clip(&handle_action(&mut state, Action::Copy)).text, "second question");
    draw(&mut state, 1, 3, false);
    handle_action(&mut state, Action::Back);
    assert_eq!(clip(&handle_action(&mut state, Action::Copy)).text, "second question", "the search is over");
}

#[test]
fn before_the_first_message_older_ones_are_loaded() {
    let mut state = talk();
    state.channel_mut().chat.older = true;
    state.channel_mut().chat.measured.at_top = true;
    let key = state.channel().chat.history[0].key;
    handle_event(&mut state, Event::Pick(key));
    let effects = handle_action(&mut state, Action::PickPrevious);
    assert!(matches!(effects[..], [Effect::Open(ChannelEffect::LoadOlder { .. })]), "{effects:?}");
}

#[test]
fn what_is_picked_stays_in_sight_when_more_comes() {
    let mut state = talk();
    handle_action(&mut state, Action::PickPrevious);
    draw(&mut state, 2, 4, true);
    let top = Scroll::At(Anchor { item: state.channel().chat.history[1].key, row: 0 });
    assert_eq!(state.channel().chat.scroll, top, "the end is not followed");
    handle_action(&mut state, Action::Back);
    assert_eq!(state.channel().chat.scroll, Scroll::Follow);
}

#[test]
fn one_message_is_copied_as_it_was_written_and_safe_to_be_pasted() {
    let mut state = talk();
    let last = clip(&handle_action(&mut state, Action::Copy));
    assert_eq!((last.what.as_str(), last.text.as_str()), ("The message", CODE.trim_end()));
    handle_action(&mut state, Action::PickPrevious);
    handle_action(&mut state, Action::PickPrevious);
    handle_action(&mut state, Action::PickPrevious);
    assert_eq!(clip(&handle_action(&mut state, Action::Copy)).text, "first answer<U+202E>");
}

#[test]
fn a_range_is_copied_with_who_said_it() {
    let mut state = talk();
    let key = state.channel().chat.history[2].key;
    handle_event(&mut state, Event::Pick(key));
    handle_action(&mut state, Action::PickRange);
    handle_action(&mut state, Action::PickPrevious);
    handle_action(&mut state, Action::PickPrevious);
    assert_eq!(picked(&state), [0, 1, 2]);
    let Clip { what, text } = clip(&handle_action(&mut state, Action::Copy));
    assert_eq!(what, "3 messages");
    let signs: Vec<&str> = text.lines().filter_map(|line| line.strip_suffix(':')?.split(',').next()).collect();
    assert_eq!(signs, ["you", "bot", "you"], "{text}");
    assert!(text.contains(":\nfirst answer<U+202E>\n\nyou, "), "{text}");
    handle_action(&mut state, Action::PickRange);
    assert_eq!(picked(&state), [0], "the range is over");
}

#[test]
fn the_menu_has_every_piece_of_a_message() {
    let mut state = talk();
    handle_action(&mut state, Action::CopyMenu);
    assert_eq!(state.contexts(), [Context::CopyMenu]);
    let mut taken = Vec::new();
    loop {
        let Some(Overlay::Copy(menu)) = state.window.overlay() else { panic!("no menu") };
        let (name, at, last) =
            (menu.entries[menu.menu.selected].name.to_string(), menu.menu.selected, menu.entries.len() - 1);
        taken.push((name, clip(&handle_action(&mut state, Action::Confirm)).text));
        assert!(state.window.overlay().is_none());
        if at == last {
            break;
        }
        handle_action(&mut state, Action::CopyMenu);
        for _ in 0..=at {
            handle_action(&mut state, Action::Down);
        }
    }
    let of = |name: &str| taken.iter().find(|(named, _)| named == name).map(|(_, text)| text.as_str());
    assert_eq!(of("the message"), Some(CODE.trim_end()));
    assert_eq!(of("code 1 sh"), Some("make\tall"));
    assert_eq!(of("table 1, tabs between its cells"), Some("a\tb\n1\t2"));
    assert_eq!(of("table 1 as markdown"), Some("| a | b |\n|---|---|\n| 1 | 2 |"));
    assert_eq!(of("link [1]"), Some("https://d.example"));
    assert_eq!(of("its id"), Some("m4"));
    assert_eq!(of("the conversation's id"), Some("c1"));
    let command = "patchcord -c docs conversations copy c1 --message m4 --stdout";
    assert_eq!(of("the command that prints it"), Some(command));
    assert!(of("as a quotation").unwrap().starts_with("> Use **this**:\n>\n> ```sh"));
    let json: serde_json::Value = serde_json::from_str(of("as JSON").unwrap()).unwrap();
    assert_eq!((&json["id"], &json["text"]), (&"m4".into(), &CODE.into()));
}

#[test]
fn what_the_mouse_marked_is_copied_until_it_is_let_go() {
    let mut state = talk();
    handle_action(&mut state, Action::PickPrevious);
    handle_event(&mut state, Event::Marked(Marked::Moving));
    assert!(picked(&state).is_empty());
    handle_event(&mut state, Event::Marked(Marked::Text("two\nlines\u{1b}\n".into())));
    assert_eq!(clip(&handle_action(&mut state, Action::Copy)).text, "two\nlines\u{241b}");
    handle_action(&mut state, Action::Back);
    assert_eq!(state.channel().chat.marked, None);
    assert_eq!(clip(&handle_action(&mut state, Action::Copy)).what, "The message");
}

#[test]
fn no_more_is_said_than_is_known() {
    let mut state = talk();
    let clip = Clip { what: "The message".into(), text: "x".into() };
    let mut said = |copied| {
        handle_event(&mut state, Event::Copied(clip.clone(), copied));
        (notice(&state).to_owned(), state.window.notice.as_ref().is_some_and(|notice| notice.bad))
    };
    assert_eq!(said(Copied::Desktop), ("The message: in the desktop's clipboard.".to_owned(), false));
    let stopped = said(Copied::Terminal { through: Some("tmux"), instead: None, stopped: true }).0;
    assert!(stopped.contains("passes no copy on") && stopped.contains("tmux set -g set-clipboard on"), "{stopped}");
    let sent = said(Copied::Terminal { through: Some("tmux"), instead: None, stopped: false }).0;
    assert!(sent.contains("through tmux by OSC 52, which does not confirm"), "{sent}");
    let sent = said(Copied::Terminal { through: None, instead: Some("it did not answer.".into()), stopped: false }).0;
    assert!(sent.contains("did not take it: it did not answer."), "{sent}");
    assert_eq!(said(Copied::File("/tmp/x.txt".into())).0, "The message: in /tmp/x.txt.");
    assert!(said(Copied::Failed(failure(Kind::Failed))).1);
}

#[test]
fn what_no_terminal_takes_can_go_to_a_file() {
    let mut state = talk();
    let clip = Clip { what: "The message".into(), text: "x".repeat(80_000) };
    handle_event(&mut state, Event::Copied(clip.clone(), Copied::TooLong(80_000, 74_994)));
    let Some(Overlay::Copy(menu)) = state.window.overlay() else { panic!("nothing is offered") };
    assert!(menu.why.as_ref().is_some_and(|why| why.as_str().contains("80 KB") && why.as_str().contains("74 KB")));
    assert_eq!(handle_action(&mut state, Action::Confirm), [Effect::WriteClip(clip.clone())]);
    state.window.view = ViewKind::Webhooks;
    handle_event(&mut state, Event::Copied(clip, Copied::TooLong(80_000, 74_994)));
    assert!(state.window.overlay().is_none() && notice(&state).contains("nothing was sent"));
}

#[test]
fn where_there_is_no_message_no_key_is_named() {
    let mut state = open("c1");
    state.window.focus = Focus::Transcript;
    for action in [Action::Copy, Action::CopyMenu, Action::PickPrevious, Action::PickNext, Action::PickRange] {
        assert!(!state.offers(action), "{action:?}");
        handle_action(&mut state, action);
        assert!(state.window.overlay().is_none() && state.channel().chat.picked.is_none());
    }
    let state = talk();
    assert!(state.offers(Action::Copy) && state.offers(Action::PickPrevious) && !state.offers(Action::PickRange));
}
