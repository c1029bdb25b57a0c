//! What a staged change is called, and what it makes of a row.

use crate::domain::{Change, ChangeState, Edit};

/// What a list says of a staged change in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// A row is to be made.
    New,
    /// Its text is to be changed.
    Changed,
    /// Its name is to be changed, and its text is not.
    Renamed,
    /// It is to be deleted.
    Deleted,
    /// It is being applied.
    Applying,
    /// The platform refused it.
    Refused,
    /// Somebody else changed the row too.
    Conflict,
    /// It may have been done.
    Unknown,
}

impl Mark {
    /// What matters most about a change.
    pub fn for_change(change: &Change) -> Self {
        match (&change.state, &change.edit) {
            (ChangeState::Applying, _) => Self::Applying,
            (ChangeState::Refused(_), _) => Self::Refused,
            (ChangeState::Conflict(_), _) => Self::Conflict,
            (ChangeState::Unknown(_), _) => Self::Unknown,
            (ChangeState::Staged, Edit::Create(_)) => Self::New,
            (ChangeState::Staged, Edit::Update { content: None, .. }) => Self::Renamed,
            (ChangeState::Staged, Edit::Update { .. }) => Self::Changed,
            (ChangeState::Staged, Edit::Delete) => Self::Deleted,
        }
    }

    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Renamed => "renamed",
            Self::Deleted => "deleted",
            Self::Applying => "applying",
            Self::Refused => "refused",
            Self::Conflict => "conflict",
            Self::Unknown => "unknown",
        }
    }
}

/// The row's name as the change leaves it. Untrusted.
pub fn staged_name(change: &Change) -> &str {
    match &change.edit {
        Edit::Create(made) => &made.name,
        Edit::Update { name: Some(name), .. } => name,
        Edit::Update { .. } | Edit::Delete => change.base.as_ref().map_or(&change.label, |base| &base.name),
    }
}

/// The row's markdown as the change leaves it, as far as that is known: of a deletion what is deleted. Untrusted.
pub fn staged_text(change: &Change) -> Option<&str> {
    match &change.edit {
        Edit::Create(made) => Some(&made.content),
        Edit::Update { content: Some(content), .. } => Some(content),
        Edit::Update { .. } | Edit::Delete => change.base.as_ref().map(|base| base.content.as_str()),
    }
}

/// Whether something that was typed into the row would be lost with the change.
pub(in crate::app) fn holds_text(change: &Change) -> bool {
    match &change.edit {
        Edit::Create(made) => !made.content.is_empty(),
        Edit::Update { content, .. } => content.is_some(),
        Edit::Delete => false,
    }
}

/// Whether conflict marks are left in what the change would write.
pub(in crate::app) fn holds_marks(change: &Change) -> bool {
    let (Edit::Create(_) | Edit::Update { content: Some(_), .. }) = &change.edit else { return false };
    let text = staged_text(change).unwrap_or_default();
    let has = |mark: &str| text.lines().any(|line| line.starts_with(mark));
    has("<<<<<<< mine") && has(">>>>>>> theirs")
}
