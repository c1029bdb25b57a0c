//! The pump: from the store, where the listener put what came, to the screen. Owns when it is looked, and how often.
//!
//! It is never in a webhook's way: the listener only counts up, and the pump reads the store when it gets to it.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::sync::mpsc;

use super::listen::{self, Ear, Hook};
use super::operations::requests;
use super::perform::UNREAD;
use super::{Runtime, trouble};
use crate::app::{Event, HookView, ListenerState, ListenerView, WebhookEvent};
use crate::domain::{ChannelName, ConversationId, DeliveryId, Failure, SafeText, Verdict};
use crate::store::DeliveryFilter;
use crate::webhook::Listening;

/// How many deliveries are read at once.
const PAGE: usize = 500;
/// The least time between two looks: what comes in a burst is shown together.
const REST: Duration = Duration::from_millis(40);
/// How often a port is tried again that another program holds.
const AGAIN: Duration = Duration::from_secs(15);

/// Listens, and tells the screen of what comes, for as long as there is a screen.
pub(super) async fn run(runtime: Runtime, events: mpsc::Sender<Event>) {
    if runtime.hooked().next().is_none() {
        return;
    }
    let mut news = runtime.inner.news.subscribe();
    let mut pump = match Pump::start(runtime, events).await {
        Ok(pump) => pump,
        Err((events, failure)) => {
            let _ = events.send(Event::StoreFailed(failure)).await;
            return;
        }
    };
    // Where another process wrote, nobody counts up.
    let mut abroad = match pump.runtime.store().abroad().await {
        Ok(abroad) => abroad,
        Err(error) => return pump.tell(Event::StoreFailed(trouble::store(&error))).await,
    };
    pump.tell_unread().await;
    let mut ear = pump.begin().await;
    while pump.alive {
        match &ear {
            Some(Ear::Ours(_)) => tokio::select! {
                counted = news.changed() => {
                    if counted.is_err() {
                        return;
                    }
                    pump.look().await;
                    tokio::time::sleep(REST).await;
                }
                // Another process may have sent or answered something.
                () = abroad.changed() => pump.look_abroad().await,
            },
            Some(Ear::Elsewhere(_)) => {
                abroad.changed().await;
                pump.look_abroad().await;
                if matches!(pump.runtime.store().listener().await, Ok(None)) {
                    // Whoever listened has ended: somebody has to.
                    ear = pump.begin().await;
                }
            }
            None => {
                tokio::time::sleep(AGAIN).await;
                ear = pump.begin().await;
            }
        }
    }
}

struct Pump {
    runtime: Runtime,
    events: mpsc::Sender<Event>,
    /// The newest delivery that the screen was told of.
    last: DeliveryId,
    /// What the store's count of other processes' commits was.
    abroad: u64,
    /// Whether there is still a screen.
    alive: bool,
    /// What was said of the listener, so that it is said once.
    said: Option<ListenerView>,
}

impl Pump {
    async fn start(runtime: Runtime, events: mpsc::Sender<Event>) -> Result<Self, (mpsc::Sender<Event>, Failure)> {
        match runtime.store().last_delivery().await {
            Ok(last) => Ok(Self { runtime, events, last, abroad: 0, alive: true, said: None }),
            Err(error) => Err((events, trouble::store(&error))),
        }
    }

    async fn tell(&mut self, event: Event) {
        self.alive &= self.events.send(event).await.is_ok();
    }

    /// Tries to listen, and tells the screen who does.
    async fn begin(&mut self) -> Option<Ear> {
        let begun = listen::begin(&self.runtime, None).await;
        let (state, ear) = match begun {
            Ok(Ear::Ours(url)) => (ListenerState::Listening, Some(Ear::Ours(url))),
            Ok(Ear::Elsewhere(url)) => (ListenerState::Elsewhere(url.clone()), Some(Ear::Elsewhere(url))),
            Err(failure) => (ListenerState::Off(failure), None),
        };
        let view = self.view(state).await;
        if self.said.as_ref() != Some(&view) {
            self.said = Some(view.clone());
            self.tell(Event::Webhooks(WebhookEvent::Listener(view))).await;
        }
        ear
    }

    async fn view(&self, state: ListenerState) -> ListenerView {
        let address = self.runtime.listening(Listening::addr).unwrap_or_else(|| listen::address(&self.runtime));
        let hooks = listen::hooks(&self.runtime).await.into_iter().map(|Hook { channel, url, open }| {
            let plain = format!("/hooks/{channel}");
            match url {
                Ok(url) => {
                    let shown = url.split_once(&format!("{plain}/")).map(|(base, _)| format!("{base}{plain}/…"));
                    let note = open.then(|| listen::OPEN.to_owned());
                    HookView { channel, url: SafeText::one_line(&shown.unwrap_or(url)), note }
                }
                Err(failure) => HookView { channel, url: SafeText::one_line(&plain), note: Some(failure.sentence()) },
            }
        });
        ListenerView {
            state,
            address: address.to_string(),
            public: self.runtime.listening(Listening::is_public).unwrap_or(false),
            hooks: hooks.collect(),
        }
    }

    /// Reads what came since the last look.
    async fn look(&mut self) {
        let mut asked = false;
        loop {
            let filter = DeliveryFilter { after: Some(self.last), limit: PAGE, ..DeliveryFilter::default() };
            let rows = match self.runtime.store().deliveries(&filter).await {
                Ok(rows) => rows,
                Err(error) => {
                    self.tell(Event::StoreFailed(trouble::store(&error))).await;
                    return;
                }
            };
            let Some(last) = rows.last() else { break };
            self.last = last.id;
            asked |= rows.iter().any(|row| row.request.is_some());
            // What was said before is no news.
            let new = rows.iter().filter(|row| row.verdict == Verdict::Accepted);
            let spoken: BTreeSet<(ChannelName, ConversationId)> =
                new.filter_map(|row| Some((row.channel.clone(), row.conversation.clone()?))).collect();
            let full = rows.len() == PAGE;
            self.tell(Event::Webhooks(WebhookEvent::Came(rows))).await;
            for (channel, conversation) in spoken {
                self.tell(Event::At(channel, Box::new(Event::News(conversation)))).await;
            }
            if !full || !self.alive {
                break;
            }
        }
        // An answer of a rule's changes a request without a delivery: they are few, and read each time.
        if asked || self.runtime.inner.config.channels.iter().any(|c| !c.rules.is_empty()) {
            self.tell_requests().await;
        }
    }

    /// The same where another process wrote; nothing if none did.
    async fn look_abroad(&mut self) {
        match self.runtime.store().foreign_commits().await {
            Ok(commits) if commits == self.abroad => {}
            Ok(commits) => {
                self.abroad = commits;
                self.look().await;
                self.tell_requests().await;
                self.tell(Event::Abroad).await;
            }
            Err(error) => self.tell(Event::StoreFailed(trouble::store(&error))).await,
        }
    }

    /// What was new when the program ended.
    async fn tell_unread(&mut self) {
        let channels: Vec<ChannelName> = self.runtime.hooked().map(|channel| channel.name.clone()).collect();
        for channel in channels {
            let Ok(Some(kept)) = self.runtime.store().recall(&channel, UNREAD).await else { continue };
            let ids: Vec<_> = kept.lines().filter(|id| !id.is_empty()).map(ConversationId::new).collect();
            if !ids.is_empty() {
                self.tell(Event::At(channel, Box::new(Event::Unread(ids)))).await;
            }
        }
    }

    async fn tell_requests(&mut self) {
        if let Ok(requests) = requests::glance(&self.runtime).await {
            self.tell(Event::Webhooks(WebhookEvent::Requests(requests))).await;
        }
    }
}
