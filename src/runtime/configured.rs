//! What a run is configured with: the config as it was read last, and the adapters that were made by it. Read again, it is
//! exchanged as a whole; what is under way with a channel that was removed or changed goes on with what it began with.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::OnceCell;

use super::Runtime;
use crate::config::Config;
use crate::domain::{Channel, ChannelName, SecretRef, SettingValue};
use crate::platform::Adapter;

/// An adapter, made when it is first needed.
pub(super) type AdapterCell = Arc<OnceCell<Arc<dyn Adapter>>>;

/// The config, and an adapter for each of its channels.
pub(super) struct Configured {
    current: RwLock<Current>,
    /// Whether every channel is read only, whatever the file says.
    read_only: bool,
}

#[derive(Clone)]
struct Current {
    config: Arc<Config>,
    adapters: BTreeMap<ChannelName, AdapterCell>,
    /// Channels that the file had: what is under way with one still finds it.
    removed: BTreeMap<ChannelName, Channel>,
}

/// Which channels a config that was read again has otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigChanges {
    /// Channels that were not there.
    pub added: Vec<ChannelName>,
    /// Channels that are not there any more.
    pub removed: Vec<ChannelName>,
    /// Channels that say something else.
    pub changed: Vec<ChannelName>,
    /// Whether the listener is to listen elsewhere, or to go by another URL.
    pub listener: bool,
    /// Whether keys, notifications, the screen's own settings or the channels' order are others.
    pub screen: bool,
    /// The keys of what is otherwise and counts from the next start.
    pub later: Vec<&'static str>,
    /// Whether the saved replies are others.
    pub replies: bool,
}

impl ConfigChanges {
    /// All that are there otherwise.
    pub(super) fn all(&self) -> impl Iterator<Item = &ChannelName> {
        self.added.iter().chain(&self.removed).chain(&self.changed)
    }

    /// Whether all is as it was.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Configured {
    /// `read_only` makes every channel so, in each config that is taken.
    pub(super) fn new(config: Config, read_only: bool) -> Self {
        let config = restricted(config, read_only);
        let adapters = config.channels.iter().map(|c| (c.name.clone(), AdapterCell::default())).collect();
        let current = Current { config: Arc::new(config), adapters, removed: BTreeMap::new() };
        Self { current: RwLock::new(current), read_only }
    }

    /// The config as it was read last.
    pub(super) fn config(&self) -> Arc<Config> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner).config)
    }

    /// The place of a channel's adapter; none for an archive.
    pub(super) fn adapter(&self, channel: &ChannelName) -> Option<AdapterCell> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).adapters.get(channel).cloned()
    }

    /// A channel that the file had, and has no more.
    pub(super) fn removed(&self, channel: &str) -> Option<Channel> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.removed.iter().find(|(name, _)| name.as_str() == channel).map(|(_, channel)| channel.clone())
    }

    /// Takes a config in place of the one that was read before, and tells what differs.
    pub(super) fn replace(&self, config: Config) -> ConfigChanges {
        let config = restricted(config, self.read_only);
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let before = Arc::clone(&current.config);
        let names = |config: &Config| config.channels.iter().map(|c| c.name.clone()).collect::<Vec<_>>();
        let screen = before.keys.is_otherwise(&config.keys)
            || before.notify != config.notify
            || before.screen != config.screen
            || names(&before) != names(&config);
        let later = [
            ("default_channel", before.default_channel != config.default_channel),
            ("screen.restore", before.screen.restore != config.screen.restore),
        ];
        let mut changes = ConfigChanges {
            listener: before.listener != config.listener,
            replies: before.replies != config.replies,
            screen,
            later: later.into_iter().filter_map(|(key, changed)| changed.then_some(key)).collect(),
            ..ConfigChanges::default()
        };
        for channel in &config.channels {
            match before.channel(&channel.name) {
                None => changes.added.push(channel.name.clone()),
                Some(was) if !is_same(was, channel) => changes.changed.push(channel.name.clone()),
                Some(_) => continue,
            }
            current.adapters.insert(channel.name.clone(), AdapterCell::default());
            current.removed.remove(&channel.name);
        }
        for channel in before.channels.iter().filter(|was| config.channel(&was.name).is_none()) {
            changes.removed.push(channel.name.clone());
            current.removed.insert(channel.name.clone(), channel.clone());
        }
        current.config = Arc::new(config);
        changes
    }
}

fn restricted(mut config: Config, read_only: bool) -> Config {
    for channel in &mut config.channels {
        channel.read_only |= read_only;
    }
    config
}

impl Runtime {
    /// The config as it was read last.
    pub(super) fn config(&self) -> Arc<Config> {
        self.inner.configured.config()
    }

    /// The channels whose platforms post webhooks.
    pub(super) fn hooked(&self) -> Vec<Channel> {
        let config = self.config();
        config.channels.iter().filter(|c| self.inner.platforms.capabilities(c).webhook).cloned().collect()
    }

    /// The names of those.
    pub(super) fn hooked_names(&self) -> Vec<ChannelName> {
        self.hooked().into_iter().map(|channel| channel.name).collect()
    }
}

/// Whether two channels are the same in all that the file says of them.
fn is_same(one: &Channel, other: &Channel) -> bool {
    // What debugging shows is all of it but for the secrets themselves.
    format!("{one:?}") == format!("{other:?}") && plain_secrets(one).eq(plain_secrets(other))
}

fn plain_secrets(channel: &Channel) -> impl Iterator<Item = &str> {
    channel.settings.iter().filter_map(|(_, value)| match value {
        SettingValue::Secret(SecretRef::Plain(secret)) => Some(secret.expose()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::parse_known;

    fn channel(name: &str, id: &str, secret: &str) -> String {
        format!(
            "[[channels]]\nname = \"{name}\"\nplatform = \"chat-thing\"\nchannel_id = \"{id}\"\nsecret_key = \"{secret}\"\n"
        )
    }

    fn config(text: &str) -> Config {
        parse_known(text, Path::new("c.toml")).unwrap_or_else(|errors| panic!("{errors}"))
    }

    #[test]
    fn what_differs_is_told_and_only_that_gets_a_new_adapter() {
        let (a, b, c) = (channel("a", "1", "s"), channel("b", "1", "s"), channel("c", "1", "s"));
        let configured = Configured::new(config(&format!("{a}{b}{c}")), false);
        let cell = |name: &str| configured.adapter(&ChannelName::new(name)).unwrap();
        let before = [cell("a"), cell("b"), cell("c")];
        assert!(configured.replace(config(&format!("{a}{b}{c}"))).is_empty());
        let changes =
            configured.replace(config(&format!("{}{a}{}", channel("d", "1", "s"), channel("b", "1", "other"))));
        let names = |names: &[&str]| names.iter().copied().map(ChannelName::new).collect::<Vec<_>>();
        assert_eq!(changes.added, names(&["d"]));
        assert_eq!((changes.removed, changes.changed, changes.listener), (names(&["c"]), names(&["b"]), false));
        assert!(Arc::ptr_eq(&before[0], &cell("a")) && !Arc::ptr_eq(&before[1], &cell("b")));
        // What is under way with one that is gone still finds it, and its adapter.
        assert!(configured.removed("c").is_some() && Arc::ptr_eq(&before[2], &cell("c")));
        let back = configured.replace(config(&format!("{a}{c}[listener]\nbind = \"127.0.0.1:1\"\n")));
        assert!(back.listener && configured.removed("c").is_none() && configured.removed("d").is_some());
        assert!(!Arc::ptr_eq(&before[2], &cell("c")));
    }

    #[test]
    fn another_order_is_a_change_and_what_counts_later_is_named() {
        let (a, b) = (channel("a", "1", "s"), channel("b", "1", "s"));
        let first = "default_channel = \"a\"\n";
        let configured = Configured::new(config(&format!("{first}{a}{b}")), false);
        let turned = configured.replace(config(&format!("{first}{b}{a}")));
        assert!(turned.screen && turned.all().next().is_none() && turned.later.is_empty());
        let text = format!("default_channel = \"b\"\n{b}{a}[screen]\nrestore = false\n");
        assert_eq!(configured.replace(config(&text)).later, ["default_channel", "screen.restore"]);
        assert!(configured.replace(config(&text)).is_empty());
    }

    #[test]
    fn what_is_read_only_by_the_command_line_stays_so_when_the_file_changes() {
        let a = channel("a", "1", "s");
        let configured = Configured::new(config(&a), true);
        let changes = configured.replace(config(&format!("{a}{}", channel("b", "1", "s"))));
        assert_eq!(changes.changed, []);
        assert!(configured.config().channels.iter().all(|channel| channel.read_only));
    }
}
