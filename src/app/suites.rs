//! The Tests view: suites with their cases, what came of them in the last runs, and a run as it goes.

mod event;
mod past;
mod running;

use std::path::{Path, PathBuf};

use super::action::Action;
use super::keymap::Context;
use super::line_input::LineInput;
use super::list_view::ListView;
use super::view::{Side, ViewKind};
use crate::domain::{Attempt, CaseVerdict, ChannelName, ConversationId, Failure};

pub use event::{AnswerDeed, SuitesEffect, SuitesEvent, SuitesMeasured};
pub use past::{CaseEntry, PastCase, SuiteEntry};
pub use running::{CaseId, RunQuestion, RunningSuites};

/// The word of the filter that leaves those that didn't pass.
pub(super) const FAILED: &str = "failed";

/// A suite, or a case of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SuitePlace {
    /// The suite's file.
    pub suite: PathBuf,
    /// The case; none means the suite.
    pub case: Option<String>,
}

/// How a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseState {
    /// It is being asked.
    UnderWay,
    /// It is asked in the run that is under way, and not yet.
    Waits,
    /// It was begun and not ended: what was said may have arrived.
    Unfinished,
    /// How it went when it was asked last.
    Was(CaseVerdict),
    /// It was never asked, as far as that is on record.
    New,
}

/// The Tests view.
#[derive(Debug, Default)]
pub struct SuitesView {
    /// The suites that are known.
    pub suites: Vec<SuiteEntry>,
    /// Whether they were read.
    pub loaded: bool,
    /// The folder of kept answers, where there is one.
    pub answers: Option<PathBuf>,
    /// Where the file of a new suite goes, unless it is named otherwise.
    pub folder: Option<PathBuf>,
    /// Why the kept answers could not be read.
    pub problem: Option<Failure>,
    /// What is selected.
    pub selected: Option<SuitePlace>,
    /// The part of the list that is on screen.
    pub view: ListView,
    /// What the list is narrowed by.
    pub filter: LineInput,
    /// Whether the filter line has the keys.
    pub filtering: bool,
    /// Which side has the keys.
    pub side: Side,
    /// The first row of the right pane.
    pub scroll: usize,
    /// What the last drawing measured.
    pub measured: SuitesMeasured,
    /// The run that is under way.
    pub running: Option<RunningSuites>,
    /// How the last one went, in words.
    pub ran: Option<String>,
    /// Whether so much is to be asked.
    pub question: Option<RunQuestion>,
    /// What was done to an answer last.
    pub deed: Option<AnswerDeed>,
    /// The view that was open before.
    pub from: ViewKind,
}

impl SuitesView {
    /// Who has the keys, the innermost first.
    pub fn contexts(&self) -> Vec<Context> {
        if self.question.is_some() {
            return vec![Context::RunSuites];
        }
        if self.filtering {
            return vec![Context::SuiteFilter];
        }
        let mut contexts = Vec::new();
        if self.running.is_some() {
            contexts.push(Context::SuitesUnderWay);
        }
        if self.side == Side::Detail {
            contexts.push(Context::CaseDetail);
        }
        if self.selected_case().is_some_and(|case| case.changed.is_some()) {
            contexts.push(Context::ChangedAnswer);
        }
        if self.selected.is_some() {
            contexts.push(Context::Suite);
        }
        contexts.push(Context::Suites);
        contexts
    }

    /// What the list shows: each suite with its cases that the filter leaves. One of which it leaves none is not shown,
    /// unless its file is wrong.
    pub fn rows(&self) -> Vec<SuiteRow<'_>> {
        let words: Vec<String> = self.filter.split_whitespace().map(str::to_lowercase).collect();
        let mut rows = Vec::new();
        for suite in &self.suites {
            let head = rows.len();
            rows.push(SuiteRow { suite, case: None });
            let cases = suite.cases.iter().filter(|case| self.leaves(suite, case, &words));
            rows.extend(cases.map(|case| SuiteRow { suite, case: Some(case) }));
            if rows.len() == head + 1 && !words.is_empty() && suite.problem.is_none() {
                rows.pop();
            }
        }
        rows
    }

    fn leaves(&self, suite: &SuiteEntry, case: &CaseEntry, words: &[String]) -> bool {
        let text = || format!("{}/{}", suite.name, case.name).to_lowercase();
        words.iter().all(|word| match word.as_str() {
            FAILED => self.missed(&suite.path, case),
            word => text().contains(word),
        })
    }

    /// Whether a case didn't pass when it was asked last, or wasn't asked to its end.
    pub fn missed(&self, suite: &Path, case: &CaseEntry) -> bool {
        let state = self.state_of(suite, case);
        !matches!(state, CaseState::Was(CaseVerdict::Passed) | CaseState::UnderWay | CaseState::Waits)
    }

    /// How a case stands.
    pub fn state_of(&self, suite: &Path, case: &CaseEntry) -> CaseState {
        if let Some(run) = &self.running {
            let id = CaseId { suite: suite.to_owned(), case: case.name.clone() };
            if run.under_way.contains(&id) {
                return CaseState::UnderWay;
            }
            if !run.stopping && !run.done.contains(&id) && run.wanted.contains(&id) {
                return CaseState::Waits;
            }
            if run.done.contains(&id) {
                return case.past.first().map_or(CaseState::New, |past| CaseState::Was(past.verdict));
            }
        }
        match (case.unfinished, case.past.first()) {
            (Some(_), _) => CaseState::Unfinished,
            (None, Some(past)) => CaseState::Was(past.verdict),
            (None, None) => CaseState::New,
        }
    }

    /// How many cases of a suite stand how.
    pub fn counts(&self, suite: &SuiteEntry) -> SuiteCounts {
        let mut counts = SuiteCounts { cases: suite.cases.len(), ..SuiteCounts::default() };
        for case in &suite.cases {
            match self.state_of(&suite.path, case) {
                CaseState::Was(CaseVerdict::Passed) => counts.passed += 1,
                CaseState::Was(CaseVerdict::Failed) => counts.failed += 1,
                CaseState::Was(CaseVerdict::Error) | CaseState::Unfinished => counts.unknown += 1,
                CaseState::Was(CaseVerdict::Skipped) | CaseState::New | CaseState::Waits | CaseState::UnderWay => {}
            }
        }
        counts
    }

    /// The suite that is selected, or whose case is.
    pub fn selected_suite(&self) -> Option<&SuiteEntry> {
        let place = self.selected.as_ref()?;
        self.suites.iter().find(|suite| suite.path == place.suite)
    }

    /// The case that is selected.
    pub fn selected_case(&self) -> Option<&CaseEntry> {
        let name = self.selected.as_ref()?.case.as_ref()?;
        self.selected_suite()?.cases.iter().find(|case| case.name == *name)
    }

    /// The suites that a case can be added to.
    pub fn targets(&self) -> impl Iterator<Item = &SuiteEntry> {
        self.suites.iter().filter(|suite| suite.problem.is_none())
    }

    /// Where what is selected stands in the list.
    pub fn position(&self) -> Option<usize> {
        let place = self.selected.as_ref()?;
        self.rows().iter().position(|row| row.is_at(place))
    }

    /// The channel of the conversation in which the selected case was asked, and that conversation.
    pub fn conversation(&self) -> Option<(ChannelName, ConversationId)> {
        let result = self.selected_case()?.last()?;
        let conversation = result.telling().and_then(Attempt::conversation)?;
        Some((ChannelName::new(&result.channel), conversation))
    }

    /// Whether an action can do anything; none where it is none of this view's.
    pub fn offers(&self, action: Action) -> Option<bool> {
        let can_run = |suite: &SuiteEntry| suite.problem.is_none() && !suite.cases.is_empty();
        Some(match action {
            Action::RunCase | Action::RunSuite => {
                self.running.is_none() && self.selected_suite().is_some_and(can_run)
            }
            Action::RunAllSuites => self.running.is_none() && self.suites.iter().filter(|s| can_run(s)).count() > 1,
            Action::RunMissed => self.running.is_none() && self.suites.iter().any(can_run),
            Action::StopRun => self.running.as_ref().is_some_and(|run| !run.stopping),
            Action::ToConversation => self.conversation().is_some(),
            Action::UndoAnswer => self.deed.is_some(),
            _ => return None,
        })
    }

    /// How many of all that is asked have not ended.
    pub fn left(&self) -> usize {
        self.running.as_ref().map_or(0, |run| run.cases.len().saturating_sub(run.done.len()))
    }

    /// The case with that id, to be changed.
    pub(super) fn case_mut(&mut self, id: &CaseId) -> Option<&mut CaseEntry> {
        let suite = self.suites.iter_mut().find(|suite| suite.path == id.suite)?;
        suite.cases.iter_mut().find(|case| case.name == id.case)
    }

    /// Selects the row that stands there, or the last; and brings it on screen.
    pub(super) fn select(&mut self, at: usize) {
        let rows = self.rows();
        let at = at.min(rows.len().saturating_sub(1));
        let (place, len) = (rows.get(at).map(SuiteRow::place), rows.len());
        if self.selected != place {
            self.scroll = 0;
        }
        self.selected = place;
        self.view.reveal(Some(at).filter(|_| len > 0), len);
    }

    /// Keeps the selection on what it was on, or on what took its place; before anything was selected on the first case.
    pub(super) fn settle(&mut self, before: Option<usize>) {
        let at = self.position();
        let at = at.or(before).unwrap_or_else(|| {
            let rows = self.rows();
            rows.iter().position(|row| row.case.is_some()).unwrap_or(0)
        });
        self.select(at);
    }
}

/// A row of the list.
#[derive(Debug, Clone, Copy)]
pub struct SuiteRow<'a> {
    /// The suite.
    pub suite: &'a SuiteEntry,
    /// The case; none in the suite's own row.
    pub case: Option<&'a CaseEntry>,
}

impl SuiteRow<'_> {
    /// What it is.
    pub fn place(&self) -> SuitePlace {
        SuitePlace { suite: self.suite.path.clone(), case: self.case.map(|case| case.name.clone()) }
    }

    /// Whether it is that.
    pub fn is_at(&self, place: &SuitePlace) -> bool {
        self.suite.path == place.suite && self.case.map(|case| case.name.as_str()) == place.case.as_deref()
    }
}

/// How many cases of a suite stand how; the others were not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SuiteCounts {
    /// All of them.
    pub cases: usize,
    /// How many passed.
    pub passed: usize,
    /// How many failed.
    pub failed: usize,
    /// Of how many it can't be told.
    pub unknown: usize,
}
