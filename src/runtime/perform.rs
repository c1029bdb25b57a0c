//! Performing: what the core asks for, done in the background, and its results as events.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::courier::{Courier, Stop};
use super::operations::history;
use super::{Runtime, patience, trouble};
use crate::app::{Effect, Event, Past, Restored, Row, Stored, short_name};
use crate::domain::{Attach, ConversationId, Failure, Kind, OutState, PageRequest, Timestamp, Turn, TurnId};
use crate::store::{Entry, RosterRow, StoreError};

/// How many conversations are shown before the platform was asked.
const ROSTER: usize = 1_000;
/// Under this name the store keeps which conversation was open last.
const OPEN: &str = "open";

/// Performs effects for the terminal interface.
pub struct Performer {
    runtime: Runtime,
    events: mpsc::Sender<Event>,
    live: HashMap<TurnId, watch::Sender<Stop>>,
}

impl Performer {
    /// One that sends what comes of its effects to `events`. The sender should be bounded: a slow screen then slows
    /// the reading of streams, and memory stays small.
    pub fn new(runtime: Runtime, events: mpsc::Sender<Event>) -> Self {
        Self { runtime, events, live: HashMap::new() }
    }

    /// Starts what the effect asks for. Those that concern the terminal itself are not its business.
    pub fn perform(&mut self, effect: Effect) {
        let (runtime, events) = (self.runtime.clone(), self.events.clone());
        match effect {
            Effect::Dispatch(turn) => self.dispatch(turn),
            Effect::Stop(turn) => {
                if let Some(stop) = self.live.remove(&turn) {
                    stop.send_replace(Stop::User);
                }
            }
            effect => {
                let task = tokio::spawn(async move {
                    let outcome = background(&runtime, &events, effect).await;
                    if let Err(failure) = outcome {
                        let _ = events.send(Event::StoreFailed(failure)).await;
                    }
                });
                self.runtime.keep(task);
            }
        }
    }

    fn dispatch(&mut self, turn: Turn) {
        let (stopper, stop) = watch::channel(Stop::No);
        self.live.retain(|_, s| !s.is_closed());
        self.live.insert(turn.id.clone(), stopper);
        let (runtime, outlet) = (self.runtime.clone(), self.events.clone());
        let task = tokio::spawn(async move {
            if let Some(conversation) = &turn.conversation {
                // It may have been put into the outbox before its conversation had an id.
                if let Err(error) = runtime.store().bind(&turn.id, conversation).await {
                    tracing::error!(turn = %turn.id, %error, "the conversation could not be stored");
                }
            }
            let retry = patience::screen();
            let courier = Courier { runtime: &runtime, turn, stream: true, retry, stop, outlet };
            courier.deliver().await;
        });
        self.runtime.keep(task);
    }

    /// Stops every delivery; what came of their replies is kept.
    pub fn stop_all(&mut self) {
        for (_, stop) in self.live.drain() {
            stop.send_replace(Stop::User);
        }
    }
}

/// Does one thing and sends what came of it. An error is the store's.
async fn background(runtime: &Runtime, events: &mpsc::Sender<Event>, effect: Effect) -> Result<(), Failure> {
    let store = runtime.store();
    let channel = runtime.channel()?;
    let say = |event: Event| async move {
        // Nobody listens any more when the screen is gone.
        let _ = events.send(event).await;
    };
    let as_failure = |error: StoreError| trouble::store(&error);
    match effect {
        Effect::Restore => {
            let restored = restore(runtime).await?;
            say(Event::Restored(Box::new(restored))).await;
        }
        Effect::FetchRoster { ticket, cursor } => {
            let page = PageRequest { limit: history::PAGE, cursor };
            let waits = |failure: &Failure| {
                // Only a word on what is going on: where there is no room for it, it is left out.
                let _ = events.try_send(Event::Trying(failure.clone()));
            };
            let listed = history::list(runtime, &page, patience::screen(), waits).await;
            say(Event::RosterPage(ticket, listed)).await;
        }
        Effect::LoadRow(conversation) => {
            if let Some(stored) = store.conversation(&channel, &conversation).await.map_err(as_failure)? {
                say(Event::RowLoaded(Box::new(row(stored)))).await;
            }
        }
        Effect::CheckAttach(path) => say(Event::AttachChecked(attachable(path).await)).await,
        Effect::Load { ticket, conversation, limit } => {
            let stored = load(runtime, conversation.as_ref(), limit).await?;
            say(Event::Stored(ticket, Box::new(stored))).await;
        }
        Effect::LoadOlder { ticket, conversation, before } => {
            let slice = store.messages(&channel, &conversation, Some(before), 200).await.map_err(as_failure)?;
            say(Event::Older(ticket, slice.entries.into_iter().map(past).collect(), slice.older)).await;
        }
        Effect::Refresh { conversation, after_ms } => {
            tokio::time::sleep(Duration::from_millis(after_ms)).await;
            let read = history::refresh(runtime, &conversation, patience::screen(), Some(events)).await;
            if let Err(failure) = read {
                say(Event::HistoryPage(conversation.clone(), Err(failure))).await;
            }
        }
        Effect::Start(place) => {
            let started = start(runtime).await;
            say(Event::Started(place, started)).await;
        }
        Effect::Enqueue(turn) => {
            let event = match store.enqueue(&turn).await {
                Ok(()) => Event::Committed(turn.id),
                Err(error) => Event::CommitFailed(turn.id, trouble::store(&error)),
            };
            say(event).await;
        }
        Effect::SendAgain(turn) => {
            let new = TurnId::new(uuid::Uuid::now_v7().to_string());
            let new = store.send_again(&turn, &new, Timestamp::now()).await.map_err(as_failure)?;
            say(Event::Replaced(turn, Box::new(new))).await;
        }
        Effect::Drop(turn) => store.drop_turn(&turn).await.map_err(as_failure)?,
        Effect::SaveDraft { conversation, text } => {
            store.save_draft(&channel, conversation.as_ref(), &text, Timestamp::now()).await.map_err(as_failure)?;
        }
        Effect::Remember(conversation) => {
            let id = conversation.as_ref().map_or("", ConversationId::as_str);
            store.remember(&channel, OPEN, id).await.map_err(as_failure)?;
        }
        // Taken apart before it comes here.
        Effect::At(..)
        | Effect::Dispatch(_)
        | Effect::Stop(_)
        | Effect::Edit(_)
        | Effect::Mouse(_)
        | Effect::Redraw
        | Effect::Suspend
        | Effect::Wake(_)
        | Effect::Quit => {}
    }
    Ok(())
}

async fn start(runtime: &Runtime) -> Result<(ConversationId, Option<String>), Failure> {
    let adapter = runtime.adapter().await?;
    let started = patience::patiently(&patience::screen(), || adapter.start(), |_, _| true).await;
    started.map(|s| (s.conversation, s.greeting)).map_err(|e| e.failure)
}

async fn restore(runtime: &Runtime) -> Result<Restored, Failure> {
    let store = runtime.store();
    let channel = runtime.channel()?;
    let as_failure = |error: StoreError| trouble::store(&error);
    // Asked before anything that is typed from now on can be kept in its place.
    let draft = store.draft(&channel, None);
    let left = store.recover().await.map_err(as_failure)?;
    let rows = store.conversations(&channel, None, ROSTER).await.map_err(as_failure)?;
    let open = store.recall(&channel, OPEN).await.map_err(as_failure)?.filter(|id| !id.is_empty());
    let mut waiting = store.turns(&channel, None).await.map_err(as_failure)?;
    // A queued one is perhaps in the hands of another window, which sends it; of a rejected one its sender was told.
    waiting.retain(|turn| match turn.state {
        OutState::Unknown => true,
        OutState::Queued => left.iter().any(|l| l.id == turn.id),
        OutState::Sending | OutState::Sent | OutState::Rejected | OutState::Cancelled => false,
    });
    Ok(Restored {
        waiting,
        rows: rows.into_iter().map(row).collect(),
        open: open.map(ConversationId::new),
        draft: draft.await.map_err(as_failure)?,
        warnings: store.warnings().await.map_err(as_failure)?,
    })
}

async fn load(runtime: &Runtime, conversation: Option<&ConversationId>, limit: usize) -> Result<Stored, Failure> {
    let store = runtime.store();
    let channel = runtime.channel()?;
    let as_failure = |error: StoreError| trouble::store(&error);
    let draft = store.draft(&channel, conversation).await.map_err(as_failure)?;
    let turns = store.turns(&channel, conversation).await.map_err(as_failure)?;
    let Some(conversation) = conversation else {
        return Ok(Stored { turns, draft, ..Stored::default() });
    };
    let slice = store.messages(&channel, conversation, None, limit).await.map_err(as_failure)?;
    let reply_until = if runtime.capabilities()?.is_bot {
        store.reply_until(&channel, conversation).await.map_err(as_failure)?
    } else {
        None
    };
    let history = slice.entries.into_iter().map(past).collect();
    Ok(Stored { history, older: slice.older, turns, draft, reply_until })
}

/// Whether a file can go out, and what it is called on screen.
async fn attachable(path: PathBuf) -> Result<(Attach, String), Failure> {
    let shown = path.display().to_string();
    let about = tokio::fs::metadata(&path).await;
    let about = about.map_err(|e| Failure::new(Kind::Invalid, format!("{shown} can't be read: {e}")))?;
    if !about.is_file() {
        return Err(Failure::new(Kind::Invalid, format!("{shown} is no file")));
    }
    let attach = Attach::Path(path);
    let label = format!("{} {} KB", short_name(&attach), about.len().div_ceil(1_000));
    Ok((attach, label))
}

fn past(entry: Entry) -> Past {
    let Entry { seq, message, ours, first_word_ms, took_ms, .. } = entry;
    Past::new(seq, message, ours, first_word_ms, took_ms)
}

fn row(stored: RosterRow) -> Row {
    let mut row = Row::new(stored.conversation.id, &stored.conversation.title, stored.activity);
    row.details = stored.conversation.details;
    row.draft = stored.has_draft;
    row.state = stored.last_state;
    row
}
