//! The store's own thread: takes commands in order, one at a time, and answers each. Knows no query but how drafts, staged
//! changes and arrivals that wait together are joined.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use super::activity::Activity;
use super::arrival::{Filed, Prepared};
use super::command::{Command, Staging};
use super::database::{Database, Notifier};
use super::error::StoreError;
use super::ingest::{self, Ingested};
use super::pending::ReplySender;
use super::{changes, drafts};

/// So many arrivals at most are one commit.
const BATCH: usize = 256;

/// The thread itself: until it is told to close, or nobody is left to tell it anything.
pub(super) fn run(
    dir: &Path,
    schema: &'static [&'static str],
    notify: Notifier,
    activity: &Arc<Activity>,
    commands: &Receiver<Command>,
) {
    Activity::watch(activity, dir);
    let mut database = Database::open(dir, schema, notify, Arc::clone(activity));
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
                let outcome = Database::attempt(&mut database, |database| drafts::write(database, drafts));
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
    activity.close();
    if let Some(reply) = closing {
        let _ = reply.send(outcome);
    }
}

/// Keeps and forgets the changes that waited together, in one commit. Each is told by itself whether somebody has it in hand.
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
    match Database::attempt(database, |database| ingest::write(database, &batch)) {
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
