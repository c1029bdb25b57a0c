//! An actor: one task that owns a state, and the handle by which other tasks have something done with it.
//!
//! Owns the mailbox alone. What is done is a closure of the caller's; the states know nothing of tasks, so that they can
//! be tested without any.

use tokio::sync::{mpsc, oneshot};

type ActorJob<S> = Box<dyn FnOnce(&mut S) + Send>;

/// The handle of an actor's task. Cloning is cheap; the task ends with its last handle.
pub(super) struct Actor<S>(mpsc::UnboundedSender<ActorJob<S>>);

impl<S> Clone for Actor<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// The actor's task has ended, because the sandbox is stopping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sandbox is stopping")]
pub(super) struct Stopping;

impl<S: Send + 'static> Actor<S> {
    /// Starts a task that owns the state, on the current runtime.
    pub(super) fn spawn(mut state: S) -> Self {
        let (jobs, mut mailbox) = mpsc::unbounded_channel::<ActorJob<S>>();
        tokio::spawn(async move {
            while let Some(job) = mailbox.recv().await {
                job(&mut state);
            }
        });
        Self(jobs)
    }

    /// Has something done in its turn and gives its result. It is done even if the caller stops waiting.
    ///
    /// # Errors
    /// [`Stopping`], where the task has ended.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut S) -> T + Send + 'static,
    ) -> Result<T, Stopping> {
        let (reply, result) = oneshot::channel();
        // Who asked may have gone; what was done stands all the same.
        self.tell(|state| drop(reply.send(job(state))));
        result.await.map_err(|_| Stopping)
    }

    /// Has something done in its turn that nobody waits for; it isn't where the task has ended.
    pub(super) fn tell(&self, job: impl FnOnce(&mut S) + Send + 'static) {
        let _ = self.0.send(Box::new(job));
    }
}
