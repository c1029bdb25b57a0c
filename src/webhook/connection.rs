//! How far one connection has come, and since when: what the registry looks at to tell whose time is up.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use tokio::time::Instant;

use super::limits::ListenerLimits;
use super::malformed::KEPT;

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It is open and has not sent a whole head yet.
    Fresh,
    /// A head was read and its request is being worked on.
    Busy,
    /// A body is coming.
    Body,
    /// The store is being waited for.
    Store,
    /// A rule is being waited for.
    Rule,
    /// It was answered, and has not begun another request.
    Idle,
    /// Another request's head is coming.
    Head,
    /// It was answered before its request's end, and is read until its client has seen that.
    Linger,
}

impl Phase {
    const ALL: [Self; 8] =
        [Self::Fresh, Self::Busy, Self::Body, Self::Store, Self::Rule, Self::Idle, Self::Head, Self::Linger];

    /// How long it may last.
    fn time(self, limits: &ListenerLimits) -> Option<Duration> {
        match self {
            Self::Fresh | Self::Head => Some(limits.head_time),
            Self::Body => Some(limits.body_time),
            Self::Store => Some(limits.ack_time),
            Self::Idle => Some(limits.idle_time),
            Self::Linger => Some(limits.linger_time),
            Self::Busy | Self::Rule => None,
        }
    }
}

/// What is to be done with a connection whose time is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overdue {
    /// Its request is still answered.
    Answer,
    /// It ends, unless a request has come that nobody has looked at yet.
    Retire,
    /// Nothing.
    Close,
}

/// One connection. The clock counts milliseconds from the listener's start; all on one thread, so no order of memory
/// matters.
#[derive(Debug)]
pub(super) struct Connection {
    /// Whose it is.
    pub(super) peer: IpAddr,
    /// Which of this machine's addresses it reached.
    pub(super) local: IpAddr,
    began: Instant,
    phase: AtomicU8,
    since: AtomicU64,
    /// Since when nothing could be written; 0 for never.
    stalled: AtomicU64,
    requests: AtomicU32,
    expired: AtomicBool,
    unread: AtomicBool,
    /// It has been quiet for long enough: it ends unless a request has come meanwhile.
    retiring: AtomicBool,
    /// Its client sends nothing more: it has closed its side, or is gone.
    silent: AtomicBool,
    /// The first bytes of a head that is not whole yet.
    head: Mutex<Vec<u8>>,
    waker: OnceLock<Waker>,
}

impl Connection {
    /// One that was just accepted.
    pub(super) fn new(peer: IpAddr, local: IpAddr, began: Instant) -> Self {
        let connection = Self {
            peer,
            local,
            began,
            phase: AtomicU8::new(0),
            since: AtomicU64::new(0),
            stalled: AtomicU64::new(0),
            requests: AtomicU32::new(0),
            expired: AtomicBool::new(false),
            unread: AtomicBool::new(false),
            retiring: AtomicBool::new(false),
            silent: AtomicBool::new(false),
            head: Mutex::default(),
            waker: OnceLock::new(),
        };
        connection.enter(Phase::Fresh);
        connection
    }

    /// A new phase begins now.
    pub(super) fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Relaxed);
        self.since.store(self.now(), Relaxed);
    }

    /// A request is here; says how many there have been.
    pub(super) fn begin(&self) -> u32 {
        self.phase.store(Phase::Busy as u8, Relaxed);
        self.head.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.requests.fetch_add(1, Relaxed) + 1
    }

    /// Where it stands.
    pub(super) fn phase(&self) -> Phase {
        Phase::ALL.get(usize::from(self.phase.load(Relaxed))).copied().unwrap_or(Phase::Busy)
    }

    /// Since when it stands there.
    pub(super) fn since(&self) -> u64 {
        self.since.load(Relaxed)
    }

    /// Bytes came.
    pub(super) fn received(&self, bytes: &[u8]) {
        if self.phase() == Phase::Idle {
            self.enter(Phase::Head);
        }
        if matches!(self.phase(), Phase::Fresh | Phase::Head) {
            let mut head = self.head.lock().unwrap_or_else(PoisonError::into_inner);
            let room = KEPT.saturating_sub(head.len());
            head.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        }
    }

    /// The first bytes of a head that never became a request.
    pub(super) fn first_bytes(&self) -> Vec<u8> {
        std::mem::take(&mut *self.head.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether what was to be written could be, or some of it.
    pub(super) fn wrote(&self, some: bool) {
        if some {
            self.stalled.store(0, Relaxed);
        } else if self.stalled.load(Relaxed) == 0 {
            self.stalled.store(self.now().max(1), Relaxed);
        }
    }

    /// The answer goes out before the request has been read to its end.
    pub(super) fn leave_unread(&self) {
        self.unread.store(true, Relaxed);
    }

    /// Whether it did.
    pub(super) fn is_unread(&self) -> bool {
        self.unread.load(Relaxed)
    }

    /// It has been quiet for long enough. False if it was told so before and is still there.
    pub(super) fn retire(&self) -> bool {
        let first = !self.retiring.swap(true, Relaxed);
        self.wake();
        first
    }

    /// Whether a reader that finds nothing takes that for the end.
    pub(super) fn is_retiring(&self) -> bool {
        self.retiring.load(Relaxed) && self.phase() == Phase::Idle
    }

    /// Its client sends nothing more.
    pub(super) fn mark_client_closed(&self) {
        self.silent.store(true, Relaxed);
        self.wake();
    }

    /// Waits until its client is known to send nothing more, in [`Phase::Rule`].
    pub(super) async fn client_closed(&self) {
        std::future::poll_fn(|_| if self.silent.load(Relaxed) { Poll::Ready(()) } else { Poll::Pending }).await;
    }

    /// Remembers how to wake its task.
    pub(super) fn remember_waker(&self, waker: &Waker) {
        if self.waker.get().is_none() {
            let _ = self.waker.set(waker.clone());
        }
    }

    /// Wakes its task.
    pub(super) fn wake(&self) {
        if let Some(waker) = self.waker.get() {
            waker.wake_by_ref();
        }
    }

    /// Whether its time is up.
    pub(super) fn overdue(&self, limits: &ListenerLimits) -> Option<Overdue> {
        let now = self.now();
        let after = |since: u64, time: Duration| u128::from(now.saturating_sub(since)) >= time.as_millis();
        let stalled = self.stalled.load(Relaxed);
        if stalled != 0 && after(stalled, limits.write_time) {
            return Some(Overdue::Close);
        }
        let phase = self.phase();
        let up = phase.time(limits).is_some_and(|time| after(self.since(), time));
        match phase {
            Phase::Body | Phase::Store => up.then_some(Overdue::Answer),
            Phase::Idle => up.then_some(Overdue::Retire),
            _ => up.then_some(Overdue::Close),
        }
    }

    /// Its time is up, and its request is to be answered so.
    pub(super) fn expire(&self) {
        self.expired.store(true, Relaxed);
        self.wake();
    }

    /// Waits in a phase; none if the time of that phase is up before. Costs no timer: the registry looks at all clocks.
    pub(super) async fn within<F: Future + Unpin>(&self, phase: Phase, mut future: F) -> Option<F::Output> {
        self.expired.store(false, Relaxed);
        self.enter(phase);
        let outcome = std::future::poll_fn(|cx| match Pin::new(&mut future).poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if self.expired.load(Relaxed) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        });
        let outcome = outcome.await;
        self.phase.store(Phase::Busy as u8, Relaxed);
        outcome
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
