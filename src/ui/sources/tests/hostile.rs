//! Rows that were made to harm, and rows that are large.

use std::time::Instant;

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
    let ticket = state.channel().sources.rows.listing.ticket;
    let mut list = rows(6);
    for (n, row) in list.iter_mut().enumerate() {
        row.name = HOSTILE.repeat(n + 1);
    }
    handle_event(&mut state, SourcesEvent::Rows { ticket, page: Ok(page(list, 6)), done: true });
    is_harmless(&mut state);
    let failure = Failure::new(Kind::Platform, HOSTILE).hint(HOSTILE);
    let (source, row) =
        (state.channel().sources.selected.clone().unwrap(), state.channel().sources.selected_row().cloned().unwrap());
    handle_event(&mut state, SourcesEvent::Row(source, row, Err(failure)));
    is_harmless(&mut state);
    let text = format!("# {HOSTILE}\n\n```{HOSTILE}\n{HOSTILE}\n```\n[{HOSTILE}]({HOSTILE})\n");
    read(&mut state, &text);
    for _ in 0..3 {
        handle_action(&mut state, Action::ShowNext);
        is_harmless(&mut state);
    }
    handle_action(&mut state, Action::RenameRow);
    typed(&mut state, HOSTILE);
    is_harmless(&mut state);
    handle_action(&mut state, Action::Back);
    handle_action(&mut state, Action::EditRow);
    for preview in [false, true] {
        state.channel_mut().sources.editor.as_mut().unwrap().preview = preview;
        is_harmless(&mut state);
    }
    handle_action(&mut state, Action::Search);
    typed(&mut state, HOSTILE);
    is_harmless(&mut state);
    handle_action(&mut state, Action::Back);
    write_outside(&mut state, &format!("{text}{HOSTILE}"));
    handle_action(&mut state, Action::Back);
    state.channel_mut().sources.pane = SourcesPane::Rows;
    handle_action(&mut state, Action::ShowDifference);
    is_harmless(&mut state);
    handle_action(&mut state, Action::Review);
    is_harmless(&mut state);
    handle_action(&mut state, Action::Back);
    let mut change = state.channel().sources.staged().next().unwrap().clone();
    let theirs = crate::domain::Version { name: HOSTILE.into(), content: HOSTILE.into() };
    change.state = crate::domain::ChangeState::Conflict(Some(theirs));
    state.channel_mut().sources.changes.insert(change.id.clone(), change);
    handle_action(&mut state, Action::ShowConflict);
    assert!(state.channel().sources.overlay.is_some());
    is_harmless(&mut state);
}

#[test]
fn a_list_of_5000_rows_draws_what_is_seen() {
    let mut state = listed();
    rows_come(&mut state, 5_000, true);
    let mut view = View::new(false);
    picture(&mut view, &mut state, (120, 40));
    handle_action(&mut state, Action::Bottom);
    let begun = Instant::now();
    let drawn = picture(&mut view, &mut state, (120, 40));
    println!("two frames: {:?}", begun.elapsed());
    assert!(drawn.contains("Row 4999") && !drawn.contains("Row 4950"), "{drawn}");
    assert!(drawn.contains("5,000 rows"));
    assert_eq!(
        drawn.matches("Row 4").count(),
        state.channel().sources.rows.view.height + 1,
        "and the right pane's title"
    );
}

#[test]
fn a_row_of_200_kilobytes_is_drawn_each_way() {
    let mut state = full();
    let text = "Some *words* of a long text.\n\n".repeat(7_000);
    read(&mut state, &text);
    let mut view = View::new(false);
    let mut draw = |what: &str, state: &mut State| {
        let drawn = picture(&mut view, state, (120, 40));
        assert!(drawn.contains("words"), "{what}: {drawn}");
    };
    draw("rendered", &mut state);
    draw("rendered again", &mut state);
    handle_action(&mut state, Action::ShowNext);
    draw("raw", &mut state);
    draw("raw again", &mut state);
    handle_action(&mut state, Action::EditRow);
    draw("editor", &mut state);
    for n in 0..2 {
        write_outside(&mut state, &format!("{n}{text}"));
        draw("editor, typed", &mut state);
    }
    handle_action(&mut state, Action::Back);
    handle_action(&mut state, Action::ShowDifference);
    draw("difference", &mut state);
    draw("difference again", &mut state);
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
        handle_action(&mut state, action);
        assert!(state.channel().sources.overlay.is_some(), "{action:?}");
        all(&mut state);
        handle_action(&mut state, Action::Back);
    }
    handle_action(&mut state, Action::EditRow);
    all(&mut state);
}
