//! Archives as channels: they stand in no config file, the store knows them. Owns what was learnt of them so far.

use super::{Runtime, channels, error_map};
use crate::app::ChannelInfo;
use crate::config::{Config, Listener};
use crate::domain::{Capabilities, Channel, ChannelName, Failure};
use crate::store::Store;

impl Runtime {
    /// Asks the store which archives there are, and says of those what the frame says of any channel.
    ///
    /// # Errors
    ///
    /// Where the store can't be read.
    pub async fn archives(&self) -> Result<Vec<(ChannelInfo, Capabilities)>, Failure> {
        let found = self.store().archives().await.map_err(|e| error_map::store(&e))?;
        self.learn(found);
        Ok(self
            .known_archives()
            .iter()
            .map(|channel| channels::view(&self.inner.platforms, channel, false))
            .collect())
    }

    /// The archives that are known by now. A channel of the config file hides one of its name.
    pub(super) fn known_archives(&self) -> Vec<Channel> {
        let known = self.inner.archives.lock().map(|known| known.clone()).unwrap_or_default();
        let config = self.config();
        let hidden = |name: &ChannelName| config.channels.iter().any(|channel| channel.name == *name);
        known.into_iter().filter(|name| !hidden(name)).map(Channel::archive).collect()
    }

    /// Notes that there are these archives.
    pub(super) fn learn(&self, found: Vec<ChannelName>) {
        if let Ok(mut known) = self.inner.archives.lock() {
            for name in found {
                if !known.contains(&name) {
                    known.push(name);
                }
            }
        }
    }

    /// The channel that is meant: one of the config file, or else an archive, or else one that the file had.
    pub(super) fn chosen(&self) -> Result<Channel, Failure> {
        let wanted = self.channel.as_ref().map(ChannelName::as_str).or(self.inner.wanted.as_deref());
        channels::chosen(&self.config(), wanted).cloned().or_else(|failure| {
            let archives = self.known_archives();
            let archive = archives.into_iter().find(|archive| Some(archive.name.as_str()) == wanted);
            // What is under way with a channel that the file has no more goes on.
            archive.or_else(|| self.inner.configured.removed(wanted?)).ok_or(failure)
        })
    }
}

/// The archives, asked for at once: whoever names a channel that no config file has waits for the store.
pub(super) fn ask(store: &Store) -> Vec<ChannelName> {
    store.archives().wait().unwrap_or_default()
}

/// The config of somebody who has none, and means an archive.
pub(super) fn config() -> Config {
    Config {
        default_channel: None,
        channels: Vec::new(),
        listener: Listener::default(),
        store: crate::config::Backend::default(),
        replies: Vec::new(),
        warnings: Vec::new(),
        notify: crate::domain::NotifyRules::default(),
        screen: crate::domain::ScreenSettings::default(),
        keys: crate::config::KeySettings::default(),
        judge: None,
        tests: crate::config::TestSettings::default(),
    }
}
