//! Pictures of what is picked, and of the menu of what can be copied.

use super::*;
use crate::app::ChannelEvent;
use crate::app::{Clip, Copied, Focus};

fn answered() -> State {
    let mut state = state();
    let turn = send(&mut state, "How many planets are there in the solar system?");
    reply(&mut state, &turn, &format!("{ANSWER}\nSee [the list](https://example.com/planets).\n"));
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn, Step::Done(Finish::Stop, None))));
    state.window.focus = Focus::Transcript;
    state
}

#[test]
fn a_range_that_is_picked() {
    let mut state = answered();
    for action in [Action::PickPrevious, Action::PickRange, Action::PickPrevious] {
        handle_event(&mut state, Event::Action(action));
    }
    pictures("picked", &state);
}

#[test]
fn the_menu_of_what_can_be_copied() {
    let mut state = answered();
    for action in [Action::PickPrevious, Action::CopyMenu, Action::Down] {
        handle_event(&mut state, Event::Action(action));
    }
    pictures("copy", &state);
}

#[test]
fn what_no_terminal_takes() {
    let mut state = answered();
    let clip = Clip { what: "The message".to_owned(), text: "x".repeat(120_000) };
    handle_event(&mut state, Event::Copied(clip, Copied::TooLong(120_000, 74_994)));
    pictures("too-long", &state);
}
