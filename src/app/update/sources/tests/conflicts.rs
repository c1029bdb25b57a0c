//! Conflicts end, each with the user's word.

use super::*;

/// The first row was changed here to `mine`, and by somebody else to `theirs`; applied, so that the conflict is shown.
fn met(mine: &str, theirs: &str) -> Stand {
    let mut stand = Stand::open();
    stand.write(mine);
    stand.world.find(&rid("r0")).unwrap().content = theirs.into();
    stand.apply();
    assert_eq!(stand.state.contexts(), [Context::Conflict]);
    assert_eq!(stand.notice(), "1 row in conflict.");
    stand
}

#[test]
fn mine_is_applied_against_theirs() {
    let mut stand = met("mine", "theirs");
    stand.press(key('m'));
    assert_eq!(stand.view().overlay, None);
    stand.run();
    assert_eq!(stand.content("r0"), "mine");
    assert_eq!((stand.view().staged().count(), stand.view().text()), (0, Some("mine")));
}

#[test]
fn a_row_that_is_changed_again_meanwhile_is_a_conflict_again_and_no_loop() {
    let mut stand = met("mine", "theirs");
    stand.world.find(&rid("r0")).unwrap().content = "newer".into();
    stand.press(key('m'));
    stand.run();
    assert_eq!(stand.state.contexts(), [Context::Conflict]);
    let theirs = Version { name: "Prices".into(), content: "newer".into() };
    assert_eq!(stand.view().conflict().unwrap().state, ChangeState::Conflict(Some(theirs)));
    assert_eq!(stand.content("r0"), "newer");
}

#[test]
fn theirs_drops_mine() {
    let mut stand = met("mine", "theirs");
    stand.press(key('t'));
    stand.run();
    assert_eq!((stand.view().staged().count(), stand.view().text()), (0, Some("theirs")));
    assert_eq!(stand.world.changes.len(), 0);
}

#[test]
fn later_keeps_it_and_it_is_found_again() {
    let mut stand = met("mine", "theirs");
    stand.press(ESC);
    stand.run();
    assert_eq!((stand.view().overlay.clone(), stand.view().text()), (None, Some("mine")));
    assert_eq!(stand.state.contexts().first(), Some(&Context::Conflicted));
    stand.press(ENTER);
    assert_eq!(stand.state.contexts(), [Context::Conflict]);
    stand.press(ESC);
    stand.press(key('A'));
    assert_eq!(stand.state.contexts(), [Context::Conflict], "there is nothing else to apply");
}

#[test]
fn both_are_joined_in_the_editor() {
    let mut stand = met("text of Prices\nmine\n", "theirs\ntext of Prices\n");
    stand.press(key('e'));
    let editor = stand.view().editor.clone().unwrap();
    assert_eq!(editor.text.as_str(), "theirs\ntext of Prices\nmine\n");
    assert_eq!(editor.base.unwrap().content, "theirs\ntext of Prices\n");
    assert!(stand.notice().starts_with("Joined"), "{}", stand.notice());
    stand.press(Key::ctrl('s'));
    stand.press(ENTER);
    stand.run();
    assert_eq!(stand.content("r0"), "theirs\ntext of Prices\nmine\n");
}

#[test]
fn what_can_not_be_joined_stands_between_marks_and_is_warned_of() {
    let mut stand = met("mine\n", "theirs\n");
    stand.press(key('e'));
    assert_eq!(stand.notice(), "Joined, but for 1 place between marks.");
    stand.press(Key::ctrl('s'));
    stand.press(ENTER);
    assert!(matches!(&stand.view().overlay, Some(SourcesOverlay::Review { warning: Some(_), .. })));
    stand.press(ESC);
    stand.typed("both\n");
    stand.press(Key::ctrl('s'));
    stand.press(ENTER);
    stand.run();
    assert_eq!(stand.content("r0"), "both\n");
}

#[test]
fn a_row_that_is_gone_is_made_anew_or_dropped() {
    let gone = || {
        let mut stand = Stand::open();
        stand.write("mine");
        stand.world.rows_of(&sid("source-one")).remove(0);
        stand.apply();
        assert_eq!(stand.state.contexts(), [Context::Conflict]);
        assert!(!stand.state.offers(Action::Merge) && stand.state.offers(Action::KeepMine));
        stand
    };
    let mut stand = gone();
    stand.press(key('e'));
    assert!(stand.notice().contains("no two texts"));
    stand.press(key('m'));
    stand.run();
    assert_eq!(stand.content("made1"), "mine");
    let mut stand = gone();
    stand.press(key('t'));
    stand.run();
    assert_eq!((stand.view().staged().count(), stand.shown().len()), (0, 3));
}

#[test]
fn several_are_decided_one_after_the_other_and_then_applied_together() {
    let mut stand = Stand::open();
    for n in 0..3 {
        stand.write(&format!("mine {n}"));
        stand.world.find(&rid(&format!("r{n}"))).unwrap().content = format!("theirs {n}");
        stand.press(DOWN);
        stand.run();
    }
    stand.apply();
    assert_eq!(stand.notice(), "3 rows in conflict, one after the other.");
    stand.press(key('m'));
    assert_eq!(stand.state.contexts(), [Context::Conflict]);
    stand.press(key('t'));
    let effects = stand.press(key('m'));
    let applies = |e: &Effect| matches!(e, Effect::Open(ChannelEffect::Sources(SourcesEffect::Apply { changes, .. })) if changes.len() == 2);
    assert!(effects.iter().any(applies), "{effects:?}");
    stand.run();
    let texts = (stand.content("r0"), stand.content("r1"), stand.content("r2"));
    assert_eq!(texts, ("mine 0".into(), "theirs 1".into(), "mine 2".into()));
    assert_eq!(stand.view().staged().count(), 0);
}

#[test]
fn mine_that_is_theirs_is_nothing_to_apply() {
    let mut stand = met("same", "theirs");
    let change = stand.view().conflict().unwrap().clone();
    let theirs = Version { name: "Prices".into(), content: "same".into() };
    stand.world.changes.insert(change.id.clone(), Change { state: ChangeState::Conflict(Some(theirs)), ..change });
    stand.event(Event::ChangedElsewhere);
    stand.run();
    let effects = stand.press(key('m'));
    assert!(
        !effects.iter().any(|e| matches!(e, Effect::Open(ChannelEffect::Sources(SourcesEffect::Apply { .. })))),
        "{effects:?}"
    );
    assert_eq!(stand.view().staged().count(), 0);
}

#[test]
fn no_conflict_is_thrown_at_who_is_writing() {
    let mut stand = Stand::open();
    stand.write("mine");
    stand.world.find(&rid("r0")).unwrap().content = "theirs".into();
    stand.press(key('A'));
    stand.press(ENTER);
    stand.press(DOWN);
    stand.press(key('n'));
    stand.run();
    assert_eq!(stand.state.contexts(), [Context::RowName]);
    stand.press(ESC);
    stand.press(UP);
    assert_eq!(stand.state.contexts().first(), Some(&Context::Conflicted));
}
