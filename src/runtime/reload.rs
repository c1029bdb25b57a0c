//! The config file read again while the program runs: looked at when its folder changes, taken in once it rests, all or
//! nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::mpsc;

use super::configured::ConfigChanges;
use super::folder_watch::FolderWatch;
use super::{Runtime, channels, listen};
use crate::app::{Event, Keymap, Reconfigured};
use crate::config::{self, ConfigErrors};
use crate::domain::Failure;

/// How long a file that changed has to rest, so that nothing half written is read.
const LOOK: Duration = Duration::from_secs(1);

/// What came of a change of the file.
pub(super) type Reloaded = Result<ConfigChanges, ConfigErrors>;

/// What a file's system entry says of it: enough to tell that it was written to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    #[cfg(unix)]
    inode: (u64, u64, i64),
}

impl Stamp {
    /// None where there is no such file.
    fn from_file(path: &Path) -> Option<Self> {
        #[cfg(unix)]
        use std::os::unix::fs::MetadataExt as _;
        let metadata = std::fs::metadata(path).ok()?;
        Some(Self {
            modified: metadata.modified().ok(),
            length: metadata.len(),
            #[cfg(unix)]
            inode: (metadata.dev(), metadata.ino(), metadata.ctime_nsec()),
        })
    }
}

/// Follows the file's changes, each told once it rests.
pub(super) struct ConfigWatch {
    runtime: Runtime,
    path: PathBuf,
    folder: FolderWatch,
    /// As it was when it was read last.
    read: Option<Stamp>,
    /// As it was at the last look.
    looked: Option<Stamp>,
}

impl ConfigWatch {
    /// None where the run has no config file.
    pub(super) fn new(runtime: &Runtime) -> Option<Self> {
        let path = runtime.inner.config_file.clone()?;
        let read = Stamp::from_file(&path);
        let folder = FolderWatch::new(&path);
        Some(Self { runtime: runtime.clone(), path, folder, looked: read.clone(), read })
    }

    /// Waits for the next change, and takes it in. What it cannot be taken in for leaves all as it was.
    pub(super) async fn next(&mut self) -> Reloaded {
        loop {
            if self.looked == self.read {
                self.folder.changed().await;
            } else {
                tokio::time::sleep(LOOK).await;
            }
            let now = Stamp::from_file(&self.path);
            let rests = now == self.looked;
            self.looked.clone_from(&now);
            if now == self.read || !rests {
                continue;
            }
            self.read = now;
            match self.runtime.reload(&self.path).await {
                Ok(changes) if changes.is_empty() => {}
                told => return told,
            }
        }
    }
}

impl Runtime {
    /// Reads the file, and takes it in place of what was read before.
    async fn reload(&self, path: &Path) -> Reloaded {
        let config = config::load(path, &self.inner.platforms.specs(), crate::app::check_keys)?;
        let hooked = self.hooked_names();
        let changes = self.inner.configured.replace(config);
        if let Ok(mut secrets) = self.inner.secrets.lock() {
            changes.changed.iter().for_each(|name| _ = secrets.remove(name));
        }
        let touched = |name| hooked.contains(name) || self.hooked_names().contains(name);
        let routes = changes.listener || changes.all().any(touched);
        if routes && self.listens() {
            // What was let in is answered first; who listens begins again with what is known now.
            let inner = Arc::clone(&self.inner);
            let _ = tokio::task::spawn_blocking(move || listen::end(&inner)).await;
        }
        if routes {
            self.inner.reconfigured.send_modify(|n| *n += 1);
        }
        Ok(changes)
    }
}

/// Tells of each change, until nobody listens any more.
pub(super) fn follow(runtime: &Runtime) -> mpsc::Receiver<Reloaded> {
    let (sender, receiver) = mpsc::channel(1);
    if let Some(mut watch) = ConfigWatch::new(runtime) {
        tokio::spawn(async move {
            loop {
                let reloaded = tokio::select! {
                    reloaded = watch.next() => reloaded,
                    () = sender.closed() => return,
                };
                if sender.send(reloaded).await.is_err() {
                    return;
                }
            }
        });
    } else {
        // Held open: that there is nothing to follow is no end of it.
        tokio::spawn(async move { sender.closed().await });
    }
    receiver
}

/// The same with the file's name alone before each place: a screen has no room for its folder.
fn short(errors: ConfigErrors) -> Failure {
    let name = errors.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
    let lines = errors.problems().iter().map(|problem| match problem.place {
        Some(_) => format!("{name}:{problem}"),
        None => format!("{name}: {problem}"),
    });
    let message = lines.collect::<Vec<_>>().join("\n");
    Failure { message, ..errors.into() }
}

/// Tells the screen of each change, for as long as there is one.
pub(super) async fn run(runtime: Runtime, events: mpsc::Sender<Event>) {
    let Some(mut watch) = ConfigWatch::new(&runtime) else { return };
    loop {
        let event = match watch.next().await {
            Ok(ConfigChanges { added, removed, changed, later, .. }) => {
                let channels = channels::configured(&runtime);
                let config = runtime.config();
                Event::Reconfigured(Box::new(Reconfigured {
                    channels,
                    added,
                    removed,
                    changed,
                    // What is wrong with them was refused with the file.
                    keys: Keymap::from_settings(&config.keys).ok().map(Arc::new),
                    notify: config.notify.clone(),
                    screen: config.screen.clone(),
                    later,
                    replies: runtime.saved_replies(),
                }))
            }
            Err(errors) => {
                tracing::warn!(%errors, "the config file was not taken in");
                Event::ConfigRefused(short(errors))
            }
        };
        if events.send(event).await.is_err() {
            return;
        }
    }
}
