//! Each screen and each overlay.

use super::*;
use crate::app::sources::{SourcesOverlay, SourcesPane, SyncStep};
use crate::app::{Channel, Focus, ViewKind};
use crate::domain::{Applied, Change, ChangeState, Edit, Failure, Kind, Replaced, Version};

#[test]
fn nothing_is_known_yet() {
    pictures("asked", &mut asked());
}

#[test]
fn a_channel_without_sources_of_data() {
    let mut state = asked();
    let ticket = state.channel().sources.listing.ticket;
    handle_event(&mut state, SourcesEvent::List { ticket, page: Ok(page(Vec::new(), 0)), done: true });
    pictures("none", &mut state);
}

#[test]
fn a_platform_without_any() {
    let mut state = asked();
    let other = ChannelInfo { name: ChannelName::new("other"), ..state.channel().info.clone() };
    let other = Channel::new(other, state.channel().capabilities);
    state.channel_mut().capabilities.sources = false;
    pictures("sourceless-anywhere", &mut state);
    state.channels.push(other);
    pictures("sourceless", &mut state);
}

#[test]
fn sources_that_could_not_be_read() {
    let mut state = asked();
    let ticket = state.channel().sources.listing.ticket;
    let failure = Failure::new(Kind::Network, "docs.example could not be reached.").hint("Check the network.");
    handle_event(&mut state, SourcesEvent::List { ticket, page: Err(failure), done: true });
    pictures("unread", &mut state);
}

#[test]
fn rows_while_they_come() {
    let mut state = listed();
    rows_come(&mut state, 400, false);
    pictures("loading", &mut state);
}

#[test]
fn a_source_without_rows() {
    let mut state = listed();
    rows_come(&mut state, 0, true);
    pictures("empty", &mut state);
}

#[test]
fn a_row_rendered_and_as_it_is_written() {
    let mut state = full();
    pictures("rows", &mut state);
    handle_action(&mut state, Action::NextPane);
    handle_action(&mut state, Action::ShowNext);
    pictures("raw", &mut state);
}

#[test]
fn the_sources() {
    let mut state = full();
    state.channel_mut().sources.pane = SourcesPane::Sources;
    pictures("sources", &mut state);
}

#[test]
fn the_filter() {
    let mut state = full();
    handle_action(&mut state, Action::Filter);
    typed(&mut state, "re");
    pictures("filter", &mut state);
    typed(&mut state, "xyz");
    pictures("filter-nothing", &mut state);
}

/// A state in which something is staged of each kind, and something went wrong with some of it.
fn staged_all() -> State {
    let mut state = full();
    write(
        &mut state,
        &TEXT.replace("eight", "nine").replace("| Jupiter | 95 |\n", "| Jupiter | 97 |\n| Saturn | 274 |\n"),
    );
    go(&mut state, 1, "Mon to Fri\r\n9 to 5");
    write(&mut state, "Mon to Fri\r\n9 to 6\r\n");
    go(&mut state, 2, "Ask us.\n");
    handle_action(&mut state, Action::RenameRow);
    typed(&mut state, "!");
    handle_action(&mut state, Action::Confirm);
    go(&mut state, 3, "日本語\n");
    handle_action(&mut state, Action::DeleteRows);
    go(&mut state, 4, "Long.\n");
    write(&mut state, "Longer.\n");
    go(&mut state, 5, "Nameless.\n");
    write(&mut state, "Nameless still.\n");
    go(&mut state, 6, "Ships on Monday.\n");
    write(&mut state, "Ships on Tuesday.\nAnd on Friday.\n");
    handle_action(&mut state, Action::NewRow);
    typed(&mut state, "Returns");
    handle_action(&mut state, Action::Confirm);
    crate::app::testing::retype(&mut state, "# Returns\n\nWithin 30 days.\n", now());
    handle_action(&mut state, Action::Back);
    state.channel_mut().sources.pane = SourcesPane::Rows;
    let ids = staged(&state);
    let mut changes: Vec<Change> = state.channel().sources.changes.values().cloned().collect();
    for change in &mut changes {
        change.state = match ids.iter().position(|id| *id == change.id) {
            Some(4) => ChangeState::Refused("The platform refused it (422): content is too long.".into()),
            Some(5) => ChangeState::Unknown("no answer came within 30 s.".into()),
            Some(6) => ChangeState::Conflict(Some(Version {
                name: "Shipping and returns".into(),
                content: "Ships on Monday.\nAnd on Wednesday.\n".into(),
            })),
            _ => ChangeState::Staged,
        };
    }
    handle_event(&mut state, SourcesEvent::Changes(changes.clone()));
    // The store answers each question once; what it was asked in between is answered the same.
    handle_event(&mut state, SourcesEvent::Changes(changes));
    handle_action(&mut state, Action::Top);
    state
}

/// Goes to a row by its place among the platform's.
fn to_row(state: &mut State, nth: usize, content: &str) {
    let new = state.channel().sources.staged().filter(|change| change.row.is_none()).count();
    go(state, new + nth, content);
}

#[test]
fn what_is_staged() {
    let mut state = staged_all();
    pictures("staged-new", &mut state);
    for (nth, name, text) in [
        (0, "staged-changed", TEXT),
        (1, "staged-line-ends", "Mon to Fri\r\n9 to 5"),
        (3, "staged-deleted", "日本語\n"),
        (4, "staged-refused", "Long.\n"),
        (6, "staged-conflict", "Ships on Monday.\n"),
    ] {
        to_row(&mut state, nth, text);
        state.channel_mut().sources.measured.sources = Some(1);
        state.channel_mut().sources.measured.rows = Some(30);
        handle_action(&mut state, Action::ShowDifference);
        pictures(name, &mut state);
    }
}

#[test]
fn marks() {
    let mut state = staged_all();
    for _ in 0..2 {
        handle_action(&mut state, Action::Down);
        handle_action(&mut state, Action::MarkRow);
    }
    pictures("marked", &mut state);
    handle_action(&mut state, Action::MarkRange);
    handle_action(&mut state, Action::Down);
    handle_action(&mut state, Action::Down);
    pictures("range", &mut state);
    handle_action(&mut state, Action::MarkRange);
    handle_action(&mut state, Action::Discard);
    pictures("discard", &mut state);
}

#[test]
fn the_whole_difference() {
    let mut state = staged_all();
    handle_action(&mut state, Action::Review);
    pictures("review", &mut state);
    handle_action(&mut state, Action::PageDown);
    pictures("review-below", &mut state);
}

#[test]
fn a_conflict() {
    let mut state = staged_all();
    to_row(&mut state, 6, "Ships on Monday.\n");
    handle_action(&mut state, Action::ShowConflict);
    pictures("conflict", &mut state);
}

#[test]
fn a_job_and_its_results() {
    let mut state = staged_all();
    // What needs a word goes, so that the others can be applied.
    to_row(&mut state, 6, "Ships on Monday.\n");
    handle_action(&mut state, Action::Discard);
    handle_action(&mut state, Action::Confirm);
    handle_action(&mut state, Action::Apply);
    assert!(is_apply(&handle_action(&mut state, Action::Confirm)));
    let ids = staged(&state);
    handle_event(&mut state, SourcesEvent::Applied(ids[0].clone(), Applied::Done(None)));
    let refused =
        Failure::new(Kind::Platform, "The platform refused it (422): content is too long.").hint("It stays staged.");
    handle_event(&mut state, SourcesEvent::Applied(ids[1].clone(), Applied::Refused(refused)));
    state.window.notice = None;
    pictures("job", &mut state);
    handle_action(&mut state, Action::CancelApply);
    state.window.notice = None;
    pictures("job-cancelled", &mut state);
    for id in &ids[2..] {
        handle_event(&mut state, SourcesEvent::Applied(id.clone(), Applied::Cancelled));
    }
    let source = state.channel().sources.selected.clone().unwrap();
    handle_event(&mut state, SourcesEvent::ApplyEnded(source, Ok(())));
    handle_action(&mut state, Action::Results);
    pictures("results", &mut state);
}

#[test]
fn the_editor() {
    let mut state = full();
    handle_action(&mut state, Action::EditRow);
    state.channel_mut().sources.editor.as_mut().unwrap().preview = true;
    pictures("editor", &mut state);
    state.channel_mut().sources.editor.as_mut().unwrap().preview = false;
    write_outside(&mut state, TEXT.replace('\n', "\r\n").trim_end());
    handle_action(&mut state, Action::Search);
    typed(&mut state, "the");
    pictures("editor-search", &mut state);
    typed(&mut state, "xyz");
    state.channel_mut().sources.editor.as_mut().unwrap().preview = true;
    pictures("editor-search-nothing", &mut state);
}

#[test]
fn the_journal() {
    let mut state = full();
    handle_action(&mut state, Action::Journal);
    pictures("journal-empty", &mut state);
    let version = |name: &str, content: &str| Some(Version { name: name.into(), content: content.into() });
    let source = state.channel().sources.selected.clone().unwrap();
    let entry = |n: i64, was: Option<Version>, became: Option<Version>| Replaced {
        n,
        channel: ChannelName::new("docs"),
        source: source.clone(),
        row: Some(RowId::new("0c4f1b20-row")),
        was,
        became,
        certain: n != 3,
        undone: n == 2,
        at: now().plus_millis(-(6 - n) * 700_000),
    };
    let entries = vec![
        entry(
            5,
            version("Planets", "There are eight.\nAll of them round.\n"),
            version("Planets", "There are nine.\nAll of them round.\n"),
        ),
        entry(4, version("Old hours", "9 to 5\n"), None),
        entry(3, None, version("Returns", "Within 30 days.\n")),
        entry(2, version("Contact", "Mail\n"), version("Contact us", "Mail\n")),
    ];
    handle_event(&mut state, SourcesEvent::Journal(source.clone(), entries));
    pictures("journal", &mut state);
    handle_action(&mut state, Action::Down);
    pictures("journal-deleted", &mut state);
}

#[test]
fn names() {
    let mut state = full();
    handle_action(&mut state, Action::NewRow);
    pictures("name-new", &mut state);
    handle_action(&mut state, Action::Back);
    handle_action(&mut state, Action::RenameRow);
    pictures("name", &mut state);
}

#[test]
fn questions_about_a_source() {
    let mut state = full();
    handle_action(&mut state, Action::Interval);
    pictures("interval", &mut state);
    handle_action(&mut state, Action::Back);
    state.channel_mut().sources.pane = SourcesPane::Sources;
    handle_action(&mut state, Action::DeleteSource);
    pictures("delete-source", &mut state);
    typed(&mut state, "7bb");
    pictures("delete-source-begun", &mut state);
    let Some(SourcesOverlay::DeleteSource { asked, text, .. }) = &mut state.channel_mut().sources.overlay else {
        panic!()
    };
    *text = asked.as_str().into();
    pictures("delete-source-asked", &mut state);
}

#[test]
fn a_sync() {
    let mut state = full();
    handle_action(&mut state, Action::Sync);
    let id = state.channel().sources.selected.clone().unwrap();
    let mut at = source(7, SyncState::Syncing, Some(2), Some(SyncInterval::Day));
    handle_event(&mut state, SourcesEvent::Sync(id.clone(), SyncStep::Running(at.clone())));
    state.channel_mut().sources.syncs.get_mut(&id).unwrap().since = now().plus_millis(-12_000);
    state.window.notice = None;
    pictures("syncing", &mut state);
    at.state = SyncState::Synced;
    handle_event(&mut state, SourcesEvent::Sync(id, SyncStep::Ended(at)));
    state.window.notice = None;
    pictures("synced", &mut state);
}

#[test]
fn leaving_with_something_staged() {
    let mut state = staged_all();
    handle_action(&mut state, Action::Interrupt);
    handle_action(&mut state, Action::Interrupt);
    assert!(state.window.leave_asked().is_some());
    pictures("leave", &mut state);
    (state.window.view, state.window.focus) = (ViewKind::Chat, Focus::Composer);
    let drawn = picture(&mut View::new(false), &mut state, (80, 24));
    assert!(drawn.contains("Leave all the same?"), "{drawn}");
}

#[test]
fn the_help_begins_with_this_view() {
    let mut state = full();
    handle_action(&mut state, Action::Help);
    pictures("help", &mut state);
}

#[test]
fn the_header_names_the_view_where_a_channel_has_it() {
    let mut state = full();
    assert!(picture(&mut View::new(false), &mut state, (80, 24)).contains("2 Sources"));
    for tab in &mut state.channels {
        tab.capabilities.sources = false;
    }
    assert!(!picture(&mut View::new(false), &mut state, (80, 24)).contains("2 Sources"));
}

#[test]
fn hints_name_keys_that_work() {
    let mut state = staged_all();
    assert_eq!(state.channel().sources.staged().filter(|c| matches!(c.edit, Edit::Delete)).count(), 1);
    let mut view = View::new(false);
    for _ in 0..10 {
        handle_action(&mut state, Action::Down);
        let drawn = picture(&mut view, &mut state, (160, 24));
        let hints = drawn.lines().last().unwrap();
        let conflict =
            state.channel().sources.selected_change().is_some_and(|c| matches!(c.state, ChangeState::Conflict(_)));
        assert_eq!(hints.contains("resolve"), conflict, "{hints}");
    }
}
