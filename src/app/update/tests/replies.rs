//! Saved replies: filled by what is known, asked for where nothing is, put where the cursor is, and never sent by that.

use super::*;
use crate::app::testing::assert_edits;

fn with(replies: &[(&str, &str)]) -> State {
    let mut state = opened(as_bot());
    let reply = |(name, text): &(&str, &str)| SavedReply {
        name: (*name).to_owned(),
        text: (*text).to_owned(),
        channels: Vec::new(),
    };
    state.replies = replies.iter().map(reply).collect();
    state.window.focus = Focus::Composer;
    state
}

fn choose(state: &mut State, typed: &str) -> Vec<Effect> {
    handle_action(state, Action::SavedReplies);
    handle_event(state, Event::typed(typed.to_owned()));
    handle_action(state, Action::Confirm)
}

fn text(state: &State) -> &str {
    state.channel().composer.text.as_str()
}

#[test]
fn what_is_known_is_filled_in_where_the_cursor_is() {
    let mut state = with(&[("Hours", "We open at nine."), ("Hello", "{title} on {channel}, {date}: ")]);
    type_text(&mut state, "Hi. Bye.");
    for _ in 0.."Bye.".len() {
        handle_event(&mut state, Event::Text(TextInput::Key(Key::plain(Code::Left))));
    }
    let effects = choose(&mut state, "hello");
    assert_eq!(text(&state), format!("Hi. a title on flow, {}: Bye.", now().date()));
    assert!(effects.iter().any(|e| matches!(e, Effect::Open(ChannelEffect::SaveDraft { .. }))), "{effects:?}");
    assert!(!effects.iter().any(|e| matches!(e, Effect::Open(ChannelEffect::Enqueue(_)))), "nothing is sent");
    assert_eq!(state.contexts().first(), Some(&Context::Composer));
}

#[test]
fn what_is_not_known_is_asked_for_once_each_and_nothing_is_put_in_before() {
    let mut state = with(&[("Order", "{name}, your order {order} of {order date}. {order}!")]);
    let before = text(&state).to_owned();
    for (place, value) in [("name", "Ann"), ("order", "{A-7}"), ("order date", "May")] {
        if place == "name" {
            choose(&mut state, "ord");
        }
        let asked = match state.window.overlay() {
            Some(Overlay::Replies(menu)) => menu.asking.as_ref().map(|asking| asking.name.clone()),
            _ => None,
        };
        assert_eq!(asked.as_deref(), Some(place));
        assert_eq!(state.contexts(), [Context::ReplyPlace]);
        handle_action(&mut state, Action::Confirm);
        assert_eq!(text(&state), before, "nothing is no answer");
        handle_event(&mut state, Event::typed(value.to_owned()));
        handle_action(&mut state, Action::Confirm);
    }
    assert_eq!(text(&state), "Ann, your order {A-7} of May. {A-7}!");
    let mut state = with(&[("Order", "{order}")]);
    choose(&mut state, "");
    handle_action(&mut state, Action::Back);
    assert_eq!((text(&state), state.window.is_covered()), ("", false), "cancelled, nothing is put in");
}

#[test]
fn the_list_is_narrowed_as_one_types_and_to_the_channel() {
    let mut state = with(&[("Hours", "nine"), ("Bye", "see you")]);
    state.replies[0].channels = vec![ChannelName::new("other")];
    assert_eq!(state.listed_replies(""), [1]);
    state.replies[0].channels = vec![ChannelName::new("flow")];
    assert_eq!(state.listed_replies("nin"), [0], "also by what it says");
    handle_action(&mut state, Action::SavedReplies);
    assert_edits(
        &mut state,
        |state| match state.window.overlay() {
            Some(Overlay::Replies(menu)) => &menu.filter,
            _ => panic!("no list"),
        },
        now(),
    );
    let mut none = with(&[]);
    handle_action(&mut none, Action::SavedReplies);
    assert!(!none.window.is_covered());
    assert!(none.window.notice.as_ref().unwrap().text.as_str().contains("[[replies]]"));
}
