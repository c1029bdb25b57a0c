//! The pump: from the store, where the listener put what came, to the screen. Owns when it is looked, and how often.
//!
//! It is never in a webhook's way: the listener only counts up, and the pump reads the store when it gets to it. What
//! other processes write is told of whether or not anything is listened for.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::listen::{self, Continued, Ear, Hook};
use super::operations::requests;
use super::{Runtime, error_map};
use crate::app::{ChannelEvent, Event, HookView, ListenerState, ListenerView, WebhookEvent};
use crate::domain::{ChannelName, ConversationId, DeliveryId, DeliveryRow, Failure, Kind, SafeText, Verdict};
use crate::store::DeliveryFilter;
use crate::webhook::Listening;

/// Under this name the store keeps which conversations have something new, one id a line.
pub(super) const UNREAD: &str = "unread";
/// How many deliveries are read at once.
const PAGE: usize = 500;
/// The least time between two looks: what comes in a burst is shown together.
const REST: Duration = Duration::from_millis(40);
/// The same for what nobody looks at: an unread mark can wait so long, if one was set just before.
const UNWATCHED: Duration = Duration::from_millis(250);
/// More than these are told at once.
const HELD: usize = 2_000;
/// How often a port is tried again that another program holds.
const AGAIN: Duration = Duration::from_secs(15);

/// Listens, where a channel's platform posts webhooks, and tells the screen of what comes and of what other processes
/// write, for as long as there is a screen.
pub(super) async fn run(runtime: Runtime, events: mpsc::Sender<Event>) {
    let mut reconfigured = runtime.inner.reconfigured.subscribe();
    let mut news = runtime.inner.news.subscribe();
    let mut pump = match Pump::start(runtime, events).await {
        Ok(pump) => pump,
        Err((events, failure)) => {
            let _ = events.send(Event::StoreFailed(failure)).await;
            return;
        }
    };
    // Where another process wrote, nobody counts up.
    let mut abroad = match pump.runtime.store().watch_changes().await {
        Ok(abroad) => abroad,
        Err(error) => return pump.tell(Event::StoreFailed(error_map::store(&error))).await,
    };
    pump.tell_unread().await;
    let mut continued = match Continued::new() {
        Ok(continued) => continued,
        Err(error) => {
            let failure = Failure::new(Kind::Failed, format!("Signals can't be heard: {error}."));
            return pump.tell(Event::StoreFailed(failure)).await;
        }
    };
    let mut ear = pump.begin_if_hooked().await;
    let mut again = Instant::now() + AGAIN;
    while pump.alive {
        if pump.held.is_empty() {
            pump.tell_warnings().await;
        }
        let due = pump.due();
        if reconfigured.has_changed().unwrap_or(false) {
            // Who is listened for, or where, is another.
            reconfigured.mark_unchanged();
            ear = pump.begin_if_hooked().await;
            again = Instant::now() + AGAIN;
            continue;
        }
        if matches!(ear, Some(Ear::Ours(_))) && !pump.runtime.listens() {
            // It was let go of before the program stopped, and now it goes on.
            ear = pump.begin().await;
            again = Instant::now() + AGAIN;
            continue;
        }
        match &ear {
            Some(Ear::Ours(_)) => tokio::select! {
                counted = news.changed() => {
                    if counted.is_err() {
                        return;
                    }
                    pump.read_news().await;
                    tokio::time::sleep(REST).await;
                }
                () = until(due) => pump.tell_news().await,
                // Another process may have sent or answered something.
                () = abroad.changed() => pump.look_abroad().await,
                () = continued.next() => listen::hand_over(&pump.runtime).await,
                _ = reconfigured.changed() => reconfigured.mark_changed(),
            },
            Some(Ear::Elsewhere(_)) => {
                tokio::select! {
                    () = abroad.changed() => pump.look_abroad().await,
                    () = until(due) => pump.tell_news().await,
                    // Of one that is stopped nobody tells.
                    () = tokio::time::sleep(listen::STOPPED) => {}
                    _ = reconfigured.changed() => {
                        reconfigured.mark_changed();
                        continue;
                    }
                }
                if listen::is_free(&pump.runtime).await {
                    // Whoever listened has ended: somebody has to.
                    ear = pump.begin().await;
                }
            }
            None => tokio::select! {
                () = until(due) => pump.tell_news().await,
                () = tokio::time::sleep_until(again), if !pump.runtime.hooked().is_empty() => {
                    ear = pump.begin().await;
                    again = Instant::now() + AGAIN;
                }
                () = abroad.changed() => pump.look_abroad().await,
                _ = reconfigured.changed() => reconfigured.mark_changed(),
            },
        }
    }
}

/// Waits until then; for ever where there is no such time.
async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

struct Pump {
    runtime: Runtime,
    events: mpsc::Sender<Event>,
    /// The newest delivery that was read for the screen.
    last: DeliveryId,
    /// What the screen is yet to be told of.
    held: Vec<DeliveryRow>,
    /// When it was told last.
    told: Option<Instant>,
    /// What the store's count of other processes' commits was.
    abroad: u64,
    /// Whether there is still a screen.
    alive: bool,
    /// What was said of the listener, so that it is said once.
    said: Option<ListenerView>,
    /// How many of the store's warnings were told.
    warned: usize,
}

impl Pump {
    async fn start(runtime: Runtime, events: mpsc::Sender<Event>) -> Result<Self, (mpsc::Sender<Event>, Failure)> {
        // What it warned of when it was opened is told with what it remembered.
        let warned = runtime.store().warnings().await.map_or(0, |warnings| warnings.len());
        match runtime.store().last_delivery().await {
            Ok(last) => {
                let (held, told) = (Vec::new(), None);
                Ok(Self { runtime, events, last, held, told, abroad: 0, alive: true, said: None, warned })
            }
            Err(error) => Err((events, error_map::store(&error))),
        }
    }

    async fn tell(&mut self, event: Event) {
        self.alive &= self.events.send(event).await.is_ok();
    }

    /// Tells what the store warned of since the start.
    async fn tell_warnings(&mut self) {
        let Ok(warnings) = self.runtime.store().warnings().await else { return };
        for warning in warnings.into_iter().skip(self.warned) {
            self.warned += 1;
            self.tell(Event::Warned(warning)).await;
        }
    }

    /// Tries to listen, where a channel's platform posts webhooks.
    async fn begin_if_hooked(&mut self) -> Option<Ear> {
        if self.runtime.hooked().is_empty() { None } else { self.begin().await }
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

    /// Reads what came since the last look, and tells of it if that can't wait.
    async fn read_news(&mut self) {
        loop {
            let filter = DeliveryFilter { after: Some(self.last), limit: PAGE, ..DeliveryFilter::default() };
            let rows = match self.runtime.store().deliveries(&filter).await {
                Ok(rows) => rows,
                Err(error) => {
                    self.tell(Event::StoreFailed(error_map::store(&error))).await;
                    return;
                }
            };
            let Some(last) = rows.last() else { break };
            self.last = last.id;
            let full = rows.len() == PAGE;
            self.held.extend(rows);
            if self.held.len() > HELD {
                self.tell_news().await;
            }
            if !full || !self.alive {
                break;
            }
        }
        if self.held.is_empty() || self.due().is_none_or(|due| due <= Instant::now()) {
            self.tell_news().await;
        }
    }

    /// When the screen is to be told of what it wasn't told of yet: at once where somebody looks at it or has to answer
    /// it, a little later where others came just before; none where there is nothing.
    fn due(&self) -> Option<Instant> {
        if self.held.is_empty() {
            return None;
        }
        let soon = self.told.map_or_else(Instant::now, |told| told + UNWATCHED);
        let watched = self.runtime.watched(|watched| self.held.iter().any(|row| watched.sees(row)));
        Some(if watched { Instant::now() } else { soon })
    }

    /// Tells the screen of what was read.
    async fn tell_news(&mut self) {
        self.told = Some(Instant::now());
        let rows = std::mem::take(&mut self.held);
        let asked = rows.iter().any(|row| row.request.is_some());
        // What was said before is no news.
        let new = rows.iter().filter(|row| row.verdict == Verdict::Accepted);
        let spoken: BTreeSet<(ChannelName, ConversationId)> =
            new.filter_map(|row| Some((row.channel.clone(), row.conversation.clone()?))).collect();
        if !rows.is_empty() {
            self.tell(Event::Webhooks(WebhookEvent::Came(rows))).await;
        }
        for (channel, conversation) in spoken {
            self.tell(Event::Channel(channel, ChannelEvent::News(conversation))).await;
        }
        // An answer of a rule's changes a request without a delivery: they are few, and read each time.
        if asked || self.runtime.config().channels.iter().any(|c| !c.rules.is_empty()) {
            self.tell_requests().await;
        }
    }

    /// The same where another process wrote; nothing if none did.
    async fn look_abroad(&mut self) {
        match self.runtime.store().foreign_commits().await {
            Ok(commits) if commits == self.abroad => {}
            Ok(commits) => {
                self.abroad = commits;
                self.read_news().await;
                self.tell_news().await;
                self.tell_requests().await;
                self.tell(Event::ChangedElsewhere).await;
            }
            Err(error) => self.tell(Event::StoreFailed(error_map::store(&error))).await,
        }
    }

    /// What was new when the program ended.
    async fn tell_unread(&mut self) {
        let channels = self.runtime.hooked_names();
        for channel in channels {
            let Ok(Some(kept)) = self.runtime.store().recall(&channel, UNREAD).await else { continue };
            let ids: Vec<_> = kept.lines().filter(|id| !id.is_empty()).map(ConversationId::new).collect();
            if !ids.is_empty() {
                self.tell(Event::Channel(channel, ChannelEvent::Unread(ids))).await;
            }
        }
    }

    async fn tell_requests(&mut self) {
        if let Ok(requests) = requests::glance(&self.runtime).await {
            self.tell(Event::Webhooks(WebhookEvent::Requests(requests))).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::super::{Performer, Setup};
    use super::*;
    use crate::app::{ConversationRef, State, ViewKind};
    use crate::domain::{Change, ChangeId, ChangeState, Edit, RequestId, SourceId, Timestamp, Version};
    use crate::store::Store;

    /// How long anything may take.
    const DEADLINE: Duration = Duration::from_secs(30);

    /// A window with that config file hears of what another process writes.
    async fn hears_of_others(config: &str) {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("config.toml");
        std::fs::write(&file, config).unwrap();
        let data_dir = dir.path().join("data");
        let setup = Setup { config: Some(file), data_dir: Some(data_dir.clone()), ..Setup::default() };
        let runtime = Runtime::open(&setup).unwrap();
        let (to, mut events) = mpsc::channel(64);
        Performer::new(runtime.clone(), to).listen();
        let other = Store::open(&data_dir);
        // The first word may be of what was there before.
        for n in 0..3 {
            let change = Change {
                id: ChangeId::new(format!("c{n}")),
                channel: ChannelName::new("docs"),
                source: SourceId::new("s"),
                row: None,
                base: None,
                label: String::new(),
                edit: Edit::Create(Version { name: "a".to_owned(), content: String::new() }),
                state: ChangeState::Staged,
                at: Timestamp::from_millis(0),
            };
            other.stage(&change).await.unwrap();
            let told = async {
                loop {
                    match events.recv().await {
                        Some(Event::ChangedElsewhere) => break,
                        Some(_) => {}
                        None => panic!("the pump has ended"),
                    }
                }
            };
            tokio::time::timeout(DEADLINE, told).await.expect("word of what another process wrote");
        }
        runtime.close().await;
    }

    fn row(conversation: &str) -> DeliveryRow {
        DeliveryRow {
            id: DeliveryId(1),
            channel: ChannelName::new("hall"),
            at: Timestamp::from_millis(0),
            trust: None,
            verdict: Verdict::Accepted,
            replay: false,
            summary: String::new(),
            size: 1,
            conversation: Some(ConversationId::new(conversation)),
            message: None,
            request: None,
        }
    }

    #[tokio::test]
    async fn what_nobody_looks_at_is_told_together_and_the_rest_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("config.toml");
        let config = "[[channels]]\nname = \"hall\"\nplatform = \"klaunch\"\nsend_url = \"https://klaunch.example.com/send\"\n\
                      channel_id = \"1\"\ntoken = { env = \"NO_SUCH_SECRET\" }\n";
        std::fs::write(&file, config).unwrap();
        let setup = Setup { config: Some(file), data_dir: Some(dir.path().join("data")), ..Setup::default() };
        let runtime = Runtime::open(&setup).unwrap();
        let (channels, open) = runtime.channel_views().unwrap();
        let mut state = State::new(channels, open, 1);
        let (to, mut events) = mpsc::channel(64);
        let performer = Performer::new(runtime.clone(), to.clone());
        let Ok(mut pump) = Pump::start(runtime.clone(), to).await else { panic!("a store") };
        performer.watch(&state);
        assert_eq!(pump.due(), None, "nothing came");

        pump.held.push(row("a"));
        assert!(pump.due().unwrap() <= Instant::now(), "the first at once");
        pump.tell_news().await;
        pump.held.extend([row("a"), row("b")]);
        let told = pump.told.unwrap();
        assert_eq!(pump.due(), Some(told + UNWATCHED), "those behind it wait, and not for ever");

        state.channel_mut().chat.place = ConversationRef::Known(ConversationId::new("b"));
        performer.watch(&state);
        assert!(pump.due().unwrap() <= Instant::now(), "one of them is before the user's eyes");
        state.channel_mut().chat.place = ConversationRef::Known(ConversationId::new("c"));
        performer.watch(&state);
        assert!(pump.due().unwrap() > told);
        state.window.view = ViewKind::Webhooks;
        performer.watch(&state);
        assert!(pump.due().unwrap() <= Instant::now(), "all of them are");
        state.window.view = ViewKind::Chat;
        performer.watch(&state);
        pump.held.push(DeliveryRow { request: Some(RequestId::new("r")), ..row("d") });
        assert!(pump.due().unwrap() <= Instant::now(), "somebody waits for an answer");

        while events.try_recv().is_ok() {}
        pump.tell_news().await;
        let Some(Event::Webhooks(WebhookEvent::Came(rows))) = events.recv().await else { panic!("what came") };
        assert_eq!((rows.len(), pump.held.len()), (3, 0));
        for expected in ["a", "b", "d"] {
            let news = events.recv().await;
            assert!(
                matches!(&news, Some(Event::Channel(_, ChannelEvent::News(id))) if id.as_str() == expected),
                "{news:?}"
            );
        }
        runtime.close().await;
    }

    #[tokio::test]
    async fn where_nothing_is_listened_for_others_are_heard_of_all_the_same() {
        hears_of_others("[[channels]]\nname = \"docs\"\nplatform = \"chat-thing\"\nchannel_id = \"1\"\nsecret_key = { env = \"NO_SUCH_SECRET\" }\n").await;
    }

    #[tokio::test]
    async fn where_the_port_is_taken_others_are_heard_of_all_the_same() {
        let held = TcpListener::bind("127.0.0.1:0").unwrap();
        let config = format!(
            "[listener]\nbind = \"{}\"\n[[channels]]\nname = \"flow\"\nplatform = \"klaunch\"\n\
             send_url = \"https://klaunch.example.com/send\"\nchannel_id = \"1\"\ntoken = {{ env = \"NO_SUCH_SECRET\" }}\n",
            held.local_addr().unwrap()
        );
        hears_of_others(&config).await;
    }
}
