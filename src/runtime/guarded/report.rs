//! What a door asks for where a push is guarded by suites, and what it is told.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, watch};

use crate::domain::{CaseChange, CaseComparison, ChangeTotals, ChannelName, Failure, Kind, RowId, SourceId, Suite};
use crate::runtime::folder::{Progress, Pushed};
use crate::runtime::operations::folder::RowReturn;
use crate::runtime::suites::{SuitePlan, SuiteProgress, SuiteReport};

/// A guarded push that is wanted: asked before, pushed, synced, asked after.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each wish, in any mixture")]
pub struct GuardedPush {
    /// The folder.
    pub folder: PathBuf,
    /// Rows whose files were deleted are deleted.
    pub prune: bool,
    /// The folder is right, whatever stands on the platform.
    pub overwrite: bool,
    /// So many deletions are what the user wants, though they are more than half of the rows.
    pub yes: bool,
    /// The suites that are asked; at least one.
    pub suites: Vec<Suite>,
    /// The channel that is asked, whatever the suites say.
    pub asked: Option<ChannelName>,
    /// How many cases are asked side by side.
    pub jobs: usize,
    /// The most messages that it may cost, before and after together.
    pub max_messages: Option<u64>,
    /// Every row is put back where a case broke.
    pub undo_on_broken: bool,
}

/// Where a guarded push is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardPhase {
    /// The suites are asked; nothing was changed yet.
    Before,
    /// Rows are changed.
    Applying,
    /// The platform syncs.
    Syncing,
    /// The suites are asked again.
    After,
    /// Rows are put back.
    Undoing,
    /// The platform syncs what was put back.
    SyncingAgain,
    /// It is over.
    Done,
}

impl GuardPhase {
    /// The word for JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Applying => "applying",
            Self::Syncing => "syncing",
            Self::After => "after",
            Self::Undoing => "undoing",
            Self::SyncingAgain => "syncing_again",
            Self::Done => "done",
        }
    }
}

/// How a guarded push is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardOutcome {
    /// The rows are as they were pushed.
    Pushed,
    /// There was nothing to push.
    Nothing,
    /// The rows were put back, but for those that are named.
    Undone,
    /// The user left it where it was.
    Left,
}

impl GuardOutcome {
    /// The word for JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pushed => "pushed",
            Self::Nothing => "nothing",
            Self::Undone => "undone",
            Self::Left => "left",
        }
    }
}

/// How an unfinished run is taken up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuardResume {
    /// It goes on from where it was.
    Continue,
    /// Its rows are put back, and the platform syncs. Of a run that is over, too.
    Undo,
    /// It is over as it stands.
    Leave,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GuardProgress {
    /// This is done from now on.
    Phase(GuardPhase),
    /// So far are the rows.
    Rows(Progress),
    /// So far are the cases.
    Cases(SuiteProgress),
    /// All were asked, before or after.
    Asked(Box<SuiteReport>),
    /// The rows are pushed; so many.
    Pushed(usize),
    /// The platform has synced.
    Synced,
}

/// Whoever looks on: is told how far it is, and may ask it to wind up.
#[derive(Debug, Clone)]
pub struct GuardWatch {
    /// Where it is told.
    pub to: mpsc::UnboundedSender<GuardProgress>,
    /// True once it is to wind up: what is under way is finished, and nothing else is begun.
    pub cancelled: watch::Receiver<bool>,
}

/// What a guarded push would do.
#[derive(Debug, Clone)]
pub struct GuardPlan {
    /// What would be pushed.
    pub pushed: Pushed,
    /// What would be asked, twice.
    pub suites: SuitePlan,
}

impl GuardPlan {
    /// The most messages that it costs.
    pub fn messages(&self) -> u64 {
        self.suites.messages() * 2
    }
}

/// A row of the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardedRow {
    /// The file, below the folder. Untrusted text.
    pub path: Option<String>,
    /// The row's name, as it was to be. Untrusted text.
    pub name: String,
    /// The row, where it was there before.
    pub id: Option<RowId>,
    /// What was to be done to it: `created`, `updated`, `renamed`, `deleted`.
    pub change: &'static str,
    /// What became of it where it was to be put back; none where it wasn't.
    pub returned: Option<RowReturn>,
}

/// What came of a guarded push, or of as much of it as was done.
#[derive(Debug, Clone)]
pub struct GuardReport {
    /// The run's name.
    pub id: String,
    /// The source.
    pub source: SourceId,
    /// Where it is; what is not done is gone on with from here.
    pub phase: GuardPhase,
    /// How it is over; none where it isn't.
    pub outcome: Option<GuardOutcome>,
    /// The rows that were to be changed.
    pub rows: Vec<GuardedRow>,
    /// What became of each case; those before alone where it didn't come to the other.
    pub cases: Vec<CaseComparison>,
    /// The messages that went out, or may have, of all that was done of this run.
    pub messages: u64,
    /// What came of the push where it did not change all that it was to.
    pub pushed: Option<Pushed>,
    /// Whether it was ended on demand, whatever the answers were.
    pub on_demand: bool,
    /// Why it ended before its end.
    pub stopped: Option<Failure>,
}

impl GuardReport {
    /// How many cases became what.
    pub fn totals(&self) -> ChangeTotals {
        ChangeTotals::count(&self.cases)
    }

    /// Rows that could not be put back, for good.
    pub fn left(&self) -> impl Iterator<Item = (&GuardedRow, &RowReturn)> {
        self.rows.iter().filter_map(|row| Some((row, row.returned.as_ref()?))).filter(|(_, how)| !how.is_back())
    }

    /// What a command ends with; none where nothing broke, and all was done.
    pub fn failure(&self) -> Option<Failure> {
        if let Some(stopped) = &self.stopped {
            return Some(stopped.clone());
        }
        let left = self.left().count();
        if self.outcome == Some(GuardOutcome::Undone) && left > 0 {
            let what = format!("{left} of {} rows could not be put back", self.rows.len());
            let hint = "They are named above. `patchcord sources diff ID DIR` shows how they stand.";
            return Some(Failure::new(Kind::Failed, what).hint(hint));
        }
        let (totals, cases) = (self.totals(), self.cases.len());
        let broken = totals.how_many(CaseChange::Broken);
        if broken > 0 && !self.on_demand {
            let what = if broken == 1 { "1 case".to_owned() } else { format!("{broken} cases") };
            let undone = self.outcome == Some(GuardOutcome::Undone);
            let (what, hint) = if undone {
                let what = format!("{what} of {cases} broke by the change, which was undone");
                (what, "The rows are as they were; the files here keep the change.")
            } else {
                (
                    format!("{what} of {cases} broke by the change"),
                    "`patchcord sources push ID DIR --resume=undo` puts the rows back.",
                )
            };
            return Some(Failure::new(Kind::Tests, what).hint(hint));
        }
        None
    }
}
