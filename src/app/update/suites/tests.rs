//! The Tests view by its events and actions.

use std::path::{Path, PathBuf};

use crate::app::{
    Action, CaseEntry, CaseId, CaseState, ChannelInfo, Effect, Event, State, SuiteEntry, SuitePlace, SuitesEffect,
    SuitesEvent, ViewKind, update,
};
use crate::domain::{
    Asks, Attempt, Capabilities, Case, CaseResult, CaseTurn, CaseVerdict, ChangedAnswer, ChannelName, Failure, Kind,
    Platform, SafeText, SuiteTurn, Timestamp,
};

fn now() -> Timestamp {
    Timestamp::from_millis(1_760_000_000_000)
}

fn path() -> PathBuf {
    PathBuf::from("/suites/faq.toml")
}

fn case(name: &str, repeat: u32) -> CaseEntry {
    let turns = vec![CaseTurn { say: format!("What of {name}?"), expect: Vec::new() }];
    let case =
        Case { name: name.to_owned(), asks: Asks::Conversation(turns), conversation: None, repeat, pass: repeat };
    CaseEntry { case: Some(case), ..CaseEntry::named(name) }
}

fn suite(cases: Vec<CaseEntry>) -> SuiteEntry {
    SuiteEntry { path: path(), name: "faq".to_owned(), channel: None, problem: None, cases }
}

fn result(case: &str, verdict: CaseVerdict, reply: &str) -> CaseResult {
    let turn = SuiteTurn {
        say: "hi".to_owned(),
        reply: reply.to_owned(),
        finish: "stop".to_owned(),
        first_word_ms: None,
        reply_ms: Some(5),
        quick_replies: Vec::new(),
        checks: Vec::new(),
    };
    let attempt = Attempt { verdict, conversation_id: Some(format!("c-{case}")), turns: vec![turn], error: None };
    CaseResult {
        suite: "faq".to_owned(),
        case: case.to_owned(),
        channel: "docs".to_owned(),
        verdict,
        messages: 1,
        ms: 5,
        attempts: vec![attempt],
    }
}

fn id(case: &str) -> CaseId {
    CaseId { suite: path(), case: case.to_owned() }
}

fn handle_action(state: &mut State, action: Action) -> Vec<Effect> {
    update(state, Event::Action(action), now())
}

fn event(state: &mut State, event: SuitesEvent) -> Vec<Effect> {
    update(state, Event::Suites(event), now())
}

fn loaded(state: &mut State, suites: Vec<SuiteEntry>) -> Vec<Effect> {
    event(
        state,
        SuitesEvent::Loaded {
            suites,
            answers: Some(PathBuf::from("/answers")),
            folder: PathBuf::from("/work"),
            problem: None,
        },
    )
}

/// The view, open, with the cases `a` to `c` of a suite.
fn opened() -> State {
    let info = ChannelInfo {
        name: ChannelName::new("docs"),
        label: SafeText::one_line("docs"),
        platform: Platform::new("chat-thing"),
        sandbox: false,
        read_only: false,
    };
    let mut state = State::new(vec![(info, Capabilities { send: true, ..Capabilities::NONE })], 0, 7);
    let asked = handle_action(&mut state, Action::ShowTests);
    assert!(asked.contains(&Effect::Suites(SuitesEffect::Load)) && state.window.view == ViewKind::Tests);
    loaded(&mut state, vec![suite(vec![case("a", 1), case("b", 1), case("c", 3)])]);
    state
}

fn stands(state: &State, name: &str) -> CaseState {
    let suite = &state.suites.suites[0];
    state.suites.state_of(&suite.path, suite.cases.iter().find(|case| case.name == name).unwrap())
}

fn run_of(effects: &[Effect]) -> Option<(u64, Vec<&str>)> {
    effects.iter().find_map(|effect| match effect {
        Effect::Suites(SuitesEffect::Run { run, cases }) => {
            Some((*run, cases.iter().map(|id| id.case.as_str()).collect()))
        }
        _ => None,
    })
}

fn notice(state: &State) -> String {
    state.window.notice.as_ref().map(|notice| notice.text.as_str().to_owned()).unwrap_or_default()
}

#[test]
fn a_case_a_suite_or_all_that_missed_are_run_and_marked_as_they_end() {
    let mut state = opened();
    assert_eq!(state.suites.selected, Some(SuitePlace { suite: path(), case: Some("a".to_owned()) }));
    let effects = handle_action(&mut state, Action::RunSuite);
    let (run, cases) = run_of(&effects).unwrap();
    assert_eq!(cases, ["a", "b", "c"]);
    // One at a time.
    assert!(
        run_of(&handle_action(&mut state, Action::RunCase)).is_none()
            && notice(&state).starts_with("A run is under way")
    );
    event(&mut state, SuitesEvent::CaseBegan(run, id("a")));
    assert_eq!((stands(&state, "a"), stands(&state, "b")), (CaseState::UnderWay, CaseState::Waits));
    event(&mut state, SuitesEvent::CaseEnded(run, id("a"), Box::new(result("a", CaseVerdict::Passed, "Yes"))));
    event(&mut state, SuitesEvent::CaseEnded(run, id("b"), Box::new(result("b", CaseVerdict::Failed, "No"))));
    assert_eq!(stands(&state, "a"), CaseState::Was(CaseVerdict::Passed));
    assert_eq!(state.suites.left(), 1);
    // What was read meanwhile is older, and a run that is none of this screen's is nobody's.
    loaded(&mut state, vec![suite(vec![case("a", 1), case("b", 1), case("c", 3)])]);
    event(&mut state, SuitesEvent::CaseEnded(run + 1, id("c"), Box::new(result("c", CaseVerdict::Failed, ""))));
    assert_eq!((stands(&state, "a"), stands(&state, "c")), (CaseState::Was(CaseVerdict::Passed), CaseState::Waits));
    // It goes on while one looks elsewhere, and its end is told there.
    handle_action(&mut state, Action::ShowChat);
    event(&mut state, SuitesEvent::CaseEnded(run, id("c"), Box::new(result("c", CaseVerdict::Passed, ""))));
    let effects = event(&mut state, SuitesEvent::RunEnded { run, ms: 3_210, failure: None, changed: 1 });
    assert!(effects.contains(&Effect::Suites(SuitesEffect::Load)));
    assert_eq!(notice(&state), "Tests: 2 passed, 1 failed; 3 messages, 3.2 s. 1 answer changed.");
    assert!(state.window.notice.as_ref().unwrap().bad && state.suites.running.is_none());
    handle_action(&mut state, Action::ShowTests);
    assert_eq!(run_of(&handle_action(&mut state, Action::RunMissed)).unwrap().1, ["b"]);
}

#[test]
fn what_costs_much_is_asked_first_and_a_run_can_be_stopped() {
    let mut state = opened();
    loaded(&mut state, vec![suite(vec![case("a", 1), case("b", 1), case("c", 9)])]);
    assert!(run_of(&handle_action(&mut state, Action::RunSuite)).is_none());
    assert_eq!(state.suites.question.as_ref().map(|question| question.messages), Some(11));
    handle_action(&mut state, Action::Back);
    assert!(state.suites.question.is_none() && state.window.view == ViewKind::Tests);
    handle_action(&mut state, Action::RunSuite);
    let effects = handle_action(&mut state, Action::Confirm);
    let (run, cases) = run_of(&effects).unwrap();
    assert_eq!(cases.len(), 3);
    assert!(handle_action(&mut state, Action::StopRun).contains(&Effect::Suites(SuitesEffect::Stop)));
    assert_eq!(stands(&state, "c"), CaseState::New, "what is not begun any more waits for nothing");
    event(&mut state, SuitesEvent::CaseEnded(run, id("a"), Box::new(result("a", CaseVerdict::Passed, ""))));
    event(&mut state, SuitesEvent::RunEnded { run, ms: 900, failure: None, changed: 0 });
    assert_eq!(notice(&state), "Tests: 1 passed, 2 not asked; 1 message, 0.9 s.");
    // What can't be begun at all is told with its reason.
    let (run, _) = run_of(&handle_action(&mut state, Action::RunCase)).unwrap();
    let failure = Failure::new(Kind::Invalid, "It can't be asked there.");
    event(&mut state, SuitesEvent::RunEnded { run, ms: 0, failure: Some(failure), changed: 0 });
    assert_eq!(notice(&state), "The tests were not run: It can't be asked there.");
}

#[test]
fn a_file_that_is_wrong_is_told_and_what_is_known_of_its_cases_stays() {
    let mut state = opened();
    let (run, _) = run_of(&handle_action(&mut state, Action::RunCase)).unwrap();
    event(&mut state, SuitesEvent::CaseEnded(run, id("a"), Box::new(result("a", CaseVerdict::Passed, ""))));
    event(&mut state, SuitesEvent::RunEnded { run, ms: 1, failure: None, changed: 0 });
    let mut recorded = CaseEntry::named("a");
    recorded.older(now(), result("a", CaseVerdict::Passed, ""));
    let problem = Failure::new(Kind::Config, "faq.toml:3:1: cases: missing");
    let wrong = SuiteEntry { problem: Some(problem), ..suite(vec![recorded]) };
    loaded(&mut state, vec![wrong]);
    let names: Vec<&str> = state.suites.suites[0].cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert!(state.suites.suites[0].cases.iter().all(|case| case.case.is_some()));
    assert!(run_of(&handle_action(&mut state, Action::RunCase)).is_none() && notice(&state).contains("faq.toml:3:1"));
    assert!(run_of(&handle_action(&mut state, Action::RunAllSuites)).is_none());
    let effects = handle_action(&mut state, Action::EditSuite);
    assert!(effects.contains(&Effect::Suites(SuitesEffect::Edit(path()))));
}

#[test]
fn a_changed_answer_is_taken_or_refused_and_that_is_taken_back() {
    let mut state = opened();
    let answer = ChangedAnswer {
        name: "faq/a".to_owned(),
        file: PathBuf::from("faq/a.md"),
        old: Some("eight".to_owned()),
        new: "nine".to_owned(),
    };
    let changed = CaseEntry { changed: Some(answer.clone()), ..case("a", 1) };
    loaded(&mut state, vec![suite(vec![changed, case("b", 1)])]);
    assert!(
        handle_action(&mut state, Action::AcceptAnswer)
            .contains(&Effect::Suites(SuitesEffect::Accept(answer.clone())))
    );
    let deed = crate::app::AnswerDeed { answer: answer.clone(), accepted: true };
    event(&mut state, SuitesEvent::Answered(deed, Ok(())));
    assert!(state.suites.selected_case().unwrap().changed.is_none());
    assert!(
        notice(&state).starts_with("The answer of faq/a is the kept one now. U takes that back."),
        "{}",
        notice(&state)
    );
    assert!(
        handle_action(&mut state, Action::UndoAnswer)
            .contains(&Effect::Suites(SuitesEffect::Restore(answer.clone())))
    );
    assert!(handle_action(&mut state, Action::UndoAnswer).iter().all(|effect| !matches!(effect, Effect::Suites(_))));
    assert!(
        handle_action(&mut state, Action::RefuseAnswer).iter().all(|effect| !matches!(effect, Effect::Suites(_)))
    );
}

#[test]
fn the_filter_narrows_by_words_and_by_what_did_not_pass() {
    let mut state = opened();
    let (run, _) = run_of(&handle_action(&mut state, Action::RunSuite)).unwrap();
    for (name, verdict) in [("a", CaseVerdict::Passed), ("b", CaseVerdict::Failed), ("c", CaseVerdict::Passed)] {
        event(&mut state, SuitesEvent::CaseEnded(run, id(name), Box::new(result(name, verdict, ""))));
    }
    event(&mut state, SuitesEvent::RunEnded { run, ms: 1, failure: None, changed: 0 });
    handle_action(&mut state, Action::OnlyFailed);
    let shown = |state: &State| -> Vec<String> {
        state.suites.rows().iter().filter_map(|row| row.case.map(|case| case.name.clone())).collect()
    };
    assert_eq!((shown(&state), state.suites.selected_case().unwrap().name.as_str()), (vec!["b".to_owned()], "b"));
    handle_action(&mut state, Action::OnlyFailed);
    assert_eq!(shown(&state).len(), 3);
    // The conversation in which it was asked.
    handle_action(&mut state, Action::ToConversation);
    assert_eq!(state.window.view, ViewKind::Chat);
    assert_eq!(state.channel().open_id().map(|id| id.as_str().to_owned()), Some("c-b".to_owned()));
    handle_action(&mut state, Action::ShowTests);
    handle_action(&mut state, Action::Back);
    assert_eq!(state.window.view, ViewKind::Chat);
    assert!(state.suites.rows().iter().all(|row| row.suite.path == Path::new("/suites/faq.toml")));
}

#[test]
fn runs_that_repeat_what_was_not_asked_again_are_told_once() {
    let mut entry = case("a", 1);
    let at = |n: i64| now().plus_millis(-n * 1_000);
    let one = result("a", CaseVerdict::Passed, "one");
    entry.older(at(1), one.clone());
    entry.older(at(2), one.clone());
    entry.older(at(3), result("a", CaseVerdict::Failed, "two"));
    assert_eq!(entry.past.len(), 2);
    assert_eq!((entry.past[0].at, entry.last()), (at(2), Some(&one)));
    assert_eq!(entry.before().map(|(_, result)| result.verdict), Some(CaseVerdict::Failed));
    for n in 4..100 {
        entry.older(at(n), result("a", CaseVerdict::Failed, &n.to_string()));
    }
    assert_eq!((entry.past.len(), entry.past.iter().filter(|past| past.result.is_some()).count()), (20, 3));
}
