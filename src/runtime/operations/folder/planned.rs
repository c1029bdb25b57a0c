//! What a push is about to do to each row, in so many words that it can be written down before: enough to know its entry
//! in the undo journal again, and what the folder remembered of the row.

use serde::{Deserialize, Serialize};

use super::execute::Job;
use crate::domain::{Edit, Replaced, RowId, Version};
use crate::folder::{Manifest, RowPath};
use crate::signature::digest;

/// What is done to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::runtime) enum PlannedChange {
    Created,
    Updated,
    Renamed,
    Deleted,
}

/// One row that a push is about to change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::runtime) struct PlannedRow {
    pub(in crate::runtime) change: PlannedChange,
    /// Its file, below the folder.
    pub(in crate::runtime) path: Option<String>,
    /// The row; none of one that is made.
    row: Option<String>,
    /// The name that it has afterwards.
    pub(in crate::runtime) name: String,
    /// Other names that it was to have, by a push that was cut off before its file was moved again.
    names: Vec<String>,
    /// The digests of the texts that it may have afterwards; none where its text stays, or it goes. More than one where a
    /// push that was cut off was gone on with after its file was edited.
    new: Vec<String>,
    /// The digest of what it says now, where that is known.
    old: Option<String>,
    /// The file that the folder's manifest had for it, where it had one.
    known: Option<String>,
}

impl PlannedRow {
    pub(super) fn from_job(job: &Job, manifest: &Manifest) -> Self {
        let (change, text) = match &job.edit {
            Edit::Create(version) => (PlannedChange::Created, Some(&version.content)),
            Edit::Update { name: None, content } => (PlannedChange::Updated, content.as_ref()),
            Edit::Update { content, .. } => (PlannedChange::Renamed, content.as_ref()),
            Edit::Delete => (PlannedChange::Deleted, None),
        };
        let known = job.row.as_ref().and_then(|row| manifest.rows.iter().find(|(_, entry)| entry.id == *row));
        Self {
            change,
            path: job.path.as_ref().map(|path| path.as_str().to_owned()),
            row: job.row.as_ref().map(|row| row.as_str().to_owned()),
            name: job.name.clone(),
            names: Vec::new(),
            new: text.map(|text| digest(text.as_bytes())).into_iter().collect(),
            old: job.base.as_ref().filter(|_| text.is_some()).map(|base| digest(base.content.as_bytes())),
            known: known.map(|(path, _)| path.as_str().to_owned()),
        }
    }

    pub(in crate::runtime) fn id(&self) -> Option<RowId> {
        self.row.as_ref().map(RowId::new)
    }

    pub(super) fn file(&self) -> Option<RowPath> {
        RowPath::new(self.path.as_deref()?)
    }

    pub(super) fn known_file(&self) -> Option<RowPath> {
        RowPath::new(self.known.as_deref()?)
    }

    /// Whether a row that says this stands as it was to be.
    pub(super) fn is_new(&self, version: &Version) -> bool {
        let text = self.new.is_empty() || self.new.contains(&digest(version.content.as_bytes()));
        let named = version.name == self.name || self.names.contains(&version.name);
        text && (named || self.change == PlannedChange::Updated)
    }

    /// Whether a row that says this stands as it did before, as far as that is known.
    pub(super) fn is_old(&self, text: &str) -> bool {
        self.old.as_ref().is_some_and(|old| *old == digest(text.as_bytes()))
    }

    /// Whether an entry of the journal is of this change.
    pub(super) fn is_of(&self, entry: &Replaced) -> bool {
        match (self.change, &entry.was, &entry.became) {
            (PlannedChange::Created, None, Some(became)) => self.is_new(became),
            (PlannedChange::Updated | PlannedChange::Renamed, Some(_), Some(became)) => {
                entry.row == self.id() && self.is_new(became)
            }
            (PlannedChange::Deleted, Some(_), None) => entry.row == self.id(),
            _ => false,
        }
    }

    /// Takes what a later plan of the same push says of the same row; false where that is of another row.
    pub(in crate::runtime) fn merge(&mut self, later: &Self) -> bool {
        let same = match (&self.row, &later.row) {
            (Some(mine), Some(theirs)) => mine == theirs,
            (None, None) => self.path == later.path && self.name == later.name,
            _ => false,
        };
        if !same || (self.change == PlannedChange::Deleted) != (later.change == PlannedChange::Deleted) {
            return false;
        }
        if later.change == PlannedChange::Renamed {
            self.change = PlannedChange::Renamed;
        }
        let name = std::mem::replace(&mut self.name, later.name.clone());
        if name != self.name {
            self.names.push(name);
        }
        self.path.clone_from(&later.path);
        self.new.extend(later.new.iter().filter(|new| !self.new.contains(new)).cloned().collect::<Vec<_>>());
        true
    }
}
