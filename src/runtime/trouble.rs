//! From the errors of the floors below to what a user is told.

use crate::domain::Failure;
use crate::platform::{CallError, Outcome};
use crate::store::StoreError;

/// The store's error as a user sees it.
pub(super) fn store(error: &StoreError) -> Failure {
    error.failure()
}

/// A failure from before anything left this machine.
pub(super) fn not_sent(failure: Failure) -> CallError {
    CallError { outcome: Outcome::NotSent, failure }
}
