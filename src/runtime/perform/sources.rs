//! Performing what the Sources view asks for.
//!
//! Owns what is under way for it: the lists that are being read, of which a newer one ends the older, and what is being
//! applied, which can be cancelled. What the store is asked, it is asked at once and in the order of the effects; what
//! becomes of it is told later.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, JoinHandle};

use crate::app::{ChannelEvent, SourcesEffect, SourcesEvent, SyncStep};
use crate::domain::{
    Applied, Change, ChangeId, ChangeState, ChannelName, Failure, Kind, Page, PageRequest, Source, SourceId,
    SyncState,
};
use crate::runtime::channel_sender::ChannelSender;
use crate::runtime::operations::apply::{self, Twins};
use crate::runtime::operations::{history, sources, sync};
use crate::runtime::pages::{Following, Listed as Item};
use crate::runtime::{Runtime, durable_write, error_map};
use crate::store::{Pending, StoreError};

/// How many entries of the undo journal are shown: as many as the store keeps. Any of them can be put back.
const JOURNAL: usize = 10_000;

/// What is under way for the Sources view.
#[derive(Default)]
pub(super) struct Sources {
    /// What is being applied, each with its stop.
    applying: HashMap<(ChannelName, SourceId), watch::Sender<bool>>,
    /// The newest list of each channel's sources and rows that is being read.
    listing: HashMap<(ChannelName, Listed), AbortHandle>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Listed {
    Sources,
    Rows,
}

impl Sources {
    /// Starts what the effect asks for. Answers the task, where the program should wait for its end.
    pub(super) fn perform(
        &mut self,
        runtime: Runtime,
        sender: ChannelSender,
        channel: ChannelName,
        effect: SourcesEffect,
    ) -> Option<JoinHandle<()>> {
        let store = runtime.store();
        let task = match effect {
            SourcesEffect::List { ticket } => {
                let task = tokio::spawn(list(runtime, sender, ticket));
                self.replace(channel, Listed::Sources, &task);
                task
            }
            SourcesEffect::Rows { ticket, source } => {
                let task = tokio::spawn(rows(runtime, sender, ticket, source));
                self.replace(channel, Listed::Rows, &task);
                task
            }
            SourcesEffect::Changes => {
                // What a dead process was applying is unknown, and told as such.
                let (recovered, changes) = (store.recover(), store.changes(&channel));
                tokio::spawn(async move {
                    if let Err(error) = recovered.await {
                        tracing::error!(%error, "what other processes left could not be recovered");
                    }
                    tell(&sender, changes, SourcesEvent::Changes).await;
                })
            }
            SourcesEffect::Stage(change) => {
                // Not waited for at the end: the store closes when all that it was asked is done.
                let kept = store.stage(&change);
                tokio::spawn(async move {
                    if let Err(error) = kept.await {
                        say(&sender, SourcesEvent::Unkept(change.id, error_map::store(&error))).await;
                    }
                });
                return None;
            }
            SourcesEffect::Unstage(change) => {
                let forgotten = store.unstage(&change);
                tokio::spawn(async move {
                    if let Err(error) = forgotten.await {
                        say(&sender, SourcesEvent::Failed(error_map::store(&error))).await;
                    }
                });
                return None;
            }
            SourcesEffect::Apply { source, changes } => {
                let claimed = store.claim_changes(&changes);
                let cancelled = self.cancellable(channel, &source);
                tokio::spawn(async move { apply_all(&runtime, &sender, &source, claimed, cancelled).await })
            }
            SourcesEffect::Cancel(source) => {
                if let Some(stop) = self.applying.get(&(channel, source)) {
                    stop.send_replace(true);
                }
                return None;
            }
            SourcesEffect::Journal(source) => {
                let journal = store.journal_of(&channel, &source, JOURNAL);
                tokio::spawn(async move {
                    tell(&sender, journal, |entries| SourcesEvent::Journal(source, entries)).await;
                })
            }
            // The terminal is lent to an editor for this: the floor above does it.
            SourcesEffect::Edit { .. } => return None,
            effect => tokio::spawn(async move {
                if let Some(event) = call(&runtime, &sender, effect).await {
                    say(&sender, event).await;
                }
            }),
        };
        Some(task)
    }

    /// Begins no more of anything that is being applied.
    pub(super) fn stop_all(&mut self) {
        for (_, stop) in self.applying.drain() {
            stop.send_replace(true);
        }
    }

    /// The list that is read from now on; the one before it is of no use any more.
    fn replace(&mut self, channel: ChannelName, listed: Listed, task: &JoinHandle<()>) {
        if let Some(older) = self.listing.insert((channel, listed), task.abort_handle()) {
            older.abort();
        }
    }

    /// Tells when applying in that source is to stop. Whatever is under way in it already stops with it.
    fn cancellable(&mut self, channel: ChannelName, source: &SourceId) -> watch::Receiver<bool> {
        self.applying.retain(|_, stop| !stop.is_closed());
        let stop = self.applying.entry((channel, source.clone())).or_insert_with(|| watch::Sender::new(false));
        if *stop.borrow() {
            *stop = watch::Sender::new(false);
        }
        stop.subscribe()
    }
}

async fn say(sender: &ChannelSender, event: SourcesEvent) {
    sender.send(ChannelEvent::Sources(event)).await;
}

/// Says what the store answered, or that it failed.
async fn tell<T>(sender: &ChannelSender, answer: Pending<T>, event: impl FnOnce(T) -> SourcesEvent) {
    let event = match answer.await {
        Ok(answer) => event(answer),
        Err(error) => SourcesEvent::Failed(error_map::store(&error)),
    };
    say(sender, event).await;
}

/// What takes one call or a few, and what came of it.
async fn call(runtime: &Runtime, sender: &ChannelSender, effect: SourcesEffect) -> Option<SourcesEvent> {
    Some(match effect {
        SourcesEffect::Row(source, row) => {
            let read = sources::row(runtime, &source, &row).await;
            SourcesEvent::Row(source, row, read)
        }
        SourcesEffect::Undo(n) => {
            let applied = apply::undo(runtime, n).await;
            SourcesEvent::Undone(n, applied)
        }
        SourcesEffect::Create => SourcesEvent::Created(sources::create(runtime).await),
        SourcesEffect::Delete(source) => {
            let deleted = sources::delete(runtime, &source).await;
            SourcesEvent::Deleted(source, deleted)
        }
        SourcesEffect::Interval(source, interval) => {
            let set = sources::set_interval(runtime, &source, interval.as_ref()).await;
            SourcesEvent::Interval(source, set)
        }
        SourcesEffect::Sync(source) => {
            let ended = follow(runtime, sender, &source).await;
            SourcesEvent::Sync(source, ended)
        }
        _ => return None,
    })
}

/// Begins a sync and tells how it goes; answers how it ended.
async fn follow(runtime: &Runtime, sender: &ChannelSender, source: &SourceId) -> SyncStep {
    say(sender, SourcesEvent::Sync(source.clone(), SyncStep::Asking)).await;
    let mut last = None;
    let on = |now: &Source| {
        if now.state == SyncState::Syncing {
            // Only a word on what is going on: where there is no room for it, it is left out.
            let step = SyncStep::Running(now.clone());
            sender.try_send(ChannelEvent::Sources(SourcesEvent::Sync(source.clone(), step)));
        }
        last = Some(now.clone());
    };
    match sync::to_the_end(runtime, source, on).await {
        Ok(ended) => SyncStep::Ended(ended),
        Err(failure) => match last {
            // It ended, and the source says how.
            Some(ended) if ended.state == SyncState::SyncError && failure.kind == Kind::Failed => {
                SyncStep::Ended(ended)
            }
            _ => SyncStep::Failed(failure),
        },
    }
}

async fn list(runtime: Runtime, sender: ChannelSender, ticket: u64) {
    let page = |page| {
        let runtime = runtime.clone();
        async move { sources::list(&runtime, &page).await }.boxed()
    };
    let event = |page, done| SourcesEvent::List { ticket, page, done };
    pages(&sender, page, "the list of data sources", event).await;
}

async fn rows(runtime: Runtime, sender: ChannelSender, ticket: u64, source: SourceId) {
    let page = |page| {
        let (runtime, source) = (runtime.clone(), source.clone());
        async move { sources::rows(&runtime, &source, &page).await }.boxed()
    };
    let event = |page, done| SourcesEvent::Rows { ticket, page, done };
    pages(&sender, page, "the list of rows", event).await;
}

/// Reads a list to its end and tells of every page as it comes. One that isn't whole fails behind what came.
async fn pages<T: Item>(
    sender: &ChannelSender,
    read: impl Fn(PageRequest) -> BoxFuture<'static, Result<Page<T>, Failure>>,
    what: &str,
    event: impl Fn(Result<Page<T>, Failure>, bool) -> SourcesEvent,
) {
    let mut following = Following::new(PageRequest { limit: history::PAGE, cursor: None });
    loop {
        let page = match read(following.next().clone()).await {
            Ok(page) => page,
            Err(failure) => return say(sender, event(Err(failure), true)).await,
        };
        let told =
            Page { items: Vec::new(), damage: page.damage.clone(), next: page.next.clone(), total: page.total };
        let (fresh, more) = following.take(page);
        if more {
            say(sender, event(Ok(Page { items: fresh, ..told }), false)).await;
            continue;
        }
        let short = following.end(what).short;
        say(sender, event(Ok(Page { items: fresh, ..told }), short.is_none())).await;
        if let Some(failure) = short {
            say(sender, event(Err(failure), true)).await;
        }
        return;
    }
}

/// Applies what was claimed. What becomes of each is in the store before it is told.
async fn apply_all(
    runtime: &Runtime,
    sender: &ChannelSender,
    source: &SourceId,
    claimed: Pending<Vec<Change>>,
    cancelled: watch::Receiver<bool>,
) {
    let outcome = match claimed.await {
        Ok(changes) => apply_claimed(runtime, sender, source, changes, cancelled).await,
        Err(error) => Err(error_map::store(&error)),
    };
    say(sender, SourcesEvent::ApplyEnded(source.clone(), outcome)).await;
    if let Ok(channel) = runtime.channel() {
        let journal = runtime.store().journal_of(&channel, source, JOURNAL);
        tell(sender, journal, |entries| SourcesEvent::Journal(source.clone(), entries)).await;
    }
}

async fn apply_claimed(
    runtime: &Runtime,
    sender: &ChannelSender,
    source: &SourceId,
    changes: Vec<Change>,
    cancelled: watch::Receiver<bool>,
) -> Result<(), Failure> {
    let before: HashMap<ChangeId, ChangeState> =
        changes.iter().map(|change| (change.id.clone(), change.state.clone())).collect();
    let (through, mut told) = mpsc::unbounded_channel();
    let applying = async move {
        let mut on = |change: &ChangeId, applied| {
            let _ = through.send((change.clone(), applied));
        };
        apply::apply(runtime, source, changes, Twins::Refuse, cancelled, &mut on).await
    };
    let settling = async {
        while let Some(first) = told.recv().await {
            let mut batch: Vec<(ChangeId, Applied)> = vec![first];
            while let Ok(next) = told.try_recv() {
                batch.push(next);
            }
            let left = |(change, applied): &(ChangeId, Applied)| (change.clone(), left(applied, before.get(change)));
            let settled = batch.iter().map(left).collect();
            if let Err(error) = settle(runtime, settled).await {
                unsettled(sender, &error).await;
            }
            for (change, applied) in batch {
                say(sender, SourcesEvent::Applied(change, applied)).await;
            }
        }
    };
    let (outcome, ()) = tokio::join!(applying, settling);
    if outcome.is_err() {
        // Nothing was begun: all of them wait again.
        let waiting = before.into_iter().map(|(change, state)| (change, Some(state))).collect();
        if let Err(error) = settle(runtime, waiting).await {
            unsettled(sender, &error).await;
        }
    }
    outcome
}

/// Writes down what is left of changes.
async fn settle(runtime: &Runtime, left: Vec<(ChangeId, Option<ChangeState>)>) -> Result<(), StoreError> {
    let store = runtime.store().clone();
    durable_write::until_written(move || store.settle_changes(left.clone())).await
}

/// What stays staged of a change that is through; nothing where it is done. One that was not begun is as it was before:
/// it may have been refused for a reason, or perhaps done.
fn left(applied: &Applied, before: Option<&ChangeState>) -> Option<ChangeState> {
    match applied {
        Applied::Done(_) | Applied::Already(_) => None,
        Applied::Refused(failure) => Some(ChangeState::Refused(why(failure))),
        Applied::Conflict(theirs) => Some(ChangeState::Conflict(theirs.clone())),
        Applied::Unknown(failure) => Some(ChangeState::Unknown(why(failure))),
        Applied::Cancelled => Some(before.cloned().unwrap_or(ChangeState::Staged)),
    }
}

/// A failure in the words that stay with the change.
fn why(failure: &Failure) -> String {
    let hint = failure.hint.as_deref().map(|hint| format!(" {hint}")).unwrap_or_default();
    format!("{}{hint}", failure.sentence())
}

/// The store did not take what became of changes: after the next start they are unknown, and are compared again.
async fn unsettled(sender: &ChannelSender, error: &StoreError) {
    tracing::error!(%error, "what became of changes could not be stored");
    let hint = "They are compared with what stands there before they are applied again.";
    let failure = error_map::after_sending("What became of the changes is known", error).hint(hint);
    say(sender, SourcesEvent::Failed(failure)).await;
}
