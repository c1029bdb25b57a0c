//! The Sources view: what the bot learns from. Sources, their rows, one row at a time, and what is staged.
//!
//! Owns what the view knows and where it is looked at; there is one for each channel. Changes are made by `update`.
//! What is typed into a row is a staged change from its first letter on, and is kept by the store.

mod contexts;
mod event;
mod filter;
mod find;
mod rows;
mod staged;

use std::collections::{BTreeMap, BTreeSet};

use super::line_input::LineInput;
use super::text_buffer::{TextBuffer, TextInput};
use crate::domain::{
    Applied, Change, ChangeId, Edit, Failure, Replaced, RowBody, RowId, SafeText, Source, SourceId, Timestamp,
    Version,
};

pub(super) use contexts::can_merge;
pub use event::{SourcesEffect, SourcesEvent, SourcesMeasured, SyncStep};
pub use find::places;
pub use rows::{Rows, Shown, Sought};
pub use staged::{Mark, staged_name, staged_text};
pub(super) use staged::{holds_marks, holds_text};

/// The Sources view of one channel.
#[derive(Debug, Default)]
pub struct Sources {
    /// Whether the platform was asked for its sources.
    pub asked: bool,
    /// The channel's sources, in the platform's order.
    pub list: Vec<Source>,
    /// How far the list is.
    pub listing: Listing,
    /// The sources of a list that is asked for anew, until it is whole.
    pub(super) coming: Vec<Source>,
    /// The first source on screen.
    pub top: usize,
    /// The source whose rows are shown.
    pub selected: Option<SourceId>,
    /// The rows of the selected source.
    pub rows: Rows,
    /// The rows of the sources that were selected before.
    pub(super) shelf: BTreeMap<SourceId, Rows>,
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
    /// The rows that are being read: a few at a time, however fast the selection moves.
    pub(super) reading: Vec<(SourceId, RowId)>,
    /// The row that is written as soon as it is read.
    pub awaited: Option<Awaited>,
    /// What is staged on this channel, whatever the source; the newest last.
    pub changes: BTreeMap<ChangeId, Change>,
    /// Whether the store was asked for them.
    pub(super) asking: Asking,
    /// What was told to the store and was not seen there yet.
    pub(super) staging: BTreeSet<ChangeId>,
    /// What could not be kept by the store: it is kept here.
    pub(super) unkept: BTreeSet<ChangeId>,
    /// The row that is being written.
    pub editor: Option<RowEditor>,
    /// What is being applied, or was last.
    pub job: Option<Job>,
    /// Conflicts that were ended here and are applied once the others are decided.
    pub(super) resolved: Vec<ChangeId>,
    /// What is going on with syncs, by source.
    pub syncs: BTreeMap<SourceId, Sync>,
    /// The undo journal of the selected source, the newest first.
    pub journal: Vec<Replaced>,
    /// The entry of it that is being put back.
    pub undoing: Option<i64>,
    /// Whether a source is being made.
    pub making: bool,
    /// What lies over the view.
    pub overlay: Option<SourcesOverlay>,
    /// What the last drawing measured.
    pub measured: SourcesMeasured,
}

/// A row that is to be written as soon as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    /// Which.
    pub row: RowId,
    /// Whether in `$EDITOR`.
    pub outside: bool,
    /// What was typed for it meanwhile.
    pub typed: Vec<TextInput>,
}

/// Whether the store was asked for what is staged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Asking {
    /// It was, and has not answered.
    pub(super) under_way: bool,
    /// Something was staged since: what it answers is old.
    pub(super) again: bool,
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

/// The row that is being written.
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
    pub text: TextBuffer,
    /// Whether the preview stands beside it, or in its place where the screen is narrow.
    pub preview: bool,
    /// What is searched in the text, while the search line has the keys or matches are shown.
    pub search: Option<Search>,
    /// Whether it was opened for `$EDITOR` alone, and closes when that comes back.
    pub outside: bool,
}

/// A search in the text that is being written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// What is searched.
    pub text: LineInput,
    /// Whether the line has the keys.
    pub typing: bool,
    /// Where the cursor was when it began.
    pub from: usize,
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
    /// How many rows it made, changed and deleted.
    pub tally: Tally,
    /// Whether the user cancelled it.
    pub cancelled: bool,
    /// Whether it has ended.
    pub ended: bool,
}

/// How many rows were made, changed and deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Made.
    pub created: usize,
    /// Changed.
    pub updated: usize,
    /// Deleted.
    pub deleted: usize,
}

/// For how many milliseconds a sync's end is told.
pub const SYNC_TOLD_MS: i64 = 8_000;

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
        /// What should be looked at before they are applied; told once.
        warning: Option<String>,
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
        row: Option<Shown>,
        /// What is typed.
        text: LineInput,
        /// What should be known of it; told once, then it is taken all the same.
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
        text: LineInput,
    },
    /// How often the source is synced by itself: never, day, week, month; the selected one's place.
    Interval(SourceId, usize),
    /// Staged changes are to be thrown away, and with them what was typed.
    Discard {
        /// Which.
        changes: Vec<ChangeId>,
        /// The rows that are then staged to be deleted.
        delete: Vec<RowId>,
    },
    /// The results of the last job, row by row. The first line shown.
    Results(usize),
}

impl Sources {
    /// The selected source.
    pub fn source(&self) -> Option<&Source> {
        let selected = self.selected.as_ref()?;
        self.list.iter().find(|source| source.id == *selected)
    }

    /// The staged change of a row of the selected source: the newest, where another process applies one before it.
    pub fn change_of(&self, row: &RowId) -> Option<&Change> {
        self.staged().rfind(|c| c.row.as_ref() == Some(row))
    }

    /// What is staged in the selected source, the newest last.
    pub fn staged(&self) -> impl DoubleEndedIterator<Item = &Change> {
        self.changes.values().filter(|c| Some(&c.source) == self.selected.as_ref())
    }

    /// The staged change of a line of the list.
    pub fn change_at(&self, shown: &Shown) -> Option<&Change> {
        match shown {
            Shown::New(id) => self.changes.get(id),
            Shown::Row(row) => self.change_of(row),
        }
    }

    /// A line's name as it will be: as it is staged, where it is. Untrusted.
    pub fn name_at(&self, shown: &Shown) -> &str {
        let staged = self.change_at(shown).map(staged_name);
        let listed = || match shown {
            Shown::Row(id) => self.rows.row(id).map(|row| row.name.as_str()),
            Shown::New(_) => None,
        };
        staged.or_else(listed).unwrap_or_default()
    }

    /// The staged change of the selected line.
    pub fn selected_change(&self) -> Option<&Change> {
        self.change_at(self.rows.selected.as_ref()?)
    }

    /// The selected row, unless it is a new one that is staged.
    pub fn selected_row(&self) -> Option<&RowId> {
        match &self.rows.selected {
            Some(Shown::Row(id)) => Some(id),
            _ => None,
        }
    }

    /// The selected row's text and standing, if it has been read.
    pub fn read(&self) -> Option<&RowBody> {
        self.read_of(self.selected_row()?)
    }

    /// That row's, if it is the one that was read last.
    pub(super) fn read_of(&self, row: &RowId) -> Option<&RowBody> {
        let opened = self.opened.as_ref().filter(|o| o.row == *row && Some(&o.source) == self.selected.as_ref())?;
        opened.body.as_ref()?.as_ref().ok()
    }

    /// The markdown that the right pane shows: as it is staged, where it is. None while it is not known. Untrusted.
    pub fn text(&self) -> Option<&str> {
        self.selected_change().and_then(staged_text).or_else(|| self.read().map(|body| body.content.as_str()))
    }

    /// Name and text before a change and after it, each as far as it is known; none of a row that is not there then.
    pub fn sides<'a>(&'a self, change: &'a Change) -> [Option<(&'a str, Option<&'a str>)>; 2] {
        let base = change.base.as_ref();
        let read = || change.row.as_ref().and_then(|row| self.read_of(row)).map(|body| body.content.as_str());
        let was = base.map(|b| b.content.as_str()).or_else(read);
        let old = (base.map_or(change.label.as_str(), |b| b.name.as_str()), was);
        match &change.edit {
            Edit::Create(made) => [None, Some((&made.name, Some(&made.content)))],
            Edit::Update { .. } => [Some(old), Some((staged_name(change), staged_text(change).or(was)))],
            Edit::Delete => [Some(old), None],
        }
    }

    /// Where the selected source stands in the list.
    pub fn place(&self) -> Option<usize> {
        let selected = self.selected.as_ref()?;
        self.list.iter().position(|source| source.id == *selected)
    }

    /// Whether nothing lies over the view and nothing is being typed.
    pub(super) fn is_idle(&self) -> bool {
        self.overlay.is_none() && self.editor.is_none() && !self.filtering
    }

    /// Whether changes are being applied.
    pub fn applies(&self) -> bool {
        self.job.as_ref().is_some_and(|job| !job.ended)
    }

    /// Whether a sync of that source is under way.
    pub fn is_syncing(&self, source: &SourceId) -> bool {
        self.syncs.get(source).is_some_and(|s| matches!(s.step, SyncStep::Asking | SyncStep::Running(_)))
    }

    /// Brings the list of rows up to date with the filter and with what is staged.
    pub(super) fn refilter(&mut self) {
        let staged = self.changes.values().filter(|c| Some(&c.source) == self.selected.as_ref());
        self.rows.refilter(&staged.collect::<Vec<_>>());
    }
}
