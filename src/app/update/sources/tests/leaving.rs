//! Leaving while something is staged.

use super::*;

#[test]
fn nobody_is_asked_where_nothing_is_staged() {
    let mut stand = Stand::open();
    stand.keys("qq");
    assert!(stand.quit);
}

#[test]
fn leaving_asks_once_where_something_is_staged() {
    let mut stand = Stand::open();
    stand.press(key('d'));
    stand.keys("qq");
    assert!(!stand.quit);
    assert_eq!((stand.state.window.leave_asked(), stand.state.contexts()), (Some(1), vec![Context::Leave]));
    stand.press(key('n'));
    assert_eq!((stand.state.window.leave_asked(), stand.view().staged().count()), (None, 1));
    stand.press(Key::ctrl('c'));
    stand.press(Key::ctrl('c'));
    stand.press(Key::ctrl('c'));
    assert!(stand.quit && stand.state.window.leaving);
}

#[test]
fn the_question_lies_over_every_view_and_counts_every_channel() {
    let mut stand = Stand::blank();
    let effects = begin(&mut stand.state);
    assert!(effects.contains(&Effect::Open(ChannelEffect::Sources(SourcesEffect::Changes))));
    let notes = ChannelName::new("notes");
    let asked = Effect::Channel(notes.clone(), ChannelEffect::Sources(SourcesEffect::Changes));
    assert!(effects.contains(&asked), "{effects:?}");
    assert_eq!(effects.iter().filter(|e| matches!(e, Effect::Channel(..))).count(), 1, "flow has no sources");
    let change = Change {
        id: ChangeId::new("c"),
        channel: notes.clone(),
        source: sid("s"),
        row: Some(rid("r")),
        base: None,
        label: "Prices".into(),
        edit: Edit::Delete,
        state: ChangeState::Staged,
        at: now(),
    };
    let event = ChannelEvent::Sources(SourcesEvent::Changes(vec![change]));
    stand.event(Event::Channel(notes, event));
    stand.press(Key::ctrl('d'));
    assert_eq!(stand.state.window.leave_asked(), Some(1));
    assert!(stand.state.window.is_covered() && stand.state.offers(Action::Confirm));
    stand.press(ENTER);
    assert!(stand.quit);
}
