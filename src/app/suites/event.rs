//! What the Tests view asks for, and what can happen to it.

use std::path::PathBuf;

use super::{CaseId, SuiteEntry};
use crate::config::NewCase;
use crate::domain::{CaseResult, ChangedAnswer, ChannelName, Failure};

/// What was done to a changed answer last, to be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerDeed {
    /// The answer, as it was.
    pub answer: ChangedAnswer,
    /// Whether it was taken; otherwise it was refused.
    pub accepted: bool,
}

/// What a drawing of the view measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SuitesMeasured {
    /// How many rows the list has; none where it was not drawn.
    pub list: Option<usize>,
    /// How many rows the right pane has.
    pub detail: usize,
    /// How many rows what is in it takes.
    pub lines: usize,
}

/// What the Tests view asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SuitesEffect {
    /// Read the suites, what is on record of them, and the kept answers; and tell of what changes as long as the view is
    /// open.
    Load,
    /// Ask these cases.
    Run {
        /// Tells it from others.
        run: u64,
        /// Which, in order.
        cases: Vec<CaseId>,
    },
    /// Finish what is under way, and begin nothing else.
    Stop,
    /// Take an answer as the one to keep.
    Accept(ChangedAnswer),
    /// Forget an answer.
    Refuse(ChangedAnswer),
    /// Let an answer wait as it did before it was taken or refused.
    Restore(ChangedAnswer),
    /// Add a case to the suite's file at that path; where there is none, make it for that channel.
    AddCase {
        /// The file.
        path: PathBuf,
        /// The channel that a new suite asks.
        channel: ChannelName,
        /// The case.
        case: NewCase,
    },
    /// Let the user write that file in `$EDITOR`.
    Edit(PathBuf),
}

/// What can happen to the Tests view.
#[derive(Debug, Clone)]
pub enum SuitesEvent {
    /// What there is.
    Loaded {
        /// The suites.
        suites: Vec<SuiteEntry>,
        /// The folder of kept answers, where there is one.
        answers: Option<PathBuf>,
        /// Where the file of a new suite goes, unless it is named otherwise.
        folder: PathBuf,
        /// Why the kept answers could not be read.
        problem: Option<Failure>,
    },
    /// A case was added, on that line of the file, or why it was not.
    CaseAdded {
        /// The file.
        path: PathBuf,
        /// What the case is called.
        name: String,
        /// The line on which it begins, from 1.
        result: Result<usize, Failure>,
    },
    /// A case is being asked.
    CaseBegan(u64, CaseId),
    /// A platform is asked again after so many seconds.
    Waiting {
        /// In which run.
        run: u64,
        /// For which case.
        case: String,
        /// How long.
        seconds: u64,
        /// Why.
        why: String,
    },
    /// A case has ended.
    CaseEnded(u64, CaseId, Box<CaseResult>),
    /// A run has ended.
    RunEnded {
        /// Which.
        run: u64,
        /// Milliseconds that it took.
        ms: u64,
        /// Why it was not begun, or ended before its end; none where it went through, or was stopped.
        failure: Option<Failure>,
        /// How many answers are not the kept ones.
        changed: usize,
    },
    /// What became of what was done to an answer.
    Answered(AnswerDeed, Result<(), Failure>),
    /// What became of taking that back.
    Restored(Result<(), Failure>),
    /// The editor was closed.
    Edited(Result<(), Failure>),
    /// The view was drawn.
    Measured(SuitesMeasured),
}
