//! The config file read again: channels come, go and change, and the others are as they were.

use super::*;
use std::sync::Arc;

use crate::app::event::Reconfigured;
use crate::app::{Keymap, Preset};
use crate::domain::{MouseUse, NotifyRoute, NotifyRules, ScreenSettings};

fn name(name: &str) -> ChannelName {
    ChannelName::new(name)
}

fn reconfigured(channels: &[&str], added: &[&str], removed: &[&str], changed: &[&str]) -> Event {
    let names = |names: &[&str]| names.iter().map(|one| name(one)).collect();
    let channels = channels.iter().map(|one| (view(one, false), all())).collect();
    let (added, removed, changed) = (names(added), names(removed), names(changed));
    Event::Reconfigured(Box::new(Reconfigured {
        channels,
        added,
        removed,
        changed,
        keys: None,
        notify: NotifyRules::default(),
        screen: ScreenSettings::default(),
        later: Vec::new(),
        replies: Vec::new(),
    }))
}

fn restored(state: &mut State, channel: &str, ids: &[&str]) {
    let rows = ids.iter().map(|i| RosterRow::new(id(i), i, Some(now()))).collect();
    let restored = ChannelEvent::Restored(Box::new(Restored { rows, ..Restored::default() }));
    handle_event(state, Event::Channel(name(channel), restored));
}

fn names(state: &State) -> Vec<&str> {
    state.channels.iter().map(|channel| channel.info.name.as_str()).collect()
}

#[test]
fn what_is_written_and_under_way_elsewhere_is_not_touched() {
    let mut state = State::new(vec![(view("docs", false), all()), (view("old", false), all())], 0, 7);
    restored(&mut state, "docs", &["c1"]);
    load(&mut state, Vec::new());
    type_text(&mut state, "half a sentence");
    let effects = handle_event(&mut state, reconfigured(&["new", "docs"], &["new"], &["old"], &[]));
    assert_eq!((names(&state), state.open_at()), (vec!["new", "docs"], 1));
    assert_eq!(state.channel().composer.text.as_str(), "half a sentence");
    assert_eq!(state.channel().open_id(), Some(&id("c1")));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Open(_))), "{effects:?}");
    let said = state.window.notice.clone().unwrap();
    assert_eq!(
        said.text.as_str(),
        "The config file was read again: new added; old removed. What was written there is kept."
    );
    // The new one is as any: it is asked what it keeps once it is opened.
    let effects = handle_action(&mut state, Action::NextChannel);
    assert!(effects.contains(&Effect::Open(ChannelEffect::Restore)), "{effects:?}");
}

#[test]
fn a_channel_that_goes_while_it_is_open_keeps_its_text_and_makes_room() {
    let mut state = State::new(vec![(view("docs", false), all()), (view("flow", false), all())], 0, 7);
    restored(&mut state, "docs", &["c1"]);
    load(&mut state, Vec::new());
    type_text(&mut state, "half");
    handle_action(&mut state, Action::Channels);
    let effects = handle_event(&mut state, reconfigured(&["flow"], &[], &["docs"], &[]));
    let kept = ChannelEffect::SaveDraft { conversation: Some(id("c1")), text: "half".into() };
    assert!(effects.contains(&Effect::Channel(name("docs"), kept)), "{effects:?}");
    assert!(effects.contains(&Effect::Open(ChannelEffect::Restore)), "{effects:?}");
    assert_eq!((names(&state), state.channel().composer.text.as_str()), (vec!["flow"], ""));
    assert!(state.window.switcher().is_none());
    // What comes for it still changes nothing here.
    restored(&mut state, "docs", &["c9"]);
    assert_eq!(state.channels.len(), 1);
}

#[test]
fn what_was_typed_before_the_store_answered_is_kept_too() {
    let mut state = State::new(vec![(view("docs", false), all()), (view("flow", false), all())], 0, 7);
    type_text(&mut state, "early");
    let effects = handle_event(&mut state, reconfigured(&["flow"], &[], &["docs"], &[]));
    let kept = ChannelEffect::AppendDraft { conversation: None, text: "early".into() };
    assert!(effects.contains(&Effect::Channel(name("docs"), kept)), "{effects:?}");
}

#[test]
fn one_of_another_platform_is_another_channel_and_archives_stay() {
    let archive = (ChannelInfo { platform: Platform::ARCHIVE, ..view("papers", false) }, Capabilities::NONE);
    let mut state = State::new(vec![(view("docs", false), all()), archive], 0, 7);
    restored(&mut state, "docs", &["c1"]);
    load(&mut state, Vec::new());
    type_text(&mut state, "half");
    let info = ChannelInfo { platform: Platform::new("elsewhere"), ..view("docs", false) };
    let (added, removed) = (Vec::new(), Vec::new());
    let Event::Reconfigured(news) = reconfigured(&[], &[], &[], &["docs"]) else { unreachable!() };
    let news = Reconfigured { channels: vec![(info, all())], added, removed, ..*news };
    let effects = handle_event(&mut state, Event::Reconfigured(Box::new(news)));
    assert_eq!(names(&state), ["docs", "papers"]);
    assert!(state.channel().composer.text.is_empty() && effects.contains(&Effect::Open(ChannelEffect::Restore)));
}

#[test]
fn a_changed_one_is_asked_again_and_a_wrong_file_changes_nothing() {
    let mut state = State::new(vec![(view("docs", false), all())], 0, 7);
    restored(&mut state, "docs", &["c1"]);
    load(&mut state, Vec::new());
    type_text(&mut state, "half");
    state.channel_mut().roster.cursor = Some("page-9".into());
    let effects = handle_event(&mut state, reconfigured(&["docs"], &[], &[], &["docs"]));
    let asked = |effect: &Effect| matches!(effect, Effect::Open(ChannelEffect::FetchRoster { cursor: None, .. }));
    assert!(effects.iter().any(asked), "{effects:?}");
    assert_eq!(state.channel().composer.text.as_str(), "half");
    let wrong = Failure::new(Kind::Config, "c.toml:3:1: nmae: unknown key\nc.toml:5:1: x\u{1b}[2J: unknown key");
    handle_event(&mut state, Event::ConfigRefused(wrong));
    let said = state.window.notice.clone().unwrap();
    let wanted = "Config not taken in: c.toml:3:1: nmae: unknown key (1 more). All stays as it was.";
    assert!(said.bad && said.text.as_str().starts_with(wanted), "{}", said.text.as_str());
    assert_eq!((names(&state), state.channel().composer.text.as_str()), (vec!["docs"], "half"));
}

#[test]
fn keys_and_themes_are_those_of_the_file_at_once() {
    let mut state = State::new(vec![(view("docs", false), all())], 0, 7);
    state.window.themes.choose("dark");
    let Event::Reconfigured(mut news) = reconfigured(&["docs"], &[], &[], &[]) else { unreachable!() };
    news.keys = Some(Arc::new(Keymap::new(Preset::Vim)));
    news.notify.text = true;
    handle_event(&mut state, Event::Reconfigured(news.clone()));
    assert_eq!(state.window.keys.preset(), Preset::Vim);
    assert!(state.window.notify.rules.text);
    // What was chosen stays, until the file names another.
    assert_eq!(state.window.themes.chosen(), "dark");
    news.screen.theme = Some("light".to_owned());
    handle_event(&mut state, Event::Reconfigured(news));
    assert_eq!((state.window.themes.chosen(), state.window.themes.fixed), ("light", true));
}

#[test]
fn the_mouse_and_how_one_is_told_follow_the_file_and_what_can_not_is_named() {
    let mut state = State::new(vec![(view("docs", false), all())], 0, 7);
    let Event::Reconfigured(mut news) = reconfigured(&["docs"], &[], &[], &[]) else { unreachable!() };
    let take = |state: &mut State, news: &Reconfigured| -> Vec<Effect> {
        let effects = handle_event(state, Event::Reconfigured(Box::new(news.clone())));
        let of_the_terminal = |effect: &Effect| matches!(effect, Effect::Mouse(_) | Effect::Configure(..));
        effects.into_iter().filter(of_the_terminal).collect()
    };
    assert_eq!(take(&mut state, &news), []);
    let wheel = MouseUse { wheel: true, ..MouseUse::NONE };
    news.screen.mouse = wheel;
    news.notify.route = NotifyRoute::Osc9;
    let configure =
        |news: &Reconfigured| Effect::Configure(Box::new(news.screen.clone()), Box::new(news.notify.clone()));
    assert_eq!(take(&mut state, &news), [configure(&news)]);
    assert_eq!((state.window.mouse, state.window.mouse_use), (true, wheel));
    // What was chosen by a key stays while the file says what it said.
    handle_action(&mut state, Action::Mouse);
    news.notify.bell = false;
    assert_eq!(take(&mut state, &news), [configure(&news)]);
    assert!(!state.window.mouse);
    news.screen.mouse = MouseUse::ALL;
    assert_eq!(take(&mut state, &news), [Effect::Mouse(true), configure(&news)]);
    news.screen.mouse = MouseUse::NONE;
    assert_eq!(take(&mut state, &news), [Effect::Mouse(false), configure(&news)]);
    assert_eq!(state.window.mouse_use, MouseUse::ALL, "F2 takes all of it");
    news.later = vec!["default_channel", "screen.restore"];
    take(&mut state, &news);
    let said = state.window.notice.clone().unwrap();
    let wanted = "The config file was read again. From the next start on: default_channel, screen.restore.";
    assert_eq!(said.text.as_str(), wanted);
}
