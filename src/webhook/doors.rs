//! Which path leads where, and what a platform is told to call.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, PoisonError, RwLock};

use super::Door;
use crate::domain::ChannelName;
use crate::signature;

/// The most characters that are shown of a name that is no channel's.
const SHOWN: usize = 60;

/// All doors, those that may open later included.
pub(super) struct Doors {
    public_url: Option<String>,
    channels: Vec<ChannelName>,
    open: RwLock<HashMap<String, Arc<Door>>>,
}

/// Where a path leads.
pub(super) enum Path {
    /// Nowhere.
    Nowhere,
    /// To the answer that the listener is well.
    Health,
    /// To a channel whose door is not open.
    Closed,
    /// To a channel. If it has a key, the path held it.
    To(Arc<Door>),
}

impl Doors {
    /// All closed.
    pub(super) fn new(public_url: Option<String>, channels: Vec<ChannelName>) -> Self {
        Self { public_url, channels, open: RwLock::default() }
    }

    /// Opens these and closes the others.
    pub(super) fn set(&self, doors: Vec<Door>) {
        let doors = doors.into_iter().map(|door| (door.channel.as_str().to_owned(), Arc::new(door))).collect();
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = doors;
    }

    /// Where a request's path leads.
    pub(super) fn find(&self, path: &str) -> Path {
        if path == "/healthz" {
            return Path::Health;
        }
        let Some(rest) = path.strip_prefix("/hooks/") else { return Path::Nowhere };
        let (name, key) = rest.split_once('/').map_or((rest, None), |(name, key)| (name, Some(key)));
        let Some(door) = self.open(name) else {
            // Whether the key is right can't be told yet.
            let known = self.channels.iter().any(|channel| channel.as_str() == name);
            return if known && key.is_none_or(|key| !key.contains('/')) { Path::Closed } else { Path::Nowhere };
        };
        let right = match (&door.webhook_key, key) {
            (None, None) => true,
            (Some(wanted), Some(key)) => {
                !key.is_empty() && decoded(key).is_some_and(|key| signature::same(&key, wanted.expose()))
            }
            _ => false,
        };
        if right { Path::To(door) } else { Path::Nowhere }
    }

    /// What is shown of a path that leads nowhere: the channel that it names, if there is one, and as much of the path as
    /// bears no key, right or wrong.
    pub(super) fn named(&self, path: &str) -> (ChannelName, String) {
        let (first, rest) = path.strip_prefix('/').and_then(|p| p.split_once('/')).unwrap_or((path, ""));
        if first != "hooks" {
            return (ChannelName::new(""), "another path than /hooks/CHANNEL".to_owned());
        }
        let name = rest.split('/').next().unwrap_or_default();
        if let Some(channel) = self.channels.iter().find(|channel| channel.as_str() == name) {
            return (channel.clone(), "its webhook_key is missing or wrong, or it has none".to_owned());
        }
        let shown: String = name.chars().take(SHOWN).collect();
        (ChannelName::new(""), format!("there is no channel {shown:?} that takes webhooks"))
    }

    /// The URL that a platform is told, given the listener's own.
    pub(super) fn hook_url(&self, channel: &ChannelName, own: &str) -> String {
        let mut url = self.called(channel, own);
        if let Some(key) = self.open(channel.as_str()).and_then(|door| door.webhook_key.clone()) {
            url.push('/');
            url.push_str(&encoded(key.expose()));
        }
        url
    }

    /// The URL that a platform calls, without the key.
    pub(super) fn called(&self, channel: &ChannelName, own: &str) -> String {
        let base = self.public_url.as_deref().unwrap_or(own).trim_end_matches('/');
        ["", base, "/hooks/", channel.as_str()].concat()
    }

    /// Whether platforms call another URL than the listener's own.
    pub(super) fn public_url(&self) -> Option<&str> {
        self.public_url.as_deref()
    }

    fn open(&self, name: &str) -> Option<Arc<Door>> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }
}

/// A text as one segment of a path.
pub fn encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// What a segment of a path says; none if it is no text.
fn decoded(segment: &str) -> Option<String> {
    let mut bytes = segment.bytes();
    let mut out = Vec::with_capacity(segment.len());
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                u8::try_from(digit()? << 4 | digit()?).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_says_what_was_written() {
        for text in ["plain-1._~", "sla/sh", "ü?&=%41", "per%cent", " "] {
            let segment = encoded(text);
            assert!(segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%".contains(&b)), "{segment}");
            assert_eq!(decoded(&segment).as_deref(), Some(text));
        }
        assert_eq!(decoded("%7e"), Some("~".to_owned()));
        for broken in ["%", "%4", "%zz", "%ff", "%+1"] {
            assert_eq!(decoded(broken), None, "{broken}");
        }
    }
}
