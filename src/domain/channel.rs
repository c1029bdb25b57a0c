//! A channel: one configured connection to one bot on one platform. The config file's keys as values.

use std::path::PathBuf;

use super::settings::WEBHOOK_KEY;
use super::{ChannelName, Platform, Rule, SecretRef, Settings, Timeouts};

/// One configured connection to one bot.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Unique in the config file: letters, digits, `-`, `_`.
    pub name: ChannelName,
    /// What its platform needs.
    pub settings: Settings,
    /// Whether `http://` to a host other than loopback was allowed by name.
    pub allow_http: bool,
    /// How long its calls may take.
    pub timeouts: Timeouts,
    /// Files of certificates that are trusted beside the system's, PEM: the network's, and its own.
    pub ca_files: Vec<PathBuf>,
    /// How its data requests are answered without a person.
    pub rules: Vec<Rule>,
    /// Whether nothing is to be written to its platform: the HTTP client refuses what isn't a read.
    pub read_only: bool,
}

impl Channel {
    /// An archive of that name: no connection at all, so no config file names it.
    pub fn archive(name: ChannelName) -> Self {
        Self {
            name,
            settings: Settings::new(Platform::ARCHIVE),
            allow_http: false,
            timeouts: Timeouts::default(),
            ca_files: Vec::new(),
            rules: Vec::new(),
            read_only: false,
        }
    }

    /// The platform that its settings are for.
    pub fn platform(&self) -> Platform {
        self.settings.platform()
    }

    /// The last segment of its webhook's path, where its platform signs nothing and one is set.
    pub fn webhook_key(&self) -> Option<&SecretRef> {
        self.settings.secret(WEBHOOK_KEY)
    }
}
