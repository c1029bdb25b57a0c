//! What a call of the store gives back: the answer that is still to come.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use super::error::StoreError;

/// The answer to one call of the store. The call was made when this was; awaiting it only learns what came of it, and
/// dropping it takes nothing back.
///
/// # Errors
/// Any call can come to what the database and its disk come to: it could not be opened ([`StoreError::File`],
/// [`StoreError::Future`], [`StoreError::OldSqlite`]), others keep it ([`StoreError::Busy`]), it is full, read-only,
/// failing or damaged; and [`StoreError::Closed`] once the store is closed. [`StoreError::may_pass`] says whether to
/// ask again. What a call writes is written whole or not at all. What it can come to besides stands with it. That there
/// is nothing to answer is no error: that is an empty answer.
#[derive(Debug)]
#[must_use = "a call that is not awaited may have failed unseen"]
pub struct Pending<T>(oneshot::Receiver<Result<T, StoreError>>);

impl<T: Send> Pending<T> {
    /// Waits for it where nothing else can be done: not for a thread that draws, or that others wait for.
    ///
    /// # Errors
    /// What the call came to: see [`Pending`].
    pub fn wait(self) -> Result<T, StoreError> {
        // On a thread of its own, since that of an asynchronous runtime may not be blocked this way.
        let waiting = |answer: oneshot::Receiver<_>| answer.blocking_recv().unwrap_or(Err(StoreError::Closed));
        std::thread::scope(|scope| scope.spawn(move || waiting(self.0)).join().unwrap_or(Err(StoreError::Closed)))
    }
}

impl<T> Future for Pending<T> {
    type Output = Result<T, StoreError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map(|answer| answer.unwrap_or(Err(StoreError::Closed)))
    }
}

/// Where an answer goes.
pub(super) type ReplySender<T = ()> = oneshot::Sender<Result<T, StoreError>>;

/// An answer that is still to come, and where it goes.
pub(super) fn pending<T>() -> (ReplySender<T>, Pending<T>) {
    let (reply, answer) = oneshot::channel();
    (reply, Pending(answer))
}
