//! What one store is at. Owns that its process doesn't stop while it writes, and that those are looked at who keep it from
//! its work for long: one of them that is stopped is woken until it has let go.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::disk::{NAME, sidecar};
use super::stopped::WokenProcesses;

/// How long the store may be at one thing until it is looked whether those who keep it from that are stopped.
const PATIENCE: Duration = Duration::from_millis(150);

/// What one store is at, as others of its process see it.
#[derive(Debug, Default)]
pub(super) struct Activity {
    /// Held while something is written.
    writing: RwLock<()>,
    state: Mutex<ActivityState>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct ActivityState {
    /// How many threads are at something, and since when some are.
    busy: u32,
    since: Option<Instant>,
    /// Who looks on sleeps until something is begun.
    sleeps: bool,
    over: bool,
    woken: Vec<WokenProcesses>,
}

impl Activity {
    pub(super) fn write(&self) -> RwLockReadGuard<'_, ()> {
        self.writing.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Held while nothing is written.
    pub(super) fn pause(&self) -> RwLockWriteGuard<'_, ()> {
        self.writing.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, ActivityState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One of the store's threads begins something.
    pub(super) fn begin(&self) {
        let mut state = self.state();
        state.busy += 1;
        state.since.get_or_insert_with(Instant::now);
        if state.sleeps {
            self.changed.notify_one();
        }
    }

    /// It is done. Those who were woken for it are stopped again: while this connection has the lock, so that they hold
    /// nothing.
    pub(super) fn end(&self, conn: Option<&Connection>) {
        let woken = {
            let mut state = self.state();
            state.busy = state.busy.saturating_sub(1);
            if state.busy > 0 {
                return;
            }
            state.since = None;
            std::mem::take(&mut state.woken)
        };
        if !woken.is_empty() {
            let held = conn.map(|conn| Transaction::new_unchecked(conn, TransactionBehavior::Immediate));
            drop(woken);
            drop(held);
        }
    }

    /// Nothing is begun any more.
    pub(super) fn close(&self) {
        self.state().over = true;
        self.changed.notify_one();
    }

    /// Looks on, on a thread of its own: where the store is at one thing for long, wakes those who keep it from that.
    pub(super) fn watch(activity: &Arc<Self>, dir: &Path) {
        let (activity, locks) = (Arc::clone(activity), sidecar(&dir.join(NAME), "-shm"));
        let started =
            std::thread::Builder::new().name("store-watch".to_owned()).spawn(move || activity.wake_blockers(&locks));
        if let Err(error) = started {
            tracing::warn!(%error, "nobody looks whether other processes are stopped");
        }
    }

    fn wake_blockers(&self, locks: &Path) {
        let mut state = self.state();
        while !state.over {
            let Some(since) = state.since else {
                state.sleeps = true;
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                state.sleeps = false;
                continue;
            };
            if since.elapsed() >= PATIENCE {
                let mut woken = WokenProcesses::default();
                woken.wake_holders(locks);
                if !woken.is_empty() {
                    state.woken.push(woken);
                }
            }
            state = self.changed.wait_timeout(state, PATIENCE).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
