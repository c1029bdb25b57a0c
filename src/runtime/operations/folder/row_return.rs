//! What becomes of a row that is put back, as it is told and written down.

use serde::{Deserialize, Serialize};

/// What became of a row that was to be put back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowReturn {
    /// It stands as it did before.
    PutBack,
    /// It was never changed by the push, so there is nothing to put back.
    NotPushed,
    /// Somebody else changed it since: it was left.
    ChangedSince,
    /// Somebody else deleted it since.
    DeletedSince,
    /// The journal doesn't have any more what it said before.
    NotInJournal,
    /// It was refused, and nothing was changed. Why.
    Refused(String),
    /// No answer came, so that it may have been put back. Why.
    Unknown(String),
    /// It was not begun.
    NotBegun,
}

impl RowReturn {
    /// Whether it is settled, for good or bad: trying again changes nothing.
    pub const fn is_settled(&self) -> bool {
        !matches!(self, Self::Refused(_) | Self::Unknown(_) | Self::NotBegun)
    }

    /// Whether the row stands as it did before the push.
    pub const fn is_back(&self) -> bool {
        matches!(self, Self::PutBack | Self::NotPushed)
    }

    /// How grave it is: of several changes of one row the gravest is told.
    pub(super) const fn rank(&self) -> u8 {
        match self {
            Self::NotPushed => 0,
            Self::PutBack => 1,
            Self::NotBegun => 2,
            Self::NotInJournal | Self::DeletedSince => 3,
            Self::ChangedSince => 4,
            Self::Refused(_) => 5,
            Self::Unknown(_) => 6,
        }
    }
}
