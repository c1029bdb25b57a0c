//! From the errors of the floors below to what a user is told.

use crate::domain::{Failure, Kind};
use crate::platform::{CallError, Outcome};
use crate::store::StoreError;

/// The store's error as a user sees it.
pub(super) fn store(error: &StoreError) -> Failure {
    error.failure()
}

/// The store's error where something was to go out, and didn't.
pub(super) fn before_sending(error: &StoreError) -> Failure {
    let failure = error.failure();
    let hint = match (error, &failure.hint) {
        (StoreError::Full(_), _) => "Nothing was sent. Make room on the disk and try again.".to_owned(),
        (_, Some(hint)) => format!("Nothing was sent. {hint}"),
        (_, None) => "Nothing was sent.".to_owned(),
    };
    failure.hint(hint)
}

/// The store's error where something has gone out: what it was, and that it was taken, stands first. Nothing in it
/// invites to send it again.
pub(super) fn after_sending(what: &str, error: &StoreError) -> Failure {
    let why = error.failure().message;
    let text = format!("{what}, and that could not be written down here: {why}");
    Failure::new(Kind::UnknownDelivery, text).hint("It is not to be sent again: the platform has it.")
}

/// A failure from before anything left this machine.
pub(super) fn not_sent(failure: Failure) -> CallError {
    CallError { outcome: Outcome::NotSent, failure }
}
