//! A run: what is asked, whether so much is meant, how far it is, and what came of it.

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::suites::{CaseId, RunQuestion, RunningSuites, SuiteEntry, SuitesEffect, SuitesView};
use crate::app::update::ctx::{Ctx, complain, refuse, say, wake};
use crate::domain::{CaseResult, Failure};

/// What costs more messages than these is asked first.
const MANY: u64 = 10;

/// The cases of a suite that can be asked and that are meant.
fn cases_of(suite: &SuiteEntry, meant: impl Fn(&str) -> bool) -> (Vec<CaseId>, u64) {
    let (mut ids, mut messages) = (Vec::new(), 0);
    for case in suite.cases.iter().filter(|case| case.case.is_some() && meant(&case.name)) {
        ids.push(CaseId { suite: suite.path.clone(), case: case.name.clone() });
        messages += case.messages();
    }
    (ids, messages)
}

/// Runs the selected case, or the selected suite.
pub(super) fn selected(suites: &mut SuitesView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let only = suites.selected.as_ref().and_then(|place| place.case.clone());
    let Some(suite) = suites.selected_suite() else { return say(ctx, "Select a case first.") };
    if let Some(failure) = &suite.problem {
        return wrong(ctx, &suite.name, failure);
    }
    let wanted = cases_of(suite, |name| only.as_deref().is_none_or(|only| only == name));
    want(suites, ctx, wanted)
}

/// Runs the suite that is selected, or whose case is.
pub(super) fn suite(suites: &mut SuitesView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some(suite) = suites.selected_suite() else { return say(ctx, "Select a suite first.") };
    if let Some(failure) = &suite.problem {
        return wrong(ctx, &suite.name, failure);
    }
    let wanted = cases_of(suite, |_| true);
    want(suites, ctx, wanted)
}

/// Runs all suites whose files are right.
pub(super) fn all(suites: &mut SuitesView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let wanted = over(suites, |_, _| true);
    want(suites, ctx, wanted)
}

/// Runs what didn't pass when it was asked last, or wasn't asked to its end, or never.
pub(super) fn missed(suites: &mut SuitesView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let wanted = over(suites, |suite, name| {
        suite.cases.iter().any(|case| case.name == name && suites.missed(&suite.path, case))
    });
    if wanted.0.is_empty() && suites.running.is_none() && suites.loaded {
        return say(ctx, "All of them passed when they were asked last.");
    }
    want(suites, ctx, wanted)
}

fn over(suites: &SuitesView, meant: impl Fn(&SuiteEntry, &str) -> bool) -> (Vec<CaseId>, u64) {
    let (mut ids, mut messages) = (Vec::new(), 0);
    for suite in suites.suites.iter().filter(|suite| suite.problem.is_none()) {
        let (more, cost) = cases_of(suite, |name| meant(suite, name));
        ids.extend(more);
        messages += cost;
    }
    (ids, messages)
}

fn wrong(ctx: &mut Ctx<'_>, name: &str, failure: &Failure) -> Vec<Effect> {
    complain(ctx, &format!("{name} can't be run: "), failure)
}

/// Begins a run, or asks first where it costs much.
fn want(suites: &mut SuitesView, ctx: &mut Ctx<'_>, (cases, messages): (Vec<CaseId>, u64)) -> Vec<Effect> {
    if suites.running.is_some() {
        let way = match ctx.window.key(&suites.contexts(), Action::StopRun) {
            key if key.is_empty() => String::new(),
            key => format!(" {key} stops it."),
        };
        return refuse(ctx, &format!("A run is under way.{way}"));
    }
    if cases.is_empty() {
        return refuse(ctx, "There is no case that could be asked.");
    }
    if messages > MANY {
        suites.question = Some(RunQuestion { cases, messages });
        return Vec::new();
    }
    begin(suites, ctx, cases)
}

/// Runs what was asked about.
pub(super) fn confirm(suites: &mut SuitesView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    match suites.question.take() {
        Some(question) => begin(suites, ctx, question.cases),
        None => Vec::new(),
    }
}

fn begin(suites: &mut SuitesView, ctx: &mut Ctx<'_>, cases: Vec<CaseId>) -> Vec<Effect> {
    let run = ctx.ids.next_number();
    suites.running = Some(RunningSuites::new(run, cases.clone()));
    suites.ran = None;
    vec![Effect::Suites(SuitesEffect::Run { run, cases })]
}

/// Asks the run to begin nothing else.
pub(super) fn stop(suites: &mut SuitesView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some(run) = &mut suites.running else { return say(ctx, "No run is under way.") };
    run.stopping = true;
    let mut effects = vec![Effect::Suites(SuitesEffect::Stop)];
    effects.extend(say(ctx, "It stops: what is being asked is finished, and nothing else is begun."));
    effects
}

/// The run of that number, if it is the one that is under way.
fn run_of(suites: &mut SuitesView, run: u64) -> Option<&mut RunningSuites> {
    suites.running.as_mut().filter(|running| running.run == run)
}

pub(super) fn began(suites: &mut SuitesView, run: u64, id: CaseId) -> Vec<Effect> {
    if let Some(running) = run_of(suites, run) {
        running.under_way.insert(id);
    }
    Vec::new()
}

pub(super) fn waits(suites: &mut SuitesView, run: u64, case: String, seconds: u64, why: &str) -> Vec<Effect> {
    if let Some(running) = run_of(suites, run) {
        running.waiting = Some((case, format!("{why}; trying again in {seconds} s")));
    }
    Vec::new()
}

pub(super) fn case_ended(
    suites: &mut SuitesView,
    ctx: &mut Ctx<'_>,
    run: u64,
    id: &CaseId,
    result: CaseResult,
) -> Vec<Effect> {
    let Some(running) = run_of(suites, run) else { return Vec::new() };
    running.ended(id, &result);
    if let Some(case) = suites.case_mut(id) {
        case.newest(ctx.now, result);
    }
    Vec::new()
}

/// The run is over: how it went is told, whichever view is open.
pub(super) fn ended(
    suites: &mut SuitesView,
    ctx: &mut Ctx<'_>,
    run: u64,
    ms: u64,
    failure: Option<&Failure>,
    changed: usize,
) -> Vec<Effect> {
    if run_of(suites, run).is_none() {
        return Vec::new();
    }
    let Some(running) = suites.running.take() else { return Vec::new() };
    // What was read meanwhile was of before its end.
    let mut effects = vec![Effect::Suites(SuitesEffect::Load)];
    if running.totals.cases == 0
        && let Some(failure) = failure
    {
        effects.extend(complain(ctx, "The tests were not run: ", failure));
        return effects;
    }
    let told = in_words(&running, ms);
    let answers = match changed {
        0 => String::new(),
        1 => " 1 answer changed.".to_owned(),
        many => format!(" {many} answers changed."),
    };
    suites.ran = Some(told.clone());
    match failure {
        Some(failure) => ctx.complain(&format!("Tests: {told}.{answers} It ended early: "), failure),
        None => ctx.say(&format!("Tests: {told}.{answers}")),
    }
    if let Some(notice) = ctx.window.notice.as_mut() {
        notice.bad |= running.totals.failed + running.totals.errors > 0;
    }
    effects.extend(wake(ctx));
    effects
}

/// How a run went: `5 passed, 1 failed, 2 not asked; 9 messages, 3.2 s`.
fn in_words(run: &RunningSuites, ms: u64) -> String {
    let totals = &run.totals;
    let left = run.cases.len().saturating_sub(run.done.len()) + totals.skipped;
    let some = [
        (totals.passed, "passed"),
        (totals.failed, "failed"),
        (totals.errors, "not to be told"),
        (left, "not asked"),
    ];
    let some: Vec<String> =
        some.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    let messages = if totals.messages == 1 { "message" } else { "messages" };
    format!("{}; {} {messages}, {}.{} s", some.join(", "), totals.messages, ms / 1_000, ms % 1_000 / 100)
}
