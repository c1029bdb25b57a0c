//! A link between a terminal and a program, as slow as wanted: bytes take their time, come in pieces, and stall.
//!
//! One direction each. A [`Pty`](super::pty::Pty) has two, which pass everything at once until they are told otherwise:
//!
//! - `pty.slow(delay)`: from now on, each direction takes that long.
//! - `pty.pieces(bytes)`: keys come in pieces of at most so many bytes, each in a read of its own.
//! - `pty.stall(time)`: nothing passes for that long, in either direction; then what collected comes at once.
//! - `pty.split(bytes, at, stall)`: sends bytes of which the first `at` come before a stall and the others behind it.
//! - `pty.typed()`: waits until the program was sent all that was typed.
//!
//! What the terminal answers to a question stands in the same queue as the keys, as on a real link.
#![allow(dead_code, reason = "each test uses a part of the rig")]

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The silence between two pieces: enough for a program to have read the first.
const BETWEEN: Duration = Duration::from_millis(8);

/// Takes what comes out of a link. No bytes mean that no more will come.
type Sink = Box<dyn FnMut(&[u8]) + Send>;

#[derive(Default)]
struct Queue {
    waiting: VecDeque<(Instant, Vec<u8>)>,
    delay: Duration,
    piece: Option<usize>,
    stalled: Option<Instant>,
    /// Something is being handed on.
    busy: bool,
    gone: bool,
}

impl Queue {
    fn is_plain(&self) -> bool {
        self.waiting.is_empty()
            && !self.busy
            && self.delay.is_zero()
            && self.piece.is_none()
            && self.stalled.is_none()
    }

    /// When the first of what waits may pass.
    fn due(&self) -> Option<Instant> {
        let (due, _) = self.waiting.front()?;
        Some(self.stalled.map_or(*due, |until| until.max(*due)))
    }

    /// All that may pass now, as one; none where the end has come, as no bytes.
    fn pass(&mut self, now: Instant) -> Vec<u8> {
        let mut out = Vec::new();
        while self.waiting.front().is_some_and(|(due, bytes)| *due <= now && (!bytes.is_empty() || out.is_empty())) {
            let Some((_, bytes)) = self.waiting.pop_front() else { break };
            let end = bytes.is_empty();
            out.extend(bytes);
            if end {
                break;
            }
        }
        out
    }
}

struct Ends {
    queue: Mutex<Queue>,
    changed: Condvar,
    sink: Mutex<Sink>,
}

/// One direction of a link.
#[derive(Clone)]
pub struct Link {
    ends: Arc<Ends>,
}

impl Link {
    /// A link that passes everything at once.
    pub fn to(sink: impl FnMut(&[u8]) + Send + 'static) -> Self {
        let ends =
            Arc::new(Ends { queue: Mutex::default(), changed: Condvar::new(), sink: Mutex::new(Box::new(sink)) });
        let passing = Arc::clone(&ends);
        thread::spawn(move || passing.pass());
        Self { ends }
    }

    /// Sends bytes. No bytes say that no more will come.
    pub fn send(&self, bytes: &[u8]) {
        let mut queue = self.ends.lock();
        if queue.is_plain() {
            queue.busy = true;
            drop(queue);
            self.ends.hand_on(bytes);
            self.ends.lock().busy = false;
        } else {
            let due = Instant::now() + queue.delay;
            queue.waiting.push_back((due, bytes.to_vec()));
        }
        self.ends.changed.notify_all();
    }

    /// Sends bytes of which the first `at` come before a stall and the others behind it. What is sent later comes behind
    /// those: nothing gets between.
    pub fn split(&self, bytes: &[u8], at: usize, stall: Duration) {
        let mut queue = self.ends.lock();
        let (due, (one, other)) = (Instant::now() + queue.delay, bytes.split_at(at));
        queue.waiting.push_back((due, one.to_vec()));
        queue.waiting.push_back((due + stall, other.to_vec()));
        self.ends.changed.notify_all();
    }

    /// From now on everything takes that long.
    pub fn slow(&self, delay: Duration) {
        self.ends.lock().delay = delay;
    }

    /// From now on everything comes in pieces of at most so many bytes.
    pub fn pieces(&self, bytes: usize) {
        self.ends.lock().piece = Some(bytes.max(1));
    }

    /// Nothing passes for that long; then what collected comes at once.
    pub fn stall(&self, time: Duration) {
        self.ends.lock().stalled = Some(Instant::now() + time);
    }

    /// Waits until all that was sent has passed.
    pub fn drained(&self) {
        let queue = self.ends.lock();
        let waits = |queue: &mut Queue| (!queue.waiting.is_empty() || queue.busy) && !queue.gone;
        drop(self.ends.changed.wait_while(queue, waits));
    }

    /// Nobody sends any more: what waits is dropped.
    pub fn close(&self) {
        let mut queue = self.ends.lock();
        queue.gone = true;
        queue.waiting.clear();
        self.ends.changed.notify_all();
    }
}

impl Ends {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hand_on(&self, bytes: &[u8]) {
        (self.sink.lock().unwrap_or_else(PoisonError::into_inner))(bytes);
    }

    fn pass(&self) {
        let mut queue = self.lock();
        while !queue.gone {
            let now = Instant::now();
            if queue.stalled.is_some_and(|until| until <= now) {
                queue.stalled = None;
            }
            let left = queue.due().map(|due| due.saturating_duration_since(now));
            if queue.busy || left.is_none_or(|left| !left.is_zero()) {
                let left = left.filter(|left| !left.is_zero() && !queue.busy).unwrap_or(Duration::from_secs(1));
                queue = self.changed.wait_timeout(queue, left).map_or_else(|p| p.into_inner().0, |(queue, _)| queue);
                continue;
            }
            let (came, piece) = (queue.pass(now), queue.piece);
            queue.busy = true;
            drop(queue);
            match piece {
                Some(piece) if !came.is_empty() => came.chunks(piece).for_each(|piece| {
                    self.hand_on(piece);
                    thread::sleep(BETWEEN);
                }),
                _ => self.hand_on(&came),
            }
            queue = self.lock();
            queue.busy = false;
            self.changed.notify_all();
        }
    }
}
