//! Pictures of the Tests view at three sizes.

use std::path::PathBuf;

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::app::{
    Action, CaseEntry, CaseId, ChannelInfo, Effect, Event, NewCaseSheet, Overlay, State, SuiteEntry, SuitesEffect,
    SuitesEvent, update,
};
use crate::config::NewTurn;
use crate::domain::{
    Asks, Attempt, Capabilities, Case, CaseResult, CaseTurn, CaseVerdict, ChangedAnswer, ChannelName, Check,
    Expectation, Failure, Kind, Platform, SafeText, SuiteTurn, Timestamp,
};
use crate::ui::View;

const SIZES: [(u16, u16); 3] = [(120, 40), (80, 24), (40, 12)];
const HOSTILE: &str = "\u{1b}[31m\u{202e}\u{7}";

fn now() -> Timestamp {
    Timestamp::from_millis(1_760_000_000_000)
}

fn ago(minutes: i64) -> Timestamp {
    now().plus_millis(-minutes * 60_000)
}

fn case(name: &str) -> CaseEntry {
    let expect = vec![Expectation::Contains("eight".to_owned()), Expectation::Words { min: None, max: Some(80) }];
    let turns = vec![CaseTurn { say: format!("How many {name}{HOSTILE}?"), expect }];
    let case =
        Case { name: name.to_owned(), asks: Asks::Conversation(turns), conversation: None, repeat: 1, pass: 1 };
    CaseEntry { case: Some(case), ..CaseEntry::named(name) }
}

fn result(case: &str, verdict: CaseVerdict, reply: &str) -> CaseResult {
    let check = |expect: &str, wanted: &str, holds, against: Option<&str>| Check {
        expect: expect.to_owned(),
        wanted: wanted.to_owned(),
        holds,
        came: (!holds).then(|| format!("0.41{HOSTILE}")),
        reason: None,
        against: against.map(str::to_owned),
    };
    let passed = verdict == CaseVerdict::Passed;
    let turn = SuiteTurn {
        say: format!("How many {case}{HOSTILE}?"),
        reply: reply.to_owned(),
        finish: "stop".to_owned(),
        first_word_ms: Some(40),
        reply_ms: Some(1_240),
        quick_replies: vec!["Yes".to_owned()],
        checks: vec![
            check("contains", "\"eight\"", true, None),
            check("like", "at least 0.9 like the text", passed, Some("There are eight planets.")),
        ],
    };
    let error = (verdict == CaseVerdict::Error).then(|| Failure::new(Kind::Network, "no connection to the platform"));
    let attempt = Attempt { verdict, conversation_id: Some("7b".to_owned()), turns: vec![turn], error };
    CaseResult {
        suite: "faq".to_owned(),
        case: case.to_owned(),
        channel: "docs".to_owned(),
        verdict,
        messages: 1,
        ms: 1_300,
        attempts: vec![attempt],
    }
}

fn past(mut entry: CaseEntry, runs: &[(i64, CaseVerdict, &str)]) -> CaseEntry {
    for (minutes, verdict, reply) in runs {
        let result = result(&entry.name.clone(), *verdict, reply);
        entry.older(ago(*minutes), result);
    }
    entry
}

fn suites() -> Vec<SuiteEntry> {
    use CaseVerdict::{Error, Failed, Passed};
    let new =
        format!("There are **nine** planets:\n\n- Mercury\n- `Venus`\n\n{HOSTILE}| a | b |\n|---|---|\n| 1 | 2 |\n");
    let old = "There are **eight** planets:\n\n- Mercury\n- `Venus`\n";
    let planets =
        past(case("planets"), &[(3, Failed, &new), (90, Passed, old), (3_000, Passed, old), (9_000, Error, "")]);
    let moons = past(
        case("moons of the planets, each with its name and the year"),
        &[(3, Passed, "Many."), (90, Passed, "Many.")],
    );
    let kept = ChangedAnswer {
        name: "faq/suns".to_owned(),
        file: PathBuf::from("faq/suns.md"),
        old: Some("# suns\n\n> How many suns?\n\nThere is one sun.\n".to_owned()),
        new: "# suns\n\n> How many suns?\n\nThere are two suns.\n".to_owned(),
    };
    let suns = CaseEntry { changed: Some(kept), ..past(case("suns"), &[(3, Passed, "There are two suns.")]) };
    let lost = CaseEntry { unfinished: Some(ago(3)), ..case("日本語 comets") };
    let cases = vec![planets, moons, suns, past(case("stars"), &[(3, Error, "")]), lost, case("dust")];
    let faq = SuiteEntry {
        path: PathBuf::from("/work/suites/faq.toml"),
        name: "faq".to_owned(),
        channel: Some(ChannelName::new("docs")),
        problem: None,
        cases,
    };
    let problem = "/work/suites/refunds.toml:3:1: cases.say: unknown key; did you mean \"say\"?\n\
                   /work/suites/refunds.toml:9:12: cases.repeat: expected a whole number from 1 to 100";
    let refunds = SuiteEntry {
        path: PathBuf::from("/work/suites/refunds.toml"),
        name: "refunds".to_owned(),
        channel: None,
        problem: Some(Failure::new(Kind::Config, problem)),
        cases: vec![past(CaseEntry::named("a refund"), &[(90, Passed, "14 days.")])],
    };
    vec![faq, refunds]
}

fn event(state: &mut State, event: SuitesEvent) -> Vec<Effect> {
    update(state, Event::Suites(event), now())
}

fn action(state: &mut State, action: Action) -> Vec<Effect> {
    update(state, Event::Action(action), now())
}

fn opened() -> State {
    let info = ChannelInfo {
        name: ChannelName::new("docs"),
        label: SafeText::one_line("docs"),
        platform: Platform::new("chat-thing"),
        sandbox: false,
        read_only: false,
    };
    let can = Capabilities { sources: true, send: true, ..Capabilities::NONE };
    let mut state = State::new(vec![(info, can)], 0, 7);
    action(&mut state, Action::ShowTests);
    let answers = Some(PathBuf::from("/work/answers"));
    event(
        &mut state,
        SuitesEvent::Loaded { suites: suites(), answers, folder: PathBuf::from("/work"), problem: None },
    );
    state
}

fn pictures(name: &str, state: &mut State) {
    for (width, height) in SIZES {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let mut view = View::new(false);
        // What is measured is told, as on the screen.
        for _ in 0..2 {
            let mut drawn = None;
            terminal.draw(|f| drawn = Some(view.draw(f, state, now()))).unwrap();
            let measured = drawn.and_then(|drawn| drawn.suites).unwrap();
            event(state, SuitesEvent::Measured(measured));
        }
        let shown = terminal.backend().to_string();
        assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}') && !shown.contains('\u{7}'), "{shown}");
        insta::assert_snapshot!(format!("{name}-{width}x{height}"), terminal.backend());
    }
}

#[test]
fn suites_and_cases_stand_with_how_they_went_and_one_is_shown_whole() {
    let mut state = opened();
    pictures("suites", &mut state);
    action(&mut state, Action::Open);
    pictures("case", &mut state);
    action(&mut state, Action::Bottom);
    pictures("case-end", &mut state);
}

#[test]
fn a_changed_answer_stands_beside_the_kept_one() {
    let mut state = opened();
    action(&mut state, Action::Down);
    action(&mut state, Action::Down);
    action(&mut state, Action::Open);
    pictures("changed", &mut state);
}

#[test]
fn a_file_that_is_wrong_is_told_with_its_places() {
    let mut state = opened();
    for _ in 0..6 {
        action(&mut state, Action::Down);
    }
    action(&mut state, Action::Open);
    pictures("wrong", &mut state);
}

#[test]
fn a_run_is_seen_as_it_goes_and_much_is_asked_first() {
    let mut state = opened();
    let asked = action(&mut state, Action::RunSuite);
    let run = asked.iter().find_map(|effect| match effect {
        Effect::Suites(SuitesEffect::Run { run, .. }) => Some(*run),
        _ => None,
    });
    let run = run.unwrap();
    let id = |case: &str| CaseId { suite: PathBuf::from("/work/suites/faq.toml"), case: case.to_owned() };
    event(&mut state, SuitesEvent::CaseBegan(run, id("suns")));
    for (name, verdict) in [("planets", CaseVerdict::Passed), ("stars", CaseVerdict::Failed)] {
        event(&mut state, SuitesEvent::CaseEnded(run, id(name), Box::new(result(name, verdict, "Eight."))));
    }
    pictures("run", &mut state);
    event(&mut state, SuitesEvent::RunEnded { run, ms: 4_200, failure: None, changed: 0 });
    let mut many = suites();
    for case in &mut many[0].cases {
        case.case.iter_mut().for_each(|case| case.repeat = 40);
    }
    event(
        &mut state,
        SuitesEvent::Loaded { suites: many, answers: None, folder: PathBuf::from("/work"), problem: None },
    );
    action(&mut state, Action::RunSuite);
    pictures("question", &mut state);
}

#[test]
fn where_there_is_no_suite_it_is_said_what_one_is() {
    let mut state = opened();
    event(
        &mut state,
        SuitesEvent::Loaded { suites: Vec::new(), answers: None, folder: PathBuf::from("/work"), problem: None },
    );
    pictures("none", &mut state);
}

#[test]
fn a_case_of_what_was_said_is_asked_for_its_name_and_its_suite() {
    let mut state = opened();
    let turn = |say: &str, reply: &str| NewTurn { say: format!("{say}{HOSTILE}"), reply: Some(reply.to_owned()) };
    let turns = vec![turn("How many planets are there?", "Eight."), turn("And moons?", "Many.")];
    let sheet = NewCaseSheet::new(ChannelName::new("docs"), turns, "How many planets are there?");
    action(&mut state, Action::ShowChat);
    state.window.open(Overlay::NewCase(sheet.clone()));
    chat_pictures("new-case", &state);
    let problem =
        Some(SafeText::one_line("with the case in it, faq.toml:9:1: cases.name: expected a name of its own"));
    state.window.open(Overlay::NewCase(NewCaseSheet { file: Some("/work/suite.toml".into()), problem, ..sheet }));
    chat_pictures("new-suite", &state);
}

fn chat_pictures(name: &str, state: &State) {
    for (width, height) in SIZES {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let mut view = View::new(false);
        terminal.draw(|f| _ = view.draw(f, state, now())).unwrap();
        let shown = terminal.backend().to_string();
        assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}') && !shown.contains('\u{7}'), "{shown}");
        insta::assert_snapshot!(format!("{name}-{width}x{height}"), terminal.backend());
    }
}
