//! The store's own thread: takes commands in order, one at a time, and answers each. Knows no query but how drafts, staged
//! changes and arrivals that wait together are joined.

use std::collections::VecDeque;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use super::changes::{self, Staging};
pub(super) use super::database::Database;
use super::database::Tell;
use super::drafts::{self, Draft};
use super::error::StoreError;
use super::filing::{Done, Prepared};
use super::inbox::Filed;
use super::rest::Rest;

/// The answer to one call of the store. The call was made when this was; awaiting it only learns what came of it, and
/// dropping it takes nothing back.
#[derive(Debug)]
#[must_use = "a call that is not awaited may have failed unseen"]
pub struct Answer<T>(oneshot::Receiver<Result<T, StoreError>>);

impl<T: Send> Answer<T> {
    /// Waits for it where nothing else can be done: not for a thread that draws, or that others wait for.
    pub fn wait(self) -> Result<T, StoreError> {
        // On a thread of its own, since that of an asynchronous runtime may not be blocked this way.
        let waiting = |answer: oneshot::Receiver<_>| answer.blocking_recv().unwrap_or(Err(StoreError::Closed));
        std::thread::scope(|scope| scope.spawn(move || waiting(self.0)).join().unwrap_or(Err(StoreError::Closed)))
    }
}

impl<T> Future for Answer<T> {
    type Output = Result<T, StoreError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map(|answer| answer.unwrap_or(Err(StoreError::Closed)))
    }
}

/// So many arrivals at most are one commit.
const BATCH: usize = 256;

type Work = Box<dyn FnOnce(&mut Result<Database, StoreError>) + Send>;
/// Where an answer goes.
pub(super) type Reply<T = ()> = oneshot::Sender<Result<T, StoreError>>;

/// What the thread is asked.
pub(super) enum Command {
    Run(Work),
    Draft(Draft, Reply),
    Stage(Staging, Reply),
    Receive(Prepared, Reply<Filed>),
    Close(Reply),
}

/// Sends work to the thread.
pub(super) fn ask<T: Send + 'static>(
    commands: &Sender<Command>,
    work: impl FnOnce(&mut Database) -> Result<T, StoreError> + Send + 'static,
) -> Answer<T> {
    let (reply, answer) = oneshot::channel();
    let run = move |database: &mut Result<Database, StoreError>| {
        // The caller may have gone; the work is done all the same.
        let _ = reply.send(attempt(database, work));
    };
    // A thread that is gone drops the command, and the answer is `Closed`.
    let _ = commands.send(Command::Run(Box::new(run)));
    Answer(answer)
}

/// Sends a command that can be joined with others of its kind.
pub(super) fn tell<T>(commands: &Sender<Command>, command: impl FnOnce(Reply<T>) -> Command) -> Answer<T> {
    let (reply, answer) = oneshot::channel();
    let _ = commands.send(command(reply));
    Answer(answer)
}

fn attempt<T>(
    database: &mut Result<Database, StoreError>,
    work: impl FnOnce(&mut Database) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let database = database.as_mut().map_err(|error| error.clone())?;
    database.begin();
    let outcome = database.stand().and_then(|()| work(database));
    if let Err(StoreError::Damaged(error)) = &outcome {
        database.damaged(error);
    }
    database.settle();
    outcome
}

/// The thread itself: until it is told to close, or nobody is left to tell it anything.
pub(super) fn run(
    dir: &Path,
    schema: &'static [&'static str],
    tell: Tell,
    rest: &Arc<Rest>,
    commands: &Receiver<Command>,
) {
    Rest::watch(rest, dir);
    let mut database = Database::open(dir, schema, tell, Arc::clone(rest));
    let mut waiting = VecDeque::new();
    let mut closing = None;
    while closing.is_none() {
        if waiting.is_empty() {
            let Ok(command) = commands.recv() else { break };
            waiting.push_back(command);
        }
        waiting.extend(commands.try_iter());
        match waiting.pop_front() {
            Some(Command::Run(work)) => work(&mut database),
            Some(Command::Draft(draft, reply)) => {
                let (mut drafts, mut replies) = (vec![draft], vec![reply]);
                while let Some(Command::Draft(..)) = waiting.front() {
                    if let Some(Command::Draft(draft, reply)) = waiting.pop_front() {
                        drafts.push(draft);
                        replies.push(reply);
                    }
                }
                let outcome = attempt(&mut database, |database| drafts::write(database, drafts));
                for reply in replies {
                    let _ = reply.send(outcome.clone());
                }
            }
            Some(Command::Stage(first, reply)) => {
                let (mut staged, mut replies) = (vec![first], vec![reply]);
                while let Some(Command::Stage(..)) = waiting.front() {
                    if let Some(Command::Stage(next, reply)) = waiting.pop_front() {
                        staged.push(next);
                        replies.push(reply);
                    }
                }
                stage(&mut database, staged, replies);
            }
            Some(Command::Receive(first, reply)) => {
                let (mut batch, mut replies) = (vec![first], vec![reply]);
                while batch.len() < BATCH
                    && let Some(Command::Receive(..)) = waiting.front()
                {
                    if let Some(Command::Receive(next, reply)) = waiting.pop_front() {
                        batch.push(next);
                        replies.push(reply);
                    }
                }
                receive(&mut database, batch, replies);
            }
            Some(Command::Close(reply)) => closing = Some(reply),
            None => {}
        }
    }
    let outcome = database.map(Database::close);
    // Also where it could not be opened.
    rest.close();
    if let Some(reply) = closing {
        let _ = reply.send(outcome);
    }
}

/// Keeps and forgets the changes that waited together, in one commit. Each is told by itself whether somebody has it in hand.
fn stage(database: &mut Result<Database, StoreError>, staged: Vec<Staging>, replies: Vec<Reply>) {
    let ids: Vec<_> = staged.iter().map(|word| word.id().clone()).collect();
    let outcome = attempt(database, |database| changes::stage(database, staged));
    for (reply, id) in replies.into_iter().zip(ids) {
        let _ = reply.send(match &outcome {
            Ok(refused) if refused.contains(&id) => Err(StoreError::ChangeInHand(id)),
            Ok(_) => Ok(()),
            Err(error) => Err(error.clone()),
        });
    }
}

/// Files what waited together, in one commit: all of it, or each is told why not.
fn receive(database: &mut Result<Database, StoreError>, batch: Vec<Prepared>, replies: Vec<Reply<Filed>>) {
    match attempt(database, |database| database.file(&batch)) {
        Ok(done) => {
            // The oldest last: who waits for it finds all others answered, and is woken once.
            for (reply, (done, prepared)) in replies.into_iter().zip(done.into_iter().zip(batch)).rev() {
                let Done { id, verdict, request, known } = done;
                let _ = reply.send(Ok(Filed { id, verdict, request, known, arrival: prepared.arrival }));
            }
        }
        Err(error) => {
            for reply in replies {
                let _ = reply.send(Err(error.clone()));
            }
        }
    }
}
