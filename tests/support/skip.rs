//! What a test does where a tool that it needs isn't installed: it says so, past the harness that keeps the output of what
//! passes. Where everything was to be installed (`.ci/run`), it fails.
#![allow(dead_code, unreachable_pub, clippy::missing_panics_doc, reason = "each test uses a part of the rig")]

use std::env;
use std::io::Write as _;
use std::path::PathBuf;

/// Set to anything but `0`, this variable makes each skip a failure.
pub const NO_SKIP: &str = "PATCHCORD_NO_SKIP";
/// But for the tools that this one names, with commas between them: they can't be had here.
pub const MAY_SKIP: &str = "PATCHCORD_MAY_SKIP";

/// Says that a test, or a part of it, was skipped for want of a tool.
///
/// # Panics
/// Where it may not be.
#[track_caller]
pub fn skip(tool: &str, why: &str) {
    let place = std::panic::Location::caller();
    assert!(
        may(&env::var(NO_SKIP).unwrap_or_default(), &env::var(MAY_SKIP).unwrap_or_default(), tool),
        "{NO_SKIP} is set, and this would be skipped: {why}"
    );
    let _ = writeln!(std::io::stderr(), "SKIPPED at {}:{}: {why}", place.file(), place.line());
}

/// Whether a tool may be missing, by what the two variables say.
pub fn may(no_skip: &str, may_skip: &str, tool: &str) -> bool {
    matches!(no_skip, "" | "0") || may_skip.split(',').any(|name| name.trim() == tool)
}

/// Where a program is that a test needs; where it isn't, the test is skipped.
///
/// # Panics
/// Where it may not be.
#[track_caller]
pub fn program(name: &str) -> Option<PathBuf> {
    let found = find(name);
    if found.is_none() {
        skip(name, &format!("there is no {name} here"));
    }
    found
}

/// Where a program is, among where programs are and where an administrator's are.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    folders.map(|folder| folder.join(name)).find(|path| path.is_file())
}
