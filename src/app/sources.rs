//! The Sources view: what the bot learns from. Sources, their rows, one row at a time, and what is staged.
//!
//! Owns what the view knows and where it is looked at; there is one for each channel. Changes are made by `update`.
//! What is typed into a row is a staged change from its first letter on, and is kept by the store.

mod event;
mod rows;

use std::collections::BTreeMap;

use super::composer::Composer;
use crate::domain::{
    Applied, Change, ChangeId, Failure, Replaced, RowBody, RowId, SafeText, Source, SourceId, Timestamp, Version,
};

pub use event::{SourcesEffect, SourcesEvent, SourcesMeasured, SyncStep};
pub use rows::{Rows, Shown};

/// The Sources view of one channel.
#[derive(Debug, Default)]
pub struct Sources {
    /// Whether the platform was asked for its sources.
    pub asked: bool,
    /// The channel's sources, in the platform's order.
    pub list: Vec<Source>,
    /// How far the list is.
    pub listing: Listing,
    /// The source whose rows are shown.
    pub selected: Option<SourceId>,
    /// The rows of the selected source.
    pub rows: Rows,
    /// Which pane has the keys.
    pub pane: SourcesPane,
    /// Whether the rows' filter line has the keys.
    pub filtering: bool,
    /// How the right pane shows a row.
    pub show: Show,
    /// The first line of the right pane.
    pub scroll: usize,
    /// The row that was read last, with what came of it; none while it is being read.
    pub opened: Option<Opened>,
    /// What is staged on this channel, whatever the source; the newest last.
    pub changes: BTreeMap<ChangeId, Change>,
    /// The row that is being written.
    pub editor: Option<RowEditor>,
    /// What is being applied, or was last.
    pub job: Option<Job>,
    /// What is going on with syncs, by source.
    pub syncs: BTreeMap<SourceId, Sync>,
    /// The undo journal of the selected source, the newest first.
    pub journal: Vec<Replaced>,
    /// What lies over the view.
    pub overlay: Option<SourcesOverlay>,
    /// What the last drawing measured.
    pub measured: SourcesMeasured,
}

/// How far a list is that comes in pages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The number of the newest question; answers to others are late.
    pub ticket: u64,
    /// Whether it is still coming.
    pub loading: bool,
    /// How many there are, by the platform.
    pub total: Option<u64>,
    /// Why it stopped.
    pub failure: Option<Failure>,
}

/// Which pane has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SourcesPane {
    /// The sources.
    Sources,
    /// The rows of the selected one.
    #[default]
    Rows,
    /// What is selected, whole; or the editor.
    Detail,
}

/// How the right pane shows a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Show {
    /// Its markdown rendered: as it is staged, where it is.
    #[default]
    Rendered,
    /// Its markdown as it is written.
    Raw,
    /// What is staged of it: old to new.
    Difference,
}

/// A row that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Its source.
    pub source: SourceId,
    /// Which.
    pub row: RowId,
    /// What came; none while it is being read.
    pub body: Option<Result<RowBody, Failure>>,
}

/// The row that is being written. The editor on the floor above follows the text's `version`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowEditor {
    /// The staged change that it writes to.
    pub change: ChangeId,
    /// The row; none for a new one.
    pub row: Option<RowId>,
    /// What the row was when the editor was opened; none for a new one.
    pub base: Option<Version>,
    /// Its name, as it will be.
    pub name: String,
    /// Its markdown, as it will be.
    pub text: Composer,
    /// Whether the preview stands beside it, or in its place where the screen is narrow.
    pub preview: bool,
    /// What is searched in the text, while the search line has the keys or matches are shown.
    pub search: Option<Search>,
}

/// A search in the text that is being written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// What is searched.
    pub text: String,
    /// Whether the line has the keys.
    pub typing: bool,
    /// Goes up with each jump; the editor on the floor above follows it.
    pub jump: u64,
    /// Whether the jump goes backwards.
    pub backwards: bool,
}

/// Changes that are being applied, or were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The source.
    pub source: SourceId,
    /// How many changes it has.
    pub total: usize,
    /// What became of those that are through, with each one's name; in the order in which they came through.
    pub done: Vec<(ChangeId, SafeText, Applied)>,
    /// Whether the user cancelled it.
    pub cancelled: bool,
    /// Whether it has ended.
    pub ended: bool,
}

/// A sync that the program began or follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sync {
    /// When it was asked for.
    pub since: Timestamp,
    /// How far it is.
    pub step: SyncStep,
    /// When it ended.
    pub ended: Option<Timestamp>,
}

/// What lies over the view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourcesOverlay {
    /// The whole difference of what is staged in the selected source, and whether to apply it. The first line shown.
    Review {
        /// Which changes: the marked ones, or all.
        changes: Vec<ChangeId>,
        /// The first line shown.
        top: usize,
    },
    /// A conflict: base, mine, theirs, and what to do.
    Conflict {
        /// Which change.
        change: ChangeId,
        /// The first line shown.
        top: usize,
    },
    /// What can be put back. The selected entry's place in the journal.
    Undo(usize),
    /// A name is asked for.
    Name {
        /// The row that is renamed; none makes a new one.
        row: Option<RowId>,
        /// What is typed.
        text: String,
        /// What is wrong with it.
        problem: Option<String>,
    },
    /// A source is to be deleted: its id's beginning must be typed.
    DeleteSource {
        /// Which.
        source: SourceId,
        /// How many rows it has, where that is known.
        rows: Option<u64>,
        /// What must be typed.
        asked: String,
        /// What is typed.
        text: String,
    },
    /// How often the source is synced by itself: never, day, week, month; the selected one's place.
    Interval(SourceId, usize),
    /// Staged changes are to be thrown away: which.
    Discard(Vec<ChangeId>),
    /// The results of the last job, row by row. The first line shown.
    Results(usize),
    /// The program is to end while changes are staged: they are kept; leave, or stay.
    Leave,
}

impl Sources {
    /// The selected source.
    pub fn source(&self) -> Option<&Source> {
        let selected = self.selected.as_ref()?;
        self.list.iter().find(|source| source.id == *selected)
    }

    /// The staged change of a row of the selected source.
    pub fn change_of(&self, row: &RowId) -> Option<&Change> {
        self.changes.values().find(|c| Some(&c.source) == self.selected.as_ref() && c.row.as_ref() == Some(row))
    }

    /// What is staged in the selected source.
    pub fn staged(&self) -> impl Iterator<Item = &Change> {
        self.changes.values().filter(|c| Some(&c.source) == self.selected.as_ref())
    }
}
