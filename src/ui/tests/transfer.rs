//! Pictures of the sheet of an export and of an import.

use super::*;
use crate::app::{Arrived, Destination, Effect, Gathering, Taking, There, TransferEffect, TransferEvent, Written};

fn tell(state: &mut State, event: TransferEvent) {
    handle_event(state, Event::Transfer(event));
}

fn handle_action(state: &mut State, action: Action) -> Vec<Effect> {
    handle_event(state, Event::Action(action))
}

/// A state whose roster has the keys, three of five marked and a filter on.
fn marked() -> State {
    let mut state = state();
    handle_action(&mut state, Action::NextPane);
    handle_event(&mut state, Event::RosterMeasured(9));
    for _ in 0..3 {
        handle_action(&mut state, Action::MarkConversation);
    }
    state
}

/// An export that is chosen, in which it is asked where it goes; and its ticket.
fn named() -> (State, u64) {
    let mut state = marked();
    let effects = handle_action(&mut state, Action::Export);
    let [Effect::Transfer(TransferEffect::Folder { ticket })] = effects[..] else { panic!("{effects:?}") };
    tell(&mut state, TransferEvent::Folder(ticket, "~/notes".to_owned()));
    handle_action(&mut state, Action::Confirm);
    (state, ticket)
}

/// The same, under way.
fn under_way() -> (State, u64) {
    let (mut state, ticket) = named();
    handle_action(&mut state, Action::Confirm);
    let spot = Destination { path: "/home/me/notes/docs.md".into(), there: There::Nothing };
    tell(&mut state, TransferEvent::Looked(ticket, Ok(spot)));
    (state, ticket)
}

#[test]
fn marked_conversations() {
    pictures("marked", &marked());
}

#[test]
fn what_is_exported_and_how() {
    let mut state = marked();
    state.channel_mut().roster.filter = "re".into();
    state.channel_mut().roster.refilter();
    handle_action(&mut state, Action::Export);
    handle_action(&mut state, Action::Down);
    pictures("export", &state);
}

#[test]
fn where_an_export_goes() {
    let (mut state, ticket) = named();
    pictures("export-path", &state);
    handle_event(&mut state, Event::typed("~/nowhere/at/all/docs.md".to_owned()));
    handle_action(&mut state, Action::Confirm);
    let failure = Failure::new(Kind::Invalid, "There is no folder /home/me/nowhere/at/all.")
        .hint("A folder that is named with a / at its end is made.");
    tell(&mut state, TransferEvent::Looked(ticket, Err(failure)));
    pictures("export-nowhere", &state);
    handle_action(&mut state, Action::Confirm);
    let spot = Destination { path: "/home/me/notes/docs.md".into(), there: There::File };
    tell(&mut state, TransferEvent::Looked(ticket, Ok(spot)));
    pictures("export-replace", &state);
}

#[test]
fn how_far_an_export_is_and_what_it_came_to() {
    let (mut state, ticket) = under_way();
    let so_far = Gathering { conversations: 1, of: Some(3), pages: 14, messages: 1_334, ..Gathering::default() };
    tell(&mut state, TransferEvent::Gathered(ticket, Gathering { here: 100, here_of: Some(400), ..so_far }));
    pictures("export-progress", &state);
    let to = "/home/me/notes/docs-2025-10-09.md".into();
    let written = Written { conversations: 3, messages: 1_634, counted: Some(1_635), problem: None, files: 1, to };
    tell(&mut state, TransferEvent::Exported(ticket, Ok(written)));
    pictures("export-done", &state);
}

#[test]
fn an_export_that_failed() {
    let (mut state, ticket) = under_way();
    let failure =
        Failure::new(Kind::Network, "docs.example did not answer within 30 s.").hint("Nothing was written.");
    tell(&mut state, TransferEvent::Exported(ticket, Err(failure)));
    pictures("export-failed", &state);
}

#[test]
fn an_import_from_its_file_to_its_archive() {
    let mut state = state();
    let effects = handle_action(&mut state, Action::Import);
    let [Effect::Transfer(TransferEffect::Folder { ticket })] = effects[..] else { panic!("{effects:?}") };
    tell(&mut state, TransferEvent::Folder(ticket, "~/notes".to_owned()));
    pictures("import", &state);
    handle_event(&mut state, Event::typed("docs.jsonl".to_owned()));
    handle_action(&mut state, Action::Confirm);
    tell(&mut state, TransferEvent::Found(ticket, Ok(())));
    pictures("import-name", &state);
    handle_action(&mut state, Action::Confirm);
    let so_far = Taking { bytes: 300 * 1_024, of: Some(1_234 * 1_024), storing: None };
    tell(&mut state, TransferEvent::Taken(ticket, so_far));
    pictures("import-progress", &state);
    let channel = ChannelInfo {
        name: ChannelName::new("archive"),
        label: SafeText::one_line("archive"),
        platform: Platform::new("chat-thing"),
        sandbox: false,
        read_only: false,
    };
    let capabilities = Capabilities { local: true, ..Capabilities::NONE };
    let arrived = Arrived { channel, capabilities, conversations: 3, messages: 1_634, new: 634, only: None };
    tell(&mut state, TransferEvent::Imported(ticket, Ok(Box::new(arrived))));
    pictures("import-done", &state);
}
