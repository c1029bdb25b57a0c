//! Which path leads where, and what a platform is told to call.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, PoisonError, RwLock};

use super::Door;
use super::lost::{self, Known, Lost};
use crate::domain::ChannelName;
use crate::platform::Adapter;
use crate::signature;

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

    /// What is wrong with a path that leads nowhere, and as much of it as bears no key, right or wrong.
    pub(super) fn lost(&self, path: &str) -> (Lost, String) {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        let key = |name: &str| open.get(name).map(|door| door.webhook_key.as_ref());
        let channels: Vec<&str> = self.channels.iter().map(ChannelName::as_str).collect();
        let known = Known {
            channels: &channels,
            keyed: &|name| key(name).map(|key| key.is_some()),
            is_key: &|name, text| {
                let wanted = key(name).flatten();
                wanted.is_some_and(|wanted| decoded(text).is_some_and(|text| signature::same(&text, wanted.expose())))
            },
        };
        (lost::explain(path, &known), lost::shown(path, &known))
    }

    /// All open doors' adapters but that channel's.
    pub(super) fn others(&self, than: &ChannelName) -> Vec<(ChannelName, Arc<dyn Adapter>)> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        let others = open.values().filter(|door| door.channel != *than);
        let mut others: Vec<_> = others.map(|door| (door.channel.clone(), door.adapter.clone())).collect();
        others.sort_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
        others
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
