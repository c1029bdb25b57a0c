//! What was sent comes back into an empty composer, one message after the other.

use super::*;

fn rows(state: &mut State, up: bool) -> String {
    handle_event(state, Event::Text(TextInput::Rows { up, to: None }));
    state.channel().composer.text.as_str().to_owned()
}

#[test]
fn up_in_an_empty_composer_calls_back_what_was_sent() {
    let mut state = open("c1");
    let history = vec![
        past(1, Role::User, "oldest", false),
        past(2, Role::Assistant, "an answer", false),
        past(3, Role::User, "twice", false),
        past(4, Role::User, "twice", false),
    ];
    load(&mut state, history);
    send(&mut state, "newest");
    assert_eq!(rows(&mut state, true), "newest");
    assert_eq!(rows(&mut state, true), "twice");
    assert_eq!(rows(&mut state, true), "oldest", "one that repeats another is passed over");
    assert_eq!(rows(&mut state, true), "oldest", "there is none before it");
    assert_eq!(rows(&mut state, false), "twice");
    assert_eq!(rows(&mut state, false), "newest");
    assert_eq!(rows(&mut state, false), "");
    assert_eq!(rows(&mut state, false), "");
}

#[test]
fn what_is_being_written_is_never_replaced() {
    let mut state = open("c1");
    send(&mut state, "sent");
    type_text(&mut state, "mine");
    assert_eq!(rows(&mut state, true), "mine");
    assert_eq!(state.channel().composer.text.at(), 0, "above the first row is the text's beginning");
    type_text(&mut state, "");
    assert_eq!(rows(&mut state, true), "sent");
    handle_event(&mut state, Event::Text(TextInput::Key(Key::plain(Code::Char('!')))));
    assert_eq!(rows(&mut state, true), "sent!", "what was changed is a text of its own");
    assert_eq!(rows(&mut state, false), "sent!");
    let (_, effects) = send(&mut state, "sent!");
    assert!(effects.len() <= 1 && state.channel().composer.text.is_empty());
}
