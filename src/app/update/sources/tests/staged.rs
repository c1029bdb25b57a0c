//! What is staged: deletions, what is thrown away, and what the store tells of it.

use super::*;

fn unstaged(effects: &[Effect]) -> usize {
    effects.iter().filter(|e| matches!(e, Effect::Open(ChannelEffect::Sources(SourcesEffect::Unstage(_))))).count()
}

#[test]
fn a_deletion_is_staged_and_taken_back() {
    let mut stand = Stand::open();
    stand.press(key('d'));
    assert_eq!(stand.view().selected_change().map(Mark::for_change), Some(Mark::Deleted));
    assert_eq!(stand.view().text(), Some("text of Prices\n"), "what goes is still seen");
    let effects = stand.press(key('d'));
    assert_eq!(unstaged(&effects), 1);
    assert_eq!(stand.view().selected_change(), None);
}

#[test]
fn the_marked_rows_are_staged_together() {
    let mut stand = Stand::open();
    stand.keys("  d");
    assert_eq!(stand.view().staged().count(), 2);
    assert!(stand.notice().starts_with("2 rows are staged to be deleted"), "{}", stand.notice());
    stand.press(key('d'));
    assert_eq!(stand.view().staged().count(), 0);
}

#[test]
fn a_deletion_that_would_lose_a_text_asks() {
    let mut stand = Stand::open();
    stand.write("typed");
    assert_eq!(stand.press(key('d')), []);
    assert_eq!(stand.state.contexts(), [Context::Discard]);
    stand.press(ESC);
    assert_eq!(stand.view().text(), Some("typed"));
    stand.press(key('d'));
    stand.press(key('y'));
    assert_eq!(stand.view().selected_change().map(|c| c.edit.clone()), Some(Edit::Delete));
    assert_eq!(stand.view().staged().count(), 1);
}

#[test]
fn to_throw_away_a_text_asks_and_anything_else_does_not() {
    let mut stand = Stand::open();
    stand.press(key('d'));
    stand.press(key('x'));
    assert_eq!(stand.view().staged().count(), 0);
    stand.write("typed");
    stand.press(key('x'));
    assert_eq!(stand.state.contexts(), [Context::Discard]);
    stand.press(key('n'));
    assert_eq!(stand.view().staged().count(), 1);
    stand.press(key('x'));
    let effects = stand.press(key('y'));
    assert_eq!(unstaged(&effects), 1);
    assert_eq!(stand.view().text(), Some("text of Prices\n"));
}

#[test]
fn a_new_row_is_dropped_by_d() {
    let mut stand = Stand::open();
    stand.press(key('n'));
    stand.line("New");
    stand.press(ENTER);
    stand.press(ESC);
    assert_eq!(stand.selected(), "New");
    let effects = stand.press(key('d'));
    assert_eq!((unstaged(&effects), stand.selected()), (1, "Prices"));
}

#[test]
fn a_row_that_is_staged_to_go_is_not_written() {
    let mut stand = Stand::open();
    stand.press(key('d'));
    stand.press(key('e'));
    assert_eq!(stand.view().editor, None);
    assert!(stand.notice().contains("d takes that back"));
    stand.press(key('R'));
    assert_eq!(stand.view().overlay, None);
}

#[test]
fn the_difference_and_the_raw_text_take_turns() {
    let mut stand = Stand::open();
    let show = |stand: &Stand| stand.view().show;
    stand.press(key('='));
    assert_eq!((show(&stand), stand.notice()), (Show::Rendered, "Nothing is staged of it."));
    stand.keys("pp");
    assert_eq!(show(&stand), Show::Rendered, "there is no difference to see");
    stand.write("other");
    stand.keys("pp");
    assert_eq!(show(&stand), Show::Difference);
    stand.press(key('p'));
    stand.press(key('='));
    assert_eq!(show(&stand), Show::Difference);
    let change = stand.view().selected_change().unwrap();
    let sides = [Some(("Prices", Some("text of Prices\n"))), Some(("Prices", Some("other")))];
    assert_eq!(stand.view().sides(change), sides);
}

#[test]
fn where_one_pane_is_seen_the_difference_comes_in_sight() {
    let mut stand = Stand::open();
    stand.write("other");
    let measured = SourcesMeasured { sources: None, rows: Some(3), detail: 0, lines: 0 };
    stand.handle_event(SourcesEvent::Measured(measured));
    for _ in 0..2 {
        stand.press(key('='));
        assert_eq!((stand.view().show, stand.view().pane), (Show::Difference, SourcesPane::Detail));
        stand.press(ESC);
    }
    stand.press(key('p'));
    assert_eq!((stand.view().show, stand.view().pane), (Show::Rendered, SourcesPane::Detail));
}

#[test]
fn what_was_staged_since_the_store_was_asked_is_not_forgotten() {
    let mut stand = Stand::open();
    stand.press(key('r'));
    stand.press(key('d'));
    let effects = stand.handle_event(SourcesEvent::Changes(Vec::new()));
    assert_eq!(effects, [Effect::Open(ChannelEffect::Sources(SourcesEffect::Changes))], "that answer is old");
    assert_eq!(stand.view().staged().count(), 1);
    stand.run();
    assert_eq!(stand.view().staged().count(), 1);
}

#[test]
fn another_process_is_heard_of_while_the_view_is_open() {
    let mut stand = Stand::open();
    assert!(
        stand.event(Event::ChangedElsewhere).contains(&Effect::Open(ChannelEffect::Sources(SourcesEffect::Changes)))
    );
    stand.run();
    stand.press(key('1'));
    assert!(
        !stand.event(Event::ChangedElsewhere).contains(&Effect::Open(ChannelEffect::Sources(SourcesEffect::Changes)))
    );
}

#[test]
fn what_is_staged_of_a_row_that_is_gone_is_still_seen() {
    let mut stand = Stand::open();
    stand.write("typed");
    stand.world.rows_of(&sid("source-one")).remove(0);
    stand.press(key('r'));
    stand.run();
    assert_eq!((stand.shown()[0], stand.view().text()), ("Prices", Some("typed")));
}

#[test]
fn an_overlay_closes_when_what_it_is_about_is_gone() {
    let mut stand = Stand::open();
    stand.press(key('d'));
    stand.run();
    stand.press(key('D'));
    assert_eq!(stand.state.contexts(), [Context::Review]);
    stand.event(Event::ChangedElsewhere);
    stand.world.changes.clear();
    stand.run();
    assert_eq!(stand.view().overlay, None);
}
