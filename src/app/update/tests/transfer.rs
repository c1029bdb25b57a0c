//! Marks, exports and imports.

use std::path::PathBuf;

use super::*;

/// A state with three conversations listed to the end of the platform's list, the roster having the keys.
fn listed() -> State {
    let mut state = open("c1");
    let row = |n: i64| RosterRow::new(id(&format!("c{n}")), &format!("title {n}"), Some(now().plus_millis(-n)));
    state.channel_mut().roster.merge((1..=3).map(row));
    state.channel_mut().roster.complete = true;
    state.window.focus = Focus::Roster;
    state.channel_mut().roster.select(0);
    state
}

fn export(state: &State) -> &Export {
    let Some(Overlay::Export(sheet)) = state.window.overlay() else {
        panic!("no export: {:?}", state.window.overlay())
    };
    sheet
}

fn import(state: &State) -> &Import {
    let Some(Overlay::Import(sheet)) = state.window.overlay() else {
        panic!("no import: {:?}", state.window.overlay())
    };
    sheet
}

fn tell(state: &mut State, event: TransferEvent) -> Vec<Effect> {
    handle_event(state, Event::Transfer(event))
}

fn labels(state: &State) -> Vec<&str> {
    export(state).choices.iter().map(|choice| choice.label.as_str()).collect()
}

fn these(ids: &[&str]) -> Chosen {
    Chosen::These(ids.iter().map(|name| id(name)).collect())
}

fn spot(there: There) -> Destination {
    Destination { path: PathBuf::from("/home/me/x.md"), there }
}

/// Goes on to where it is written, and has that looked at.
fn to_looking(state: &mut State) -> u64 {
    handle_action(state, Action::Confirm);
    let effects = handle_action(state, Action::Confirm);
    let [Effect::Transfer(TransferEffect::Look { ticket, .. })] = effects[..] else { panic!("{effects:?}") };
    ticket
}

#[test]
fn what_can_be_exported_is_told_with_the_likeliest_first() {
    let mut state = listed();
    handle_action(&mut state, Action::Export);
    assert_eq!(labels(&state), ["this conversation: title 1", "all of docs: 3"]);
    handle_action(&mut state, Action::Back);
    assert!(state.window.overlay().is_none());
    // A mark goes on to the next row.
    handle_action(&mut state, Action::MarkConversation);
    handle_action(&mut state, Action::MarkConversation);
    state.channel_mut().roster.filter = "title 3".into();
    state.channel_mut().roster.refilter();
    handle_action(&mut state, Action::Export);
    assert_eq!(
        labels(&state),
        ["the 2 that are marked", "this conversation: title 3", "the 1 that the filter shows", "all of docs: 3"]
    );
    let what: Vec<Chosen> = export(&state).choices.iter().map(|choice| choice.what.clone()).collect();
    let all = Chosen::All { filter: String::new() };
    assert_eq!(what, [these(&["c1", "c2"]), these(&["c3"]), these(&["c3"]), all]);
    handle_action(&mut state, Action::Back);
    // What is not loaded may pass the filter too.
    state.channel_mut().roster.complete = false;
    handle_action(&mut state, Action::Export);
    let filtered = &export(&state).choices[2];
    assert_eq!(filtered.what, Chosen::All { filter: "title 3".to_owned() });
    assert_eq!(filtered.label.as_str(), "all that the filter shows: 1 of those here");
}

#[test]
fn from_the_transcript_it_is_the_open_conversation() {
    let mut state = listed();
    state.channel_mut().roster.select(2);
    state.window.focus = Focus::Transcript;
    handle_action(&mut state, Action::Export);
    assert_eq!(export(&state).choice().map(|choice| choice.what.clone()), Some(these(&["c1"])));
    assert_eq!(export(&state).suggested(), "title-1-c1.md");
    let mut state = super::state(false);
    state.window.focus = Focus::Transcript;
    assert!(!state.offers(Action::Export));
    handle_action(&mut state, Action::Export);
    assert!(state.window.overlay().is_none() && state.window.notice.is_some(), "there is none");
}

#[test]
fn an_export_goes_from_the_question_to_the_last_word() {
    let mut state = listed();
    let effects = handle_action(&mut state, Action::Export);
    let [Effect::Transfer(TransferEffect::Folder { ticket })] = effects[..] else { panic!("{effects:?}") };
    tell(&mut state, TransferEvent::Folder(ticket, "~/work\x1b[2J".to_owned()));
    assert!(SafeText::is_safe(export(&state).folder.as_ref().unwrap().as_str()));
    handle_action(&mut state, Action::Up);
    assert_eq!(export(&state).format, Format::Jsonl);
    handle_action(&mut state, Action::Down);
    handle_action(&mut state, Action::MarkConversations);
    handle_action(&mut state, Action::Confirm);
    assert_eq!(state.contexts(), [Context::ExportPath]);
    assert_eq!(export(&state).suggested(), "docs-2023-11-14.md");
    handle_event(&mut state, Event::typed("'~/my notes.md'\n".to_owned()));
    let effects = handle_action(&mut state, Action::Confirm);
    let look = TransferEffect::Look { ticket, path: "~/my notes.md".to_owned() };
    assert_eq!(effects, [Effect::Transfer(look)]);
    let effects = tell(&mut state, TransferEvent::Looked(ticket, Ok(spot(There::Nothing))));
    let begun = TransferEffect::Export {
        ticket,
        what: Chosen::All { filter: String::new() },
        format: Format::Markdown,
        to: PathBuf::from("/home/me/x.md"),
        force: false,
    };
    assert_eq!(effects, [Effect::Transfer(begun)]);
    assert_eq!(state.contexts(), [Context::Gathering]);
    let so_far = Gathering { of: Some(3), messages: 100, ..Gathering::default() };
    tell(&mut state, TransferEvent::Gathered(ticket, so_far));
    assert!(matches!(export(&state).stage, Stage::Working { so_far: told, .. } if told == so_far));
    let written = Written {
        conversations: 3,
        messages: 1_234,
        counted: None,
        problem: None,
        files: 1,
        to: "/home/me/x.md".into(),
    };
    tell(&mut state, TransferEvent::Exported(ticket, Ok(written)));
    assert_eq!(state.contexts(), [Context::Transferred]);
    handle_action(&mut state, Action::Back);
    assert!(state.window.overlay().is_none());
}

#[test]
fn nothing_is_replaced_unasked() {
    let mut state = listed();
    handle_action(&mut state, Action::Export);
    let ticket = to_looking(&mut state);
    for there in [There::File, There::Folder(2)] {
        assert_eq!(tell(&mut state, TransferEvent::Looked(ticket, Ok(spot(there)))), []);
        assert_eq!(state.contexts(), [Context::Replacing]);
        handle_action(&mut state, Action::Back);
        assert_eq!(state.contexts(), [Context::ExportPath]);
        handle_action(&mut state, Action::Confirm);
    }
    tell(&mut state, TransferEvent::Looked(ticket, Ok(spot(There::File))));
    let effects = handle_action(&mut state, Action::Confirm);
    assert!(matches!(effects[..], [Effect::Transfer(TransferEffect::Export { force: true, .. })]), "{effects:?}");
}

#[test]
fn a_path_that_leads_nowhere_can_be_put_right() {
    let mut state = listed();
    handle_action(&mut state, Action::Export);
    handle_action(&mut state, Action::Confirm);
    handle_action(&mut state, Action::Complete);
    assert_eq!(export(&state).path, "title-1-c1.md", "the suggested name, to be changed");
    let effects = handle_action(&mut state, Action::Complete);
    let ticket = export(&state).ticket;
    let asked = TransferEffect::Complete { ticket, text: "title-1-c1.md".to_owned(), end: "" };
    assert_eq!(effects, [Effect::Transfer(asked)]);
    handle_event(&mut state, Event::erased());
    tell(&mut state, TransferEvent::Completed(ticket, "title-1-c1.md".to_owned(), "title-1-c1.md.old".to_owned()));
    assert_eq!(export(&state).path, "title-1-c1.m", "what was typed since stays");
    tell(&mut state, TransferEvent::Completed(ticket, "title-1-c1.m".to_owned(), "title-1-c1.mp3".to_owned()));
    assert_eq!(export(&state).path, "title-1-c1.mp3");
    handle_action(&mut state, Action::Confirm);
    tell(&mut state, TransferEvent::Looked(ticket, Err(failure(Kind::Invalid))));
    assert!(matches!(export(&state).stage, Stage::Naming(Some(_))));
    handle_event(&mut state, Event::typed("x".to_owned()));
    assert!(matches!(export(&state).stage, Stage::Naming(None)));
    // An answer to what is not asked any more.
    assert_eq!(tell(&mut state, TransferEvent::Looked(ticket, Ok(spot(There::Nothing)))), []);
    assert_eq!(state.contexts(), [Context::ExportPath]);
}

#[test]
fn an_export_is_cancelled_once_and_never_while_it_is_written() {
    let mut state = listed();
    handle_action(&mut state, Action::Export);
    let ticket = to_looking(&mut state);
    tell(&mut state, TransferEvent::Looked(ticket, Ok(spot(There::Nothing))));
    assert!(state.offers(Action::Back));
    assert_eq!(handle_action(&mut state, Action::Back), [Effect::Transfer(TransferEffect::Cancel { ticket })]);
    assert!(!state.offers(Action::Back));
    assert_eq!(handle_action(&mut state, Action::Back), []);
    tell(&mut state, TransferEvent::Cancelled(ticket + 1));
    assert!(state.window.overlay().is_some(), "another one's");
    tell(&mut state, TransferEvent::Cancelled(ticket));
    assert!(state.window.overlay().is_none());

    handle_action(&mut state, Action::Export);
    let ticket = to_looking(&mut state);
    tell(&mut state, TransferEvent::Looked(ticket, Ok(spot(There::Nothing))));
    tell(&mut state, TransferEvent::Gathered(ticket, Gathering { writing: true, ..Gathering::default() }));
    assert!(!state.offers(Action::Back));
    assert_eq!(handle_action(&mut state, Action::Back), []);
    tell(&mut state, TransferEvent::Exported(ticket, Err(failure(Kind::Failed))));
    assert!(matches!(export(&state).stage, Stage::Ended(Err(_))));
}

#[test]
fn the_sheet_alone_has_the_keys() {
    let mut state = listed();
    handle_action(&mut state, Action::Export);
    for action in [Action::NextPane, Action::ShowWebhooks, Action::NewConversation, Action::Open, Action::Import] {
        assert_eq!(handle_action(&mut state, action), []);
        assert!(
            matches!(state.window.overlay(), Some(Overlay::Export(_))) && state.window.view == ViewKind::Chat,
            "{action:?}"
        );
    }
    handle_action(&mut state, Action::Help);
    assert_eq!(state.contexts(), [Context::Help]);
    handle_action(&mut state, Action::Back);
    assert_eq!(state.contexts(), [Context::Export]);
    assert!(handle_action(&mut state, Action::Interrupt).iter().any(|effect| matches!(effect, Effect::Wake(_))));
}

/// An import of that file into the archive that is meant where none is named, under way.
fn importing(state: &mut State) -> u64 {
    handle_action(state, Action::Import);
    assert!(!state.offers(Action::Confirm), "no file is named yet");
    handle_event(state, Event::typed("a.jsonl".to_owned()));
    let ticket = import(state).ticket;
    let find = TransferEffect::Find { ticket, file: "a.jsonl".to_owned() };
    assert_eq!(handle_action(state, Action::Confirm), [Effect::Transfer(find)]);
    tell(state, TransferEvent::Found(ticket, Ok(())));
    assert_eq!(state.contexts(), [Context::ImportName]);
    let begun = TransferEffect::Import { ticket, file: "a.jsonl".to_owned(), archive: ChannelName::new("archive") };
    assert_eq!(handle_action(state, Action::Confirm), [Effect::Transfer(begun)]);
    ticket
}

fn arrived(only: Option<&str>) -> Arrived {
    let capabilities = Capabilities { local: true, ..Capabilities::NONE };
    let (channel, only) = (view("archive", false), only.map(id));
    Arrived { channel, capabilities, conversations: 1, messages: 2, new: 2, only }
}

#[test]
fn what_was_imported_opens_behind_the_sheet() {
    let mut state = listed();
    let ticket = importing(&mut state);
    tell(&mut state, TransferEvent::Taken(ticket, Taking { bytes: 5, of: Some(9), storing: None }));
    assert!(matches!(import(&state).stage, ImportStage::Working { so_far, .. } if so_far.bytes == 5));
    let effects = tell(&mut state, TransferEvent::Imported(ticket, Ok(Box::new(arrived(Some("c9"))))));
    assert_eq!(state.channel().info.name.as_str(), "archive");
    assert_eq!(state.channel().open_id(), Some(&id("c9")));
    assert!(effects.contains(&Effect::Open(ChannelEffect::Restore)), "{effects:?}");
    assert!(matches!(import(&state).stage, ImportStage::Done(_)));
    // What the store remembers takes nobody elsewhere.
    let rows = vec![RosterRow::new(id("c8"), "", None), RosterRow::new(id("c9"), "", None)];
    handle_event(
        &mut state,
        Event::Open(ChannelEvent::Restored(Box::new(Restored { rows, open: Some(id("c8")), ..Restored::default() }))),
    );
    assert_eq!(state.channel().open_id(), Some(&id("c9")));
    load(&mut state, Vec::new());
    handle_action(&mut state, Action::Back);
    // Once more, from within the archive and from beside it: it is read again.
    let ticket = importing(&mut state);
    let effects = tell(&mut state, TransferEvent::Imported(ticket, Ok(Box::new(arrived(Some("c9"))))));
    assert!(
        effects.contains(&Effect::Open(ChannelEffect::Restore))
            && effects.contains(&Effect::Open(ChannelEffect::LoadRow(id("c9")))),
        "{effects:?}"
    );
    handle_action(&mut state, Action::Back);
    handle_action(&mut state, Action::NextChannel);
    assert_eq!(state.channel().info.name.as_str(), "docs");
    let ticket = importing(&mut state);
    let effects = tell(&mut state, TransferEvent::Imported(ticket, Ok(Box::new(arrived(None)))));
    assert!(effects.contains(&Effect::Open(ChannelEffect::Restore)), "{effects:?}");
    assert_eq!((state.channel().info.name.as_str(), state.channels.len()), ("archive", 2));
}

#[test]
fn an_import_that_fails_can_be_put_right() {
    let mut state = listed();
    let ticket = importing(&mut state);
    tell(&mut state, TransferEvent::Imported(ticket, Err(failure(Kind::Invalid))));
    assert!(matches!(import(&state).stage, ImportStage::Archive(Some(_))));
    handle_event(&mut state, Event::typed("old".to_owned()));
    assert!(matches!(import(&state).stage, ImportStage::Archive(None)));
    assert_eq!(import(&state).archive_name(), "old");
    handle_action(&mut state, Action::Up);
    handle_action(&mut state, Action::Confirm);
    tell(&mut state, TransferEvent::Found(ticket, Err(failure(Kind::Invalid))));
    assert!(matches!(import(&state).stage, ImportStage::File(Some(_))));
    assert_eq!(state.channel().info.name.as_str(), "docs");
    handle_action(&mut state, Action::Back);
    assert!(state.window.overlay().is_none());
    let ticket = importing(&mut state);
    assert_eq!(handle_action(&mut state, Action::Back), [Effect::Transfer(TransferEffect::Cancel { ticket })]);
    tell(&mut state, TransferEvent::Cancelled(ticket));
    assert!(state.window.overlay().is_none());
    let ticket = importing(&mut state);
    tell(&mut state, TransferEvent::Taken(ticket, Taking { storing: Some(2), ..Taking::default() }));
    assert_eq!(handle_action(&mut state, Action::Back), [], "it is stored whole");
}
