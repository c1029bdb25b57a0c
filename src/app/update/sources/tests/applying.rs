//! Applying: shown first, results one by one, what was refused stays.

use super::*;

fn applied_ids(effects: &[Effect]) -> Vec<ChangeId> {
    effects
        .iter()
        .find_map(|e| match e {
            Effect::Open(ChannelEffect::Sources(SourcesEffect::Apply { changes, .. })) => Some(changes.clone()),
            _ => None,
        })
        .unwrap_or_default()
}

#[test]
fn all_that_is_staged_is_shown_and_applied_and_told_of() {
    let mut stand = Stand::open();
    stand.write("new prices");
    stand.press(DOWN);
    stand.press(key('d'));
    stand.press(key('n'));
    stand.line("Holidays");
    stand.press(ENTER);
    stand.typed("closed");
    stand.press(ESC);
    assert_eq!(stand.press(key('A')), []);
    assert_eq!(stand.state.contexts(), [Context::Review]);
    let effects = stand.press(key('y'));
    assert_eq!(applied_ids(&effects).len(), 3);
    assert!(stand.view().applies());
    assert_eq!(stand.state.contexts().first(), Some(&Context::Applying));
    stand.run();
    assert_eq!(stand.notice(), "1 row updated, 1 created, 1 deleted. s syncs it: the bot does not know yet.");
    assert_eq!(stand.content("r0"), "new prices");
    assert_eq!(stand.shown(), ["Prices", "Returns", "prices of old", "Holidays"]);
    assert_eq!((stand.selected(), stand.view().text()), ("Holidays", Some("closed")));
    assert!(stand.view().changes.is_empty());
    stand.press(key('o'));
    assert_eq!(stand.state.contexts(), [Context::Results]);
    assert_eq!(stand.view().job.as_ref().map(|job| job.done.len()), Some(3));
}

#[test]
fn the_marked_ones_alone_are_applied() {
    let mut stand = Stand::open();
    stand.write("one");
    stand.press(DOWN);
    stand.write("two");
    stand.press(key(' '));
    stand.apply();
    assert_eq!((stand.content("r0"), stand.content("r1")), ("text of Prices\n".into(), "two".into()));
    assert_eq!(stand.notice(), "1 row updated. s syncs it: the bot does not know yet.");
    assert_eq!(stand.view().staged().count(), 1);
    assert!(stand.view().rows.marked.is_empty());
}

#[test]
fn nothing_is_applied_before_a_yes() {
    let mut stand = Stand::open();
    stand.write("one");
    stand.press(key('A'));
    stand.press(ESC);
    stand.run();
    assert_eq!(stand.content("r0"), "text of Prices\n");
    assert_eq!(stand.view().staged().count(), 1);
}

#[test]
fn a_row_is_applied_from_its_editor() {
    let mut stand = Stand::open();
    stand.press(key('e'));
    stand.press(Key::ctrl('s'));
    assert_eq!(
        (stand.view().overlay.clone(), stand.notice()),
        (None, "Nothing is changed, so nothing is to be applied.")
    );
    stand.typed("better");
    stand.press(Key::ctrl('s'));
    assert_eq!(stand.state.contexts(), [Context::Review]);
    stand.press(ESC);
    assert_eq!(stand.state.contexts(), [Context::RowEditor]);
    stand.press(Key::ctrl('s'));
    stand.press(ENTER);
    assert_eq!(stand.view().editor, None);
    stand.run();
    assert_eq!((stand.content("r0").as_str(), stand.view().text()), ("better", Some("better")));
}

#[test]
fn what_was_refused_stays_staged_with_the_reason() {
    let mut stand = Stand::open();
    stand.write("one");
    stand.press(DOWN);
    stand.write("two");
    stand.press(key('A'));
    let effects = stand.press(ENTER);
    let ids = applied_ids(&effects);
    stand.waiting.clear();
    let refusal = Failure::new(Kind::Invalid, "the row is too long").hint("Shorten it.");
    stand.handle_event(SourcesEvent::Applied(ids[0].clone(), Applied::Refused(refusal)));
    stand.handle_event(SourcesEvent::Applied(ids[1].clone(), Applied::Done(Some(rid("r1")))));
    stand.handle_event(SourcesEvent::ApplyEnded(sid("source-one"), Ok(())));
    assert_eq!(
        stand.notice(),
        "1 row updated, 1 refused. What was refused stays staged. s syncs it: the bot does not know yet."
    );
    let change = stand.view().staged().next().unwrap();
    assert_eq!(change.state, ChangeState::Refused("The row is too long. Shorten it.".into()));
    assert_eq!(staged_text(change), Some("one"));
    stand.press(UP);
    stand.press(key('e'));
    stand.typed("1");
    assert_eq!(stand.view().selected_change().unwrap().state, ChangeState::Staged);
}

#[test]
fn a_row_is_what_it_was_to_be_also_before_it_is_read_again() {
    let mut stand = Stand::open();
    stand.press(key('R'));
    stand.line("!");
    stand.press(ENTER);
    stand.write("better");
    stand.press(key('A'));
    let effects = stand.press(ENTER);
    stand.waiting.clear();
    stand.handle_event(SourcesEvent::Applied(applied_ids(&effects)[0].clone(), Applied::Done(Some(rid("r0")))));
    assert_eq!((stand.selected(), stand.view().text()), ("Prices!", Some("better")));
}

#[test]
fn cancelled_means_that_no_more_are_begun() {
    let mut stand = Stand::open();
    stand.write("one");
    stand.press(DOWN);
    stand.write("two");
    stand.press(key('A'));
    let effects = stand.press(ENTER);
    let ids = applied_ids(&effects);
    stand.waiting.clear();
    assert!(
        stand.press(ESC).contains(&Effect::Open(ChannelEffect::Sources(SourcesEffect::Cancel(sid("source-one")))))
    );
    assert_eq!(stand.state.contexts().first(), Some(&Context::RowPicked), "Esc means the usual again");
    stand.handle_event(SourcesEvent::Applied(ids[0].clone(), Applied::Done(None)));
    stand.handle_event(SourcesEvent::Applied(ids[1].clone(), Applied::Cancelled));
    stand.handle_event(SourcesEvent::ApplyEnded(sid("source-one"), Ok(())));
    assert_eq!(stand.notice(), "1 row updated, 1 not begun. s syncs it: the bot does not know yet.");
    assert!(stand.view().staged().all(|c| c.state == ChangeState::Staged));
}

#[test]
fn what_could_not_be_begun_waits_again() {
    let mut stand = Stand::open();
    stand.write("one");
    stand.press(key('A'));
    stand.press(ENTER);
    stand.waiting.clear();
    stand.handle_event(SourcesEvent::ApplyEnded(sid("source-one"), Err(failure())));
    assert_eq!(stand.notice(), "It went wrong.");
    assert_eq!(stand.view().staged().next().unwrap().state, ChangeState::Staged);
    assert!(!stand.view().applies());
}

#[test]
fn one_job_at_a_time_and_nobody_touches_what_is_applied() {
    let mut stand = Stand::open();
    stand.write("one");
    stand.press(key('A'));
    stand.press(ENTER);
    stand.waiting.clear();
    assert!(!stand.state.offers(Action::Discard));
    stand.press(key(' '));
    stand.press(key('k'));
    assert!(!stand.state.offers(Action::Discard));
    stand.press(key(' '));
    stand.press(key('k'));
    stand.waiting.clear();
    stand.keys("e");
    assert_eq!((stand.view().editor.clone(), stand.notice()), (None, "It is being applied: wait for its end."));
    stand.press(key('d'));
    stand.press(key('x'));
    assert_eq!(stand.waiting.len(), 0);
    stand.press(DOWN);
    stand.press(key('d'));
    stand.press(key('A'));
    assert!(!stand.state.offers(Action::Confirm));
    let effects = stand.press(ENTER);
    assert_eq!(applied_ids(&effects), []);
    assert!(stand.notice().contains("wait for their end"));
}

#[test]
fn conflict_marks_are_warned_of_once() {
    let mut stand = Stand::open();
    stand.write("a\n<<<<<<< mine\nb\n=======\nc\n>>>>>>> theirs\n");
    stand.press(key('A'));
    assert_eq!(applied_ids(&stand.press(ENTER)), []);
    let Some(SourcesOverlay::Review { warning: Some(warning), .. }) = &stand.view().overlay else { panic!() };
    assert!(warning.contains("Conflict marks are left in Prices"), "{warning}");
    assert_eq!(applied_ids(&stand.press(ENTER)).len(), 1);
}

#[test]
fn the_review_shows_all_and_the_keys_say_when_there_is_nothing() {
    let mut stand = Stand::open();
    stand.event(Event::Action(Action::Apply));
    assert_eq!(stand.notice(), "Nothing is staged in this source.");
    stand.write("one");
    stand.press(DOWN);
    stand.press(key(' '));
    stand.press(key('A'));
    assert_eq!(stand.notice(), "Nothing is staged of the marked rows.");
    stand.press(key('D'));
    let Some(SourcesOverlay::Review { changes, .. }) = &stand.view().overlay else { panic!() };
    assert_eq!(changes.len(), 1);
    stand.press(DOWN);
    let Some(SourcesOverlay::Review { top, .. }) = &stand.view().overlay else { panic!() };
    assert_eq!(*top, 1);
}

#[test]
fn what_the_store_tells_in_the_midst_of_a_job_takes_nothing_from_it() {
    let mut stand = Stand::open();
    stand.write("one");
    stand.press(DOWN);
    stand.write("two");
    stand.press(key('A'));
    let ids = applied_ids(&stand.press(ENTER));
    stand.waiting.clear();
    stand.event(Event::ChangedElsewhere);
    stand.handle_event(SourcesEvent::Changes(Vec::new()));
    stand.handle_event(SourcesEvent::Applied(ids[0].clone(), Applied::Done(Some(rid("r0")))));
    stand.handle_event(SourcesEvent::Applied(ids[1].clone(), Applied::Conflict(None)));
    stand.handle_event(SourcesEvent::ApplyEnded(sid("source-one"), Ok(())));
    assert_eq!(stand.notice(), "1 row updated, 1 in conflict. s syncs it: the bot does not know yet.");
}

#[test]
fn a_row_that_was_deleted_leaves_the_list_at_once() {
    let mut stand = Stand::open();
    stand.keys("  d");
    stand.press(key('A'));
    let ids = applied_ids(&stand.press(ENTER));
    stand.waiting.clear();
    stand.handle_event(SourcesEvent::Applied(ids[0].clone(), Applied::Done(Some(rid("r0")))));
    assert_eq!(stand.shown(), ["Opening hours", "Returns", "prices of old"]);
    assert_eq!(stand.selected(), "Returns");
}

#[test]
fn a_row_that_was_made_stays_selected_by_its_name_where_its_id_is_not_told() {
    let mut stand = Stand::open();
    stand.press(key('n'));
    stand.line("Holidays");
    stand.press(ENTER);
    stand.typed("closed");
    stand.press(ESC);
    stand.run();
    stand.press(key('A'));
    let ids = applied_ids(&stand.press(ENTER));
    stand.waiting.clear();
    stand.world.apply(&sid("source-one"), &ids[0]);
    stand.handle_event(SourcesEvent::Applied(ids[0].clone(), Applied::Done(None)));
    stand.handle_event(SourcesEvent::ApplyEnded(sid("source-one"), Ok(())));
    stand.run();
    assert_eq!((stand.selected(), stand.view().text()), ("Holidays", Some("closed")));
}

#[test]
fn thousands_are_staged_and_thrown_away_together() {
    let mut stand = Stand::blank();
    let version = |n: usize| Version { name: format!("row {n}"), content: String::new() };
    let rows = (0..3_000).map(|n| (rid(&format!("n{n}")), version(n))).collect();
    stand.world.rows = vec![(sid("source-one"), rows)];
    stand.press(Key::alt(Code::Char('2')));
    stand.run();
    stand.press(Key::ctrl('a'));
    let effects = stand.press(key('d'));
    assert_eq!(
        effects.iter().filter(|e| matches!(e, Effect::Open(ChannelEffect::Sources(SourcesEffect::Stage(_))))).count(),
        3_000
    );
    stand.press(key('x'));
    assert_eq!(stand.view().staged().count(), 0);
}
