//! The way into the store: how much may be on it, and who waits for what comes back.
//!
//! The store answers in the order in which it was asked, so one task waits for the oldest and finds all answers of one
//! commit at once: one waking for many.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};

use super::delivery_store::DeliveryStore;
use super::limits::ListenerLimits;
use super::listener_config::ListenerConfig;
use crate::domain::{Delivery, Refused, RequestId, Timestamp, Trust};
use crate::store::{Arrival, Claimed, Filed, StoreError};

/// What the store said of one delivery.
type StoreOutcome = Result<Filed, StoreError>;

/// Hands deliveries to the store.
pub(super) struct IngestQueue {
    store: Arc<dyn DeliveryStore>,
    limits: ListenerLimits,
    load: Arc<IngestLoad>,
    pending: mpsc::UnboundedSender<PendingDelivery>,
    rejected: MinuteQuota,
    unplaced: MinuteQuota,
    explained: MinuteQuota,
}

/// What is on its way.
#[derive(Debug, Default)]
struct IngestLoad {
    arrivals: AtomicUsize,
    bytes: AtomicUsize,
    rejections: AtomicUsize,
}

/// One delivery's part of the load, until the store has answered.
struct Reservation {
    load: Arc<IngestLoad>,
    bytes: usize,
    rejection: bool,
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.load.arrivals.fetch_sub(1, Relaxed);
        self.load.bytes.fetch_sub(self.bytes, Relaxed);
        self.load.rejections.fetch_sub(usize::from(self.rejection), Relaxed);
    }
}

/// A delivery that the store has been handed and has not answered.
struct PendingDelivery {
    answer: BoxFuture<'static, StoreOutcome>,
    reservation: Reservation,
    reply: Option<oneshot::Sender<StoreOutcome>>,
}

/// How many refused deliveries are stored in a minute.
#[derive(Debug, Default)]
struct MinuteQuota {
    since: AtomicU64,
    stored: AtomicU32,
    counted: AtomicU64,
}

impl IngestQueue {
    /// A queue, and who waits for the store's answers.
    pub(super) fn new(store: Arc<dyn DeliveryStore>, limits: ListenerLimits) -> (Self, AckCollector) {
        let (pending, incoming) = mpsc::unbounded_channel();
        let queue = Self {
            store,
            limits,
            load: Arc::default(),
            pending,
            rejected: MinuteQuota::default(),
            unplaced: MinuteQuota::default(),
            explained: MinuteQuota::default(),
        };
        (queue, AckCollector { pending: incoming, waiting: VecDeque::new() })
    }

    /// Files a delivery; none if too much is on the way already.
    pub(super) fn enqueue(&self, arrival: Arrival) -> Option<oneshot::Receiver<StoreOutcome>> {
        let reservation = self.reserve(&arrival.delivery, false)?;
        let (reply, outcome) = oneshot::channel();
        self.submit(arrival, reservation, Some(reply));
        Some(outcome)
    }

    /// Files a delivery that was refused, to be shown; says whether it is. Nobody waits for it, and a flood of them is
    /// only counted.
    pub(super) fn reject(
        &self,
        mut delivery: Delivery,
        trust: Option<Trust>,
        refused: Refused,
        summary: String,
        unplaced: bool,
    ) -> bool {
        delivery.body.truncate(self.limits.rejection_body);
        let (quota, most) = if unplaced {
            (&self.unplaced, self.limits.unplaced_a_minute)
        } else {
            (&self.rejected, self.limits.rejections_a_minute)
        };
        let reservation = quota.allows(delivery.at, most).then(|| self.reserve(&delivery, true)).flatten();
        let Some(reservation) = reservation else {
            quota.counted.fetch_add(1, Relaxed);
            return false;
        };
        // Copied, so that what was cut off takes no room.
        delivery.body = bytes::Bytes::copy_from_slice(&delivery.body);
        self.submit(Arrival { delivery, trust, meaning: Err(refused), summary }, reservation, None);
        true
    }

    /// Whether one more refused signature is explained in this minute.
    pub(super) fn may_explain(&self, now: Timestamp) -> bool {
        self.explained.allows(now, self.limits.explained_a_minute)
    }

    /// Says that a data request is answered in the response to its delivery.
    pub(super) fn answer(
        &self,
        id: &RequestId,
        data: &str,
        now: Timestamp,
    ) -> BoxFuture<'static, Result<Claimed, StoreError>> {
        self.store.answer(id, data, now)
    }

    fn submit(&self, arrival: Arrival, reservation: Reservation, reply: Option<oneshot::Sender<StoreOutcome>>) {
        let answer = self.store.receive(arrival);
        // The collector lives as long as the listener.
        let _ = self.pending.send(PendingDelivery { answer, reservation, reply });
    }

    fn reserve(&self, delivery: &Delivery, rejection: bool) -> Option<Reservation> {
        let head: usize = delivery.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        let bytes = delivery.body.len() + head;
        let load = &self.load;
        load.arrivals.fetch_add(1, Relaxed);
        load.bytes.fetch_add(bytes, Relaxed);
        load.rejections.fetch_add(usize::from(rejection), Relaxed);
        // What is too much is given back with the reservation.
        let reservation = Reservation { load: load.clone(), bytes, rejection };
        let fits = load.arrivals.load(Relaxed) <= self.limits.arrivals
            && load.bytes.load(Relaxed) <= self.limits.arrival_bytes
            && (!rejection || load.rejections.load(Relaxed) <= self.limits.rejections);
        fits.then_some(reservation)
    }
}

impl MinuteQuota {
    /// Whether one more is stored in this minute; tells once a minute how many were not.
    fn allows(&self, now: Timestamp, most: u32) -> bool {
        let minute = u64::try_from(now.millis() / 60_000).unwrap_or(0);
        if self.since.swap(minute, Relaxed) != minute {
            self.stored.store(0, Relaxed);
            let counted = self.counted.swap(0, Relaxed);
            if counted > 0 {
                tracing::warn!(deliveries = counted, "refused deliveries were too many to be stored");
            }
        }
        self.stored.fetch_add(1, Relaxed) < most
    }
}

/// Waits for the store's answers, in their order.
pub(super) struct AckCollector {
    pending: mpsc::UnboundedReceiver<PendingDelivery>,
    waiting: VecDeque<PendingDelivery>,
}

impl AckCollector {
    /// Passes on what the store answers, and tells that something is new once the answers are out.
    pub(super) async fn run(mut self, config: Arc<ListenerConfig>) {
        loop {
            std::future::poll_fn(|cx| self.collect(cx)).await;
            // Whoever was answered writes to its socket before this goes on.
            tokio::task::yield_now().await;
            config.notify_changed();
        }
    }

    /// Ready when at least one was answered.
    fn collect(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while let Poll::Ready(Some(next)) = self.pending.poll_recv(cx) {
            self.waiting.push_back(next);
        }
        let mut some = false;
        while let Some(next) = self.waiting.front_mut() {
            // A store that panics loses its own answer and nobody else's.
            let polled = catch_unwind(AssertUnwindSafe(|| next.answer.as_mut().poll(cx)));
            let outcome = match polled {
                Ok(Poll::Pending) => break,
                Ok(Poll::Ready(outcome)) => outcome,
                Err(_) => Err(StoreError::Closed),
            };
            let Some(PendingDelivery { reservation, reply, .. }) = self.waiting.pop_front() else { break };
            drop(reservation);
            match (reply, outcome) {
                // Who asked may have gone; what was filed is filed.
                (Some(reply), outcome) => drop(reply.send(outcome)),
                (None, Err(error)) => tracing::warn!(%error, "a refused delivery could not be stored"),
                (None, Ok(_)) => {}
            }
            some = true;
        }
        if some { Poll::Ready(()) } else { Poll::Pending }
    }
}
