//! Performing: what the core asks for, done in the background, and its results as events. What the Sources view asks
//! for is a room of its own.

mod desk;
mod load;
mod log;
mod message;
mod queue;
mod search;
mod sources;
mod suites;
mod transfer;

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::channel_sender::ChannelSender;
use super::courier::{Attempt, Courier, Stop};
use super::operations::{self, history, requests};
use super::pages::Totals;
use super::programs::Browser;
use super::{Runtime, error_map, pump, reload, retry, uploads};
use crate::app::{
    ChannelEffect, ChannelEvent, Clip, Effect, Event, OutsideEvent, State, Stored, WebhookEffect, WebhookEvent,
};
use crate::domain::{Attach, ChannelName, ConversationId, Failure, PageRequest, Timestamp, Turn, TurnId};
use crate::http::policies;
use crate::store::{DeliveryFilter, StoreError};

/// So long after the start the index is looked after.
const AFTER_START: Duration = Duration::from_secs(2);
/// Under this name the store keeps which conversation was open last.
const OPEN: &str = "open";

/// Performs effects for the terminal interface.
pub struct Performer {
    runtime: Runtime,
    events: mpsc::Sender<Event>,
    live: HashMap<TurnId, watch::Sender<Stop>>,
    /// How many things were begun in the background, to tell their order by.
    asked: u64,
    resumes: super::resume::Keeper,
    sources: sources::Sources,
    transfers: transfer::Transfers,
    log: log::LogReader,
    suites: suites::Suites,
}

impl Performer {
    /// One that sends what comes of its effects to `events`. The sender should be bounded: a slow screen then slows
    /// the reading of streams, and memory stays small.
    pub fn new(runtime: Runtime, events: mpsc::Sender<Event>) -> Self {
        let (sources, transfers) = (sources::Sources::default(), transfer::Transfers::default());
        let (resumes, log) = (super::resume::Keeper::default(), log::LogReader::default());
        Self {
            runtime,
            events,
            live: HashMap::new(),
            asked: 0,
            resumes,
            sources,
            transfers,
            log,
            suites: suites::Suites::default(),
        }
    }

    /// Begins to follow the config file's changes, and to listen for webhooks, where a channel's platform posts any, and to tell of what comes and of what other
    /// processes write; and tells which archives there are.
    pub fn listen(&self) {
        // Nobody waits for it at the end: it ends with the screen.
        tokio::spawn(pump::run(self.runtime.clone(), self.events.clone()));
        tokio::spawn(reload::run(self.runtime.clone(), self.events.clone()));
        tokio::spawn(tell_archives(self.runtime.clone(), self.events.clone()));
        tokio::spawn(search::tend(self.runtime.clone()));
    }

    /// Takes note of what the user has before the eyes: news of it are told sooner than others.
    pub fn watch(&self, state: &State) {
        if let Ok(mut watched) = self.runtime.inner.watched.lock() {
            watched.take(state);
        }
    }

    /// Starts what the effect asks for; `open` is the channel that it concerns, unless it says another. Those that
    /// concern the terminal itself are not its business.
    pub fn perform(&mut self, open: &ChannelName, effect: Effect) {
        let runtime = self.runtime.on(open);
        let sender = ChannelSender::new(self.events.clone(), open.clone());
        match effect {
            Effect::Channel(channel, effect) => self.perform_on(&channel, effect),
            Effect::Open(effect) => self.perform_on(open, effect),
            Effect::Transfer(effect) => {
                if let Some(task) = self.transfers.perform(runtime, sender, effect) {
                    self.runtime.keep(task);
                }
            }
            Effect::Webhooks(effect) => {
                let told = sender.clone();
                self.spawn(told, async move { webhooks(&runtime, &sender, effect).await });
            }
            Effect::Search(effect) => {
                let told = sender.clone();
                self.spawn(told, async move { search::search(&runtime, &sender, effect).await });
            }
            Effect::Desk(effect) => {
                let told = sender.clone();
                self.spawn(told, async move {
                    desk::perform(&runtime, &sender, effect).await;
                    Ok(())
                });
            }
            Effect::Log(effect) => self.log.perform(&self.runtime, &self.events, effect),
            Effect::Suites(effect) => {
                if let Some(task) = self.suites.perform(&self.runtime, &self.events, effect) {
                    self.runtime.keep(task);
                }
            }
            Effect::WriteClip(clip) => {
                self.runtime.keep(tokio::spawn(async move {
                    let copied = operations::clips::write(&clip).await;
                    sender.tell(Event::Copied(Clip { text: String::new(), ..clip }, copied)).await;
                }));
            }
            Effect::Browse(address) => {
                let handed = Browser::find().and_then(|browser| browser.begin(&address).map(|()| browser.name()));
                self.runtime.keep(tokio::spawn(async move {
                    sender.tell(Event::Outside(OutsideEvent::Browsed(address, handed))).await;
                }));
            }
            Effect::KeepResume(resume) => self.resumes.keep(&self.runtime, resume),
            Effect::Edit(_)
            | Effect::Page(_)
            | Effect::AddChannel
            | Effect::Copy(_)
            | Effect::Mouse(_)
            | Effect::Configure(..)
            | Effect::Notify(_)
            | Effect::Redraw
            | Effect::Suspend
            | Effect::Wake(_)
            | Effect::Quit => {}
        }
    }

    fn perform_on(&mut self, channel: &ChannelName, effect: ChannelEffect) {
        let runtime = self.runtime.on(channel);
        let sender = ChannelSender::new(self.events.clone(), channel.clone());
        match effect {
            ChannelEffect::Dispatch(turn) => self.dispatch(runtime, sender, turn),
            ChannelEffect::Stop(turn) => {
                if let Some(stop) = self.live.remove(&turn) {
                    stop.send_replace(Stop::User);
                }
            }
            ChannelEffect::Sources(effect) => {
                if let Some(task) = self.sources.perform(runtime, sender, channel.clone(), effect) {
                    self.runtime.keep(task);
                }
            }
            ChannelEffect::Message(effect) => {
                let told = sender.clone();
                self.spawn(told, async move { message::perform(&runtime, &sender, effect).await });
            }
            ChannelEffect::Queue(effect) => {
                let told = sender.clone();
                self.spawn(told, async move { queue::perform(&runtime, &sender, effect).await });
            }
            effect => {
                self.asked += 1;
                let (asked, told) = (self.asked, sender.clone());
                self.spawn(told, async move { background(&runtime, &sender, effect, asked).await });
            }
        }
    }

    /// Does something in the background. An error is the store's, and is told.
    fn spawn(&self, told: ChannelSender, work: impl Future<Output = Result<(), Failure>> + Send + 'static) {
        self.runtime.keep(tokio::spawn(async move {
            if let Err(failure) = work.await {
                told.send(ChannelEvent::StoreFailed(failure)).await;
            }
        }));
    }

    fn dispatch(&mut self, runtime: Runtime, sender: ChannelSender, turn: Turn) {
        let (stopper, stop) = watch::channel(Stop::No);
        self.live.retain(|_, s| !s.is_closed());
        self.live.insert(turn.id.clone(), stopper);
        let task = tokio::spawn(async move {
            if let Some(conversation) = &turn.conversation {
                // It may have been put into the outbox before its conversation had an id.
                if let Err(error) = runtime.store().bind(&turn.id, conversation).await {
                    tracing::error!(turn = %turn.id, %error, "the conversation could not be stored");
                }
            }
            let retry = policies::SCREEN;
            let courier =
                Courier { runtime: &runtime, turn, stream: true, retry, stop, sender, attempt: Attempt::default() };
            courier.deliver().await;
        });
        self.runtime.keep(task);
    }

    /// Stops every delivery, and begins no more of what is being applied; what came of them is kept.
    pub fn stop_all(&mut self) {
        self.sources.stop_all();
        self.transfers.stop_all();
        self.suites.stop_all();
        for (_, stop) in self.live.drain() {
            stop.send_replace(Stop::User);
        }
    }
}

/// Tells the screen which archives there are, once the store knows. That it knows none is no news.
async fn tell_archives(runtime: Runtime, events: mpsc::Sender<Event>) {
    match runtime.archives().await {
        Ok(archives) if archives.is_empty() => {}
        Ok(archives) => _ = events.send(Event::Channels(archives)).await,
        // Whatever else is asked of the store says so.
        Err(failure) => tracing::warn!(%failure, "the archives could not be told"),
    }
}

/// Does one thing for a channel and sends what came of it: the nth that was asked for. An error is the store's.
async fn background(
    runtime: &Runtime,
    sender: &ChannelSender,
    effect: ChannelEffect,
    asked: u64,
) -> Result<(), Failure> {
    let store = runtime.store();
    let channel = runtime.channel()?;
    let say = |event: ChannelEvent| sender.send(event);
    let as_failure = |error: StoreError| error_map::store(&error);
    match effect {
        ChannelEffect::Restore => {
            let restored = load::restore(runtime).await?;
            say(ChannelEvent::Restored(Box::new(restored))).await;
        }
        ChannelEffect::FetchRoster { ticket, cursor } => {
            let totals = if cursor.is_none() { Totals::Wanted } else { Totals::AtTheEnd };
            let page = PageRequest { limit: history::PAGE, cursor };
            // Only a word on what is going on: where there is no room for it, it is left out.
            let waits = |failure: &Failure| sender.try_send(ChannelEvent::Trying(failure.clone()));
            let listed = history::list(runtime, &page.into(), totals, policies::SCREEN, waits).await;
            say(ChannelEvent::RosterPage(ticket, listed)).await;
        }
        ChannelEffect::Load { ticket, conversation, limit } => {
            let stored = load::load(runtime, conversation.as_ref(), limit).await?;
            say(ChannelEvent::Stored(ticket, Box::new(Stored { asked, ..stored }))).await;
        }
        ChannelEffect::LoadOlder { ticket, conversation, before, limit } => {
            let slice = store.messages(&channel, &conversation, Some(before), limit).await.map_err(as_failure)?;
            say(ChannelEvent::Older(ticket, slice.entries.into_iter().map(load::past).collect(), slice.older)).await;
        }
        ChannelEffect::LoadRow(conversation) => {
            if let Some(found) = store.conversation(&channel, &conversation).await.map_err(as_failure)? {
                let glance =
                    store.glances(&channel, std::slice::from_ref(&conversation)).await.map_err(as_failure)?;
                let glance = glance.into_iter().next().unwrap_or_default();
                say(ChannelEvent::RowLoaded(Box::new(load::row(found, glance)))).await;
            }
        }
        ChannelEffect::Refresh { conversation, after_ms } => {
            tokio::time::sleep(Duration::from_millis(after_ms)).await;
            let read = history::refresh(runtime, &conversation, policies::SCREEN, Some(sender)).await;
            if let Err(failure) = read {
                say(ChannelEvent::HistoryPage(conversation.clone(), Err(failure))).await;
            }
        }
        ChannelEffect::Start(place) => {
            let started = start(runtime).await;
            say(ChannelEvent::Started(place, started)).await;
        }
        ChannelEffect::Enqueue(turn) => {
            let event = match store.enqueue(&turn).await {
                Ok(()) => ChannelEvent::Committed(turn.id),
                Err(error) => ChannelEvent::CommitFailed(turn.id, error_map::before_sending(&error)),
            };
            say(event).await;
        }
        ChannelEffect::SendAgain(turn) => {
            let new = TurnId::new(uuid::Uuid::now_v7().to_string());
            let new = store.send_again(&turn, &new, Timestamp::now()).await.map_err(as_failure)?;
            queue::tell_places(runtime, sender, &new.id).await?;
            say(ChannelEvent::Replaced(turn, Box::new(new))).await;
        }
        ChannelEffect::Drop(turn) => store.drop_turn(&turn).await.map_err(as_failure)?,
        ChannelEffect::SaveDraft { conversation, text } => {
            store.save_draft(&channel, conversation.as_ref(), &text, Timestamp::now()).await.map_err(as_failure)?;
        }
        ChannelEffect::AppendDraft { conversation, text } => {
            store.append_draft(&channel, conversation.as_ref(), &text, Timestamp::now()).await.map_err(as_failure)?;
        }
        ChannelEffect::Remember(conversation) => {
            let id = conversation.as_ref().map_or("", ConversationId::as_str);
            store.remember(&channel, OPEN, id).await.map_err(as_failure)?;
        }
        ChannelEffect::RememberUnread(ids) => {
            let ids: Vec<&str> = ids.iter().map(ConversationId::as_str).filter(|id| !id.contains('\n')).collect();
            store.remember(&channel, pump::UNREAD, &ids.join("\n")).await.map_err(as_failure)?;
        }
        ChannelEffect::CheckAttach(path) => {
            let checked = uploads::check(&path).await.map(|size| {
                let label = format!("{} {}", uploads::name(&path), uploads::size(size));
                (Attach::Path(path), label)
            });
            say(ChannelEvent::AttachChecked(checked)).await;
        }
        // What has more to it than that is performed above.
        ChannelEffect::Sources(_)
        | ChannelEffect::Message(_)
        | ChannelEffect::Queue(_)
        | ChannelEffect::Dispatch(_)
        | ChannelEffect::Stop(_) => {}
    }
    Ok(())
}

/// Does one thing for the Webhooks view and sends what came of it. An error is the store's.
async fn webhooks(runtime: &Runtime, sender: &ChannelSender, effect: WebhookEffect) -> Result<(), Failure> {
    let store = runtime.store();
    let as_failure = |error: StoreError| error_map::store(&error);
    let event = match effect {
        WebhookEffect::Page { ticket, before, limit } => {
            let filter = DeliveryFilter { before, limit, ..DeliveryFilter::default() };
            let rows = store.deliveries(&filter).await.map_err(as_failure)?;
            let end = rows.len() < limit;
            WebhookEvent::Page { ticket, rows, end }
        }
        WebhookEffect::Open(id) => {
            let found = store.delivery(id).await.map_err(as_failure)?;
            WebhookEvent::Opened(id, found.map(|(_, delivery)| Box::new(delivery)))
        }
        WebhookEffect::Requests => WebhookEvent::Requests(requests::glance(runtime).await?),
        WebhookEffect::Answer { request, data } => {
            let answered = requests::answer(runtime, &request, &data).await.map(|request| request.state);
            sender.tell(Event::Webhooks(WebhookEvent::Answered(request, answered))).await;
            WebhookEvent::Requests(requests::glance(runtime).await?)
        }
        WebhookEffect::Replay { delivery, body, to } => {
            WebhookEvent::Replayed(operations::webhooks::replay(runtime, delivery, body, &to).await)
        }
        WebhookEffect::SelfTest(channel) => {
            let tested = operations::webhooks::self_test(runtime, &channel).await;
            WebhookEvent::SelfTested(channel, tested)
        }
        WebhookEffect::CopyHookUrl(channel) => {
            let url = operations::webhooks::hook_url(runtime, &channel).await;
            WebhookEvent::HookUrl(channel, url)
        }
        WebhookEffect::FindDelivery { conversation, message } => {
            let channel = runtime.channel()?;
            let found = store.delivery_of(&channel, &conversation, message.as_ref()).await.map_err(as_failure)?;
            WebhookEvent::FoundDelivery(found)
        }
        // The terminal is lent to an editor for these: the floor above does it.
        WebhookEffect::EditAnswer { .. } | WebhookEffect::EditReplay { .. } => return Ok(()),
    };
    sender.tell(Event::Webhooks(event)).await;
    Ok(())
}

async fn start(runtime: &Runtime) -> Result<(ConversationId, Option<String>), Failure> {
    let adapter = runtime.adapter().await?;
    let started = retry::with_retries(&policies::SCREEN, || adapter.start(), |_, _| true).await;
    started.map(|s| (s.conversation, s.greeting)).map_err(|e| e.failure)
}
