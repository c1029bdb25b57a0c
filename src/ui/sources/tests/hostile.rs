//! Rows that were made to harm, and rows that are large.

use std::time::{Duration, Instant};

use super::*;
use crate::app::sources::SourcesPane;
use crate::domain::Failure;
use crate::domain::Kind;

const HOSTILE: &str = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\u{202e}evil\u{200b}\u{feff}\u{e0041}e\u{301}\u{301}\u{301}\r\n\u{0}\ttab\u{85}\u{2028}end";

/// Whether no cell of any screen of it could act on a terminal.
fn is_harmless(state: &mut State) {
    for ascii in [false, true] {
        let mut view = View::new(ascii);
        for size in [(120, 40), (80, 24), (60, 14), (40, 12), (40, 10)] {
            let drawn = picture(&mut view, state, size);
            let acts = |c: char| {
                (c.is_control() && c != '\n') || matches!(c, '\u{202e}' | '\u{200b}' | '\u{feff}' | '\u{e0041}')
            };
            assert!(!drawn.contains(acts), "{drawn:?}");
        }
    }
}

#[test]
fn a_hostile_row_harms_nobody() {
    let mut state = listed();
    let ticket = state.sources.rows.listing.ticket;
    let mut list = rows(6);
    for (n, row) in list.iter_mut().enumerate() {
        row.name = HOSTILE.repeat(n + 1);
    }
    happen(&mut state, SourcesEvent::Rows { ticket, page: Ok(page(list, 6)), done: true });
    is_harmless(&mut state);
    let failure = Failure::new(Kind::Platform, HOSTILE).hint(HOSTILE);
    let (source, row) = (state.sources.selected.clone().unwrap(), state.sources.selected_row().cloned().unwrap());
    happen(&mut state, SourcesEvent::Row(source, row, Err(failure)));
    is_harmless(&mut state);
    let text = format!("# {HOSTILE}\n\n```{HOSTILE}\n{HOSTILE}\n```\n[{HOSTILE}]({HOSTILE})\n");
    read(&mut state, &text);
    for _ in 0..3 {
        act(&mut state, Action::ShowNext);
        is_harmless(&mut state);
    }
    act(&mut state, Action::RenameRow);
    typed(&mut state, HOSTILE);
    is_harmless(&mut state);
    act(&mut state, Action::Back);
    act(&mut state, Action::EditRow);
    for preview in [false, true] {
        state.sources.editor.as_mut().unwrap().preview = preview;
        is_harmless(&mut state);
    }
    act(&mut state, Action::Search);
    typed(&mut state, HOSTILE);
    is_harmless(&mut state);
    act(&mut state, Action::Back);
    write_outside(&mut state, &format!("{text}{HOSTILE}"));
    act(&mut state, Action::Back);
    state.sources.pane = SourcesPane::Rows;
    act(&mut state, Action::ShowDifference);
    is_harmless(&mut state);
    act(&mut state, Action::Review);
    is_harmless(&mut state);
    act(&mut state, Action::Back);
    let mut change = state.sources.staged().next().unwrap().clone();
    let theirs = crate::domain::Version { name: HOSTILE.into(), content: HOSTILE.into() };
    change.state = crate::domain::ChangeState::Conflict(Some(theirs));
    state.sources.changes.insert(change.id.clone(), change);
    act(&mut state, Action::ShowConflict);
    assert!(state.sources.overlay.is_some());
    is_harmless(&mut state);
}

#[test]
fn a_list_of_5000_rows_draws_what_is_seen() {
    let mut state = listed();
    rows_come(&mut state, 5_000, true);
    let mut view = View::new(false);
    picture(&mut view, &mut state, (120, 40));
    act(&mut state, Action::Bottom);
    let begun = Instant::now();
    let drawn = picture(&mut view, &mut state, (120, 40));
    println!("two frames: {:?}", begun.elapsed());
    assert!(drawn.contains("Row 4999") && !drawn.contains("Row 4950"), "{drawn}");
    assert!(drawn.contains("5,000 rows"));
    assert_eq!(drawn.matches("Row 4").count(), state.sources.rows.height + 1, "and the right pane's title");
}

#[test]
fn a_row_of_200_kilobytes_stays_quick() {
    let mut state = full();
    let text = "Some *words* of a long text.\n\n".repeat(7_000);
    read(&mut state, &text);
    let mut view = View::new(false);
    let mut time = |what: &str, state: &mut State| {
        let begun = Instant::now();
        let drawn = picture(&mut view, state, (120, 40));
        let took = begun.elapsed();
        assert!(drawn.contains("words"), "{what}: {drawn}");
        took
    };
    // A frame of an unoptimised build on a busy machine, once what can be kept is.
    let quick = |what: &str, took: Duration| assert!(took < Duration::from_secs(1), "{what}: {took:?}");
    time("rendered", &mut state);
    quick("rendered again", time("rendered again", &mut state));
    act(&mut state, Action::ShowNext);
    time("raw", &mut state);
    quick("raw again", time("raw again", &mut state));
    act(&mut state, Action::EditRow);
    time("editor", &mut state);
    for n in 0..2 {
        write_outside(&mut state, &format!("{n}{text}"));
        quick("editor, typed", time("editor, typed", &mut state));
    }
    act(&mut state, Action::Back);
    act(&mut state, Action::ShowDifference);
    time("difference", &mut state);
    quick("difference again", time("difference again", &mut state));
}

#[test]
fn every_size_draws() {
    let mut state = full();
    write(&mut state, "other\n");
    let mut view = View::new(true);
    let mut all = |state: &mut State| {
        for width in (1..=130).step_by(9) {
            for height in (1..=45).step_by(2) {
                picture(&mut view, state, (width, height));
            }
        }
    };
    all(&mut state);
    for action in [Action::Review, Action::Journal, Action::Interval, Action::RenameRow, Action::Discard] {
        act(&mut state, action);
        assert!(state.sources.overlay.is_some(), "{action:?}");
        all(&mut state);
        act(&mut state, Action::Back);
    }
    act(&mut state, Action::EditRow);
    all(&mut state);
}
