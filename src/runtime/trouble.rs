//! From the errors of the floors below to what a user is told.

use crate::domain::{Failure, Kind};
use crate::platform::{CallError, Outcome};
use crate::store::StoreError;

/// The store's error as a user sees it.
pub(super) fn store(error: &StoreError) -> Failure {
    Failure::new(Kind::Failed, format!("The store can't be used: {error}"))
        .hint("Nothing was sent. Check the disk and the rights of the data directory, or name another with --data-dir.")
}

/// A failure from before anything left this machine.
pub(super) fn not_sent(failure: Failure) -> CallError {
    CallError { outcome: Outcome::NotSent, failure }
}
