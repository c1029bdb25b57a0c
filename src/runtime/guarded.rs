//! A push that suites guard: they are asked before, the rows are pushed and synced, they are asked after, and what became
//! of each answer is told. Where something broke the rows are put back, if that is wanted.
//!
//! Owns the order of these, and that it can be taken up again wherever it was cut off: each phase is written down before it
//! begins, and each can be done again. What is asked is `suites`' business, what is pushed and put back the operations'.
//!
//! ```text
//!     before ─> applying ─> syncing ─> after ─┬─────────────────────────────> done
//!        what would be       the journal's    └─ undoing ─> syncing again ──┘
//!        pushed is known     newest entry
//!                            and each row
//! ```

mod failures;
mod forward;
mod record;
mod report;

use std::path::{Path, PathBuf};

use super::folder::{PushOptions, Pushed};
use super::operations::folder::{PlannedChange, PlannedRow, TakeBack, push_planned, take_back};
use super::operations::sync;
use super::suites::{SuiteReport, SuiteRun, SuiteWatch, load_suites};
use super::{Runtime, error_map, operations};
use crate::domain::{CaseChange, ChannelName, Failure, Kind, Source, SourceId, Suite};
use crate::signature::digest;

pub use super::operations::folder::RowReturn;
use failures::{unfinished, untold};
use forward::{Forward, rows_watch};
use record::{Record, Wanted};
pub use report::{
    GuardOutcome, GuardPhase, GuardPlan, GuardProgress, GuardReport, GuardResume, GuardWatch, GuardedPush, GuardedRow,
};

impl Runtime {
    /// What a guarded push would change, and ask. Changes nothing, and asks nobody.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::push`] and [`Runtime::plan_suites`]; `Kind::Invalid` where it could cost more messages than it may.
    pub async fn plan_guarded(
        &self,
        source: &SourceId,
        wanted: &GuardedPush,
        watch: &GuardWatch,
    ) -> Result<GuardPlan, Failure> {
        let suites = self.plan_suites(&asking(wanted))?;
        let plan = GuardPlan { pushed: Pushed::default(), suites };
        match wanted.max_messages {
            Some(most) if plan.messages() > most => {
                let what = format!("It could cost {} messages, and {most} are allowed.", plan.messages());
                return Err(Failure::new(Kind::Invalid, what).hint("Nothing was sent. Each case is asked twice."));
            }
            _ => {}
        }
        let options = PushOptions { dry_run: true, ..options(wanted.prune, wanted.overwrite, wanted.yes) };
        let (watch, told) = rows_watch(watch);
        let pushed = operations::folder::push(self, source, &wanted.folder, options, watch).await;
        told.wait().await;
        Ok(GuardPlan { pushed: pushed?, ..plan })
    }

    /// Asks the suites, pushes the folder, has the platform sync, and asks again.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::plan_guarded`], where a channel is read only, or where a run around the same source is unfinished:
    /// then nothing was asked and nothing changed. What fails later stands in the report.
    pub async fn push_guarded(
        &self,
        source: &SourceId,
        wanted: &GuardedPush,
        watch: &GuardWatch,
    ) -> Result<GuardReport, Failure> {
        self.writable()?;
        self.no_guarded(source)?;
        let channel = self.channel()?;
        let suites = wanted.suites.iter().map(|suite: &Suite| Ok((whole(&suite.path), said(&suite.path)?)));
        self.keep_ready().await;
        let record = Record::begin(
            self.data_dir(),
            Wanted {
                identity: self.inner.identity.clone(),
                channel: channel.as_str().to_owned(),
                source: source.as_str().to_owned(),
                folder: whole(&wanted.folder),
                prune: wanted.prune,
                overwrite: wanted.overwrite,
                yes: wanted.yes,
                suites: suites.collect::<Result<_, Failure>>()?,
                asked: wanted.asked.as_ref().map(|channel| channel.as_str().to_owned()),
                jobs: wanted.jobs,
                undo_on_broken: wanted.undo_on_broken,
                at: record::now(),
            },
        )?;
        Run { runtime: self, source, record, watch, pushed: None }.finish().await
    }

    /// Takes up the last guarded push of a source: what is done is not done again. Of what is `named`, the folder has to be
    /// that of the run, and so do the suites where there are any; `undo_on_broken` counts where it was not wanted at first.
    ///
    /// # Errors
    ///
    /// `Kind::NotFound` where there is none, or none that could go on, `Kind::Invalid` where it is of another folder or asks
    /// other suites, and `Kind::Failed` where another process is at it. What fails later stands in the report.
    pub async fn resume_guarded(
        &self,
        source: &SourceId,
        named: &GuardedPush,
        how: GuardResume,
        watch: &GuardWatch,
    ) -> Result<GuardReport, Failure> {
        self.writable()?;
        let none = || {
            let what = format!("no run around the data source {source} is unfinished");
            Failure::new(Kind::NotFound, what).hint("Nothing was done. `--test SUITE` begins one.")
        };
        let mut record = self.last_guarded(source)?.ok_or_else(none)?;
        let over = record.state.phase == GuardPhase::Done;
        let is_back = |how: &Option<RowReturn>| how.as_ref().is_some_and(RowReturn::is_back);
        let undoable = !record.state.returned.iter().all(is_back);
        if over && !(how == GuardResume::Undo && undoable) {
            return Err(none());
        }
        if record.state.wanted.folder != whole(&named.folder) {
            let what = format!("the run is one of the folder {}", record.state.wanted.folder.display());
            return Err(Failure::new(Kind::Invalid, what).hint("Nothing was done. Name that folder."));
        }
        let suites: Vec<PathBuf> = named.suites.iter().map(|suite| whole(&suite.path)).collect();
        if !suites.is_empty() && !record.state.wanted.suites.iter().map(|(path, _)| path).eq(&suites) {
            let failure = Failure::new(Kind::Invalid, "the run asks other suites than those that are named");
            return Err(failure.hint("Nothing was done. `--resume` needs none of them named."));
        }
        if named.undo_on_broken && !record.state.wanted.undo_on_broken {
            record.undo_on_broken()?;
        }
        match how {
            GuardResume::Continue => {}
            GuardResume::Leave => record.over(GuardOutcome::Left)?,
            GuardResume::Undo if record.state.phase == GuardPhase::SyncingAgain => {}
            GuardResume::Undo => record.enter(GuardPhase::Undoing)?,
        }
        let report = Run { runtime: self, source, record, watch, pushed: None }.finish().await;
        report.map(|report| GuardReport { on_demand: how != GuardResume::Continue, ..report })
    }

    /// That no guarded push of a source is unfinished.
    ///
    /// # Errors
    ///
    /// `Kind::Invalid` where one is, with how far it is and how it is taken up, and `Kind::Failed` where another process is
    /// at it.
    pub fn no_guarded(&self, source: &SourceId) -> Result<(), Failure> {
        match self.last_guarded(source)? {
            Some(last) if last.state.phase != GuardPhase::Done => Err(unfinished(&last)),
            _ => Ok(()),
        }
    }

    fn last_guarded(&self, source: &SourceId) -> Result<Option<Record>, Failure> {
        let channel = self.channel()?;
        Record::last(self.data_dir(), (&self.inner.identity, channel.as_str(), source.as_str()))
    }
}

/// A run that is under way.
struct Run<'a> {
    runtime: &'a Runtime,
    source: &'a SourceId,
    record: Record,
    watch: &'a GuardWatch,
    pushed: Option<Pushed>,
}

/// What ends a run for now: it goes on from the phase that it is in.
type Stopped = Failure;

impl Run<'_> {
    async fn finish(mut self) -> Result<GuardReport, Failure> {
        let mut stopped = None;
        while self.record.state.phase != GuardPhase::Done && stopped.is_none() {
            let _ = self.watch.to.send(GuardProgress::Phase(self.record.state.phase));
            stopped = self.phase().await.err();
        }
        Ok(self.report(stopped))
    }

    async fn phase(&mut self) -> Result<(), Stopped> {
        match self.record.state.phase {
            GuardPhase::Before => self.before().await,
            GuardPhase::Applying => self.apply().await,
            GuardPhase::Syncing => {
                self.sync().await?;
                self.record.enter(GuardPhase::After)
            }
            GuardPhase::After => self.after().await,
            GuardPhase::Undoing => self.undo().await,
            GuardPhase::SyncingAgain => {
                self.sync().await?;
                self.record.over(GuardOutcome::Undone)
            }
            GuardPhase::Done => Ok(()),
        }
    }

    async fn before(&mut self) -> Result<(), Stopped> {
        let asked = self.ask(GuardPhase::Before).await?;
        // What isn't known before can't be compared after: better to ask once more than to change something blindly.
        untold(&asked, "Nothing was changed.")?;
        let (channel, store) = (self.runtime.channel()?, self.runtime.store());
        let newest = store.journal_of(&channel, self.source, 1).await.map_err(|error| error_map::store(&error))?;
        self.record.since(newest.first().map_or(0, |entry| entry.n))?;
        self.record.enter(GuardPhase::Applying)
    }

    async fn apply(&mut self) -> Result<(), Stopped> {
        let wanted = self.record.state.wanted.clone();
        let options = options(wanted.prune, wanted.overwrite, wanted.yes);
        let (watch, told) = rows_watch(self.watch);
        let record = &mut self.record;
        let planned = |rows: &[PlannedRow], there: &_| record.planned(rows, there);
        let pushed = push_planned(self.runtime, self.source, &wanted.folder, options, watch, planned).await;
        told.wait().await;
        let pushed = pushed?;
        if !pushed.is_clean() || pushed.ask.is_some() {
            let stopped = pushed.stopped.clone().or_else(|| pushed.cause.clone());
            let what = "not all rows could be pushed";
            let failure = stopped.unwrap_or_else(|| Failure::new(Kind::Failed, what));
            self.pushed = Some(pushed);
            return Err(failure);
        }
        let rows = self.record.state.rows.len();
        let _ = self.watch.to.send(GuardProgress::Pushed(rows));
        if rows == 0 {
            return self.record.over(GuardOutcome::Nothing);
        }
        self.record.enter(GuardPhase::Syncing)
    }

    async fn sync(&mut self) -> Result<(), Stopped> {
        let (watch, told) = rows_watch(self.watch);
        let synced = watch.or(sync::to_the_end(self.runtime, self.source, |_: &Source| ())).await;
        drop(watch);
        told.wait().await;
        synced?;
        let _ = self.watch.to.send(GuardProgress::Synced);
        Ok(())
    }

    async fn after(&mut self) -> Result<(), Stopped> {
        let asked = self.ask(GuardPhase::After).await?;
        if asked.interrupted {
            return untold(&asked, "The rows are pushed and synced.");
        }
        let broken = self.record.comparison().iter().any(|case| case.change == CaseChange::Broken);
        if broken && self.record.state.wanted.undo_on_broken {
            return self.record.enter(GuardPhase::Undoing);
        }
        untold(&asked, "The rows are pushed and synced.")?;
        self.record.over(GuardOutcome::Pushed)
    }

    async fn undo(&mut self) -> Result<(), Stopped> {
        let state = self.record.state.clone();
        let back = |how: &Option<RowReturn>| how.as_ref().is_some_and(RowReturn::is_back);
        let rows: Vec<(PlannedRow, bool)> = state.rows.iter().cloned().zip(state.returned.iter().map(back)).collect();
        let (Some(since), Some(accounted)) = (state.since, &state.accounted) else {
            return self.record.over(GuardOutcome::Undone);
        };
        let back = TakeBack { rows: &rows, accounted, since };
        let (watch, told) = rows_watch(self.watch);
        let (record, mut unwritten) = (&mut self.record, None);
        let mut on = |row: usize, how: RowReturn| {
            if let Err(failure) = record.returned(row, how) {
                unwritten.get_or_insert(failure);
            }
        };
        let done = take_back(self.runtime, self.source, &state.wanted.folder, back, &watch, &mut on).await;
        drop(watch);
        told.wait().await;
        done?;
        unwritten.map_or(Ok(()), Err)?;
        self.record.enter(GuardPhase::SyncingAgain)
    }

    /// Asks the suites, but for what is known already.
    async fn ask(&mut self, phase: GuardPhase) -> Result<SuiteReport, Stopped> {
        let wanted = &self.record.state.wanted;
        let paths: Vec<PathBuf> = wanted.suites.iter().map(|(path, _)| path.clone()).collect();
        for (path, known) in &wanted.suites {
            if said(path)? != *known {
                let what = format!("{} was edited since the run began", path.display());
                let hint = "Answers to other questions can't be compared: take the edit back until the run is over.";
                return Err(Failure::new(Kind::Invalid, what).hint(hint));
            }
        }
        let run = SuiteRun {
            suites: load_suites(&paths)?,
            channel: wanted.asked.as_ref().map(ChannelName::new),
            jobs: wanted.jobs,
            ..SuiteRun::default()
        };
        let (to, told) = Forward::to(self.watch, GuardProgress::Cases);
        let watch = SuiteWatch { to, cancelled: self.watch.cancelled.clone() };
        let asked = self.runtime.run_suites_in(&self.record.answers(phase), &run, watch).await;
        told.wait().await;
        let asked = asked?;
        self.record.sent(asked.sent)?;
        let _ = self.watch.to.send(GuardProgress::Asked(Box::new(asked.clone())));
        Ok(asked)
    }

    fn report(self, stopped: Option<Failure>) -> GuardReport {
        let state = &self.record.state;
        let row = |(planned, returned): (&PlannedRow, &Option<RowReturn>)| GuardedRow {
            path: planned.path.clone(),
            name: planned.name.clone(),
            id: planned.id(),
            change: match planned.change {
                PlannedChange::Created => "created",
                PlannedChange::Updated => "updated",
                PlannedChange::Renamed => "renamed",
                PlannedChange::Deleted => "deleted",
            },
            returned: returned.clone(),
        };
        GuardReport {
            id: self.record.id(),
            source: self.source.clone(),
            phase: state.phase,
            outcome: state.outcome,
            rows: state.rows.iter().zip(&state.returned).map(row).collect(),
            cases: self.record.comparison(),
            messages: state.sent,
            pushed: self.pushed,
            on_demand: false,
            stopped,
        }
    }
}

fn asking(wanted: &GuardedPush) -> SuiteRun {
    SuiteRun {
        suites: wanted.suites.clone(),
        channel: wanted.asked.clone(),
        jobs: wanted.jobs,
        ..SuiteRun::default()
    }
}

fn options(prune: bool, overwrite: bool, yes: bool) -> PushOptions {
    PushOptions { prune, overwrite, yes, ..PushOptions::default() }
}

/// The digest of a suite's file.
fn said(path: &Path) -> Result<String, Failure> {
    let text = std::fs::read(path)
        .map_err(|error| Failure::new(Kind::Config, format!("{} can't be read: {error}", path.display())))?;
    Ok(digest(&text))
}

/// A path that is the same wherever it is named from.
fn whole(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests;
