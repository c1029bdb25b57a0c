//! What the store's thread is asked, and how it is sent there. What comes in numbers has a command of its own, so that those
//! that wait together can be joined.

use std::sync::mpsc::Sender;

use super::arrival::{Filed, Prepared};
use super::database::Database;
use super::error::StoreError;
use super::pending::{Pending, ReplySender, pending};
use crate::domain::{Change, ChangeId, ChannelName, ConversationId, Timestamp};

/// Anything else: what is to be done with the database, and to whom its answer goes.
pub(super) type Work = Box<dyn FnOnce(&mut Result<Database, StoreError>) + Send>;

/// What the thread is asked.
pub(super) enum StoreCommand {
    Run(Work),
    Draft(Draft, ReplySender),
    Stage(Staging, ReplySender),
    Receive(Prepared, ReplySender<Filed>),
    Close(ReplySender),
}

/// One draft to write.
pub(super) struct Draft {
    pub(super) channel: ChannelName,
    pub(super) conversation: Option<ConversationId>,
    pub(super) text: String,
    pub(super) saved: Timestamp,
}

/// A word on one change, which a later one makes idle.
pub(super) enum Staging {
    /// It is this.
    Put(Box<Change>),
    /// It is no more.
    Forget(ChangeId),
}

impl Staging {
    pub(super) fn id(&self) -> &ChangeId {
        match self {
            Self::Put(change) => &change.id,
            Self::Forget(id) => id,
        }
    }
}

/// Sends work to the thread.
pub(super) fn ask<T: Send + 'static>(
    commands: &Sender<StoreCommand>,
    work: impl FnOnce(&mut Database) -> Result<T, StoreError> + Send + 'static,
) -> Pending<T> {
    let (reply, answer) = pending();
    let run = move |database: &mut Result<Database, StoreError>| {
        // The caller may have gone; the work is done all the same.
        let _ = reply.send(Database::attempt(database, work));
    };
    // A thread that is gone drops the command, and the answer is `Closed`.
    let _ = commands.send(StoreCommand::Run(Box::new(run)));
    answer
}

/// Sends a command that can be joined with others of its kind.
pub(super) fn send<T>(
    commands: &Sender<StoreCommand>,
    command: impl FnOnce(ReplySender<T>) -> StoreCommand,
) -> Pending<T> {
    let (reply, answer) = pending();
    let _ = commands.send(command(reply));
    answer
}
