//! Stopped processes and the database's lock. Owns that this process doesn't stop while it writes, and that one which was
//! stopped from outside while it did is woken until it has come to an end.

use std::path::Path;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

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

/// The processes that were woken, stopped again when this is dropped.
#[derive(Default)]
pub(super) struct Woken;

impl Woken {
    pub(super) fn wake(&mut self, _dir: &Path) {}
}
