//! What goes out with a message besides its text.

use super::*;

fn attach(state: &mut State, named: &str) -> Vec<Effect> {
    handle_action(state, Action::Attach);
    handle_event(state, Event::typed(named.to_owned()));
    handle_action(state, Action::Open)
}

#[test]
fn a_file_is_looked_at_and_a_url_is_not() {
    let mut state = opened(by_webhook());
    handle_action(&mut state, Action::Attach);
    assert_eq!(state.contexts(), [Context::Attach]);
    handle_action(&mut state, Action::Back);
    assert_eq!(state.channel().composer.prompt, None);
    assert_eq!(
        attach(&mut state, "'/tmp/a b.png' "),
        [Effect::Open(ChannelEffect::CheckAttach("/tmp/a b.png".into()))]
    );
    let missing = Event::Open(ChannelEvent::AttachChecked(Err(failure(Kind::Invalid))));
    handle_event(&mut state, missing);
    assert!(state.channel().composer.prompt.is_some() && state.window.notice.is_some(), "its name can be put right");
    let file = Attach::Path("/tmp/a b.png".into());
    handle_event(&mut state, Event::Open(ChannelEvent::AttachChecked(Ok((file.clone(), "a b.png 12 KB".into())))));
    assert_eq!(state.channel().composer.prompt, None);
    assert_eq!(attach(&mut state, "https://h.example/p/b.png?x=1"), []);
    let labels: Vec<&str> = state.channel().composer.attach.iter().map(|a| a.label.as_str()).collect();
    assert_eq!(labels, ["a b.png 12 KB", "h.example/b.png"]);
    let effects = handle_action(&mut state, Action::Send);
    let Some(Effect::Open(ChannelEffect::Enqueue(turn))) = effects.first() else { panic!("{effects:?}") };
    assert_eq!((turn.text.as_str(), turn.attach.len()), ("", 2));
    assert_eq!(turn.attach[0], file);
    assert!(state.channel().composer.is_empty());
}

#[test]
fn the_last_one_is_taken_back_on_an_empty_line() {
    let mut state = opened(by_webhook());
    attach(&mut state, "https://h/a");
    attach(&mut state, "https://h/b");
    handle_action(&mut state, Action::Attach);
    handle_action(&mut state, Action::Attach);
    assert_eq!((state.channel().composer.attach.len(), &state.channel().composer.prompt), (1, &None));
}

#[test]
fn what_was_refused_comes_back_with_its_attachments() {
    let mut state = opened(by_webhook());
    attach(&mut state, "https://h/a.png");
    let effects = handle_action(&mut state, Action::Send);
    let Some(Effect::Open(ChannelEffect::Enqueue(turn))) = effects.first() else { panic!("{effects:?}") };
    handle_event(&mut state, Event::Open(ChannelEvent::Committed(turn.id.clone())));
    type_text(&mut state, "next");
    handle_event(
        &mut state,
        Event::Open(ChannelEvent::Turn(turn.id.clone(), Step::Ended(OutState::Rejected, failure(Kind::Invalid)))),
    );
    assert_eq!((state.channel().composer.text.as_str(), state.channel().composer.attach.len()), ("next", 1));
}

#[test]
fn a_bot_offers_answers_and_nobody_else_does() {
    let mut state = opened(by_webhook());
    assert_eq!(attach(&mut state, "?Yes"), [Effect::Open(ChannelEffect::CheckAttach("?Yes".into()))]);
    handle_action(&mut state, Action::Back);
    state.channel_mut().capabilities.is_bot = true;
    assert_eq!(attach(&mut state, "? Yes, please"), []);
    assert_eq!(state.channel().composer.attach[0].attach, Attach::Offer("Yes, please".into()));
    assert_eq!(state.channel().composer.attach[0].label.as_str(), "[Yes, please]");
}

#[test]
fn where_nothing_can_be_attached_nothing_is_asked() {
    let mut state = open("c1");
    handle_action(&mut state, Action::Attach);
    assert!(state.channel().composer.prompt.is_none() && state.window.notice.is_some());
    assert!(!state.offers(Action::Attach));
}

#[test]
fn one_is_for_the_conversation_in_which_it_was_named() {
    let mut state = opened(by_webhook());
    attach(&mut state, "https://h/a");
    handle_action(&mut state, Action::NewConversation);
    assert!(state.channel().composer.attach.is_empty());
    attach(&mut state, "https://h/b");
    state.channel_mut().roster.selected = Some(id("c1"));
    handle_action(&mut state, Action::Open);
    assert_eq!(state.channel().composer.attach.iter().map(|a| a.label.as_str()).collect::<Vec<_>>(), ["h/a"]);
}

#[test]
fn what_was_refused_in_a_conversation_that_was_left_waits_there() {
    let mut state = opened(by_webhook());
    attach(&mut state, "https://h/a");
    let effects = handle_action(&mut state, Action::Send);
    let Some(Effect::Open(ChannelEffect::Enqueue(turn))) = effects.first() else { panic!("{effects:?}") };
    handle_event(&mut state, Event::Open(ChannelEvent::Committed(turn.id.clone())));
    handle_action(&mut state, Action::NewConversation);
    handle_event(
        &mut state,
        Event::Open(ChannelEvent::Turn(turn.id.clone(), Step::Ended(OutState::Rejected, failure(Kind::Invalid)))),
    );
    assert!(state.channel().composer.attach.is_empty());
    state.channel_mut().roster.selected = Some(id("c1"));
    handle_action(&mut state, Action::Open);
    assert_eq!(state.channel().composer.attach.len(), 1);
}
