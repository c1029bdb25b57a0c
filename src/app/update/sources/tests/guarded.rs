//! What is staged applied around a suite: chosen in the review, followed, told, and taken up again.

use std::path::PathBuf;

use super::*;

fn suite(name: &str) -> GuardSuite {
    GuardSuite { path: PathBuf::from(format!("/{name}.toml")), name: name.to_owned(), cases: 3, messages: 6 }
}

fn report(stand: &mut Stand, news: GuardNews) -> Vec<Effect> {
    stand.handle_event(SourcesEvent::Guard(sid("source-one"), news))
}

fn result(verdict: CaseVerdict, reply: &str) -> CaseResult {
    let turn = SuiteTurn {
        say: "Prices?".to_owned(),
        reply: reply.to_owned(),
        finish: "stop".to_owned(),
        first_word_ms: None,
        reply_ms: None,
        quick_replies: Vec::new(),
        checks: Vec::new(),
    };
    let attempt = Attempt { verdict, conversation_id: None, turns: vec![turn], error: None };
    CaseResult {
        suite: "faq".to_owned(),
        case: "prices".to_owned(),
        channel: "docs".to_owned(),
        verdict,
        messages: 1,
        ms: 1,
        attempts: vec![attempt],
    }
}

fn end(fate: GuardFate) -> GuardEnd {
    let (before, after) = (result(CaseVerdict::Passed, "three"), result(CaseVerdict::Failed, "four"));
    GuardEnd {
        source: sid("source-one"),
        fate,
        cases: CaseComparison::of_runs(&[before], &[after]),
        rows: 1,
        left: Vec::new(),
        messages: 2,
        failure: None,
    }
}

/// A change in review, and two suites.
fn reviewed() -> Stand {
    let mut stand = Stand::open();
    stand.write("new prices");
    stand.press(key('A'));
    stand.run();
    report(&mut stand, GuardNews::Known(vec![suite("faq"), suite("refunds")], None));
    stand
}

/// What is asked for of a run.
fn asked(effects: &[Effect]) -> Option<SourcesEffect> {
    effects.iter().find_map(|effect| match effect {
        Effect::Open(ChannelEffect::Sources(
            asked @ (SourcesEffect::GuardRun { .. } | SourcesEffect::GuardResume(..) | SourcesEffect::Cancel(_)),
        )) => Some(asked.clone()),
        _ => None,
    })
}

#[test]
fn a_suite_is_chosen_in_the_review_and_none_behind_the_last() {
    let mut stand = reviewed();
    assert!(stand.state.offers(Action::GuardSuite) && !stand.state.offers(Action::GuardUndo));
    stand.press(key('t'));
    stand.press(key('t'));
    assert_eq!(stand.view().guard.suite().map(|suite| suite.name.as_str()), Some("refunds"));
    stand.press(key('u'));
    let Some(SourcesEffect::GuardRun { source, changes, suite, undo }) = asked(&stand.press(ENTER)) else {
        panic!("a run")
    };
    assert_eq!((source, changes.len(), suite, undo), (sid("source-one"), 1, PathBuf::from("/refunds.toml"), true));
    assert!(stand.view().applies() && stand.view().overlay.is_none());
    // While it goes nothing else is applied, and leaving asks.
    assert_eq!(stand.state.contexts().first(), Some(&Context::Applying));

    let mut stand = reviewed();
    stand.keys("ttt");
    assert!(stand.view().guard.chosen.is_none());
    assert!(asked(&stand.press(ENTER)).is_none() && stand.view().job.is_some(), "applied as ever");
}

#[test]
fn a_run_is_followed_and_what_broke_is_shown_and_put_back() {
    let mut stand = reviewed();
    stand.press(key('t'));
    stand.press(ENTER);
    report(&mut stand, GuardNews::Step(GuardStep::After));
    report(&mut stand, GuardNews::Count { done: 2, of: 3, missed: 1 });
    let run = stand.view().guard.running.clone().unwrap();
    assert_eq!((run.step, run.done, run.of, run.missed), (GuardStep::After, 2, 3, 1));
    stand.keys("qq");
    assert!(!stand.quit && stand.state.window.leave_asked().is_some());
    stand.press(key('n'));
    report(&mut stand, GuardNews::Ended(Ok(Box::new(end(GuardFate::Kept)))));
    assert_eq!(stand.notice(), "Around the change: 1 broken. 1 row applied and synced.");
    assert_eq!((stand.state.contexts(), stand.view().applies()), (vec![Context::Results], false));
    assert!(!stand.state.offers(Action::GuardGoOn));
    let effects = stand.press(key('u'));
    assert_eq!(asked(&effects), Some(SourcesEffect::GuardResume(sid("source-one"), GuardHow::PutBack)));
    report(&mut stand, GuardNews::Ended(Ok(Box::new(end(GuardFate::Undone)))));
    assert!(!stand.state.offers(Action::GuardUndo), "it is back");
}

#[test]
fn one_that_is_stopped_goes_on_and_so_does_one_of_before_the_start() {
    let mut stand = reviewed();
    stand.press(key('t'));
    stand.press(ENTER);
    assert_eq!(asked(&stand.press(ESC)), Some(SourcesEffect::Cancel(sid("source-one"))));
    assert!(stand.view().guard.running.as_ref().is_some_and(|run| run.stopping));
    let stopped = GuardEnd { failure: Some(failure()), ..end(GuardFate::Unfinished) };
    report(&mut stand, GuardNews::Ended(Ok(Box::new(stopped))));
    assert!(stand.state.offers(Action::GuardGoOn) && stand.state.offers(Action::GuardLeave));
    let effects = stand.press(key('c'));
    assert_eq!(asked(&effects), Some(SourcesEffect::GuardResume(sid("source-one"), GuardHow::GoOn)));

    let mut stand = Stand::open();
    stand.press(key('o'));
    report(&mut stand, GuardNews::Known(Vec::new(), None));
    assert_eq!(stand.notice(), "Nothing was applied from here yet.");
    assert!(!stand.state.offers(Action::Results));
    report(&mut stand, GuardNews::Unfinished("1 row is pushed".to_owned()));
    assert_eq!(stand.notice(), "A run of tests around this source is unfinished. o shows it.");
    assert!(stand.state.offers(Action::Results));
    stand.press(key('o'));
    assert_eq!(stand.state.contexts(), [Context::Results]);
    let effects = stand.press(key('l'));
    assert_eq!(asked(&effects), Some(SourcesEffect::GuardResume(sid("source-one"), GuardHow::Leave)));
}

#[test]
fn one_that_is_not_begun_says_why() {
    let mut stand = reviewed();
    stand.press(key('t'));
    stand.press(ENTER);
    report(&mut stand, GuardNews::Ended(Err(failure())));
    assert!(stand.notice().starts_with("The tests were not run: It went wrong"), "{}", stand.notice());
    assert!(!stand.view().applies() && stand.view().staged().count() == 1);
}
