//! What of a message is handed to programs of the user's own: where a link leads is shown first, and what is read is safe.

use super::*;
use crate::app::event::OutsideEvent;

fn browsed(address: String, result: Result<String, Failure>) -> Event {
    Event::Outside(OutsideEvent::Browsed(address, result))
}

fn talk() -> State {
    let mut state = open("c1");
    let text = "[here](https://a.example/x) and [there](javascript:alert(1)) \u{1b}[31mred\u{202e}";
    load(&mut state, vec![past(1, Role::User, "where?", true), past(2, Role::Assistant, text, false)]);
    state.window.focus = Focus::Transcript;
    state
}

#[test]
fn a_link_is_opened_after_it_is_shown_where_it_leads() {
    let mut state = talk();
    assert_eq!(handle_action(&mut state, Action::Links), []);
    assert_eq!(state.contexts(), [Context::Links]);
    let Some(Overlay::Links(links)) = state.window.overlay() else { panic!("no list") };
    assert_eq!(links.selected().and_then(|link| link.address.as_deref()), Some("https://a.example/x"));
    // A click selects, and opens nothing.
    assert_eq!(handle_event(&mut state, Event::Click(Pane::Overlay, 1)), []);
    let effects = handle_action(&mut state, Action::Confirm);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Browse(_))), "{effects:?}");
    assert!(
        state.window.notice.as_ref().is_some_and(|notice| notice.bad && notice.text.as_str().contains("not opened"))
    );
    handle_action(&mut state, Action::Up);
    assert_eq!(handle_action(&mut state, Action::Confirm), [Effect::Browse("https://a.example/x".to_owned())]);
    assert!(state.window.overlay().is_none());
    handle_event(&mut state, browsed("https://a.example/x".to_owned(), Ok("firefox".to_owned())));
    let said = state.window.notice.clone().unwrap();
    assert_eq!(said.text.as_str(), "Handed to firefox: https://a.example/x");
    let none = Failure::new(Kind::Failed, "There is no browser.").hint("Set BROWSER to one.");
    handle_event(&mut state, browsed("https://a.example/x".to_owned(), Err(none)));
    assert!(state.window.notice.as_ref().is_some_and(|notice| notice.text.as_str().ends_with("Set BROWSER to one.")));
}

#[test]
fn a_pager_gets_what_is_picked_or_all_and_nothing_that_acts() {
    let mut state = talk();
    let page = |effects: Vec<Effect>| match effects.as_slice() {
        [Effect::Page(text)] => text.clone(),
        other => panic!("{other:?}"),
    };
    let all = page(handle_action(&mut state, Action::Pager));
    assert!(all.starts_with("you, ") && all.contains(":\nwhere?\n\nbot, ") && all.ends_with("<U+202E>\n"), "{all}");
    assert!(!all.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{all:?}");
    state.channel_mut().chat.older = true;
    assert!(page(handle_action(&mut state, Action::Pager)).starts_with("(Older messages are not loaded"));
    handle_action(&mut state, Action::PickPrevious);
    let one = page(handle_action(&mut state, Action::Pager));
    assert!(one.starts_with("bot, ") && !one.contains("where?"), "{one}");
    handle_event(
        &mut state,
        Event::Outside(OutsideEvent::Paged(Err(Failure::new(Kind::Failed, "There is no pager.")))),
    );
    assert!(state.window.notice.as_ref().is_some_and(|notice| notice.bad));
}

#[test]
fn what_belongs_to_a_view_is_closed_on_the_way_to_another_the_inbox_too() {
    for (opens, leaves) in [
        (Action::Links, Action::ShowInbox),
        (Action::CopyMenu, Action::ShowInbox),
        (Action::ShowMessage, Action::ShowInbox),
        (Action::Links, Action::ShowLog),
    ] {
        let mut state = talk();
        handle_action(&mut state, opens);
        assert!(state.window.overlay().is_some(), "{opens:?}");
        handle_action(&mut state, leaves);
        assert!(state.window.overlay().is_none() && state.window.view != ViewKind::Chat, "{opens:?} {leaves:?}");
    }
}
