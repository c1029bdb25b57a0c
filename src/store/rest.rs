//! Stopped processes and what they hold. Owns that this process doesn't stop while it writes, and that one which was stopped
//! from outside is woken for as long as it needs to let go of what others wait for.
//!
//! Nothing takes a lock or a port from a process that doesn't run. So whoever waits for one that is stopped lets it go on
//! until it is at rest, and stops it again as it was. Only Linux tells who that is.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use super::file::{NAME, sidecar};
use super::identity::node;

/// How long the store may be at one thing until it is looked whether those who keep it from that are stopped.
const PATIENCE: Duration = Duration::from_millis(150);

/// What one store is at, as others of its process see it.
#[derive(Debug, Default)]
pub(super) struct Rest {
    /// Held while something is written.
    writing: RwLock<()>,
    task: Mutex<Task>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Task {
    since: Option<Instant>,
    /// Who looks on sleeps until something is begun.
    sleeps: bool,
    over: bool,
    woken: Vec<Woken>,
}

impl Rest {
    pub(super) fn write(&self) -> RwLockReadGuard<'_, ()> {
        self.writing.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Held while nothing is written.
    pub(super) fn pause(&self) -> RwLockWriteGuard<'_, ()> {
        self.writing.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn task(&self) -> MutexGuard<'_, Task> {
        self.task.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The store's thread begins something.
    pub(super) fn begin(&self) {
        let mut task = self.task();
        task.since = Some(Instant::now());
        if task.sleeps {
            self.changed.notify_one();
        }
    }

    /// It is done. Answers who was woken for it; none mostly.
    pub(super) fn end(&self) -> Option<Vec<Woken>> {
        let mut task = self.task();
        task.since = None;
        (!task.woken.is_empty()).then(|| std::mem::take(&mut task.woken))
    }

    /// Nothing is begun any more.
    pub(super) fn close(&self) {
        self.task().over = true;
        self.changed.notify_one();
    }

    /// Looks on, on a thread of its own: where the store is at one thing for long, wakes those who keep it from that.
    pub(super) fn watch(rest: &Arc<Self>, dir: &Path) {
        let (rest, locks) = (Arc::clone(rest), sidecar(&dir.join(NAME), "-shm"));
        let started = std::thread::Builder::new().name("store-watch".to_owned()).spawn(move || rest.look(&locks));
        if let Err(error) = started {
            tracing::warn!(%error, "nobody looks whether other processes are stopped");
        }
    }

    fn look(&self, locks: &Path) {
        let mut task = self.task();
        while !task.over {
            let Some(since) = task.since else {
                task.sleeps = true;
                task = self.changed.wait(task).unwrap_or_else(PoisonError::into_inner);
                task.sleeps = false;
                continue;
            };
            if since.elapsed() >= PATIENCE {
                let mut woken = Woken::default();
                woken.wake_holders(locks);
                if !woken.0.is_empty() {
                    task.woken.push(woken);
                }
            }
            task = self.changed.wait_timeout(task, PATIENCE).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// The processes that were woken, stopped again when this is dropped: by then they are not to hold anything.
#[derive(Debug, Default)]
pub struct Woken(Vec<u32>);

impl Woken {
    /// Wakes those stopped processes that hold locks of that file.
    pub(super) fn wake_holders(&mut self, of: &Path) {
        let Some((_, number)) = node(of) else { return };
        for process in holders(number) {
            self.wake(process);
        }
    }

    /// Wakes that process, if it is stopped; whether it was.
    pub(super) fn wake(&mut self, process: u32) -> bool {
        if process == std::process::id() || !is_stopped(process) {
            return false;
        }
        tracing::info!(process, "a stopped process is woken until it has let go of what it holds");
        let woken = signal(process, false);
        if woken && !self.0.contains(&process) {
            self.0.push(process);
        }
        woken
    }
}

impl Drop for Woken {
    fn drop(&mut self) {
        for process in &self.0 {
            signal(*process, true);
        }
    }
}

#[cfg(target_os = "linux")]
fn signal(process: u32, stop: bool) -> bool {
    use rustix::process::{Pid, Signal, kill_process};
    let process = i32::try_from(process).ok().and_then(Pid::from_raw);
    let signal = if stop { Signal::STOP } else { Signal::CONT };
    process.is_some_and(|process| kill_process(process, signal).is_ok())
}

/// Whether a process was stopped, by its terminal or from outside.
#[cfg(target_os = "linux")]
pub(super) fn is_stopped(process: u32) -> bool {
    // Its name stands in parentheses, and may hold any.
    let told = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    told.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('T'))
}

/// The processes that hold locks of the file with that number.
#[cfg(target_os = "linux")]
fn holders(file: u64) -> Vec<u32> {
    let told = std::fs::read_to_string("/proc/locks").unwrap_or_default();
    let ends = format!(":{file}");
    told.lines()
        .filter_map(|line| {
            // "1: POSIX  ADVISORY  WRITE 4711 fd:01:1234 120 120"; who waits has an arrow before the kind.
            let mut words = line.split_whitespace().skip(1);
            let waits = words.next() == Some("->");
            let process = words.nth(2)?.parse().ok()?;
            (!waits && words.next()?.ends_with(&ends)).then_some(process)
        })
        .collect()
}

#[cfg(not(target_os = "linux"))]
fn signal(_: u32, _: bool) -> bool {
    false
}

#[cfg(not(target_os = "linux"))]
pub(super) fn is_stopped(_: u32) -> bool {
    false
}

#[cfg(not(target_os = "linux"))]
fn holders(_: u64) -> Vec<u32> {
    Vec::new()
}
