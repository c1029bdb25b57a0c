//! Each line that is written is edited as any other.

use super::*;
use crate::app::testing::assert_edits;

fn searching() -> State {
    let mut state = open("c1");
    handle_action(&mut state, Action::ShowSearch);
    state
}

#[test]
fn the_roster_is_filtered() {
    let mut state = open("c1");
    state.window.focus = Focus::Roster;
    handle_action(&mut state, Action::Filter);
    assert_eq!(state.contexts(), [Context::Filter]);
    assert_edits(&mut state, |state| &state.channel().roster.filter, now());
}

#[test]
fn channels_are_filtered() {
    let mut state = State::new(vec![(view("docs", false), all()), (view("desk", false), all())], 0, 7);
    handle_action(&mut state, Action::Channels);
    assert_edits(&mut state, |state| &state.window.switcher().unwrap().filter, now());
}

#[test]
fn what_is_found_in_a_conversation() {
    let mut state = open("c1");
    load(&mut state, vec![past(1, Role::User, "one moon", false)]);
    handle_action(&mut state, Action::SearchHere);
    assert_edits(&mut state, |state| &state.channel().chat.find.as_ref().unwrap().text, now());
    assert!(state.channel().chat.find.as_ref().unwrap().query.is_some());
}

#[test]
fn what_is_searched_for_everywhere() {
    let mut state = searching();
    assert_edits(&mut state, |state| &state.search.text, now());
    assert!(state.search.query.is_some());
}

#[test]
fn a_cursor_that_moves_asks_for_nothing() {
    let mut state = searching();
    assert!(!handle_event(&mut state, Event::typed("moon".to_owned())).is_empty());
    let left = || Event::Line(TextInput::Key(Key::plain(Code::Left)));
    let searched = |effects: &[Effect]| effects.iter().any(|e| matches!(e, Effect::Search(_)));
    assert!(!searched(&handle_event(&mut state, left())));
    assert!(searched(&handle_event(&mut state, Event::erased())));
    assert_eq!(state.search.text, "mon");
}

#[test]
fn what_is_fresh_gives_way_to_a_letter_and_not_to_a_move() {
    let mut state = searching();
    handle_event(&mut state, Event::typed("moon".to_owned()));
    state.search.text.refresh();
    handle_event(&mut state, Event::typed("sun".to_owned()));
    assert_eq!(state.search.text, "sun");
    state.search.text.refresh();
    handle_event(&mut state, Event::Line(TextInput::Key(Key::plain(Code::Home))));
    handle_event(&mut state, Event::typed("a ".to_owned()));
    assert_eq!(state.search.text, "a sun");
}

#[test]
fn what_was_searched_for_before_comes_back_on_both_lines() {
    let before = || Event::Line(TextInput::Key(Key::alt(Code::Up)));
    let mut state = open("c1");
    load(&mut state, vec![past(1, Role::User, "one moon", false)]);
    handle_action(&mut state, Action::SearchHere);
    handle_event(&mut state, Event::typed("moon".to_owned()));
    handle_action(&mut state, Action::Open);
    handle_action(&mut state, Action::ShowSearch);
    let effects = handle_event(&mut state, before());
    assert_eq!(state.search.text, "moon");
    assert!(effects.iter().any(|e| matches!(e, Effect::Search(SearchEffect::Find { .. }))), "{effects:?}");
    handle_event(&mut state, Event::typed(" sun".to_owned()));
    handle_action(&mut state, Action::Open);
    handle_action(&mut state, Action::SearchHere);
    handle_action(&mut state, Action::ShowChat);
    handle_action(&mut state, Action::SearchHere);
    handle_event(&mut state, before());
    assert_eq!(state.channel().chat.find.as_ref().unwrap().text, "moon sun");
}

#[test]
fn the_name_of_a_search() {
    let mut state = searching();
    handle_event(&mut state, Event::typed("moon".to_owned()));
    handle_action(&mut state, Action::SaveSearch);
    assert_eq!(state.contexts(), [Context::SearchName]);
    assert_edits(&mut state, name, now());
    handle_event(&mut state, Event::typed("x".repeat(200)));
    assert_eq!(name(&state).chars().count(), 60, "no name is longer");
}

#[test]
fn where_an_export_goes() {
    let mut state = open("c1");
    handle_action(&mut state, Action::Export);
    handle_action(&mut state, Action::Confirm);
    assert_eq!(state.contexts(), [Context::ExportPath]);
    assert_edits(&mut state, export_path, now());
}

#[test]
fn the_file_and_the_archive_of_an_import() {
    let mut state = open("c1");
    state.window.focus = Focus::Roster;
    handle_action(&mut state, Action::Import);
    assert_edits(&mut state, |state| &import_sheet(state).file, now());
    handle_action(&mut state, Action::Confirm);
    let ticket = import_sheet(&state).ticket;
    handle_event(&mut state, Event::Transfer(TransferEvent::Found(ticket, Ok(()))));
    assert_eq!(state.contexts(), [Context::ImportName]);
    assert_edits(&mut state, |state| &import_sheet(state).archive, now());
}

#[test]
fn what_goes_out_with_a_message() {
    let mut state = opened(by_webhook());
    handle_action(&mut state, Action::Attach);
    assert_edits(&mut state, |state| state.channel().composer.prompt.as_ref().unwrap(), now());
}

fn name(state: &State) -> &LineInput {
    match state.window.overlay() {
        Some(Overlay::SearchNaming(naming)) => &naming.name,
        other => panic!("{other:?}"),
    }
}

fn export_path(state: &State) -> &LineInput {
    match state.window.overlay() {
        Some(Overlay::Export(sheet)) => &sheet.path,
        other => panic!("{other:?}"),
    }
}

fn import_sheet(state: &State) -> &Import {
    match state.window.overlay() {
        Some(Overlay::Import(sheet)) => sheet,
        other => panic!("{other:?}"),
    }
}
