//! Waiting for what has no condition variable, with a deadline.
#![allow(dead_code, clippy::expect_used, clippy::missing_panics_doc, reason = "each test uses a part of the rig")]

use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use super::command::PATIENCE;

/// Waits until a condition is met.
#[track_caller]
pub fn wait(what: &str, met: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !met() {
        assert!(Instant::now() < deadline, "waited for {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Whether a process is stopped (SIGSTOP, SIGTSTP).
pub fn is_stopped(pid: u32) -> bool {
    if let Ok(state) = fs::read_to_string(format!("/proc/{pid}/stat")) {
        return state.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('T'));
    }
    let state = Command::new("ps").args(["-o", "stat=", "-p", &pid.to_string()]).output();
    state.is_ok_and(|state| state.stdout.starts_with(b"T"))
}
