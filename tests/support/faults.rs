//! A disk whose calls fail by count: a library that is loaded before the C library, made by the compiler that SQLite is
//! made with.
#![allow(dead_code, clippy::expect_used, clippy::missing_panics_doc, reason = "each test uses a part of the rig")]

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use super::command::Call;
use super::home::Home;

/// A call of the operating system that fails for good or for a moment.
pub const EIO: u32 = 5;
/// No room on the disk: writing fails, reading doesn't.
pub const ENOSPC: u32 = 28;

/// A disk that can only be read.
pub const EROFS: u32 = 30;

/// Which calls fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// None: they are counted.
    None,
    /// One, the first being 1.
    One(usize),
    /// All from one on.
    From(usize),
    /// Every so manieth.
    Every(usize),
}

/// The library, made once a test program.
fn library() -> &'static PathBuf {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/faults.c");
        let made = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("faults-{}.so", std::process::id()));
        let compiler = env::var("CC").unwrap_or_else(|_| "cc".to_owned());
        let words = ["-O1", "-shared", "-fPIC", "-Wall", "-Werror", "-o"];
        let done = Command::new(compiler).args(words).arg(&made).arg(source).arg("-ldl").output();
        let done = done.expect("a C compiler, as SQLite needs one");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        made
    })
}

/// That call, with calls on the store's files that fail.
#[must_use]
pub fn on_the_store(call: Call, home: &Home, which: Which, errno: u32) -> Call {
    let count = counted_in(home);
    let _ = fs::remove_file(&count);
    let call = call
        .env("LD_PRELOAD", &library().to_string_lossy())
        .env("FAULT_PATH", "patchcord.db")
        .env("FAULT_COUNT", &count.to_string_lossy())
        .env("FAULT_ERRNO", &errno.to_string());
    match which {
        Which::None => call,
        Which::One(at) => call.env("FAULT_AT", &at.to_string()).env("FAULT_FOR", "1"),
        Which::From(at) => call.env("FAULT_AT", &at.to_string()),
        Which::Every(nth) => call.env("FAULT_EVERY", &nth.to_string()),
    }
}

/// How many calls there were.
pub fn counted(home: &Home) -> usize {
    fs::metadata(counted_in(home)).map_or(0, |count| usize::try_from(count.len()).unwrap_or(usize::MAX))
}

fn counted_in(home: &Home) -> PathBuf {
    home.path().join("tmp/calls")
}
