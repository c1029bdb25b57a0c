//! A run of suites as it goes.

use std::collections::HashSet;
use std::path::PathBuf;

use crate::domain::{CaseResult, RunTotals};

/// A case of a suite.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseId {
    /// The suite's file.
    pub suite: PathBuf,
    /// The case's name.
    pub case: String,
}

/// A run that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningSuites {
    /// Tells it from others.
    pub run: u64,
    /// What is asked, in order.
    pub cases: Vec<CaseId>,
    /// The same, to be looked up.
    pub(in crate::app) wanted: HashSet<CaseId>,
    /// What is being asked.
    pub under_way: HashSet<CaseId>,
    /// What has ended.
    pub done: HashSet<CaseId>,
    /// How they went.
    pub totals: RunTotals,
    /// Whether it was asked to stop.
    pub stopping: bool,
    /// What waits for its platform: which case, and why.
    pub waiting: Option<(String, String)>,
}

/// A question whether so much is to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunQuestion {
    /// What is asked.
    pub cases: Vec<CaseId>,
    /// The most messages that it costs.
    pub messages: u64,
}

impl RunningSuites {
    /// A run that begins.
    pub(in crate::app) fn new(run: u64, cases: Vec<CaseId>) -> Self {
        Self {
            run,
            wanted: cases.iter().cloned().collect(),
            cases,
            under_way: HashSet::new(),
            done: HashSet::new(),
            totals: RunTotals::default(),
            stopping: false,
            waiting: None,
        }
    }

    /// Takes what came of a case.
    pub(in crate::app) fn ended(&mut self, id: &CaseId, result: &CaseResult) {
        self.under_way.remove(id);
        self.waiting = None;
        if !self.done.insert(id.clone()) {
            return;
        }
        let one = RunTotals::count(std::slice::from_ref(result));
        self.totals.cases += one.cases;
        self.totals.passed += one.passed;
        self.totals.failed += one.failed;
        self.totals.errors += one.errors;
        self.totals.skipped += one.skipped;
        self.totals.messages += one.messages;
    }
}
