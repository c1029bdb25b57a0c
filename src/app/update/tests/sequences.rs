//! Keys that mean something together, the help for what has the keys, and the test of a key.

use std::sync::Arc;

use super::*;
use crate::config::{KeySetting, KeySettings, SourceLocation, Written};

/// A keymap with these bindings of the user's.
fn bound(bindings: &[(&str, &str, &[&str])]) -> Arc<Keymap> {
    let word = |text: &str| Written { text: text.to_owned(), place: SourceLocation { line: 1, column: 1 } };
    let bindings = bindings.iter().map(|(context, action, keys)| KeySetting {
        context: word(context),
        action: word(action),
        keys: keys.iter().map(|key| word(key)).collect(),
    });
    let settings = KeySettings { bindings: bindings.collect(), ..KeySettings::default() };
    Arc::new(Keymap::from_settings(&settings).unwrap())
}

fn char(c: char) -> Key {
    Key::plain(Code::Char(c))
}

#[test]
fn what_was_begun_waits_for_as_long_as_it_takes() {
    let mut state = open("c1");
    state.window.keys = bound(&[("transcript", "show-webhooks", &["g w"])]);
    state.window.focus = Focus::Transcript;
    assert_eq!(state.meaning_of(char('g')), KeyMeaning::Prefix);
    handle_event(&mut state, Event::Prefix(char('g')));
    update(&mut state, Event::Tick, now().plus_millis(600_000));
    assert_eq!(state.window.pressed, [char('g')], "no clock ends it");
    assert_eq!(state.meaning(char('w')), Some(Action::ShowWebhooks));
    handle_action(&mut state, Action::ShowWebhooks);
    assert_eq!((state.window.pressed.len(), state.window.view), (0, ViewKind::Webhooks));
}

#[test]
fn a_key_that_goes_on_with_nothing_is_told_and_does_nothing() {
    let mut state = open("c1");
    state.window.keys = bound(&[("transcript", "show-webhooks", &["g w"])]);
    state.window.focus = Focus::Transcript;
    handle_event(&mut state, Event::Prefix(char('g')));
    assert_eq!(state.meaning_of(char('q')), KeyMeaning::Nothing, "q alone would quit");
    handle_event(&mut state, Event::Astray(char('q')));
    assert_eq!(state.window.pressed, []);
    assert_eq!(state.window.notice.as_ref().map(|n| n.text.as_str()), Some("g q means nothing here."));
    state.window.notice = None;
    handle_event(&mut state, Event::Prefix(char('g')));
    handle_event(&mut state, Event::Astray(Key::plain(Code::Esc)));
    assert_eq!((state.window.pressed.len(), state.window.notice.as_ref().map(|_| ())), (0, None), "Esc only ends it");
}

#[test]
fn the_help_begins_with_what_has_the_keys() {
    let mut state = open("c1");
    state.window.focus = Focus::Roster;
    handle_action(&mut state, Action::Help);
    let sections = |state: &State| {
        let sheet = state.window.help_sheet().unwrap();
        let sections = sheet.sections(&state.window.keys, state.window.view);
        sections.iter().map(|(context, rows)| (*context, rows.len())).collect::<Vec<_>>()
    };
    let all = sections(&state);
    assert_eq!((all[0].0, all[1].0), (Context::Roster, Context::Everywhere));
    assert!(all.len() > 40, "everything else stands below");
    handle_event(&mut state, Event::typed("export".to_owned()));
    let found = sections(&state);
    assert_eq!(found[0], (Context::Roster, 2), "of the roster's the two that say so");
    assert!(found.len() < all.len());
    handle_action(&mut state, Action::Back);
    assert_eq!(state.window.help_sheet().map(|sheet| sheet.filter.is_empty()), Some(true), "first the filter goes");
    handle_action(&mut state, Action::Back);
    assert!(state.window.help_sheet().is_none());
}

#[test]
fn the_help_finds_a_key_by_its_spelling() {
    let mut state = open("c1");
    handle_action(&mut state, Action::Help);
    handle_event(&mut state, Event::typed("Ctrl+T".to_owned()));
    let sheet = state.window.help_sheet().unwrap();
    let sections = sheet.sections(&state.window.keys, state.window.view);
    let found = sections.iter().flat_map(|(_, rows)| rows).map(|row| row.binding.action);
    assert_eq!(found.collect::<Vec<_>>(), [Action::Channels, Action::TestKeys]);
}

#[test]
fn the_filter_of_the_help_is_edited_as_any_line() {
    let mut state = open("c1");
    handle_action(&mut state, Action::Help);
    crate::app::testing::assert_edits(&mut state, |state| &state.window.help_sheet().unwrap().filter, now());
}

#[test]
fn while_keys_are_tested_none_is_done_and_esc_twice_ends_it() {
    let mut state = open("c1");
    state.window.focus = Focus::Transcript;
    handle_action(&mut state, Action::TestKeys);
    let pressed = |state: &mut State, key: Option<Key>| {
        handle_event(state, Event::Tested(TestedKey { key, sent: vec![b'x'], kitty: false }))
    };
    assert_eq!(pressed(&mut state, Some(Key::ctrl('l'))), [Effect::Redraw], "but the screen is drawn anew");
    let esc = Some(Key::plain(Code::Esc));
    for key in [Some(char('q')), esc, Some(Key::ctrl('c')), None, esc] {
        assert_eq!(pressed(&mut state, key), []);
        assert!(state.window.key_test().is_some());
    }
    assert_eq!(state.window.key_test().map(|test| test.here.clone()), Some(vec![Context::Transcript]));
    pressed(&mut state, esc);
    assert!(state.window.key_test().is_none());
}

#[test]
fn panes_of_the_chat_are_gone_to_from_every_view() {
    let sources = Capabilities { sources: true, ..all() };
    for view in [Action::ShowSources, Action::ShowWebhooks, Action::ShowSearch] {
        let mut state = opened(sources);
        handle_action(&mut state, view);
        assert_ne!(state.window.view, ViewKind::Chat);
        handle_action(&mut state, Action::FocusRoster);
        assert_eq!((state.window.view, state.window.focus), (ViewKind::Chat, Focus::Roster), "{view:?}");
        handle_action(&mut state, view);
        assert!(handle_action(&mut state, Action::Quit).contains(&Effect::Quit), "{view:?}");
    }
}

#[test]
fn hints_and_notes_name_the_keys_that_are_bound() {
    let mut state = open("c1");
    state.window.keys = bound(&[("everywhere", "interrupt", &["Ctrl+Q"]), ("transcript", "copy", &["F9"])]);
    handle_action(&mut state, Action::Interrupt);
    assert_eq!(state.window.notice.as_ref().map(|n| n.text.as_str()), Some("Press Ctrl+Q again to quit."));
    state.window.focus = Focus::Transcript;
    assert_eq!(state.key(Action::Copy), "F9");
}
