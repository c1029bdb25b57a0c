//! Sources and rows as they come, the filter, the selection and the marks.

use super::*;

#[test]
fn the_view_asks_for_sources_and_for_what_is_staged_and_then_for_the_rows_of_the_first() {
    let mut stand = Stand::blank();
    let effects = stand.press(Key::alt(Code::Char('2')));
    let Some(Effect::Open(ChannelEffect::Sources(SourcesEffect::List { ticket }))) = effects.first() else {
        panic!("{effects:?}")
    };
    assert!(effects.contains(&Effect::Open(ChannelEffect::Sources(SourcesEffect::Changes))));
    let list = Ok(page(vec![source("source-one"), source("source-two")]));
    let effects = stand.handle_event(SourcesEvent::List { ticket: *ticket, page: list, done: true });
    let [Effect::Open(ChannelEffect::Sources(SourcesEffect::Rows { ticket, source }))] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!(source, &sid("source-one"));
    let rows = Ok(page(vec![Row { id: rid("r0"), name: "Prices".into() }]));
    let effects = stand.handle_event(SourcesEvent::Rows { ticket: *ticket, page: rows, done: false });
    assert_eq!(effects, [Effect::Open(ChannelEffect::Sources(SourcesEffect::Row(sid("source-one"), rid("r0"))))]);
    assert!(stand.view().rows.listing.loading);
    let again = stand.press(Key::alt(Code::Char('2')));
    assert!(
        !again.iter().any(|e| matches!(e, Effect::Open(ChannelEffect::Sources(SourcesEffect::List { .. })))),
        "{again:?}"
    );
}

#[test]
fn late_answers_are_dropped() {
    let mut stand = Stand::open();
    let list = Ok(page(vec![source("late")]));
    stand.handle_event(SourcesEvent::List { ticket: 1, page: list, done: true });
    assert_eq!(stand.view().list.len(), 2);
    let old = stand.view().rows.listing.ticket;
    stand.press(key('r'));
    let rows = Ok(page(vec![Row { id: rid("late"), name: "late".into() }]));
    stand.handle_event(SourcesEvent::Rows { ticket: old, page: rows, done: true });
    assert_eq!(stand.shown(), ["Prices", "Opening hours", "Returns", "prices of old"]);
    stand.handle_event(SourcesEvent::Row(sid("source-one"), rid("r2"), Ok(body(&rid("r2"), "late"))));
    assert_eq!(stand.view().text(), Some("text of Prices\n"));
}

#[test]
fn what_is_there_stays_until_the_new_list_is_whole() {
    let mut stand = Stand::open();
    stand.press(key('r'));
    let ticket = stand.view().rows.listing.ticket;
    let one = Ok(page(vec![Row { id: rid("r2"), name: "Returns".into() }]));
    stand.handle_event(SourcesEvent::Rows { ticket, page: one, done: false });
    assert_eq!(stand.shown().len(), 4);
    stand.handle_event(SourcesEvent::Rows { ticket, page: Err(failure()), done: true });
    assert_eq!((stand.shown().len(), stand.view().rows.listing.failure.clone()), (4, Some(failure())));
}

#[test]
fn the_selected_row_is_read_and_the_others_only_a_few_at_a_time() {
    let mut stand = Stand::open();
    assert_eq!(stand.view().text(), Some("text of Prices\n"));
    for _ in 0..3 {
        stand.press(DOWN);
    }
    stand.press(UP);
    stand.press(DOWN);
    let rows: Vec<SourcesEffect> = stand.waiting.iter().cloned().collect();
    assert_eq!(rows.len(), 3, "{rows:?}");
    stand.run();
    assert_eq!((stand.selected(), stand.view().text()), ("prices of old", Some("text of prices of old\n")));
    stand.press(UP);
    stand.handle_event(SourcesEvent::Failed(failure()));
    stand.press(UP);
    stand.run();
    assert_eq!(stand.view().text(), Some("text of Opening hours\n"), "a failure holds nothing up");
}

#[test]
fn the_filter_is_live_and_looks_at_case_where_the_user_does() {
    let mut stand = Stand::open();
    stand.press(key('/'));
    assert_eq!(stand.state.contexts(), [Context::RowFilter]);
    stand.line("price");
    assert_eq!(stand.shown(), ["Prices", "prices of old"]);
    stand.line(" old");
    assert_eq!((stand.shown(), stand.selected()), (vec!["prices of old"], "prices of old"));
    stand.event(Event::erased());
    stand.press(ENTER);
    assert_eq!(stand.view().rows.filter, "price ol");
    stand.press(ESC);
    assert_eq!((stand.shown().len(), stand.selected()), (4, "prices of old"));
    stand.press(key('/'));
    stand.line("Pri");
    assert_eq!(stand.shown(), ["Prices"]);
    stand.press(ESC);
    assert_eq!((stand.view().filtering, stand.shown().len()), (false, 4));
}

#[test]
fn the_filter_knows_what_is_staged() {
    let mut stand = Stand::open();
    stand.press(DOWN);
    stand.write("other");
    stand.press(DOWN);
    stand.press(key('d'));
    let mut left = |filter: &str| {
        stand.press(key('/'));
        stand.line(filter);
        let shown = stand.shown().join(", ");
        stand.press(ESC);
        shown
    };
    assert_eq!(left("state:staged"), "Opening hours, Returns");
    assert_eq!(left("state:deleted"), "Returns");
    assert_eq!(left("state:changed hours"), "Opening hours");
    assert_eq!(left("state:conflict"), "");
}

#[test]
fn rows_are_marked_one_by_one_in_ranges_and_all() {
    let mut stand = Stand::open();
    stand.press(key(' '));
    assert_eq!(stand.view().rows.marked.iter().collect::<Vec<_>>(), [&row("r0")]);
    assert_eq!(stand.selected(), "Opening hours");
    stand.press(key('v'));
    stand.keys("jj");
    assert_eq!(stand.view().rows.range_ends(), Some((1, 3)));
    stand.press(key('v'));
    assert_eq!(stand.view().rows.targets(), [row("r0"), row("r1"), row("r2"), row("r3")]);
    stand.press(Key::ctrl('a'));
    assert!(stand.view().rows.marked.is_empty(), "all were marked");
    stand.press(Key::ctrl('a'));
    assert_eq!(stand.view().rows.marked.len(), 4);
    stand.press(ESC);
    assert!(stand.view().rows.marked.is_empty());
}

#[test]
fn panes_take_turns_and_another_source_keeps_its_place() {
    let mut stand = Stand::open();
    stand.keys("jj");
    stand.run();
    stand.press(Key::shift(Code::Tab));
    assert_eq!(stand.state.contexts(), [Context::SourceList]);
    stand.press(key('j'));
    stand.run();
    assert_eq!((stand.view().selected.clone(), stand.selected()), (Some(sid("source-two")), "Other"));
    stand.press(key('k'));
    assert_eq!(stand.selected(), "Returns");
    assert!(!stand.waiting.iter().any(|e| matches!(e, SourcesEffect::Rows { .. })), "they are here already");
    stand.press(ENTER);
    assert_eq!(stand.view().pane, SourcesPane::Rows);
    stand.press(TAB);
    assert_eq!(stand.view().pane, SourcesPane::Detail);
    stand.press(key('j'));
    assert_eq!(stand.view().scroll, 1);
    stand.press(Key::plain(Code::End));
    assert_eq!(stand.view().scroll, 20);
    stand.press(ESC);
    assert_eq!(stand.view().pane, SourcesPane::Rows);
}

#[test]
fn the_mouse_selects_and_scrolls() {
    let mut stand = Stand::open();
    stand.event(Event::Click(Pane::Rows, 2));
    assert_eq!(stand.selected(), "Returns");
    stand.event(Event::Wheel(Pane::Rows, 3));
    assert_eq!((stand.view().rows.view.top, stand.selected()), (1, "Returns"));
    stand.event(Event::Click(Pane::Rows, 9));
    assert_eq!(stand.selected(), "Returns");
    stand.event(Event::Click(Pane::Sources, 1));
    assert_eq!(stand.view().selected, Some(sid("source-two")));
    stand.event(Event::Click(Pane::Row, 0));
    stand.event(Event::Wheel(Pane::Row, 5));
    assert_eq!((stand.view().pane, stand.view().scroll), (SourcesPane::Detail, 5));
}

#[test]
fn hints_are_of_what_works() {
    let mut stand = Stand::open();
    assert_eq!(stand.state.contexts(), [Context::RowPicked, Context::RowList]);
    assert!(!stand.state.offers(Action::ShowSources) && !stand.state.offers(Action::Results));
    stand.press(key('d'));
    assert_eq!(stand.state.contexts(), [Context::RowPicked, Context::Staged, Context::RowList]);
    assert!(stand.state.offers(Action::Discard) && !stand.state.offers(Action::EditRow));
    stand.press(key('j'));
    assert!(!stand.state.offers(Action::Discard) && stand.state.offers(Action::EditRow));
    stand.press(key('1'));
    assert!(stand.state.offers(Action::ShowSources));
}

#[test]
fn where_there_is_no_source_one_can_be_made() {
    let mut stand = Stand::blank();
    stand.world.rows.clear();
    stand.press(Key::alt(Code::Char('2')));
    stand.run();
    assert_eq!(stand.state.contexts(), [Context::SourceList]);
    assert!(stand.state.offers(Action::NewSource) && !stand.state.offers(Action::Sync));
    assert!(!stand.state.offers(Action::Open) && !stand.state.offers(Action::DeleteSource));
    stand.event(Event::Action(Action::EditRow));
    assert_eq!(stand.notice(), "Select a row first; n makes a new one.");
}
