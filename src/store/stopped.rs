//! Processes that were stopped from outside, and what they hold. Owns that one is woken for as long as it needs to let go of
//! what others wait for.
//!
//! Nothing takes a lock or a port from a process that doesn't run. So whoever waits for one that is stopped lets it go on
//! until it holds nothing, and stops it again as it was. Only Linux tells who that is.

use std::path::Path;

use super::identity::node;

/// The processes that were woken, stopped again when this is dropped: by then they are not to hold anything. One that was
/// given the terminal meanwhile was continued by its user, and goes on.
#[derive(Debug, Default)]
pub struct WokenProcesses(Vec<WokenProcess>);

/// One that was woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct WokenProcess {
    process: u32,
    had_terminal: bool,
}

impl WokenProcesses {
    /// Wakes those stopped processes that hold locks of that file.
    pub(super) fn wake_holders(&mut self, of: &Path) {
        let Some((_, number)) = node(of) else { return };
        for process in system::holders(number) {
            self.wake(process);
        }
    }

    /// Whether there are any.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Wakes that process, if it is stopped; whether it was.
    pub(super) fn wake(&mut self, process: u32) -> bool {
        if process == std::process::id() || !is_stopped(process) {
            return false;
        }
        tracing::info!(process, "a stopped process is woken until it has let go of what it holds");
        let had_terminal = system::has_terminal(process);
        let woken = system::signal(process, false);
        if woken && !self.0.iter().any(|known| known.process == process) {
            self.0.push(WokenProcess { process, had_terminal });
        }
        woken
    }
}

impl Drop for WokenProcesses {
    fn drop(&mut self) {
        for WokenProcess { process, had_terminal } in &self.0 {
            if *had_terminal || !system::has_terminal(*process) {
                system::signal(*process, true);
            }
        }
    }
}

/// Whether a process was stopped, by its terminal or from outside.
pub(super) fn is_stopped(process: u32) -> bool {
    system::status(process).is_some_and(|status| status.starts_with('T'))
}

#[cfg(target_os = "linux")]
mod system {
    use rustix::process::{Pid, Signal, kill_process};

    pub(super) fn signal(process: u32, stop: bool) -> bool {
        let process = i32::try_from(process).ok().and_then(Pid::from_raw);
        let signal = if stop { Signal::STOP } else { Signal::CONT };
        process.is_some_and(|process| kill_process(process, signal).is_ok())
    }

    /// What the system tells of a process: its state, its parent, its group, its session, its terminal, and the group that
    /// has that terminal.
    pub(super) fn status(process: u32) -> Option<String> {
        let line = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // Its name stands before that in parentheses, and may hold any.
        line.rsplit_once(") ").map(|(_, rest)| rest.to_owned())
    }

    /// Whether the process has the keys of its terminal.
    pub(super) fn has_terminal(process: u32) -> bool {
        let status = status(process).unwrap_or_default();
        let mut words = status.split(' ').skip(2);
        let (group, _, _, holder) = (words.next(), words.next(), words.next(), words.next());
        group.is_some() && group == holder
    }

    /// SQLite's locks of a log: to write, to empty it, to mend it, to read; whoever has it open holds one beyond these.
    const LOCKS: std::ops::Range<u64> = 120..128;

    /// The processes that hold locks of the file with that number which others wait for.
    pub(super) fn holders(file: u64) -> Vec<u32> {
        let locks = std::fs::read_to_string("/proc/locks").unwrap_or_default();
        locks.lines().filter_map(|line| holder(line, file)).collect()
    }

    /// "1: POSIX  ADVISORY  WRITE 4711 fd:01:1234 120 120"; who waits has an arrow before the kind.
    pub(super) fn holder(line: &str, file: u64) -> Option<u32> {
        let mut words = line.split_whitespace().skip(1);
        let (kind, _, access) = (words.next()?, words.next()?, words.next()?);
        let (process, place) = (words.next()?.parse().ok()?, words.next()?);
        let from: u64 = words.next()?.parse().ok()?;
        let kept = kind == "FLOCK" || (kind == "POSIX" && access == "WRITE" && LOCKS.contains(&from));
        (kept && place.rsplit(':').next()?.parse() == Ok(file)).then_some(process)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    pub(super) fn signal(_: u32, _: bool) -> bool {
        false
    }

    pub(super) fn status(_: u32) -> Option<String> {
        None
    }

    pub(super) fn has_terminal(_: u32) -> bool {
        false
    }

    pub(super) fn holders(_: u64) -> Vec<u32> {
        Vec::new()
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::system::holder;

    #[test]
    fn only_locks_that_others_wait_for_count() {
        let held = |line| holder(line, 1_234);
        assert_eq!(held("1: POSIX  ADVISORY  WRITE 4711 fd:01:1234 120 120"), Some(4_711));
        assert_eq!(held("7: FLOCK  ADVISORY  READ 4712 00:2b:1234 0 EOF"), Some(4_712));
        for line in [
            "1: POSIX  ADVISORY  READ 4711 fd:01:1234 128 128",
            "1: POSIX  ADVISORY  READ 4711 fd:01:1234 124 124",
            "1: POSIX  ADVISORY  WRITE 4711 fd:01:51234 120 120",
            "1: -> POSIX  ADVISORY  WRITE 4711 fd:01:1234 120 120",
            "2: OFDLCK ADVISORY  WRITE -1 fd:01:1234 0 EOF",
            "",
        ] {
            assert_eq!(held(line), None, "{line}");
        }
    }
}
