//! Staged changes of rows, and what is kept of each so that it can be put back.

use super::{ChangeId, ChannelName, RowId, SourceId, Timestamp, Version};

/// What is to be done to one row. It waits until it is applied, and survives the program's end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The program's own id.
    pub id: ChangeId,
    /// The channel whose source it is.
    pub channel: ChannelName,
    /// The source.
    pub source: SourceId,
    /// The row; none where one is to be made.
    pub row: Option<RowId>,
    /// What the row was when the change was begun: the common ancestor of a conflict. None for a new row, and where it
    /// was never read.
    pub base: Option<Version>,
    /// The row's name when the change was begun, for a list; empty for a new row.
    pub label: String,
    /// What is to be done.
    pub edit: Edit,
    /// How far it is.
    pub state: ChangeState,
    /// When it was last touched.
    pub at: Timestamp,
}

/// What a change does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Makes a row.
    Create(Version),
    /// Changes what is given, and leaves the rest as it stands on the platform at that time.
    Update {
        /// Its new name.
        name: Option<String>,
        /// Its new markdown.
        content: Option<String>,
    },
    /// Deletes the row.
    Delete,
}

/// How far a change is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeState {
    /// It waits.
    Staged,
    /// A process is applying it.
    Applying,
    /// The platform refused it. It waits again, with the reason.
    Refused(String),
    /// Somebody else changed the row since the change was begun; the row as it stands now, none if it is gone. It waits
    /// for the user's word.
    Conflict(Option<Version>),
    /// It left, and no answer came, or the program ended meanwhile: the row tells whether it was done. Why.
    Unknown(String),
}

impl ChangeState {
    /// Whether it can be applied: nobody is at it, and it needs no word first.
    pub const fn is_ready(&self) -> bool {
        matches!(self, Self::Staged | Self::Refused(_) | Self::Unknown(_))
    }
}

/// What became of a change that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// It is done. The row, where it is known: of a new one it is found in the list afterwards.
    Done(Option<RowId>),
    /// It was not necessary: the row stands there as it was to be, or is gone as it was to be.
    Already(Option<RowId>),
    /// It was refused, or could not be sent; nothing was changed.
    Refused(super::Failure),
    /// Somebody else changed the row; what stands there now, none if it is gone. Nothing was changed.
    Conflict(Option<Version>),
    /// It may have been done: no answer came.
    Unknown(super::Failure),
    /// It was not begun, since the user cancelled.
    Cancelled,
}

/// An entry of the undo journal: what a change replaced, written before the change is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// The journal's number of it; counts up.
    pub n: i64,
    /// The channel whose source it is.
    pub channel: ChannelName,
    /// The source.
    pub source: SourceId,
    /// The row; none for a new one whose id is not known yet.
    pub row: Option<RowId>,
    /// What it was; none where a row was made.
    pub was: Option<Version>,
    /// What it became; none where it was deleted.
    pub became: Option<Version>,
    /// Whether it is certain that the change was made. Otherwise the program ended, or no answer came.
    pub certain: bool,
    /// Whether it has been put back.
    pub undone: bool,
    /// When.
    pub at: Timestamp,
}
