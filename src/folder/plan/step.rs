//! What a plan is made of: one step a row.

use crate::domain::RowId;
use crate::folder::RowPath;

/// What is to be done with one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanStep {
    /// Its file; none where the folder has none for it.
    pub path: Option<RowPath>,
    /// The row; none where there is none yet, or none any more.
    pub row: Option<RowId>,
    /// The name that it has afterwards.
    pub name: String,
    /// What.
    pub act: RowAction,
}

/// What is done with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowAction {
    /// Nothing: both are as they were last seen.
    Same,
    /// Nothing: the row stands there as the file has it. It is remembered.
    Adopt {
        /// The file that it was last seen in, where that is another.
        from: Option<RowPath>,
    },
    /// Both are gone. It is forgotten.
    Forget,
    /// A row is made.
    Create,
    /// Its text is replaced.
    Update {
        /// What it says now.
        there: String,
    },
    /// It gets another name, and where its file was edited too, another text.
    Rename {
        /// The file that it was last seen in.
        from: RowPath,
        /// Its name now.
        was: String,
        /// What it says now.
        there: String,
        /// Whether its text is replaced.
        edited: bool,
    },
    /// It is deleted.
    Delete {
        /// What it says now.
        there: String,
    },
    /// Nothing, since both sides changed.
    Conflict(PushConflict),
    /// Nothing: the platform's side is left as it is.
    Left(LeftAsIs),
}

/// How both sides changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushConflict {
    /// The text was changed here and there.
    Edited,
    /// It was changed here and deleted there.
    GoneThere,
    /// It was deleted here and changed there.
    GoneHere,
    /// It was given another name here and there.
    Renamed,
    /// A row of that name is there that this folder never saw, and says something else.
    Unknown,
    /// The file's name is too long for a path, and the manifest that kept it doesn't know it.
    Nameless,
    /// Nobody changed the row, but the folder is at another version than it had when it last saw it.
    Older,
    /// So it is, and the row was changed besides.
    OlderEdited,
}

/// Why the platform's side is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftAsIs {
    /// The folder never saw it: a pull brings it.
    New,
    /// Its file was deleted here, and rows are only deleted when that is asked for.
    Kept,
    /// It was deleted there: a pull removes the file.
    Deleted,
    /// It was given another name there: a pull moves the file.
    Renamed,
}

/// The steps of a push, by path.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PushPlan {
    /// The steps.
    pub steps: Vec<PlanStep>,
}
