//! A case made of what is picked: which turns it has, where it goes, what becomes of it.

use std::path::PathBuf;

use super::*;
use crate::app::overlay::Overlay;
use crate::app::{CaseEntry, NewCaseSheet, SuiteEntry, SuitesEffect, SuitesEvent};
use crate::config::{NewCase, NewTurn};
use crate::domain::{Failure, Kind};

/// A conversation of two turns, its transcript with the keys, and one suite that is right and one that is wrong.
fn talk() -> State {
    let mut state = open("c1");
    let history = vec![
        past(1, Role::Assistant, "Hello!", false),
        past(2, Role::User, "How many\nplanets?", true),
        past(3, Role::Assistant, "Eight.", false),
        past(4, Role::Assistant, "Or so.\n", false),
        past(5, Role::User, "And moons?", true),
        past(6, Role::Assistant, "Many.", false),
    ];
    load(&mut state, history);
    state.window.focus = Focus::Transcript;
    let suite = |name: &str, problem: Option<Failure>| SuiteEntry {
        path: PathBuf::from(format!("/suites/{name}.toml")),
        name: name.to_owned(),
        channel: None,
        problem,
        cases: vec![CaseEntry::named("a")],
    };
    let suites = vec![suite("wrong", Some(Failure::new(Kind::Config, "no"))), suite("faq", None)];
    let folder = PathBuf::from("/config");
    handle_event(&mut state, Event::Suites(SuitesEvent::Loaded { suites, answers: None, folder, problem: None }));
    state
}

fn asked(state: &State) -> &NewCaseSheet {
    match state.window.overlay() {
        Some(Overlay::NewCase(sheet)) => sheet,
        other => panic!("{other:?}"),
    }
}

fn turn(say: &str, reply: &str) -> NewTurn {
    NewTurn { say: say.to_owned(), reply: Some(reply.to_owned()) }
}

fn written(effects: &[Effect]) -> Option<(PathBuf, NewCase)> {
    effects.iter().find_map(|effect| match effect {
        Effect::Suites(SuitesEffect::AddCase { path, case, .. }) => Some((path.clone(), case.clone())),
        _ => None,
    })
}

fn came(state: &mut State, path: &str, result: Result<usize, Failure>) {
    let name = "planets".to_owned();
    handle_event(state, Event::Suites(SuitesEvent::CaseAdded { path: PathBuf::from(path), name, result }));
}

#[test]
fn whole_turns_are_taken_of_what_is_picked() {
    let mut state = talk();
    handle_action(&mut state, Action::MakeCase);
    assert_eq!(
        (asked(&state).turns.as_slice(), asked(&state).name.as_str()),
        (&[turn("And moons?", "Many.")][..], "And moons?")
    );
    handle_action(&mut state, Action::Back);
    assert!(state.window.overlay().is_none());
    // From a reply on: its question belongs to it, and all that was replied to the last one.
    for _ in 0..3 {
        handle_action(&mut state, Action::PickPrevious);
    }
    handle_action(&mut state, Action::PickRange);
    handle_action(&mut state, Action::PickNext);
    handle_action(&mut state, Action::MakeCase);
    let both = [turn("How many\nplanets?", "Eight.\n\nOr so."), turn("And moons?", "Many.")];
    assert_eq!((asked(&state).turns.as_slice(), asked(&state).name.as_str()), (&both[..], "How many"));
}

#[test]
fn it_goes_into_a_suite_that_is_right_or_into_a_new_one_and_what_fails_is_told_there() {
    let mut state = talk();
    let begun = handle_action(&mut state, Action::MakeCase);
    assert!(begun.contains(&Effect::Suites(SuitesEffect::Load)), "the suites are read");
    handle_event(&mut state, Event::typed("planets".to_owned()));
    let (path, case) = written(&handle_action(&mut state, Action::Confirm)).unwrap();
    assert_eq!((path, case.name.as_str()), (PathBuf::from("/suites/faq.toml"), "planets"));
    assert!(written(&handle_action(&mut state, Action::Confirm)).is_none(), "it is being written");
    came(&mut state, "/suites/faq.toml", Err(Failure::new(Kind::Config, "found \"planets\" a second time")));
    let problem = asked(&state).problem.clone().unwrap();
    assert!(problem.as_str().contains("a second time") && asked(&state).name == *"planets", "nothing typed is lost");
    // A new file, beside the config file unless it is named whole.
    handle_action(&mut state, Action::Down);
    assert!(written(&handle_action(&mut state, Action::Confirm)).is_none());
    assert_eq!(asked(&state).file.as_deref(), Some("/config/suite.toml"));
    handle_event(&mut state, Event::typed(".bak".to_owned()));
    handle_action(&mut state, Action::Back);
    assert!(asked(&state).file.is_none());
    handle_action(&mut state, Action::Confirm);
    let (path, _) = written(&handle_action(&mut state, Action::Confirm)).unwrap();
    assert_eq!(path, PathBuf::from("/config/suite.toml"));
    came(&mut state, "/config/suite.toml", Ok(3));
    let notice = state.window.notice.as_ref().unwrap().text.as_str().to_owned();
    assert!(notice.starts_with("The case \"planets\" was written to /config/suite.toml, line 3"), "{notice}");
    assert!(state.window.overlay().is_none());
}
