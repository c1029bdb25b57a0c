//! Stepping back, stopping and leaving.

use super::*;

#[test]
fn escape_goes_back_one_level_at_a_time() {
    let mut state = open("c1");
    let (turn, _) = send(&mut state, "go");
    state.focus = Focus::Transcript;
    act(&mut state, Action::Help);
    assert_eq!(act(&mut state, Action::Back), []);
    assert_eq!(state.help, None);
    assert_eq!(act(&mut state, Action::Back), [Effect::Stop(turn.clone())]);
    happen(&mut state, Event::Turn(turn, Step::Done(Finish::Cancelled, None)));
    act(&mut state, Action::Back);
    assert_eq!(state.focus, Focus::Composer);
}

#[test]
fn ctrl_c_stops_then_warns_then_quits_and_never_takes_the_draft() {
    let mut state = open("c1");
    let (turn, _) = send(&mut state, "go");
    type_text(&mut state, "draft");
    assert_eq!(act(&mut state, Action::Interrupt), [Effect::Stop(turn.clone())]);
    happen(&mut state, Event::Turn(turn, Step::Done(Finish::Cancelled, None)));
    assert!(!act(&mut state, Action::Interrupt).contains(&Effect::Quit));
    let effects = act(&mut state, Action::Interrupt);
    assert_eq!(effects.last(), Some(&Effect::Quit));
    assert!(effects.contains(&Effect::SaveDraft { conversation: Some(id("c1")), text: "draft".into() }));
}

#[test]
fn the_second_ctrl_c_must_come_soon() {
    let mut state = open("c1");
    act(&mut state, Action::Interrupt);
    let late = now().plus_millis(3_000);
    update(&mut state, Event::Tick, late);
    let effects = update(&mut state, Event::Action(Action::Interrupt), late);
    assert!(!effects.contains(&Effect::Quit));
}
