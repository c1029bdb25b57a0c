//! How fast a source is changed: what waits when the platform says "not now", and what ends it early.
//!
//! Calls run side by side; one that is told to wait holds all of them back. Knows no call.

use std::future::Future;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::domain::{Applied, Failure, Kind};
use crate::http::Retry;
use crate::platform::{CallError, Outcome};
use crate::runtime::retry;

/// After so many changing calls in a row that nobody answered no more are made: each took a time-out's time.
const UNANSWERED: u32 = 3;

/// What all calls of one apply share.
pub(super) struct RateLimit {
    /// How it is repeated what the platform says not now to, and what did not reach it: the latter is given up sooner.
    busy: Retry,
    away: Retry,
    cancelled: watch::Receiver<bool>,
    /// No call is begun before that.
    due: Mutex<Option<Instant>>,
    /// Why no more is begun.
    stopped: Mutex<Option<Failure>>,
    unanswered: AtomicU32,
    /// How many calls worked.
    worked: AtomicU32,
}

impl RateLimit {
    pub(super) fn new(busy: Retry, away: Retry, cancelled: watch::Receiver<bool>) -> Self {
        Self {
            busy,
            away,
            cancelled,
            due: Mutex::new(None),
            stopped: Mutex::new(None),
            unanswered: AtomicU32::new(0),
            worked: AtomicU32::new(0),
        }
    }

    /// What is to be told of all that has not begun, if nothing more is to begin.
    pub(super) fn standing(&self) -> Option<Applied> {
        if *self.cancelled.borrow() {
            return Some(Applied::Cancelled);
        }
        self.stopped.lock().ok()?.clone().map(Applied::Refused)
    }

    /// Begins no more, for that reason.
    pub(super) fn stop(&self, why: &Failure) {
        if let Ok(mut stopped) = self.stopped.lock() {
            stopped.get_or_insert_with(|| why.clone());
        }
    }

    /// Notes a changing call that worked. That reading works says nothing of the others.
    pub(super) fn answered(&self) {
        self.unanswered.store(0, Ordering::Relaxed);
    }

    /// Notes a changing call that nobody answered.
    pub(super) fn unanswered(&self, why: &Failure) {
        if self.unanswered.fetch_add(1, Ordering::Relaxed) + 1 >= UNANSWERED {
            self.stop(why);
        }
    }

    /// What is to be told of a change whose call provably did nothing; stops all where the next call would fare the
    /// same.
    pub(super) fn verdict(&self, error: &CallError) -> Applied {
        if error.failure.kind == Kind::Interrupted {
            return Applied::Cancelled;
        }
        if is_final(error) {
            self.stop(&error.failure);
        }
        Applied::Refused(error.failure.clone())
    }

    /// Calls until it works, until the error must not be repeated, or until its policy gives up; a wait ends when it is
    /// cancelled. While others are let through, "not now" is no attempt: of many calls that come back
    /// together one may be the last every time.
    pub(super) async fn call<T, F>(&self, call: impl Fn() -> F) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, CallError>>,
    {
        let mut attempt = 0;
        let mut worked = self.worked.load(Ordering::Relaxed);
        loop {
            while let Some(due) = self.due() {
                self.wait(due).await?;
            }
            attempt += 1;
            let error = match call().await {
                Ok(answer) => {
                    self.worked.fetch_add(1, Ordering::Relaxed);
                    return Ok(answer);
                }
                Err(error) => error,
            };
            let busy = matches!(error.outcome, Outcome::Busy { .. });
            let now = self.worked.load(Ordering::Relaxed);
            if busy && now != worked {
                (worked, attempt) = (now, 1);
            }
            let retry = if busy { self.busy } else { self.away };
            let Some(wait_ms) = retry::next_wait_ms(&retry, attempt, &error) else { return Err(error) };
            let due = Instant::now() + Duration::from_millis(wait_ms);
            if busy && let Ok(mut all) = self.due.lock() {
                *all = Some(all.map_or(due, |other| other.max(due)));
            }
            self.wait(due).await?;
        }
    }

    /// Until when all calls wait, if that is still to come.
    fn due(&self) -> Option<Instant> {
        self.due.lock().ok()?.filter(|due| *due > Instant::now())
    }

    async fn wait(&self, due: Instant) -> Result<(), CallError> {
        let mut cancelled = self.cancelled.clone();
        let cancel = async {
            if cancelled.wait_for(|cancelled| *cancelled).await.is_err() {
                // Nobody is left who could cancel it.
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = tokio::time::sleep_until(due) => Ok(()),
            () = cancel => {
                let failure = Failure::new(Kind::Interrupted, "It was cancelled.");
                Err(CallError { outcome: Outcome::NotSent, failure })
            }
        }
    }
}

/// Whether the next call would fare the same, whatever it is for.
pub(super) fn is_final(error: &CallError) -> bool {
    matches!(error.outcome, Outcome::NotSent | Outcome::Busy { .. })
        || matches!(error.failure.kind, Kind::Unauthorized | Kind::Config)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEW: Retry = Retry { tries: 3, base_ms: 1, cap_ms: 1, longest_wait_ms: 1 };

    fn rate_limit() -> RateLimit {
        RateLimit::new(FEW, FEW, watch::channel(false).1)
    }

    fn busy() -> CallError {
        let failure = Failure::new(Kind::RateLimited, "not now");
        CallError { outcome: Outcome::Busy { retry_after_ms: None }, failure }
    }

    #[tokio::test]
    async fn one_that_others_overtake_goes_on_and_where_nobody_is_let_through_it_ends() {
        let rate_limit = rate_limit();
        let tried = AtomicU32::new(0);
        let overtaken = rate_limit.call(|| async {
            if tried.fetch_add(1, Ordering::Relaxed) == 20 {
                return Ok(());
            }
            rate_limit.call(|| std::future::ready(Ok(()))).await?;
            Err(busy())
        });
        assert!(overtaken.await.is_ok());
        tried.store(0, Ordering::Relaxed);
        let alone = rate_limit.call(|| async {
            tried.fetch_add(1, Ordering::Relaxed);
            Err::<(), _>(busy())
        });
        assert!(alone.await.is_err());
        assert_eq!(tried.load(Ordering::Relaxed), FEW.tries);
    }
}
