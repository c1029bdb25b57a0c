//! When it is worth looking whether another process has written. Owns how that is learnt: the system tells of every
//! write in the data directory where it can, so that nothing is looked at while nothing happens; elsewhere the clock.

#[cfg(target_os = "linux")]
mod inotify;

use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::{Store, StoreError};
#[cfg(target_os = "linux")]
use inotify::Inotify;

/// How often it is looked where nobody tells, and for a while after somebody did: a commit is told of when it is
/// written, and can be seen once the disk has it.
const LOOK: Duration = Duration::from_secs(1);
/// So many looks follow.
const LOOKS: u32 = 10;
/// How often it is looked all the same: another machine's writes to a shared directory are told by nobody.
const SELDOM: Duration = Duration::from_mins(1);
/// Writes that follow each other faster than this are one.
const REST: Duration = Duration::from_millis(100);

/// Where a system tells nothing.
#[cfg(not(target_os = "linux"))]
struct Inotify;

#[cfg(not(target_os = "linux"))]
impl Inotify {
    fn watch(_dir: &std::path::Path) -> std::io::Result<Self> {
        Err(std::io::ErrorKind::Unsupported.into())
    }

    async fn next(&self) -> std::io::Result<()> {
        std::future::pending().await
    }
}

/// Waits for writes to the data directory.
pub struct ChangeWatch {
    inotify: Option<Inotify>,
    /// How many looks are left until only a write is worth one.
    looks: u32,
}

impl Store {
    /// Says when it is worth looking at [`foreign_commits`](Self::foreign_commits) and at who listens.
    ///
    /// # Errors
    /// That the store can't be opened. A system that tells of no writes is none: then it is the clock.
    pub async fn watch_changes(&self) -> Result<ChangeWatch, StoreError> {
        let dir = self.ask(|database| Ok(database.dir.clone())).await?;
        let inotify = Inotify::watch(&dir).inspect_err(|error| tracing::info!(%error, "nobody tells of writes")).ok();
        Ok(ChangeWatch { inotify, looks: LOOKS })
    }
}

impl ChangeWatch {
    /// Waits until another process may have written. Dropping the future before it is ready loses nothing.
    pub async fn changed(&mut self) {
        let Some(inotify) = &self.inotify else { return sleep(LOOK).await };
        match timeout(self.longest(), inotify.next()).await {
            Ok(Ok(())) => {
                self.looks = LOOKS;
                sleep(REST).await;
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "nobody tells of writes any more");
                self.inotify = None;
            }
            Err(_) => self.looks = self.looks.saturating_sub(1),
        }
    }

    /// How long nothing is looked at, if nobody tells of anything.
    const fn longest(&self) -> Duration {
        if self.looks > 0 || self.inotify.is_none() { LOOK } else { SELDOM }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_is_looked_at_while_nobody_writes() {
        let dir = tempfile::tempdir().unwrap();
        let mut watch = ChangeWatch { inotify: Some(Inotify::watch(dir.path()).unwrap()), looks: 0 };
        assert_eq!(watch.longest(), SELDOM);
        std::fs::write(dir.path().join("patchcord.db-wal"), "a commit").unwrap();
        watch.changed().await;
        // What was told of may not be on the disk yet.
        assert_eq!((watch.longest(), watch.looks), (LOOK, LOOKS));
        watch.inotify = None;
        watch.looks = 0;
        assert_eq!(watch.longest(), LOOK);
    }
}
