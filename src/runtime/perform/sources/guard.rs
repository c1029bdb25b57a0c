//! A run of a suite around what is staged, for the Sources view: begun or taken up, and told as it goes.

use tokio::sync::{mpsc, watch};

use super::say;
use crate::app::SourcesEvent;
use crate::app::sources::{GuardEnd, GuardFate, GuardHow, GuardNews, GuardStep, GuardSuite};
use crate::domain::{CaseVerdict, ChangeId, Failure, SourceId};
use crate::runtime::channel_sender::ChannelSender;
use crate::runtime::folder::Progress;
use crate::runtime::guarded::{
    GuardOutcome, GuardPhase, GuardProgress, GuardReport, GuardResume, GuardWatch, GuardedChange, GuardedPush,
};
use crate::runtime::{Runtime, SuiteProgress, load_suites};

/// So many cases are asked side by side.
const JOBS: usize = 4;

/// What is to be done.
pub(super) enum GuardWork {
    /// Changes are applied around the suite of that file.
    Run(Vec<ChangeId>, std::path::PathBuf, bool),
    /// The last run is taken up.
    Resume(GuardHow),
}

/// Which suites there are, and how far an unfinished run around the source is.
pub(super) async fn look(runtime: &Runtime, source: &SourceId) -> GuardNews {
    let there = runtime.clone();
    let overview = tokio::task::spawn_blocking(move || there.suites_overview(&[])).await;
    let suites = overview.map(|overview| overview.suites).unwrap_or_default();
    let fit = suites.into_iter().filter(|suite| suite.problem.is_none() && !suite.cases.is_empty());
    let suite = |suite: crate::app::SuiteEntry| GuardSuite {
        cases: suite.cases.len(),
        messages: suite.cases.iter().map(crate::app::CaseEntry::messages).sum::<u64>() * 2,
        path: suite.path,
        name: suite.name,
    };
    GuardNews::Known(fit.map(suite).collect(), unfinished(runtime, source).await)
}

/// How far an unfinished run around the source is, in words; none where there is none.
pub(super) async fn unfinished(runtime: &Runtime, source: &SourceId) -> Option<String> {
    let (there, source) = (runtime.clone(), source.clone());
    let known = tokio::task::spawn_blocking(move || there.no_guarded(&source)).await;
    known.ok()?.err().map(|failure| failure.message)
}

/// Does it to its end, and tells of it.
pub(super) async fn run(
    runtime: &Runtime,
    sender: &ChannelSender,
    source: SourceId,
    work: GuardWork,
    cancelled: watch::Receiver<bool>,
) {
    let (to, mut from) = mpsc::unbounded_channel();
    let watch = GuardWatch { to, cancelled };
    let mut count = Count::default();
    let ended = {
        let mut working = std::pin::pin!(done(runtime, &source, work, &watch));
        loop {
            tokio::select! {
                biased;
                Some(progress) = from.recv() => {
                    if let Some(news) = count.news(progress) {
                        say(sender, SourcesEvent::Guard(source.clone(), news)).await;
                    }
                }
                ended = &mut working => break ended,
            }
        }
    };
    let ended = GuardNews::Ended(ended.map(|report| Box::new(end(report))));
    say(sender, SourcesEvent::Guard(source, ended)).await;
}

async fn done(
    runtime: &Runtime,
    source: &SourceId,
    work: GuardWork,
    watch: &GuardWatch,
) -> Result<GuardReport, Failure> {
    match work {
        GuardWork::Run(changes, suite, undo_on_broken) => {
            let suites = load_suites(&[suite])?;
            let change = GuardedChange::Staged(changes);
            let wanted = GuardedPush { change, suites, jobs: JOBS, undo_on_broken, ..GuardedPush::default() };
            // What could not be applied is no reason to spend messages.
            runtime.plan_guarded(source, &wanted, watch).await?;
            runtime.push_guarded(source, &wanted, watch).await
        }
        GuardWork::Resume(how) => {
            let named = GuardedPush { change: GuardedChange::Staged(Vec::new()), ..GuardedPush::default() };
            let how = match how {
                GuardHow::GoOn => GuardResume::Continue,
                GuardHow::PutBack => GuardResume::Undo,
                GuardHow::Leave => GuardResume::Leave,
            };
            runtime.resume_guarded(source, &named, how, watch).await
        }
    }
}

/// How many cases are through.
#[derive(Default)]
struct Count {
    done: usize,
    of: usize,
    missed: usize,
}

impl Count {
    fn news(&mut self, progress: GuardProgress) -> Option<GuardNews> {
        match progress {
            GuardProgress::Phase(phase) => {
                *self = Self::default();
                return Some(GuardNews::Step(step(phase)?));
            }
            GuardProgress::Cases(SuiteProgress::Began { cases, .. }) => self.of = cases,
            GuardProgress::Cases(SuiteProgress::CaseEnded(result)) => {
                self.done += 1;
                self.missed += usize::from(result.verdict != CaseVerdict::Passed);
            }
            GuardProgress::Rows(Progress::Changed { done, of }) => (self.done, self.of) = (done, of),
            _ => return None,
        }
        Some(GuardNews::Count { done: self.done, of: self.of, missed: self.missed })
    }
}

const fn step(phase: GuardPhase) -> Option<GuardStep> {
    Some(match phase {
        GuardPhase::Before => GuardStep::Before,
        GuardPhase::Applying => GuardStep::Applying,
        GuardPhase::Syncing => GuardStep::Syncing,
        GuardPhase::After => GuardStep::After,
        GuardPhase::Undoing => GuardStep::Undoing,
        GuardPhase::SyncingAgain => GuardStep::SyncingAgain,
        GuardPhase::Done => return None,
    })
}

fn end(report: GuardReport) -> GuardEnd {
    let fate = match report.outcome {
        Some(GuardOutcome::Pushed) => GuardFate::Kept,
        Some(GuardOutcome::Nothing) => GuardFate::Nothing,
        Some(GuardOutcome::Undone) => GuardFate::Undone,
        Some(GuardOutcome::Left) => GuardFate::Left,
        None => GuardFate::Unfinished,
    };
    let mut left: Vec<String> = report.left().map(|(row, how)| format!("{}: {}", row.name, how.in_words())).collect();
    // While it is under way each row of which nothing is known is named, too.
    if report.phase == GuardPhase::Undoing
        || fate == GuardFate::Left && report.rows.iter().any(|r| r.returned.is_some())
    {
        let open = report.rows.iter().filter(|row| row.returned.is_none());
        left.extend(open.map(|row| format!("{}: not begun", row.name)));
    }
    GuardEnd {
        source: report.source,
        fate,
        rows: report.rows.len(),
        left,
        cases: report.cases,
        messages: report.messages,
        failure: report.stopped,
    }
}
