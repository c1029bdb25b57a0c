//! Writing down what became of something that went out. It can't be made undone, so it is tried until it is written:
//! a disk that is full or fails for a moment is no reason to forget what a platform took.

use std::time::Duration;

use crate::store::StoreError;

/// How long is waited between attempts.
#[derive(Debug, Clone, Copy)]
struct Waits {
    /// While somebody waits for the answer, in milliseconds.
    soon: [u64; 4],
    /// When nobody does any more.
    later: Duration,
}

const WAITS: Waits = Waits { soon: [20, 100, 400, 1_500], later: Duration::from_secs(5) };

/// Makes a call to the store, several times where it fails for a reason that may pass. Gives the last answer. Where
/// that is such a failure too, the attempts go on beside the program, for as long as it runs.
pub(super) async fn until_written<T, F, C>(call: C) -> Result<T, StoreError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, StoreError>> + Send + 'static,
    C: Fn() -> F + Send + 'static,
{
    with(WAITS, call).await
}

async fn with<T, F, C>(waits: Waits, call: C) -> Result<T, StoreError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, StoreError>> + Send + 'static,
    C: Fn() -> F + Send + 'static,
{
    for wait in waits.soon {
        match call().await {
            Err(error) if error.may_pass() => {
                tracing::warn!(%error, "what became of it could not be written down; it is tried again");
                tokio::time::sleep(Duration::from_millis(wait)).await;
            }
            answer => return answer,
        }
    }
    let answer = call().await;
    if answer.as_ref().is_err_and(StoreError::may_pass) {
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(waits.later).await;
                if !call().await.is_err_and(|error| error.may_pass()) {
                    break;
                }
            }
        });
    }
    answer
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::domain::TurnId;

    fn full() -> StoreError {
        StoreError::File { path: "store".into(), source: Arc::new(std::io::ErrorKind::StorageFull.into()) }
    }

    const QUICK: Waits = Waits { soon: [0; 4], later: Duration::from_millis(1) };
    const SOON: usize = QUICK.soon.len();

    /// Fails so often; gives the answer and the attempts so far.
    async fn after(failures: usize, error: fn() -> StoreError) -> (Result<(), StoreError>, Arc<AtomicUsize>) {
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let call = move || {
            let nth = counted.fetch_add(1, Ordering::SeqCst);
            async move { if nth < failures { Err(error()) } else { Ok(()) } }
        };
        (with(QUICK, call).await, calls)
    }

    #[tokio::test]
    async fn what_fails_for_a_moment_is_written_all_the_same() {
        for failures in 0..=SOON {
            let (answer, calls) = after(failures, full).await;
            assert!(answer.is_ok(), "{failures}");
            assert_eq!(calls.load(Ordering::SeqCst), failures + 1);
        }
    }

    #[tokio::test]
    async fn what_fails_for_longer_is_told_and_goes_on_until_it_is_written() {
        let (answer, calls) = after(SOON + 4, full).await;
        assert!(matches!(answer, Err(StoreError::File { .. })));
        // The attempts hold the count as long as they go on.
        while Arc::strong_count(&calls) > 1 {
            tokio::time::sleep(QUICK.later).await;
        }
        assert_eq!(calls.load(Ordering::SeqCst), SOON + 5, "until it was written, and no longer");
    }

    #[tokio::test]
    async fn what_can_never_succeed_is_tried_once() {
        let (answer, calls) = after(9, || StoreError::UnknownTurn(TurnId::new("t"))).await;
        assert!(answer.is_err());
        assert_eq!(calls.load(Ordering::SeqCst), 1);
    }
}
