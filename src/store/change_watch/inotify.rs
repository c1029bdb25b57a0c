//! What Linux tells of a directory: inotify.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::inotify::{CreateFlags, WatchFlags, add_watch, init};
use rustix::io::{Errno, read};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// How much is read at once; what it says is of no interest, only that it came.
const READ: usize = 4_096;
/// So often, at most.
const READS: usize = 64;

/// Tells of every write to a file of one directory, and of every file let go of that could have been written: also how
/// the lock of one who was killed is seen to be free.
pub(super) struct Inotify(AsyncFd<OwnedFd>);

impl Inotify {
    /// Begins to watch that directory.
    pub(super) fn watch(dir: &Path) -> io::Result<Self> {
        let watch = init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
        add_watch(&watch, dir, WatchFlags::MODIFY | WatchFlags::CLOSE_WRITE | WatchFlags::MOVED_TO)?;
        #[expect(deprecated, reason = "its successor is unsafe, which is forbidden here; this descriptor stays open")]
        AsyncFd::with_interest(watch, Interest::READABLE).map(Self)
    }

    /// Waits until there is something, and takes what is there.
    pub(super) async fn next(&self) -> io::Result<()> {
        let mut ready = self.0.readable().await?;
        let mut bytes = [0; READ];
        // Where somebody writes faster than this reads, what is left is taken by the next call.
        for _ in 0..READS {
            match read(self.0.get_ref(), &mut bytes) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(_) | Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    ready.clear_ready();
                    break;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
