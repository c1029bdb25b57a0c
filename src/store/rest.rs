//! Stopped processes and what they hold. Owns that this process doesn't stop while it writes, and that one which was stopped
//! from outside is woken for as long as it needs to let go of what others wait for.
//!
//! Nothing takes a lock or a port from a process that doesn't run. So whoever waits for one that is stopped lets it go on
//! until it is at rest, and stops it again as it was. Only Linux tells who that is.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

use super::identity::node;

/// Held while something is written, by whichever store of this process.
static AT_WORK: RwLock<()> = RwLock::new(());

pub(super) fn at_work() -> RwLockReadGuard<'static, ()> {
    AT_WORK.read().unwrap_or_else(PoisonError::into_inner)
}

/// Does something while no store of this process writes: what others wait for is not in its hands meanwhile.
pub fn at_rest<T>(act: impl FnOnce() -> T) -> T {
    let _nobody = AT_WORK.write().unwrap_or_else(PoisonError::into_inner);
    act()
}

/// How long is waited for others who have the database in use.
const PATIENCE: Duration = Duration::from_secs(8);
/// Between two looks. Short, since whoever writes without a pause leaves little time between.
const PAUSE: Duration = Duration::from_millis(2);
/// So many looks go by until it is looked whether those who are waited for are stopped.
const LOOK: i32 = 75;

/// Files in which SQLite's locks of open databases are, and who was woken because of them.
static WATCHED: Mutex<(Vec<PathBuf>, Vec<Woken>)> = Mutex::new((Vec::new(), Vec::new()));

thread_local! {
    /// Since when this thread waits.
    static SINCE: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// From now on, those who hold locks in that file are woken when they are waited for.
pub(super) fn watch(file: &Path) {
    let (files, _) = &mut *WATCHED.lock().unwrap_or_else(PoisonError::into_inner);
    files.retain(|known| known != file);
    files.push(file.to_owned());
}

/// What SQLite calls where another connection has what it needs: false to give up.
pub(super) fn wait(looks: i32) -> bool {
    if looks == 0 {
        SINCE.set(Some(Instant::now()));
    }
    if SINCE.get().is_none_or(|since| since.elapsed() > PATIENCE) {
        return false;
    }
    if looks % LOOK == LOOK - 1 {
        let (files, woken) = &mut *WATCHED.lock().unwrap_or_else(PoisonError::into_inner);
        let mut these = Woken::default();
        for file in files.iter() {
            these.wake_holders(file);
        }
        woken.push(these);
    }
    std::thread::sleep(PAUSE);
    true
}

/// Those who were woken meanwhile; none mostly.
pub(super) fn woken() -> Option<Vec<Woken>> {
    let (_, woken) = &mut *WATCHED.lock().unwrap_or_else(PoisonError::into_inner);
    (!woken.is_empty()).then(|| std::mem::take(woken)).filter(|woken| woken.iter().any(|woken| !woken.0.is_empty()))
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
