//! What the Sources view is told, and what it asks for.

use crate::domain::{
    Applied, Change, ChangeId, Failure, Page, Replaced, Row, RowBody, RowId, Source, SourceId, SyncInterval,
};

/// What can happen to the Sources view. Answers that can be late carry a ticket or an id.
#[derive(Debug, Clone)]
pub enum SourcesEvent {
    /// More of the channel's sources; `done` with the last page, or with a failure.
    List {
        /// Which listing.
        ticket: u64,
        /// What came.
        page: Result<Page<Source>, Failure>,
        /// Whether nothing more comes.
        done: bool,
    },
    /// More of a source's rows.
    Rows {
        /// Which listing.
        ticket: u64,
        /// What came.
        page: Result<Page<Row>, Failure>,
        /// Whether nothing more comes.
        done: bool,
    },
    /// A row was read.
    Row(SourceId, RowId, Result<RowBody, Failure>),
    /// All that is staged on the channel, as the store has it now.
    Changes(Vec<Change>),
    /// The undo journal of a source, the newest first.
    Journal(SourceId, Vec<Replaced>),
    /// A change is through, one way or another; those of a batch come one by one.
    Applied(ChangeId, Applied),
    /// All of what was to be applied in that source is through, or the failure that kept it from being begun. The list
    /// of its rows is to be read again.
    ApplyEnded(SourceId, Result<(), Failure>),
    /// An entry of the journal was put back, or not. A change that met a conflict is staged, and told as such.
    Undone(i64, Applied),
    /// A source was made.
    Created(Result<Source, Failure>),
    /// A source was deleted, or not.
    Deleted(SourceId, Result<(), Failure>),
    /// A source's interval was set, or not.
    Interval(SourceId, Result<Source, Failure>),
    /// A sync went on.
    Sync(SourceId, SyncStep),
    /// A row's text came back from `$EDITOR`.
    Edited(ChangeId, String),
    /// A change could not be kept by the store. It is kept here, and told to the store again.
    Unkept(ChangeId, Failure),
    /// Something that was asked for could not be done.
    Failed(Failure),
    /// The view was drawn.
    Measured(SourcesMeasured),
}

/// How far a sync is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncStep {
    /// The platform is being asked to begin.
    Asking,
    /// The platform is at it: the source as it was told last.
    Running(Source),
    /// It ended: the source tells whether well.
    Ended(Source),
    /// It could not be begun, or not be followed.
    Failed(Failure),
}

/// What the Sources view asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourcesEffect {
    /// Ask the platform for all its sources, page by page.
    List {
        /// Tells late answers.
        ticket: u64,
    },
    /// Ask for all rows of a source, page by page.
    Rows {
        /// Tells late answers.
        ticket: u64,
        /// Which source.
        source: SourceId,
    },
    /// Read a row.
    Row(SourceId, RowId),
    /// Read what is staged on the channel from the store.
    Changes,
    /// Keep a staged change, in the place of what was kept of it.
    Stage(Box<Change>),
    /// Forget a staged change.
    Unstage(ChangeId),
    /// Apply staged changes, all of one source: claimed, checked against what stands there, journalled, made.
    Apply {
        /// The source.
        source: SourceId,
        /// Which, in that order.
        changes: Vec<ChangeId>,
    },
    /// Begin no more of what is being applied in that source.
    Cancel(SourceId),
    /// Read the undo journal of a source.
    Journal(SourceId),
    /// Put back what an entry of the journal replaced, if nobody changed it since.
    Undo(i64),
    /// Make a source.
    Create,
    /// Delete a source.
    Delete(SourceId),
    /// Set how often a source is synced by itself.
    Interval(SourceId, Option<SyncInterval>),
    /// Sync a source, and follow it to its end.
    Sync(SourceId),
    /// Let the user write a row in `$EDITOR`.
    Edit {
        /// The change that it writes to.
        change: ChangeId,
        /// As far as it is written.
        text: String,
    },
}

/// What a drawing of the view measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SourcesMeasured {
    /// How many rows the list of sources has on screen; none where it was not drawn.
    pub sources: Option<usize>,
    /// How many rows the list of rows has on screen.
    pub rows: Option<usize>,
    /// How many rows the right pane has, or the overlay where one is open.
    pub detail: usize,
    /// How many lines its text takes.
    pub lines: usize,
}

impl SourcesMeasured {
    /// Whether the screen has room for panes side by side.
    pub(in crate::app) const fn side_by_side(self) -> bool {
        self.sources.is_some() && self.rows.is_some()
    }
}
