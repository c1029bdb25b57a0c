//! Job control: whether a shell would take over if the program stopped, and continue it.
//!
//! By POSIX, that is whether the parent is in the same session, in another process group. A program that is its
//! terminal's only one (`ssh -t host patchcord`), or that shares its group with the one that waits for it (`cargo run`,
//! a script), would stop for good: only this process stops, so its parent is told nothing that it would act on.

use std::sync::{Arc, Mutex, Weak};

use nix::unistd::{Pid, getpgid, getppid, getsid};
use rustix::process::{Resource, Rlimit, Signal, getpid, kill_process, setrlimit};
use tokio::signal::unix::{SignalKind, signal};

use super::{Inner, listen};

/// Whether somebody would continue the program after it stopped. In a container the parent can be outside of what
/// this process sees, and so can the leader of a session or of a group: all of them are then 0.
pub fn is_continued() -> bool {
    let place = |of: Option<Pid>| Some((getsid(of).ok()?, getpgid(of).ok()?));
    match (place(Some(getppid())), place(None)) {
        // Asked about 0, the system would answer for this process itself.
        _ if getppid().as_raw() == 0 => false,
        (Some((session, group)), Some((ours, our_group))) => session == ours && group != our_group,
        _ => false,
    }
}

/// The number of the signal that a terminal's key for stopping sends.
pub const STOP: i32 = Signal::TSTP.as_raw();

/// The runtimes that a process opened, so that what they hold is let go of before it stops. Clones are one.
#[derive(Clone, Default)]
pub struct Opened(Arc<Mutex<Vec<Weak<Inner>>>>);

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").finish_non_exhaustive()
    }
}

impl Opened {
    pub(super) fn note(&self, inner: &Arc<Inner>) {
        if let Ok(mut opened) = self.0.lock() {
            opened.push(Arc::downgrade(inner));
        }
    }

    /// Stops this process, and this one only, until somebody continues it. Before that it lets go of the port that it
    /// listens on, once what was let in is answered, and ends what it writes, so that no other instance waits for it;
    /// afterwards it listens again, unless another does. Blocks: nothing else is to happen on this thread meanwhile.
    ///
    /// # Errors
    ///
    /// The system's, where it doesn't let the process stop.
    pub fn stop(&self) -> std::io::Result<()> {
        let open: Vec<_> =
            self.0.lock().map(|all| all.iter().filter_map(Weak::upgrade).collect()).unwrap_or_default();
        for inner in &open {
            listen::end(inner);
        }
        let mut stopped = Ok(());
        at_rest(&open, &mut || stopped = kill_process(getpid(), Signal::STOP));
        for inner in &open {
            inner.news.send_modify(|n| *n += 1);
        }
        Ok(stopped?)
    }
}

/// Does something while none of them writes.
fn at_rest(open: &[Arc<Inner>], act: &mut dyn FnMut()) {
    match open.split_first() {
        Some((first, rest)) => first.store.quiesced(|| at_rest(rest, act)),
        None => act(),
    }
}

/// What the system would otherwise do to a process in trouble: end it where a file grows beyond a limit, which is an error
/// like any other of the disk's; and write its memory to a file, secrets and all. To be called in a runtime of tokio's.
pub fn be_robust() {
    if let Err(error) = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }) {
        tracing::info!(%error, "core dumps could not be turned off");
    }
    // Heard of once, it does nothing for as long as the process lives.
    if let Err(error) = signal(SignalKind::from_raw(Signal::XFSZ.as_raw())) {
        tracing::info!(%error, "the signal of a file's limit could not be taken");
    }
}
