//! Job control: whether a shell would take over if the program stopped, and continue it.
//!
//! By POSIX, that is whether the parent is in the same session, in another process group. A program that is its
//! terminal's only one (`ssh -t host patchcord`), or that shares its group with the one that waits for it (`cargo run`,
//! a script), would stop for good: only this process stops, so its parent is told nothing that it would act on.

use rustix::process::{Pid, Signal, getpgid, getpgrp, getpid, getppid, getsid, kill_process};

/// Whether somebody would continue the program after it stopped.
pub(super) fn is_continued() -> bool {
    getppid().is_some_and(|parent| {
        let session = |of: Option<Pid>| getsid(of).ok();
        session(Some(parent)).is_some()
            && session(Some(parent)) == session(None)
            && getpgid(Some(parent)).is_ok_and(|group| group != getpgrp())
    })
}

/// Stops this process, and this one only, until somebody continues it.
pub(super) fn stop() -> std::io::Result<()> {
    Ok(kill_process(getpid(), Signal::STOP)?)
}
