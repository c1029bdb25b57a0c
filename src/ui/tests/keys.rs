//! What is shown of keys: the palette, the help, the test of a key, what can follow keys that were pressed.

use std::sync::Arc;

use super::*;
use crate::app::{Code, Key, Keymap, Preset, TestedKey};

fn pressed(state: &mut State, key: Key, sent: &[u8]) {
    handle_event(state, Event::Tested(TestedKey { key: Some(key), sent: sent.to_vec(), kitty: false }));
}

#[test]
fn the_palette() {
    let mut state = state();
    handle_event(&mut state, Event::Action(Action::Palette));
    pictures("palette", &state);
    handle_event(&mut state, Event::typed("conv".to_owned()));
    handle_event(&mut state, Event::Action(Action::Down));
    pictures("palette-found", &state);
    handle_event(&mut state, Event::typed("zzzz".to_owned()));
    pictures("palette-nothing", &state);
}

#[test]
fn the_help_that_is_narrowed() {
    let mut state = state();
    handle_event(&mut state, Event::Action(Action::Help));
    handle_event(&mut state, Event::typed("copy".to_owned()));
    pictures("help-narrowed", &state);
    handle_event(&mut state, Event::typed("zzzz".to_owned()));
    pictures("help-nothing", &state);
}

#[test]
fn the_test_of_a_key() {
    let mut state = state();
    handle_event(&mut state, Event::Action(Action::TestKeys));
    pictures("key-test", &state);
    pressed(&mut state, Key::ctrl('n'), b"\x0e");
    pressed(&mut state, Key::plain(Code::Enter), b"\r");
    pictures("key-test-pressed", &state);
}

#[test]
fn what_can_follow() {
    let mut state = state();
    state.window.keys = Arc::new(Keymap::new(Preset::Vim));
    handle_event(&mut state, Event::Action(Action::FocusTranscript));
    handle_event(&mut state, Event::Prefix(Key::plain(Code::Char('g'))));
    pictures("following", &state);
}

#[test]
fn the_frame_names_the_keys_that_are_bound() {
    let mut state = state();
    state.window.keys = Arc::new(Keymap::new(Preset::Emacs));
    pictures("emacs", &state);
}

#[test]
fn every_size_draws_them() {
    let mut help = state();
    handle_event(&mut help, Event::Action(Action::Help));
    let mut palette = state();
    handle_event(&mut palette, Event::Action(Action::Palette));
    let mut test = state();
    handle_event(&mut test, Event::Action(Action::TestKeys));
    pressed(&mut test, Key::plain(Code::Enter), b"\r");
    let mut following = state();
    following.window.keys = Arc::new(Keymap::new(Preset::Vim));
    handle_event(&mut following, Event::Action(Action::FocusTranscript));
    handle_event(&mut following, Event::Prefix(Key::plain(Code::Char('g'))));
    for state in [&help, &palette, &test, &following] {
        for (width, height) in (1..=100).step_by(3).flat_map(|w| (1..=30).map(move |h| (w, h))) {
            let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
            terminal.draw(|frame| _ = View::new(true).draw(frame, state, now())).unwrap();
        }
    }
}

#[test]
fn a_click_on_a_word_of_the_frame_does_what_it_says() {
    let mut state = state();
    let mut view = View::new(false);
    let mut draw = |state: &State| {
        let mut terminal = Terminal::new(TestBackend::new(120, 40)).unwrap();
        terminal.draw(|frame| _ = view.draw(frame, state, now())).unwrap();
        let picture = terminal.backend().to_string();
        let place = |words: &str| {
            let (row, line) = picture.lines().enumerate().filter(|(_, line)| line.contains(words)).last().unwrap();
            // The picture has a quote before each line.
            let column = line[..line.find(words).unwrap()].chars().count() - 1;
            (u16::try_from(column).unwrap(), u16::try_from(row).unwrap())
        };
        let at = |(column, row)| view.action_at(column, row);
        ["3 Webhooks", "connected", "Enter send", "F1 keys", "Esc close"]
            .map(|words| if picture.contains(words) { at(place(words)) } else { None })
    };
    let [webhooks, channel, send, help, close] = draw(&state);
    assert_eq!((webhooks, send, help), (Some(Action::ShowWebhooks), Some(Action::Send), Some(Action::Help)));
    assert_eq!((channel, close), (Some(Action::Channels), None));
    // What lies over the view has the mouse alone: the views' names are not clicked behind it.
    handle_event(&mut state, Event::Action(Action::Palette));
    let [webhooks, _, send, help, close] = draw(&state);
    assert_eq!((webhooks, send, help, close), (None, None, None, Some(Action::Back)));
}
