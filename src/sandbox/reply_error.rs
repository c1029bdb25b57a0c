//! Why nothing is said in answer to a message, or no more of it.

use super::actor::Stopping;
use super::source_store::SourceStoreError;

/// Why nothing is said in answer to a message, or no more of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub(super) struct ReplyError {
    /// What is wrong, in one sentence.
    pub(super) reason: String,
    /// Whether the upstream says "not now" (429).
    pub(super) busy: bool,
    /// After how many seconds it may be asked again, where it says so.
    pub(super) after: Option<u64>,
}

impl ReplyError {
    /// The upstream failed so.
    pub(super) fn from_upstream(reason: impl std::fmt::Display) -> Self {
        Self::new(format!("upstream: {reason}"))
    }

    fn new(reason: String) -> Self {
        Self { reason, busy: false, after: None }
    }
}

impl From<Stopping> for ReplyError {
    fn from(error: Stopping) -> Self {
        Self::new(error.to_string())
    }
}

impl From<SourceStoreError> for ReplyError {
    fn from(error: SourceStoreError) -> Self {
        Self::new(error.to_string())
    }
}
