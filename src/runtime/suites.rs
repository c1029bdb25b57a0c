//! Suites, run: what would be asked, asking it side by side, and what came of it, as data. A door starts a run, is told how
//! far it is, may ask it to wind up, and shows what it likes.
//!
//! Each time that a case is asked has a conversation of its own, in the store like any other; its messages go by the outbox
//! and the courier. What is done is written down as it is done, so that a run that was killed can be gone on with.

mod ask;
mod journal;
mod judge;
mod kept;
mod overview;

use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::Runtime;
use crate::config;
pub use crate::domain::ChangedAnswer;
use crate::domain::{
    Asks, Capabilities, Case, CaseResult, CaseVerdict, ChannelName, Failure, Kind, RunTotals, Suite, TurnId,
};
pub(super) use journal::results as results_in;
pub use kept::{accept_answer, changed_answers, keep_answers, refuse_answer, restore_answer};
pub(in crate::runtime) use overview::Overview;

use journal::{Earlier, Journal};
use judge::Judge;

/// A run that is wanted.
#[derive(Debug, Clone, Default)]
pub struct SuiteRun {
    /// The suites, in order.
    pub suites: Vec<Suite>,
    /// The channel that is asked, whatever the suites say.
    pub channel: Option<ChannelName>,
    /// How many cases are asked side by side; at least one is.
    pub jobs: usize,
    /// Only cases whose name, or `SUITE/NAME`, has this, whatever its capitals.
    pub only: Option<String>,
    /// How often each case is asked, whatever the suites say; each time must pass.
    pub repeat: Option<u32>,
    /// No case is begun once one failed, or can't be told.
    pub fail_fast: bool,
    /// The most messages that the run may cost: one that could cost more isn't begun.
    pub max_messages: Option<u64>,
    /// What the last run of the same suites has judged isn't asked again.
    pub resume: bool,
}

/// What a run would ask.
#[derive(Debug, Clone)]
pub struct SuitePlan {
    cases: Vec<PlannedCase>,
}

/// One case of a run.
#[derive(Debug, Clone)]
struct PlannedCase {
    suite: String,
    path: PathBuf,
    channel: ChannelName,
    case: Case,
}

impl SuitePlan {
    /// How many cases.
    pub fn cases(&self) -> usize {
        self.cases.len()
    }

    /// The most messages that it costs.
    pub fn messages(&self) -> u64 {
        self.cases.iter().map(|planned| planned.case.messages()).sum()
    }

    /// Each case, in order: its suite, its channel, its name, and the most messages that it costs.
    pub fn each(&self) -> impl Iterator<Item = (&str, &ChannelName, &str, u64)> {
        self.cases.iter().map(|planned| {
            (planned.suite.as_str(), &planned.channel, planned.case.name.as_str(), planned.case.messages())
        })
    }
}

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SuiteProgress {
    /// It begins.
    Began {
        /// How many cases it has.
        cases: usize,
        /// How many of them an earlier run has judged.
        judged: usize,
        /// The cases that an earlier run had begun and not ended: their messages may have arrived. They are asked anew, in
        /// other conversations.
        unfinished: Vec<String>,
    },
    /// A case is asked.
    CaseBegan {
        /// Which.
        case: String,
    },
    /// A platform is asked again after a while.
    Waiting {
        /// Which case waits.
        case: String,
        /// How long.
        seconds: u64,
        /// Why.
        why: String,
    },
    /// A case has ended, or was judged by an earlier run.
    CaseEnded(Box<CaseResult>),
}

/// Whoever looks on: is told how far the run is, and may ask it to wind up.
#[derive(Debug)]
pub struct SuiteWatch {
    /// Where it is told.
    pub to: mpsc::UnboundedSender<SuiteProgress>,
    /// True once it is to wind up: turns under way are finished, and nothing else is begun.
    pub cancelled: watch::Receiver<bool>,
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SuiteReport {
    /// Every case of the plan, in its order. What wasn't asked is skipped.
    pub results: Vec<CaseResult>,
    /// Why it ended before its end: what would have been the same for every case. None where it didn't.
    pub stopped: Option<Failure>,
    /// Whether it was asked to wind up.
    pub interrupted: bool,
    /// How many messages this run sent, or may have: what an earlier one sent isn't counted.
    pub sent: u64,
    /// Milliseconds that it took.
    pub ms: u64,
}

impl SuiteReport {
    /// How many cases went how, and how many messages this run sent.
    pub fn totals(&self) -> RunTotals {
        RunTotals { messages: self.sent, ..RunTotals::count(&self.results) }
    }

    /// What a command ends with; none where every case passed.
    pub fn failure(&self) -> Option<Failure> {
        let totals = self.totals();
        if self.interrupted {
            let what =
                format!("interrupted: {} of {} cases were not asked to their end", totals.skipped, totals.cases);
            return Some(Failure::new(Kind::Interrupted, what).hint("what is done is kept; `--resume` goes on"));
        }
        if let Some(stopped) = &self.stopped {
            return Some(stopped.clone());
        }
        if totals.failed > 0 {
            return Some(Failure::new(Kind::Tests, format!("{} of {} cases failed", totals.failed, totals.cases)));
        }
        let error = self.results.iter().find_map(CaseResult::error)?;
        let what = format!("{} of {} cases could not be told: {}", totals.errors, totals.cases, error.message);
        let failure = Failure::new(error.kind, what);
        Some(error.hint.iter().fold(failure, |failure, hint| failure.hint(hint.clone())))
    }
}

/// Reads suites' files, all of them, so that the errors of all are told at once.
///
/// # Errors
///
/// `Kind::Config` with every error of every file.
pub fn load_suites(paths: &[PathBuf]) -> Result<Vec<Suite>, Failure> {
    let (mut suites, mut errors) = (Vec::new(), Vec::new());
    for path in paths {
        match config::load_suite(path) {
            Ok(suite) => suites.push(suite),
            Err(error) => errors.push(error.to_string()),
        }
    }
    if errors.is_empty() { Ok(suites) } else { Err(Failure::new(Kind::Config, errors.join("\n"))) }
}

impl Runtime {
    /// What a run would ask, and what it costs at most. Asks nobody.
    ///
    /// # Errors
    ///
    /// `Kind::Usage` where a channel isn't there, and `Kind::Invalid` where its platform can't do what is asked, no case
    /// is meant, or it could cost more messages than it may.
    pub fn plan_suites(&self, run: &SuiteRun) -> Result<SuitePlan, Failure> {
        let only = run.only.as_ref().map(|only| only.to_lowercase());
        let mut cases = Vec::new();
        for suite in &run.suites {
            let wanted = run.channel.as_ref().or(suite.channel.as_ref());
            let runtime = wanted.map_or_else(|| self.clone(), |channel| self.on(channel));
            let channel = runtime.channel()?;
            let can = runtime.capabilities()?;
            for case in &suite.cases {
                let name = format!("{}/{}", suite.name, case.name).to_lowercase();
                if only.as_ref().is_some_and(|only| !name.contains(only)) {
                    continue;
                }
                able(&can, &channel, case)?;
                if case.needs_judge() && self.config().judge.is_none() {
                    let what = format!("The case \"{}\" needs a judge, and the config file names none.", case.name);
                    let hint = "Nothing was sent. A [judge] table names a server and a model: see docs/suites.md.";
                    return Err(Failure::new(Kind::Config, what).hint(hint));
                }
                let case = match run.repeat {
                    Some(repeat) => Case { repeat: repeat.max(1), pass: repeat.max(1), ..case.clone() },
                    None => case.clone(),
                };
                let (suite, path) = (suite.name.clone(), suite.path.clone());
                cases.push(PlannedCase { suite, path, channel: channel.clone(), case });
            }
        }
        if cases.is_empty() {
            let what = format!("No case has {:?} in its name.", run.only.clone().unwrap_or_default());
            return Err(Failure::new(Kind::Invalid, what).hint("`--dry-run` lists them."));
        }
        let plan = SuitePlan { cases };
        alone(&plan)?;
        match run.max_messages {
            Some(most) if plan.messages() > most => {
                let what = format!("It could cost {} messages, and {most} are allowed.", plan.messages());
                Err(Failure::new(Kind::Invalid, what).hint("Nothing was sent. `--only` takes some of the cases."))
            }
            _ => Ok(plan),
        }
    }

    /// Asks a run's cases, side by side, and judges what came. Dropping the future stops what is under way; what is done
    /// by then is written down, as it is after a kill.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::plan_suites`], and where a channel is read only or the judge's key can't be had. What fails later stands in the report.
    pub async fn run_suites(&self, run: &SuiteRun, watch: SuiteWatch) -> Result<SuiteReport, Failure> {
        self.ask_suites(run, watch, || {
            let (data_dir, identity) = (self.data_dir(), &self.inner.identity);
            let earlier =
                if run.resume { journal::earlier(data_dir, identity, &run.suites) } else { Earlier::default() };
            (Journal::begin(data_dir, identity, &run.suites, &TurnId::new(new_id())), earlier)
        })
        .await
    }

    /// The same, written down in that file: what it has judged already isn't asked again.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::run_suites`].
    pub(super) async fn run_suites_in(
        &self,
        file: &Path,
        run: &SuiteRun,
        watch: SuiteWatch,
    ) -> Result<SuiteReport, Failure> {
        self.ask_suites(run, watch, || Journal::go_on(file, &self.inner.identity, &run.suites)).await
    }

    async fn ask_suites(
        &self,
        run: &SuiteRun,
        watch: SuiteWatch,
        open: impl FnOnce() -> (Journal, Earlier),
    ) -> Result<SuiteReport, Failure> {
        let began = Instant::now();
        let plan = self.plan_suites(run)?;
        for planned in plan.cases.iter().filter(|planned| planned.case.messages() > 0) {
            self.on(&planned.channel).writable()?;
        }
        let settings = self.config().judge.clone().filter(|_| plan.cases.iter().any(|p| p.case.needs_judge()));
        let judge = match settings {
            Some(settings) => Some(Arc::new(Judge::open(settings).await?)),
            None => None,
        };
        self.keep_ready().await;
        let (journal, earlier) = open();
        let mut results: Vec<Option<CaseResult>> =
            plan.cases.iter().map(|planned| earlier.judged(planned).cloned()).collect();
        let _ = watch.to.send(SuiteProgress::Began {
            cases: results.len(),
            judged: results.iter().flatten().count(),
            unfinished: earlier.unfinished.clone(),
        });
        for (planned, result) in plan.cases.iter().zip(&results) {
            if let Some(result) = result {
                journal.ended(planned, result);
                let _ = watch.to.send(SuiteProgress::CaseEnded(Box::new(result.clone())));
            }
        }
        let mut report = SuiteReport::default();
        let mut waiting: VecDeque<usize> = (0..results.len()).filter(|at| results[*at].is_none()).collect();
        let mut under_way = JoinSet::new();
        let journal = Arc::new(journal);
        loop {
            let stopped = *watch.cancelled.borrow() || report.stopped.is_some();
            let enough = run.fail_fast && results.iter().flatten().any(|result| !passed(result));
            while !stopped && !enough && under_way.len() < run.jobs.max(1) {
                let Some(at) = waiting.pop_front() else { break };
                let asking = ask::Asking {
                    runtime: self.on(&plan.cases[at].channel),
                    planned: plan.cases[at].clone(),
                    judge: judge.clone(),
                    to: watch.to.clone(),
                    cancelled: watch.cancelled.clone(),
                };
                let journal = Arc::clone(&journal);
                under_way.spawn(async move {
                    journal.began(&asking.planned);
                    let result = asking.run().await;
                    journal.ended(&asking.planned, &result);
                    (at, result)
                });
            }
            let Some(ended) = under_way.join_next().await else { break };
            let Ok((at, result)) = ended else { continue };
            if let Some(error) = result.error().filter(|error| is_of_all(error)) {
                report.stopped = Some(error.clone());
            }
            report.sent += result.messages;
            let _ = watch.to.send(SuiteProgress::CaseEnded(Box::new(result.clone())));
            results[at] = Some(result);
        }
        report.interrupted = *watch.cancelled.borrow();
        let skipped = |planned: &PlannedCase| ask::result(planned, CaseVerdict::Skipped, Vec::new(), 0, began);
        let all = plan.cases.iter().zip(results);
        report.results = all.map(|(planned, result)| result.unwrap_or_else(|| skipped(planned))).collect();
        report.interrupted &= report.totals().skipped > 0;
        report.ms = ask::millis(began);
        journal.over();
        Ok(report)
    }
}

/// A new run's id, which sorts by time.
pub(super) fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

fn passed(result: &CaseResult) -> bool {
    result.verdict == CaseVerdict::Passed
}

/// Whether what failed would fail for every other case as well.
const fn is_of_all(failure: &Failure) -> bool {
    matches!(failure.kind, Kind::Unauthorized | Kind::Config | Kind::Usage)
}

/// Whether each case has its conversation for itself: two would talk across each other.
fn alone(plan: &SuitePlan) -> Result<(), Failure> {
    let mut taken = HashMap::new();
    for planned in &plan.cases {
        let Some(conversation) = &planned.case.conversation else { continue };
        if let Some(other) = taken.insert((&planned.channel, conversation), &planned.case.name) {
            let name = &planned.case.name;
            let what = format!("\"{other}\" and \"{name}\" would be asked in the same conversation, {conversation}.");
            return Err(Failure::new(Kind::Invalid, what).hint("Nothing was sent. Each case needs one of its own."));
        }
    }
    Ok(())
}

/// Whether a channel's platform can be asked that at all.
fn able(can: &Capabilities, channel: &ChannelName, case: &Case) -> Result<(), Failure> {
    let refused = |what: String, hint: &str| {
        let what = format!("The case \"{}\" can't be asked on {channel}: {what}.", case.name);
        Err(Failure::new(Kind::Invalid, what).hint(format!("Nothing was sent. {hint}")))
    };
    match &case.asks {
        Asks::Request(_) if !can.requests => {
            refused("its platform asks for no data".to_owned(), "A conversation is asked with `say` or `turns`.")
        }
        Asks::Conversation(_) if can.is_bot => refused(
            "there the program is the bot, and people write first".to_owned(),
            "There is no bot's reply to be judged.",
        ),
        Asks::Conversation(_) if !can.send && can.requests => refused(
            "its platform has no way to send a message".to_owned(),
            "The answers of its rules are tested with `request` and `expect.answer`.",
        ),
        Asks::Conversation(_) if !can.send => {
            refused("its platform has no way to send a message".to_owned(), "Name another channel with -c.")
        }
        Asks::Conversation(_) if !can.start && !can.local && case.conversation.is_none() => refused(
            "its platform lets nobody begin a conversation but the agent".to_owned(),
            "Name one with `conversation`, another for each case.",
        ),
        Asks::Request(_) | Asks::Conversation(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests;
