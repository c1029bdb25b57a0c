//! The view is the open channel's.

use super::*;
use crate::app::overlay::Layer;

#[test]
fn another_channel_has_a_view_of_its_own_and_what_was_written_stays() {
    let mut stand = Stand::open();
    stand.press(key('e'));
    stand.typed("half a text");
    stand.waiting.clear();
    let effects = stand.press(Key::ctrl_key(Code::PageDown));
    assert_eq!(stand.state.channel().info.name.as_str(), "notes");
    assert!(
        effects.iter().any(|e| matches!(e, Effect::Open(ChannelEffect::Sources(SourcesEffect::List { .. })))),
        "{effects:?}"
    );
    assert!(stand.view().editor.is_none() && stand.view().list.is_empty());
    assert_eq!(stand.view().measured.detail, 10, "the screen is the same");
    stand.press(Key::ctrl_key(Code::PageUp));
    let editor = stand.view().editor.as_ref().unwrap();
    assert_eq!(editor.text.as_str(), "half a text");
    assert_eq!(stand.view().staged().count(), 1);
}

#[test]
fn a_platform_without_sources_says_so_and_offers_none() {
    let mut stand = Stand::open();
    let effects = stand.press(Key::ctrl_key(Code::PageUp));
    assert_eq!(stand.state.channel().info.name.as_str(), "flow");
    assert!(!effects.iter().any(|e| matches!(e, Effect::Open(ChannelEffect::Sources(_)))), "{effects:?}");
    assert_eq!(stand.state.contexts(), []);
    assert!(stand.state.sourceless().is_some_and(|why| why.contains("no data sources")));
    assert!(!stand.state.offers(Action::ShowSources));
    let elsewhere = [Action::NextChannel, Action::PreviousChannel];
    for action in BINDINGS.iter().map(|b| b.action).filter(|action| !elsewhere.contains(action)) {
        stand.state.window.view = ViewKind::Sources;
        let effects = stand.event(Event::Action(action));
        assert!(
            !effects.iter().any(|e| matches!(e, Effect::Open(ChannelEffect::Sources(_)))),
            "{action:?}: {effects:?}"
        );
        stand.state.window.close(Layer::Help);
        stand.state.window.close(Layer::Channels);
    }
}

#[test]
fn a_parked_channel_is_brought_up_to_date_behind_the_screen() {
    let mut stand = Stand::open();
    stand.write("mine");
    stand.world.find(&rid("r0")).unwrap().content = "theirs".into();
    stand.press(key('A'));
    stand.press(ENTER);
    let asked: Vec<SourcesEffect> = stand.waiting.drain(..).collect();
    stand.press(Key::ctrl_key(Code::PageDown));
    stand.waiting.clear();
    let docs = ChannelName::new("docs");
    for effect in asked {
        for event in stand.world.perform(effect) {
            let effects = stand.event(Event::Channel(docs.clone(), ChannelEvent::Sources(event)));
            assert!(effects.iter().all(|e| matches!(e, Effect::Channel(..) | Effect::Wake(_))), "{effects:?}");
        }
    }
    assert!(stand.notice().starts_with("docs: 1 row in conflict"), "{}", stand.notice());
    assert_eq!(stand.view().overlay, None);
    stand.press(Key::ctrl_key(Code::PageUp));
    assert_eq!(stand.view().overlay, None, "nobody is surprised on their return");
    assert_eq!(stand.state.contexts().first(), Some(&Context::Conflicted));
}
