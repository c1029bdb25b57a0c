//! The answers that a bot offers.

use super::*;

fn offering(replies: &[&str]) -> HistoryEntry {
    let mut past = past(4, Role::Assistant, "what next?", false);
    past.message.extras.quick_replies = replies.iter().map(|r| (*r).to_owned()).collect();
    past
}

fn digit(n: u8) -> Key {
    Key::plain(Code::Char(char::from(b'0' + n)))
}

#[test]
fn a_digit_sends_what_is_offered() {
    let mut state = opened(by_webhook());
    load(&mut state, vec![offering(&["Tell me more", " ", "Start again"])]);
    assert_eq!(state.channel().quick_replies(), ["Tell me more", "Start again"]);
    assert_eq!(state.meaning(digit(2)), Some(Action::QuickReply(2)));
    assert_eq!(state.meaning(digit(3)), None, "it is typed");
    let effects = handle_action(&mut state, Action::QuickReply(2));
    let [Effect::Open(ChannelEffect::Enqueue(turn))] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(turn.text, "Start again");
    assert!(state.channel().quick_replies().is_empty(), "one is chosen");
    assert_eq!(state.meaning(digit(1)), None);
    assert_eq!(handle_action(&mut state, Action::QuickReply(1)), []);
}

#[test]
fn digits_are_text_once_a_message_is_being_written() {
    let mut state = opened(by_webhook());
    load(&mut state, vec![offering(&["yes"])]);
    type_text(&mut state, "call 1");
    assert_eq!(state.meaning(digit(1)), None);
    let effects = handle_event(&mut state, Event::Click(Pane::Offer, 0));
    assert!(matches!(&effects[0], Effect::Open(ChannelEffect::Enqueue(turn)) if turn.text == "yes"));
    let kept = Effect::Open(ChannelEffect::SaveDraft { conversation: Some(id("c1")), text: "call 1".into() });
    assert_eq!((state.channel().composer.text.as_str(), effects.last()), ("call 1", Some(&kept)));
}

#[test]
fn escape_puts_them_away_until_the_next_message() {
    let mut state = opened(by_webhook());
    state.window.focus = Focus::Transcript;
    load(&mut state, vec![offering(&["yes"])]);
    assert_eq!(state.contexts(), [Context::Offer, Context::Transcript]);
    handle_action(&mut state, Action::Back);
    assert!(state.channel().quick_replies().is_empty());
    assert_eq!(state.window.focus, Focus::Transcript);
    let mut next = offering(&["no"]);
    next.message.id = MessageId::new("next");
    next.seq = 6;
    load(&mut state, vec![offering(&["yes"]), next]);
    assert_eq!(state.channel().quick_replies(), ["no"]);
}

#[test]
fn only_the_newest_message_of_the_other_side_offers_and_nine_at_most() {
    let mut state = opened(by_webhook());
    let many: Vec<String> = (0..20).map(|n| n.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    load(&mut state, vec![offering(&many)]);
    assert_eq!(state.channel().quick_replies().len(), 9);
    load(&mut state, vec![offering(&many), past(6, Role::User, "3", true)]);
    assert!(state.channel().quick_replies().is_empty());
}
