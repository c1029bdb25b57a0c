//! The events of sources and rows, as the journal's lines have it.
//!
//! A call that changes several rows is one event and so one line: a kill leaves all of it or nothing.

use serde::{Deserialize, Serialize};

use super::model::{RowContent, SourceSyncInterval};

/// One event. A time is the text that the API shows, but where it is reckoned with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(in crate::sandbox) enum SourceEvent {
    /// The source that a new journal starts with: the embedded documents, as the program that reads this has them.
    Seeded { at: String },
    /// An empty source was made.
    Made { source: String, at: String },
    /// How often the platform is to sync it.
    Interval { source: String, interval: Option<SourceSyncInterval> },
    /// It is gone, and its rows with it.
    Removed { source: String },
    /// Rows were added.
    Added { source: String, at: String, rows: Vec<RowContent> },
    /// Rows have new names and texts.
    Changed { source: String, rows: Vec<RowContent> },
    /// Rows are gone.
    Deleted { source: String, rows: Vec<String> },
    /// A sync began, and when it will be over: nobody needs to live until then. In milliseconds since 1970.
    Sync { source: String, began: i64, ends: i64 },
}
