//! Webhooks as a command sees them: each thing that came, in the order in which it was acknowledged.
//!
//! Where this process listens, the listener tells at once. What it tells faster than it is printed, and what another
//! instance took, is read from the store: nothing is left out.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;

use crate::domain::{DeliveryId, DeliveryRow, Failure, Inbound, Kind, Meaning, Requested, Trust, Verdict};
use crate::runtime::listen::{self, Continued, Ear};
use crate::runtime::{Runtime, WebhookUpdate, error_map, reload};
use crate::store::DeliveryFilter;
use crate::webhook::HookEvent;

/// How many things may wait to be printed; beyond that the store is read instead.
const WAITING: usize = 8_192;
/// How many are read from the store at once.
const PAGE: usize = 500;
/// How often the store is looked at where another process listens.
const LOOK: Duration = Duration::from_millis(200);
/// The least time from one print of several things to the next.
const REST: Duration = Duration::from_millis(5);
/// How far behind the newest a delivery can still be told late: as many as may be under way at once.
const UNDER_WAY: i64 = 8_192;

/// Tells `to` of all that comes, until nobody is left there. Where it is slow, this waits.
pub(in crate::runtime) async fn follow(
    runtime: &Runtime,
    to: mpsc::Sender<Vec<WebhookUpdate>>,
) -> Result<(), Failure> {
    let (sender, mut told) = mpsc::channel::<HookEvent>(WAITING);
    let behind = Arc::new(AtomicBool::new(false));
    let full = Arc::clone(&behind);
    let tell = Arc::new(move |one: HookEvent| {
        if sender.try_send(one).is_err() {
            full.store(true, Ordering::Release);
        }
    });
    let start = runtime.store().last_delivery().await.map_err(|e| error_map::store(&e))?;
    let mut seen = ToldDeliveries { newest: start.0, start: start.0, ids: BTreeSet::new() };
    let mut continued =
        Continued::new().map_err(|error| Failure::new(Kind::Failed, format!("Signals can't be heard: {error}.")))?;
    let mut reloads = reload::follow(runtime);
    let mut ear = listen::begin(runtime, Some(tell.clone())).await?;
    if to.send(vec![listening(runtime, &ear).await]).await.is_err() {
        return Ok(());
    }
    let (mut batch, mut hooks_changed) = (Vec::new(), false);
    loop {
        let mut reloaded = None;
        if let Ear::Elsewhere(_) = ear {
            tokio::select! {
                Some(news) = reloads.recv() => reloaded = Some(news),
                () = tokio::time::sleep(LOOK) => {}
            }
            if listen::is_free(runtime).await {
                // Whoever listened has ended: what it took last is read below, what comes is ours.
                ear = listen::begin(runtime, Some(tell.clone())).await?;
            }
        } else {
            tokio::select! {
                Some(news) = reloads.recv() => reloaded = Some(news),
                many = told.recv_many(&mut batch, PAGE) => if many == 0 {
                    return Ok(());
                },
                () = continued.next() => listen::hand_over(runtime).await,
            }
            if !runtime.listens() {
                // Let go of, before the program stopped or for another that waited.
                ear = Ear::Elsewhere(String::new());
            }
        }
        let mut heard = Vec::new();
        if let Some(news) = reloaded {
            hooks_changed |= matches!(&news, Ok(changes) if !changes.is_empty());
            heard.push(WebhookUpdate::Config(news.map_err(Failure::from)));
        }
        if hooks_changed && matches!(ear, Ear::Ours(_)) {
            hooks_changed = false;
            heard.push(listening(runtime, &ear).await);
        }
        for one in batch.drain(..) {
            if one.id.is_none_or(|id| seen.first_time(id)) {
                heard.extend(meanings(one));
            }
        }
        if matches!(ear, Ear::Elsewhere(_)) || behind.swap(false, Ordering::AcqRel) {
            heard.extend(missed(runtime, &mut seen).await?);
        }
        let many = heard.len() > 1;
        if !heard.is_empty() && to.send(heard).await.is_err() {
            return Ok(());
        }
        if many {
            // What comes in a burst is printed together: it costs the listener less of the machine.
            tokio::time::sleep(REST).await;
        }
    }
}

/// Who listens, and what each channel's platform has to post to.
async fn listening(runtime: &Runtime, ear: &Ear) -> WebhookUpdate {
    let (Ear::Ours(url) | Ear::Elsewhere(url)) = ear;
    let hooks = listen::hooks(runtime).await;
    let open = hooks.iter().filter(|hook| hook.open).map(|hook| hook.channel.clone()).collect();
    let hooks = hooks.into_iter().map(|hook| (hook.channel, hook.url)).collect();
    let public = runtime.listening(crate::webhook::Listening::is_public).unwrap_or(false);
    WebhookUpdate::Listening { url: url.clone(), elsewhere: matches!(ear, Ear::Elsewhere(_)), public, hooks, open }
}

/// Which deliveries were told already.
struct ToldDeliveries {
    newest: i64,
    /// What was there before is not told.
    start: i64,
    ids: BTreeSet<i64>,
}

impl ToldDeliveries {
    fn first_time(&mut self, id: DeliveryId) -> bool {
        if id.0 <= self.start || !self.ids.insert(id.0) {
            return false;
        }
        self.newest = self.newest.max(id.0);
        while self.ids.first().is_some_and(|oldest| *oldest < self.newest - 2 * UNDER_WAY) {
            self.ids.pop_first();
        }
        true
    }
}

/// What is in the store and was not told.
async fn missed(runtime: &Runtime, seen: &mut ToldDeliveries) -> Result<Vec<WebhookUpdate>, Failure> {
    let mut after = DeliveryId((seen.newest - UNDER_WAY).max(seen.start));
    let mut heard = Vec::new();
    loop {
        let filter = DeliveryFilter { after: Some(after), limit: PAGE, ..DeliveryFilter::default() };
        let rows = runtime.store().deliveries(&filter).await.map_err(|e| error_map::store(&e))?;
        let Some(last) = rows.last().map(|row| row.id) else { return Ok(heard) };
        for row in rows {
            if seen.first_time(row.id) {
                heard.extend(stored(runtime, row).await?);
            }
        }
        after = last;
    }
}

/// What a stored delivery says: its adapter reads it once more.
async fn stored(runtime: &Runtime, row: DeliveryRow) -> Result<Vec<WebhookUpdate>, Failure> {
    let DeliveryRow { id, channel, trust, verdict, .. } = row;
    let store = runtime.store();
    let (mut inbound, mut known, mut requested) = (Vec::new(), Vec::new(), Requested::default());
    if let Some((_, delivery)) = store.delivery(id).await.map_err(|e| error_map::store(&e))? {
        if matches!(verdict, Verdict::Rejected(_)) {
            requested = Requested::from_delivery(&delivery);
        } else if let Ok(adapter) = runtime.on(&channel).adapter().await
            && let Ok(reception) = adapter.receive(&delivery)
        {
            inbound = reception.inbound;
            let keys = inbound.iter().map(|inbound| inbound.key.clone()).collect();
            known = store.said_before(&channel, keys, id).await.map_err(|e| error_map::store(&e))?;
        }
    }
    let request = match &row.request {
        Some(id) => runtime.store().request(id).await.map_err(|e| error_map::store(&e))?,
        None => None,
    };
    let told = HookEvent { id: Some(id), channel, trust, verdict, inbound, known, request, requested };
    Ok(meanings(told))
}

/// Each thing that was told. What was known is told again and marked, so that nobody answers it twice.
fn meanings(told: HookEvent) -> Vec<WebhookUpdate> {
    let HookEvent { channel, trust, verdict, inbound, mut known, request, requested, .. } = told;
    if let Verdict::Rejected(refused) = verdict {
        return vec![WebhookUpdate::Rejected { channel, refused, requested }];
    }
    known.resize(inbound.len(), verdict == Verdict::Duplicate);
    let trust = trust.unwrap_or(Trust::Unverified);
    let mut request = request;
    inbound
        .into_iter()
        .zip(known)
        .filter_map(|(Inbound { meaning, .. }, duplicate)| {
            let channel = channel.clone();
            Some(match meaning {
                Meaning::Message { conversation, message, .. } => {
                    WebhookUpdate::Message { channel, conversation, message: Box::new(message), trust, duplicate }
                }
                Meaning::Joined { conversation, .. } => {
                    let (conversation, kind) = (Some(conversation), "join".to_owned());
                    WebhookUpdate::Event { channel, conversation, kind, trust, duplicate }
                }
                Meaning::Event { conversation, kind, .. } => {
                    WebhookUpdate::Event { channel, conversation, kind, trust, duplicate }
                }
                Meaning::Request(_) => WebhookUpdate::Request { request: Box::new(request.take()?), duplicate },
                Meaning::Probe { what } => {
                    WebhookUpdate::Event { channel, conversation: None, kind: what.to_owned(), trust, duplicate }
                }
            })
        })
        .collect()
}
