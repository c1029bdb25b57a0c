//! Waits until something changes in a file's folder, without waking up meanwhile.

use std::path::Path;
use std::time::Duration;

/// After something changed it is waited so long: what comes together is looked at once.
const TOGETHER: Duration = Duration::from_millis(250);
/// How often one looks where the system doesn't tell.
const LOOK: Duration = Duration::from_secs(1);

/// A watch over the folder in which a file stands, and over that to which it leads where it is a link.
pub(super) struct FolderWatch {
    #[cfg(target_os = "linux")]
    told: Option<linux::Folders>,
}

impl FolderWatch {
    /// Begins to watch. Where the system can't tell, as for lack of watches, one looks by the clock instead.
    pub(super) fn new(file: &Path) -> Self {
        #[cfg(target_os = "linux")]
        return Self { told: linux::Folders::new(file).ok() };
        #[cfg(not(target_os = "linux"))]
        {
            let _ = file;
            Self {}
        }
    }

    /// Waits until something may have changed there.
    pub(super) async fn changed(&mut self) {
        #[cfg(target_os = "linux")]
        if let Some(told) = &self.told {
            if told.next().await.is_ok() {
                tokio::time::sleep(TOGETHER).await;
                return;
            }
            self.told = None;
        }
        tokio::time::sleep(LOOK).await;
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::io;
    use std::os::fd::OwnedFd;
    use std::path::Path;

    use rustix::fs::inotify::{CreateFlags, WatchFlags, add_watch, init};
    use rustix::io::{Errno, read};
    use tokio::io::Interest;
    use tokio::io::unix::AsyncFd;

    /// So often is read at once, at most.
    const READS: usize = 64;

    pub(super) struct Folders(AsyncFd<OwnedFd>);

    impl Folders {
        pub(super) fn new(file: &Path) -> io::Result<Self> {
            let told = init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
            let flags = WatchFlags::MODIFY
                | WatchFlags::CLOSE_WRITE
                | WatchFlags::CREATE
                | WatchFlags::DELETE
                | WatchFlags::MOVED_TO
                | WatchFlags::MOVED_FROM;
            let folder = |path: &Path| match path.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
                _ => Path::new(".").to_owned(),
            };
            add_watch(&told, folder(file), flags)?;
            if let Ok(target) = file.canonicalize() {
                add_watch(&told, folder(&target), flags)?;
            }
            #[expect(
                deprecated,
                reason = "its successor is unsafe, which is forbidden here; this descriptor stays open"
            )]
            AsyncFd::with_interest(told, Interest::READABLE).map(Self)
        }

        /// Waits until there is something, and takes what is there: only that it came is of interest.
        pub(super) async fn next(&self) -> io::Result<()> {
            let mut ready = self.0.readable().await?;
            let mut bytes = [0; 4_096];
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
}
