//! Suites around what is staged: which is chosen, how far the run is, and what came of it.

use std::path::PathBuf;

use crate::domain::{CaseChange, CaseComparison, ChangeTotals, Failure, SourceId};

/// Suites around what is staged of one channel.
#[derive(Debug, Default)]
pub struct Guard {
    /// The suites that can be chosen; none until they were read.
    pub suites: Option<Vec<GuardSuite>>,
    /// The chosen one's place; none where changes are applied without.
    pub chosen: Option<usize>,
    /// Whether all is put back where a case breaks.
    pub undo: bool,
    /// The run that is under way.
    pub running: Option<GuardRunning>,
    /// What came of the last one.
    pub ended: Option<GuardEnd>,
    /// The source around which a run is unfinished, and how far that one is, in words.
    pub unfinished: Option<(SourceId, String)>,
    /// Whether it was asked for what came of the last one, and nothing of it is known yet.
    pub(in crate::app) looking: bool,
}

impl Guard {
    /// The chosen suite.
    pub fn suite(&self) -> Option<&GuardSuite> {
        self.suites.as_ref()?.get(self.chosen?)
    }

    /// Whether a run can be taken up that is not over.
    pub fn is_unfinished(&self) -> bool {
        match &self.ended {
            Some(end) => end.fate == GuardFate::Unfinished,
            None => self.unfinished.is_some(),
        }
    }

    /// Whether the last run's rows can be put back.
    pub fn can_put_back(&self) -> bool {
        self.ended.as_ref().map_or(self.unfinished.is_some(), GuardEnd::can_put_back)
    }

    /// The source around which the last run was.
    pub(in crate::app) fn source(&self) -> Option<&SourceId> {
        let unfinished = || self.unfinished.as_ref().map(|(source, _)| source);
        self.ended.as_ref().map(|end| &end.source).or_else(unfinished)
    }
}

/// A suite that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardSuite {
    /// Its file.
    pub path: PathBuf,
    /// Its name. Untrusted text.
    pub name: String,
    /// How many cases it has.
    pub cases: usize,
    /// The most messages that asking before and after costs.
    pub messages: u64,
}

/// What is done in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuardStep {
    /// The suite is asked, and nothing was changed yet.
    Before,
    /// Rows are changed.
    Applying,
    /// The platform syncs.
    Syncing,
    /// The suite is asked again.
    After,
    /// Rows are put back.
    Undoing,
    /// The platform syncs what was put back.
    SyncingAgain,
}

impl GuardStep {
    /// In words.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Before => "asking before",
            Self::Applying => "applying",
            Self::Syncing => "syncing",
            Self::After => "asking after",
            Self::Undoing => "putting back",
            Self::SyncingAgain => "syncing again",
        }
    }
}

/// A run that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardRunning {
    /// The source.
    pub source: SourceId,
    /// What is done.
    pub step: GuardStep,
    /// How many cases or rows are through.
    pub done: usize,
    /// Of how many; 0 where it is not counted.
    pub of: usize,
    /// How many cases did not pass.
    pub missed: usize,
    /// Whether it was asked to stop.
    pub stopping: bool,
}

/// How a run is over, or that it isn't.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuardFate {
    /// The rows are as they were applied.
    Kept,
    /// There was nothing to apply.
    Nothing,
    /// The rows were put back, but for those that are named.
    Undone,
    /// It was ended as it stood.
    Left,
    /// It can go on.
    Unfinished,
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardEnd {
    /// The source.
    pub source: SourceId,
    /// How it is over.
    pub fate: GuardFate,
    /// What became of each case, in the suite's order; those before alone where it didn't come to the other.
    pub cases: Vec<CaseComparison>,
    /// How many rows were to be changed.
    pub rows: usize,
    /// The rows that were to be put back and are not, each with why. Untrusted text.
    pub left: Vec<String>,
    /// The messages that went out, or may have.
    pub messages: u64,
    /// Why it ended before its end.
    pub failure: Option<Failure>,
}

impl GuardEnd {
    /// Whether rows can be put back by it.
    pub const fn can_put_back(&self) -> bool {
        self.rows > 0 && (matches!(self.fate, GuardFate::Kept | GuardFate::Unfinished) || !self.left.is_empty())
    }

    /// How many cases became what: `17 same, 2 changed, 1 broken`.
    pub fn totals(&self) -> String {
        let totals = ChangeTotals::count(&self.cases);
        let some = CaseChange::ALL.iter().map(|change| (totals.how_many(*change), change.in_words()));
        let some: Vec<String> =
            some.filter(|(many, _)| *many > 0).map(|(many, word)| format!("{many} {word}")).collect();
        if some.is_empty() { "no case was asked".to_owned() } else { some.join(", ") }
    }

    /// How many cases broke.
    pub fn broken(&self) -> usize {
        ChangeTotals::count(&self.cases).how_many(CaseChange::Broken)
    }

    /// How it is over, in a sentence.
    pub fn outcome(&self) -> String {
        let rows = if self.rows == 1 { "1 row".to_owned() } else { format!("{} rows", self.rows) };
        match self.fate {
            GuardFate::Kept => format!("{rows} applied and synced."),
            GuardFate::Nothing => "No row had to be changed.".to_owned(),
            GuardFate::Undone if self.left.is_empty() => format!("{rows} put back and synced; staged again."),
            GuardFate::Undone => format!("{} of {rows} could not be put back.", self.left.len()),
            GuardFate::Left => "It was ended as it stands.".to_owned(),
            GuardFate::Unfinished => "It is not finished.".to_owned(),
        }
    }
}

/// How an unfinished run is taken up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuardHow {
    /// It goes on.
    GoOn,
    /// Its rows are put back. Of one that is over, too.
    PutBack,
    /// It is ended as it stands.
    Leave,
}

/// What is told of a run.
#[derive(Debug, Clone)]
pub enum GuardNews {
    /// Which suites there are, and how far an unfinished run is, in words.
    Known(Vec<GuardSuite>, Option<String>),
    /// A run is unfinished: how far it is, in words.
    Unfinished(String),
    /// This is done from now on.
    Step(GuardStep),
    /// So many cases or rows are through, of so many; and so many cases did not pass.
    Count {
        /// How many.
        done: usize,
        /// Of how many.
        of: usize,
        /// How many did not pass.
        missed: usize,
    },
    /// It ended, or why it was not begun.
    Ended(Result<Box<GuardEnd>, Failure>),
}
