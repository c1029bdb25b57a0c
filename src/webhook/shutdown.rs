//! How far stopping has come: what every connection is to know of it.

use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

const SERVING: u8 = 0;
const LAST_ANSWERS: u8 = 1;
const CLOSING_QUIET: u8 = 2;

/// How far stopping has come; it only ever goes on.
#[derive(Debug)]
pub(super) struct Shutdown(AtomicU8);

impl Shutdown {
    /// Not begun.
    pub(super) const fn new() -> Self {
        Self(AtomicU8::new(SERVING))
    }

    /// From now on every answer says that it is the last of its connection.
    pub(super) fn begin(&self) {
        self.0.store(LAST_ANSWERS, Relaxed);
    }

    /// From now on a connection that is quiet is closed.
    pub(super) fn close_quiet(&self) {
        self.0.store(CLOSING_QUIET, Relaxed);
    }

    /// Whether every answer says that it is the last.
    pub(super) fn has_begun(&self) -> bool {
        self.0.load(Relaxed) >= LAST_ANSWERS
    }

    /// Whether a connection that is quiet now is closed.
    pub(super) fn closes_quiet(&self) -> bool {
        self.0.load(Relaxed) >= CLOSING_QUIET
    }
}
