//! Data sources and their rows: the documents that a bot learns from, as a platform tells of them.

use super::{Damage, Moment, RowId, SourceId};

/// A data source, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The platform's id.
    pub id: SourceId,
    /// Whether the bot knows what stands in it.
    pub state: SyncState,
    /// When it was last synced well; none if never.
    pub last_sync: Option<Moment>,
    /// How often the platform syncs it by itself; none if never.
    pub interval: Option<SyncInterval>,
    /// When it was made.
    pub created_at: Moment,
}

/// How far a source, or a row, is synced: whether the bot knows what stands in it. An unknown word is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncState {
    /// The bot knows it.
    Synced,
    /// The platform is at it.
    Syncing,
    /// The last sync failed.
    SyncError,
    /// Never, or not since the last change.
    NotSynced,
    /// The platform's own word. Untrusted text.
    Other(String),
}

impl SyncState {
    /// The platform's word (Chat Thing's).
    pub fn as_str(&self) -> &str {
        match self {
            Self::Synced => "synced",
            Self::Syncing => "syncing",
            Self::SyncError => "sync_error",
            Self::NotSynced => "not_synced",
            Self::Other(word) => word,
        }
    }
}

impl From<&str> for SyncState {
    fn from(word: &str) -> Self {
        match word {
            "synced" => Self::Synced,
            "syncing" => Self::Syncing,
            "sync_error" => Self::SyncError,
            "not_synced" => Self::NotSynced,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// How often a platform syncs a source by itself. An unknown word is kept, and can't be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncInterval {
    /// Once a day.
    Day,
    /// Once a week.
    Week,
    /// Once a month.
    Month,
    /// The platform's own word. Untrusted text.
    Other(String),
}

impl SyncInterval {
    /// The platform's word (Chat Thing's).
    pub fn as_str(&self) -> &str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Other(word) => word,
        }
    }
}

impl From<&str> for SyncInterval {
    fn from(word: &str) -> Self {
        match word {
            "day" => Self::Day,
            "week" => Self::Week,
            "month" => Self::Month,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// A row, as a list shows it: one named markdown document in a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The platform's id.
    pub id: RowId,
    /// Its name, which the bot is not told. Untrusted; need not be unique, and may be empty.
    pub name: String,
}

/// A row's text and standing. Its name is told by the list alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowBody {
    /// The platform's id.
    pub id: RowId,
    /// Whether the bot knows it.
    pub state: SyncState,
    /// When it was last synced well; none if never.
    pub last_sync: Option<Moment>,
    /// When it was made.
    pub created_at: Moment,
    /// Markdown, exactly as the platform holds it. Untrusted.
    pub content: String,
    /// What of that could not be read as sent: such a text is shown, and never written back.
    pub damage: Damage,
}

/// What a row says under which name, at one time.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Version {
    /// Its name.
    pub name: String,
    /// Its markdown.
    pub content: String,
}
