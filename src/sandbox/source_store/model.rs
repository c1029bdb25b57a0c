//! What a source and a row look like from outside the store.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// How far a source, or a row, is synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum SourceSyncState {
    Synced,
    Syncing,
    SyncError,
    NotSynced,
}

/// A source, as the API shows it.
#[derive(Debug)]
pub(in crate::sandbox) struct SourceDetails {
    pub(in crate::sandbox) id: String,
    pub(in crate::sandbox) state: SourceSyncState,
    pub(in crate::sandbox) last_sync: Option<String>,
    pub(in crate::sandbox) interval: Option<SourceSyncInterval>,
    pub(in crate::sandbox) created_at: String,
}

/// A row, as a list shows it.
#[derive(Debug)]
pub(in crate::sandbox) struct RowSummary {
    pub(in crate::sandbox) id: String,
    pub(in crate::sandbox) name: Arc<str>,
}

/// A row, as the API shows it.
#[derive(Debug)]
pub(in crate::sandbox) struct RowDetails {
    pub(in crate::sandbox) id: String,
    pub(in crate::sandbox) state: SourceSyncState,
    pub(in crate::sandbox) last_sync: Option<String>,
    pub(in crate::sandbox) created_at: String,
    pub(in crate::sandbox) content: Arc<str>,
}

/// A document that the bot knows: a row as it stood when the last good sync began.
#[derive(Debug)]
pub(in crate::sandbox) struct SyncedDocument {
    pub(in crate::sandbox) name: Arc<str>,
    pub(in crate::sandbox) text: Arc<str>,
}

/// All that the bot knows of one source. Two are the same documents where they are the same allocation.
pub(in crate::sandbox) type SyncedDocuments = Arc<Vec<SyncedDocument>>;

/// A row's id, name and markdown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::sandbox) struct RowContent {
    pub(in crate::sandbox) id: String,
    pub(in crate::sandbox) name: String,
    pub(in crate::sandbox) content: String,
}

/// How often a platform syncs a source by itself. The sandbox only remembers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::sandbox) enum SourceSyncInterval {
    Day,
    Week,
    Month,
}

impl SourceSyncInterval {
    /// The interval that a word of the document names.
    pub(in crate::sandbox) fn from_word(word: &str) -> Option<Self> {
        [Self::Day, Self::Week, Self::Month].into_iter().find(|interval| interval.word() == word)
    }

    /// The document's word.
    pub(in crate::sandbox) fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

impl SourceSyncState {
    /// The document's word.
    pub(in crate::sandbox) fn word(self) -> &'static str {
        match self {
            Self::Synced => "synced",
            Self::Syncing => "syncing",
            Self::SyncError => "sync_error",
            Self::NotSynced => "not_synced",
        }
    }
}
