//! The store's own thread: takes commands in order, one at a time, and answers each. Knows no query but how drafts, staged
//! changes and arrivals that wait together are joined.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use super::activity::Activity;
use super::arrival::{Filed, Prepared};
use super::command::{Staging, StoreCommand};
use super::database::{Database, Notifier};
use super::error::StoreError;
use super::ingest::Ingested;
use super::pending::ReplySender;
use super::{changes, drafts, intake};

/// So many arrivals at most are one commit.
const BATCH: usize = 256;

/// The thread itself: until it is told to close, or nobody is left to tell it anything.
pub(super) fn run(
    dir: &Path,
    schema: &'static [&'static str],
    notify: Notifier,
    activity: &Arc<Activity>,
    commands: &Receiver<StoreCommand>,
) {
    Activity::watch(activity, dir);
    let mut database = Database::open(dir, schema, notify, Arc::clone(activity));
    let mut waiting = VecDeque::new();
    let mut closing = None;
    while closing.is_none() {
        if waiting.is_empty() {
            match commands.recv() {
                Ok(command) => waiting.push_back(command),
                Err(_) => break,
            }
        }
        waiting.extend(commands.try_iter());
        match waiting.pop_front() {
            Some(StoreCommand::Run(work)) => work(&mut database),
            Some(StoreCommand::Draft(draft, reply)) => {
                let (drafts, replies) = join(&mut waiting, (draft, reply), usize::MAX, |command| match command {
                    StoreCommand::Draft(draft, reply) => Ok((draft, reply)),
                    other => Err(other),
                });
                let outcome = Database::attempt(&mut database, |database| drafts::write(database, drafts));
                for reply in replies {
                    let _ = reply.send(outcome.clone());
                }
            }
            Some(StoreCommand::Stage(staging, reply)) => {
                let (staged, replies) = join(&mut waiting, (staging, reply), usize::MAX, |command| match command {
                    StoreCommand::Stage(staging, reply) => Ok((staging, reply)),
                    other => Err(other),
                });
                stage(&mut database, staged, replies);
            }
            Some(StoreCommand::Receive(arrival, reply)) => {
                let (batch, replies) = join(&mut waiting, (arrival, reply), BATCH, |command| match command {
                    StoreCommand::Receive(arrival, reply) => Ok((arrival, reply)),
                    other => Err(other),
                });
                receive(&mut database, batch, replies);
            }
            Some(StoreCommand::Close(reply)) => closing = Some(reply),
            None => {}
        }
    }
    let outcome = database.map(Database::close);
    // Also where it could not be opened.
    activity.close();
    if let Some(reply) = closing {
        let _ = reply.send(outcome);
    }
}

/// A command and those of its kind that follow it at once, at most so many in all: what they bring, and where their answers
/// go.
fn join<T, R>(
    waiting: &mut VecDeque<StoreCommand>,
    (first, reply): (T, R),
    most: usize,
    same_kind: impl Fn(StoreCommand) -> Result<(T, R), StoreCommand>,
) -> (Vec<T>, Vec<R>) {
    let (mut joined, mut replies) = (vec![first], vec![reply]);
    while joined.len() < most
        && let Some(next) = waiting.pop_front()
    {
        match same_kind(next) {
            Ok((next, reply)) => {
                joined.push(next);
                replies.push(reply);
            }
            Err(other) => {
                waiting.push_front(other);
                break;
            }
        }
    }
    (joined, replies)
}

/// Keeps and forgets the changes that waited together, in one commit. Each is told by itself whether somebody has it in
/// hand.
fn stage(database: &mut Result<Database, StoreError>, staged: Vec<Staging>, replies: Vec<ReplySender>) {
    let ids: Vec<_> = staged.iter().map(|word| word.id().clone()).collect();
    let outcome = Database::attempt(database, |database| changes::stage(database, staged));
    for (reply, id) in replies.into_iter().zip(ids) {
        let _ = reply.send(match &outcome {
            Ok(refused) if refused.contains(&id) => Err(StoreError::ChangeInHand(id)),
            Ok(_) => Ok(()),
            Err(error) => Err(error.clone()),
        });
    }
}

/// Files what waited together, in one commit: all of it, or each is told why not.
fn receive(database: &mut Result<Database, StoreError>, batch: Vec<Prepared>, replies: Vec<ReplySender<Filed>>) {
    match Database::attempt(database, |database| intake::write(database, &batch)) {
        Ok(done) => {
            // The oldest last: who waits for it finds all others answered, and is woken once.
            for (reply, (done, prepared)) in replies.into_iter().zip(done.into_iter().zip(batch)).rev() {
                let Ingested { id, verdict, request, known } = done;
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
