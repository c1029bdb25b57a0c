//! What the config file says of one channel and its platform alone: values under keys that the platform's
//! [`super::PlatformSpec`] names.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Platform, SecretRef};

/// The optional secret that stands as the last segment of a webhook's path, where a platform signs nothing. Every platform
/// with a key of this name has it.
pub const WEBHOOK_KEY: &str = "webhook_key";

/// One value of a channel. Checked by the config room.
#[derive(Debug, Clone)]
pub enum SettingValue {
    /// An id, a URL, a word.
    Text(String),
    /// Where a secret is to be found.
    Secret(SecretRef),
    /// Yes or no.
    Flag(bool),
    /// A time, in whole seconds.
    Seconds(Duration),
}

impl From<&str> for SettingValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<SecretRef> for SettingValue {
    fn from(secret: SecretRef) -> Self {
        Self::Secret(secret)
    }
}

impl From<bool> for SettingValue {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Duration> for SettingValue {
    fn from(time: Duration) -> Self {
        Self::Seconds(time)
    }
}

/// What one channel's platform needs to be reached: the keys that stand in the config file. A key that is left out is
/// absent here; its default is the spec's to say.
#[derive(Debug, Clone)]
pub struct Settings {
    platform: Platform,
    values: BTreeMap<&'static str, SettingValue>,
}

impl Settings {
    /// Those of a channel of that platform, none set yet.
    pub const fn new(platform: Platform) -> Self {
        Self { platform, values: BTreeMap::new() }
    }

    /// The same with one more.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Into<SettingValue>) -> Self {
        self.set(key, value);
        self
    }

    /// Sets one, in place of what it was.
    pub fn set(&mut self, key: &'static str, value: impl Into<SettingValue>) {
        self.values.insert(key, value.into());
    }

    /// The platform that they are for.
    pub const fn platform(&self) -> Platform {
        self.platform
    }

    /// The value under a key; none where it was left out.
    pub fn get(&self, key: &str) -> Option<&SettingValue> {
        self.values.get(key)
    }

    /// The text under a key; none where it was left out, or is no text.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(SettingValue::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The secret under a key; none where it was left out, or is no secret.
    pub fn secret(&self, key: &str) -> Option<&SecretRef> {
        match self.get(key) {
            Some(SettingValue::Secret(secret)) => Some(secret),
            _ => None,
        }
    }

    /// Whether `true` stands under a key.
    pub fn flag(&self, key: &str) -> bool {
        matches!(self.get(key), Some(SettingValue::Flag(true)))
    }

    /// All that are set, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &SettingValue)> {
        self.values.iter().map(|(key, value)| (*key, value))
    }

    /// All that are set, by key.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&'static str, &mut SettingValue)> {
        self.values.iter_mut().map(|(key, value)| (*key, value))
    }
}
