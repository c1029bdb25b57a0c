//! Repeating a call, where it is certain that the platform did not act on it.

use std::future::Future;
use std::time::Duration;

use super::random;
use crate::http::Retry;
use crate::platform::{CallError, Outcome};

/// Calls until it works, until the error is of a kind that must not be repeated, or until its policy gives up. Before each
/// wait `waits` is told how long and why, and may say no.
pub(super) async fn with_retries<T, F>(
    retry: &Retry,
    mut call: impl FnMut() -> F,
    mut waits: impl FnMut(u64, &CallError) -> bool,
) -> Result<T, CallError>
where
    F: Future<Output = Result<T, CallError>>,
{
    let mut attempt = 0;
    loop {
        attempt += 1;
        let error = match call().await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let Some(wait_ms) = next_wait_ms(retry, attempt, &error) else { return Err(error) };
        if !waits(wait_ms, &error) {
            return Err(error);
        }
        tokio::time::sleep(Duration::from_millis(wait_ms)).await;
    }
}

/// How long to wait before the next attempt, if one is safe and due.
pub(super) fn next_wait_ms(retry: &Retry, attempt: u32, error: &CallError) -> Option<u64> {
    #[cfg(feature = "planted")]
    if crate::domain::PlantedFault::ResendUnknown.is_planted() && error.outcome == Outcome::Unknown {
        return retry.wait_ms(attempt, None, random::fraction());
    }
    let retry_after_ms = match error.outcome {
        Outcome::NotSent => None,
        Outcome::Busy { retry_after_ms } | Outcome::Passing { retry_after_ms } => retry_after_ms,
        Outcome::Refused | Outcome::Unknown | Outcome::Accepted => return None,
    };
    retry.wait_ms(attempt, retry_after_ms, random::fraction())
}
