//! One step of a message's way: those that wait together share a commit, and each has an answer of its own.

use super::engine::Transaction;
use super::error::StoreError;
use super::instances::Instances;
use super::pending::{Pending, ReplySender, pending};

/// A step of one message's way, which shares its commit with others that wait.
pub(super) trait MessageStep: Send {
    /// Writes it, by this instance's id. What an error leaves behind is taken back by the caller.
    fn write(&mut self, tx: &Transaction<'_>, instances: &Instances, me: &str) -> Result<(), StoreError>;

    /// Tells what came of it, once the commit is on the disk or failed: then nothing is written.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

/// What a step does, and to whom its answer goes.
struct AskedStep<T, W> {
    work: Option<W>,
    outcome: Option<Result<T, StoreError>>,
    reply: ReplySender<T>,
}

impl<T, W> MessageStep for AskedStep<T, W>
where
    T: Send,
    W: FnOnce(&Transaction<'_>, &Instances, &str) -> Result<T, StoreError> + Send,
{
    fn write(&mut self, tx: &Transaction<'_>, instances: &Instances, me: &str) -> Result<(), StoreError> {
        let Some(work) = self.work.take() else { return Ok(()) };
        let outcome = work(tx, instances, me);
        let written = outcome.as_ref().map(|_| ()).map_err(Clone::clone);
        self.outcome = Some(outcome);
        written
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let outcome = match (self.outcome, committed) {
            // Its own refusal says more than that of the commit.
            (Some(Err(own)), _) => Err(own),
            (_, Err(error)) => Err(error),
            (Some(outcome), Ok(())) => outcome,
            (None, Ok(())) => Err(StoreError::Closed),
        };
        let _ = self.reply.send(outcome);
    }
}

/// A step, and the answer to it that is still to come.
pub(super) fn message_step<T: Send + 'static>(
    work: impl FnOnce(&Transaction<'_>, &Instances, &str) -> Result<T, StoreError> + Send + 'static,
) -> (Box<dyn MessageStep>, Pending<T>) {
    let (reply, answer) = pending();
    (Box::new(AskedStep { work: Some(work), outcome: None, reply }), answer)
}
