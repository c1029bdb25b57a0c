//! What the environment tells a test or a benchmark: how much of it, and which chance.
#![allow(dead_code, clippy::print_stdout, reason = "each test uses a part of the rig")]

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

/// A number from the environment.
pub fn setting(name: &str, usual: usize) -> usize {
    env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(usual)
}

/// What makes this run's randomness (`SEED`); printed, so that it can be repeated.
pub fn seed(what: &str) -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |time| u64::from(time.subsec_nanos()));
    let seed = env::var("SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(now) | 1;
    println!("{what}: SEED={seed}");
    seed
}
