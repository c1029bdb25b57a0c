//! Stepping back, stopping and leaving.

use super::*;

#[test]
fn escape_goes_back_one_level_at_a_time() {
    let mut state = open("c1");
    let (turn, _) = send(&mut state, "go");
    state.window.focus = Focus::Transcript;
    handle_action(&mut state, Action::Help);
    assert_eq!(handle_action(&mut state, Action::Back), []);
    assert_eq!(state.window.help(), None);
    assert_eq!(handle_action(&mut state, Action::Back), [Effect::Open(ChannelEffect::Stop(turn.clone()))]);
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn, Step::Done(Finish::Cancelled, None))));
    handle_action(&mut state, Action::Back);
    assert_eq!(state.window.focus, Focus::Composer);
}

#[test]
fn ctrl_c_stops_then_warns_then_quits_and_never_takes_the_draft() {
    let mut state = open("c1");
    let (turn, _) = send(&mut state, "go");
    type_text(&mut state, "draft");
    assert_eq!(handle_action(&mut state, Action::Interrupt), [Effect::Open(ChannelEffect::Stop(turn.clone()))]);
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn, Step::Done(Finish::Cancelled, None))));
    assert!(!handle_action(&mut state, Action::Interrupt).contains(&Effect::Quit));
    let effects = handle_action(&mut state, Action::Interrupt);
    assert_eq!(effects.last(), Some(&Effect::Quit));
    assert!(
        effects
            .contains(&Effect::Open(ChannelEffect::SaveDraft { conversation: Some(id("c1")), text: "draft".into() }))
    );
}

#[test]
fn the_second_ctrl_c_must_come_soon() {
    let mut state = open("c1");
    handle_action(&mut state, Action::Interrupt);
    let late = now().plus_millis(3_000);
    update(&mut state, Event::Tick, late);
    let effects = update(&mut state, Event::Action(Action::Interrupt), late);
    assert!(!effects.contains(&Effect::Quit));
}

#[test]
fn end_goes_where_the_frame_says_in_every_pane() {
    let end = Key::plain(Code::End);
    let mut state = open("c1");
    state.channel_mut().roster.merge((0..9).map(|n| RosterRow::new(id(&format!("r{n}")), "", None)));
    let away = |state: &mut State| {
        state.channel_mut().chat.scroll = Scroll::At(Anchor { item: 0, row: 0 });
    };
    for focus in [Focus::Composer, Focus::Transcript] {
        away(&mut state);
        state.window.focus = focus;
        assert_eq!(state.meaning(end), Some(Action::Bottom), "{focus:?}");
        handle_action(&mut state, Action::Bottom);
        assert_eq!(state.channel().chat.scroll, Scroll::Follow, "{focus:?}");
    }
    // In a text that is written, and where nothing newer is out of sight, it is the line's end.
    state.window.focus = Focus::Composer;
    assert_eq!(state.meaning(end), None);
    away(&mut state);
    type_text(&mut state, "half a message");
    assert_eq!(state.meaning(end), None);
    assert!(!state.contexts().contains(&Context::Unwritten));
    // In the list it is the list's.
    state.window.focus = Focus::Roster;
    assert_eq!(state.meaning(end), Some(Action::Bottom));
    handle_action(&mut state, Action::Bottom);
    assert_eq!(state.channel().roster.selected_position(), Some(state.channel().roster.shown.len() - 1));
    assert_ne!(state.channel().chat.scroll, Scroll::Follow);
}

#[test]
fn end_and_home_are_a_pair_wherever_they_are_bound() {
    let bound = |context: Context, code| {
        BINDINGS.iter().find(|b| b.context == context && b.keys.contains(&Key::plain(code))).map(|b| b.action)
    };
    let mut any = 0;
    for (_, context) in Context::ALL {
        let (home, end) = (bound(context, Code::Home), bound(context, Code::End));
        assert!(matches!(end, None | Some(Action::Bottom)), "{context:?}");
        if context != Context::Unwritten {
            assert_eq!(home.is_some(), end.is_some(), "{context:?}");
            assert!(matches!(home, None | Some(Action::Top)), "{context:?}");
        }
        any += usize::from(end.is_some());
    }
    assert!(any > 10);
}
